"""Lives of the bot's that many tests begin with: played once on each database, then copied.

Only what the bot keeps is: the mailboxes are empty afterwards.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from house import House
from postgres import Postgres

Play = Callable[[House], None]


@dataclass
class Lives:
    """What was played, by what plays it and the kind of database."""

    _kept: dict[tuple[Play, str], tuple[bytes | str, datetime]] = field(default_factory=dict)

    def begin(self, house: House, play: Play, server: Postgres | None) -> None:
        """Have a house, in whose store nothing is yet, look back on this life."""
        url = house.rules.settings.database
        key = (play, url.partition(":")[0])
        if key not in self._kept:
            play(house)
            house.post.clear()
            _shut(house)
            self._kept[key] = (_copied(url, server), house.clock.now)
        else:
            _shut(house)
            kept, house.clock.now = self._kept[key]
            _put(url, kept, server)


def _shut(house: House) -> None:
    """Close the store: it opens again when it is asked for."""
    house.store.close()
    for name in ("store", "desk"):
        house.__dict__.pop(name, None)


def _copied(url: str, server: Postgres | None) -> bytes | str:
    """A SQLite file's bytes, or the name of a database like this one."""
    if server is None:
        return _file(url).read_bytes()
    name = f"{_name(url)}_kept"
    server.copy(_name(url), name)
    return name


def _put(url: str, kept: bytes | str, server: Postgres | None) -> None:
    if isinstance(kept, bytes):
        _file(url).write_bytes(kept)
    else:
        assert server is not None
        server.copy(kept, _name(url))


def _file(url: str) -> Path:
    """The file of a SQLite database, all that was written in it."""
    place = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(place)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return place


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
