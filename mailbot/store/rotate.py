"""A new key takes over: what the older ones sealed is sealed anew, in small transactions.

It may be stopped at any point and goes on where it stood, for what is done shows it. The
database's own key comes last: until then the older keys are still needed, and the store says so.
Veiled values stay as they are, for they depend on that key alone.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Text,
    cast,
    func,
    select,
    type_coerce,
    update,
)

from mailbot.store import Store, Tx
from mailbot.store.seal import Keyring, SealedBytes, SealedJson, SealedText
from mailbot.store.tables import Table

BATCH = 100
_SEALED = (SealedBytes, SealedText, SealedJson)


def rotate(store: Store, told: Callable[[int], None] = lambda _rows: None) -> int:
    """Seal everything with the first key; how many values that were. `told` hears of each batch."""
    done = 0
    for column in _columns():
        while rows := _batch(store, column):
            done += rows
            told(rows)
    store.rewrap()
    store.scrub()
    return done


def to_do(store: Store) -> int:
    """How many values an older key sealed."""
    with store.read() as tx:
        return sum(_count(tx, column, store.ring) for column in _columns())


def _columns() -> Iterator[Column[object]]:
    tables = Table.metadata.sorted_tables
    return (c for table in tables for c in table.columns if isinstance(c.type, _SEALED))


def _old(column: Column[object], ring: Keyring) -> list[ColumnElement[bool]]:
    """The rows whose value was sealed with another key than the first."""
    binary = isinstance(column.type, SealedBytes)
    prefix: object = ring.prefix if binary else ring.prefix.decode()
    kind = LargeBinary() if binary else Text()
    plain = type_coerce(column, kind)
    head = func.substr(plain, 1, len(ring.prefix), type_=kind)
    return [plain.is_not(None), func.length(cast(plain, kind)) > 0, head != prefix]


def _count(tx: Tx, column: Column[object], ring: Keyring) -> int:
    rows = select(func.count()).select_from(column.table).where(*_old(column, ring))
    return tx.scalar(rows) or 0


def _batch(store: Store, column: Column[object]) -> int:
    """Seal some values anew: each is opened as it is read and sealed as it is written."""
    (key,) = column.table.primary_key.columns
    with store.begin() as tx:
        rows = select(key, column).where(*_old(column, store.ring)).limit(BATCH)
        found = tx.execute(rows).all()
        for ident, value in found:
            tx.execute(update(column.table).where(key == ident).values({column: value}))
    return len(found)
