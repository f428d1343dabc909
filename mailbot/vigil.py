"""Keeping watch over ourselves: every success and failure is noted, the inbox and journal compared.

What is noted here `health` judges, in this process or another one.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

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
    """One mail more was taken as far as it goes: counted."""
    with desk.store.read() as tx:
        status, kind = vitals.handled(tx, mail_id)
    metrics.count_mail(status, kind)


LIST_AGAIN = timedelta(hours=1)
"""So long a comparison by number is enough."""


def compare_inbox(desk: Desk, mailbox: Mailbox) -> None:
    """Once a pass is over, hold the inbox against the store: whatever lies there has a row.

    As long as there are as many mails as rows, and nothing was strange, their number is enough;
    once an hour each is looked for, as one too many and one too few would hide each other.
    """
    place, now = (mailbox.settings.inbox, mailbox.uidvalidity), desk.clock()
    with desk.store.read() as tx:
        before, lying = pulse.inbox(tx), mails.lying(tx, *place)
    recent = before.listed is not None and before.listed <= now < before.listed + LIST_AGAIN
    calm = before.uidvalidity == mailbox.uidvalidity and not before.strangers and not before.stayed
    if recent and calm and mailbox.exists == lying:
        found = replace(before, at=now, count=lying)
    else:
        found = _each(desk, mailbox, before)
    with desk.store.begin() as tx:
        pulse.keep_inbox(tx, found)


def _each(desk: Desk, mailbox: Mailbox, before: Inbox) -> Inbox:
    """Every mail that lies in the inbox, looked for in the store."""
    uids, place = mailbox.uids(), (mailbox.settings.inbox, mailbox.uidvalidity)
    with desk.store.read() as tx:
        known, stayed = mails.known_uids(tx, *place, uids), vitals.stayed(tx, *place, uids)
    seen = before.strangers if before.uidvalidity == mailbox.uidvalidity else {}
    strangers = {uid: seen.get(uid, 0) + 1 for uid in uids if uid not in known}
    now = desk.clock()
    return Inbox(now, mailbox.uidvalidity, len(uids), strangers, stayed, listed=now)


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
