"""When to poll, send, remind and expire. The home of apscheduler: a timer only, no job store.

One pass does everything that can be done now, and a lost connection ends only that pass. An outage
is said once when it begins and once when it ends, and makes the next passes wait longer.
"""

import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import FrameType

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from mailbot import (
    backoff,
    chores,
    comparison,
    fulfil,
    heartbeat,
    ingest,
    lockout,
    metrics,
    orders,
    patience,
    pipeline,
    reading,
    recovery,
    send,
    shadow,
    vigil,
    watchdog,
    work,
)
from mailbot.actions.directory import is_embedded
from mailbot.alarm import Watch
from mailbot.desk import Desk
from mailbot.mailbox import open_mailbox
from mailbot.reading import Turn
from mailbot.store import BROKEN_WIRE, letters, mails, turn
from mailbot.store.pulse import Work

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=15)
_FIRST_LOOK = timedelta(minutes=5)
_LOOK_SECONDS = 60
_TURN_SECONDS = 20
"""How often who stands by asks whether the mailbox is theirs to read: within a minute it is."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did."""

    fetched: int = 0
    processed: int = 0
    sent: int = 0


Stage = Callable[[Desk], int]


@recovery.watched
def one_pass(desk: Desk, alive: Callable[[], None] = lambda: None) -> Pass:
    """Read, process, send, tidy. Unreachable when a server did not answer; what was done stays so.

    `alive` hears of each mail.
    """
    stages: tuple[Stage, ...] = (_fetch, partial(_process, alive=alive), _fulfil, _send, _tidy)
    if desk.rules.settings.workers.elsewhere:
        stages = (_fetch, _lapse, _call, _beat, _tidy)
        return Pass(_go_through(desk, stages)[0])
    fetched, processed, _, sent, _ = _go_through(desk, stages)
    return Pass(fetched, processed, sent)


@recovery.watched
def full_pass(desk: Desk) -> Pass:
    """One pass and the chores of the moment, letters of both sent."""
    stages: tuple[Stage, ...] = (_fetch, _process, _chores, _fulfil, _send, _tidy)
    if desk.rules.settings.workers.elsewhere:
        stages = (_fetch, _chores, _lapse, _call, _beat, _tidy)
        return Pass(_go_through(desk, stages)[0])
    fetched, processed, _, _, sent, _ = _go_through(desk, stages)
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


def _fetch(desk: Desk) -> int:
    """Bring new mail into the store; how much there was."""
    settings = desk.rules.settings
    with (
        vigil.watched(desk, Work.POLL),
        metrics.stage("fetch"),
        lockout.guarded(desk, "imap"),
        open_mailbox(settings) as mailbox,
    ):
        heartbeat.receive(desk, mailbox)
        fetched = ingest.ingest(desk, mailbox)
        vigil.compare_inbox(desk, mailbox)
        if shadow.on(settings):
            comparison.compare(desk, mailbox)
    metrics.FETCHED.inc(fetched)
    return fetched


def _process(desk: Desk, alive: Callable[[], None] = lambda: None) -> int:
    """Every new mail as far as it goes today; how many there were."""

    def handled(mail_id: int) -> None:
        vigil.handled(desk, mail_id)
        alive()

    with metrics.stage("process"):
        return pipeline.process(desk, handled)


def _has_a_directory(desk: Desk) -> bool:
    """Whether accounts live elsewhere, and this bot changes them there."""
    settings = desk.rules.settings
    return not is_embedded(settings) and not shadow.on(settings)


def _fulfil(desk: Desk) -> int:
    """What was approved, in a directory elsewhere; how many changes ended."""
    if not _has_a_directory(desk):
        return 0
    with metrics.stage("fulfil"), lockout.guarded(desk, "directory"):
        ended = fulfil.fulfil_due(desk)
        orders.write_due(desk)
    return ended


def _lapse(desk: Desk) -> int:
    """Where workers change the directory: which passwords have to go, and the orders to people."""
    if _has_a_directory(desk):
        fulfil.let_lapse(desk)
        orders.write_due(desk)
    return 0


def _send(desk: Desk) -> int:
    """What is due, and now and then a letter to ourselves; how many letters left."""
    with vigil.watched(desk, Work.SEND), metrics.stage("send"):
        sent = send.send_due(desk)
        heartbeat.send(desk)
    return sent


def _call(desk: Desk) -> int:
    """Where workers do it: call for what a crash left lying; nothing is processed here."""
    from mailbot import carrier  # noqa: PLC0415  it comes with mailbot[workers] only

    work.sweep(desk)
    carrier.tidy(desk.store)
    return 0


def _beat(desk: Desk) -> int:
    """Where workers send: a letter to ourselves, if every other one has left."""
    with desk.store.read() as tx:
        waiting = letters.due(tx, desk.clock(), 1)
    if not waiting:
        with vigil.watched(desk, Work.SEND):
            heartbeat.send(desk)
    return 0


def _tidy(desk: Desk) -> int:
    """Move what is done out of the inbox; how many mails that were."""
    settings = desk.rules.settings
    if shadow.on(settings):
        return 0
    with desk.store.read() as tx:
        if not mails.any_to_move(tx, settings.imap.inbox):
            return 0
    with turn.to_move(desk.store) as ours:
        if not ours:
            return 0
        with (
            metrics.stage("tidy"),
            lockout.guarded(desk, "imap"),
            open_mailbox(settings) as mailbox,
        ):
            return ingest.tidy_inbox(desk, mailbox)


@recovery.watched
def do_chores(desk: Desk) -> None:
    """What time brings, noted as done."""
    with vigil.watched(desk, Work.CHORES), metrics.stage("chores"):
        chores.do_chores(desk)
        vigil.verify_daily(desk)


def _chores(desk: Desk) -> int:
    do_chores(desk)
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
    settings = desk.rules.settings
    timer = BlockingScheduler(
        timezone="UTC",
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    _stop_on_signal(timer)
    with (
        metrics.served(desk.store, settings),
        watchdog.reporting() as alive,
        reading.turn(desk) as turn,
    ):
        outages = _arrange(timer, turn, alive)
        log.info("service_started", mode=settings.mode, poll_seconds=settings.schedule.poll_seconds)
        timer.start()
        for outage in outages:
            with outage.at_work:
                pass  # whoever was at work has ended
    log.info("service_stopped")


def _arrange(timer: BlockingScheduler, turn: Turn, alive: Callable[[], None]) -> list[Outage]:
    """The service's jobs, each by itself: whoever keeps watch notices when the others hang.

    Who stands by for another reader only looks whether it is its turn.
    """
    desk = turn.desk
    timing, health = desk.rules.settings.schedule, desk.rules.settings.health
    mail = Outage("correo", desk.clock, timedelta(seconds=timing.poll_seconds))
    tasks = Outage("tareas", desk.clock, timedelta(seconds=timing.chores_seconds))
    watch, now = Watch(), desk.clock()

    def poll() -> None:
        mail.guard(lambda: turn.mine() and one_pass(desk, alive))
        alive()

    def chores() -> None:
        tasks.guard(lambda: turn.mine() and do_chores(desk))

    # The first look leaves the others time: what was not done while we were off is no alarm yet.
    first = now + min(_FIRST_LOOK, timedelta(minutes=health.silence_minutes))
    for name, does, seconds, begins in (
        ("correo", poll, timing.poll_seconds, now),
        ("turno", lambda: poll() if turn.standing_by else None, _TURN_SECONDS, now),
        ("tareas", chores, timing.chores_seconds, now),
        (
            "vigilancia",
            lambda: None if turn.standing_by else watch.review(desk),
            _LOOK_SECONDS,
            first,
        ),
    ):
        timer.add_job(does, "interval", seconds=seconds, id=name, next_run_time=begins)
    return [mail, tasks]


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def _stop_on_signal(timer: BlockingScheduler) -> None:
    """Have a thread wait for a signal to stop.

    A handler would run in the middle of whatever the main thread does, and might wait for a lock
    that this very thread holds: ours does nothing, the interpreter writes the signal's number.
    """
    heard, told = socket.socketpair()
    told.settimeout(0)
    signal.set_wakeup_fd(told.fileno())
    for number in _SIGNALS:
        signal.signal(number, _heard)
    threading.Thread(target=_stop, args=(timer, heard, told), daemon=True).start()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Nothing: the number is on its way to the thread that waits."""


def _stop(timer: BlockingScheduler, heard: socket.socket, _told: socket.socket) -> None:
    """Once a signal says so: begin nothing new; what runs ends by itself, or is cut."""
    while heard.recv(1)[0] not in _SIGNALS:
        pass
    patience.ask_to_stop()
    while not timer.running:
        time.sleep(0.05)  # told before it began
    timer.shutdown(wait=False)
