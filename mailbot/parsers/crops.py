"""Places of a page → small pictures with the words marked, for people.

Runs inside the sandbox: what is pictured is as hostile as what is read.
"""

from collections.abc import Iterable
from functools import lru_cache, partial

import numpy as np

from mailbot.model import Box, Region
from mailbot.parsers import pictures, reader
from mailbot.parsers.problems import Unopenable
from mailbot.parsers.sheet import Picture
from mailbot.parsers.text import surround

MOST_BYTES = 60_000
"""A mail carries up to eight of them."""

_WIDEST = 900
"""Pixels: twice what a letter shows, for screens with small ones."""
_NARROWEST = 230.0
"""Points: less than this of a line tells nobody where on the page they are."""
_LEVELS = 8
_PALETTE = bytes(
    int(shade * part)
    for tint in ((1.0, 1.0, 1.0), (1.0, 0.87, 0.35))
    for shade in np.linspace(0, 255, _LEVELS)
    for part in tint
)
"""Eight grays, and the same eight under a yellow marker: 16 colours take four bits a pixel."""


def cut(kind: str, data: bytes, regions: Iterable[Region]) -> tuple[bytes, ...]:
    """A PNG for each region, in the same order; none at all where a page cannot be drawn."""
    sheet = lru_cache(maxsize=2)(partial(reader.sheet, kind, data))
    try:
        return tuple(_png(*sheet(region.page, region.turns), region) for region in regions)
    except Unopenable:
        return ()


def _png(sheet: Picture, scale: float, region: Region) -> bytes:
    """A region of a page that has `scale` pixels a point, as large as it may be."""
    left, top, right, bottom = _frame(sheet.shape, scale, region)
    gray = sheet[top:bottom, left:right]
    marked = np.zeros(gray.shape, dtype=np.uint8)
    for box in region.marks:
        x0, y0, x1, y1 = (round(v * scale) for v in box)
        marked[max(y0 - top, 0) : max(y1 - top, 0), max(x0 - left, 0) : max(x1 - left, 0)] = 255
    shrink = min(_WIDEST / gray.shape[1], 1.0)
    while len(png := _encoded(gray, marked, shrink)) > MOST_BYTES and shrink > 0.05:
        shrink *= 0.8
    return png


def _frame(shape: tuple[int, ...], scale: float, region: Region) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels of what to show."""
    height, width = shape[0], shape[1]
    box = surround(region.marks) or (0.0, 0.0, width / scale, height / scale)
    left, top, right, bottom = _widened(box, region.margin)
    within = (
        np.clip([left * scale, right * scale], 0, width),
        np.clip([top * scale, bottom * scale], 0, height),
    )
    (x0, x1), (y0, y1) = (side.astype(int).tolist() for side in within)
    empty = x1 - x0 < 1 or y1 - y0 < 1
    return (0, 0, width, height) if empty else (x0, y0, x1, y1)


def _widened(box: Box, margin: Box) -> Box:
    left, top = box[0] - margin[0], box[1] - margin[1]
    right, bottom = box[2] + margin[2], box[3] + margin[3]
    lacking = max(_NARROWEST - (right - left), 0.0) / 2
    return (left - lacking, top, right + lacking, bottom)


def _encoded(gray: Picture, marked: Picture, shrink: float) -> bytes:
    size = max(round(gray.shape[1] * shrink), 1), max(round(gray.shape[0] * shrink), 1)
    shades = pictures.scaled(gray, size) // (256 // _LEVELS)
    levels = shades + (pictures.scaled(marked, size) > 127) * _LEVELS
    return pictures.png(levels.astype(np.uint8), _PALETTE)
