"""Encargaturas end: the last day is kept with the account, and people are warned before it.

The day is the one the resolution gives, as its reader found it and whoever approved was shown it.
"""

import re
from collections.abc import Iterator
from datetime import date

from mailbot import tell, workdays
from mailbot.decide import Record
from mailbot.desk import Visit
from mailbot.parsers.dates import first_date
from mailbot.parsers.text import fold
from mailbot.respond import About
from mailbot.store import accounts
from mailbot.store.tables import Account

WARNED = (30, 7)
"""Days before the last one on which people are warned, once each."""
_UNTIL = re.compile(r"vigente hasta el (?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(.+))")


def end_of(record: Record) -> date | None:
    """The last day of what a case was asked for, as its findings tell; None when none is known."""
    notes = (f["note"] for f in record["findings"] if f["requirement"] == "rd" and f["note"])
    match = next((m for note in notes if (m := _UNTIL.search(note))), None)
    if match is None:
        return None
    if match[4]:
        return first_date(fold(match[4]))
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def keep(visit: Visit, account_id: int, record: Record) -> None:
    """Keep the last day with an account that was opened."""
    if end := end_of(record):
        accounts.set_end(visit.tx, account_id, end)


def warn(visit: Visit) -> None:
    """Warn of the ends that come near: the administrators, and the holder's office."""
    for account, near, left in due(visit):
        account.end_warned = near
        visit.note("term_warned", "bot", detail=f"account {account.id}: {near}")
        _tell(visit, account, near, left)


def skip(visit: Visit) -> None:
    """Take the warnings that are due for given."""
    for account, near, _ in due(visit):
        account.end_warned = near


def due(visit: Visit) -> Iterator[tuple[Account, int, int]]:
    """The accounts to warn of, which warning it is, the days left."""
    today = visit.now.astimezone(workdays.LIMA).date()
    for account in accounts.ending(visit.tx, today, max(WARNED)):
        left = ((account.ends_on or today) - today).days
        near = min(days for days in WARNED if left <= days)
        if account.end_warned is None or near < account.end_warned:
            yield account, near, left


def _tell(visit: Visit, account: Account, near: int, left: int) -> None:
    role, office = (
        visit.rules.guide.roles.get(account.role),
        visit.rules.offices.get(account.office),
    )
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "names": account.names,
        "role_name": role.name if role else account.role,
        "office_name": visit.rules.offices.name(account.office),
        "ends": account.ends_on.isoformat() if account.ends_on else "",
        "left": left,
    }
    about, ident = About(account=account.id), f"{account.id}.{near}"
    for address in tell.administrators(visit):
        visit.outbox.put("administrator-term", address, ident, context, about)
    for address in office.emails[:1] if office else ():
        visit.outbox.put("office-term", address, ident, context, about)
