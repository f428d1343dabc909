"""A bot in a house of its own: configuration, store and clock, over the real mail servers."""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path

import mails
from servers import Post
from sqlalchemy import text

from mailbot import schedule
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.model import Open
from mailbot.model import Post as Place
from mailbot.register import import_schools
from mailbot.rules import Rules, read_rules
from mailbot.schedule import Pass
from mailbot.store import Store, accounts
from mailbot.store.schools import StoredSchools
from mailbot.store.tables import Account, Case, Letter, Table

HERE = Path(__file__).parent
SAMPLES = HERE / "sample_mails"
BOT = "siagie@mailbot.example"
ADMINISTRATOR = "administrador.siagie@minedu.example"
ANOTHER = "administrador.minedu@minedu.example"
COORDINATOR = "coordinador.siagie@minedu.example"
USAU = "usau.otic@minedu.example"
NOON = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)  # a Tuesday, noon in Lima


@dataclass
class Clock:
    """A clock that stands where it is put."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def write_config(folder: Path, post: Post | None, **more: str) -> Path:
    """A configuration folder: the shipped rules, the tests' offices, the running servers."""
    shutil.copytree(HERE.parent / "config", folder, dirs_exist_ok=True)
    shutil.copy(HERE / "config" / "offices.csv", folder)
    text = (folder / "mailbot.toml").read_text(encoding="utf-8")
    for old, new in _settings(folder, post).items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    for old, new in more.items():
        text = re.sub(rf"(?m)^{old} = .*$", f"{old} = {new}", text)
    (folder / "mailbot.toml").write_text(text, encoding="utf-8")
    return folder


def _settings(folder: Path, post: Post | None) -> dict[str, str]:
    people = {
        "acknowledge = true": "acknowledge = false",  # test_received and the demo have it on
        "monthly = true": "monthly = false",  # test_report has it on
        "receipts = true": "receipts = false",  # the same: test_urge, test_digest
        "digest_hours = [8]": "digest_hours = []",
        'address = ""': f'address = "{BOT}"',
        'authserv_id = ""': 'authserv_id = "mx.mailbot.example"',
        'authserv_vouched_by = ""': 'authserv_vouched_by = "quien monta las pruebas"',
        "administrador-minedu = []": f'administrador-minedu = ["{ANOTHER}"]',
        "administrador-ue = []": f'administrador-ue = ["{ADMINISTRATOR}"]',
        "coordinador-siagie = []": f'coordinador-siagie = ["{COORDINATOR}"]',
        "usau-otic = []": f'usau-otic = ["{USAU}"]',
        '"sqlite:///mailbot.db"': f'"sqlite:///{folder}/mailbot.db"',
        "heartbeat_minutes = 60": "heartbeat_minutes = 0",
    }
    if post is None:
        return people
    s = post.servers
    imap = f'[imap]\ncafile = "{s.cafile}"\nhost = "{s.host}"\nport = {s.imaps_port}'
    smtp = f'[smtp]\ncafile = "{s.cafile}"\nhost = "{s.host}"\nport = {s.submission_port}'
    return people | {
        '[imap]\nhost = ""\nport = 993': imap,
        '[smtp]\nhost = ""\nport = 465\ntls = "implicit"': f'{smtp}\ntls = "starttls"',
        'user = ""': f'user = "{BOT}"',
    }


_EMPTY: dict[tuple[str, ...], bytes] = {}


def open_store(settings: Settings) -> Store:
    """The store of a configuration; a new SQLite one is a copy, for making one takes a while."""
    place = Path(settings.database.removeprefix("sqlite:///"))
    keys = tuple(key.get_secret_value() for key in settings.data_keys)
    if settings.database.startswith("sqlite:///") and not place.exists():
        if keys not in _EMPTY:
            Store(settings.database, settings.data_keys).close()
            _EMPTY[keys] = place.read_bytes()
        place.write_bytes(_EMPTY[keys])
    return Store(settings.database, settings.data_keys)


@dataclass
class House:
    """The bot and the people around it."""

    folder: Path
    post: Post
    clock: Clock = field(default_factory=Clock)

    @cached_property
    def rules(self) -> Rules:
        """What the configuration says."""
        return read_rules(self.folder)

    @cached_property
    def store(self) -> Store:
        """The bot's memory, the samples' schools in it."""
        store = open_store(self.rules.settings)
        import_schools(HERE / "config" / "schools.csv", store, self.rules.offices, lambda _: None)
        return store

    @cached_property
    def desk(self) -> Desk:
        """The bot's desk."""
        return Desk(self.rules.with_schools(StoredSchools(self.store)), self.store, self.clock)

    def reconfigure(self) -> None:
        """Have the bot read its configuration and environment anew, as a restart would."""
        for name in ("rules", "desk"):
            self.__dict__.pop(name, None)

    # ---------------------------------------------------------- what the bot does

    def poll(self) -> Pass:
        """One full pass, once what is under way has arrived."""
        self.post._drain()  # noqa: SLF001  the tests' own
        return schedule.full_pass(self.desk)

    # ---------------------------------------------------------- what people do

    def send(self, raw: bytes, sender: str, *, port: int | None = None) -> None:
        """Mail something to the bot, once what was sent before has arrived: order is kept."""
        self.post._drain()  # noqa: SLF001  the tests' own
        self.post.deliver(raw, sender, [_recipient(raw)], port=port)

    def send_sample(self, name: str) -> str:
        """Mail a sample to the bot; its sender."""
        raw = (SAMPLES / f"{name}.eml").read_bytes()
        sender = parseaddr(str(message_from_bytes(raw)["From"]))[1]
        self.send(raw, sender)
        return sender

    def question(self, approver: str, count: int = 1) -> EmailMessage:
        """The last question in an approver's inbox."""
        return self.post.wait_for(approver, _is("decider-question"), count=count)[-1]

    def answer(
        self,
        question: EmailMessage,
        text: str,
        sender: str | None = None,
        *,
        port: int | None = None,
    ) -> None:
        """Answer a question as its recipient, or as somebody else."""
        sender = sender or str(question["To"])
        quoted = mails.quoted(question.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        raw = mails.compose(
            sender,
            str(question["Reply-To"]),
            f"Re: {question['Subject']}",
            text=f"{text}\n\nEl mar, 31 mar 2026 a las 12:00, Usuarios SIAGIE escribió:\n{quoted}",
            in_reply_to=str(question["Message-ID"]),
            authenticated=False,
            date=f"Tue, 31 Mar 2026 12:{len(text) % 60:02d}:00 -0500",
        )
        self.send(raw, sender, port=port)

    def decide(self, approver: str, text: str, count: int = 1) -> None:
        """Answer the last question an approver got, and let the bot act on it."""
        self.answer(self.question(approver, count), text)
        self.poll()

    # ---------------------------------------------------------- what is so

    def seat(self, names: str, dni: str, correo: str | None, place: Place) -> int:
        """Have somebody hold an account already."""
        role = self.rules.guide.roles[place.role]
        many = [dni] if role.seat == "many" else []
        seat = "/".join([place.role, place.office, place.nivel or "", *many])
        with self.store.begin() as tx:
            return accounts.open_account(
                tx, Open(names, dni, correo, place, seat), None, self.clock()
            )

    def active(self) -> list[Account]:
        """The active accounts."""
        with self.store.read() as tx:
            return accounts.everybody(tx)

    def cases(self) -> list[Case]:
        """Every case, oldest first."""
        with self.store.read() as tx:
            return tx.query(Case).order_by(Case.id).all()

    def letters(self) -> list[Letter]:
        """Every letter decided so far, oldest first."""
        with self.store.read() as tx:
            return tx.query(Letter).order_by(Letter.id).all()

    def held(self) -> bytes:
        """Everything the database holds as it lies there: SQLite's files, else every value."""
        if self.store.engine.dialect.name == "sqlite":
            files = sorted(self.folder.glob("mailbot.db*"))
            assert files
            return b"".join(file.read_bytes() for file in files)
        with self.store.read() as tx:
            rows = [tx.execute(text(f"SELECT * FROM {t}")) for t in Table.metadata.tables]  # noqa: S608
            values = [value for found in rows for row in found for value in row]
        assert values
        return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)

    def received(self, address: str, kinds: Iterable[str] = ()) -> list[str]:
        """The kinds of the letters that arrived in an inbox."""
        self.post._drain()  # noqa: SLF001  the tests' own
        found = [kind_of(mail) for mail in self.post.inbox(address)]
        return [kind for kind in found if kind and (not kinds or kind in kinds)]


def _recipient(raw: bytes) -> str:
    found = re.search(rb"(?m)^To: .*?([A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+)", raw)
    return found[1].decode() if found else BOT


def kind_of(mail: EmailMessage) -> str | None:
    """The kind of a letter of the bot's, as its Message-ID says; None for other mail."""
    found = re.match(r"<([a-z]+-[a-z-]+)\.", str(mail["Message-ID"]))
    return found[1] if found else None


def _is(kind: str) -> Callable[[EmailMessage], bool]:
    return lambda mail: kind_of(mail) == kind


def text_of(mail: EmailMessage) -> str:
    """A letter's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_of(sample: str) -> list[mails.File]:
    """The attachments of a sample."""
    message = message_from_bytes((SAMPLES / f"{sample}.eml").read_bytes())
    found = [(p.get_filename(), p.get_payload(decode=True)) for p in message.walk()]
    return [mails.File(name, data) for name, data in found if name and isinstance(data, bytes)]
