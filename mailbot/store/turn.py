"""Work that one process does at a time; others leave it to that one. The lock ends with its owner.

Two that move the same mails at once leave each of them twice in the folder: no server undoes it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.store import Store
from mailbot.store.engine import MIGRATION, READS, SQLITE, file_of, unhurried

_MOVING = MIGRATION + 1
"""The advisory lock of PostgreSQL."""


@contextmanager
def to_move(store: Store) -> Iterator[bool]:
    """Whether it is ours to move mails out of the inbox now; nobody else's until the end."""
    file = file_of(store.engine)
    if file:
        lock = os.open(f"{file}.moving", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _got(lock)
        finally:
            os.close(lock)
    elif store.engine.dialect.name == SQLITE:
        yield True  # in memory: nobody else is there
    else:
        options = {READS: True, "isolation_level": "AUTOCOMMIT"}
        with store.engine.connect().execution_options(**options) as connection:
            unhurried(connection)  # a server takes its time to move many
            asked = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_MOVING})")
            ours = bool(asked.scalar())
            try:
                yield ours
            finally:
                connection.invalidate()  # whatever it holds ends with it


def _got(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
