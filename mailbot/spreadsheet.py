"""CSV files as spreadsheets export them: UTF-8, the columns named on the first line."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailbot.errors import ConfigError


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's line and its cells; ConfigError when it is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = csv.DictReader(file)
            if tuple(found.fieldnames or ()) != tuple(columns):
                raise ConfigError(f"{path}, línea 1: las columnas deben ser {','.join(columns)}.")
            for cells in found:
                yield found.line_num, {name: (cells[name] or "").strip() for name in columns}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: no se puede leer: {error}. Guárdelo como CSV UTF-8.") from None
