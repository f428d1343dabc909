"""The whole store from one database to another: every table, as it is stored, checked row by row.

What is encrypted travels so, with the database's own key among the marks; nothing is opened.
Rows go in the order of their keys, some hundred in a transaction, the marks last: so a move that
was interrupted goes on where it stopped, and until it is over the target says of itself that it is
a copy, on which no bot does anything. Afterwards the source says so.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    make_url,
    select,
    text,
    tuple_,
)
from sqlalchemy import Table as CoreTable

from mailbot.errors import ConfigError
from mailbot.store import Store, journal, schema, stored
from mailbot.store import engine as engines
from mailbot.store.copies import COPIED
from mailbot.store.tables import Event

Advanced = Callable[[int], None]


@dataclass
class Moved:
    """How many rows each table has, and how many of them were copied this time."""

    rows: dict[str, int] = field(default_factory=dict)
    copied: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


# ------------------------------------------------------------------ the move


class Move:
    """From one engine to another, both at this program's schema."""

    def __init__(self, source: Engine, target: Engine) -> None:
        self.source, self.target, self.tables = source, target, stored.plain()
        self.theirs, self.ours = engines.reader(source), engines.reader(target)

    def prepare(self) -> None:
        """Hold the source, and make sure that the target is empty or this very move's.

        ConfigError when it is not, or when the source is held for another reason.
        """
        schema.bring_up(self.target, lambda _: None)
        with self.source.begin() as source, self.target.begin() as target:
            identity = self._identity(source)
            known = stored.mark(target, stored.MOVING)
            if known is None and (other := self._holding(target)):
                raise ConfigError(_FULL.format(tables=", ".join(other)))
            if known not in (None, identity):
                raise ConfigError(_ANOTHER)
            now = datetime.now(UTC).isoformat()
            self._hold(source, now)
            if known is None:
                stored.put_mark(target, stored.MOVING, identity)
                stored.put_mark(target, COPIED, now)

    def _identity(self, source: Connection) -> str:
        """What tells a source from others and from itself at another time."""
        head, veil = (stored.mark(source, key) for key in ("journal_head", "veil"))
        return json.dumps([head, veil])

    def _hold(self, source: Connection, now: str) -> None:
        """From here on nobody does anything at the source: nothing changes while it is copied."""
        held = stored.mark(source, COPIED)
        if held and not stored.mark(source, stored.MOVING):
            raise ConfigError(_HELD)
        if not held:
            stored.put_mark(source, COPIED, now)
            stored.put_mark(source, stored.MOVING, "away")

    def _holding(self, target: Connection) -> list[str]:
        """The tables of a target that hold anything: a new one has only the mark of its schema."""
        rows = {name: stored.count(target, table) for name, table in self.tables.items()}
        rows["marks"] -= stored.mark(target, "schema") is not None
        return [name for name, count in rows.items() if count]

    def count(self) -> Moved:
        """How many rows there are to move."""
        with self.theirs.connect() as source:
            return Moved({name: stored.count(source, table) for name, table in self.tables.items()})

    def copy(self, moved: Moved, advanced: Advanced) -> None:
        """Every table but the marks, from where the last run stopped."""
        for name, table in self.tables.items():
            if name != "marks":
                moved.copied[name] = self._copy(table, advanced)

    def _copy(self, table: CoreTable, advanced: Advanced) -> int:
        done = 0
        with self.ours.connect() as target:
            there = stored.count(target, table)
            last = stored.last(target, table) if there else None
        advanced(there)
        while rows := self._after(table, last):
            with self.target.begin() as target:
                target.execute(table.insert(), [dict(row._mapping) for row in rows])  # noqa: SLF001  SQLAlchemy's public name for it
            last, done = stored.key(table, rows[-1]), done + len(rows)
            advanced(len(rows))
        return done

    def _after(self, table: CoreTable, last: Sequence[Any] | None) -> Sequence[Row[Any]]:
        """The next rows in the order of their keys."""
        keys = stored.keys(table)
        rows = select(table).order_by(*keys)
        rows = rows.limit(stored.batch(table))
        if last is not None:
            rows = rows.where(tuple_(*keys) > tuple_(*last))
        with self.theirs.connect() as source:
            return source.execute(rows).all()

    # ---------------------------------------------------------- whether it is the same

    def differing(self, advanced: Advanced) -> list[str]:
        """Where the target is not what the source is, row by row; nothing when it is."""
        return [
            f"{name} {key}"
            for name, table in self.tables.items()
            for key in self._differing(table, advanced)
        ]

    def _differing(self, table: CoreTable, advanced: Advanced) -> Iterator[str]:
        """The keys of rows that differ or stand on one side only."""
        with self.theirs.connect() as source, self.ours.connect() as target:
            ours, theirs = (stored.rows(c, table) for c in (source, target))
            mine, other = next(ours, None), next(theirs, None)
            while mine or other:
                if mine == other:
                    advanced(1)
                    mine, other = next(ours, None), next(theirs, None)
                elif other is None or (mine and stored.is_before(table, mine, other)):
                    yield stored.named(table, mine or {})
                    mine = next(ours, None)
                else:
                    yield stored.named(table, other)
                    same = mine is not None and stored.values(table, mine) == stored.values(
                        table, other
                    )
                    mine, other = next(ours, None) if same else mine, next(theirs, None)

    # ---------------------------------------------------------- the end

    def finish(self) -> None:
        """The marks, with the key among them; sequences go on after what is there."""
        marks = self.tables["marks"]
        with self.theirs.connect() as source, self.target.begin() as target:
            rows = [r for r in stored.rows(source, marks) if r["key"] not in stored.HIDDEN]
            target.execute(marks.delete().where(marks.c.key.not_in(stored.HIDDEN)))
            target.execute(marks.insert(), [dict(row) for row in rows])
            if target.dialect.name != engines.SQLITE:
                for name, highest in _sequences(source).items():
                    target.execute(_SET, {"name": name, "highest": max(highest, 1)})

    def open(self) -> None:
        """The target is the store from here on."""
        marks = self.tables["marks"]
        with self.target.begin() as target:
            target.execute(marks.delete().where(marks.c.key.in_(stored.HIDDEN)))


@contextmanager
def ends(source: str, target: str, keys: Sequence[SecretStr]) -> Iterator[tuple[Engine, Engine]]:
    """Both databases: the source brought to this program's schema, an SQLite file that is there.

    ConfigError when it is not, or the target is no PostgreSQL.
    """
    old, new = engines.opened(source), engines.opened(target)
    try:
        file = engines.file_of(old)
        if file is None or not file.exists():
            raise ConfigError(
                f"{shown(source)}: no es un archivo de SQLite que exista (sqlite:///RUTA)."
            )
        if new.dialect.name != engines.POSTGRESQL:
            raise ConfigError(f"{shown(target)}: el destino debe ser PostgreSQL (postgresql://…).")
        Store(source, keys).close()  # its schema, and that our keys open it
        yield old, new
    finally:
        old.dispose()
        new.dispose()


def shown(url: str) -> str:
    """An URL as it may be printed: without its password."""
    return make_url(url).render_as_string(hide_password=True)


def settle(target: str, keys: Sequence[SecretStr], operator: str, rows: int) -> None:
    """Open the target as the store it is now, and note in its journal that it was moved.

    ConfigError when its journal is not whole.
    """
    with closing(Store(target, keys)) as store, store.begin() as tx:
        if broken := journal.verify(tx):
            raise ConfigError(f"La bitácora trasladada no está íntegra: {broken.reason}.")
        event = Event(at=datetime.now(UTC), name="database_moved", actor=operator)
        event.detail = f"{rows} rows"
        journal.append(tx, event)


_SET = text(
    "SELECT setval(CAST(pg_get_serial_sequence(:name, 'id') AS regclass), :highest) "
    "WHERE pg_get_serial_sequence(:name, 'id') IS NOT NULL"
)


def _sequences(source: Connection) -> dict[str, int]:
    """The highest number each table has ever given, also to rows that are gone."""
    given = text("SELECT name, seq FROM sqlite_sequence")
    return {str(name): int(seq) for name, seq in source.execute(given)}


_FULL = (
    "La base de destino ya tiene datos ({tables}): no se mezcla con ellos. Elija una base vacía."
)
_ANOTHER = (
    "La base de destino tiene a medias el traslado de otra base, o de esta misma antes de que "
    "siguiera trabajando. Bórrela, créela de nuevo y repita."
)
_HELD = (
    "La base de origen viene de una copia y nadie ha confirmado que siga con ella: ejecute primero "
    "mailbot resume."
)
