"""A worker: takes calls for mails and letters, one at a time, until it is told to stop.

It may be killed at any moment, and there may be any number of them, on any number of machines.
"""

import os
import signal
import time
from collections.abc import Sequence

import structlog

from mailbot import carrier, patience
from mailbot.desk import Desk
from mailbot.errors import Unreachable
from mailbot.masking import reason
from mailbot.store import BROKEN_WIRE, calls
from mailbot.store.leases import WORKER
from mailbot.work import Keeper, advance

log = structlog.get_logger()

DEAF = 180.0
"""Seconds without a call while calls wait, after which a worker takes its ears for broken."""
_EXIT = 1


class Worker:
    """One process that works: what it does, and when it last did something."""

    def __init__(self, desk: Desk, kinds: Sequence[str]) -> None:
        self.desk, self.kinds = desk, tuple(kinds)
        self.keeper = Keeper(desk.store, desk.rules.settings.workers.lease_seconds)
        self.ear = carrier.Ear(desk.store.engine, self.kinds, self.called)
        self.busy, self.heard = False, time.monotonic()

    def run(self) -> None:
        """Work until a signal says stop; Unreachable when the database is lost."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        try:
            # by force: in a container the one before it had the very same name
            with self.keeper.holding(WORKER + self.keeper.holder, by_force=True):
                self._work()
        except BROKEN_WIRE as error:
            raise Unreachable(reason(error)) from None
        log.info("worker_stopped")

    def _work(self) -> None:
        with self.keeper.awake(self._listens):
            log.info("worker_started", kinds=self.kinds)
            self.ear.listen()

    def stop(self) -> None:
        """Begin nothing new; what is at hand ends by itself, or is cut."""
        patience.ask_to_stop()
        self.ear.stop()

    def called(self, kind: str, row_id: int) -> None:
        """One call. A wire that broke is told; the sweep calls for the row again."""
        if patience.stopping():
            return
        self.busy = True
        try:
            advance(self.desk, self.keeper, kind, row_id)
        except BROKEN_WIRE as error:
            log.warning("work_failed", work=calls.name(kind, row_id), reason=reason(error))
        finally:
            self.busy, self.heard = False, time.monotonic()

    def _listens(self) -> None:
        """End the process when calls wait and none is heard: a new one has good ears.

        A connection for notices can die without a word, and whoever waits at it waits for ever.
        """
        self.desk.resolver.ask_again()
        if self.busy or time.monotonic() - self.heard < DEAF:
            return
        with self.desk.store.read() as tx:
            waiting = sum(calls.waiting(tx).get(kind, 0) for kind in self.kinds)
        if waiting and not self.busy:
            log.error("worker_deaf", waiting=waiting)
            os._exit(_EXIT)
        self.heard = time.monotonic()
