"""The town of the demonstration: its people, their mailboxes, and the bot at its desk.

Everything is real but the people: the mails travel over sockets, the server proves who sent them,
and the bot is the program as it runs in service.
"""

import csv
import imaplib
import json
import os
import secrets
import shutil
import smtplib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from mailbot import decide, schedule
from mailbot.config import FILE, PREFIX, shipped, variable
from mailbot.demo.servers import EmbeddedServers
from mailbot.desk import Desk
from mailbot.model import Action, Open, Post
from mailbot.rules import Rules, read_rules
from mailbot.store import Store, accounts, mails
from mailbot.store.tables import Account, Case, Letter, LetterStatus, Mail, MailStatus

AUTHSERV_ID = "mx.mailbot.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mailbox; `office` is the code under which the address is registered."""

    name: str
    address: str
    office: str = ""


BOT = Person("el bot", "siagie@mailbot.example")
ADMINISTRATOR = Person("Administrador SIAGIE", "administrador.siagie@minedu.example")
ANDAHUAYLAS = Person("UGEL Andahuaylas", "mesavirtual@ugelandahuaylas.example", "030002")
CAMANA = Person("UGEL Camaná", "tramite@ugelcamana.example", "040003")
CHOTA = Person("UGEL Chota", "mesadepartes@ugelchota.example", "060004")
PUNO = Person("DRE Puno", "mesadepartes@drepuno.example", "210000")
ROSA = Person("Rosa Quispe", "rosa.quispe@correo.example")
WILMER = Person("Wilmer Díaz", "wilmer.diaz@correo.example")
PERCY = Person("Percy Altamirano", "percy.altamirano@correo.example")
OSCAR = Person("Óscar Llerena", "oscar.llerena@correo.example")
WILBER = Person("Wilber Apaza", "wilber.apaza@correo.example")
PEOPLE = (
    *(BOT, ADMINISTRATOR, ANDAHUAYLAS, CAMANA, CHOTA, PUNO),
    *(ROSA, WILMER, PERCY, OSCAR, WILBER),
)
_BY_ADDRESS = {person.address: person for person in PEOPLE}


def who(address: str) -> Person:
    """The person an address belongs to, its plus-part left out; a stranger is called by it."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return _BY_ADDRESS.get(plain, Person(plain, plain))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that reached its recipient, byte for byte.

    `kind` is a letter's kind, or what the bot took a mail to itself for.
    """

    at: datetime
    kind: str
    sender: Person
    recipient: Person
    raw: bytes


@dataclass
class Town:
    """The people, and the bot they write to."""

    servers: EmbeddedServers
    desk: Desk
    folder: Path
    _seen: set[str] = field(default_factory=set)

    # ---------------------------------------------------------- what people do

    def send(self, mail: EmailMessage) -> None:
        """Mail something as the person in its From field, who logs in: so the server knows."""
        sender = parseaddr(str(mail["From"]))[1]
        with smtplib.SMTP(self.servers.host, self.servers.smtp_port, timeout=30) as smtp:
            smtp.login(sender, self.servers.users[sender])
            smtp.send_message(mail)

    def seat(self, names: str, dni: str, person: Person, place: Post) -> None:
        """Have somebody hold a post already, since before the demonstration began."""
        procedure = self.desk.rules.guide.procedure(place.role, Action.ALTA)
        if procedure is None:
            raise LookupError(place.role)
        opening = Open(names, dni, person.address, place, decide.seat(procedure, place, dni))
        since = datetime(datetime.now(UTC).year - 1, 3, 12, 15, tzinfo=UTC)
        with self.desk.store.begin() as tx:
            accounts.open_account(tx, opening, None, since)

    # ---------------------------------------------------------- what the bot does

    def work(self) -> list[Arrived]:
        """Let the bot do all it can do now; the mails it read and the letters it sent, in order."""
        schedule.full_pass(self.desk)
        return [*self._read(), *self._sent()]

    def _read(self) -> Iterator[Arrived]:
        with self.desk.store.read() as tx:
            for mail in tx.query(Mail).where(Mail.status != MailStatus.NEW).order_by(Mail.id):
                if self._is_news(mail.sha256):
                    sender, raw = who(mail.sender or "?"), mails.raw(tx, mail.id)
                    yield Arrived(mail.received_at, mail.kind or "", sender, BOT, raw)

    def _sent(self) -> Iterator[Arrived]:
        with self.desk.store.read() as tx:
            rows = tx.query(Letter).where(Letter.status == LetterStatus.SENT).order_by(Letter.id)
            new = [letter for letter in rows if self._is_news(letter.message_id)]
        for letter in new:
            recipient = who(letter.recipient)
            if raw := self._delivered(recipient, letter.message_id):
                yield Arrived(letter.sent_at or letter.due_at, letter.kind, BOT, recipient, raw)

    def _is_news(self, mark: str) -> bool:
        news = mark not in self._seen
        self._seen.add(mark)
        return news

    def _delivered(self, person: Person, message_id: str) -> bytes | None:
        """A letter as it lies in its recipient's inbox; None when it is not there (any more)."""
        with imaplib.IMAP4(self.servers.host, self.servers.imap_port, timeout=30) as imap:
            imap.login(person.address, self.servers.users[person.address])
            imap.select("INBOX", readonly=True)
            _, [found] = imap.search(None, "HEADER", "Message-ID", f'"{message_id}"')
            if not found:
                return None
            _, answer = imap.fetch(found.split()[-1].decode(), "(BODY.PEEK[])")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    # ---------------------------------------------------------- what is so

    def accounts(self) -> list[Account]:
        """Every account, the closed ones too."""
        with self.desk.store.read() as tx:
            return accounts.everybody(tx, closed=True)

    def cases(self) -> list[Case]:
        """Every case, oldest first."""
        with self.desk.store.read() as tx:
            return tx.query(Case).order_by(Case.id).all()


# ------------------------------------------------------------------ building it


@contextmanager
def build() -> Iterator[Town]:
    """A new town in a folder of its own, gone with everything in it at the end of the block."""
    passwords = {person.address: secrets.token_urlsafe(12) for person in PEOPLE}
    with (
        tempfile.TemporaryDirectory(prefix="mailbot-demo-") as name,
        EmbeddedServers(passwords, authserv_id=AUTHSERV_ID) as servers,
    ):
        folder = _configure(Path(name) / "config", servers)
        rules = _rules(folder, passwords[BOT.address])
        store = Store(rules.settings.store.url, rules.settings.data_keys)
        try:
            yield Town(servers, Desk(rules, store, lambda: datetime.now(UTC)), folder)
        finally:
            store.close()


def _configure(folder: Path, servers: EmbeddedServers) -> Path:
    """The shipped configuration with this town's servers, offices and administrator."""
    shutil.copytree(shipped("config"), folder)
    (folder / FILE).write_text(_settings(folder, servers), encoding="utf-8")
    _register(folder / "offices.csv")
    return folder


def _settings(folder: Path, servers: EmbeddedServers) -> str:
    server = f'host = "{servers.host}"\ntls = "none"\nuser = "{BOT.address}"'
    return "\n".join(
        (
            f'[bot]\naddress = "{BOT.address}"',
            f"[imap]\n{server}\nport = {servers.imap_port}",
            f"[smtp]\n{server}\nport = {servers.smtp_port}",
            f"[store]\nurl = {json.dumps(f'sqlite:///{folder.parent}/mailbot.db')}",
            f'[trust]\nauthserv_id = "{servers.authserv_id}"',
            'authserv_vouched_by = "la demostración"',
            f'[approvers]\nadministrador-ue = ["{ADMINISTRATOR.address}"]',
            f'administrador-minedu = ["{ADMINISTRATOR.address}"]',
            "[health]\nheartbeat_minutes = 0\n",  # nobody in the town writes to themselves
        )
    )


def _register(path: Path) -> None:
    """Write the people's addresses into the register of offices."""
    emails = {person.office: person.address for person in PEOPLE if person.office}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "emails": emails.get(row["code"], "")} for row in rows)


def _rules(folder: Path, password: str) -> Rules:
    """What the configuration says, with fresh secrets and nothing of the caller's environment."""
    fresh = {variable("secret"): secrets.token_hex(32), variable("imap.password"): password}
    with _environment(fresh):
        return read_rules(folder)


@contextmanager
def _environment(ours: Mapping[str, str]) -> Iterator[None]:
    """An environment without the caller's own settings: they name real servers and mailboxes."""
    theirs = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name in theirs:
        del os.environ[name]
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(theirs)
