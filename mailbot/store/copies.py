"""Copies of an SQLite database, made while it is used, whole or not there at all.

A copy says of itself that it is one, so that a bot started on it does nothing before an operator
has looked (see ``epoch``). What is encrypted in the database is encrypted in the copy.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailbot.errors import ConfigError
from mailbot.store.seal import Keyring

COPIED = "copied"
"""The mark of a copy: when it was made."""
_PURPOSE = "copy"
_SEALED = b"m1:"
_PLAIN = "0001_plain"


def write(file: Path, to: Path, now: datetime) -> None:
    """Copy a database, of one moment, to a file only its owner reads; ConfigError when it fails.

    It is checked before it takes its name: there is never half a copy under `to`.
    """
    with (
        _new(to) as temporary,
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(temporary)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, wherever it is taken
        _mark(copy, now)
        _check(copy, file)


def before_upgrade(file: Path, schema: str, ring: Keyring) -> Path:
    """A copy beside a database whose schema is about to change.

    The first schema held everything in clear: its copy is sealed as a whole, and `mailbot restore`
    opens it.
    """
    to = file.with_name(f"{file.name}.{schema}.copia")
    write(file, to, datetime.now(UTC))
    if schema == _PLAIN:
        clear = to.read_bytes()
        with _new(to) as temporary:
            temporary.write_bytes(ring.seal(clear, _PURPOSE))
    return to


def put_back(copy: Path, file: Path, ring: Keyring) -> Path | None:
    """Have a copy take a database's place; where the database went, None when there was none.

    ConfigError when the database is in use, or the copy is not whole.
    """
    with _new(file) as temporary:
        if copy.read_bytes()[: len(_SEALED)] == _SEALED:
            temporary.write_bytes(ring.open(copy.read_bytes(), _PURPOSE))
        else:
            shutil.copyfile(copy, temporary)
        with closing(sqlite3.connect(temporary)) as opened:
            _check(opened, copy)
            if not opened.execute("SELECT 1 FROM marks WHERE key = ?", [COPIED]).fetchone():
                _mark(opened, datetime.fromtimestamp(copy.stat().st_mtime, UTC))
        return _set_aside(file) if file.exists() else None


def _set_aside(file: Path) -> Path:
    """Move a database nobody uses out of the way, with what belongs to it."""
    try:
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE").fetchone()  # only who is alone may
    except sqlite3.OperationalError as error:
        raise ConfigError(
            f"{file}: la base de datos está en uso ({error}): detenga el servicio y repita la "
            "orden."
        ) from None
    except sqlite3.DatabaseError:
        pass  # damaged: nothing more can be learned from it
    to = file.with_name(f"{file.name}.{datetime.now(UTC):%Y%m%dT%H%M%S}.reemplazada")
    for tail in ("", "-wal", "-shm"):
        part = Path(f"{file}{tail}")
        if part.exists():
            part.rename(f"{to}{tail}")
    return to


def _mark(copy: sqlite3.Connection, now: datetime) -> None:
    with copy:
        copy.execute("DELETE FROM marks WHERE key = ?", [COPIED])
        copy.execute("INSERT INTO marks (key, value) VALUES (?, ?)", [COPIED, now.isoformat()])


def _check(copy: sqlite3.Connection, file: Path) -> None:
    try:
        (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise ConfigError(f"{file}: no es una base de datos íntegra: {said}.")


@contextmanager
def _new(to: Path) -> Iterator[Path]:
    """A file that takes its name only when it is whole and on the disk."""
    temporary = to.with_name(f".{to.name}.nueva")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield temporary
        _to_disk(temporary)
        temporary.replace(to)
        _to_disk(to.parent)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{to}: no se pudo escribir: {error}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
