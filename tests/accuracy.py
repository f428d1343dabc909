"""How well requests are read: ``make accuracy`` (ACCURACY_N, SEED, ONLY).

For every kind of document ACCURACY_N random requests are made, read and held against their truth.
Each run has a fresh seed, which is printed; ONLY=scan200 measures one kind, ONLY=scan200:17 reads
request 17 of it again and shows everything.
"""

import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from random import SystemRandom

import generator
import golden
from drafts import Medium
from generator import MEDIA, Generated
from house import write_config
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scoring import GOOD, Score, Verdict, score

from mailbot import contracts
from mailbot.check import check
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules

PROCESSES = 2
FIELDS = (
    *("trámite", "oficina", "nivel", "nombres", "dni", "correo", "oficio", "n.º oficio", "rd"),
    *("n.º rd", "s09", "copia-dni", "firmante", "solicitante", "completa", "solicitud"),
)


@dataclass(frozen=True)
class Measured:
    """A request that was read, each of its people scored field by field."""

    medium: Medium
    seed: int
    people: tuple[tuple[Score, ...], ...]

    @property
    def right(self) -> int:
        """How many of its people were read without anything amiss."""
        extra = any(s.field == "solicitud" for p in self.people for s in p)
        good = sum(all(s.verdict in GOOD for s in p) for p in self.people)
        return 0 if extra else good


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the shipped rules with the tests' offices."""
    with tempfile.TemporaryDirectory() as folder:
        return read_rules(write_config(Path(folder) / "config", None))


def measure(medium: Medium, seed: int) -> Measured:
    """Make a request, read it, score it."""
    made = generator.generate(seed, medium)
    scores = score(made.requests, read(made))
    return Measured(medium, seed, tuple(tuple(s) for s in scores))


def read(made: Generated) -> Sequence[contracts.Json]:
    """Return the requests the program reads in a mail, as the contract prints them."""
    mail = read_mail(made.raw)
    parsed = parse((mail,), rules())
    cases = check(parsed, rules()) if isinstance(parsed, Request) else ()
    return [contracts.request(case) for case in cases]


def measure_all(media: Sequence[Medium], seed: int, count: int) -> Iterator[Measured]:
    """Measure `count` requests of each kind, two at a time."""
    todo = [(medium, seed + n) for medium in media for n in range(count)]
    context = get_context("spawn")  # a forked process must not use its parent's server of children
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        yield from pool.map(_measured, todo, chunksize=4)


def _measured(what: tuple[Medium, int]) -> Measured:
    return measure(*what)


# ------------------------------------------------------------------ what is printed


def show(out: Console, measured: Iterable[Measured]) -> int:
    """Print the tables and every silent error; return how many there were."""
    by_medium: defaultdict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        by_medium[one.medium].append(one)
    for medium, ones in by_medium.items():
        out.print(_fields(medium, ones))
    out.print(_whole(by_medium))
    silent = [(m, s) for ones in by_medium.values() for m in ones for s in _silent(m)]
    for one, found in silent:
        out.print(f"SILENT  make accuracy ONLY={one.medium}:{one.seed}\n        {found}")
    return len(silent)


def _silent(one: Measured) -> list[Score]:
    return [s for person in one.people for s in person if s.verdict is Verdict.SILENT]


def _fields(medium: str, ones: Sequence[Measured]) -> Table:
    table = Table(title=f"{medium}: fields of {len(ones)} mails")
    for head in ("field", "n", "recall", "precision", "asked", "said missing", "SILENT"):
        table.add_column(head, justify="left" if head == "field" else "right")
    scores = [s for one in ones for person in one.people for s in person]
    for field in FIELDS:
        counts = Counter(s.verdict for s in scores if s.field == field)
        if total := counts.total():
            silent = counts[Verdict.SILENT]
            right = counts[Verdict.RIGHT]
            sought = total - counts[Verdict.HELD]
            rest = (counts[Verdict.ASKED], counts[Verdict.DENIED], silent)
            rates = (_rate(right, sought), _rate(right, right + silent))
            table.add_row(field, str(total), *rates, *map(str, rest))
    return table


def _whole(by_medium: dict[str, list[Measured]]) -> Table:
    table = Table(title="whole request right")
    for head in ("kind", "requests", "right", "DNI exact", "SILENT"):
        table.add_column(head, justify="left" if head == "kind" else "right")
    for medium, ones in by_medium.items():
        people = [p for one in ones for p in one.people]
        dnis = [s.verdict for p in people for s in p if s.field == "dni"]
        known = [v for v in dnis if v is not Verdict.HELD]
        silent = sum(len(_silent(one)) for one in ones)
        right = _rate(sum(one.right for one in ones), len(people))
        exact = _rate(known.count(Verdict.RIGHT), len(known))
        table.add_row(medium, str(len(people)), right, exact, str(silent))
    return table


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def show_one(out: Console, medium: Medium, seed: int) -> None:
    """Print one request: what the command says of it, and what is not as it should be."""
    made = generator.generate(seed, medium)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{medium}-{seed}.eml"
        path.write_bytes(made.raw)
        out.print(golden.said(path, rules()), markup=False)
    out.print(made.requests)
    for found in (s for person in measure(medium, seed).people for s in person):
        if found.verdict not in GOOD:
            out.print(str(found), markup=False)


def main() -> int:
    """Measure what the environment asks for; 1 when there was a silent error."""
    out = Console(width=100, highlight=False)
    only, _, number = os.environ.get("ONLY", "").partition(":")
    media = [m for m in MEDIA if m == only or not only]
    if number:
        show_one(out, media[0], int(number))
        return 0
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(10**8))
    count = int(os.environ.get("ACCURACY_N") or 40)
    out.print(f"SEED={seed} ACCURACY_N={count}")
    todo = measure_all(media, seed, count)
    watched = track(todo, "reading", total=count * len(media), console=Console(stderr=True))
    return 1 if show(out, watched) else 0


if __name__ == "__main__":
    sys.exit(main())
