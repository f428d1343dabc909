"""The database's clock, read from here: the same on every machine, whatever theirs say."""

import threading
import time
from datetime import UTC, datetime, timedelta

import structlog

from mailbot.store import BROKEN_WIRE, Store, leases

log = structlog.get_logger()

_FRESH = 30.0
"""Seconds after which the difference is measured again."""


def _ticks() -> float:
    """Seconds that go on while the machine sleeps, and that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class DatabaseClock:
    """Tells the time of the database's machine; while that does not answer, by what was measured.

    The first measure must succeed.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.measured, self.beginning = self._measure()

    def __call__(self) -> datetime:
        """Now."""
        with self.lock:
            if _ticks() - self.measured > _FRESH:
                self._again()
            return self.beginning + timedelta(seconds=_ticks())

    def _again(self) -> None:
        try:
            self.measured, self.beginning = self._measure()
        except BROKEN_WIRE:
            self.measured = _ticks()  # not at every call: the database is down

    def _measure(self) -> tuple[float, datetime]:
        """When it was measured, and what the database's clock said when the ticks were nought."""
        before = _ticks()
        with self.store.read() as tx:
            now = leases.database_now(tx).astimezone(UTC)
        after = _ticks()
        return after, now - timedelta(seconds=(before + after) / 2)
