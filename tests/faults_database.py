"""The rows of the fault matrix that befall PostgreSQL: the wire to it, and the server itself.

A fault comes at a verb (a lock, a question, a change, a commit), and of the times that the verb is
said in a pass at the first, the last, or one between. Afterwards everything has to be as if nothing
had happened; a letter may come once more only where its text had left and nothing was committed
since.

``python tests/faults_database.py`` runs all cells (with ``make faults``); `test_faults` a slice.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import faults
import postgres
import proxy as wires
import pytest
from faults import STATES, Laboratory, Outcome, Row, State
from postgres import Postgres
from proxy import Fault, Proxy
from servers import Post, running

from mailbot.store import engine

LOCK, READ = r"SELECT pg_advisory.*", r"(?s)SELECT (?!pg_advisory).*"
WRITE, COMMIT = r"(?s)(?:UPDATE|INSERT).*", "COMMIT"
_NAMES = {LOCK: "lock", READ: "SELECT", WRITE: "change", COMMIT: "COMMIT", "connect": "connect"}
_APPLIED = ("drop-after", "mute-after", "restart-after", "truncate")
SILENCE = 6
"""Seconds a connection may be in use here: more than a busy machine needs, little to wait for."""


@dataclass(frozen=True, slots=True)
class DatabaseRow(Row):
    """A fault, and at which of the times that its verb is said: 0 the first, 1 the last."""

    share: float = 0.0

    @property
    def name(self) -> str:
        """How the row is called."""
        said = f" {self.fault.said[:24]}" if self.fault.said else ""
        return f"PostgreSQL {_NAMES[self.fault.verb]} at {self.share:g} {self.fault.how}{said}"


def _row(verb: str, how: str, said: str = "", share: float = 0.0) -> DatabaseRow:
    slow = how == "slow"
    return DatabaseRow("PostgreSQL", Fault(verb, how, said), told=not slow, share=share)


_FULL = "ERROR 53100 could not extend file: No space left on device"
_READS = "ERROR 25006 cannot execute in a read-only transaction"

ROWS = (
    _row("connect", "drop"),
    _row("connect", "mute"),
    _row("connect", "restart"),
    _row("connect", "answer", "FATAL 53300 sorry, too many clients already"),
    _row("connect", "answer", "FATAL 28P01 password authentication failed"),
    *(_row(LOCK, how, share=0.5) for how in ("drop", "mute", "restart")),
    _row(LOCK, "answer", "ERROR 55P03 canceling statement due to lock timeout", 0.5),
    *(_row(READ, how, share=0.5) for how in ("drop", "truncate", "drop-after", "slow")),
    _row(READ, "answer", "FATAL 57P01 terminating connection", 0.5),
    *(
        _row(WRITE, how, share=share)
        for how in ("drop", "drop-after", "restart-after")
        for share in (0.3, 0.7)
    ),
    *(_row(WRITE, "answer", said, share) for said in (_FULL, _READS) for share in (0.3, 0.7)),
    *(
        _row(COMMIT, how, share=share)
        for how in ("drop", "drop-after", "restart", "restart-after")
        for share in (0.0, 0.35, 0.7, 1.0)
    ),
    *(_row(COMMIT, how, share=0.5) for how in ("mute", "mute-after", "truncate", "slow")),
    _row(COMMIT, "answer", "ERROR 40001 could not serialize access", 0.5),
)


@dataclass(frozen=True, slots=True)
class DatabaseCell:
    """One fault in one state."""

    state: State
    row: DatabaseRow

    @property
    def name(self) -> str:
        """How the cell is called."""
        return f"{self.state.name} · {self.row.name}"


CELLS = tuple(DatabaseCell(state, row) for state in STATES for row in ROWS)


class DatabaseLaboratory(Laboratory):
    """A laboratory whose bot keeps everything in PostgreSQL, behind a wire that can fail."""

    def __init__(
        self, post: Post, folder: Path, mail: tuple[Proxy, Proxy], wire: Proxy, server: Postgres
    ) -> None:
        (imap, smtp), self.wire, self.server = mail, wire, server
        self.template = server.fresh().partition("?")[0].rpartition("/")[2]
        self.heard: dict[str, Counter[str]] = {}
        self.doubtful = False
        wire.heard = smtp.heard  # one after another: what came first is known
        wire.restart, wire.strikes_now = self._restart, self._strikes
        super().__init__(post, folder, imap, smtp)

    def run_cell(self, cell: DatabaseCell) -> list[str]:
        """What went wrong in a cell; nothing, if all is as its row says."""
        self.enter(cell.state)
        fault = cell.row.fault
        if fault.verb != "connect":
            assert self.house.store  # opened, so that the pass is what the fault befalls
        self.wire.heard.clear()
        said = self.heard[cell.state.name][fault.verb]
        at = replace(fault, after=round((said - 1) * cell.row.share))
        return self.befall(cell.state, cell.row, self.wire, at)

    def costs(self, row: Row) -> Row:
        """Twice only if a text had left and its letter was not yet noted as sent."""
        return replace(row, twice=int(self.doubtful))

    def _strikes(self) -> None:
        fault, before = self.wire.fault, self.wire.heard[:-1]
        assert fault
        since = before[-before[::-1].index(".") :] if "." in before else ["COMMIT"]
        applied = fault.verb == COMMIT and fault.how in _APPLIED
        self.doubtful = "COMMIT" not in since and not applied

    def _restart(self) -> None:
        self.server.server("stop")
        self.server.server("start")

    def _pass(self) -> bool:
        counting = self.calm.keys() != self.before.keys()  # the first pass of a state in calm
        if counting:
            assert self.house.store
            self.wire.heard.clear()
        told = super()._pass()
        state = next(reversed(self.before), "")
        if counting and state not in self.heard:
            said = self.wire.heard
            self.heard[state] = Counter(
                {verb: sum(wires.fits(verb, x) for x in said) for verb in _NAMES}
            )
        return told

    def look(self) -> Outcome:
        """What has become of everything, whatever the numbers of cases and letters are."""
        return numbered(super().look())

    def _empty_store(self) -> None:
        self.server.copy(self.template, "lab")

    def _keep_store(self, kept: Path) -> None:
        self.server.copy("lab", f"kept{STATES.index(_state(kept))}")

    def _restore_store(self, kept: Path) -> None:
        self.server.copy(f"kept{STATES.index(_state(kept))}", "lab")


def numbered(seen: Outcome) -> Outcome:
    """The same, cases and letters numbered from one.

    A number that a transaction took and gave up PostgreSQL never gives again; Message-IDs tell it.
    """
    count: Counter[str] = Counter()
    names = {"": ""}
    for message_id, kind, _to, _status in sorted(seen.letters, key=lambda letter: letter[1:]):
        count[kind] += 1
        names.setdefault(message_id, f"{kind} {count[kind]}")
    arrived = Counter({names.get(x, x): n for x, n in seen.arrived.items()})
    letters = sorted((names[x], kind, to, status) for x, kind, to, status in seen.letters)
    cases = [(n, status) for n, (_id, status) in enumerate(seen.cases, start=1)]
    return replace(seen, cases=cases, letters=letters, arrived=arrived)


def _state(kept: Path) -> State:
    return next(state for state in STATES if state.name == kept.name)


@contextmanager
def laboratory(post: Post, folder: Path) -> Iterator[DatabaseLaboratory]:
    """A laboratory over running mail servers and a PostgreSQL of its own, which may fall."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running(keeps=True))
        socket = server.root / ".s.PGSQL.5432"
        wire = stack.enter_context(wires.between(socket, wires.postgresql))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(engine, "MOST_SECONDS", SILENCE)
        patch.setattr(engine, "CONNECT_SECONDS", SILENCE)
        place = f"127.0.0.1:{wire.port}/lab?sslmode=disable&gssencmode=disable"
        more = {"STORE__URL": f"postgresql+psycopg://mailbot@{place}"}

        def build(post: Post, folder: Path, imap: Proxy, smtp: Proxy) -> DatabaseLaboratory:
            return DatabaseLaboratory(post, folder, (imap, smtp), wire, server)

        yield stack.enter_context(faults.built(post, folder, build, more))


def main(share: str = "1/1") -> int:
    """Run every cell, or one of several shares of them; how many went wrong."""
    which, of = map(int, share.split("/"))
    chosen = [state for n, state in enumerate(STATES) if n % of == which - 1]
    cells = [cell for cell in CELLS if cell.state in chosen]
    began, wrong = time.monotonic(), 0
    with (
        TemporaryDirectory() as folder,
        running() as servers,
        laboratory(Post(servers), Path(folder)) as lab,
    ):
        for cell in cells:
            if found := lab.run_cell(cell):
                wrong += 1
                print(f"✘ {cell.name}", *found, sep="\n    ", flush=True)  # noqa: T201
    told = f"PostgreSQL, share {share}: {len(cells)} cells, {wrong} wrong"
    print(f"{told}, {time.monotonic() - began:.0f} s")  # noqa: T201
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
