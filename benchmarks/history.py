"""What years of history cost: the same work with a thousand cases in the store and with many more.

``HISTORY=1000000 make bench`` for a million; 100,000 otherwise, which takes a minute to lay down.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from crowd import multiply
from house import ADMINISTRATOR, House, write_config
from rich.console import Console
from servers import Post, running

from benchmarks.born_digital import Timed, tell
from benchmarks.invented import requests
from benchmarks.sandbox import seconds
from mailbot import health, schedule

FEW, MANY = 1000, int(os.environ.get("HISTORY", "100000"))
POLLS, REQUESTS = 15, 6


def lived_in(folder: Path, post: Post, cases: int) -> House:
    """A bot with so many cases behind it."""
    house = House(write_config(folder, post), post)
    house.send_sample("5.1-alta-especialista-ugel")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    multiply(house.store.engine, cases)
    return house


def _idle(house: House) -> float:
    return seconds(lambda: schedule.one_pass(house.desk))


def _look(house: House) -> float:
    return seconds(lambda: health.gather(house.store, house.rules.settings, house.clock()))


def _request(house: House, number: int) -> float:
    """One mail, from the inbox to the question that left."""
    ((sender, raw),) = requests(1, first=70_000 + number)
    house.send(raw, sender)
    house.post._drain()  # noqa: SLF001  the tests' own
    return seconds(lambda: schedule.one_pass(house.desk))


def main() -> None:
    """Lay both histories down, and take turns."""
    os.environ.setdefault("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    with tempfile.TemporaryDirectory() as root, running() as servers:
        for way in ("IMAP", "SMTP"):
            os.environ[f"MAILBOT_{way}__PASSWORD"] = servers.password
        young, old = (
            lived_in(Path(root) / str(cases), Post(servers), cases) for cases in (FEW, MANY)
        )
        works: dict[str, Callable[[House, int], float]] = {
            "una pasada sin correos": lambda house, _turn: _idle(house),
            "un pedido, hasta preguntar": _request,
            "una mirada a la salud": lambda house, _turn: _look(house),
        }
        rows = {name: _pairs(young, old, work) for name, work in works.items()}
        _print(rows, sum(p.stat().st_size for p in old.folder.glob("mailbot.db*")))
        for house in (young, old):
            house.store.close()


def _pairs(
    young: House, old: House, work: Callable[[House, int], float]
) -> list[tuple[float, float]]:
    turns = REQUESTS if work is _request else POLLS
    work(young, -2), work(old, -1)
    return [(work(young, 2 * turn), work(old, 2 * turn + 1)) for turn in range(turns)]


def _print(rows: dict[str, list[tuple[float, float]]], size: int) -> None:
    title = f"Con {FEW:,} casos y con {MANY:,} ({size / 1e9:.1f} GB)".replace(",", " ")
    timed = [
        Timed(name, *(tuple(column) for column in zip(*pairs, strict=True)))
        for name, pairs in rows.items()
    ]
    tell(Console(), title, (str(FEW), str(MANY)), timed, alike=False)
