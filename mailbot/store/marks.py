"""Small facts by name: the day of the last digest, what a probe found, that a pause began."""

from mailbot.store import Tx
from mailbot.store.tables import Mark


def get(tx: Tx, key: str) -> str | None:
    """What was noted under a name; None when nothing was."""
    found = tx.get(Mark, key)
    return found.value if found else None


def put(tx: Tx, key: str, value: str) -> None:
    """Note something under a name, in place of what was."""
    tx.merge(Mark(key=key, value=value))


def turn(tx: Tx, key: str, value: str) -> bool:
    """Note something under a name; whether something else was noted there, or nothing."""
    if get(tx, key) == value:
        return False
    put(tx, key, value)
    return True


def drop(tx: Tx, key: str) -> None:
    """Forget what was noted under a name, if anything was."""
    if found := tx.get(Mark, key):
        tx.delete(found)
