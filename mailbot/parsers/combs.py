"""Boxes of one figure each whose rulings a fax broke → where the figures stand.

Nothing encloses such a box any more. What is left of the lines above and below tells the row, the
figures themselves where its boxes are, and what is left of the walls that there were boxes. Runs
inside the sandbox.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import cv2
import numpy as np

from mailbot.parsers.grids import Cell, Inked, inks
from mailbot.parsers.sheet import Picture
from mailbot.parsers.strokes import strokes

_DRAWN = 200
"""Lines of a page that are looked at, and pairs of them: a page of lines alone takes no longer."""
_LOW, _HIGH = 0.15, 0.45
"""Inches from the line above the boxes to the one below."""
_NARROW, _WIDE = 0.12, 0.5
"""Inches from one figure to the next."""
_FEWEST, _MOST = 7, 12
"""Boxes of a row."""
_EVEN = 0.15
"""Part of a box by which a figure stands nearer to one neighbour than to the other at most."""
_SIDES = 0.25
"""Part of a row below its upper line and above its lower one where only walls have ink."""
_LEFT = 0.25
"""Which part of such a side a wall still inks, and which part of the row the lines reach over."""
_BEYOND = 3
"""Inches on both sides of what is left of two lines where boxes may have lost them."""


@dataclass(frozen=True, slots=True)
class Comb:
    """A row of boxes: its place, and that of the figure in each."""

    place: Cell
    figures: tuple[Cell, ...]


def find_combs(picture: Picture, dpi: int) -> tuple[Comb, ...]:
    """The rows of seven to twelve boxes of which there is still something of lines and walls."""
    dark, fine = inks(picture, dpi, 0)
    pairs = islice(_pairs(_lines(dark | fine, dpi), dpi), _DRAWN)
    return tuple(comb for pair in pairs if (comb := _comb(dark, pair, dpi)))


def _lines(ink: Inked, dpi: int) -> list[Cell]:
    """What is left of lines across: no letter has a stroke that long, and no gap is a box wide."""
    straight = strokes(ink, 0).closed(dpi // 6).opened(dpi // 2)
    contours, _ = cv2.findContours(straight.picture(), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = (tuple(map(int, cv2.boundingRect(contour))) for contour in contours)
    thin = [(x, y, x + w, y + h) for x, y, w, h in boxes if h < dpi / 20]
    return sorted(thin, key=lambda line: line[1])[:_DRAWN]


def _pairs(lines: Sequence[Cell], dpi: int) -> Iterator[tuple[Cell, Cell]]:
    """Lines over one another, as far apart as those above and below a row of boxes."""
    for n, upper in enumerate(lines):
        for lower in lines[n + 1 :]:
            if lower[1] - upper[3] > _HIGH * dpi:
                break
            shared = min(upper[2], lower[2]) - max(upper[0], lower[0])
            if lower[1] - upper[3] > _LOW * dpi and shared > 0:
                yield upper, lower


def _comb(ink: Inked, pair: tuple[Cell, Cell], dpi: int) -> Comb | None:
    """The boxes between two lines, if figures stand there as in boxes."""
    upper, lower = pair
    left, right = min(upper[0], lower[0]), max(upper[2], lower[2])
    start = max(left - _BEYOND * dpi, 0)
    strip = ink[upper[3] : lower[1], start : right + _BEYOND * dpi]
    margin = int(len(strip) * _SIDES / 2)
    for row in _even_rows(_figures(strip, margin, dpi), dpi):
        walls = _walls(row)
        shared = min(right - start, walls[-1]) - max(left - start, walls[0])
        if shared > (walls[-1] - walls[0]) * _LEFT and _stand(strip, walls, dpi):
            top, bottom = upper[3] + margin, lower[1] - margin
            place = (max(start + walls[0], 0), upper[1], start + walls[-1], lower[3])
            return Comb(place, tuple((start + a - 2, top, start + b + 2, bottom) for a, b in row))
    return None


_Run = tuple[int, int]


def _figures(strip: Inked, margin: int, dpi: int) -> list[_Run]:
    """From where to where in a strip something stands that is no wall, no part of one, no speck."""
    figured = np.zeros(strip.shape[1], np.bool_)
    _, _, stats, _ = cv2.connectedComponentsWithStats(strip, connectivity=8)
    for left, top, wide, high, _ in stats[1:]:
        if high > dpi / 30 and top > margin and top + high < len(strip) - margin:
            figured[left : left + wide] = True
    inked = np.flatnonzero(figured)
    parts = np.split(inked, np.flatnonzero(np.diff(inked) > max(dpi // 60, 2)) + 1)
    runs = ((int(part[0]), int(part[-1]) + 1) for part in parts if len(part))
    return [run for run in runs if run[1] - run[0] > dpi / 50]


def _even_rows(runs: Sequence[_Run], dpi: int) -> Iterator[Sequence[_Run]]:
    """Figures side by side that stand equally far from each other, and nothing as near beside."""
    for begin in range(len(runs) - 1):
        end = begin + 2
        while end < len(runs) and _goes_on(runs[begin:end], runs[end]):
            end += 1
        row, around = runs[begin:end], (*runs[max(begin - 1, 0) : begin], *runs[end : end + 1])
        boxes = _FEWEST <= len(row) <= _MOST and _NARROW * dpi < _pitch(row) < _WIDE * dpi
        if boxes and not any(_is_beside(row, run) for run in around):
            yield row


def _goes_on(row: Sequence[_Run], run: _Run) -> bool:
    apart, pitch = _middle(run) - _middle(row[-1]), _pitch(row)
    return len(row) < _MOST + 1 and abs(apart - pitch) < _EVEN * pitch


def _is_beside(row: Sequence[_Run], run: _Run) -> bool:
    """Whether something before or behind a row stands as near as another figure of it would."""
    return max(row[0][0] - run[1], run[0] - row[-1][1]) < _pitch(row)


def _pitch(row: Sequence[_Run]) -> float:
    return (_middle(row[-1]) - _middle(row[0])) / (len(row) - 1)


def _middle(run: _Run) -> float:
    return (run[0] + run[1]) / 2


def _walls(row: Sequence[_Run]) -> list[int]:
    """Where the walls between figures would be, and those before the first and behind the last."""
    half = _pitch(row) / 2
    between = [(_middle(a) + _middle(b)) / 2 for a, b in pairwise(row)]
    return [round(x) for x in (_middle(row[0]) - half, *between, _middle(row[-1]) + half)]


def _stand(strip: Inked, walls: Sequence[int], dpi: int) -> bool:
    """Whether at most of these places something is left of a wall, where no figure reaches."""
    side, near = max(int(len(strip) * _SIDES), 1), dpi // 30
    places = [slice(max(x - near, 0), x + near + 1) for x in walls]
    left = (max(_inked(strip[:side, at]), _inked(strip[-side:, at])) for at in places)
    return sum(part > _LEFT for part in left) * 2 > len(walls)


def _inked(part: Inked) -> float:
    """Which part of its inkiest column is inked."""
    return float((part > 0).mean(axis=0).max(initial=0.0)) if part.size else 0.0
