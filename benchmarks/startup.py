"""How soon the command line answers, and what a large register costs: time and memory."""

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from house import HERE, write_config
from rich.console import Console
from rich.table import Table

TURNS = 9
SCHOOLS = 100_000
_PROGRAM = """
import sys
from mailbot.cli import main
try:
    main()
finally:
    status = open("/proc/self/status").read()  # getrusage would count what forked us
    print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


def timed(*arguments: str) -> tuple[float, int]:
    """Seconds of a command, and the most memory it had, in MiB."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - began, int(done.stderr.split()[-1]) // 1024


def bare() -> float:
    """Seconds of a Python that does nothing."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began


def schools(path: Path) -> None:
    """A register as large as the country's."""
    with (HERE / "config" / "schools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for number in range(SCHOOLS):
            row = rows[number % len(rows)]
            writer.writerow(row | {"codigo_modular": f"{1_000_000 + number}", "emails": ""})


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    table = Table(title="La línea de comandos")
    for heading in ("", "segundos", "MiB"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("python -c pass", f"{statistics.median(bare() for _ in range(TURNS)):.3f}", "")
    _row(table, "mailbot --help", [timed("--help") for _ in range(TURNS)])
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(Path(folder) / "config", None)
        register = Path(folder) / "schools.csv"
        schools(register)
        first = ("--config", str(config), "offices", "import", str(register))
        _row(table, f"importar {SCHOOLS} servicios", [timed(*first)])
        _row(table, "importarlos de nuevo", [timed(*first)])
    Console().print(table)


def _row(table: Table, name: str, runs: Sequence[tuple[float, int]]) -> None:
    seconds, memory = zip(*runs, strict=True)
    table.add_row(name, f"{statistics.median(seconds):.3f}", str(max(memory)))
