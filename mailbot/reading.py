"""Who reads the mailbox: one process at a time, however many stand by.

On PostgreSQL the one who reads holds an advisory lock on a connection of its own: when the process
or its machine dies, the database lets go of it, and the next who asks has it. A lease with an epoch
stands beside it, and every transaction of the reader holds that: one that was only asleep, and
wakes up after another has begun, can write nothing any more.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from sqlalchemy import Connection, text

from mailbot.desk import Desk
from mailbot.errors import ConfigError
from mailbot.store import BROKEN_WIRE, Tx, engine, leases
from mailbot.store.leases import READER, Taken
from mailbot.work import Keeper

log = structlog.get_logger()

LEASE = 30.0
"""Seconds without a sign of life after which a reader that still holds the lock is shut out."""

_NOTICE = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 4")
"""A machine that is gone says no goodbye: the database asks every few seconds."""
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO = text("SELECT pg_advisory_unlock(:key)")
_FROZEN = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = "
    "current_database()) AND (classid::bigint << 32 | objid::bigint) = :key "
    "AND NOT EXISTS (SELECT 1 FROM leases WHERE name = :name AND until > "
    "timezone('utc', clock_timestamp()))"
)


class Turn:
    """This process's turn at reading the mailbox of a desk."""

    def __init__(self, desk: Desk) -> None:
        imap = desk.rules.settings.imap
        self.name = f"{READER}{imap.user}@{imap.host}"[:120]
        hashed = hashlib.sha256(self.name.encode()).digest()
        self.key = int.from_bytes(hashed[:8], "big") >> 1  # never negative
        self.store = desk.store
        self.keeper = Keeper(desk.store, LEASE)
        self.held: Connection | None = None
        self.taken: Taken | None = None
        self.standing_by = False
        self.lock = threading.RLock()
        self.desk = desk.over(desk.store.fenced(self._fence))
        """The desk to read at: it refuses to write when it is not our turn."""

    def mine(self) -> bool:
        """Whether it is our turn: it is kept, or taken when nobody has it."""
        with self.lock:
            return self._holds() or self._begins()

    def _begins(self) -> bool:
        self.end()
        connection = self._connect()
        try:
            if not connection.scalar(_TRY, {"key": self.key}):
                connection.execute(_FROZEN, {"key": self.key, "name": self.name})
                self._wait()
                return False
            self._take(connection)
        finally:
            if self.held is not connection:
                connection.close()
        return True

    def end(self) -> None:
        """Let the next one read."""
        if self.taken:
            self.keeper.give_back(self.taken)
        if self.held:
            self._let_go(self.held)
        self.held = self.taken = None

    def _let_go(self, held: Connection) -> None:
        """Say so, for a server notices only a moment later that a connection was closed."""
        if not held.invalidated:
            with suppress(*BROKEN_WIRE), engine.hurried(held):
                held.execute(_LET_GO, {"key": self.key})
        with suppress(*BROKEN_WIRE):
            held.invalidate()
            held.close()

    def _take(self, connection: Connection) -> None:
        with self.store.beside() as tx:
            self.taken = leases.claim(tx, self.name, self.keeper.holder, LEASE, by_force=True)
        if self.taken:
            self.keeper.keep(self.taken)
            self.held, self.standing_by = connection, False
            log.info("reader_begins", epoch=self.taken.epoch)

    def _wait(self) -> None:
        if not self.standing_by:
            log.info("reader_stands_by")
        self.standing_by = True

    def _holds(self) -> bool:
        """Whether the lock is ours still: it is gone when its connection is."""
        if self.held is None or self.taken is None:
            return False
        try:
            with engine.hurried(self.held):
                self.held.execute(text("SELECT 1"))
            with self.store.beside() as tx:
                leases.hold(tx, self.taken)
        except BROKEN_WIRE:
            return False
        return True

    def _fence(self, tx: Tx) -> None:
        if self.taken is None:
            raise leases.Lost(f"{self.name}: lo lee otro proceso")
        leases.hold(tx, self.taken)

    def _connect(self) -> Connection:
        options = {engine.READS: True, "isolation_level": "AUTOCOMMIT"}
        connection = self.store.engine.connect().execution_options(**options)
        for notice in _NOTICE:
            connection.exec_driver_sql(f"SET {notice}")
        engine.unhurried(connection)
        return connection


class Alone(Turn):
    """The turn of who has the database to itself: it is always theirs."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.standing_by = desk, False

    def mine(self) -> bool:
        """Always."""
        return True


@contextmanager
def turn(desk: Desk) -> Iterator[Turn]:
    """The turn of this process, given up at the end; SQLite is for one process in any case."""
    if desk.store.engine.dialect.name == engine.SQLITE:
        yield Alone(desk)
        return
    made = Turn(desk)
    with made.keeper.awake():
        try:
            yield made
        finally:
            made.end()


@contextmanager
def insisted(desk: Desk) -> Iterator[Desk]:
    """The desk to read at, once; ConfigError when another process reads the mailbox."""
    with turn(desk) as made:
        if not made.mine():
            raise ConfigError(
                "imap: otro proceso lee este buzón (mailbot run): una pasada más no sirve de nada."
            )
        yield made.desk
