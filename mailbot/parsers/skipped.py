"""Lines of text that recognition left out, found by the ink between those it read. Pure.

A stamp over the first words of a line makes page-level recognition drop all of it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from mailbot.model import Word
from mailbot.parsers.grids import Cell
from mailbot.parsers.sheet import DARK, Picture

_READ = 0.5
_INKED = 0.35
"""Which part of the columns between the margins a line of text inks; a signature fewer."""
_MOST_LINES = 5.0
"""Heights of a line: a wider gap is a signature's, or no text at all."""


def skipped(picture: Picture, words: Sequence[Word], dpi: int) -> Iterator[Cell]:
    """Where lines seem to be missing between those whose words are given, in pixels."""
    scale = dpi / 72
    sure = [w for w in words if len(w.text) > 2 and w.confidence > _READ]
    rows = _rows([(w.box[1] * scale, w.box[3] * scale) for w in sure])
    if len(rows) < 2:
        return
    left, right = (int(side(w.box[n] * scale for w in sure)) for side, n in ((min, 0), (max, 2)))
    high = median(bottom - top for top, bottom in rows)
    for (_, above), (below, _) in pairwise(rows):
        cell = (left, int(above + high / 6), right, int(below - high / 6))
        if high < below - above < _MOST_LINES * high and _is_text(picture, cell):
            yield cell


def _rows(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Tops and bottoms of lines, from those of their words, of which some are much too high."""
    rows: list[list[tuple[float, float]]] = []
    for top, bottom in sorted(spans, key=sum):
        if rows and (top + bottom) / 2 < median(b for _, b in rows[-1]):
            rows[-1].append((top, bottom))
        else:
            rows.append([(top, bottom)])
    return [(median(t for t, _ in row), median(b for _, b in row)) for row in rows]


def _is_text(picture: Picture, cell: Cell) -> bool:
    left, top, right, bottom = cell
    ink = picture[top:bottom, left:right] < DARK
    columns = ink.sum(axis=0) > 1
    return bool(columns.size) and bool(columns.mean() > _INKED) and bool(ink.mean() < 0.4)
