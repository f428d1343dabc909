"""What the sandbox costs: the same born-digital oficio read with and without it, in pairs.

``make bench`` runs it among the others. The first child, which starts the server of
children and loads the libraries, is counted apart: it comes once in the life of the bot.
"""

import statistics
import sys
import time
from collections.abc import Callable

from documents import Person, Signatory, oficio, ugel
from rich.console import Console
from rich.table import Table

from mailbot.parsers import reader, sandbox

PAIRS = 20


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure in pairs, so that what else the machine does touches both alike; print a table."""
    office = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra", "DIRECTOR"))
    person = Person("De la Cruz Mamani", "Rosa Elena", "41234567", "rosa@correo.example")
    data = oficio(people=(person,), office=office)
    bare = reader.open_file("pdf", data)
    first = seconds(lambda: sandbox.read("pdf", data))
    pairs = [
        (
            seconds(lambda: reader.open_file("pdf", data)),
            seconds(lambda: sandbox.read("pdf", data)),
        )
        for _ in range(PAIRS)
    ]
    if sandbox.read("pdf", data) != bare:
        sys.exit("con encierro y sin él no se lee lo mismo")
    _print(first, pairs)


def _print(first: float, pairs: list[tuple[float, float]]) -> None:
    bare, boxed = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    table = Table(title=f"Encierro: un oficio con texto, mediana de {PAIRS} pares")
    table.add_column("")
    table.add_column("ms", justify="right")
    table.add_row("en el mismo proceso", f"{bare * 1000:.1f}")
    table.add_row("en un hijo encerrado", f"{boxed * 1000:.1f}")
    table.add_row("lo que cuesta", f"{(boxed - bare) * 1000:.1f}")
    table.add_row("razón", f"{ratio:.2f} ×")
    table.add_row("el primer hijo (una vez)", f"{first * 1000:.0f}")
    Console().print(table)
