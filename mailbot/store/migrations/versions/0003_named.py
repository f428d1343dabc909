"""Constraints have names, numbers are never given twice, UIDs have room: the same on PostgreSQL.

An empty database begins here. The tables of an SQLite database are written anew, one by one.

Revision ID: 0003_named
Revises: 0002_encrypted
"""

from alembic import op
from sqlalchemy import Connection, Table, inspect, text

from mailbot.store.migrations.third import TABLES

revision = "0003_named"
down_revision = "0002_encrypted"


def upgrade() -> None:
    """Every table as it is to be, with the rows it had."""
    connection = op.get_bind()
    known = set(inspect(connection).get_table_names())
    for table in TABLES.sorted_tables:
        if table.name in known:
            _write_anew(connection, table)
        else:
            table.create(connection)
    connection.execute(text("DELETE FROM marks WHERE key = 'schema'"))
    connection.execute(text("INSERT INTO marks (key, value) VALUES ('schema', '3')"))


def _write_anew(connection: Connection, table: Table) -> None:
    old = f"old_{table.name}"
    for index in inspect(connection).get_indexes(table.name):
        connection.execute(text(f"DROP INDEX {index['name']}"))
    connection.execute(text(f"ALTER TABLE {table.name} RENAME TO {old}"))
    table.create(connection)
    there = {column["name"] for column in inspect(connection).get_columns(old)}
    kept = ", ".join(f'"{column.name}"' for column in table.columns if column.name in there)
    connection.execute(text(f"INSERT INTO {table.name} ({kept}) SELECT {kept} FROM {old}"))  # noqa: S608
    connection.execute(text(f"DROP TABLE {old}"))
