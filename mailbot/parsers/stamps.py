"""Round rubber stamps over type: the ink of a pad is grayer than that of a press.

A home of OpenCV. Runs inside the sandbox. In a gray scan a stamp's blue or violet lies between the
type and the paper. Where its ring is found, what is no darker than the ring becomes paper, and what
is darker stays. A stamp as black as the type, as in a fax, stays: what its rings cross is in doubt.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from mailbot.model import Word
from mailbot.parsers.sheet import DARK, Picture, resized

_SMALL = 72
"""Dots an inch that suffice to see where a ring may be."""
_LEAST, _MOST = 0.45, 1.0
"""Inches: the radius of a seal."""
_VOTES = 28
"""What a circle needs to be looked at (OpenCV's accumulator)."""
_ROUND = 0.85
"""Which part of a ring is inked at least: type that stands in a circle by chance inks less."""
_GRAYER = 35
"""How much lighter than the type a stamp's ink is at least."""
_INKED = 40
"""How much darker than the paper a ring is at least."""
_Circle = tuple[float, float, float]
_Mask = npt.NDArray[np.bool_]
_ANGLES = np.radians(np.arange(0, 360, 2))
_STEPS = np.arange(-3, 4)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A ring on a page: its middle and radius in pixels, the gray of its ink and of the type."""

    x: float
    y: float
    radius: float
    gray: float
    black: float
    radii: tuple[int, ...]
    """How far from the middle there are rings, in hundredths of an inch."""

    @property
    def gone(self) -> bool:
        """Whether its ink can be told from the type, and so taken away."""
        return self.gray - self.black >= _GRAYER


def find(picture: Picture, dpi: int) -> tuple[Stamp, ...]:
    """The round stamps of a gray page."""
    ink = picture[::2, ::2]
    ink = ink[ink < DARK]
    if not ink.size:
        return ()
    black, paper = float(np.percentile(ink, 10)), float(np.median(picture))
    kept: list[Stamp] = []
    for circle in _circles(picture, dpi):
        near = any(np.hypot(circle[0] - one.x, circle[1] - one.y) < one.radius for one in kept)
        if near or not _inked(_along(picture, circle, dpi // 30), paper):
            continue
        ring = _settled(picture, circle, dpi)
        line = _along(picture, ring, 1)
        if _inked(line, paper):
            radii = _radii(picture, ring, paper, dpi)
            kept.append(Stamp(*ring, float(np.median(line)), black, radii))
    return tuple(kept)


def _inked(line: npt.NDArray[np.uint8], paper: float) -> bool:
    """Whether there is ink almost all around."""
    return bool((line < paper - _INKED).mean() >= _ROUND)


def _circles(picture: Picture, dpi: int) -> Iterator[_Circle]:
    """Where rings may be, the likeliest first."""
    scale = _SMALL / dpi
    small = resized(picture, scale)
    least, most = round(_LEAST * _SMALL), round(_MOST * _SMALL)
    found = cv2.HoughCircles(small, cv2.HOUGH_GRADIENT, 1.0, 3, None, 100, _VOTES, least, most)
    for circle in [] if found is None else found[0][:12]:
        x, y, radius = (float(v) / scale for v in circle)
        yield x, y, radius


def _settled(picture: Picture, circle: _Circle, dpi: int) -> _Circle:
    """The circle moved to where its whole line is darkest."""
    step = dpi / 100
    for by in (step, step / 2):
        tries = [
            (circle[0] + a * by, circle[1] + b * by, circle[2] + c * by)
            for a in _STEPS
            for b in _STEPS
            for c in _STEPS
        ]
        circle = min(tries, key=lambda t: float(np.minimum(_along(picture, t, 0), 200).mean()))
    return circle


def _along(picture: Picture, ring: _Circle, width: int) -> npt.NDArray[np.uint8]:
    """The darkest pixel at every angle of a ring so many pixels wide on both sides."""
    x, y, radius = ring
    reach = radius + np.arange(-width, width + 1)[:, None]
    across = np.clip(x + reach * np.cos(_ANGLES), 0, picture.shape[1] - 1).astype(int)
    down = np.clip(y + reach * np.sin(_ANGLES), 0, picture.shape[0] - 1).astype(int)
    return np.asarray(picture[down, across].min(axis=0), np.uint8)


# ------------------------------------------------------------------ taken away


def without(picture: Picture, stamps: tuple[Stamp, ...], dpi: int) -> Picture:
    """The page without the ink of stamps; the type under them stays."""
    return _cleared(picture, stamps, dpi, whole=True)


def without_rings(picture: Picture, stamps: tuple[Stamp, ...], dpi: int) -> Picture:
    """The page without the rings of stamps alone: rulings, as gray as they are, stay."""
    return _cleared(picture, stamps, dpi, whole=False)


def _cleared(picture: Picture, stamps: tuple[Stamp, ...], dpi: int, *, whole: bool) -> Picture:
    out = picture.copy()
    for stamp in (stamp for stamp in stamps if stamp.gone):
        reach = stamp.radius + dpi / 30
        place = _square(picture, stamp, reach)
        piece = out[place]
        away = _away(place, stamp)
        rings = np.isin(np.rint(away * 100 / dpi).astype(int), stamp.radii)
        kept = np.where(rings, _near_type(piece, stamp, 1), _near_type(piece, stamp, dpi // 40))
        taken = (rings | whole) & (away <= reach) & ~kept
        out[place] = np.where(taken, _paper(piece, dpi), piece)
    return out


def _near_type(piece: Picture, stamp: Stamp, pixels: int) -> _Mask:
    """What is darker than a stamp, and pixels around: the fine parts of letters are gray."""
    limit = stamp.gray - (stamp.gray - stamp.black) * _SPREAD
    type_ = np.asarray(piece < limit, np.uint8)
    return np.asarray(cv2.dilate(type_, np.ones((2 * pixels + 1,) * 2, np.uint8)) > 0)


_SPREAD = 0.2
"""How far a stamp's ink reaches towards the type's gray."""


def _paper(piece: Picture, dpi: int) -> Picture:
    """The paper under what is written on a piece."""
    side = max(dpi // 8, 3)
    return np.asarray(cv2.morphologyEx(piece, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)))


def _radii(picture: Picture, circle: _Circle, paper: float, dpi: int) -> tuple[int, ...]:
    """How far from the middle a stamp has rings, in hundredths of an inch."""
    x, y, radius = circle
    rings = ((n, (x, y, n * dpi / 100)) for n in range(10, int(radius * 100 / dpi) + 6))
    inked = [n for n, ring in rings if _inked(_along(picture, ring, 0), paper)]
    return tuple(sorted({n + by for n in inked for by in (-1, 0, 1)}))


def _square(picture: Picture, stamp: Stamp, reach: float) -> tuple[slice, slice]:
    """The rows and columns of a page that a stamp may touch."""
    high, wide = picture.shape
    rows = slice(max(int(stamp.y - reach), 0), min(int(stamp.y + reach) + 1, high))
    return rows, slice(max(int(stamp.x - reach), 0), min(int(stamp.x + reach) + 1, wide))


def _away(place: tuple[slice, slice], stamp: Stamp) -> npt.NDArray[np.float64]:
    """How far the pixels of a square are from the middle of a stamp."""
    rows, columns = place
    down = np.arange(rows.start, rows.stop)[:, None] - stamp.y
    return np.hypot(down, np.arange(columns.start, columns.stop) - stamp.x)


# ------------------------------------------------------------------ what stays


def doubted(words: tuple[Word, ...], stamps: tuple[Stamp, ...], dpi: int) -> tuple[Word, ...]:
    """The words, those in doubt that the rings of a stamp cross which could not be taken away."""
    black = tuple(stamp for stamp in stamps if not stamp.gone)
    return tuple(_in_doubt(w) if crossed(w, black, dpi) else w for w in words)


def crossed(word: Word, stamps: tuple[Stamp, ...], dpi: int) -> bool:
    """Whether a ring of any stamp runs through a word."""
    return any(_crosses(stamp, word, dpi) for stamp in stamps)


def _in_doubt(word: Word) -> Word:
    return replace(word, confidence=min(word.confidence, _DOUBT), second=word.second or "?")


_DOUBT = 0.5


def _crosses(stamp: Stamp, word: Word, dpi: int) -> bool:
    """Whether a ring runs through the box of a word."""
    left, top, right, bottom = (side * dpi / 72 for side in word.box)
    across = (left - stamp.x, right - stamp.x)
    down = (top - stamp.y, bottom - stamp.y)
    near = np.hypot(np.clip(0, *across), np.clip(0, *down)) * 100 / dpi
    far = np.hypot(max(map(abs, across)), max(map(abs, down))) * 100 / dpi
    return any(near <= radius <= far for radius in stamp.radii)
