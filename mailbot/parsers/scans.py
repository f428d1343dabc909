"""A picture of a page → its words and ruled tables. Runs inside the sandbox.

What was measured, and is done here: the page is made upright and level first; ruled tables are
read cell by cell, because page-level recognition never keeps rows together; numbers in boxes of one
digit each are set in one line, because nothing reads them where they stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mailbot.model import Box, Method, Page, Table, Word
from mailbot.parsers import leftout, ocr, recognise, rereading, stamps
from mailbot.parsers.combs import find_combs
from mailbot.parsers.grids import (
    Cell,
    Grid,
    find_boxes,
    find_grids,
    in_one_line,
    underlined,
)
from mailbot.parsers.sheet import (
    DARK,
    Picture,
    Sheet,
    flat,
    is_sideways,
    lit,
    turned,
    white_framed,
)
from mailbot.parsers.skipped import skipped
from mailbot.parsers.stamps import Stamp

_POOR = 0.7
"""A page whose words are less sure than this may stand on its head."""
_COARSE = 115.0
"""Dots an inch below which only large type can be read."""
_LOW_WORD, _HIGH_WORD = 13.5, 32.0
"""Pixels of the scan's own: lower words are guessed at, higher ones read even in a coarse scan."""
_GUESSED = 0.6

_Words = tuple[Word, ...]


def read_page(pixels: Picture, dpi: int | None, number: int = 1, own: float | None = None) -> Page:
    """A page from its pixels, gray or in colour; `dpi` None for a photograph.

    `own` is the resolution of a scan that was enlarged to `dpi`.
    """
    sheet = flat(pixels, dpi)
    sheet = replace(sheet, own=min(own or sheet.own, sheet.own))
    first = turned(sheet, 1 if is_sideways(sheet.picture) else 0)
    page = _read(first, number)
    if _mean_confidence(page.words) < _POOR:
        best = max(range(4), key=lambda turns: _certainty(turned(sheet, turns)))
        if best != first.turns:
            page = _surer(page, _read(turned(sheet, best), number))
    return page


def upright(pixels: Picture, dpi: int | None, turns: int) -> Sheet:
    """The sheet on which the words of a page stand that was turned so."""
    return turned(flat(pixels, dpi), turns)


def _surer(one: Page, other: Page) -> Page:
    return max(one, other, key=lambda page: _said(page.words))


def _mean_confidence(words: tuple[Word, ...]) -> float:
    letters = sum(len(w.text) for w in words)
    return sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0


def _certainty(sheet: Sheet) -> float:
    """How well the inkiest strip of a sheet reads as it stands."""
    high = int(sheet.dpi * 1.2)
    ink = (sheet.picture < DARK).mean(axis=1)
    windows = np.convolve(ink, np.ones(high), "valid") if len(ink) > high else np.zeros(1)
    top = int(windows.argmax())
    return recognise.certainty(np.ascontiguousarray(sheet.picture[top : top + high]), sheet.dpi)


# ------------------------------------------------------------------ an upright sheet


@dataclass(frozen=True, slots=True)
class _Boxed:
    """A number in boxes and where in pixels they lie."""

    word: Word
    cell: Cell


def _read(sheet: Sheet, number: int) -> Page:
    bare = lit(sheet.picture, sheet.dpi)
    seals = stamps.find(bare, sheet.dpi)
    rest = stamps.without(bare, seals, sheet.dpi)
    boxed = tuple(_boxed(sheet))
    for one in boxed:
        _blank(bare, one.cell, sheet.dpi // 50)
        _blank(rest, one.cell, sheet.dpi // 50)
    grids = find_grids(stamps.without_rings(bare, seals, sheet.dpi), sheet.dpi)
    tables = tuple(_table(rest, grid, sheet, boxed) for grid in grids)
    around = rest.copy()
    for table in tables:
        _blank(around, _in_pixels(table.box, sheet.dpi), 0)
    inside = tuple(dict.fromkeys(w for t in tables for row in t.rows for cell in row for w in cell))
    alone = tuple(one.word for one in boxed if one.word not in inside)
    running = _running(around, sheet)
    found = stamps.doubted((*running, *inside, *alone), seals, sheet.dpi)
    words = _honest(_confirmed(rest, found, seals, sheet.dpi), sheet)
    height, width = (side * 72 / sheet.dpi for side in sheet.picture.shape)
    told = tuple(replace(table, rows=_told(table, words)) for table in tables)
    return Page(number, width, height, Method.OCR, words, told, sheet.turns)


def _confirmed(picture: Picture, words: _Words, seals: tuple[Stamp, ...], dpi: int) -> _Words:
    """The words, those a stamp was taken away from read once more."""
    gone = tuple(seal for seal in seals if seal.gone)
    return tuple(
        rereading.confirmed(picture, w, _in_pixels(w.box, dpi), dpi)
        if stamps.crossed(w, gone, dpi)
        else w
        for w in words
    )


def _running(picture: Picture, sheet: Sheet) -> tuple[Word, ...]:
    """The words outside tables; lines underlined, or skipped at first, read for themselves."""
    cleared, lines = underlined(picture, sheet.dpi)
    words = recognise.read_page(cleared, sheet.dpi)
    for cell in (*lines, *skipped(cleared, words, sheet.dpi)):
        words = _mended(words, cell, _strip(cleared, cell, sheet), sheet.dpi)
    return leftout.filled(cleared, words, sheet.dpi, (0, 0))


def _mended(words: tuple[Word, ...], cell: Cell, found: tuple[Word, ...], dpi: int) -> _Words:
    """The words, those of a place read anew if that says more."""
    inside = tuple(
        w
        for w in words
        if _within(_in_pixels(w.box, dpi), cell) or any(_holds(f, w) for f in found)
    )
    if _mean_confidence(found) < _LEGIBLE or _said(found) <= _said(inside):
        return words
    return (*(w for w in words if w not in inside), *found)


def _holds(whole: Word, part: Word) -> bool:
    """Whether a word was read again with what stands before or behind it."""
    return part.text in whole.text and _within(_in_pixels(part.box, 72), _in_pixels(whole.box, 72))


def _said(words: tuple[Word, ...]) -> float:
    return sum(w.confidence * len(w.text) for w in words)


_LEGIBLE = 0.6
"""Below this what stands between two lines is a stamp or a signature."""


def _strip(picture: Picture, cell: Cell, sheet: Sheet) -> tuple[Word, ...]:
    left, top, right, bottom = cell
    frame = sheet.dpi // 20
    crop = white_framed(picture[top:bottom, left:right], frame)
    offset = (left - frame, top - frame)
    return recognise.read_block(crop, sheet.dpi, offset)


def _honest(words: tuple[Word, ...], sheet: Sheet) -> tuple[Word, ...]:
    """The words of a scan too coarse to tell letters apart, none of them sure."""
    heights = sorted(w.box[3] - w.box[1] for w in words if len(w.text) > 3)
    typical = heights[len(heights) // 2] / 72 * sheet.own if heights else 0.0
    if typical >= (_HIGH_WORD if sheet.own < _COARSE else _LOW_WORD):
        return words
    return tuple(replace(w, confidence=min(w.confidence, _GUESSED)) for w in words)


def _told(table: Table, words: tuple[Word, ...]) -> tuple[tuple[tuple[Word, ...], ...], ...]:
    """The rows of a table with the words as they were finally judged."""
    final = {(w.text, w.box): w for w in words}
    return tuple(
        tuple(tuple(final.get((w.text, w.box), w) for w in cell) for cell in row)
        for row in table.rows
    )


def _blank(picture: Picture, cell: Cell, margin: int) -> None:
    left, top, right, bottom = cell
    rows = slice(max(top - margin, 0), bottom + margin)
    picture[rows, max(left - margin, 0) : right + margin] = int(np.median(picture))


def _in_pixels(box: Box, dpi: int) -> Cell:
    left, top, right, bottom = (int(v * dpi / 72) for v in box)
    return (left, top, right, bottom)


# ------------------------------------------------------------------ boxes and tables


def _boxed(sheet: Sheet) -> Iterator[_Boxed]:
    """The numbers in boxes: in broken ones those that are read surely, and in whole ones."""
    rows = find_boxes(sheet.picture, sheet.dpi)
    mended: list[_Boxed] = []
    for comb in find_combs(sheet.picture, sheet.dpi):
        whole = [_around(row) for row in rows if len(row) >= len(comb.figures)]
        if not any(_within(comb.place, cell) for cell in (*whole, *(b.cell for b in mended))):
            read = _in_boxes(sheet, comb.figures, comb.place)
            mended += [read] if read and _is_sure(read, len(comb.figures)) else []
    yield from mended
    for row in rows:
        cell = _around(row)
        alone = not any(_within(cell, one.cell) for one in mended)
        if alone and (read := _in_boxes(sheet, row, cell)):
            yield read


def _around(row: Sequence[Cell]) -> Cell:
    return (row[0][0], min(b[1] for b in row), row[-1][2], max(b[3] for b in row))


def _in_boxes(sheet: Sheet, boxes: Sequence[Cell], cell: Cell) -> _Boxed | None:
    line = in_one_line(sheet.picture, boxes, sheet.dpi)
    if line is None:
        return None
    return _Boxed(recognise.read_number(line.picture, sheet.dpi, cell, line.digits), cell)


def _is_sure(read: _Boxed, boxes: int) -> bool:
    """Whether the boxes are there for certain: two models read a figure in each."""
    return read.word.second is None and len(read.word.text) == boxes


def _table(picture: Picture, grid: Grid, sheet: Sheet, boxed: tuple[_Boxed, ...]) -> Table:
    cells = {cell for row in grid for cell in row}
    read = {cell: _cell(picture, cell, sheet, boxed) for cell in cells}
    rows = tuple(tuple(read[cell] for cell in row) for row in grid)
    corner = (min(c[0] for c in cells), min(c[1] for c in cells))
    whole = (*corner, max(c[2] for c in cells), max(c[3] for c in cells))
    return Table(ocr.in_points(whole, (0, 0), sheet.dpi), rows)


def _cell(
    picture: Picture, cell: Cell, sheet: Sheet, boxed: tuple[_Boxed, ...]
) -> tuple[Word, ...]:
    (left, top, right, bottom), dpi = cell, sheet.dpi
    inside = tuple(one.word for one in boxed if _within(one.cell, cell))
    inset, frame = max(dpi // 60, 2), dpi // 20
    crop = picture[top + inset : bottom - inset, left + inset : right - inset]
    if not crop.size or (crop < DARK).mean() < 0.002:
        return inside
    offset = (left + inset - frame, top + inset - frame)
    return (*inside, *recognise.read_cell(white_framed(crop, frame), dpi, offset))


def _within(inner: Cell, outer: Cell) -> bool:
    across, down = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= across <= outer[2] and outer[1] <= down <= outer[3]
