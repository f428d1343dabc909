"""Running text → pages. Word processors and sheets say what stands after what, never where.

The places here are invented, so that lines, tables and people are found as in a PDF: a paragraph
is one line from margin to margin however long it is, a table's cells are boxes of equal width.
A page ends where the file says so; it is as high as its lines need. Pictures large enough to be a
pasted scan follow the page they stand on, as pages of their own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mailbot.model import Box, Method, Page, Table, Word
from mailbot.parsers import pictures
from mailbot.parsers.problems import Unopenable

_WIDTH = 595.0
_LEFT, _RIGHT = 56.0, 539.0
_TOP = 56.0
_LEADING, _HEIGHT = 14.0, 10.0
_LETTER = 5.5
_LEAST_INCHES = (3.0, 1.9)
"""A picture shown smaller than a copy of a DNI (85 × 54 mm) is a logo, a stamp or a signature."""
MAX_PICTURES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; its own line ends stay."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, each cell its text, perhaps several lines."""

    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and its sides in inches as shown, where the file says so."""

    data: bytes
    inches: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The end of a page."""


Block = Line | Grid | Shown | Turn


def lay_out(blocks: Iterable[Block]) -> tuple[Page, ...]:
    """The pages of a running text, those without words or scans left out."""
    pages: list[Page] = []
    left = MAX_PICTURES
    for turned, group in groupby(blocks, key=lambda block: isinstance(block, Turn)):
        if turned:
            continue
        sheet = tuple(group)
        pages += _typed(sheet, len(pages) + 1)
        for shown in [b for b in sheet if isinstance(b, Shown) and _is_large(b)][:left]:
            left -= 1
            pages += _pasted(shown, len(pages) + 1)
    return tuple(pages)


def _is_large(shown: Shown) -> bool:
    least = zip(sorted(shown.inches or _LEAST_INCHES), sorted(_LEAST_INCHES), strict=True)
    return all(side >= enough for side, enough in least)


def _pasted(shown: Shown, number: int) -> tuple[Page, ...]:
    """A pasted scan; nothing for what is no picture (drawings of lines, damaged thumbnails)."""
    try:
        return pictures.read_picture(shown.data, max(shown.inches or (0,)) or None, number)
    except Unopenable:
        return ()


# ------------------------------------------------------------------ words on a page


def _typed(blocks: Iterable[Block], number: int) -> Iterator[Page]:
    words: list[Word] = []
    tables: list[Table] = []
    top = _TOP
    for block in blocks:
        if isinstance(block, Line):
            placed, top = _lines(block.text, _LEFT, _RIGHT, top)
            words += placed
        elif isinstance(block, Grid):
            table, top = _table(block, top)
            words += [w for row in table.rows for cell in row for w in cell]
            tables.append(table)
    if words:
        yield Page(number, _WIDTH, top + _TOP, Method.TEXT, tuple(words), tuple(tables))


def _lines(text: str, left: float, right: float, top: float) -> tuple[tuple[Word, ...], float]:
    """The words of some lines below `top`, and where they end."""
    words: list[Word] = []
    for line in _plain(text).split("\n"):
        words += _line(line, left, right, top)
        top += _LEADING if line.strip() else 0
    return tuple(words), top


def _line(line: str, left: float, right: float, top: float) -> Iterator[Word]:
    spread = line.expandtabs(4).rstrip()
    letter = min(_LETTER, (right - left) / max(len(spread), 1))
    for found in re.finditer(r"\S+", spread):
        start, end = (left + at * letter for at in found.span())
        yield Word(found[0], (start, top, end, top + _HEIGHT))


def _plain(text: str) -> str:
    """Text without what nobody sees: soft hyphens, joiners, marks of direction, controls."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cf", "Cc", "Co"))
    return unicodedata.normalize("NFC", "".join(kept))


def _table(grid: Grid, top: float) -> tuple[Table, float]:
    columns = max((len(row) for row in grid.rows), default=1) or 1
    wide = (_RIGHT - _LEFT) / columns
    rows, start = [], top
    for row in grid.rows:
        cells = [
            _lines(text, _LEFT + n * wide + 2, _LEFT + (n + 1) * wide - 2, top)
            for n, text in enumerate(row)
        ]
        rows.append(tuple(words for words, _ in cells))
        top = max((end for _, end in cells), default=top)
    box: Box = (_LEFT, start, _RIGHT, top)
    return Table(box, tuple(rows)), top
