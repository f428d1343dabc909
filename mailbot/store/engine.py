"""A database at an SQLAlchemy URL, tamed: durable, and one who judges at a time.

On SQLite `begin` is ``BEGIN IMMEDIATE``; on PostgreSQL it takes an advisory lock that lasts as long
as the transaction. So what a transaction has read nobody changes before it ends, the same on both.
A reader sees one moment, and waits for nobody. On PostgreSQL a transaction may also run *beside*
the others, without that lock: one that only changes rows of its own, on conditions that stand in
the very statement, and writes nothing into the journal. The home of tenacity.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from mailbot.errors import ConfigError

READS = "mailbot_reads_only"
BESIDE = "mailbot_beside"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_WRITER = int.from_bytes(b"mailbot")
MIGRATION = _WRITER + 1
"""The advisory locks of PostgreSQL: who writes, and who changes the schema."""
DAMAGED = (
    "store.url: el archivo de la base de datos está dañado ({reason}). No se hizo nada. Restaure "
    "la última copia: mailbot restore ARCHIVO"
)
_MILLISECONDS = 30_000
PRAGMAS = (
    f"busy_timeout={_MILLISECONDS}",  # first: the next may have to wait for who upgrades
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)
_OPTIONS = f"-c lock_timeout={_MILLISECONDS} -c idle_in_transaction_session_timeout=600000"


CONNECT_SECONDS = 10
MOST_SECONDS = 120.0
"""So long a connection to a server may be in use, one transaction: who is mute is not waited for.
The server's own limits are its word, and a server that hangs keeps none."""


def opened(url: str) -> Engine:
    """An engine for a URL; ConfigError when it is none, or of a database we do not know."""
    try:
        dialect = make_url(url).get_backend_name()
        served = dialect == POSTGRESQL  # a file does not hang up: only a server is asked first
        arguments = {"options": _OPTIONS, "connect_timeout": CONNECT_SECONDS} if served else {}
        engine = create_engine(url, pool_pre_ping=served, connect_args=arguments)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"store.url: «{url}» no sirve: {error}.") from None
    except ImportError as error:
        raise ConfigError(
            f"store.url: falta el programa que habla con esa base ({error}). Para PostgreSQL "
            "instale mailbot[postgresql]."
        ) from None
    if dialect not in (SQLITE, POSTGRESQL):
        raise ConfigError(f"store.url: «{dialect}» no se admite: use SQLite o PostgreSQL.")
    (_tame_sqlite if dialect == SQLITE else _tame_postgresql)(engine)
    return engine


def reader(engine: Engine) -> Engine:
    """The same database, for transactions that only read: each sees one moment."""
    if engine.dialect.name == SQLITE:
        return engine.execution_options(**{READS: True})
    return engine.execution_options(
        **{READS: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )


def beside(engine: Engine) -> Engine:
    """The same database, for transactions that need not be alone; SQLite has no such."""
    return engine.execution_options(**{BESIDE: True})


def file_of(engine: Engine) -> Path | None:
    """The file of an SQLite database; None when there is none."""
    name = engine.url.database
    return Path(name) if engine.dialect.name == SQLITE and name and name != ":memory:" else None


def _tame_sqlite(engine: Engine) -> None:
    """Durable, foreign keys held; what is deleted is overwritten."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
        connection.isolation_level = None  # we begin transactions ourselves, see below
        for pragma in PRAGMAS:
            _set(connection, pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and error.sqlite_errorcode == SQLITE_BUSY


@retry(
    retry=retry_if_exception(_is_busy),
    wait=wait_random(0.01, 0.05),
    stop=stop_after_delay(_MILLISECONDS / 1000),
    reraise=True,
)
def _set(connection: Any, pragma: str) -> None:  # noqa: ANN401  the driver's own
    """Set a pragma; who changes an old file to a log beside it is not waited for by itself."""
    connection.execute(f"PRAGMA {pragma}")


def _tame_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        if not connection.get_execution_options().keys() & {READS, BESIDE}:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401  the driver's
        record.record_info[_LIMIT] = limit = _Limit(connection.pgconn.socket)
        limit.start()

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: object, record: Any) -> None:  # noqa: ANN401  the pool's own
        if limit := record.record_info.pop(_LIMIT, None):
            limit.cancel()


_LIMIT = "mailbot_limit"


def unhurried(connection: Connection) -> None:
    """Let a connection be open for as long as it takes: one that is held for the lock it has."""
    if limit := connection.connection.record_info.pop(_LIMIT, None):  # type: ignore[union-attr]
        limit.cancel()


@contextmanager
def hurried(connection: Connection) -> Iterator[None]:
    """Use such a connection for a moment: a server that is mute is not waited for."""
    limit = _Limit(connection.connection.pgconn.socket)
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


class _Limit(threading.Timer):
    """Cuts the wire of a connection that is in use for too long."""

    def __init__(self, wire: int) -> None:
        self.wire = socket.socket(fileno=os.dup(wire))  # the number alone may be another's by then
        super().__init__(MOST_SECONDS, self._cut)
        self.daemon = True

    def _cut(self) -> None:
        with suppress(OSError):
            self.wire.shutdown(socket.SHUT_RDWR)

    def cancel(self) -> None:
        """It was given back in time."""
        super().cancel()
        self.wire.close()
