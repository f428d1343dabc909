"""The brake: while it is on no account is opened or closed; mail is read and asked about.

What was approved before, and a directory elsewhere has not done yet, waits as well.
"""

from mailbot.desk import Visit
from mailbot.store import marks

_KEY = "paused"


def since(visit: Visit) -> str | None:
    """When decisions were put on hold (ISO 8601); None when they are carried out."""
    return marks.get(visit.tx, _KEY) or None


def begin(visit: Visit) -> None:
    """Put decisions on hold."""
    marks.put(visit.tx, _KEY, visit.now.isoformat())


def end(visit: Visit) -> None:
    """Have decisions carried out again."""
    marks.put(visit.tx, _KEY, "")
