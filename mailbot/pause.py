"""The brake: while it is on no account is opened or closed; mail is read and asked about.

What was approved before, and a directory elsewhere has not done yet, waits as well.
"""

from dataclasses import dataclass
from datetime import datetime

from mailbot import workdays
from mailbot.config import Settings
from mailbot.desk import Visit
from mailbot.masking import masked
from mailbot.store import Tx, journal, marks
from mailbot.store.tables import PromptKind

_KEY = "paused"


@dataclass(frozen=True, slots=True)
class Brake:
    """Since when decisions are on hold, and by whose order: masked, empty when forgotten."""

    since: datetime
    by: str = ""


def brake(tx: Tx) -> Brake | None:
    """The brake, while it is on."""
    found = marks.get(tx, _KEY)
    if not found:
        return None
    by = journal.last_actor(tx, "order_confirmed", PromptKind.PAUSE)
    return Brake(datetime.fromisoformat(found), masked(by or ""))


def limit(brake: Brake, settings: Settings) -> datetime:
    """From when on a brake counts as forgotten."""
    days = settings.health.pause_working_days
    return workdays.after(brake.since, days, settings.policy.holidays)


def since(visit: Visit) -> str | None:
    """When decisions were put on hold (ISO 8601); None when they are carried out."""
    return marks.get(visit.tx, _KEY) or None


def begin(visit: Visit) -> None:
    """Put decisions on hold."""
    marks.put(visit.tx, _KEY, visit.now.isoformat())


def end(visit: Visit) -> None:
    """Have decisions carried out again."""
    marks.put(visit.tx, _KEY, "")
