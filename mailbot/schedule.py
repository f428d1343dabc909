"""When to poll, send, remind and expire. The home of apscheduler: a timer only, no job store.

One pass does everything that can be done now, and a lost connection ends only that pass. An outage
is said once when it begins and once when it ends, and makes the next passes wait longer.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from mailbot import chores, ingest, pipeline, send
from mailbot.desk import Desk
from mailbot.store import BROKEN_WIRE

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did."""

    fetched: int = 0
    processed: int = 0
    sent: int = 0


def one_pass(desk: Desk) -> Pass:
    """Read, process, send. Unreachable when a server did not answer; what was done stays done."""
    with ingest.open_mailbox(desk.rules.settings) as mailbox:
        fetched = ingest.ingest(desk, mailbox)
    processed = pipeline.process(desk)
    with ingest.open_mailbox(desk.rules.settings) as mailbox:
        ingest.tidy_inbox(desk, mailbox)
    return Pass(fetched, processed, send.send_due(desk))


def full_pass(desk: Desk) -> Pass:
    """One pass and the chores of the moment, letters of both sent."""
    done = one_pass(desk)
    chores.do_chores(desk)
    return Pass(done.fetched, done.processed, done.sent + send.send_due(desk))


class Outage:
    """Tells an outage once, and how long to leave the servers alone."""

    def __init__(self, name: str, clock: Callable[[], datetime], wait: timedelta) -> None:
        self.name, self.clock, self.first_wait = name, clock, wait
        self.failures = 0
        self.quiet_until: datetime | None = None

    def guard(self, work: Callable[[], object]) -> None:
        """Do some work unless the last failure is too fresh."""
        if self.quiet_until and self.clock() < self.quiet_until:
            return
        try:
            work()
        except BROKEN_WIRE as error:
            self._failed(error)
        else:
            self._worked()

    def _failed(self, error: Exception) -> None:
        if self.failures == 0:
            log.error("outage_began", what=self.name, reason=str(error))
        self.failures += 1
        wait = min(self.first_wait * 2 ** min(self.failures, 10), _LONGEST_WAIT)
        self.quiet_until = self.clock() + wait

    def _worked(self) -> None:
        if self.failures:
            log.info("outage_ended", what=self.name, failures=self.failures)
        self.failures, self.quiet_until = 0, None


def run(desk: Desk) -> None:
    """The service: until a signal asks it to stop; the pass at hand is finished first."""
    timing = desk.rules.settings.schedule
    timer = BlockingScheduler(
        timezone="UTC",
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    for name, work, seconds in (
        ("correo", lambda: one_pass(desk), timing.poll_seconds),
        ("tareas", lambda: chores.do_chores(desk), timing.chores_seconds),
    ):
        outage = Outage(name, desk.clock, timedelta(seconds=seconds))
        timer.add_job(
            outage.guard,
            "interval",
            args=[work],
            seconds=seconds,
            id=name,
            next_run_time=desk.clock(),
        )
    _stop_on_signal(timer)
    log.info("service_started", poll_seconds=timing.poll_seconds)
    timer.start()
    log.info("service_stopped")


def _stop_on_signal(timer: BlockingScheduler) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        timer.shutdown(wait=False)  # running jobs end by themselves; nothing new begins

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
