"""A store with years of history in it: one real case's rows, copied as often as wanted.

The copies are as such rows end: mails done, moved and purged of their bytes, questions used,
letters sent, accounts closed; each is older by some minutes than the one before.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine

from mailbot.store.tables import Table

STRIDE = 100
"""The room for one copy's numbers: more rows than this a case does not make."""
_PORTION = 20_000
_PLACE = "uid", "uidvalidity"
_APART = ("sha256", "message_id", "token_hash", "seat", "username", "dni", "previous", "mark")
"""What has to differ between copies, for its index says so or people are told apart by it."""
_ENDED = {
    ("mails", "raw"): "NULL",
    ("mails", "status"): "'done'",
    ("cases", "record"): "substr(record, 1, 300)",
    ("cases", "status"): "'done'",
    ("questions", "status"): "'used'",
    ("letters", "context"): "substr(context, 1, 300)",
    ("letters", "status"): "'sent'",
    ("accounts", "status"): "'closed'",
}
_KEPT = ("marks", "schools", "school_addresses", "aliases", "authenticators", "alembic_version")


def multiply(engine: Engine, cases: int) -> None:
    """Copy every row there is (those of one case or a few) `cases` times."""
    with engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            if table.name not in _KEPT:
                _copy(connection, table.name, cases)
        _go_on_counting(connection)
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _copy(connection: Connection, name: str, cases: int) -> None:
    """One table's rows; a portion is a transaction, or the log would be as large as the whole."""
    older = _OLDER[connection.dialect.name]
    columns = dict(_columns(name, older))
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(text(f"CREATE TEMPORARY TABLE first_{name} AS SELECT * FROM {name}"))  # noqa: S608  our own tables, here and below
    statement = (
        f"INSERT INTO {name} ({names}) "  # noqa: S608
        "WITH RECURSIVE copies(i) AS "
        "(SELECT :first UNION ALL SELECT i + 1 FROM copies WHERE i < :last) "
        f"SELECT {', '.join(columns.values())} FROM copies, first_{name} AS {name}"
    )
    for first in range(1, cases + 1, _PORTION):
        last = min(first + _PORTION - 1, cases)
        connection.execute(text(statement), {"first": first, "last": last})
        connection.commit()


_OLDER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', {own}, '-' || (i * 5) || ' minutes')",
    "postgresql": "{own} - i * INTERVAL '5 minutes'",
}


def _columns(name: str, older: str) -> Iterator[tuple[str, str]]:
    """Each column with what a copy has in it."""
    table = Table.metadata.tables[name]
    for column in table.columns:
        own = f'{name}."{column.name}"'
        number = (
            column.name == "id" or column.foreign_keys or column.name in (*_PLACE, "dossier_id")
        )
        if (name, column.name) in _ENDED:
            yield column.name, _ENDED[name, column.name]
        elif number:
            yield column.name, f"{own} + i * {STRIDE}"
        elif column.name in _APART:
            yield column.name, f"CAST(1000000000000 + i AS VARCHAR(16)) || substr({own}, 1, 40)"
        elif column.name == "moved_at":
            moved = f"coalesce({own}, {name}.received_at)"
            yield column.name, older.format(own=moved)
        elif column.name.endswith("_at"):
            yield column.name, older.format(own=own)
        else:
            yield column.name, own


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL counts apart from the rows; SQLite does not."""
    if connection.dialect.name != "postgresql":
        return
    for table in Table.metadata.sorted_tables:
        if "id" in table.columns:
            highest = f"(SELECT max(id) FROM {table.name})"  # noqa: S608  as above
            counter = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(text(f"SELECT setval({counter}, {highest}) WHERE {highest} > 0"))
