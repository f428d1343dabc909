"""XLSX and XLS → pages, one for each sheet. The home of openpyxl and python-calamine.

openpyxl tells how a number is shown, so that a DNI keeps its zeros; calamine reads the old format.
Runs inside the sandbox.
"""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any
from zipfile import BadZipFile

import openpyxl
import python_calamine
from openpyxl.utils.exceptions import InvalidFileException

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Turn, lay_out
from mailbot.parsers.opened import DAMAGED, LOCKED, Unopenable

_MOST_ROWS, _MOST_COLUMNS = 2_000, 60
_ZEROS = re.compile(r"0+")


def read_xlsx(data: bytes) -> tuple[Page, ...]:
    """The sheets of an XLSX that are not hidden."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [s for s in book.worksheets if s.sheet_state == "visible"]
        rows = [[[_shown(c) for c in row] for row in _limited(s)] for s in sheets]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError) as error:
        raise Unopenable(DAMAGED) from error
    return lay_out(_blocks(rows))


def _limited(sheet: Any) -> Iterator[Iterable[object]]:  # noqa: ANN401  openpyxl's own type
    yield from sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)


def _shown(cell: object) -> str:
    value = getattr(cell, "value", None)
    form = str(getattr(cell, "number_format", ""))
    if isinstance(value, int | float) and _ZEROS.fullmatch(form):
        return f"{round(value):0{len(form)}d}"
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None or isinstance(value, time) else str(value)


def read_xls(data: bytes) -> tuple[Page, ...]:
    """The sheets of an XLS that are not hidden."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        seen = [
            s.name
            for s in book.sheets_metadata
            if s.visible == python_calamine.SheetVisibleEnum.Visible
            and s.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        sheets = [book.get_sheet_by_name(name).to_python(nrows=_MOST_ROWS) for name in seen]
    except python_calamine.PasswordError as error:
        raise Unopenable(LOCKED) from error
    except python_calamine.CalamineError as error:
        raise Unopenable(DAMAGED) from error
    return lay_out(_blocks([[_plain(v) for v in row] for row in sheet] for sheet in sheets))


def _blocks(sheets: Iterable[Iterable[list[str]]]) -> Iterator[Block]:
    """Each sheet as a table without empty rows and columns, on a page of its own."""
    for sheet in sheets:
        rows = [[text.strip() for text in row[:_MOST_COLUMNS]] for row in sheet]
        used = sorted({n for row in rows for n, text in enumerate(row) if text})
        yield Grid([[row[n] if n < len(row) else "" for n in used] for row in rows if any(row)])
        yield Turn()
