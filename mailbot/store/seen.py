"""Up to where the inbox was seen: one mark, true of one numbering of one folder only."""

import json

from mailbot.store import Tx, marks

_KEY = "inbox_seen"


def first(tx: Tx, folder: str, uidvalidity: int, uidnext: int | None) -> int:
    """The lowest UID that may be unknown; 1 when the numbers are not those of the last time.

    A next UID below it (None: the server does not say) means that the server began to count anew.
    """
    kept = marks.get(tx, _KEY)
    if kept is None:
        return 1
    place, until = json.loads(kept)
    begun_anew = uidnext is not None and uidnext < until
    return int(until) if place == [folder, uidvalidity] and not begun_anew else 1


def note(tx: Tx, folder: str, uidvalidity: int, until: int) -> None:
    """Every mail of a folder with a UID below `until` is in the store."""
    marks.put(tx, _KEY, json.dumps([[folder, uidvalidity], until]))
