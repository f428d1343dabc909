"""The work that rows ask for, by kind and number: what is due, and one step of it.

The rows are the truth. `advance` may be called for any row, any number of times, by anybody: it
takes a lease on the row, works outside any transaction, and each of its transactions holds the
lease; who finds nothing to do does nothing. Embedded, a pass goes through what is due by itself;
with workers elsewhere, `sweep` calls for whatever is due and neither called for nor under way.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from mailbot import fulfil, lockout, patience, pipeline, recovery, send, vigil
from mailbot.desk import Desk
from mailbot.store import BROKEN_WIRE, Store, Tx, calls, changes, leases, letters, mails
from mailbot.store.leases import Lost, Taken
from mailbot.store.pulse import Work

log = structlog.get_logger()

MOST = 500
"""So many rows of a kind are called for in one sweep, the oldest first."""


def _mail(desk: Desk, mail_id: int) -> None:
    """One mail as far as it goes today."""
    pipeline.handle(desk, mail_id)
    vigil.handled(desk, mail_id)


def _change(desk: Desk, change_id: int) -> None:
    """What a directory elsewhere has to do, as far as it does it today."""
    with lockout.guarded(desk, "directory"):
        fulfil.advance(desk, change_id)


def _changes_due(tx: Tx, now: datetime) -> tuple[int, ...]:
    return tuple(changes.due(tx, now, MOST))


def _mails_due(tx: Tx, _now: datetime) -> tuple[int, ...]:
    return mails.to_process(tx)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is due of a kind, oldest first; a step of one row; which work its failures are of."""

    due: Callable[[Tx, datetime], tuple[int, ...]]
    advance: Callable[[Desk, int], object]
    work: Work | None = None


STAGES: Mapping[str, Stage] = {
    "change": Stage(_changes_due, _change),
    "letter": Stage(letters.to_send, send.advance, Work.SEND),
    "mail": Stage(_mails_due, _mail),
}
"""Reminders, expiries, reading the mailbox and moving in it are not here: who reads does them."""


# ------------------------------------------------------------------ leases of one process


def myself() -> str:
    """How this process is called: its machine and its number."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


class Keeper:
    """Takes leases for this process and keeps them alive until they are given back."""

    def __init__(self, store: Store, seconds: float) -> None:
        self.store, self.seconds, self.holder = store, seconds, myself()
        self.mine: dict[str, Taken] = {}
        self.lock = threading.Lock()

    @contextmanager
    def holding(self, name: str, *, by_force: bool = False) -> Iterator[Taken | None]:
        """A lease while the block lasts; None when somebody else has it."""
        taken = self.take(name, by_force=by_force)
        try:
            yield taken
        finally:
            if taken:
                self.give_back(taken)

    def take(self, name: str, *, by_force: bool = False) -> Taken | None:
        """A lease, kept alive from here on; None when somebody else has it."""
        with self.store.beside() as tx:
            taken = leases.claim(tx, name, self.holder, self.seconds, by_force=by_force)
        if taken:
            self.keep(taken)
        return taken

    def keep(self, taken: Taken) -> None:
        """Keep a lease alive from here on."""
        with self.lock:
            self.mine[taken.name] = taken

    def give_back(self, taken: Taken) -> None:
        """Give a lease back; without the database it runs out by itself."""
        with self.lock:
            self.mine.pop(taken.name, None)
        with suppress(*BROKEN_WIRE), self.store.beside() as tx:
            leases.release(tx, taken)

    def renew(self) -> None:
        """Keep every lease of this process for longer; one that was lost shows when it is used."""
        with self.lock:
            mine = tuple(self.mine.values())
        with self.store.beside() as tx:
            for taken in mine:
                leases.renew(tx, taken, self.seconds)

    @contextmanager
    def awake(self, besides: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Renew again and again while the block lasts, and do something besides."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over, besides), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _beat(self, over: threading.Event, besides: Callable[[], None]) -> None:
        down = False
        while not over.wait(self.seconds / 4):
            try:
                self.renew()
                besides()
            except BROKEN_WIRE as error:
                if not down:
                    log.warning("leases_not_renewed", reason=type(error).__name__)
                down = True
            else:
                down = False


# ------------------------------------------------------------------ one step, or what was left


def advance(desk: Desk, keeper: Keeper, kind: str, row_id: int) -> bool:
    """Take one row a step on; False when somebody else is at it."""
    recovery.require(desk.store)
    stage = STAGES[kind]
    with vigil.watched(desk, stage.work) if stage.work else nullcontext():
        return _step(desk, keeper, stage, calls.name(kind, row_id), row_id)


def _step(desk: Desk, keeper: Keeper, stage: Stage, name: str, row_id: int) -> bool:
    with keeper.holding(name) as taken:
        if taken is None:
            return False
        fenced = desk.store.fenced(lambda tx: leases.hold(tx, taken))
        try:
            stage.advance(desk.over(fenced), row_id)
        except Lost:
            log.warning("lease_lost", work=name)
        except patience.Stopped:
            log.info("work_stopped", what=name)
    return True


@recovery.watched
def sweep(desk: Desk) -> int:
    """Call for everything due that nobody is at and that nobody was called for; how many rows."""
    names = list(_due(desk))
    with desk.store.read() as tx:
        left = [n for n in names if n not in leases.live(tx, names) | calls.told(tx, names)]
    if left:
        with desk.store.begin() as tx:
            for name in left:
                kind, _, row_id = name.partition(":")
                calls.call(tx, kind, int(row_id))
        log.info("called_again", count=len(left))
    return len(left)


def _due(desk: Desk) -> Iterator[str]:
    with desk.store.read() as tx:
        for kind, stage in STAGES.items():
            yield from (calls.name(kind, n) for n in stage.due(tx, desk.clock())[:MOST])
