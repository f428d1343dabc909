"""The fault matrix: each thing that can befall a wire, in each state a case can be in.

A cell puts the bot into a state, lets one fault befall one verb, heals the wire and lets the bot go
on; then everything has to be as it is when nothing happens: the same accounts, the same cases, the
same letters by their Message-ID, no mail lost. What a fault may cost is said in its row: a letter
twice under one Message-ID, a letter refused.

``python tests/faults.py`` runs all cells (``make faults``); `test_faults` runs a slice of them.
"""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import mails
import proxy as wires
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from house import ADMINISTRATOR, BOT, House, files_of, kind_of, text_of, write_config
from proxy import Fault, Proxy
from servers import Post, running

from mailbot import pipeline, schedule
from mailbot.model import Post as Place
from mailbot.respond import KINDS
from mailbot.store import BROKEN_WIRE
from mailbot.store.tables import Account, Letter, LetterStatus, Mail, MailStatus

ALTA, BAJA = "5.1-alta-especialista-ugel", "5.2-baja-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"
SEAT = Place("especialista-ugel", "060004")
WAIT = "2"
"""Seconds of silence the bot bears in the matrix."""
MOST_PASSES = 40


# ------------------------------------------------------------------ the states


def _request(house: House) -> None:
    house.send_sample(ALTA)


def _incomplete(house: House) -> None:
    house.send_sample("sin-rd")


def _question_queued(house: House) -> None:
    house.send_sample(ALTA)
    _read(house)


def _reply(house: House, text: str = "APROBAR") -> None:
    house.send_sample(ALTA)
    house.poll()
    house.answer(house.question(ADMINISTRATOR), text)


def _rejection(house: House) -> None:
    _reply(house, "RECHAZAR la resolución no está firmada")


def _approved(house: House) -> None:
    _reply(house)
    _read(house)


def _replacement(house: House) -> None:
    house.seat("DÍAZ SALAS, Ana", "40000003", "ana.diaz@correo.example", SEAT)
    _approved(house)


def _baja(house: House) -> None:
    leaving = Place("especialista-ugel", "210009")
    house.seat("CONDORI TICONA, Fredy", "02436178", "fredy@correo.example", leaving)
    house.send_sample(BAJA)
    house.poll()
    house.answer(house.question(ADMINISTRATOR), "APROBAR")


def _bounced(house: House) -> None:
    _reply(house)
    house.poll()
    (credentials,) = [x for x in house.letters() if x.kind == "holder-credentials"]
    returned = f"From: {BOT}\r\nMessage-ID: {credentials.message_id}\r\n".encode()
    house.post.deliver(
        mails.bounce(credentials.recipient, BOT, returned),
        "",
        [BOT],
        port=house.post.servers.bare_port,
    )


def _completion(house: House) -> None:
    _reply(house, "OBSERVAR: falta la segunda página de la resolución")
    house.poll()
    (observed,) = house.post.wait_for(UGEL)
    (rd,) = [file for file in files_of(ALTA) if "RD" in str(file.filename)]
    answer = mails.compose(
        UGEL,
        BOT,
        f"Re: {observed['Subject']}",
        text="Adjunto la resolución completa.",
        attachments=[mails.File("RD completa.pdf", rd.data + b"\n% completa\n")],
        in_reply_to=str(observed["Message-ID"]),
    )
    house.send(answer, UGEL)


def _read(house: House) -> None:
    """Fetch and process, and die before anything is sent or moved."""
    house.post._drain()  # noqa: SLF001  the tests' own
    schedule._fetch(house.desk)  # noqa: SLF001  the stage alone
    pipeline.process(house.desk)


@dataclass(frozen=True, slots=True)
class State:
    """Where a case is when the fault comes, and whether there is mail to fetch."""

    name: str
    build: Callable[[House], None]
    fetches: bool


STATES = (
    State("request in the inbox", _request, fetches=True),
    State("incomplete request in the inbox", _incomplete, fetches=True),
    State("question queued", _question_queued, fetches=False),
    State("approval in the inbox", _reply, fetches=True),
    State("rejection in the inbox", _rejection, fetches=True),
    State("approved, credentials queued", _approved, fetches=False),
    State("replacement, notices queued", _replacement, fetches=False),
    State("baja approved, reply in the inbox", _baja, fetches=True),
    State("credentials bounced", _bounced, fetches=True),
    State("completion in the inbox", _completion, fetches=True),
)

# ------------------------------------------------------------------ the faults


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and what it may cost. Without a cost everything is as if nothing had happened."""

    wire: str
    fault: Fault
    told: bool | None = True  # some pass says that a server could not be reached
    # … None: only when a single letter was due; the next one finds the line opened anew
    twice: int = 0  # letters that may arrive once more, under the same Message-ID
    refused: bool = False  # one letter fails for good, and a person is told
    fetching: bool = False  # only where there is mail to fetch

    @property
    def name(self) -> str:
        """How the row is called."""
        f = self.fault
        times = f" ×{f.times}" if f.times > 1 else ""
        said = f" {f.said[:24]}" if f.said else ""
        return f"{self.wire} {_VERBS[f.verb]} {f.how}{said}{times}"


LOGIN, LIST, SELECT = r"(?i)LOGIN .*", r"(?i)LIST .*", r"(?i)SELECT .*"
SEARCH, SIZE, BODY = r"(?i)UID SEARCH .*", r"(?i)UID FETCH .*SIZE.*", r"(?i)UID FETCH .*BODY.*"
MOVE, LOGOUT = r"(?i)UID MOVE .*", r"(?i)LOGOUT"
EHLO, AUTH, MAIL, RCPT = r"(?i)EHLO .*", r"(?i)AUTH .*", r"(?i)MAIL .*", r"(?i)RCPT .*"
DATA, TEXT, QUIT = r"(?i)DATA", r"\.", r"(?i)QUIT"
_VERBS = {
    "connect": "connect",
    LOGIN: "LOGIN",
    LIST: "LIST",
    SELECT: "SELECT",
    SEARCH: "SEARCH",
    SIZE: "FETCH size",
    BODY: "FETCH body",
    MOVE: "MOVE",
    LOGOUT: "LOGOUT",
    EHLO: "EHLO",
    AUTH: "AUTH",
    MAIL: "MAIL",
    RCPT: "RCPT",
    DATA: "DATA",
    TEXT: "text",
    QUIT: "QUIT",
}


def _imap(verb: str, how: str, said: str = "", times: int = 1, **more: Any) -> Row:  # noqa: ANN401
    return Row("IMAP", Fault(verb, how, said, times), **more)


def _smtp(verb: str, how: str, said: str = "", times: int = 1, **more: Any) -> Row:  # noqa: ANN401
    return Row("SMTP", Fault(verb, how, said, times), **more)


_INUSE = "NO [INUSE] Mailbox is in use"
_WRONG = "NO [AUTHENTICATIONFAILED] Authentication failed."
_OVER = "NO [OVERQUOTA] Quota exceeded"

ROWS = (
    _imap("connect", "drop"),
    _imap("connect", "mute"),
    _imap("connect", "answer", "BYE too many connections"),
    _imap("connect", "drop", times=3),
    _imap("connect", "slow", told=False),
    _imap(LOGIN, "drop"),
    _imap(LOGIN, "mute"),
    _imap(LOGIN, "truncate"),
    _imap(LOGIN, "drop-after"),
    _imap(LOGIN, "answer", "NO [UNAVAILABLE] try later", times=3),
    _imap(LOGIN, "answer", _WRONG),
    _imap(LOGIN, "answer", _WRONG, times=3),
    _imap(LOGIN, "answer", "BAD syntax"),
    _imap(LOGIN, "answer", "BYE shutting down"),
    _imap(LIST, "drop"),
    _imap(LIST, "answer", "NO [SERVERBUG] internal error"),
    _imap(SELECT, "drop"),
    _imap(SELECT, "mute"),
    _imap(SELECT, "truncate"),
    _imap(SELECT, "answer", _INUSE, times=3),
    _imap(SELECT, "answer", "NO [NONEXISTENT] no such mailbox"),
    _imap(SEARCH, "drop"),
    _imap(SEARCH, "mute"),
    _imap(SEARCH, "truncate"),
    _imap(SEARCH, "slow", told=False),
    _imap(SEARCH, "answer", "NO [THROTTLED] slow down", times=2),
    _imap(SEARCH, "answer", "BAD unknown command"),
    _imap(SIZE, "drop", fetching=True),
    _imap(SIZE, "truncate", fetching=True),
    _imap(SIZE, "answer", "NO [SERVERBUG] internal error", fetching=True),
    _imap(BODY, "drop", fetching=True),
    _imap(BODY, "mute", fetching=True),
    _imap(BODY, "truncate", fetching=True),
    _imap(BODY, "drop-after", fetching=True),
    _imap(BODY, "slow", told=False, fetching=True),
    _imap(BODY, "answer", "NO [SERVERBUG] internal error", told=False, fetching=True),
    _imap(BODY, "answer", "BYE out of memory", fetching=True),
    _imap(MOVE, "drop"),
    _imap(MOVE, "truncate"),
    _imap(MOVE, "drop-after"),
    _imap(MOVE, "mute-after"),
    _imap(MOVE, "answer", _OVER, times=3),
    _imap(MOVE, "answer", "NO [TRYCREATE] no such mailbox", told=False),
    _imap(MOVE, "answer", "BYE restarting"),
    _imap(LOGOUT, "drop", told=False),
    _smtp("connect", "drop"),
    _smtp("connect", "mute"),
    _smtp("connect", "answer", "421 4.3.2 shutting down", times=2),
    _smtp("connect", "answer", "554 5.7.1 no service for you", times=3),
    _smtp(EHLO, "drop"),
    _smtp(AUTH, "answer", "454 4.7.0 temporary failure", times=3),
    _smtp(AUTH, "answer", "535 5.7.8 bad credentials"),
    _smtp(AUTH, "answer", "535 5.7.8 bad credentials", times=3),
    _smtp(MAIL, "drop", told=None),
    _smtp(MAIL, "answer", "451 4.3.0 try again", told=None),
    _smtp(MAIL, "answer", "421 4.7.0 too many messages", told=None),
    _smtp(MAIL, "answer", "553 5.7.1 not your address", times=3),
    _smtp(MAIL, "answer", "552 5.3.4 too big", told=False),
    _smtp(RCPT, "drop", told=None),
    _smtp(RCPT, "answer", "450 4.2.0 greylisted", told=False),
    _smtp(RCPT, "answer", "550 5.1.1 no such user", told=False, refused=True),
    _smtp(RCPT, "answer", "554 5.7.1 Relay access denied", times=3),
    _smtp(DATA, "drop", told=None),
    _smtp(DATA, "answer", "451 4.3.0 queue full", told=False),
    _smtp(DATA, "answer", "554 5.5.1 no valid recipients", told=False, refused=True),
    _smtp(TEXT, "drop", told=None),
    _smtp(TEXT, "mute", told=None),
    _smtp(TEXT, "drop-after", told=None, twice=1),
    _smtp(TEXT, "mute-after", told=None, twice=1),
    _smtp(TEXT, "truncate", told=None, twice=1),
    _smtp(TEXT, "slow", told=False),
    _smtp(TEXT, "answer", "452 4.3.1 no space", told=False),
    _smtp(TEXT, "answer", "552 5.3.4 too big", told=False),
    _smtp(TEXT, "answer", "554 5.6.0 rejected", told=False, refused=True),
    _smtp(TEXT, "answer", "hello?", told=None),
    _smtp(QUIT, "drop", told=False),
    _smtp(QUIT, "mute", told=False),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault in one state."""

    state: State
    row: Row

    @property
    def name(self) -> str:
        """How the cell is called."""
        return f"{self.state.name} · {self.row.name}"


CELLS = tuple(
    Cell(state, row) for row in ROWS for state in STATES if state.fetches or not row.fetching
)

# ------------------------------------------------------------------ what came of it


@dataclass(frozen=True)
class Outcome:
    """All that anybody can see in the end."""

    accounts: list[tuple[str, str, str, str]]
    cases: list[tuple[int, str]]
    letters: list[tuple[str, str, str, str]]  # Message-ID (credentials: none), kind, to, status
    mails: list[tuple[str, str]]
    left: int  # in the inbox
    moved: int
    arrived: Counter[str]  # by Message-ID
    credentials: int
    valid: int


def look(house: House) -> Outcome:
    """What has become of everything."""
    house.post._drain()  # noqa: SLF001  the tests' own
    with house.store.read() as tx:
        accounts = tx.query(Account).order_by(Account.id).all()
        stored = tx.query(Mail).order_by(Mail.id).all()
    letters = [x for x in house.letters() if x.kind != "administrator-trouble"]
    inboxes = [m for to in {x.recipient for x in letters} for m in house.post.inbox(to)]
    ours = [m for m in inboxes if kind_of(m)]
    secret = [m for m in ours if KINDS[str(kind_of(m))].password]
    hashes = [a.password_hash for a in accounts if a.password_hash]
    plain = [m for m in ours if m not in secret and kind_of(m) != "administrator-trouble"]
    folders = [house.post.inbox(BOT), *(house.post.folder(BOT, f) for f in _FOLDERS)]
    return Outcome(
        accounts=[(a.username, a.role, a.office, a.status) for a in accounts],
        cases=[(case.id, case.status) for case in house.cases()],
        letters=sorted(_shown(x) for x in letters),
        mails=[(m.sha256, m.status) for m in stored],
        left=len(folders[0]),
        moved=len(folders[1]) + len(folders[2]),
        arrived=Counter(str(m["Message-ID"]) for m in plain),
        credentials=len(secret),
        valid=sum(_opens(hashed, m) for hashed in hashes for m in secret),
    )


_FOLDERS = ("Procesados", "Apartados")


def _shown(x: Letter) -> tuple[str, str, str, str]:
    return ("" if KINDS[x.kind].password else x.message_id, x.kind, x.recipient, x.status)


def _opens(hashed: str, mail: Any) -> bool:  # noqa: ANN401  a mail of the standard library
    password = text_of(mail).partition("Contraseña temporal: ")[2].split()[0]
    try:
        return PasswordHasher().verify(hashed, password)
    except VerifyMismatchError:
        return False


def complaints(row: Row, seen: Outcome, calm: Outcome, *, told: bool, due: int) -> list[str]:
    """How a cell differs from the run in which nothing happened, beyond what its row permits.

    `told` is whether a server could not be reached in some pass, `due` how many letters there were.
    """
    refused = [x for x in seen.letters if x[3] == LetterStatus.FAILED]
    wrong = [
        f"{name}: {getattr(seen, name)} instead of {getattr(calm, name)}"
        for name in ("accounts", "cases", "mails", "left", "moved")
        if getattr(seen, name) != getattr(calm, name)
    ]
    if told != (due == 1 if row.told is None else row.told):
        wrong.append(f"a server that could not be reached was {'' if told else 'not '}told")
    if len(refused) != int(row.refused):
        wrong.append(f"refused: {refused}")
    return wrong + _about_letters(row, seen, calm, refused)


def _about_letters(
    row: Row, seen: Outcome, calm: Outcome, refused: list[tuple[str, str, str, str]]
) -> list[str]:
    lost = {x[0] for x in refused if x[0]}
    told_of = {x for x in seen.letters if x[1] == "administrator-returned"}
    told_of -= {*calm.letters, *refused}
    expected = sorted(x for x in calm.letters if x[:3] not in {r[:3] for r in refused})
    got = sorted(x for x in seen.letters if x not in refused and x not in told_of)
    wrong = [f"letters: {got} instead of {expected}"] if got != expected else []
    no_secret = any(KINDS[x[1]].password for x in refused)
    if bool(told_of) != no_secret:
        wrong.append(f"the administrator was told of {told_of}")
    more = {**seen.arrived}
    for told in told_of:
        more.pop(told[0], None)
    if {*more} != {*calm.arrived} - lost:
        wrong.append(f"arrived: {more} instead of {calm.arrived} without {lost}")
    twice = sum(n - calm.arrived[i] for i, n in more.items() if i in calm.arrived)
    twice += max(seen.credentials - calm.credentials, 0)
    if twice > row.twice:
        wrong.append(f"{twice} letters came once more")
    if seen.credentials < calm.credentials - no_secret:
        wrong.append("credentials lost")
    if seen.valid != (0 if no_secret else calm.valid):
        wrong.append(f"{seen.valid} valid passwords")
    return wrong


# ------------------------------------------------------------------ running a cell


class Laboratory:
    """One bot whose wires can fail, and snapshots of the states it can be put into."""

    def __init__(self, post: Post, folder: Path, imap: Proxy, smtp: Proxy) -> None:
        self.post, self.folder = post, folder
        self.imap, self.smtp = imap, smtp
        self.house = House(write_config(folder / "config", post), post)
        self.calm: dict[str, Outcome] = {}
        self.before: dict[str, int] = {}

    def run(self, cell: Cell) -> list[str]:
        """What went wrong in a cell; nothing, if all is as its row says."""
        self.enter(cell.state)
        wire = self.imap if cell.row.wire == "IMAP" else self.smtp
        return self.befall(cell.state, cell.row, wire, cell.row.fault)

    def befall(self, state: State, row: Row, wire: Proxy, fault: Fault) -> list[str]:
        """Let a fault befall a wire, heal it, go on; what is wrong then."""
        wire.fault = fault
        told = [self._pass() for _ in range(fault.times)]
        told += [self._pass(), self._pass()] if wire.hits < fault.times else []
        hits = wire.hits
        wire.heal()
        self._until_quiet()
        seen = self.look()
        calm = self.calm[state.name]
        due = len(calm.letters) - self.before[state.name]
        wrong = complaints(self.costs(row), seen, calm, told=any(told), due=due)
        return wrong if hits else [*wrong, "the fault did not befall anything"]

    def costs(self, row: Row) -> Row:
        """The row with what its fault may have cost, once it is known where it came."""
        return row

    def enter(self, state: State) -> None:
        """Put the bot into a state; the first time, find out what follows when nothing happens."""
        kept = self.folder / state.name
        if not kept.exists():
            self._clear()
            state.build(self.house)
            self.post._drain()  # noqa: SLF001  the tests' own
            self.before[state.name] = sum(bool(x.sent_at) for x in self.house.letters())
            self._keep(kept)
            self._pass()
            self._until_quiet()
            self.calm[state.name] = self.look()
        self._restore(kept)

    def _pass(self) -> bool:
        """One pass; whether a server could not be reached. Some minutes go by."""
        try:
            schedule.one_pass(self.house.desk)
        except BROKEN_WIRE:
            return True
        finally:
            self.house.clock.forward(minutes=3)
        return False

    def _until_quiet(self) -> None:
        for _ in range(MOST_PASSES):
            self._pass()
            if self._quiet():
                return
            self.house.clock.forward(minutes=20)
        raise AssertionError("it never came to rest")

    def _quiet(self) -> bool:
        busy = (LetterStatus.QUEUED, LetterStatus.SENDING, LetterStatus.UNCERTAIN)
        with self.house.store.read() as tx:
            new = tx.query(Mail).filter(Mail.status == MailStatus.NEW).count()
            lying = tx.query(Mail).filter(Mail.moved_at.is_(None)).count()
        waiting = new or lying or self.post.inbox(BOT)
        return not waiting and all(x.status not in busy for x in self.house.letters())

    # ---------------------------------------------------------- snapshots

    def _clear(self) -> None:
        self._close()
        self._empty_store()
        self.post.clear()
        self.house = House(self.folder / "config", self.post)

    def _close(self) -> None:
        if "store" in self.house.__dict__:
            self.house.store.close()
        for name in ("store", "desk", "rules"):
            self.house.__dict__.pop(name, None)

    def _keep(self, kept: Path) -> None:
        self._close()
        kept.mkdir()
        self._keep_store(kept)
        subprocess.run(["cp", "-a", f"{self.post.servers.root}/mail", kept], check=True)

    def _restore(self, kept: Path) -> None:
        self._clear()
        self._restore_store(kept)
        mail = self.post.servers.root / "mail"
        subprocess.run(["cp", "-a", *map(str, (kept / "mail").iterdir()), mail], check=True)

    # where the store is another database, these are others

    def look(self) -> Outcome:
        """What has become of everything."""
        return look(self.house)

    def _empty_store(self) -> None:
        for file in (self.folder / "config").glob("mailbot.db*"):
            file.unlink()

    def _keep_store(self, kept: Path) -> None:
        for file in (self.folder / "config").glob("mailbot.db*"):
            shutil.copy(file, kept)

    def _restore_store(self, kept: Path) -> None:
        for file in kept.glob("mailbot.db*"):
            shutil.copy(file, self.folder / "config")


Lab = TypeVar("Lab", bound=Laboratory)


@contextmanager
def laboratory(post: Post, folder: Path) -> Iterator[Laboratory]:
    """A laboratory over running servers; the bot finds the proxies in its environment."""
    with built(post, folder, Laboratory, {}) as made:
        yield made


@contextmanager
def built(
    post: Post, folder: Path, build: Callable[[Post, Path, Proxy, Proxy], Lab], more: dict[str, str]
) -> Iterator[Lab]:
    """What `build` makes of the wires, as long as they are there; `more` goes to the bot."""
    servers = post.servers
    with ExitStack() as stack:
        imap = stack.enter_context(wires.between(servers.imap_port, wires.imap))
        smtp = stack.enter_context(wires.between(servers.bare_port, wires.smtp))
        settings = {
            "SECRET": "una clave de prueba de mas de 32 caracteres",
            "IMAP__PASSWORD": servers.password,
            "IMAP__PORT": str(imap.port),
            "SMTP__PORT": str(smtp.port),
            **{f"{wire}__TLS": "none" for wire in ("IMAP", "SMTP")},
            **{f"{wire}__HOST": "127.0.0.1" for wire in ("IMAP", "SMTP")},
            **{f"{wire}__TIMEOUT_SECONDS": WAIT for wire in ("IMAP", "SMTP")},
            **more,
        }
        before = dict(os.environ)
        os.environ.update({f"MAILBOT_{name}": value for name, value in settings.items()})
        stack.callback(_put_back, before)
        made = build(post, folder, imap, smtp)
        yield made
        made._close()  # noqa: SLF001  our own


def _put_back(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def main(share: str = "1/1") -> int:
    """Run every cell, or one of several shares of them; how many went wrong."""
    which, of = map(int, share.split("/"))
    # a share is whole states, so that none is built twice
    states = [state for n, state in enumerate(STATES) if n % of == which - 1]
    cells = [cell for state in states for cell in CELLS if cell.state == state]
    began, wrong = time.monotonic(), 0
    by_verb: Counter[str] = Counter()
    with (
        TemporaryDirectory() as folder,
        running() as servers,
        laboratory(Post(servers), Path(folder)) as lab,
    ):
        for cell in cells:
            found = lab.run(cell)
            by_verb[f"{cell.row.wire} {_VERBS[cell.row.fault.verb]}"] += 1
            if found:
                wrong += 1
                print(f"✘ {cell.name}", *found, sep="\n    ", flush=True)  # noqa: T201
    print(  # noqa: T201
        f"share {share}: {len(cells)} cells, {wrong} wrong, {time.monotonic() - began:.0f} s; "
        + ", ".join(f"{verb} {count}" for verb, count in sorted(by_verb.items()))
    )
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
