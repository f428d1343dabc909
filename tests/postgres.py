"""A PostgreSQL of the tests' own: in a temporary folder, on a socket, gone when they are.

Each test gets a database that is a clone of one with the schema in it: quicker than making tables.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import create_engine, text

from mailbot.store import Store

_USER, _GROUP = "nobody", "nogroup"
"""PostgreSQL refuses to run as root: then it runs as this one."""
_SPEED = ("-c", "fsync=off", "-c", "full_page_writes=off")
_QUIET = ("-c", "listen_addresses=", "-c", "max_connections=200", "-c", "log_min_messages=panic")

_WATCHES = """
read -r _ # nothing is ever said: until whoever started it is gone
"$0/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
rm -rf "$1"
"""


def folder() -> Path | None:
    """Where the server's programs are; None when there is none."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@dataclass
class Postgres:
    """A running server."""

    root: Path
    programs: Path
    keeps: bool = False
    """Whether what it committed outlives its own end (fsync is for that of the machine)."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://mailbot@/{name}?host={self.root}"

    def empty(self) -> str:
        """A new database with nothing in it; its URL."""
        return self._new("template0")

    def fresh(self) -> str:
        """A new database with this program's schema in it; its URL."""
        return self._new(self._template)

    @cached_property
    def _template(self) -> str:
        url = self.empty()
        store = Store(url, [SecretStr("solo para crear las tablas" * 2)])
        with store.begin() as tx:
            tx.execute(text("DELETE FROM marks WHERE key = 'veil'"))  # each makes its own
        store.close()
        return url.partition("?")[0].rpartition("/")[2]

    def _new(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        self.copy(template, name)
        return self.url(name)

    def copy(self, template: str, name: str) -> None:
        """A database that is a clone of another; one of its name is gone."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run one of the server's programs, as who may."""
        return subprocess.run(
            [self.programs / program, *words],
            check=True,
            capture_output=True,
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            **self._who,
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """The server and its folder are gone afterwards, also when we are killed before that."""
        words = ("sh", "-c", _WATCHES, str(self.programs), str(self.root))
        with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, **self._who):
            yield

    @property
    def _who(self) -> dict[str, Any]:
        """Who may run the server's programs."""
        if os.geteuid() != 0:
            return {}
        return {"user": _USER, "group": _GROUP, "extra_groups": []}

    def server(self, order: str) -> None:
        """Start it, or stop it at once."""
        data, log = str(self.root / "data"), str(self.root / "log")
        waits = f"synchronous_commit={'on' if self.keeps else 'off'}"
        options = " ".join((*_SPEED, *_QUIET, "-c", waits, "-k", str(self.root)))
        words = ["-l", log, "-o", options] if order == "start" else ["-m", "immediate"]
        self.run("pg_ctl", "-D", data, "-w", *words, order)


@contextmanager
def running(*, keeps: bool = False) -> Iterator[Postgres]:
    """A server, while it is needed; `keeps`: what it has said to be committed stays so."""
    programs = folder()
    assert programs is not None
    root = Path(tempfile.mkdtemp(prefix="mailbot-pg-"))
    if os.geteuid() == 0:
        shutil.chown(root, _USER, _GROUP)
    made = Postgres(root, programs, keeps)
    with made.watched():
        made.run("initdb", "-D", str(root / "data"), "-U", "mailbot", "-A", "trust", "-N")
        made.server("start")
        yield made
