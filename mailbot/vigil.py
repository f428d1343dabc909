"""Keeping watch over ourselves: every success and failure is noted, the inbox and journal compared.

What is noted here `health` judges, in this process or another one.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from mailbot import metrics, workdays
from mailbot.desk import Desk
from mailbot.errors import Refused
from mailbot.mailbox import Mailbox
from mailbot.masking import reason
from mailbot.store import BROKEN_WIRE, journal, mails, pulse, vitals
from mailbot.store.pulse import Inbox, Verified, Work

log = structlog.get_logger()


@contextmanager
def watched(desk: Desk, work: Work) -> Iterator[None]:
    """Note whether a work succeeds; what breaks it goes on as it came."""
    try:
        yield
    except BROKEN_WIRE as error:
        refused = isinstance(error, Refused)
        with suppress(*BROKEN_WIRE), desk.store.begin() as tx:  # it may be the database itself
            pulse.note_failure(tx, work, desk.clock(), reason(error), refused=refused)
        raise
    with desk.store.begin() as tx:
        pulse.note_success(tx, work, desk.clock())


def handled(desk: Desk, mail_id: int) -> None:
    """One mail more was taken as far as it goes: counted, and noted as a sign of life."""
    count(desk, mail_id)
    with desk.store.begin() as tx:
        pulse.note_progress(tx, Work.POLL, desk.clock())


def count(desk: Desk, mail_id: int) -> None:
    """One mail more was taken as far as it goes: counted in this process."""
    with desk.store.read() as tx:
        status, kind = vitals.handled(tx, mail_id)
    metrics.count_mail(status, kind)


def compare_inbox(desk: Desk, mailbox: Mailbox) -> None:
    """Once a pass is over, hold the inbox against the store: whatever lies there has a row."""
    uids, place = mailbox.uids(), (mailbox.settings.inbox, mailbox.uidvalidity)
    with desk.store.read() as tx:
        before, known = pulse.inbox(tx), mails.known_uids(tx, *place, uids)
        stayed = vitals.stayed(tx, *place, uids)
    seen = before.strangers if before.uidvalidity == mailbox.uidvalidity else {}
    strangers = {uid: seen.get(uid, 0) + 1 for uid in uids if uid not in known}
    found = Inbox(desk.clock(), mailbox.uidvalidity, len(uids), strangers, stayed)
    with desk.store.begin() as tx:
        pulse.keep_inbox(tx, found)


def verify_daily(desk: Desk) -> None:
    """Walk the journal once a day, and note how it was found."""
    with desk.store.read() as tx:
        last = pulse.verified(tx)
    today = desk.clock().astimezone(workdays.LIMA).date()
    if last is None or last.at.astimezone(workdays.LIMA).date() != today:
        verify(desk)


def verify(desk: Desk) -> None:
    """Walk the journal, and note how it was found."""
    with desk.store.read() as tx:
        broken = journal.verify(tx)
    note_verified(desk, broken)


def note_verified(desk: Desk, broken: journal.Broken | None) -> None:
    """Note how the journal was found."""
    place = f"fila {broken.row}: " if broken and broken.row else ""
    found = Verified(desk.clock(), f"{place}{broken.reason}" if broken else "")
    if broken:
        log.error("journal_broken", row=broken.row, reason=broken.reason)
    with desk.store.begin() as tx:
        pulse.keep_verified(tx, found)
