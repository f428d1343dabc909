"""Which schema a database has, and how it gets to this program's. The home of alembic.

The history lies in ``migrations/versions``. An empty database gets the newest schema at once. An
older SQLite database is copied and brought up when it is opened; PostgreSQL only when told to
(`mailbot db upgrade`). Each step is one transaction, and who runs them is alone: killed at any
moment, the next run goes on with the step that did not end.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Column, Connection, Engine, MetaData, String, inspect, text
from sqlalchemy import Table as CoreTable
from sqlalchemy.exc import OperationalError

from mailbot.errors import ConfigError, Unreachable
from mailbot.store.engine import MIGRATION, READS, SQLITE, file_of, opened, unhurried
from mailbot.store.tables import Table

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

FOLDER = Path(__file__).parent / "migrations"
KNOWN = tuple(sorted(file.stem for file in (FOLDER / "versions").glob("[0-9]*.py")))
HEAD = KNOWN[-1]
"""The schemas there have been, and this program's."""

_VERSION = CoreTable(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)
_BEFORE = {"1": "0001_plain", "2": "0002_encrypted"}
"""What the mark `schema` of a database without alembic's table means."""
_SINCE = "3"
"""What that mark says from the third on: it makes the programs of the first two refuse."""

_NEWER = (
    "store.url: la base de datos es de la versión {found}, que este programa no conoce (llega "
    "hasta la {head}). La usó un mailbot más nuevo: instale ese, o restaure la copia que se hizo "
    "antes de actualizar."
)
_OLDER = (
    "store.url: la base de datos es de la versión {found} y este programa usa la {head}. Detenga "
    "el servicio, haga una copia (pg_dump) y ejecute: mailbot db upgrade"
)


def found(connection: Connection) -> str | None:
    """The schema of a database, by its revision; None when it is empty."""
    there = set(inspect(connection).get_table_names())
    if _VERSION.name in there:
        return connection.scalar(_VERSION.select())
    if "marks" not in there:
        return None
    mark = connection.scalar(text("SELECT value FROM marks WHERE key = 'schema'"))
    return _BEFORE.get(mark, mark) if mark else KNOWN[1]


def at(url: str) -> str | None:
    """The schema of the database at a URL, looked at and not changed; None when it is empty."""
    looked = opened(url)
    file = file_of(looked)
    if file and not file.exists():
        return None
    try:
        with looked.connect().execution_options(**{READS: True}) as connection:
            return found(connection)
    except OperationalError as error:
        raise Unreachable(f"no se puede abrir la base de datos: {error.orig}") from None
    finally:
        looked.dispose()


def bring_up(
    engine: Engine, copy: Callable[[str], object], *, told: bool = False
) -> tuple[str | None, str]:
    """Make sure of this program's schema; what it was before, and what it is.

    `copy` is called with the old schema before it is changed; `told` when an operator wants it.
    """
    with engine.connect().execution_options(**{READS: True}) as connection:
        before = found(connection)
    if before == HEAD:
        return before, HEAD
    with alone(engine):
        return _bring_up(engine, copy, told=told), HEAD


def _bring_up(engine: Engine, copy: Callable[[str], object], *, told: bool) -> str | None:
    with _step(engine) as connection:
        before = found(connection)  # somebody may have been faster
        if before is None:
            _create(connection)
    if before is None or before == HEAD:
        return before
    if before not in KNOWN:
        raise ConfigError(_NEWER.format(found=before, head=HEAD))
    if not told and engine.dialect.name != SQLITE:
        raise ConfigError(_OLDER.format(found=before, head=HEAD))
    copy(before)
    for step in KNOWN[KNOWN.index(before) + 1 :]:
        _climb(engine, before, step)
        log.info("schema_upgraded", to=step)
    return before


def _create(connection: Connection) -> None:
    Table.metadata.create_all(connection)
    _stamp(connection, HEAD)
    mark = Table.metadata.tables["marks"].insert()
    connection.execute(mark.values(key="schema", value=_SINCE))


def _stamp(connection: Connection, revision: str) -> None:
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=revision))


def _climb(engine: Engine, since: str, to: str) -> None:
    """One step, with the note that it was taken, in one transaction."""
    from alembic import command  # noqa: PLC0415  few databases need it, and it is slow to come

    with _step(engine) as connection:
        if not inspect(connection).has_table(_VERSION.name):
            _stamp(connection, since)
        command.upgrade(_config(connection), to)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def drift(engine: Engine) -> list[str]:
    """Where the database differs from what the program expects."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  as above
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    with engine.connect().execution_options(**{READS: True}) as connection:
        options = {"compare_type": True, "include_object": _ours}
        context = MigrationContext.configure(connection, opts=options)
        return [str(d) for d in compare_metadata(context, Table.metadata)]


def _ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001  alembic's
    """Other programs' tables in the same database are none of our business."""
    return kind != "table" or name in Table.metadata.tables


# ------------------------------------------------------------------ alone, and whole or not at all


@contextmanager
def _step(engine: Engine) -> Iterator[Connection]:
    """One transaction in which SQLite's tables may be rebuilt: their keys are held at its end."""
    with engine.connect() as connection:
        _pragmas(connection, "foreign_keys=OFF", "legacy_alter_table=ON")
        try:
            with connection.begin():
                yield connection
                _keys_hold(connection)
        finally:
            _pragmas(connection, "foreign_keys=ON", "legacy_alter_table=OFF")


def _pragmas(connection: Connection, *pragmas: str) -> None:
    """Past SQLAlchemy, which would begin a transaction: in one they say nothing."""
    raw = connection.connection.driver_connection
    if connection.dialect.name == SQLITE and raw is not None:
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")


def _keys_hold(connection: Connection) -> None:
    if connection.dialect.name == SQLITE:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise ConfigError(f"store.url: {len(broken)} filas apuntan a otras que no existen.")


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """One at a time changes the schema: the others wait, then find it done."""
    file = file_of(engine)
    if file:
        lock = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
    elif engine.dialect.name == SQLITE:
        yield  # in memory: nobody else is there
    else:
        options = {READS: True, "isolation_level": "AUTOCOMMIT"}
        with engine.connect().execution_options(**options) as connection:
            unhurried(connection)  # others wait for as long as the first one needs
            connection.exec_driver_sql("SET lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION})")
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION})")
                connection.invalidate()  # it has a setting of its own
