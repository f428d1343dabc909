"""XLSX and XLS → pages, one for each sheet. The home of openpyxl and xlrd.

Both tell how a number is shown, so that a DNI keeps its zeros.
Runs inside the sandbox.
"""

import io
import re
import struct
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any
from zipfile import BadZipFile

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Turn, lay_out
from mailbot.parsers.problems import DAMAGED, LOCKED, Unopenable

_MOST_ROWS, _MOST_COLUMNS = 2_000, 60
_ZEROS = re.compile(r"0+")
_BREAKS = (AssertionError, IndexError, KeyError, TypeError, ValueError, OverflowError, struct.error)
"""What xlrd raises on damaged files."""


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
    if isinstance(value, int | float):
        return _number(value, str(getattr(cell, "number_format", "")))
    return _plain(value)


def _number(value: float, form: str) -> str:
    """A number as it is shown; only the form that fills up with zeros matters here."""
    return f"{round(value):0{len(form)}d}" if _ZEROS.fullmatch(form) else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None or isinstance(value, time) else str(value)


def read_xls(data: bytes) -> tuple[Page, ...]:
    """The sheets of an XLS that are not hidden."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        rows = [_old_rows(book, sheet) for sheet in book.sheets() if not sheet.visibility]
    except xlrd.XLRDError as error:
        raise Unopenable(LOCKED if "encrypted" in str(error) else DAMAGED) from error
    except _BREAKS as error:
        raise Unopenable(DAMAGED) from error
    return lay_out(_blocks(rows))


def _old_rows(book: Any, sheet: Any) -> list[list[str]]:  # noqa: ANN401  xlrd has no types
    return [
        [_old(book, cell) for cell in sheet.row(n)[:_MOST_COLUMNS]]
        for n in range(min(sheet.nrows, _MOST_ROWS))
    ]


def _old(book: Any, cell: Any) -> str:  # noqa: ANN401
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _plain(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return _number(
            cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        )
    return _plain(cell.value) if cell.ctype == xlrd.XL_CELL_TEXT else ""


def _blocks(sheets: Iterable[Iterable[list[str]]]) -> Iterator[Block]:
    """Each sheet as a table without empty rows and columns, on a page of its own."""
    for sheet in sheets:
        rows = [[text.strip() for text in row[:_MOST_COLUMNS]] for row in sheet]
        used = sorted({n for row in rows for n, text in enumerate(row) if text})
        yield Grid([[row[n] if n < len(row) else "" for n in used] for row in rows if any(row)])
        yield Turn()
