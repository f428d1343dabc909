"""What the bot remembers. The home of SQLAlchemy.

`Store.begin()` opens a transaction; the modules beside this one are the verbs that work in it:
``mails``, ``cases``, ``letters``, ``accounts``, ``schools``. One visit to the pipeline is one
transaction, so that a cause and its letters are kept together or not at all.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from mailbot.errors import ConfigError, Unreachable
from mailbot.store import copies, engine, schema, seal, veil

Tx = Session

Fence = Callable[[Tx], None]
"""Refuses a transaction whose work is somebody else's by now: it raises Unreachable."""
Carry = Callable[[Tx, str, int], None]
"""Has others told, when a transaction is committed, that a row has work to do: its kind, its id."""

BROKEN_WIRE = (Unreachable, OperationalError, InterfaceError, InternalError)
"""The errors that speak of the database, and not of what was written to it: PostgreSQL says that it
only reads, after it has changed places with its replica, in the last of them."""


class Store:
    """A database at an SQLAlchemy URL, its tables made when they are not there.

    `keys` encrypt what is personal in it: the first writes, all read. `upgrade` brings an older
    PostgreSQL database to this program's schema; an older SQLite one is brought up in any case.
    """

    def __init__(self, url: str, keys: Sequence[SecretStr], *, upgrade: bool = False) -> None:
        self.ring = seal.Keyring(keys)
        self.engine = engine.opened(url)
        seal.lay(self.engine.dialect, self.ring)
        self._reader, self._beside = engine.reader(self.engine), engine.beside(self.engine)
        self.carry: Carry | None = None
        self._fence: Fence | None = None
        with ExitStack() as unless_ready:
            unless_ready.callback(self.close)
            self._prepare(upgrade=upgrade)
            unless_ready.pop_all()

    def _prepare(self, *, upgrade: bool) -> None:
        try:
            before, now = schema.bring_up(self.engine, self._copy, told=upgrade)
            with self.read() as tx:
                ready = veil.known(tx.connection(), self.ring)
            if not ready:
                with self.begin() as tx:
                    veil.take(tx.connection(), self.ring)
            if before not in (None, now):
                self.scrub()
        except OperationalError as error:
            raise Unreachable(f"no se puede abrir la base de datos: {error.orig}") from None
        except DatabaseError as error:
            raise ConfigError(engine.DAMAGED.format(reason=error.orig)) from None

    def _copy(self, before: str) -> None:
        """Before the schema changes: what there was, beside it."""
        if file := engine.file_of(self.engine):
            copies.before_upgrade(file, before, self.ring)

    def check(self) -> None:
        """ConfigError when the pages of an SQLite file do not fit together: before any work."""
        if said := self._pragma("quick_check(1)"):
            raise ConfigError(engine.DAMAGED.format(reason="; ".join(said)))

    def problems(self) -> list[str]:
        """What is wrong with the whole database: pages, keys, schema."""
        broken = self._pragma("integrity_check") + self._pragma("foreign_key_check")
        return broken + schema.drift(self.engine)

    def _pragma(self, name: str) -> list[str]:
        """What a check of SQLite complains of."""
        if self.engine.dialect.name != engine.SQLITE:
            return []
        try:
            with self._reader.connect() as connection:
                rows = connection.exec_driver_sql(f"PRAGMA {name}").all()
        except DatabaseError as error:
            return [str(error.orig)]
        return [f"{name.partition('(')[0]}: {row[0]}" for row in rows if row[0] != "ok"]

    def rewrap(self) -> None:
        """Seal the database's own key under the first key: the last act of a rotation."""
        with self.begin() as tx:
            veil.rewrap(tx.connection(), self.ring)

    def scrub(self, *, whole: bool = True) -> None:
        """Leave nothing of what was deleted in the files; `whole` also rebuilds the database."""
        if self.engine.dialect.name != engine.SQLITE:
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            for work in (*(["VACUUM"] if whole else []), "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(work)
            cursor.close()
        finally:
            connection.close()

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Open a transaction: committed at the end, rolled back by any exception."""
        with self._session(self.engine) as session, session.begin():
            if self._fence:
                self._fence(session)
            yield session

    @contextmanager
    def beside(self) -> Iterator[Tx]:
        """Open a transaction that runs beside those of `begin`, where the database can do that.

        It changes rows of its own only, each on a condition in the statement that changes it, and
        notes nothing in the journal.
        """
        with self._session(self._beside) as session, session.begin():
            if self._fence:
                self._fence(session)
            yield session

    def fenced(self, fence: Fence) -> "Store":
        """The same store, in which every transaction that writes has to pass a fence first."""
        view = copy.copy(self)
        view._fence = fence  # noqa: SLF001  our own
        return view

    def _session(self, bound: Engine) -> Session:
        return Session(bound, expire_on_commit=False, info={"carry": self.carry})

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that only reads: it waits for no writer."""
        with self._session(self._reader) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
