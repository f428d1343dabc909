"""Whether a database is the one that worked here last, or was put back from a copy.

Two things tell. A copy the program made says so itself. And beside an SQLite file lies another,
``<file>.head``, with the journal's head as of the last pass: a database that ends before it, or
has another row there, is an older one. Who puts the whole machine back, that file included, is
not noticed here; only the head in an administrator's daily mail knows better then.
"""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import structlog

from mailbot.store import Store, Tx, engine, journal, marks
from mailbot.store.copies import COPIED
from mailbot.store.tables import Event

log = structlog.get_logger()


def _witness(store: Store) -> Path | None:
    file = engine.file_of(store.engine)
    return file.with_name(f"{file.name}.head") if file else None


def copied(tx: Tx) -> datetime | None:
    """When the copy was made that this database came from; None when it is no copy."""
    found = marks.get(tx, COPIED)
    return datetime.fromisoformat(found) if found else None


def hold(tx: Tx, now: datetime) -> None:
    """Treat a database as put back from a copy: for those the program did not copy itself."""
    marks.put(tx, COPIED, now.astimezone(UTC).isoformat())


def noted(store: Store) -> journal.Head | None:
    """The head that was noted beside the database; None when none was."""
    file = _witness(store)
    if file is None or not file.exists():
        return None
    return journal.parsed_head(file.read_text(encoding="ascii", errors="replace"))


def doubt(store: Store) -> str | None:
    """Why a database cannot be the one that worked here last; None when it can."""
    told = noted(store)
    with store.read() as tx:
        if made := copied(tx):
            return f"viene de una copia, o se detuvo con mailbot hold, el {made:%Y-%m-%d %H:%M} UTC"
        return _behind(tx, told) if told else None


def _behind(tx: Tx, told: journal.Head) -> str | None:
    end = journal.head(tx)
    if end.count < told.count:
        return f"es anterior: le faltan las últimas {told.count - end.count} filas de la bitácora"
    last = tx.get(Event, told.count)
    if last and last.hash != told.hash:
        return "no es la que trabajó aquí: su bitácora es otra"
    return None


def note(store: Store) -> None:
    """Note the journal's head beside the database; a full disk is told, and stops nothing."""
    file = _witness(store)
    if file is None:
        return
    with store.read() as tx:
        end = str(journal.head(tx))
    with contextlib.suppress(FileNotFoundError):
        if file.read_text(encoding="ascii", errors="replace") == end:
            return
    temporary = file.with_name(f".{file.name}.nueva")
    try:
        temporary.write_text(end, encoding="ascii")
        temporary.replace(file)
    except OSError as error:
        log.warning("head_not_noted", file=str(file), reason=str(error))


def over(tx: Tx) -> None:
    """An operator has looked: from here on this database is the one that works here."""
    marks.drop(tx, COPIED)
