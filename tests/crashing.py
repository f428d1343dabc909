"""A world to crash in: one mailbox, one database file, people, and a server that takes letters.

The mailbox lies on a real Dovecot, mail is put into it over IMAP as if it had just been delivered;
what the bot sends goes to an SMTP server that keeps it. Each world has a bot of its own address, so
that one Dovecot serves them all. After each thing a person does the bot's own command is run until
nothing is left to do; it may be killed at any of the points it reaches.
"""

import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import documents as d
import mails
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from house import COORDINATOR, NOON, kind_of, text_of, write_config
from launcher import KILLED, Launcher, Ran
from pydantic import SecretStr
from servers import Post

from mailbot.model import Open
from mailbot.model import Post as Place
from mailbot.respond import KINDS
from mailbot.store import Store, accounts, journal
from mailbot.store.tables import Account, Case, Event, Letter, Mail, Question

SECRET = "una clave de prueba de mas de 32 caracteres"
UGEL = "mesadepartes@ugelchota.example"
POST = Place("especialista-ugel", "060004")
FOLDERS = ("INBOX", "Procesados", "Apartados")
STUCK = timedelta(minutes=11)
"""Longer than a letter that a crash left in the middle of being sent is left alone."""
PASSES = 8
"""So many passes must do to bring everything to rest."""


# ------------------------------------------------------------------ the server that takes letters


@dataclass
class Sink:
    """Takes every letter, in order; refuses the recipients whose names say so."""

    port: int = 0
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    put_off: set[str] = field(default_factory=set)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep what comes: from whom, to whom, the bytes."""
        sender, (recipient,) = str(envelope.mail_from), envelope.rcpt_tos
        if recipient.startswith("ghost"):
            return "550 5.1.1 nobody here"
        if recipient.startswith("busy") and sender not in self.put_off:
            self.put_off.add(sender)
            return "451 4.3.0 later"
        assert isinstance(envelope.content, bytes)
        self.taken.append((sender, recipient, envelope.content))
        return "250 OK"

    def of(self, bot: str) -> list[EmailMessage]:
        """What one bot sent, in order."""
        return [_parse(raw) for sender, _, raw in self.taken if sender == bot]


@contextmanager
def sink() -> Iterator[Sink]:
    """A sink that runs."""
    kept = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        kept.port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def _parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


# ------------------------------------------------------------------ the world


@dataclass(frozen=True)
class Stage:
    """What all worlds share: the servers, the sink, the process that forks, a configuration."""

    post: Post
    sink: Sink
    launcher: Launcher
    config: Path

    @classmethod
    @contextmanager
    def set_up(cls, post: Post, folder: Path) -> Iterator["Stage"]:
        """A stage in a folder of its own."""
        config = write_config(folder / "config", None)
        with sink() as kept, Launcher() as launcher:
            yield cls(post, kept, launcher, config)


@dataclass(frozen=True)
class Kept:
    """A world as it was: where its files lie, and the rest of it."""

    place: Path
    bot: str
    now: datetime
    runs: tuple[Ran, ...]
    put: tuple[str, ...]
    taken: tuple[tuple[str, str, bytes], ...]
    put_off: bool


@dataclass
class World:
    """One mailbox and one database; `kill` says in which runs to die, and at which point."""

    stage: Stage
    folder: Path
    kill: Mapping[int, int] = field(default_factory=dict)
    now: datetime = NOON
    runs: list[Ran] = field(default_factory=list)
    put: list[str] = field(default_factory=list)
    bot: str = field(default_factory=lambda: f"siagie-{secrets.token_hex(6)}@mailbot.example")

    # ---------------------------------------------------------- as it was

    def keep(self, place: Path) -> "Kept":
        """The world as it is between two acts: files, mailbox, letters, clock."""
        self.folder.mkdir(exist_ok=True)
        shutil.copytree(self.folder, place / "bot")
        if self._mailbox.exists():
            subprocess.run(["cp", "-a", self._mailbox, place / "mailbox"], check=True)
        sink = self.stage.sink
        taken = tuple(letter for letter in sink.taken if letter[0] == self.bot)
        busy = self.bot in sink.put_off
        return Kept(place, self.bot, self.now, tuple(self.runs), tuple(self.put), taken, busy)

    @classmethod
    def again(
        cls, stage: Stage, kept: "Kept", folder: Path, kill: Mapping[int, int] | None = None
    ) -> "World":
        """The world as it was kept, in a new folder; the one that was there before is gone."""
        shutil.copytree(kept.place / "bot", folder)
        world = cls(stage, folder, kill or {}, kept.now, [*kept.runs], [*kept.put], kept.bot)
        shutil.rmtree(world._mailbox, ignore_errors=True)
        if (kept.place / "mailbox").exists():
            subprocess.run(["cp", "-a", kept.place / "mailbox", world._mailbox], check=True)
        sink = stage.sink
        sink.taken = [x for x in sink.taken if x[0] != kept.bot] + [*kept.taken]
        sink.put_off = sink.put_off - {kept.bot} | ({kept.bot} if kept.put_off else set())
        return world

    @property
    def _mailbox(self) -> Path:
        return self.stage.post.servers.root / "mail" / self.bot

    # ---------------------------------------------------------- what people do

    def put_mail(self, raw: bytes) -> None:
        """Have a mail lie in the inbox, as its last relay delivered it."""
        with self.stage.post._login(self.bot) as imap:  # noqa: SLF001  the tests' own
            status, said = imap.append("INBOX", "", None, raw)
            assert status == "OK", said
        self.put.append(_id_of(raw))

    def letters(self, kind: str) -> list[EmailMessage]:
        """The letters of a kind that left, in order."""
        return [m for m in self.stage.sink.of(self.bot) if kind_of(m) == kind]

    def answer(self, kind: str, text: str, sender: str | None = None, **more: Any) -> None:  # noqa: ANN401
        """Answer the last letter of a kind."""
        letter = self.letters(kind)[-1]
        quoted = mails.quoted(text_of(letter))
        raw = mails.compose(
            sender or str(letter["To"]),
            str(letter["Reply-To"] or letter["From"]),
            f"Re: {letter['Subject']}",
            text=f"{text}\n\nEl mar, 31 mar 2026 a las 12:00, Usuarios SIAGIE escribió:\n{quoted}",
            in_reply_to=str(letter["Message-ID"]),
            message_id=f"<answer-{len(self.put)}@people.example>",
            **more,
        )
        self.put_mail(raw)

    def seat(self, names: str, dni: str, correo: str, place: Place) -> None:
        """Have somebody hold an account already."""
        seat = "/".join((place.role, place.office, place.nivel or ""))
        with closing(self.store()) as store, store.begin() as tx:
            accounts.open_account(tx, Open(names, dni, correo, place, seat), None, self.now)

    # ---------------------------------------------------------- what the bot does

    def command(self, *argv: str) -> Ran:
        """Run one of the bot's commands, killed in it if this is a run to be killed in."""
        kill_at = self.kill.get(len(self.runs))
        ran = self.stage.launcher.run(argv, self.folder, self._environment(), self.now, kill_at)
        self.runs.append(ran)
        assert (ran.status == KILLED) is (kill_at is not None), (argv, kill_at, ran)
        assert ran.status in (KILLED, 0), ran.said
        return ran

    def settle(self) -> None:
        """Passes until nothing is left to do; time passes in between."""
        for _ in range(PASSES):
            if self.command("poll").status == 0 and self.is_quiet():
                return
            self.now += STUCK
        raise AssertionError(f"still not at rest after {PASSES} passes: {self.runs[-1].said}")

    def is_quiet(self) -> bool:
        """Whether no mail and no letter waits for the next pass."""
        with closing(sqlite3.connect(self.folder / "mailbot.db")) as db:
            (waiting,) = db.execute(
                "SELECT (SELECT count(*) FROM mails WHERE status = 'new' OR moved_at IS NULL)"
                " + (SELECT count(*) FROM letters WHERE status NOT IN ('sent','failed','bounced'))"
            ).fetchone()
        return not waiting

    def store(self) -> Store:
        """The database, as another process opens it."""
        return Store(f"sqlite:///{self.folder}/mailbot.db", [SecretStr(SECRET)])

    def _environment(self) -> dict[str, str]:
        servers = self.stage.post.servers
        values = {
            "config": str(self.stage.config),
            "secret": SECRET,
            "store__url": f"sqlite:///{self.folder}/mailbot.db",
            "bot__address": self.bot,
            "imap__host": servers.host,
            "imap__port": str(servers.imap_port),
            "imap__tls": "none",
            "imap__user": self.bot,
            "imap__password": servers.password,
            "smtp__host": "127.0.0.1",
            "smtp__port": str(self.stage.sink.port),
            "smtp__tls": "none",
            "smtp__auth": "none",
            "limits__mail_bytes": "100000",
            "health__heartbeat_minutes": "0",
            "trust__dns_servers": '["127.0.0.1"]',
            "trust__dns_timeout_seconds": "0.05",
        }
        return {f"MAILBOT_{key.upper()}": value for key, value in values.items()}


def _id_of(raw: bytes) -> str:
    return str(_parse(raw)["Message-ID"])


# ------------------------------------------------------------------ what became of it


OF_A_KILL = ("letter_uncertain",)
"""Events that say that the program was killed: a letter was on its way then."""


@dataclass(frozen=True)
class Outcome:
    """What is so in the end, in values that do not depend on chance."""

    accounts: list[tuple[object, ...]]
    cases: list[tuple[object, ...]]
    questions: list[tuple[object, ...]]
    letters: list[tuple[object, ...]]
    mails: list[tuple[object, ...]]
    events: Counter[str]
    folders: dict[str, list[str]]
    sent: Counter[str]
    credentials: Counter[tuple[str, str]]


def outcome(world: World) -> Outcome:
    """Look at everything; what must never be is refused here already."""
    sent = world.stage.sink.of(world.bot)
    with closing(world.store()) as store, store.read() as tx:
        broken = journal.verify(tx)
        assert broken is None, broken
        rows = tx.query(Letter).order_by(Letter.id).all()
        _one_valid_secret(tx.query(Account).all(), rows, sent)
        found = Outcome(
            accounts=sorted(
                (a.dni, a.role, a.office, a.status, a.opened_by, a.closed_by, bool(a.password_hash))
                for a in tx.query(Account)
            ),
            cases=[
                (c.id, c.dni, c.section, c.status, c.revision, c.decided_by)
                for c in tx.query(Case).order_by(Case.id)
            ],
            questions=[
                (q.case_id, q.revision, q.round, q.approver, q.status)
                for q in tx.query(Question).order_by(Question.id)
            ],
            letters=sorted((x.kind, x.recipient, x.status, _lasting_id(x)) for x in rows),
            mails=sorted(
                (m.message_id or "", m.kind, m.status, m.attempts > 0) for m in tx.query(Mail)
            ),
            events=Counter(e.name for e in tx.query(Event) if e.name not in OF_A_KILL),
            folders={name: _lying(world, name) for name in FOLDERS},
            sent=Counter(_timeless(str(m["Message-ID"])) for m in sent if not _has_password(m)),
            credentials=Counter((str(m["To"]), str(kind_of(m))) for m in sent if _has_password(m)),
        )
    _nothing_lost(world, found)
    _nothing_leaked(world, sent)
    return found


def _lasting_id(letter: Letter) -> str:
    """A letter's Message-ID, but for credentials, which have another at each attempt."""
    return "" if KINDS[letter.kind].password else _timeless(letter.message_id)


def _timeless(message_id: str) -> str:
    """A Message-ID without what a kill may change in it.

    That is the minute an alarm was noticed in, and which attempt at credentials came back.
    """
    known = re.search(
        r"<(?:(administrator-health\.\w+)\.\d{14}(\.\w+)|(administrator-returned\.\d+))[.]",
        message_id,
    )
    return "".join(filter(None, known.groups())) if known else message_id


def _has_password(mail: EmailMessage) -> bool:
    kind = kind_of(mail)
    return kind is not None and KINDS[kind].password


def _lying(world: World, folder: str) -> list[str]:
    return sorted(str(m["Message-ID"]) for m in world.stage.post.folder(world.bot, folder))


def _nothing_lost(world: World, found: Outcome) -> None:
    """Every mail lies in a folder, once, and none in the inbox."""
    lying = [name for folder in FOLDERS for name in found.folders[folder]]
    assert sorted(lying) == sorted(world.put)
    assert found.folders["INBOX"] == []
    assert len(found.mails) == len(set(world.put))


def _one_valid_secret(
    held: Sequence[Account], rows: Sequence[Letter], sent: Sequence[EmailMessage]
) -> None:
    """Of all passwords that were mailed at most one opens an account, and it is the last one."""
    of_letter = {row.message_id: row.account_id for row in rows}
    mailed: dict[int | None, list[str]] = {}
    ids = [str(mail["Message-ID"]) for mail in sent if _has_password(mail)]
    assert len(ids) == len(set(ids)), "two passwords under one Message-ID"
    for mail in sent:
        if _has_password(mail):
            number = of_letter.get(str(mail["Message-ID"])) or _account_in(mail)
            mailed.setdefault(number, []).append(_password(mail))
    for account in held:
        passwords = mailed.get(account.id, [])
        valid = [p for p in passwords if _opens(account.password_hash, p)]
        assert valid == (passwords[-1:] if account.password_hash else []), "a secret too many"


def _account_in(mail: EmailMessage) -> int:
    """The account of credentials whose Message-ID an attempt after them has replaced."""
    found = re.search(r"credentials\.([0-9]+)", str(mail["Message-ID"]))
    assert found
    return int(found[1])


def _password(mail: EmailMessage) -> str:
    return re.findall(r"Contraseña temporal: (\S+)", text_of(mail))[0]  # type: ignore[no-any-return]


def _opens(hashed: str | None, password: str) -> bool:
    try:
        return hashed is not None and PasswordHasher().verify(hashed, password)
    except VerifyMismatchError:
        return False


def _nothing_leaked(world: World, sent: Sequence[EmailMessage]) -> None:
    """No password and no token lies in any file of the bot's: database, log, or their journals."""
    secret = {_password(m) for m in sent if _has_password(m)}
    secret |= {m[1] for s in sent if (m := re.search(r"\+([a-z2-7]{32})@", str(s["Reply-To"])))}
    for file in (path for path in world.folder.rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert not [s for s in secret if s.encode() in data], f"a secret in {file.name}"


# ------------------------------------------------------------------ the requests


PERSON = d.Person("Nueva Guardia", "Luisa Elena", "40000009", "nueva@correo.example")
_HEAD = d.Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CHOTA")
_OFFICE = d.ugel("060004", "Chota", "Cajamarca", _HEAD)


def by_oficio(bot: str, *, act: bool = True, baja: bool = False, **more: Any) -> bytes:  # noqa: ANN401
    """A UGEL's request, with or without the resolution it needs."""
    files = [mails.File("OFICIO 9.pdf", _oficio(baja=baja))]
    files += [mails.File("RD 9.pdf", rd())] if act and not baja else []
    subject = f"{'Baja' if baja else 'Alta'} de especialista SIAGIE UGEL Chota"
    given = {
        "text": "Remito lo indicado.",
        "attachments": files,
        "message_id": "<oficio@ugel.example>",
    }
    return mails.compose(UGEL, bot, subject, **{**given, **more})


def _oficio(*, baja: bool) -> bytes:
    return d.oficio(office=_OFFICE, people=[PERSON], action="baja" if baja else "alta")


def rd() -> bytes:
    """The resolution that names the person."""
    return d.rd(office=_OFFICE, people=[PERSON])


def by_mail(bot: str, correo: str = "cnaupari@minedu.example", **more: Any) -> bytes:  # noqa: ANN401
    """The coordinator's request, which needs no papers."""
    text = (
        "Solicito la creación del usuario de Especialista SIAGIE MINEDU para:\n"
        "Apellidos y nombres: Ñaupari Tello, Carla Milagros\nDNI: 43718205\n"
        f"Correo electrónico: {correo}\n"
    )
    given = {"text": text, "message_id": "<coordinator@minedu.example>"}
    return mails.compose(COORDINATOR, bot, "Alta de usuario SIAGIE MINEDU", **{**given, **more})
