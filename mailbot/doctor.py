"""Tries everything the bot needs, one line each, and says how to mend what does not work."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from smtplib import SMTPException

from mailbot import backup, diagnosis, lockout, respond, second_way, shadow, trust
from mailbot.actions import directory
from mailbot.actions.directory import Denied
from mailbot.config import Settings, require_service
from mailbot.delivery import open_smtp
from mailbot.desk import Desk
from mailbot.errors import ConfigError, Unreachable
from mailbot.mailbox import CANNOT_MOVE, open_mailbox
from mailbot.oauth import access_token
from mailbot.parsers import ocr, sandbox
from mailbot.parsers.confine import Fence
from mailbot.procedures import SPECIAL_ASKERS
from mailbot.respond import KINDS
from mailbot.roots import TrustList
from mailbot.rules import Rules
from mailbot.store import Store, verdicts
from mailbot.trust import Way
from mailbot.workdays import LIMA


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried; `detail` says what was found, or how to mend it."""

    name: str
    works: bool
    detail: str
    keys: tuple[str, ...] = ()  # the last parts of the settings that may be wrong


DIRECTORY = "Directorio"
_SHOWN_AS = {"directory": DIRECTORY}


def examine(rules: Rules) -> Iterator[Check]:
    """Try everything, in the order the bot would need it."""
    settings = rules.settings
    yield _try("Configuración", lambda: _configuration(settings))
    if shadow.on(settings):
        yield Check("Modo", works=True, detail=_shadow(settings))
    yield _try("Base de datos", lambda: _database(settings))
    if not directory.is_embedded(settings):
        yield _try(DIRECTORY, lambda: _directory(settings))
    yield Check("Copias", *backup.standing(settings, datetime.now(UTC)))
    yield _try("Plantillas", _templates)
    yield _try("OCR", lambda: f"datos de idioma en {ocr.language_data()}")
    yield _fences()
    yield _try("IMAP", lambda: _imap(settings))
    yield _try("SMTP", lambda: _smtp(settings))
    yield _try("A quién se cree", lambda: _belief(settings))
    yield _offices(rules)
    yield _askers(rules)
    yield _decisions(rules)
    yield roots(rules)


_TOLD = (Denied, respond.Unwritable, ocr.NoLanguageData, OSError)


def _try(name: str, work: Callable[[], str]) -> Check:
    try:
        return Check(name, works=True, detail=work())
    except (ConfigError, Unreachable, *_TOLD) as error:
        if not isinstance(error, Unreachable):
            return Check(name, works=False, detail=str(error))
        found = diagnosis.meaning(error)
        keys = found.keys if found else ()
        return Check(name, works=False, detail=diagnosis.in_words(error), keys=keys)


def attempt(name: str, settings: Settings) -> Check:
    """Try one server by itself: ``imap``, ``smtp`` or ``oauth``."""
    title, work = _SERVERS[name]
    return _try(title, lambda: work(settings))


def _shadow(settings: Settings) -> str:
    listed = ", ".join(shadow.readers(settings)) or "nadie: falta approvers"
    return f"{shadow.WORDS}; cada mañana recibe la comparación {listed}"


def _configuration(settings: Settings) -> str:
    require_service(settings)
    return f"{settings.folder}: completa"


def _database(settings: Settings) -> str:
    Store(settings.database, settings.data_keys).close()
    return "se abre y se escribe"


def _directory(settings: Settings) -> str:
    with directory.opened(settings) as elsewhere:
        wrong = elsewhere.check()
    if wrong:
        raise ConfigError("; ".join(wrong))
    return f"{settings.directory.kind}: se entra y tiene lo que el bot escribe"


def _templates() -> str:
    for kind in KINDS:
        respond.load(kind)
    return f"{len(KINDS)} cartas"


def _fences() -> Check:
    """Whether an attachment that takes over its reader finds nothing there."""
    held = sandbox.fences()
    missing = [fence for fence in Fence if fence not in held]
    if not missing:
        return Check("Adjuntos", works=True, detail=f"se leen sin alcance a {_list(list(Fence))}")
    mend = (
        f"quien los lee alcanza {_list(missing)}: instale libseccomp2; para los archivos hace "
        "falta además un núcleo Linux 5.13 o más nuevo con Landlock"
    )
    return Check("Adjuntos", works=False, detail=mend)


def forget_refusals(rules: Rules, checks: Sequence[Check]) -> None:
    """A login that works again is no longer rested from (see ``lockout``)."""
    works = {check.name for check in checks if check.works}
    with closing(Store(rules.settings.database, rules.settings.data_keys)) as store:
        desk = Desk(rules, store, lambda: datetime.now(UTC))
        for wire in lockout.WIRES:
            if _SHOWN_AS.get(wire, wire.upper()) in works:
                lockout.let_in(desk, wire)


def _list(names: Sequence[str]) -> str:
    """«a», «a y b», «a, b y c»; at least one."""
    *most, last = names
    return f"{', '.join(most)} y {last}" if most else last


def _imap(settings: Settings) -> str:
    if not settings.imap.host:
        raise ConfigError("falta imap.host")
    with open_mailbox(settings) as mailbox:
        if not (mailbox.can_move or shadow.on(settings)):
            raise ConfigError(CANNOT_MOVE)
        return f"{settings.imap.host}: {len(mailbox.uids())} correos en {settings.imap.inbox}"


def _smtp(settings: Settings) -> str:
    if not settings.smtp.host:
        raise ConfigError("falta smtp.host")
    with open_smtp(settings):
        return f"{settings.smtp.host}: se entra y acepta correo"


def _oauth(settings: Settings) -> str:
    access_token(settings.oauth)
    return f"{settings.oauth.token_url}: da el permiso"


_SERVERS = {"imap": ("IMAP", _imap), "smtp": ("SMTP", _smtp), "oauth": ("OAuth", _oauth)}


def _decisions(rules: Rules) -> Check:
    """V.1 and V.2 give the highest privilege, and are asked for by mail only."""
    wanted = [s for s, p in rules.guide.procedures.items() if p.where == "correo"]
    lacking = sorted(set(wanted) - set(rules.settings.decisions.code_for))
    if not lacking:
        return Check("Decisiones", works=True, detail="lo que se pide solo por correo exige código")
    listed = ", ".join(f"V.{section}" for section in lacking)
    detail = (
        f"{listed} se piden sin oficio ni RD y se aprueban sin código; conviene agregarlos a "
        "decisions.code_for e inscribir a quien decide: mailbot approver enrol DIRECCIÓN"
    )
    return Check("Decisiones", works=True, detail=detail)


def probe(rules: Rules, patience: float = 30) -> Iterator[Check]:
    """Mail ourselves under a plus-address, a forged verdict on top, and look at what arrives."""
    settings = rules.settings
    yield from _second_ways(settings)
    forged = secrets.token_hex(8)
    mail = _probe_mail(settings, forged)
    try:
        with open_smtp(settings) as server:
            server.send_message(mail, settings.bot.address, [str(mail["To"])])
        header = _arrives(settings, str(mail["Message-ID"]), patience)
    except (ConfigError, Unreachable, SMTPException) as error:
        yield Check("Ida y vuelta", works=False, detail=str(error))
        return
    mend = (
        f"lo dirigido a {mail['To']} no llegó en {patience:.0f} s: si su servidor no admite "
        "direcciones con +, ponga bot.plus_addressing = false"
    )
    arrived = header is not None
    yield Check("Ida y vuelta", arrived, f"llega lo dirigido a {mail['To']}" if arrived else mend)
    if header is not None and settings.trust.authserv_id:
        yield _stripping(settings, header, forged)


def _second_ways(settings: Settings) -> Iterator[Check]:
    """Whether an alarm would be heard while the bot's own mail is down."""
    for way, heard in second_way.test(settings, datetime.now(UTC)):
        mend = "no lo recibió nadie: revise la sección [alarm] y sus secretos; el registro dice más"
        yield Check(f"Segundo aviso ({way})", heard, "aceptó la prueba" if heard else mend)


def _probe_mail(settings: Settings, forged: str) -> EmailMessage:
    local, _, host = settings.bot.address.partition("@")
    mail = EmailMessage()
    if authserv_id := settings.trust.authserv_id:
        verdict = f"{authserv_id}; dmarc=pass header.from={forged}.invalid"
        mail["Authentication-Results"] = verdict
    mail["From"] = settings.bot.address
    mail["To"] = f"{local}+prueba@{host}" if settings.bot.plus_addressing else settings.bot.address
    mail["Subject"] = "Prueba de mailbot doctor"
    mail["Message-ID"] = make_msgid(domain=host or "localhost")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("Este correo lo envió el bot a sí mismo. Puede borrarlo.")
    return mail


def _arrives(settings: Settings, message_id: str, patience: float) -> bytes | None:
    """The header of the probe as it arrived; None when it did not in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with open_mailbox(settings) as mailbox:
            if header := mailbox.header_of(message_id):
                return header
        time.sleep(1)
    return None


def _stripping(settings: Settings, header: bytes, forged: str) -> Check:
    """Whether the server took the forged verdict off; what was found is kept, and decides."""
    authserv_id = settings.trust.authserv_id
    strips = not any(
        field.name == "authentication-results" and forged in field.value
        for field in trust.fields_of(header)
    )
    with closing(Store(settings.database, settings.data_keys)) as store, store.begin() as tx:
        verdicts.note_strips(tx, authserv_id, datetime.now(UTC), strips=strips)
    works = f"{authserv_id} borra los veredictos ajenos en su nombre: los suyos cuentan"
    mend = (
        f"{authserv_id} deja pasar veredictos falsos en su nombre: los suyos no cuentan. Haga que "
        'los borre al recibir y repita la prueba, o ponga trust.accept = ["dkim"]'
    )
    return Check("Veredictos ajenos", strips, works if strips else mend)


def _belief(settings: Settings) -> str:
    """Whose word about a sender counts at this moment."""
    with closing(Store(settings.database, settings.data_keys)) as store, store.read() as tx:
        strips = verdicts.strips(tx, settings.trust.authserv_id)
    ways = _ways(settings, strips=strips)
    mend = (
        "nadie queda comprobado: pruebe su servidor con «mailbot doctor --probe», o ponga en "
        "trust.authserv_vouched_by quién responde por él, o añada dkim a trust.accept"
    )
    if not ways:
        raise ConfigError(mend)
    return "; ".join(ways)


def _ways(settings: Settings, *, strips: bool | None) -> list[str]:
    rules, ways = settings.trust, []
    vouched = rules.authserv_vouched_by.strip()
    if Way.RESULTS in rules.accept and rules.authserv_id and (strips or vouched):
        by = "lo probó doctor" if strips else f"responde por él {vouched}"
        ways.append(f"los veredictos de {rules.authserv_id} ({by})")
    if Way.DKIM in rules.accept:
        ways.append("la firma DKIM de cada remitente")
    return ways


def _offices(rules: Rules) -> Check:
    known = rules.offices.with_addresses()
    detail = f"{known} oficinas tienen una dirección registrada"
    mend = "ninguna oficina tiene dirección: añádalas en offices.csv, columna emails"
    return Check("Oficinas", works=bool(known), detail=detail if known else mend)


def roots(rules: Rules) -> Check:
    """What signatures are held against; a list past its date may trust whom it should not."""
    held, folder = rules.roots, rules.settings.folder / rules.settings.signatures.roots
    if not held.anchors.signing:
        mend = f"sin certificados raíz en {folder}: de ninguna firma se podrá decir que es válida"
        return Check("Firmas digitales", works=True, detail=mend)
    old = [x.name for x in held.lists if x.expires and x.expires < datetime.now(UTC)]
    parts = [f"{held.certificates} certificados raíz", *map(_list_words, held.lists)]
    mend = f"; venció {', '.join(old)}: descárguela de nuevo" if old else ""
    return Check("Firmas digitales", not old, "; ".join(parts) + mend)


def _list_words(found: TrustList) -> str:
    issued = f"{found.issued.astimezone(LIMA):%d/%m/%Y}" if found.issued else "fecha desconocida"
    return f"lista {found.name} del {issued}, {found.services} servicios"


def _askers(rules: Rules) -> Check:
    """Accounts of the ministry itself rest on nothing but who asks."""
    asked = {p.asks for p in rules.guide.procedures.values() if _served(rules, p.role.id)}
    empty = [a for a in SPECIAL_ASKERS if a in asked and not rules.settings.askers.get(a)]
    mend = f"faltan las direcciones de askers.{', askers.'.join(empty)}"
    return Check("Quién pide en el MINEDU", not empty, mend if empty else "registrados")


def _served(rules: Rules, role: str) -> bool:
    served = rules.settings.serves.roles
    return not served or role in served
