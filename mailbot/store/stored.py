"""Rows as they are stored: what is sealed is read and written as it lies there, unopened.

Ordered by their keys in the same way on both databases.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Row, func, select, text
from sqlalchemy import Table as CoreTable

from mailbot.store import engine as engines
from mailbot.store.copies import COPIED
from mailbot.store.seal import SealedBytes, SealedJson, SealedText, Veiled
from mailbot.store.tables import Table

MOVING = "moving"
"""The mark of a database that is being moved: to a target, from where; of a source, that it is."""
HIDDEN = (COPIED, MOVING)
_BATCH = 500
_FEWER = {"mails": 20}
_SEALED = (SealedBytes, SealedText, SealedJson, Veiled)
_LEFT_OUT = ("leases",)
"""Who is at work on the old database is at work on nothing in the new one."""


def batch(table: CoreTable) -> int:
    """How many rows at a time; mails are as large as they were sent."""
    return _FEWER.get(table.name, _BATCH)


def plain() -> dict[str, CoreTable]:
    """The tables as they are stored: what is sealed is read and written as it lies there."""
    made, stored = MetaData(), {}
    for table in Table.metadata.sorted_tables:
        if table.name not in _LEFT_OUT:
            columns = (_stored(column) for column in table.columns)
            stored[table.name] = CoreTable(table.name, made, *columns)
    return stored


def _stored(column: Column[Any]) -> Column[Any]:
    sealed = isinstance(column.type, _SEALED)
    kind = column.type.impl_instance if sealed else column.type  # type: ignore[attr-defined]
    return Column(column.name, kind, primary_key=column.primary_key)


def keys(table: CoreTable) -> list[Column[Any]]:
    """The columns of a table's key."""
    return list(table.primary_key.columns)


def key(table: CoreTable, row: Row[Any]) -> list[Any]:
    """The key of a row as the database gives it."""
    return [row._mapping[column.name] for column in keys(table)]  # noqa: SLF001  as above


def values(table: CoreTable, row: Mapping[str, Any]) -> list[Any]:
    """The key of a row as `rows` gives it."""
    return [row[column.name] for column in keys(table)]


def is_before(table: CoreTable, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a row stands before another, as the source orders them: by the bytes of texts."""
    pairs = zip(values(table, one), values(table, other), strict=True)
    ordered = [(_bytes(a), _bytes(b)) for a, b in pairs]
    return [a for a, _ in ordered] < [b for _, b in ordered]


def _bytes(value: Any) -> Any:  # noqa: ANN401  a key's
    return value.encode() if isinstance(value, str) else value


def named(table: CoreTable, row: Mapping[str, Any]) -> str:
    """A row by its key, for people."""
    return "/".join(map(str, values(table, row)))


def count(connection: Connection, table: CoreTable) -> int:
    """How many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def last(connection: Connection, table: CoreTable) -> list[Any] | None:
    """The highest key of a table; None when it is empty."""
    order = [_ordered(connection, column).desc() for column in keys(table)]
    row = connection.execute(select(table).order_by(*order).limit(1)).first()
    return key(table, row) if row else None


def _ordered(connection: Connection, column: Column[Any]) -> Any:  # noqa: ANN401  SQLAlchemy's
    """A key as both databases order it: texts by their bytes, whatever the language of the one."""
    by_bytes = column.type.python_type is str and connection.dialect.name != engines.SQLITE
    return column.collate("C") if by_bytes else column


def rows(connection: Connection, table: CoreTable) -> Iterator[Mapping[str, Any]]:
    """Every row in the order of its key, the marks of the move left out."""
    order = [_ordered(connection, column) for column in keys(table)]
    rows = select(table).order_by(*order).execution_options(yield_per=batch(table))
    if table.name == "marks":
        rows = rows.where(table.c.key.not_in(HIDDEN))
    for row in connection.execute(rows):
        yield dict(row._mapping)  # noqa: SLF001  as above


def mark(connection: Connection, key: str) -> str | None:
    """A small fact that is remembered; None when it is not."""
    value = connection.scalar(text("SELECT value FROM marks WHERE key = :key"), {"key": key})
    return None if value is None else str(value)


def put_mark(connection: Connection, key: str, value: str) -> None:
    """Remember a small fact."""
    connection.execute(text("DELETE FROM marks WHERE key = :key"), {"key": key})
    row = {"key": key, "value": value}
    connection.execute(text("INSERT INTO marks (key, value) VALUES (:key, :value)"), row)
