"""What people write in the demonstration: requests from the project's samples, and answers.

A sample lends its words and documents; the mail around them is written anew, so that it bears
today's date and this town's addresses.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from mailbot.demo.town import BOT, Person, who
from mailbot.errors import ConfigError
from mailbot.workdays import LIMA

SAMPLES = Path(__file__).parents[2] / "tests" / "sample_mails"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to attach, always a PDF."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """What an office wrote: subject, text and documents, the oficio first."""

    subject: str
    text: str
    papers: tuple[Paper, ...]


def require_samples() -> None:
    """ConfigError when the program was installed without the project's samples."""
    if not SAMPLES.is_dir():
        raise ConfigError(
            f"La demostración usa los correos de prueba del código fuente y falta {SAMPLES}. "
            "Ejecútela en una copia completa del repositorio, con: make demo"
        )


def sample(name: str) -> Sample:
    """A sample by its name."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    attached = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    papers = tuple(Paper(p.get_filename() or "", p.get_content()) for p in attached)
    return Sample(str(mail["Subject"]), text_of(mail), papers)


def text_of(mail: EmailMessage) -> str:
    """A mail's plain text; empty when it has none."""
    return _content(mail.get_body(("plain",)))


def html_of(mail: EmailMessage) -> str:
    """A mail's HTML with its own pictures in it; empty when it has none."""
    html = _content(mail.get_body(("html",)))
    for part in mail.walk():
        data, cid = part.get_payload(decode=True), str(part["Content-ID"] or "").strip("<>")
        if cid and part.get_content_maintype() == "image" and isinstance(data, bytes):
            inline = f"data:{part.get_content_type()};base64,{b64encode(data).decode()}"
            html = html.replace(f"cid:{cid}", inline)
    return html


def _content(part: Message | None) -> str:
    """The text of a part; of one in a charset nobody knows, what can be read."""
    data = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(data, bytes):
        return ""
    try:
        text = data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n")


def request(sender: Person, asked: Sample, papers: Sequence[Paper]) -> EmailMessage:
    """A request with some of its sample's documents."""
    mail = _mail(sender, BOT.address, asked.subject)
    mail.set_content(asked.text)
    return _with(mail, papers)


def answer(letter: EmailMessage, text: str, papers: Sequence[Paper] = ()) -> EmailMessage:
    """What a letter's recipient answers, the letter quoted below as mail programs do."""
    sender = who(parseaddr(str(letter["To"]))[1])
    to = parseaddr(str(letter["Reply-To"] or letter["From"]))[1]
    mail = _mail(sender, to, _in_thread(str(letter["Subject"])))
    mail["In-Reply-To"] = str(letter["Message-ID"])
    mail["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
    quoted = "".join(f"> {line}\n" for line in text_of(letter).splitlines())
    mail.set_content(f"{text}\n\nEl {_today()}, {letter['From']} escribió:\n{quoted}")
    return _with(mail, papers)


def _mail(sender: Person, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC).astimezone(LIMA))
    mail["Message-ID"] = make_msgid(domain=sender.address.partition("@")[2])
    return mail


def _with(mail: EmailMessage, papers: Sequence[Paper]) -> EmailMessage:
    for paper in papers:
        mail.add_attachment(paper.data, maintype="application", subtype="pdf", filename=paper.name)
    return mail


def _in_thread(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _today() -> str:
    return f"{datetime.now(UTC).astimezone(LIMA):%d/%m/%Y, %H:%M}"
