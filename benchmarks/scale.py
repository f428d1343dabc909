"""What March would be: a simulation of the whole country on so many workers, from measured costs.

The costs are those of docs/performance.md, in seconds of one core; ``--scale 1.5`` makes all of
them so much dearer. It answers how long an asker waits for the question to leave, and how busy
everything is, for each number of workers.
"""

import argparse
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

import simpy
from rich.console import Console
from rich.table import Table

HOUR = 3600.0
DAY = 24 * HOUR
WORKING_DAYS = 22
HOURS = {8: 0.6, 9: 1.2, 10: 1.5, 11: 1.5, 12: 1.2, 13: 0.7, 14: 0.9, 15: 1.3, 16: 1.3, 17: 0.8}
"""How much of a day's mail comes in each hour of the day, the mean of these hours being about 1."""
FRONT = 2.5
"""How much more comes on the month's first working day than on its last."""


@dataclass(frozen=True)
class Costs:
    """Seconds of one core, and bytes, for one request mail."""

    fetch: float = 0.03  # one reader a mailbox
    base: float = 0.25  # gate, verdict, check, store: whatever the papers are
    typed_page: float = 0.08
    scanned_page: float = 2.2
    letter: float = 0.05  # composed and handed to the SMTP server
    reply: float = 0.15  # a decision heard and carried out
    stored: float = 1.1e6  # bytes at rest for a request with scanned papers

    def times(self, factor: float) -> "Costs":
        """The same work, so much dearer."""
        scaled = {k: v * factor for k, v in vars(self).items() if k != "stored"}
        return replace(self, **scaled)


@dataclass(frozen=True)
class March:
    """What comes: requests of a month, how many of them scanned, and of how many pages."""

    requests: int = 340_000  # 40,000 directors and 300,000 of the schools' personnel
    scanned: float = 0.75
    pages: tuple[int, ...] = (1, 2, 2, 3, 3, 4, 6)
    letters: float = 3.2  # acknowledged, asked, answered, and some observed


@dataclass
class Seen:
    """What the simulation saw."""

    waits: list[float] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PLACES, 0.0))
    longest_queue: int = 0


PLACES = ("reader", "worker", "sender")


def arrivals(rng: Random, march: March) -> Iterator[float]:
    """The moments at which requests come, in seconds from the first midnight."""
    slope = [FRONT - (FRONT - 1) * day / (WORKING_DAYS - 1) for day in range(WORKING_DAYS)]
    slots = [(day, hour) for day in range(WORKING_DAYS) for hour in HOURS]
    weights = [slope[day] * HOURS[hour] for day, hour in slots]
    times = [
        day * DAY + (hour + rng.random()) * HOUR
        for day, hour in rng.choices(slots, weights, k=march.requests)
    ]
    return iter(sorted(times))


class Office:
    """The mailbox, its workers and its outbox."""

    def __init__(self, costs: Costs, march: March, workers: int, seed: int) -> None:
        self.costs, self.march, self.rng, self.seen = costs, march, Random(seed), Seen()
        self.clock = simpy.Environment()
        self.places = {
            "reader": simpy.Resource(self.clock, 1),
            "worker": simpy.Resource(self.clock, workers),
            "sender": simpy.Resource(self.clock, workers),
        }

    def run(self) -> Seen:
        """Play the month."""
        self.clock.process(self._fill())
        self.clock.run()
        return self.seen

    def _fill(self) -> Iterator[simpy.Event]:
        for moment in arrivals(self.rng, self.march):
            yield self.clock.timeout(max(0.0, moment - self.clock.now))
            self.clock.process(self._request())

    def _request(self) -> Iterator[simpy.Event]:
        came = self.clock.now
        yield from self._use("reader", self.costs.fetch)
        yield from self._use("worker", self._reading())
        yield from self._use("sender", self.costs.letter * self.march.letters)
        self.seen.waits.append(self.clock.now - came)
        yield from self._use("worker", self.costs.reply)

    def _reading(self) -> float:
        pages = self.rng.choice(self.march.pages)
        scanned = self.rng.random() < self.march.scanned
        page = self.costs.scanned_page if scanned else self.costs.typed_page
        return self.costs.base + pages * page * self.rng.uniform(0.6, 1.6)

    def _use(self, place: str, seconds: float) -> Iterator[simpy.Event]:
        with self.places[place].request() as turn:
            self.seen.longest_queue = max(self.seen.longest_queue, len(self.places[place].queue))
            yield turn
            yield self.clock.timeout(seconds)
        self.seen.busy[place] += seconds


def main() -> None:
    """Play it with more and more workers, and print a table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    options.add_argument("--requests", type=int, default=March.requests)
    options.add_argument("--scale", type=float, default=1.0, help="how much dearer all work is")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, nargs="+", default=(2, 4, 6, 8, 12, 16))
    wanted = options.parse_args()
    costs, march = Costs().times(wanted.scale), March(requests=wanted.requests)
    table = Table(title=f"Marzo con {march.requests:,} solicitudes".replace(",", " "))
    for heading in ("procesos", "espera mediana", "95 %", "la peor", "cola", "obreros ocupados"):
        table.add_column(heading, justify="right")
    for workers in wanted.workers:
        table.add_row(
            str(workers), *_told(Office(costs, march, workers, wanted.seed).run(), workers)
        )
    out = Console()
    out.print(table)
    out.print(f"En reposo al cabo del mes: {march.requests * costs.stored / 1e9:.0f} GB.")


def _told(seen: Seen, workers: int) -> list[str]:
    waits = statistics.quantiles(seen.waits, n=20)
    hours = WORKING_DAYS * len(HOURS) * HOUR
    return [
        _time(statistics.median(seen.waits)),
        _time(waits[-1]),
        _time(max(seen.waits)),
        str(seen.longest_queue),
        f"{seen.busy['worker'] / hours / workers:.0%}",
    ]


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / HOUR:.1f} h"


if __name__ == "__main__":
    main()
