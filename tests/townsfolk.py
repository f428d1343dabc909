"""Everybody outside the bot, for the simulation: mailbox, letter server and people as plain lists.

A mail is a handful of bytes that stands for what would have been read from it; so that nothing is
parsed, the requests were read once beforehand by the program itself. Replies are understood by the
program each time. A letter is not written out: the server keeps what it would have said.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from threading import Lock
from typing import Any

import documents as d
import mails as written
from house import ADMINISTRATOR, ANOTHER, COORDINATOR, SAMPLES
from imapclient.exceptions import IMAPClientAbortError

from mailbot import delivery, respond
from mailbot.model import Mail, Sender
from mailbot.parsers import reader, sandbox
from mailbot.parsers.mail import read_mail
from mailbot.parsers.opened import Answer
from mailbot.parsers.parse import Parsed, Request, Unrelated, parse
from mailbot.rules import Rules
from mailbot.store.tables import Letter

BOT = "siagie@mailbot.example"
CHOTA = "mesadepartes@ugelchota.example"
CUTERVO = "mesadepartes@ugelcutervo.example"
SCHOOL = "ie10384@correo.example"
MACHINE = "avisos@robot.example"
STRANGER = "colega@minedu.example"
FOLDERS = ("INBOX", "Procesados", "Apartados")

REQUESTS: Mapping[str, tuple[str, str, str]] = {
    # name: whose, from where, what
    "chota-ana": ("Ana", CHOTA, "alta"),
    "chota-ana-sin-rd": ("Ana", CHOTA, "sin-rd"),
    "chota-ana-baja": ("Ana", CHOTA, "baja"),
    "chota-eva": ("Eva", CHOTA, "alta"),
    "chota-eva-baja": ("Eva", CHOTA, "baja"),
    "cutervo-luz": ("Luz", CUTERVO, "alta"),
    "cutervo-sol": ("Sol", CUTERVO, "alta"),
    "minedu-ida": ("Ida", COORDINATOR, "alta"),
    "minedu-ida-baja": ("Ida", COORDINATOR, "baja"),
    "director": ("Wil", SCHOOL, "8.1"),
}
"""What may be asked: single seats, a seat for many, and one whose decider is an account here."""

_PEOPLE = {
    "Ana": d.Person("Quispe Mamani", "Ana Rosa", "41000001", "ana@correo.example"),
    "Eva": d.Person("Torres Rojas", "Eva María", "41000002", "eva@correo.example"),
    "Luz": d.Person("Díaz Campos", "Luz Marina", "41000003", "luz@correo.example"),
    "Sol": d.Person("Vargas Núñez", "Sol Elena", "41000004", "sol@correo.example"),
    "Ida": d.Person("Paredes Silva", "Ida Luisa", "41000005", "ida@minedu.example"),
}
APPROVERS = (ADMINISTRATOR, ANOTHER, "luz@correo.example", "sol@correo.example")
COMPLETED = "+rd"
POISON = "veneno"


# ------------------------------------------------------------------ what was read beforehand


def library(rules: Rules) -> dict[str, Request]:
    """Every request that can be made, read by the program; and each observed one completed."""
    found: dict[str, Request] = {}
    with _read_here():
        for name, (who, sender, what) in REQUESTS.items():
            mail = _mail_of(who, sender, what)
            found[name] = _read((mail,), rules)
            if what in ("alta", "sin-rd") and sender == CHOTA:
                found[name + COMPLETED] = _read((mail, _completion(who, sender, mail)), rules)
    return found


@contextmanager
def _read_here() -> Iterator[None]:
    """Our own papers need no child to be read in; one at a time, for pdfium knows no threads."""
    alone = Lock()

    def here(kind: str, data: bytes, *more: Any) -> Answer:  # noqa: ANN401  limits, anchors, page
        with alone:
            return reader.open_file(kind, data, *more[2:])

    before = sandbox.read
    sandbox.read = here  # type: ignore[assignment]
    try:
        yield
    finally:
        sandbox.read = before


def _read(mails: Sequence[Mail], rules: Rules) -> Request:
    parsed = parse(mails, rules)
    assert isinstance(parsed, Request), mails[0].subject
    return parsed


def _mail_of(who: str, sender: str, what: str) -> Mail:
    proven = Sender(sender, authenticated=True, reason="comprobado")
    if what == "8.1":
        return read_mail((SAMPLES / "8.1-alta-director-ie.eml").read_bytes(), proven)
    person = _PEOPLE[who]
    action = "baja" if what == "baja" else "alta"
    if sender == COORDINATOR:
        text = (
            f"Solicito el {action} del usuario de Especialista SIAGIE MINEDU de:\n"
            f"Apellidos y nombres: {person.apellidos_nombres}\nDNI: {person.dni}\n"
            f"Correo electrónico: {person.correo}\n"
        )
        raw = written.compose(sender, BOT, f"{action} de usuario SIAGIE", text=text)
        return read_mail(raw, proven)
    place = {CHOTA: ("060004", "Chota"), CUTERVO: ("060006", "Cutervo")}[sender]
    head = d.Signatory("Mg. Gonzalo Olivera Requejo", f"DIRECTOR DE LA UGEL {place[1].upper()}")
    office = d.ugel(*place, "Cajamarca", head)
    files = [written.File("OFICIO.pdf", d.oficio(office=office, people=[person], action=action))]  # type: ignore[arg-type]
    if what == "alta":
        files.append(written.File("RD.pdf", d.rd(office=office, people=[person])))
    subject = f"{action} de especialista SIAGIE UGEL {place[1]}"
    raw = written.compose(sender, BOT, subject, text="Remito lo indicado.", attachments=files)
    return read_mail(raw, proven)


def _completion(who: str, sender: str, first: Mail) -> Mail:
    """What completes a request: its resolution, as another file."""
    head = d.Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CHOTA")
    office = d.ugel("060004", "Chota", "Cajamarca", head)
    act = d.rd(office=office, people=[_PEOPLE[who]]) + b"\n% completa\n"
    raw = written.compose(
        sender,
        BOT,
        "Re: lo observado",
        text="Adjunto la resolución.",
        attachments=[written.File("RD completa.pdf", act)],
        in_reply_to=first.message_id,
    )
    return read_mail(raw, Sender(sender, authenticated=True, reason="comprobado"))


# ------------------------------------------------------------------ the mails of a history


@dataclass
class Bag:
    """The mails people wrote in a history, by their bytes; the program reads them from here."""

    library: Mapping[str, Request]
    mails: dict[bytes, Mail] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    """The name of the request, by the mail's sha256."""

    def write(self, sender: Sender, *, request: str = "", **values: Any) -> bytes:  # noqa: ANN401
        """A new mail; its bytes."""
        raw = f"correo {len(self.mails) + 1}".encode()
        hashed = sha256(raw).hexdigest()
        given: dict[str, Any] = {
            "subject": "",
            "recipients": (BOT,),
            "references": (),
            "own": ("",),
            "quoted": "",
            "forwarded": False,
            "automatic": None,
            "attachments": (),
        }
        name = f"<{len(self.mails) + 1}@people.example>"
        self.mails[raw] = Mail(sha256=hashed, message_id=name, sender=sender, **{**given, **values})
        if request:
            self.requests[hashed] = request
        return raw

    def read(self, raw: bytes, sender: Sender | None = None) -> Mail:
        """What stands for reading a mail."""
        mail = self.mails[bytes(raw)]
        return mail.sent_by(sender) if sender else mail

    def parse(self, mails: Sequence[Mail], rules: Rules) -> Parsed:
        """What stands for reading what a mail wants, with those it completes."""
        names = [self.requests.get(mail.sha256, "") for mail in mails]
        if not names[-1] and len(mails) == 1:
            return parse(mails, rules)
        whole = next((n for n in names if n and n != COMPLETED), "")
        if whole + COMPLETED in self.library and COMPLETED in names:
            whole += COMPLETED
        if whole not in self.library:
            return Unrelated(mails[-1], asks_other=False)
        return replace(self.library[whole], sender=mails[-1].sender)


# ------------------------------------------------------------------ the mailbox


@dataclass
class FakeImap:
    """A mailbox as imapclient shows one: folders are lists of (uid, bytes)."""

    folders: dict[str, list[tuple[int, bytes]]] = field(
        default_factory=lambda: {name: [] for name in FOLDERS}
    )
    uidvalidity: int = 1
    next_uid: int = 1
    hangs_up_after: int | None = None
    reach: Callable[[str, str], None] = lambda _when, _what: None

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        """Have a mail lie in a folder."""
        self.folders[folder].append((self.next_uid, raw))
        self.next_uid += 1

    def renumber(self) -> None:
        """A new UIDVALIDITY, and every mail has another number."""
        self.uidvalidity += 1
        for name, lying in self.folders.items():
            self.folders[name] = []
            for _, raw in lying:
                self.put(raw, name)

    def _answer(self) -> None:
        if self.hangs_up_after is None:
            return
        self.hangs_up_after -= 1
        if self.hangs_up_after < 0:
            raise IMAPClientAbortError("the connection is gone")

    # what follows are imapclient's names

    def search(self, criteria: object = "ALL") -> list[int]:
        """Numbers of the mails in the inbox."""
        self._answer()
        lying = [uid for uid, _ in self.folders["INBOX"]]
        if not isinstance(criteria, list) or criteria[0] != "UID":
            return []
        if criteria[1].endswith(":*"):
            first = int(criteria[1].removesuffix(":*"))
            return [uid for uid in lying if uid >= first] or lying[-1:]
        wanted = _uids(criteria[1])
        return [uid for uid in lying if uid in wanted]

    def socket(self) -> None:
        """No wire to cut: every answer comes at once."""

    def fetch(self, uids: Sequence[int], parts: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """Sizes or bytes of some mails."""
        self._answer()
        found = dict(self.folders["INBOX"])
        if parts[0] == "RFC822.SIZE":
            return {uid: {b"RFC822.SIZE": len(found[uid])} for uid in uids if uid in found}
        name = parts[0].replace(".PEEK", "").encode()
        return {uid: {name: found[uid]} for uid in uids if uid in found}

    def has_capability(self, name: str) -> bool:
        """It can move."""
        return name == "MOVE"

    def folder_exists(self, name: str) -> bool:  # noqa: ARG002
        """No folder was left behind."""
        return False

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails out of the inbox."""
        self.reach("before", "imap:move")
        self._answer()
        moved = [(uid, raw) for uid, raw in self.folders["INBOX"] if uid in set(uids)]
        self.folders["INBOX"] = [x for x in self.folders["INBOX"] if x not in moved]
        for _, raw in moved:
            self.put(raw, folder)
        self.reach("after", "imap:move")


def _uids(told: str) -> set[int]:
    """The numbers of a set as IMAP writes it: ``1:3,7``."""
    ends = [part.partition(":") for part in told.split(",")]
    return {n for a, _, b in ends for n in range(int(a), int(b or a) + 1)}


# ------------------------------------------------------------------ the server that takes letters


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter as it left: what the reader of it knows."""

    message_id: str
    kind: str
    recipient: str
    token: str | None
    password: str | None
    about: Mapping[str, Any]
    account: int | None
    question: int | None
    case: int | None


@dataclass
class FakeSmtp:
    """Takes letters, or does to the next ones as told: ``451``, ``554``, ``lost``, ``gone``.

    ``lost``: the letter is taken and the connection is gone before the answer.
    """

    taken: list[Taken] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    written: dict[str, Taken] = field(default_factory=dict)
    reach: Callable[[str, str], None] = lambda _when, _what: None

    def compose(
        self, letter: Letter, settings: object, secrets: respond.Secrets, *_more: object
    ) -> Message:
        """What stands for writing a letter out."""
        del settings
        password = secrets.password.get_secret_value() if secrets.password else None
        self.written[letter.message_id] = Taken(
            letter.message_id,
            letter.kind,
            letter.recipient,
            secrets.token,
            password,
            dict(letter.context),
            letter.account_id,
            letter.question_id,
            letter.case_id,
        )
        return message_from_bytes(f"Message-ID: {letter.message_id}\n\n".encode())

    def deliver(
        self, _line: object, _sender: str, _recipient: str, message: Message
    ) -> delivery.Answer:
        """Take a letter, or not."""
        name = str(message["Message-ID"])
        self.reach("before", "smtp:data")
        mood = self.moods.pop(0) if self.moods else ""
        if mood in _ANSWERS:
            return _ANSWERS[mood]
        self.taken.append(self.written[name])
        if mood == "lost":
            self.lost[name] += 1
            return delivery.Answer(delivery.Fate.DOUBT, "gone after taking it", lost=True)
        self.reach("after", "smtp:data")
        return delivery.Answer(delivery.Fate.TAKEN, "", "1")


_ANSWERS = {
    "451": delivery.Answer(delivery.Fate.LATER, "451 later"),
    "554": delivery.Answer(delivery.Fate.REFUSED, "554 no"),
    "gone": delivery.Answer(delivery.Fate.LATER, "gone", lost=True),
}
