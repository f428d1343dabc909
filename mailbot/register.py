"""Imports the register of schools from CSV: good rows are kept, bad ones told with the reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mailbot import spreadsheet
from mailbot.errors import ConfigError
from mailbot.offices import Offices, addresses
from mailbot.store import Store, schools
from mailbot.store.schools import Row

COLUMNS = ("codigo_modular", "anexo", "name", "nivel", "ugel", "emails")
_CHUNK = 5_000
_LONGEST_NIVEL = 40


@dataclass
class Report:
    """What an import did: rows kept, and for each bad line the reason."""

    kept: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def import_schools(
    path: Path, store: Store, offices: Offices, progress: Callable[[int], None]
) -> Report:
    """Import a CSV file; ConfigError when it is no such file. `progress` hears of each line."""
    report = Report()
    chunk: dict[tuple[str, str], Row] = {}
    for line, cells in spreadsheet.rows(path, COLUMNS):
        progress(line)
        try:
            row = _row(cells, offices)
        except ConfigError as error:
            report.bad.append((line, str(error)))
            continue
        chunk[row.codigo_modular, row.anexo] = row
        if len(chunk) >= _CHUNK:
            report.kept += _keep(store, chunk)
    report.kept += _keep(store, chunk)
    return report


def length(path: Path) -> int:
    """About how many lines a file has; 0 when it cannot be read, which the import then says."""
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0


def _keep(store: Store, chunk: dict[tuple[str, str], Row]) -> int:
    count = len(chunk)
    with store.begin() as tx:
        schools.replace_all(tx, list(chunk.values()))
    chunk.clear()
    return count


def _row(cells: dict[str, str], offices: Offices) -> Row:
    if not re.fullmatch(r"[0-9]{7}", cells["codigo_modular"]):
        raise ConfigError(f"codigo_modular «{cells['codigo_modular']}» no tiene 7 cifras")
    if not re.fullmatch(r"[0-9]?", cells["anexo"]):
        raise ConfigError(f"anexo «{cells['anexo']}» no es una cifra")
    if not cells["name"]:
        raise ConfigError("falta name")
    if not 0 < len(cells["nivel"]) <= _LONGEST_NIVEL:
        raise ConfigError("falta nivel, o es demasiado largo")
    if offices.get(cells["ugel"]) is None or len(cells["ugel"]) != 6:
        raise ConfigError(f"ugel «{cells['ugel']}» no está en offices.csv")
    return Row(
        codigo_modular=cells["codigo_modular"],
        anexo=cells["anexo"] or "0",
        name=cells["name"],
        nivel=cells["nivel"],
        ugel=cells["ugel"],
        emails=addresses("la fila", cells["emails"]),
    )
