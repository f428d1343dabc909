"""What speaks of a person is encrypted, and the journal becomes a chain.

Revision ID: 0002_encrypted
Revises: 0001_plain
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alembic import op
from sqlalchemy import Column, Connection, RowMapping, Table, bindparam, inspect, text
from sqlalchemy.sql import quoted_name

from mailbot.errors import ConfigError
from mailbot.masking import replaced
from mailbot.store import journal, veil
from mailbot.store.migrations.third import TABLES
from mailbot.store.seal import Keyring, SealedBytes, SealedJson, SealedText, Veiled, ring_of
from mailbot.store.tables import Event

revision = "0002_encrypted"
down_revision = "0001_plain"

_ENCRYPTED = (SealedBytes, SealedText, SealedJson, Veiled)
_LATER = ("aliases", "events")
_NEW = {"tries": "INTEGER NOT NULL DEFAULT 0", "approves": "BOOLEAN NOT NULL DEFAULT 0"}
"""What questions got while the version was still 1: a database may or may not have them."""


def upgrade() -> None:
    """Encrypt every value in place, then write the journal anew."""
    connection = op.get_bind()
    known = set(inspect(connection).get_table_names())
    if "mails" not in known:
        return
    if connection.dialect.name != "sqlite":
        raise ConfigError("store.url: solo una base SQLite se puede pasar de la versión 1 a la 2.")
    ring = ring_of(connection.dialect)
    veil.take(connection, ring)
    _add_columns(connection)
    events = connection.execute(text("SELECT * FROM events ORDER BY id")).mappings().all()
    for table in (t for t in TABLES.sorted_tables if t.name in known and t.name not in _LATER):
        for column in (c for c in table.columns if isinstance(c.type, _ENCRYPTED)):
            _encrypt(connection, table.name, column)
    connection.execute(text("DROP TABLE events"))
    _chain(connection, ring, events)


def _add_columns(connection: Connection) -> None:
    known = {column["name"] for column in inspect(connection).get_columns("questions")}
    for name in _NEW.keys() - known:
        connection.execute(text(f"ALTER TABLE questions ADD COLUMN {name} {_NEW[name]}"))


def _encrypt(connection: Connection, table: str, column: Column[Any]) -> None:
    """Encrypt one column in place, row by row: a raw mail may be large."""
    name, kind = quoted_name(column.name, quote=True), column.type
    ids = connection.scalars(text(f"SELECT rowid FROM {table} WHERE {name} IS NOT NULL")).all()  # noqa: S608
    write = text(f"UPDATE {table} SET {name} = :new WHERE rowid = :id").bindparams(  # noqa: S608
        bindparam("new", type_=kind)
    )
    for id_ in ids:
        row = {"id": id_}
        old = connection.scalar(text(f"SELECT {name} FROM {table} WHERE rowid = :id"), row)  # noqa: S608
        new = json.loads(old) if isinstance(kind, SealedJson) else old
        connection.execute(write, {"new": new, "id": id_})


# ------------------------------------------------------------------ the journal


def _chain(connection: Connection, ring: Keyring, rows: Sequence[RowMapping]) -> None:
    """The events again, each with the hash of the one before; who acted, as an alias."""
    events, aliases = TABLES.tables["events"], TABLES.tables["aliases"]
    events.create(connection)
    aliases.create(connection, checkfirst=True)
    end = journal.Head()
    for row in rows:
        event = _event(connection, ring, row, end)
        _alias(connection, aliases, ring, row["actor"], event.at)
        kept = {c.name: getattr(event, c.name) for c in events.columns}
        connection.execute(events.insert().values({**kept, "at": event.at.replace(tzinfo=None)}))
        end = journal.Head(event.id, event.hash)
    if rows:
        mark = {"key": "journal_head", "value": f"{end}:{ring.vouch(str(end))}"}
        connection.execute(text("INSERT INTO marks (key, value) VALUES (:key, :value)"), mark)


def _event(connection: Connection, ring: Keyring, row: RowMapping, end: journal.Head) -> Event:
    bot = row["actor"] == journal.BOT
    event = Event(
        id=end.count + 1,
        at=datetime.fromisoformat(str(row["at"])).replace(tzinfo=UTC),
        name=row["name"],
        actor=journal.BOT if bot else ring.pseudonym(row["actor"]),
        case_id=row["case_id"],
        mail_id=row["mail_id"],
        mail_sha256=_sha256(connection, row["mail_id"]),
        detail=replaced(row["detail"], ring.pseudonym) if row["detail"] else None,
        previous=end.hash,
    )
    event.hash = journal.hash_of(event)
    return event


def _sha256(connection: Connection, mail_id: int | None) -> str | None:
    rows = text("SELECT sha256 FROM mails WHERE id = :id")
    found: str | None = connection.scalar(rows, {"id": mail_id})
    return found


def _alias(connection: Connection, aliases: Table, ring: Keyring, actor: str, at: datetime) -> None:
    if actor == journal.BOT:
        return
    name = ring.pseudonym(actor)
    connection.execute(aliases.delete().where(aliases.c.pseudonym == name))
    row = {"pseudonym": name, "shown": actor, "last_at": at.replace(tzinfo=None)}
    connection.execute(aliases.insert().values(row))
