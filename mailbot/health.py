"""What is well and what is not: facts from the store → one row each, in plain Spanish.

It asks no mail server and may run beside the service: everything was noted by who did the work. The
judging is pure; `gather` is the only part that looks anywhere.
"""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot import pause, shadow
from mailbot.config import Settings
from mailbot.pause import Brake
from mailbot.spans import ago, span, thousands, times
from mailbot.store import Store, engine, leases, pulse, vitals
from mailbot.store.leases import Crew
from mailbot.store.pulse import Heartbeat, Inbox, Last, Verified, Work
from mailbot.store.tables import OPEN
from mailbot.store.vitals import Counts, Queue
from mailbot.workdays import LIMA

STRANGER_PASSES = 3
"""A mail in the inbox without a row is no newcomer any more after so many passes."""
_JOURNAL_DAYS = 3


class State(StrEnum):
    """How a row stands; only ``bad`` makes the exit code 1 and an alarm."""

    GOOD = "good"
    NOTE = "note"  # worth a look
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One row: what it is about, how it stands in words, and what to do when it is not well."""

    code: str
    label: str
    state: State
    words: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rows are judged by."""

    now: datetime
    settings: Settings
    works: dict[Work, Last]
    heart: Heartbeat
    inbox: Inbox
    counts: Counts
    journal: Verified | None
    disk_free: int | None
    crew: Crew | None = None
    """Who works; None where `mailbot run` does everything."""
    brake: Brake | None = None
    """The brake an administrator has put on."""


def gather(store: Store, settings: Settings, now: datetime) -> Facts:
    """Look at the store and the disk, once."""
    with store.read() as tx:
        return Facts(
            now=now,
            settings=settings,
            works={work: pulse.last(tx, work) for work in Work},
            heart=pulse.heartbeat(tx),
            inbox=pulse.inbox(tx),
            counts=vitals.counts(tx, now),
            journal=pulse.verified(tx),
            disk_free=_free(store, settings),
            crew=leases.crew(tx) if settings.workers.elsewhere else None,
            brake=pause.brake(tx),
        )


def _free(store: Store, settings: Settings) -> int | None:
    """The bytes free where the bot writes: beside the database, if that is a file."""
    file = engine.file_of(store.engine)
    folder = file.parent if file else settings.folder
    return shutil.disk_usage(folder).free if folder.is_dir() else None


def examine(facts: Facts) -> tuple[Check, ...]:
    """Every row, in the order a person reads them."""
    return tuple(check for row in ROWS for check in row(facts))


def as_json(checks: Iterable[Check]) -> dict[str, object]:
    """What ``--json`` prints: ``healthy`` is what the exit code says."""
    rows = [asdict(check) for check in checks]
    return {"healthy": all(row["state"] != State.BAD for row in rows), "checks": rows}


# ------------------------------------------------------------------ the works


def _mode(facts: Facts) -> Iterable[Check]:
    if shadow.on(facts.settings):
        mend = 'para trabajar de verdad: mode = "live" y otra base de datos'
        yield Check("mode", "Modo", State.NOTE, shadow.WORDS, mend)


def _pause(facts: Facts) -> Iterable[Check]:
    """An order of people, no fault, until it has lasted so long that it may have been forgotten."""
    brake, counts = facts.brake, facts.counts
    if brake is None:
        return
    limit, by = pause.limit(brake, facts.settings), brake.by or "un administrador"
    since = ago(facts.now - brake.since)
    words = f"en pausa {since}, por orden de {by} (como mucho: hasta el {limit:%d/%m/%Y})"
    waits = f"esperan {counts.questions.count} preguntas y {counts.changes.count} cambios"
    mend = (
        "cuando se pueda seguir, un administrador escribe al buzón: REANUDAR; si tiene que durar "
        "más, health.pause_working_days"
    )
    state = State.BAD if facts.now > limit else State.NOTE
    yield Check("pause", "Decisiones por correo", state, f"{words}; {waits}", mend)


def _poll(facts: Facts) -> Iterable[Check]:
    minutes = facts.settings.health.silence_minutes
    limit = max(timedelta(minutes=minutes), 3 * _seconds(facts.settings.schedule.poll_seconds))
    mend = "mire si el servicio está en marcha (mailbot run) y pruebe: mailbot doctor"
    yield _work(facts, Work.POLL, "Lectura del correo", limit, mend)


def _send(facts: Facts) -> Iterable[Check]:
    minutes = facts.settings.health.silence_minutes
    limit = max(timedelta(minutes=minutes), 3 * _seconds(facts.settings.schedule.poll_seconds))
    mend = "nada sale hasta que el servidor SMTP responda; pruebe: mailbot doctor"
    yield _work(facts, Work.SEND, "Envío de cartas", limit, mend)


def _chores(facts: Facts) -> Iterable[Check]:
    limit = max(timedelta(hours=1), 3 * _seconds(facts.settings.schedule.chores_seconds))
    mend = "sin ellas nadie recibe recordatorios ni vence nada; reinicie el servicio"
    yield _work(facts, Work.CHORES, "Tareas del día", limit, mend)


def _work(facts: Facts, work: Work, label: str, limit: timedelta, mend: str) -> Check:
    last = facts.works[work]
    if last.succeeded is None:
        words = _with("todavía no se hizo nunca", last.reason)
        return Check(work, label, State.BAD, words, mend)
    age = facts.now - max(last.succeeded, last.progressed or last.succeeded)
    words = f"la última vez, {ago(age)} (como mucho: {span(limit)})"
    if last.failures:
        words += f"; falló {times(last.failures)}: {last.reason}"
    return Check(work, label, State.BAD if age > limit else State.GOOD, words, mend)


def _logins(facts: Facts) -> Iterable[Check]:
    """Told at once: waiting does not mend a password."""
    refused = next((x for x in facts.works.values() if x.refused), None)
    label, mend = "Contraseñas del correo", "corrija el usuario o el secreto y reinicie el servicio"
    words = refused.reason if refused else "aceptadas"
    yield Check("login", label, State.BAD if refused else State.GOOD, words, mend)


def _heartbeat(facts: Facts) -> Iterable[Check]:
    heart, label = facts.heart, "Ida y vuelta del correo"
    limit = timedelta(minutes=facts.settings.health.heartbeat_limit_minutes)
    if not facts.settings.health.heartbeat_minutes:
        words = "apagada (health.heartbeat_minutes = 0)"
        yield Check("heartbeat", label, State.NOTE, words, "sin ella un buzón mudo no se nota")
    elif missing := heart.overdue(facts.now - limit):
        words = f"lo que el bot se escribió {ago(facts.now - missing.sent)} no ha llegado"
        mend = "mire la cola y los filtros del servidor de correo: puede que nada llegue al buzón"
        yield Check("heartbeat", label, State.BAD, words, mend)
    elif heart.arrived is None:
        yield Check("heartbeat", label, State.GOOD, "todavía no se ha medido")
    else:
        took = span(_seconds(heart.seconds or 0))
        words = f"llegó {ago(facts.now - heart.arrived)}; tardó {took}"
        yield Check("heartbeat", label, State.GOOD, words)


# ------------------------------------------------------------------ what waits


def _waiting(facts: Facts) -> Iterable[Check]:
    queue = facts.counts.waiting
    mend = "vea por qué no avanza en el registro del servicio, o apártelos para mirarlos"
    yield _queue(facts, "waiting", "Correos por atender", queue, mend)


def _unsent(facts: Facts) -> Iterable[Check]:
    mend = "el servidor SMTP no las acepta; pruebe: mailbot doctor"
    check = _queue(facts, "unsent", "Cartas por salir", facts.counts.unsent, mend)
    last = facts.counts.last_sent
    words = f"{check.words}; la última salió {ago(facts.now - last)}" if last else check.words
    yield replace(check, words=words)


def _workers(facts: Facts) -> Iterable[Check]:
    """Only where others do the work: that there are some, and what they are at."""
    crew, label = facts.crew, "Trabajadores"
    if crew is None:
        return
    if not crew.workers:
        mend = "los correos y las cartas esperan; arranque al menos uno: mailbot worker"
        yield Check("workers", label, State.BAD, "ninguno da señales de vida", mend)
        return
    words = f"{len(crew.workers)}; {crew.busy} ocupados, {sum(crew.calls.values())} avisos en cola"
    words += f"; el más largo, desde {ago(facts.now - crew.oldest)}" if crew.oldest else ""
    words += f"; lee el buzón {crew.reader}" if crew.reader else ""
    yield Check("workers", label, State.GOOD, words)


def _unmoved(facts: Facts) -> Iterable[Check]:
    if shadow.on(facts.settings):
        return  # it moves nothing
    mend = "están atendidos pero siguen en la bandeja; mire los permisos de las carpetas del buzón"
    yield _queue(facts, "unmoved", "Correos por mover", facts.counts.unmoved, mend)


def _queue(facts: Facts, code: str, label: str, queue: Queue, mend: str) -> Check:
    if queue.oldest is None:
        return Check(code, label, State.GOOD, "ninguno" if "Correos" in label else "ninguna")
    age = facts.now - queue.oldest
    limit = timedelta(minutes=facts.settings.health.waiting_minutes)
    words = f"{queue.count}; la espera más larga es de {span(age)} (como mucho: {span(limit)})"
    return Check(code, label, State.BAD if age > limit else State.GOOD, words, mend)


def _changes(facts: Facts) -> Iterable[Check]:
    """What a directory elsewhere has still to do; nothing where there is none."""
    queue, stuck = facts.counts.changes, facts.counts.stuck
    if queue.oldest is None:
        return
    mend = "vea el motivo con: mailbot pending; una vez arreglado: mailbot insist N"
    check = _queue(facts, "changes", "Cambios en el directorio", queue, mend)
    if stuck:
        words = f"{check.words}; el directorio no hace {stuck}"
        check = replace(check, state=State.BAD, words=words)
    elif facts.brake and check.state is State.BAD:  # they wait because they were told to
        check = replace(check, state=State.NOTE, mend="esperan a que termine la pausa")
    yield check


def _inbox(facts: Facts) -> Iterable[Check]:
    """What lies in the inbox and was never stored, or was moved and lies there again."""
    found, label = facts.inbox, "Bandeja y base de datos"
    lost = [uid for uid, passes in found.strangers.items() if passes >= STRANGER_PASSES]
    if found.at is None:
        yield Check("inbox", label, State.GOOD, "todavía no se han comparado")
    elif lost or found.stayed:
        words = f"{len(lost)} sin registrar y {found.stayed} ya movidos que siguen ahí"
        mend = "mírelos en el buzón: el bot no los está atendiendo"
        yield Check("inbox", label, State.BAD, f"de {found.count} correos, {words}", mend)
    else:
        yield Check("inbox", label, State.GOOD, f"{found.count} en la bandeja; todo registrado")


def _letters(facts: Facts) -> Iterable[Check]:
    failed, label = facts.counts.failed, "Cartas que no llegaron"
    total = sum(facts.counts.letters.get(status, 0) for status in ("failed", "bounced"))
    uncertain = facts.counts.letters.get("uncertain", 0)
    words = f"{failed} en el último día; {total} en total"
    words += f"; {uncertain} sin saber si salieron" if uncertain else ""
    mend = "vea cuáles y por qué: mailbot pending"
    yield Check("letters", label, State.BAD if failed else State.GOOD, words, mend)


def _aside(facts: Facts) -> Iterable[Check]:
    queue, label = facts.counts.aside, "Correos apartados"
    if queue.oldest is None:
        yield Check("aside", label, State.GOOD, "ninguno")
        return
    words = f"{queue.count}; el más antiguo, {ago(facts.now - queue.oldest)}"
    yield Check("aside", label, State.NOTE, words, "una persona debe mirarlos: mailbot pending")


def _cases(facts: Facts) -> Iterable[Check]:
    names = {"observed": "esperan a quien pidió", "pending": "esperan decisión"}
    parts = [
        f"{queue.count} {names.get(status, 'por ejecutar')} (desde {ago(facts.now - queue.oldest)})"
        for status in OPEN
        if (queue := facts.counts.cases.get(status)) and queue.oldest
    ]
    yield Check("cases", "Casos abiertos", State.GOOD, "; ".join(parts) or "ninguno")
    queue = facts.counts.questions
    since = f"; la más antigua, {ago(facts.now - queue.oldest)}" if queue.oldest else ""
    yield Check("questions", "Preguntas sin respuesta", State.GOOD, f"{queue.count}{since}")


# ------------------------------------------------------------------ what everything rests on


def _disk(facts: Facts) -> Iterable[Check]:
    if facts.disk_free is None:
        return
    free, limit = facts.disk_free // 1_000_000, facts.settings.health.disk_free_mb
    words = f"{thousands(free)} MB libres (como mínimo: {thousands(limit)} MB)"
    state = State.BAD if free < limit else State.GOOD
    yield Check("disk", "Disco", state, words, "libere espacio: sin él no se guarda ningún correo")


def _database(facts: Facts) -> Iterable[Check]:
    size = facts.counts.database_bytes
    words = f"{thousands(size // 1_000_000)} MB" if size is not None else "tamaño desconocido"
    yield Check("database", "Base de datos", State.GOOD, words)


def _journal(facts: Facts) -> Iterable[Check]:
    found, label = facts.journal, "Bitácora"
    if found is None:
        yield Check("journal", label, State.NOTE, "sin verificar", "mailbot audit verify")
    elif found.broken:
        mend = "alguien la cambió por fuera: no toque nada y avise; mailbot audit verify"
        yield Check("journal", label, State.BAD, f"NO está íntegra: {found.broken}", mend)
    else:
        age = facts.now - found.at
        state = State.NOTE if age > timedelta(days=_JOURNAL_DAYS) else State.GOOD
        yield Check("journal", label, state, f"íntegra {ago(age)}", "mailbot audit verify")


def _oauth(facts: Facts) -> Iterable[Check]:
    """Only where somebody wrote down when the secret ends: no server says it."""
    ends = facts.settings.oauth.secret_expires
    if ends is None:
        return
    left = (ends - facts.now.astimezone(LIMA).date()).days
    words = (
        f"vence el {ends:%d/%m/%Y} (faltan {left} días)"
        if left >= 0
        else f"venció el {ends:%d/%m/%Y}"
    )
    mend = "pida otro secreto y ponga su fecha en oauth.secret_expires"
    state = State.BAD if left <= facts.settings.oauth.warn_days else State.GOOD
    yield Check("oauth", "Secreto de OAuth", state, words, mend)


def _unused(facts: Facts) -> Iterable[Check]:
    count = facts.counts.unused
    if count:
        words = f"{count} con la contraseña temporal vencida sin usar"
        mend = "pregunte a la persona y envíe otra: mailbot resend"
        yield Check("unused", "Cuentas", State.NOTE, words, mend)


Row = Callable[[Facts], Iterable[Check]]
ROWS: tuple[Row, ...] = (
    *(_mode, _pause, _poll, _send, _chores, _logins, _heartbeat),
    *(_workers, _waiting, _unmoved, _inbox, _aside, _cases, _changes, _unsent, _letters),
    *(_disk, _database, _journal, _oauth, _unused),
)


def _with(words: str, reason: str) -> str:
    return f"{words}; {reason}" if reason else words


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
