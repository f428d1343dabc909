"""From one version of the schema to the next, each step in one transaction."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Column, RowMapping, bindparam, inspect, text
from sqlalchemy.sql import quoted_name

from mailbot.errors import ConfigError
from mailbot.store import Tx, journal
from mailbot.store.seal import SealedBytes, SealedJson, SealedText, Veiled
from mailbot.store.tables import Event, Table

ENCRYPTED = (SealedBytes, SealedText, SealedJson, Veiled)


def encrypt_everything(tx: Tx) -> None:
    """Version 1 → 2: what speaks of a person is encrypted, and the journal becomes a chain."""
    if tx.get_bind().dialect.name != "sqlite":
        raise ConfigError("store.url: solo una base SQLite se puede pasar de la versión 1 a la 2.")
    _add_columns(tx)
    events = tx.execute(text("SELECT * FROM events ORDER BY id")).mappings().all()
    for table in Table.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, ENCRYPTED) and table.name != "aliases":
                _encrypt(tx, table.name, column)
    tx.execute(text("DROP TABLE events"))
    Table.metadata.tables["events"].create(tx.connection())
    for row in events:
        journal.append(tx, _event(row))


_NEW = {
    "questions": {
        "tries": "INTEGER NOT NULL DEFAULT 0",
        "approves": "BOOLEAN NOT NULL DEFAULT 0",
    },
    "letters": {"queue_id": "TEXT"},
}
"""What tables got since version 1, some of it while the version was still 1: a database may have it
already."""


def _add_columns(tx: Tx) -> None:
    for table, columns in _NEW.items():
        known = {column["name"] for column in inspect(tx.connection()).get_columns(table)}
        for name in columns.keys() - known:
            tx.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}"))


def _encrypt(tx: Tx, table: str, column: Column[object]) -> None:
    """Encrypt one column in place, row by row: a raw mail may be large."""
    name, kind = quoted_name(column.name, quote=True), column.type
    ids = tx.scalars(text(f"SELECT rowid FROM {table} WHERE {name} IS NOT NULL")).all()  # noqa: S608
    write = text(f"UPDATE {table} SET {name} = :new WHERE rowid = :id").bindparams(  # noqa: S608
        bindparam("new", type_=kind)
    )
    for id_ in ids:
        old = tx.scalar(text(f"SELECT {name} FROM {table} WHERE rowid = :id"), {"id": id_})  # noqa: S608
        new = json.loads(old) if isinstance(kind, SealedJson) else old
        tx.execute(write, {"new": new, "id": id_})


def _event(row: RowMapping) -> Event:
    at = datetime.fromisoformat(str(row["at"])).replace(tzinfo=UTC)
    kept = {key: row[key] for key in ("name", "actor", "case_id", "mail_id", "detail")}
    return Event(at=at, **kept)


STEPS: Mapping[str, tuple[str, Callable[[Tx], None]]] = {
    "1": ("2", encrypt_everything),
    "2": ("3", _add_columns),
}
"""From each older version: the next one, and how to get there."""
