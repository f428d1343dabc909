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

from mailbot import chores, heartbeat, ingest, metrics, pipeline, recovery, send, vigil, watchdog
from mailbot.alarm import Watch
from mailbot.desk import Desk
from mailbot.store import BROKEN_WIRE
from mailbot.store.pulse import Work

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=15)
_FIRST_LOOK = timedelta(minutes=5)
_LOOK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did."""

    fetched: int = 0
    processed: int = 0
    sent: int = 0


@recovery.watched
def one_pass(desk: Desk, alive: Callable[[], None] = lambda: None) -> Pass:
    """Read, process, send. Unreachable when a server did not answer; what was done stays done.

    Letters leave whether or not the inbox can be read. `alive` hears of each mail.
    """
    fetched, processed, sent = 0, 0, 0
    try:
        fetched, processed = _read(desk, alive)
    finally:
        sent = _send(desk)
    return Pass(fetched, processed, sent)


def _read(desk: Desk, alive: Callable[[], None] = lambda: None) -> tuple[int, int]:
    """Every mail of the inbox as far as it goes today; how many were new, how many processed."""
    settings = desk.rules.settings

    def handled(mail_id: int) -> None:
        vigil.handled(desk, mail_id)
        alive()

    with vigil.watched(desk, Work.POLL):
        with metrics.stage("fetch"), ingest.open_mailbox(settings) as mailbox:
            heartbeat.receive(desk, mailbox)
            fetched = ingest.ingest(desk, mailbox)
        metrics.FETCHED.inc(fetched)
        with metrics.stage("process"):
            processed = pipeline.process(desk, handled)
        with metrics.stage("tidy"), ingest.open_mailbox(settings) as mailbox:
            ingest.tidy_inbox(desk, mailbox)
            vigil.compare_inbox(desk, mailbox)
    return fetched, processed


def _send(desk: Desk) -> int:
    """What is due, and now and then a letter to ourselves; how many letters left."""
    with vigil.watched(desk, Work.SEND), metrics.stage("send"):
        sent = send.send_due(desk)
        heartbeat.send(desk)
    return sent


@recovery.watched
def do_chores(desk: Desk) -> None:
    """What time brings, noted as done."""
    with vigil.watched(desk, Work.CHORES), metrics.stage("chores"):
        chores.do_chores(desk)
        vigil.verify_daily(desk)


def full_pass(desk: Desk) -> Pass:
    """One pass and the chores of the moment, letters of both sent."""
    done = one_pass(desk)
    do_chores(desk)
    return Pass(done.fetched, done.processed, done.sent + _send(desk))


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
    settings = desk.rules.settings
    timer = BlockingScheduler(
        timezone="UTC",
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    _stop_on_signal(timer)
    with metrics.served(desk.store, settings), watchdog.reporting() as alive:
        _arrange(timer, desk, alive)
        log.info("service_started", poll_seconds=settings.schedule.poll_seconds)
        timer.start()
    log.info("service_stopped")


def _arrange(timer: BlockingScheduler, desk: Desk, alive: Callable[[], None]) -> None:
    """The service's jobs, each by itself: whoever keeps watch notices when the others hang."""
    timing, health = desk.rules.settings.schedule, desk.rules.settings.health
    mail = Outage("correo", desk.clock, timedelta(seconds=timing.poll_seconds))
    tasks = Outage("tareas", desk.clock, timedelta(seconds=timing.chores_seconds))
    watch, now = Watch(), desk.clock()

    def poll() -> None:
        mail.guard(lambda: one_pass(desk, alive))
        alive()

    # The first look leaves the others time: what was not done while we were off is no alarm yet.
    first = now + min(_FIRST_LOOK, timedelta(minutes=health.silence_minutes))
    for name, work, seconds, begins in (
        ("correo", poll, timing.poll_seconds, now),
        ("tareas", lambda: tasks.guard(lambda: do_chores(desk)), timing.chores_seconds, now),
        ("vigilancia", lambda: watch.review(desk), _LOOK_SECONDS, first),
    ):
        timer.add_job(work, "interval", seconds=seconds, id=name, next_run_time=begins)


def _stop_on_signal(timer: BlockingScheduler) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        timer.shutdown(wait=False)  # running jobs end by themselves; nothing new begins

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
