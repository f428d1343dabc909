"""When to poll, send, remind and expire. The home of apscheduler: a timer only, no job store.

One pass does everything that can be done now, and a lost connection ends only that pass. An outage
is said once when it begins and once when it ends, and makes the next passes wait longer.
"""

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from mailbot import backoff, chores, ingest, lockout, patience, pipeline, send
from mailbot.desk import Desk
from mailbot.store import BROKEN_WIRE, mails

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did."""

    fetched: int = 0
    processed: int = 0
    sent: int = 0


Stage = Callable[[Desk], int]


def one_pass(desk: Desk) -> Pass:
    """Read, process, send. Unreachable when a server did not answer; what was done stays done."""
    return Pass(*_go_through(desk, (fetch, pipeline.process, send.send_due, tidy))[:3])


def full_pass(desk: Desk) -> Pass:
    """One pass and the chores of the moment, letters of both sent."""
    stages = (fetch, pipeline.process, _chores, send.send_due, tidy)
    fetched, processed, _, sent, _ = _go_through(desk, stages)
    return Pass(fetched, processed, sent)


def _go_through(desk: Desk, stages: Sequence[Stage]) -> list[int]:
    """What each stage did. One that fails does not keep the next: letters leave without IMAP."""
    done = [0] * len(stages)
    failures: list[Exception] = []
    for number, stage in enumerate(stages):
        if patience.stopping():
            break
        try:
            done[number] = stage(desk)
        except BROKEN_WIRE as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return done


def fetch(desk: Desk) -> int:
    """Bring new mail into the store; how much there was."""
    with lockout.guarded(desk, "imap"), ingest.open_mailbox(desk.rules.settings) as mailbox:
        return ingest.ingest(desk, mailbox)


def tidy(desk: Desk) -> int:
    """Move what is done out of the inbox; how many mails that were."""
    with desk.store.read() as tx:
        if not mails.any_to_move(tx, desk.rules.settings.imap.inbox):
            return 0
    with lockout.guarded(desk, "imap"), ingest.open_mailbox(desk.rules.settings) as mailbox:
        return ingest.tidy_inbox(desk, mailbox)


def _chores(desk: Desk) -> int:
    chores.do_chores(desk)
    return 0


class Outage:
    """Tells an outage once, and how long to leave the servers alone."""

    def __init__(self, name: str, clock: Callable[[], datetime], wait: timedelta) -> None:
        self.name, self.clock, self.first_wait = name, clock, wait
        self.failures = 0
        self.quiet_until: datetime | None = None
        self.at_work = threading.Lock()

    def guard(self, work: Callable[[], object]) -> None:
        """Do some work unless the last failure is too fresh."""
        if patience.stopping() or (self.quiet_until and self.clock() < self.quiet_until):
            return
        with self.at_work:
            try:
                work()
            except patience.Stopped:
                log.info("work_stopped", what=self.name)
            except BROKEN_WIRE as error:
                self._failed(error)
            else:
                self._worked()

    def _failed(self, error: Exception) -> None:
        if self.failures == 0:
            log.error("outage_began", what=self.name, reason=str(error))
        self.failures += 1
        wait = backoff.wait(self.failures + 1, self.name, self.first_wait, _LONGEST_WAIT)
        self.quiet_until = self.clock() + wait

    def _worked(self) -> None:
        if self.failures:
            log.info("outage_ended", what=self.name, failures=self.failures)
        self.failures, self.quiet_until = 0, None


def run(desk: Desk) -> None:
    """The service: until a signal asks it to stop; the mail at hand is finished first.

    What takes longer than a grace is cut, and taken up at the next start.
    """
    timing = desk.rules.settings.schedule
    timer = BlockingScheduler(
        timezone="UTC",
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    outages = []
    for name, work, seconds in (
        ("correo", lambda: one_pass(desk), timing.poll_seconds),
        ("tareas", lambda: chores.do_chores(desk), timing.chores_seconds),
    ):
        outage = Outage(name, desk.clock, timedelta(seconds=seconds))
        outages.append(outage)
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
    for outage in outages:
        with outage.at_work:
            pass  # whoever was at work has ended
    log.info("service_stopped")


def _stop_on_signal(timer: BlockingScheduler) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        patience.ask_to_stop()
        timer.shutdown(wait=False)  # running jobs end by themselves; nothing new begins

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
