"""The brake: while it is on no account is opened or closed; mail is read and asked about.

What was approved before, and a directory elsewhere has not done yet, waits as well.
"""

from mailbot.desk import Visit
from mailbot.store.tables import Mark

_KEY = "paused"


def since(visit: Visit) -> str | None:
    """When decisions were put on hold (ISO 8601); None when they are carried out."""
    kept = visit.tx.get(Mark, _KEY)
    return kept.value if kept and kept.value else None


def begin(visit: Visit) -> None:
    """Put decisions on hold."""
    visit.tx.merge(Mark(key=_KEY, value=visit.now.isoformat()))


def end(visit: Visit) -> None:
    """Have decisions carried out again."""
    visit.tx.merge(Mark(key=_KEY, value=""))
