"""What the bot remembers. The home of SQLAlchemy.

`Store.begin()` opens a transaction; the modules beside this one are the verbs that work in it:
``mails``, ``cases``, ``letters``, ``accounts``, ``schools``. One visit to the pipeline is one
transaction, so that a cause and its letters are kept together or not at all.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from mailbot.errors import ConfigError, Unreachable
from mailbot.store import seal
from mailbot.store.tables import Mark, Table

SCHEMA = "3"
Tx = Session
_VEIL = "veil"
_READS = "mailbot_reads_only"

BROKEN_WIRE = (Unreachable, OperationalError, InterfaceError)
"""The errors that speak of the database, and not of what was written to it."""


class Store:
    """A database at an SQLAlchemy URL, its tables made when they are not there.

    `keys` encrypt what is personal in it: the first writes, all read.
    """

    def __init__(self, url: str, keys: Sequence[SecretStr]) -> None:
        self.ring = seal.Keyring(keys)
        try:
            self.engine = create_engine(url, pool_pre_ping=True)
        except (ArgumentError, ImportError) as error:
            raise ConfigError(f"store.url: «{url}» no sirve: {error}.") from None
        if self.engine.dialect.name == "sqlite":
            _tame_sqlite(self.engine)
        seal.lay(self.engine.dialect, self.ring)
        self._reader = self.engine.execution_options(**{_READS: True})
        self._prepare()

    def _prepare(self) -> None:
        try:
            Table.metadata.create_all(self.engine)
            with self.begin() as tx:
                self._take_veil(tx)
                upgraded = self._upgrade(tx)
            if upgraded:
                self.scrub()
        except OperationalError as error:
            raise Unreachable(f"no se puede abrir la base de datos: {error.orig}") from None

    def _take_veil(self, tx: Tx) -> None:
        """The database's own key, sealed under the first of ours: also the proof that they fit."""
        kept = tx.get(Mark, _VEIL)
        if kept is None:
            self.ring.veil = seal.new_veil()
            tx.add(Mark(key=_VEIL, value=self.ring.seal_text(self.ring.veil.hex(), _VEIL)))
        else:
            self.ring.veil = bytes.fromhex(self.ring.open_text(kept.value, _VEIL))

    def _upgrade(self, tx: Tx) -> bool:
        """Bring an older database to this version; whether there was anything to do."""
        from mailbot.store.upgrade import STEPS  # noqa: PLC0415  it needs this module whole

        found = tx.get(Mark, "schema")
        if found is None:
            tx.add(Mark(key="schema", value=SCHEMA))
            return False
        before = found.value
        while found.value in STEPS:
            found.value, step = STEPS[found.value]
            step(tx)
        if found.value != SCHEMA:
            raise ConfigError(
                f"store.url: la base de datos es de la versión {found.value} y este "
                f"programa usa la {SCHEMA}. Use la versión de mailbot que la creó."
            )
        return found.value != before

    def rewrap(self) -> None:
        """Seal the database's own key under the first key: the last act of a rotation."""
        with self.begin() as tx:
            kept = tx.get_one(Mark, _VEIL)
            kept.value = self.ring.seal_text(self.ring.veil.hex(), _VEIL)

    def scrub(self, *, whole: bool = True) -> None:
        """Leave nothing of what was deleted in the files; `whole` also rebuilds the database."""
        if self.engine.dialect.name != "sqlite":
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
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that only reads: it waits for no writer."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _tame_sqlite(engine: Engine) -> None:
    """Durable, one writer at a time, foreign keys held; what is deleted is overwritten."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
        connection.isolation_level = None  # we begin transactions ourselves, see below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:  # noqa: ANN401
        reads = connection.get_execution_options().get(_READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
