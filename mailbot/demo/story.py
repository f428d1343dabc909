"""The demonstration: the bot's main job over real sockets, told on the terminal.

The scenes stand in one list. Each is what people do; the bot does the rest by itself, and every
mail that arrives anywhere is told and kept.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import FrameType

import click
import structlog

from mailbot import console
from mailbot.demo import chronicle, narrator, page, papers, town
from mailbot.demo.chronicle import AccountLine, Chronicle, Entry
from mailbot.demo.town import ADMINISTRATOR, ANDAHUAYLAS, CAMANA, CHOTA, PUNO, WILMER, Person, Town
from mailbot.model import Post
from mailbot.parsers import ocr
from mailbot.store.tables import Account, AccountStatus

_PAUSE = 2.0
"""Seconds between two passes while the servers stay up."""


@dataclass
class Story:
    """The town, and what is told about it."""

    town: Town
    chronicle: Chronicle

    # ---------------------------------------------------------- what people do

    def send(self, mail: EmailMessage, aside: str) -> None:
        """Somebody writes to the bot, and the bot does what follows."""
        narrator.aside(aside)
        self.town.send(mail)
        self.work()

    def answer(self, letter: Entry, text: str, aside: str, *attached: papers.Paper) -> None:
        """The recipient of a letter answers it."""
        self.send(papers.answer(letter.mail, text, attached), aside)

    def work(self) -> bool:
        """One pass of the bot; every mail it read or sent is told and kept. Whether any was."""
        news = self.town.work()
        for arrived in news:
            narrator.show(self.chronicle.add(arrived))
        return bool(news)

    def keep(self) -> None:
        """Write the page with everything so far."""
        page.write(self.chronicle, len(self.town.cases()))

    def last(self, kind: str, to: Person) -> Entry:
        """The last letter of a kind to somebody; LookupError names what came instead."""
        found = [e for e in self.chronicle.entries if e.arrived.recipient == to]
        for entry in reversed(found):
            if entry.arrived.kind == kind:
                return entry
        raise LookupError(f"{to.address}: no {kind}, but {[e.arrived.kind for e in found]}")

    # ---------------------------------------------------------- what is so

    def accounts(self, when: str) -> tuple[AccountLine, ...]:
        """Tell the accounts as they are now."""
        found = tuple(self._account(row) for row in self.town.accounts())
        told = [f"{line.state:7} {line.text}" for line in found]
        narrator.lines(f"Cuentas del SIAGIE, {when}:", told or ["(ninguna)"])
        return found

    def _account(self, row: Account) -> AccountLine:
        rules = self.town.desk.rules
        place = f"{rules.guide.roles[row.role].name}, {rules.offices.name(row.office)}"
        text = f"{row.names} (usuario {row.username}): {place}"
        return AccountLine(row.status == AccountStatus.ACTIVE, text)


# ------------------------------------------------------------------ the scenes


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: what it shows, and what people do in it."""

    title: str
    intro: str
    play: Callable[[Story], None]
    scans: bool = False


def _replacement(story: Story) -> None:
    place = Post("especialista-ugel", "060004")
    story.town.seat("DÍAZ BUSTAMANTE, Wilmer", "27415896", WILMER, place)
    story.chronicle.chapters[-1].before = story.accounts("antes")
    asked = papers.sample("5.1-alta-especialista-ugel")
    story.send(
        papers.request(CHOTA, asked, asked.papers),
        "La UGEL Chota escribe al bot. El bot lee el oficio y la RD, comprueba cada requisito de "
        "la guía y le pregunta a quien decide.",
    )
    story.answer(
        story.last("decider-question", ADMINISTRATOR),
        "APROBAR",
        "El administrador responde con una palabra. El bot comprueba que la respuesta es suya y "
        "que nada cambió desde que preguntó; entonces cierra una cuenta, crea la otra y avisa.",
    )


def _completion(story: Story) -> None:
    asked = papers.sample("7.1-alta-estadistico-ugel")
    oficio, *rd = asked.papers
    story.send(
        papers.request(ANDAHUAYLAS, asked, [oficio]),
        "La UGEL Andahuaylas anuncia el oficio y la RD, pero olvida adjuntar la RD. El bot no "
        "molesta a quien decide: le dice a la UGEL qué falta y hasta cuándo puede enviarlo.",
    )
    story.answer(
        story.last("asker-observed", ANDAHUAYLAS),
        "Disculpe la omisión. Se adjunta la resolución que faltaba.\n\nMesa virtual",
        "La UGEL responde en el mismo hilo con lo que faltaba, y nada más. El bot junta los dos "
        "correos en un expediente completo y ahora sí pregunta.",
        *rd,
    )
    story.answer(
        story.last("decider-question", ADMINISTRATOR),
        "Procede. Gracias.",
        "El administrador aprueba con sus propias palabras.",
    )


def _rejection(story: Story) -> None:
    asked = papers.sample("un-solo-pdf-escaneado-oficio-rd-dni")
    story.send(
        papers.request(CAMANA, asked, asked.papers),
        "La UGEL Camaná envía un solo PDF escaneado. El bot reconoce el texto (OCR), separa el "
        "oficio, la RD y la copia del DNI, y pregunta.",
    )
    story.answer(
        story.last("decider-question", ADMINISTRATOR),
        "No procede.\nLa firma del oficio no es la del director registrado. Remitan el oficio "
        "firmado por el titular.",
        "El administrador mira la firma, que solo una persona puede verificar, y no aprueba.",
    )


SCENES: tuple[Scene, ...] = (
    Scene(
        "La UGEL Chota designa a una nueva Especialista SIAGIE",
        "El cargo ya lo ocupa otra persona: la guía manda cerrar su cuenta al crear la nueva.",
        _replacement,
    ),
    Scene(
        "A la UGEL Andahuaylas le falta un documento",
        "Un pedido incompleto se observa una vez, con todo lo que falta, y se completa por correo.",
        _completion,
    ),
    Scene(
        "La UGEL Camaná envía un expediente escaneado",
        "Papeles fotografiados o escaneados se leen igual; quien decide ve siempre los originales.",
        _rejection,
        scans=True,
    ),
)


# ------------------------------------------------------------------ telling them


def tell(out: Path, *, stay: bool) -> None:
    """Tell the story and leave its mails and a page in the folder `out`, which is made anew.

    With `stay` the servers and the bot go on until a signal. ConfigError when the samples are
    missing or the folder holds something else.
    """
    with opened(out) as story:
        play(story)
        if stay:
            _stay(story)


@contextmanager
def opened(out: Path) -> Iterator[Story]:
    """A town where nothing has happened yet; errors as of `tell`."""
    papers.require_samples()
    chronicle.clear(out)
    with _quiet_log(), town.build() as built:
        yield Story(built, Chronicle(out))


def play(story: Story) -> None:
    """Every scene, and a summary."""
    began = time.monotonic()
    _greet()
    for number, scene in enumerate(SCENES, start=1):
        _play(story, scene, number)
    story.keep()
    _sum_up(story, time.monotonic() - began)


def _greet() -> None:
    click.secho("Demostración de mailbot", bold=True)
    narrator.say(
        "Un servidor de correo propio, en esta misma máquina, con buzones para cada quien; el bot "
        "trabaja en él como trabajaría en el real. Las personas y las cuentas son inventadas."
    )


def _play(story: Story, scene: Scene, number: int) -> None:
    narrator.heading(f"{number}. {scene.title}")
    if scene.scans and (reason := _unreadable_scans()):
        narrator.say(f"Se omite esta parte: {reason}.")
        return
    narrator.say(scene.intro)
    chapter = story.chronicle.begin(scene.title, scene.intro)
    scene.play(story)
    chapter.after = story.accounts("después")


def _unreadable_scans() -> str:
    """Why scans cannot be read on this machine; empty when they can."""
    try:
        ocr.language_data()
    except ocr.NoLanguageData as error:
        return str(error)
    return ""


def _sum_up(story: Story, seconds: float) -> None:
    narrator.heading("Resumen")
    entries = story.chronicle.entries
    letters = sum(entry.by_bot for entry in entries)
    click.echo(f"{len(entries) - letters} correos recibidos · {letters} cartas enviadas")
    for case in story.town.cases():
        record = case.record
        what = f"{record['action']} de {record['role_name']}, {record['office_name']}"
        click.echo(f"Caso {case.id}: {what}: {console.state_words(case)}")
    click.echo(f"Duró {seconds:.0f} segundos. Todo quedó en {story.chronicle.out}:")
    click.echo(f"  {story.chronicle.out / chronicle.INDEX}  (ábralo con un navegador)")
    click.echo(f"  y los {len(entries)} correos, uno por archivo .eml")


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Only warnings of the program's log, so that the story can be read."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


# ------------------------------------------------------------------ staying


def _stay(story: Story) -> None:
    """Leave one question to whoever watches, and let the bot work until a signal."""
    title = "Ahora decida usted"
    narrator.heading(title)
    story.chronicle.begin(title, "Los servidores siguen encendidos y una pregunta espera.")
    asked = papers.sample("4.1-alta-estadistico-dre")
    with _until_signal() as stop:
        story.send(papers.request(PUNO, asked, asked.papers), "La DRE Puno pide un usuario.")
        story.keep()
        _invite(story.town)
        while not stop.wait(_PAUSE):
            if story.work():
                story.keep()
    click.echo("\nListo: el bot y los servidores se apagaron.")


def _invite(built: Town) -> None:
    servers = built.servers
    narrator.lines(
        "Abra el buzón del administrador con un programa de correo (por ejemplo, Thunderbird):",
        (
            f"Correo y usuario: {ADMINISTRATOR.address}",
            f"Contraseña: {servers.users[ADMINISTRATOR.address]}",
            f"IMAP: servidor {servers.host}, puerto {servers.imap_port}",
            f"SMTP: servidor {servers.host}, puerto {servers.smtp_port}",
            "Seguridad de la conexión: ninguna; autenticación: contraseña normal",
        ),
    )
    click.echo()
    narrator.say(
        "La última pregunta espera: respóndala con APROBAR (o RECHAZAR y el motivo, u OBSERVAR y "
        "lo que falta) y mire aquí lo que hace el bot. Para terminar: Ctrl-C."
    )


@contextmanager
def _until_signal() -> Iterator[threading.Event]:
    """An event that a signal to stop sets; the pass at hand is finished first."""
    stop = threading.Event()

    def hear(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {n: signal.signal(n, hear) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
