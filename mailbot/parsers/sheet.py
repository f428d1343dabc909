"""Pixels as they came → the sheet of paper upright, level and evenly lit.

A home of OpenCV. Runs inside the sandbox. Words are found on the sheet this makes, so their boxes
hold on it and not on the pixels as they came.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

cv2.setNumThreads(1)  # one process per core beats threads (measured)

Picture = npt.NDArray[np.uint8]
"""Gray pixels, rows by columns, 255 is white; in colour blue, green and red lie behind."""

DARK = 160
"""Gray below this is ink."""
FAINT = 185
"""Gray below this is, too, where strokes are thin: those of a coarse scan fall to pieces above."""

FINE, ENOUGH = 300, 190
"""Sheets coarser than `ENOUGH` dots an inch are enlarged to `FINE` ones (measured)."""

_LONG_SIDE = 11.7
"""Inches: a photographed sheet is taken for A4."""
_WIDEST_TILT = 15.0
_COLOURFUL = 45
"""How far apart the colours of a pixel are at least in coloured ink."""
_SEEN = 800
"""Pixels of the longer side that suffice to see where the paper lies."""

_Corners = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A gray sheet of `dpi` dots an inch; `own` is how fine it was when it came.

    `turns` says how many quarters to the left it was turned.
    """

    picture: Picture
    dpi: int
    own: float
    turns: int = 0


def flat(pixels: Picture, dpi: int | None = None) -> Sheet:
    """The paper alone, flat, gray and evenly lit; `dpi` None for a photograph of unknown scale."""
    gray = without_ink(pixels)
    corners = find_paper(gray)
    if corners is not None:
        return _rectified(gray, corners)
    own = dpi or max(gray.shape) / _LONG_SIDE
    larger = FINE / own if own < ENOUGH else min(400 / own, 1.0)
    if larger != 1.0:
        gray = resized(gray, larger)
    return Sheet(even(gray), round(own * larger), own)


def turned(sheet: Sheet, turns: int) -> Sheet:
    """The sheet turned by quarters to the left, then made level."""
    picture = np.ascontiguousarray(np.rot90(sheet.picture, turns))
    return Sheet(straighten(picture), sheet.dpi, sheet.own, (sheet.turns + turns) % 4)


# ------------------------------------------------------------------ colour and light


def without_ink(pixels: Picture) -> Picture:
    """Gray pixels without the coloured ink that stamps and pens left over black type.

    The brightest of the three colours is taken: black stays black, colours become lighter. Where
    coloured ink and black type mix, the ink vanishes; a letterhead or a text printed in colour
    stands by itself and stays.
    """
    if pixels.ndim == 2:
        return pixels
    brightest, spread = pixels.max(axis=2), pixels.max(axis=2) - pixels.min(axis=2)
    if (spread[::4, ::4] > _COLOURFUL).mean() < 0.0005:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    faded = cv2.add(brightest, spread)  # so much darker than the paper is ink where it is coloured
    return np.asarray(np.where(_over_type(brightest, spread), faded, brightest), dtype=np.uint8)


def _over_type(brightest: Picture, spread: Picture) -> npt.NDArray[np.bool_]:
    """Where coloured ink lies over black type, blob by blob of ink."""
    coloured = np.ascontiguousarray(spread[::4, ::4] > _COLOURFUL).astype(np.uint8)
    black = ((brightest[::4, ::4] < 110) & (spread[::4, ::4] < _COLOURFUL // 2)).astype(np.float64)
    count, blobs = cv2.connectedComponents(cv2.dilate(coloured, np.ones((9, 9), np.uint8)))
    type_in = np.bincount(blobs.ravel(), black.ravel(), count)
    ink_in = np.bincount(blobs.ravel(), coloured.ravel(), count)
    mixed = (type_in > 0.05 * ink_in) & (np.arange(count) > 0)
    size = (brightest.shape[1], brightest.shape[0])
    whole = cv2.resize(mixed[blobs].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, dtype=np.bool_)


def even(gray: Picture) -> Picture:
    """The sheet without the shadows on it, if there are any: its paper is white everywhere."""
    small = resized(gray, 1 / 8)
    paper = cv2.dilate(small, np.ones((9, 9), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 9), (0, 0), 3)
    darkest, brightest = np.percentile(paper, (3, 97))
    if brightest - darkest < 30:
        return gray
    light = cv2.resize(paper, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, light, scale=245), dtype=np.uint8)


def lit(picture: Picture, dpi: int) -> Picture:
    """The sheet, its dark boxes with white letters made white with dark letters.

    Letterheads in boxes are read so, and their edges are not taken for rulings.
    """
    small = np.asarray(resized(picture, 1 / 4) < DARK, dtype=np.uint8)
    _, _, found, _ = cv2.connectedComponentsWithStats(small, connectivity=4)
    out = picture.copy()
    for left, top, wide, high, area in found[1:] * (4, 4, 4, 4, 16):
        if wide > dpi / 3 and high > dpi / 6 and area > _FILLED * wide * high:
            place = (slice(top, top + high), slice(left, left + wide))
            out[place] = _negative(out[place], dpi)
    return out


_FILLED = 0.6
"""Which part of a dark box is dark at least: the letters in it are thin."""


def _negative(box: Picture, dpi: int) -> Picture:
    """A dark box as white paper; the rim that is neither is white too."""
    light = cv2.dilate(255 - box, np.ones((dpi // 16, dpi // 16), np.uint8))
    turned = np.asarray(cv2.divide(255 - box, light, scale=245), dtype=np.uint8)
    rim = dpi // 60
    edges = np.full_like(turned, 245)
    edges[rim:-rim, rim:-rim] = turned[rim:-rim, rim:-rim]
    return edges


# ------------------------------------------------------------------ where the paper lies


def find_paper(gray: Picture) -> _Corners | None:
    """The corners of a bright sheet on a darker table; None where the picture is all sheet."""
    scale = _SEEN / max(gray.shape)
    small = cv2.GaussianBlur(resized(gray, scale), (0, 0), 3)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    found = (_sheet_in(small, limit) for limit in _limits(small))
    corners = next((c for c in found if c is not None), None)
    return None if corners is None else np.asarray(_in_order(corners / scale), dtype=np.float32)


def _limits(small: Any) -> tuple[float, float]:  # noqa: ANN401  OpenCV has no types
    """What parts the paper from the table; and, in a hard shadow, the dark part of both."""
    how = cv2.THRESH_BINARY + cv2.THRESH_OTSU
    light, _ = cv2.threshold(small, 0, 255, how)
    below = small[small <= light].reshape(-1, 1)
    shadow, _ = cv2.threshold(below, 0, 255, how) if below.size else (light, None)
    return light, shadow


def _sheet_in(small: Any, limit: float) -> npt.NDArray[Any] | None:  # noqa: ANN401
    """The corners of the largest bright thing, if it is a sheet."""
    _, bright = cv2.threshold(small, limit, 255, cv2.THRESH_BINARY)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True)
    part = cv2.contourArea(corners) / small.size
    if len(corners) != 4 or not 0.25 < part < 0.97 or not _stands_out(small, corners):
        return None
    return np.asarray(corners.reshape(4, 2))


def _stands_out(small: Any, corners: Any) -> bool:  # noqa: ANN401  OpenCV has no types
    """Whether what lies around the sheet is darker than the sheet."""
    inside = np.zeros(small.shape, np.uint8)
    cv2.fillConvexPoly(inside, corners, 1)
    return bool(np.median(small[inside == 1]) - np.median(small[inside == 0]) > 50)


def _in_order(corners: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Upper left, upper right, lower right, lower left."""
    total, apart = corners.sum(axis=1), np.diff(corners, axis=1).ravel()
    places = (total.argmin(), apart.argmin(), total.argmax(), apart.argmax())
    return np.stack([corners[place] for place in places])


def _rectified(gray: Picture, corners: _Corners) -> Sheet:
    """The sheet seen from straight above, as fine as recognition likes it."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    own = float(max(width, height) / _LONG_SIDE)
    dpi = FINE if own < ENOUGH else round(min(own, 400))
    wide, high = round(width * dpi / own), round(height * dpi / own)
    goal = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, goal)
    above = cv2.warpPerspective(gray, turn, (wide, high), flags=cv2.INTER_CUBIC)
    edge = dpi // 25  # a rest of the table would be taken for rulings
    above[:edge], above[-edge:], above[:, :edge], above[:, -edge:] = (np.median(above),) * 4
    return Sheet(even(np.asarray(above, dtype=np.uint8)), dpi, own)


def resized(picture: Picture, scale: float) -> Picture:
    """The picture so many times as large."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how), np.uint8)


# ------------------------------------------------------------------ level


def straighten(picture: Picture) -> Picture:
    """The page turned by the few degrees that make its lines of text level."""
    angle = _tilt(picture)
    if abs(angle) < 0.1:
        return picture
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    size = _room(width, height, angle) if abs(angle) > 3 else (width, height)
    turn[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    paper = (float(np.median(picture)),)
    level = cv2.warpAffine(picture, turn, size, flags=cv2.INTER_CUBIC, borderValue=paper)
    return np.asarray(level, dtype=np.uint8)


def _room(width: int, height: int, angle: float) -> tuple[int, int]:
    """The size that a page needs not to lose its corners."""
    sine, cosine = abs(np.sin(np.radians(angle))), abs(np.cos(np.radians(angle)))
    return int(width * cosine + height * sine), int(height * cosine + width * sine)


def is_sideways(picture: Picture) -> bool:
    """Whether lines of text seem to run up and down: a guess to begin with, to be verified."""
    ink = _small_ink(picture, 400)
    angles = np.arange(-4, 4.1, 2)
    along, across = (
        max(_sharpness(side, float(angle)) for angle in angles)
        for side in (ink, np.ascontiguousarray(ink.T))
    )
    return bool(across > 1.5 * along)


def _tilt(picture: Picture) -> float:
    """The angle in degrees at which rows of ink are most distinct, coarse then fine."""
    coarse, fine = _small_ink(picture, 400), _small_ink(picture, 800)
    steps = np.arange(-_WIDEST_TILT, _WIDEST_TILT + 0.1, 0.75)
    first = _best(coarse, steps)
    second = _best(coarse, np.arange(first - 0.5, first + 0.51, 0.25))
    return _best(fine, np.arange(second - 0.2, second + 0.21, 0.1))


def _best(ink: npt.NDArray[np.float32], angles: npt.NDArray[np.float64]) -> float:
    return float(max(angles, key=lambda angle: _sharpness(ink, float(angle))))


def _small_ink(picture: Picture, side: int) -> npt.NDArray[np.float32]:
    """Where there is ink, small; the margins, where scanners leave shadows, are left out."""
    high, wide = picture.shape
    middle = picture[high // 20 : -high // 20, wide // 20 : -wide // 20]
    small = resized(np.ascontiguousarray(middle), side / max(middle.shape))
    return (255 - np.clip(small, 0, 255).astype(np.float32)) * (small < np.median(small) - 25)


def _sharpness(ink: npt.NDArray[np.float32], angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    rows = cv2.warpAffine(ink, turn, (width, height)).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


# ------------------------------------------------------------------ pieces


def framed(picture: Picture, cell: tuple[int, ...], dpi: int, enlarge: float = 1.0) -> Picture:
    """A piece of a sheet with its paper made white and a white frame, enlarged.

    A gray piece in a white frame would read as a letter O. A place with nothing in it is paper:
    OpenCV ends the process over an empty picture.
    """
    left, top, right, bottom = cell
    near, above = max(dpi // 50, 2), max(dpi // 20, 4)
    upper = max(top - above, 0)
    crop = picture[upper : bottom + above, max(left - near, 0) : right + near]
    if not crop.size:
        return np.full((dpi // 10, dpi // 10), 255, np.uint8)
    crop = alone(np.ascontiguousarray(crop), top - upper, bottom - upper)
    crop = resized(crop, enlarge) if enlarge != 1.0 else crop
    return white_framed(crop, dpi // 20)


def trimmed(picture: Picture, dpi: int) -> tuple[Picture, tuple[int, int]]:
    """A piece cut to what is written on it, in a white frame, and where that lies; specks apart.

    A short word in a wide empty cell is not found by recognition.
    """
    ink = np.asarray(picture < DARK, dtype=np.uint8)
    found = pieces(ink)
    left, top, wide, high = found[found[:, cv2.CC_STAT_HEIGHT] > dpi // 30, :4].T
    if not left.size:
        return picture, (0, 0)
    near, frame = dpi // 75, dpi // 20
    x, y = max(int(left.min()) - near, 0), max(int(top.min()) - near, 0)
    right, bottom = int((left + wide).max()) + near, int((top + high).max()) + near
    return white_framed(picture[y:bottom, x:right], frame), (x - frame, y - frame)


def pieces(ink: Picture) -> npt.NDArray[np.int32]:
    """What ink hangs together: rows of left, top, width, height and area, in pixels."""
    if not ink.size:
        return np.zeros((0, 5), np.int32)
    return np.asarray(cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:], np.int32)


_OF_ANOTHER = 0.3
"""Part of a line's height into which the letters of the lines above and below may reach."""


def alone(crop: Picture, top: int, bottom: int) -> Picture:
    """A piece with one line of text from `top` to `bottom`, without bits of its neighbours.

    What touches the upper or lower edge belongs to another line: recognition would look for two.
    """
    ink = np.asarray(crop < DARK, dtype=np.uint8)
    _, blobs, found, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    upper, lower = (
        found[:, cv2.CC_STAT_TOP],
        found[:, cv2.CC_STAT_TOP] + found[:, cv2.CC_STAT_HEIGHT],
    )
    inside = np.minimum(lower, bottom) - np.maximum(upper, top)
    others = ((upper == 0) | (lower == len(crop))) & (inside < _OF_ANOTHER * (bottom - top))
    others[0] = False  # the paper
    if not others.any():
        return crop
    faded = cv2.dilate(others[blobs].astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.where(faded, np.uint8(np.median(crop)), crop)


def lines(picture: Picture) -> list[tuple[int, int, int, int]]:
    """Where the lines of text of a piece lie, by the ink in them: left, top, right, bottom."""
    ink = picture < DARK
    spans = _runs(ink.sum(axis=1) > 1)
    high = max((bottom - top for top, bottom in spans), default=0)
    tall = [(top, bottom) for top, bottom in spans if bottom - top > high / 3]
    columns = [np.flatnonzero(ink[top:bottom].any(axis=0)) for top, bottom in tall]
    return [
        (int(across[0]), top, int(across[-1]) + 1, bottom)
        for (top, bottom), across in zip(tall, columns, strict=True)
    ]


def closed(picture: Picture) -> Picture:
    """A line with the gaps between its signs made narrow: digits set far apart are one number."""
    blank = np.asarray(~(picture < DARK).any(axis=0), np.bool_)
    kept = np.ones(len(blank), dtype=np.bool_)
    for begin, end in _runs(blank):
        kept[begin + len(picture) // 8 : end] = begin == 0 or end == len(blank)
    return np.ascontiguousarray(picture[:, kept])


def _runs(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begins and ends of what is marked without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.astype(np.int8), [0]))))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def white_framed(crop: Picture, width: int) -> Picture:
    """A piece with its paper made white, in a white frame of some pixels."""
    paper = max(float(np.percentile(crop, 70)), 1.0)
    lighter = cv2.convertScaleAbs(np.ascontiguousarray(crop), alpha=250 / paper)
    sides = (width,) * 4
    frame = cv2.copyMakeBorder(lighter, *sides, cv2.BORDER_CONSTANT, value=(250.0,))
    return np.asarray(frame, dtype=np.uint8)
