"""The story as told so far: every mail in order, in chapters, each kept as a file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from mailbot.demo import papers
from mailbot.demo.town import BOT, Arrived
from mailbot.errors import ConfigError
from mailbot.parsers import quotes
from mailbot.parsers.text import fold

INDEX = "index.html"

_KINDS: Mapping[str, str] = {
    "request": "solicitud",
    "reply": "respuesta de quien decide",
    "decider-question": "pregunta a quien decide",
    "decider-unclear": "no se entendió la respuesta",
    "decider-settled": "el pedido ya no espera",
    "decider-lacking": "falta un dato",
    "asker-received": "acuse: se recibió completa",
    "asker-observed": "observación: qué falta",
    "asker-opened": "aviso de alta a la oficina",
    "asker-rejected": "aviso de rechazo a la oficina",
    "holder-credentials": "usuario y contraseña",
    "displaced-closed": "aviso de baja a quien deja el cargo",
}
_PASSWORD = re.compile(r"\b([A-Za-z0-9]{4})(?:-[A-Za-z0-9]{4}){3}\b")


@dataclass(frozen=True)
class Entry:
    """A mail of the story, by its number."""

    number: int
    arrived: Arrived

    @cached_property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.arrived.raw, _class=EmailMessage, policy=policy.default)

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.arrived.sender is BOT

    @property
    def kind(self) -> str:
        """What it is, in Spanish."""
        return _KINDS.get(self.arrived.kind, "carta del bot" if self.by_bot else "correo")

    @property
    def subject(self) -> str:
        """The subject on one line."""
        return " ".join(str(self.mail["Subject"] or "(sin asunto)").split())

    @cached_property
    def words(self) -> tuple[str, str]:
        """The text in two parts: the writer's own, and what is quoted. No password in clear."""
        text = masked(papers.text_of(self.mail))
        return (text.replace(quotes.MARKER, "").strip(), "") if self.by_bot else quotes.cut(text)

    @property
    def html(self) -> str:
        """The HTML part, no password in clear; empty when there is none."""
        return masked(papers.html_of(self.mail))

    @property
    def attachments(self) -> tuple[tuple[str, int], ...]:
        """Name and size in bytes of each document."""
        found = ((p.get_filename() or "documento", p) for p in self.mail.iter_attachments())
        return tuple((name, len(p.get_payload(decode=True) or b"")) for name, p in found)

    @property
    def verdict(self) -> str:
        """What the receiving server found out about the sender, in Spanish."""
        said = str(self.mail["Authentication-Results"] or "")
        return "remitente comprobado" if "dmarc=pass" in said else "remitente sin comprobar"

    @property
    def file(self) -> str:
        """The name of the mail's file: number, writer, and the letter's kind or the subject."""
        what = self.arrived.kind if self.by_bot else self.subject
        return f"{self.number:02d}-{_slug(self.arrived.sender.name)}-{_slug(what)}.eml"


def masked(text: str) -> str:
    """A text whose temporary passwords show their first group only."""
    return _PASSWORD.sub(r"\1-••••-••••-••••", text)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(words))[:48].strip("-")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in words."""

    active: bool
    text: str

    @property
    def state(self) -> str:
        """The state in one word."""
        return "ACTIVA" if self.active else "CERRADA"


@dataclass
class Chapter:
    """A scene as it went: its mails, and the accounts before and after them."""

    title: str
    intro: str
    entries: list[Entry] = field(default_factory=list)
    before: Sequence[AccountLine] = ()
    after: Sequence[AccountLine] = ()


@dataclass
class Chronicle:
    """The chapters so far, each mail written into the folder `out` as it is added."""

    out: Path
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        """Every mail so far."""
        return [entry for chapter in self.chapters for entry in chapter.entries]

    def begin(self, title: str, intro: str) -> Chapter:
        """Begin a chapter."""
        self.chapters.append(Chapter(title, intro))
        return self.chapters[-1]

    def add(self, arrived: Arrived) -> Entry:
        """Add a mail to the chapter at hand, and keep it as a file."""
        entry = Entry(len(self.entries) + 1, arrived)
        self.chapters[-1].entries.append(entry)
        (self.out / entry.file).write_bytes(arrived.raw)
        return entry


def clear(out: Path) -> None:
    """Make `out` a new, empty folder; ConfigError when it holds anything but an earlier story."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        ours = {*out.glob("[0-9]*-*.eml"), out / INDEX}
        if others := sorted(path.name for path in out.iterdir() if path not in ours):
            raise ConfigError(
                f"{out}: la carpeta tiene otras cosas ({others[0]}). Indique otra con --out."
            )
        for path in ours:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{out}: no se puede escribir ahí ({error.strerror}). Indique otra carpeta con --out."
        ) from None
