"""Rulings on a page → the cells of tables, and rows of boxes with one digit each.

A home of OpenCV. Runs inside the sandbox. Cells are left, top, right, bottom in pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mailbot.parsers.sheet import DARK, Picture, white_framed
from mailbot.parsers.strokes import strokes

Cell = tuple[int, int, int, int]
Grid = list[list[Cell]]
"""Rows of cells. A cell that spans several rows stands in each of them."""

_FAINT = 30
"""How much darker than the paper a fine line is at least."""

_BROKEN = 0.3
"""Which part of a ruling a fax leaves at least."""
_BLANK = 0.01
"""Which part of a row of pixels between two lines of text specks ink at most."""

Inked = npt.NDArray[np.uint8]
"""Where there is ink: 255 on black."""


@dataclass(frozen=True, slots=True)
class _Rulings:
    """Where horizontal and vertical rulings run on a page, and all ink: 255 on black."""

    across: Inked
    down: Inked
    ink: Inked
    dpi: int

    def within(self, box: tuple[int, ...]) -> "_Rulings":
        """The part inside `box` (left, top, width, height)."""
        left, top, width, height = box
        part = (slice(top, top + height), slice(left, left + width))
        return _Rulings(self.across[part], self.down[part], self.ink[part], self.dpi)


# ------------------------------------------------------------------ tables


def find_grids(picture: Picture, dpi: int) -> list[Grid]:
    """The ruled tables of a page."""
    across, down = (
        cv2.bitwise_or(*(_ruled(ink, dpi, axis) for ink in inks(picture, dpi, axis)))
        for axis in (0, 1)
    )
    rulings = _Rulings(np.asarray(across), np.asarray(down), _ink(picture), dpi)
    lines = cv2.dilate(cv2.bitwise_or(rulings.across, rulings.down), np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(lines, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = sorted((tuple(map(int, cv2.boundingRect(c))) for c in contours), key=lambda b: b[1])
    wide = [box for box in boxes if box[2] > 1.5 * dpi and box[3] > dpi / 4]
    grids = [_grid(rulings, box) for box in wide]
    return [grid for grid in grids if len(grid) > 1 and max(len(row) for row in grid) > 1]


def _ink(picture: Picture) -> Inked:
    """255 where a picture is dark."""
    return np.asarray(cv2.threshold(picture, DARK - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def inks(picture: Picture, dpi: int, axis: int) -> tuple[Inked, Inked]:
    """Ink; and what is thin and darker than both its sides, as fine rulings along an axis are.

    These come out gray in a coarse scan. Apart, they do not join the feet of letters to lines.
    """
    filled = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, _bar(dpi // 40, 1 - axis))
    _, fine = cv2.threshold(cv2.subtract(filled, picture), _FAINT, 255, cv2.THRESH_BINARY)
    return _ink(picture), np.asarray(fine, dtype=np.uint8)


def _ruled(ink: Inked, dpi: int, axis: int) -> Inked:
    """The rulings along an axis (0 across, 1 down), mended where specks and folds broke them.

    Only what is straight for a sixth of an inch is mended, else lines of text would become rulings.
    """
    thick = cv2.dilate(ink, _bar(3, 1 - axis))
    straight = strokes(np.asarray(thick), axis).opened(dpi // (6 if axis == 0 else 8))
    mended = straight.closed(dpi // 5)
    return mended.opened(dpi // 2 if axis == 0 else dpi // 7).picture()


def _bar(length: int, axis: int) -> Inked:
    size = (max(length, 1), 1) if axis == 0 else (1, max(length, 1))
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_RECT, size), np.uint8)


def _grid(rulings: _Rulings, box: tuple[int, ...]) -> Grid:
    """Rows of cells between the rulings inside `box` (left, top, width, height)."""
    left, top, width, height = box
    inside, dpi = rulings.within(box), rulings.dpi
    across = inside.across
    ys = _open_ended(
        _places(across.max(axis=1, initial=0) * _long(across, 1), 0.3, dpi), height, dpi
    )
    rows = []
    for (upper, lower), places in zip(pairwise(ys), _columns(inside, ys), strict=True):
        xs = _open_ended(places, width, dpi) if places else []
        rows.append([(a, upper, b, lower) for a, b in pairwise(xs)])
    joined = _spanning([row for row in rows if row], across)
    return [[(left + a, top + b, left + c, top + d) for a, b, c, d in row] for row in joined]


def _columns(rulings: _Rulings, ys: Sequence[int]) -> Iterator[list[int]]:
    """Where each row's cells are parted: by its own rulings, or by what is left of a column's.

    A fax breaks rulings; where most other rows have one, a third of it is enough.
    """
    rows = list(pairwise(ys))
    own = [_places(_part(rulings.down[a:b]), 0.6, rulings.dpi) for a, b in rows]
    usual = _usual([row for row in own if row], rulings.dpi // 40)
    for (upper, lower), places in zip(rows, own, strict=True):
        there = _part(rulings.ink[upper:lower])
        left = [x for x in usual if there[max(x - 2, 0) : x + 3].max() > _BROKEN]
        more = [x for x in left if all(abs(x - y) > rulings.dpi // 12 for y in places)]
        yield sorted([*places, *more]) if places else []


def _usual(rows: Sequence[Sequence[int]], near: int) -> list[int]:
    """The places where most of some rows have a ruling, or the first, which heads the columns."""
    found: list[int] = []
    for x in sorted(x for row in rows for x in row):
        often = sum(any(abs(x - y) <= near for y in row) for row in rows)
        heads = any(abs(x - y) <= near for y in rows[0])
        if (heads or often * 2 > len(rows)) and (not found or x - found[-1] > near):
            found.append(x)
    return found


def _part(lines: Inked) -> npt.NDArray[np.float64]:
    """Which part of each column is inked."""
    return np.asarray(lines.sum(axis=0) / 255 / max(len(lines), 1), dtype=np.float64)


def _long(lines: Inked, axis: int) -> npt.NDArray[np.float64]:
    """Which part of each row (axis 1) is ruled."""
    return np.asarray(lines.sum(axis=axis) / 255 / lines.shape[axis] / 255, dtype=np.float64)


def _places(profile: npt.NDArray[Any], enough: float, dpi: int) -> list[int]:
    """The middles of the runs where a profile holds a ruling, those closer than 2 mm joined."""
    places = np.flatnonzero(profile > enough)
    if not len(places):
        return []
    runs = np.split(places, np.flatnonzero(np.diff(places) > dpi // 12) + 1)
    return [int(run.mean()) for run in runs]


def _open_ended(places: list[int], length: int, dpi: int) -> list[int]:
    """Tables without an outer border end where their rulings end."""
    nearest = dpi // 7
    first = [0] if places and places[0] > nearest else []
    last = [length - 1] if places and places[-1] < length - nearest else []
    return [*first, *places, *last]


def _spanning(rows: Grid, across: Inked) -> Grid:
    """The rows, cells without a ruling between them made one."""
    for upper, lower in pairwise(rows):
        for i, above in enumerate(upper):
            for j, below in enumerate(lower):
                if _same_column(above, below) and not _is_ruled(across, below):
                    whole = (above[0], above[1], above[2], below[3])
                    upper[i] = lower[j] = whole
    for lower, upper in pairwise(reversed(rows)):  # the last row of a span knows it whole
        for i, cell in enumerate(upper):
            upper[i] = next((c for c in lower if c[:3] == cell[:3]), cell)
    return rows


def _same_column(above: Cell, below: Cell) -> bool:
    return abs(above[0] - below[0]) < 8 and abs(above[2] - below[2]) < 8


def _is_ruled(across: Inked, cell: Cell) -> bool:
    """Whether a ruling runs along the upper side of a cell."""
    strip = across[max(cell[1] - 4, 0) : cell[1] + 5, cell[0] + 4 : cell[2] - 4]
    return not strip.size or bool((strip.max(axis=0) > 0).mean() > 0.5)


# ------------------------------------------------------------------ lines under words


def underlined(picture: Picture, dpi: int) -> tuple[Picture, list[Cell]]:
    """The page without thin lines under words, and the places of those words.

    Recognition drops words that are underlined, or reads their lower halves as other letters.
    Where a stroke of a letter crosses a line, it stays.
    """
    ink = _ink(picture)
    found = list(_thin_lines(ink, dpi))
    if not found:
        return picture.copy(), []
    paper = float(np.median(picture))
    faint = picture < paper - _FAINT
    lines = [_whole_line(faint, line, dpi) for line in found]
    cleared = picture.copy()
    _clear(cleared, ink, lines, int(paper), dpi)
    return cleared, [_to_blanks(cleared, _above(cleared, line, dpi), dpi) for line in lines]


def _above(picture: Picture, line: Cell, dpi: int) -> Cell:
    """The place of the words above a line, up to the paper between them and the line before."""
    left, top, right, bottom = line
    highest, low = max(top - dpi // 4, 0), max(top - dpi // 12, 0)
    paper = np.flatnonzero((picture[highest:low, left:right] < DARK).mean(axis=1) < _BLANK)
    upper = highest + int(paper[-1]) if len(paper) else highest
    return (left, max(upper - 2, 0), right, bottom + dpi // 16)


def _thin_lines(ink: Inked, dpi: int) -> Iterator[Cell]:
    """Where straight lines run that are thin, and no longer than a line of text."""
    ruled = cv2.dilate(_ruled(ink, dpi, 0), _bar(3, 1))
    thin = cv2.subtract(ruled, cv2.morphologyEx(ruled, cv2.MORPH_OPEN, _bar(dpi // 20, 1)))
    contours, levels = cv2.findContours(thin, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    outer = (c for c, level in zip(contours, _above_of(levels), strict=True) if level < 0)
    for top, left, wide, high in sorted(_placed(contour) for contour in outer):
        if dpi / 2 < wide < 5 * dpi:
            yield (left, top, left + wide, top + high)


def _above_of(levels: Any) -> Iterator[int]:  # noqa: ANN401  OpenCV has no types
    """For each contour the one it lies in; -1 for what encloses all else, holes have one."""
    return (int(level[3]) for level in (levels[0] if levels is not None else ()))


def _placed(contour: Any) -> tuple[int, int, int, int]:  # noqa: ANN401
    """Top, left, width and height."""
    left, top, wide, high = map(int, cv2.boundingRect(contour))
    return top, left, wide, high


def _whole_line(faint: npt.NDArray[np.bool_], line: Cell, dpi: int) -> Cell:
    """A line with its gray edges, and what of it is too faint to count as ink by itself."""
    left, top, right, bottom = line
    top, bottom = max(top - dpi // 150, 0), bottom + dpi // 150
    drawn = np.flatnonzero(faint[top:bottom].any(axis=0))
    left, right = _reaching(drawn, left, right, dpi // 20)
    return (left, top, right, bottom)


def _reaching(drawn: npt.NDArray[np.intp], left: int, right: int, gap: int) -> tuple[int, int]:
    """How far columns that are drawn reach from some of them, over gaps no wider than this."""
    while len(near := drawn[(drawn >= left - gap) & (drawn < left)]):
        left = int(near[0])
    while len(near := drawn[(drawn > right) & (drawn <= right + gap)]):
        right = int(near[-1])
    return left, right


def _to_blanks(picture: Picture, cell: Cell, dpi: int) -> Cell:
    """A place in a line of text made wider, until it cuts no word in two.

    A line under words that a scan broke may begin in the middle of a number.
    """
    left, top, right, bottom = cell
    inked = np.flatnonzero((picture[top:bottom] < DARK).any(axis=0))
    left, right = _reaching(inked, left, right, dpi // 12)
    aside = dpi // 10
    return (max(left - aside, 0), top, min(right + aside, picture.shape[1]), bottom)


def _clear(picture: Picture, ink: Inked, lines: Sequence[Cell], paper: int, dpi: int) -> None:
    """Paint lines over with paper, but where strokes of letters cross them."""
    reach = max(dpi // 60, 3)
    letters = ink.copy()
    for left, top, right, bottom in lines:
        letters[top:bottom, left:right] = 0
    letters = np.pad(letters, ((reach, reach), (0, 0)))
    for left, top, right, bottom in lines:
        near = letters[top : bottom + 2 * reach, left:right] > 0
        picture[top:bottom, left:right][~_crossed(near, reach)] = paper


def _crossed(letters: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Where there is ink close above and close below; the first and last `reach` rows left out."""
    high = len(letters) - 2 * reach
    down = np.logical_or.reduce([letters[reach - n :][:high] for n in range(1, reach + 1)])
    up = np.logical_or.reduce([letters[reach + n :][:high] for n in range(1, reach + 1)])
    return np.asarray(down & up, dtype=np.bool_)


# ------------------------------------------------------------------ boxes of one digit


def find_boxes(picture: Picture, dpi: int) -> list[list[Cell]]:
    """Rows of seven or more equal boxes, as forms have them for a number."""
    walls = np.zeros_like(picture)
    for axis in (0, 1):
        for ink in inks(picture, dpi, axis):
            thick = cv2.dilate(ink, _bar(3, 1 - axis))
            straight = strokes(np.asarray(thick), axis).opened(dpi // 8).picture()
            walls = np.asarray(cv2.bitwise_or(walls, straight))
    walls = np.asarray(cv2.dilate(walls, np.ones((3, 3), np.uint8)))
    inside = [
        (x, y, x + w, y + h)
        for y, x, w, h in _enclosed(walls)
        if _is_box(w / dpi, h / dpi) and _filled(walls[y : y + h, x : x + w])
    ]
    return [row for row in _in_rows(sorted(inside)) if 7 <= len(row) <= 12]


def _enclosed(walls: Inked) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, width and height of what lies between walls; the picture's edges are walls too.

    Contours take a tenth of the time that labelling every pixel of a page does (measured).
    """
    bounded = cv2.copyMakeBorder(walls, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255.0,))
    contours, levels = cv2.findContours(bounded, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour, level in zip(contours, _above_of(levels), strict=True):
        if level >= 0:  # a hole's contour runs on the walls around it
            top, left, wide, high = _placed(contour)
            yield top, left, wide - 2, high - 2


def _is_box(wide: float, high: float) -> bool:
    """Whether inches fit a box for one digit."""
    return 0.08 < wide < 0.5 and 0.1 < high < 0.5 and 0.5 < wide / high < 1.8


def _filled(box: Inked) -> bool:
    """Whether what lies between walls is a rectangle: it fills the place it reaches over."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(255 - box, connectivity=4)
    return max((area for *_, area in stats[1:]), default=0) > 0.85 * box.size


def _in_rows(boxes: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Boxes from left to right that stand side by side at one height and have one size."""
    left = list(boxes)
    while left:
        row = [left.pop(0)]
        while follower := next((b for b in left if _follows(row, b)), None):
            row.append(follower)
            left.remove(follower)
        yield row


def _follows(row: list[Cell], box: Cell) -> bool:
    last = row[-1]
    wide, high = last[2] - last[0], last[3] - last[1]
    level = abs(box[1] - last[1]) < high / 4 and abs(box[3] - last[3]) < high / 4
    alike = abs((box[2] - box[0]) - wide) < wide / 4
    near = 0 < box[0] - last[2] < wide
    return level and alike and near


@dataclass(frozen=True, slots=True)
class Line:
    """The digits of a row of boxes set close together, as a number is printed."""

    picture: Picture
    digits: int


def in_one_line(picture: Picture, boxes: Sequence[Cell], dpi: int) -> Line | None:
    """The digits of some boxes in one line; None where all are empty."""
    crops = [_digit(picture[b[1] + 1 : b[3] - 1, b[0] + 1 : b[2] - 1], dpi) for b in boxes]
    kept = [crop for crop in crops if crop is not None]
    if not kept:
        return None
    high = max(crop.shape[0] for crop in kept)
    space = np.full((high, max(high // 7, 2)), 250, np.uint8)
    parts = [part for crop in kept for part in (_as_high(crop, high), space)]
    return Line(white_framed(np.hstack([space, *parts]), dpi // 12), len(kept))


def _digit(box: Picture, dpi: int) -> Picture | None:
    """The columns of a box that hold its digit."""
    columns = np.flatnonzero((box < DARK).sum(axis=0) > 1)
    if len(columns) < dpi / 100 or (box < DARK).mean() < 0.02:
        return None
    left, right = max(int(columns[0]) - 1, 0), int(columns[-1]) + 2
    return np.ascontiguousarray(box[:, left:right])


def _as_high(crop: Picture, high: int) -> Picture:
    missing = ((0, high - crop.shape[0]), (0, 0))
    return np.asarray(np.pad(crop, missing, constant_values=250), np.uint8)
