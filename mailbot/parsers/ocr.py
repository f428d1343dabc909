"""Pictures of pages → words with their places. The home of tesserocr and OpenCV.

What was measured, and is done here: the script model *Latin* reads the page, because Debian's
Spanish model cannot print an @; the Spanish model reads numbers a second time, and where the two
disagree the word says so; ruled tables are read cell by cell, because page-level recognition never
keeps rows together; crooked pages are straightened first. Runs inside the sandbox.
"""

import os
import re
import sys
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mailbot.model import Box, Table, Word

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # one process per core beats threads (measured)

import tesserocr

Picture = npt.NDArray[np.uint8]
"""Gray pixels, rows by columns, 255 is white."""

_Cell = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

_LATIN = ("Latin", "script/Latin")
_SPANISH = "spa"
_UNSURE = 0.55
_SURE_ADDRESS = 0.8
"""What two equal readings of an address are worth; a single one below it is not enough."""
_DARK = 160
_FOREIGN = "ßøæœłđðþžščćřťďňěůőűąęįųėğışțșāēīōūķļņģ€£¥§¤ÿẞ"


class NoLanguageData(Exception):
    """Tesseract's language files are not installed."""


@lru_cache(maxsize=1)
def language_data() -> Path:
    """The folder with Tesseract's language files; NoLanguageData says how to get them."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(named)] if named else []
    folders += [Path(sys.prefix) / "share" / "tessdata", Path("/usr/share/tessdata")]
    folders += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    for folder in folders:
        if (folder / f"{_SPANISH}.traineddata").exists() and _latin_in(folder):
            return folder
    raise NoLanguageData(
        "faltan los datos de idioma del OCR; instale tesseract-ocr-spa y tesseract-ocr-script-latn"
    )


def _latin_in(folder: Path) -> str | None:
    return next((name for name in _LATIN if (folder / f"{name}.traineddata").exists()), None)


@lru_cache(maxsize=2)
def _model(name: str) -> Any:  # noqa: ANN401  tesserocr has no types
    """A loaded model. Dictionaries are left out: names and addresses stand in none."""
    return tesserocr.PyTessBaseAPI(
        path=str(language_data()),
        lang=name,
        psm=tesserocr.PSM.AUTO,
        oem=tesserocr.OEM.LSTM_ONLY,
        variables={"debug_file": "", "load_system_dawg": "0", "tessedit_char_blacklist": _FOREIGN},
    )


def _latin() -> Any:  # noqa: ANN401
    return _model(_latin_in(language_data()) or _LATIN[0])


def read_picture(picture: Picture, dpi: int) -> tuple[tuple[Word, ...], tuple[Table, ...], int]:
    """The words and ruled tables of a page, boxes in points, and the turns that made it legible."""
    words, tables = _read_upright(upright(picture), dpi)
    if _mean_confidence(words) < _UNSURE:
        return _best_turn(picture, dpi, (words, tables))
    return words, tables, 0


_Read = tuple[tuple[Word, ...], tuple[Table, ...]]


def _best_turn(
    picture: Picture, dpi: int, first: _Read
) -> tuple[tuple[Word, ...], tuple[Table, ...], int]:
    """The page read the way it reads best: scans come sideways and upside down."""
    best, turned = first, 0
    for turns in (2, 1, 3):
        attempt = _read_upright(upright(picture, turns), dpi)
        if _sum_of_sure(attempt[0]) > 1.5 * _sum_of_sure(best[0]):
            best, turned = attempt, turns
        if _mean_confidence(best[0]) >= _UNSURE:
            break
    return *best, turned


def _sum_of_sure(words: tuple[Word, ...]) -> float:
    return sum(w.confidence for w in words if len(w.text) > 2 and w.confidence > _UNSURE)


def _mean_confidence(words: tuple[Word, ...]) -> float:
    return sum(w.confidence for w in words) / len(words) if words else 0.0


def _read_upright(picture: Picture, dpi: int) -> _Read:
    grids = find_grids(picture, dpi)
    tables = tuple(_read_grid(picture, grid, dpi) for grid in grids)
    rest = picture.copy()
    for table in tables:
        left, top, right, bottom = (int(v * dpi / 72) for v in table.box)
        rest[top:bottom, left:right] = 255
    words = _recognise(rest, dpi, psm=tesserocr.PSM.AUTO)
    inside = tuple(w for table in tables for row in table.rows for cell in row for w in cell)
    return (*words, *inside), tables


# ------------------------------------------------------------------ recognising


def _recognise(
    picture: Picture, dpi: int, psm: int, offset: tuple[int, int] = (0, 0)
) -> tuple[Word, ...]:
    """The words of a picture that stands at `offset` pixels on its page."""
    read = _words(_latin(), picture, dpi, psm)
    checked = (_twice(picture, word, cell, dpi) for word, cell in read)
    return tuple(replace(word, box=_points(cell, offset, dpi)) for word, cell in checked)


def _words(model: Any, picture: Picture, dpi: int, psm: int) -> list[tuple[Word, _Cell]]:  # noqa: ANN401
    model.SetPageSegMode(psm)
    model.SetImageBytes(picture.tobytes(), picture.shape[1], picture.shape[0], 1, picture.shape[1])
    model.SetSourceResolution(dpi)
    model.Recognize()
    level = tesserocr.RIL.WORD
    found = []
    for item in tesserocr.iterate_level(model.GetIterator(), level):
        text = (item.GetUTF8Text(level) or "").strip() if not item.Empty(level) else ""
        if text:
            word = Word(text, (0.0, 0.0, 0.0, 0.0), round(item.Confidence(level) / 100, 2))
            found.append((word, item.BoundingBox(level)))
    return found


def _twice(picture: Picture, word: Word, cell: _Cell, dpi: int) -> tuple[Word, _Cell]:
    """A number or an unsure address read again; where the readings differ, the word has both."""
    if len(re.findall(r"[0-9]", word.text)) >= 4 and "@" not in word.text:
        second = _crop_read(_model(_SPANISH), picture, cell, dpi, enlarge=1.0)
        same = re.sub(r"\W", "", second) == re.sub(r"\W", "", word.text)
        return (word if same else replace(word, second=second)), cell
    if "@" in word.text and word.confidence < _SURE_ADDRESS:
        second = _crop_read(_latin(), picture, cell, dpi, enlarge=1.6)
        same = second.strip(".,;") == word.text.strip(".,;")
        sure = replace(word, confidence=_SURE_ADDRESS)
        return (sure if same else replace(word, second=second)), cell
    return word, cell


def _crop_read(model: Any, picture: Picture, cell: _Cell, dpi: int, enlarge: float) -> str:  # noqa: ANN401
    """What a model reads in one word's place, enlarged."""
    left, top, right, bottom = cell
    pad = dpi // 20
    crop = picture[max(top - pad, 0) : bottom + pad, max(left - pad, 0) : right + pad]
    larger = cv2.resize(crop, None, fx=enlarge, fy=enlarge, interpolation=cv2.INTER_CUBIC)
    pixels = np.ascontiguousarray(larger, dtype=np.uint8)
    found = _words(model, pixels, int(dpi * enlarge), tesserocr.PSM.SINGLE_LINE)
    return "".join(w.text for w, _ in found)


def _points(cell: _Cell, offset: tuple[int, int], dpi: int) -> Box:
    scale = 72 / dpi
    left, top, right, bottom = cell
    dx, dy = offset
    return (
        round((left + dx) * scale, 1),
        round((top + dy) * scale, 1),
        round((right + dx) * scale, 1),
        round((bottom + dy) * scale, 1),
    )


# ------------------------------------------------------------------ straightening


def straighten(picture: Picture, limit: float = 4.0) -> Picture:
    """The page turned by the few degrees that make its lines of text level."""
    angle = _skew(picture, limit)
    if abs(angle) < 0.1:
        return picture
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(
        picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255.0,)
    )
    return np.asarray(turned, dtype=np.uint8)


def upright(picture: Picture, turns: int = 0) -> Picture:
    """The page as its words' boxes see it: straightened, and turned by quarters to the left."""
    level = straighten(picture)
    return straighten(np.ascontiguousarray(np.rot90(level, turns))) if turns else level


def _skew(picture: Picture, limit: float) -> float:
    """The angle in degrees at which rows of ink are most distinct, coarse then fine."""
    scale = 600 / max(picture.shape)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = (small < _DARK).astype(np.float32)
    coarse = max(np.arange(-limit, limit + 0.01, 0.5), key=lambda a: _sharpness(ink, float(a)))
    fine = np.arange(coarse - 0.4, coarse + 0.41, 0.1)
    return float(max(fine, key=lambda a: _sharpness(ink, float(a))))


def _sharpness(ink: npt.NDArray[np.float32], angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    rows = cv2.warpAffine(ink, turn, (width, height)).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


# ------------------------------------------------------------------ ruled tables


def find_grids(picture: Picture, dpi: int) -> list[list[list[_Cell]]]:
    """The ruled tables of a page, each as rows of cells in pixels."""
    ink = (picture < _DARK).astype(np.uint8) * 255
    across = _runs(ink, (dpi // 2, 1))
    down = _runs(ink, (1, dpi // 8))
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(lines, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [tuple(cv2.boundingRect(c)) for c in contours]
    grids = [
        _grid(across, down, box, dpi) for box in boxes if box[2] > 2 * dpi and box[3] > dpi / 4
    ]
    return [grid for grid in grids if len(grid) > 1 and max(len(row) for row in grid) > 1]


def _runs(ink: Picture, size: tuple[int, int]) -> Picture:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, size)
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel), dtype=np.uint8)


def _grid(across: Picture, down: Picture, box: tuple[int, ...], dpi: int) -> list[list[_Cell]]:
    """Rows of cells between the rulings inside `box` (left, top, width, height)."""
    left, top, width, height = box
    frame = slice(top, top + height), slice(left, left + width)
    ys = _rulings(across[frame].sum(axis=1) / 255, width * 0.5, dpi)
    rows = []
    for upper, lower in pairwise(ys):
        strip = down[top + upper : top + lower, left : left + width]
        xs = _rulings(strip.sum(axis=0) / 255, (lower - upper) * 0.6, dpi)
        rows.append([(left + a, top + upper, left + b, top + lower) for a, b in pairwise(xs)])
    return [row for row in rows if row]


def _rulings(profile: npt.NDArray[Any], enough: float, dpi: int) -> list[int]:
    """The middles of the runs where a profile holds a ruling, those closer than 2 mm joined."""
    places = np.flatnonzero(profile > enough)
    if not len(places):
        return []
    runs = np.split(places, np.flatnonzero(np.diff(places) > dpi // 12) + 1)
    return [int(run.mean()) for run in runs]


def _read_grid(picture: Picture, grid: list[list[_Cell]], dpi: int) -> Table:
    rows = tuple(tuple(_read_cell(picture, cell, dpi) for cell in row) for row in grid)
    cells = [cell for row in grid for cell in row]
    corner = (min(c[0] for c in cells), min(c[1] for c in cells))
    whole = (*corner, max(c[2] for c in cells), max(c[3] for c in cells))
    return Table(_points(whole, (0, 0), dpi), rows)


def _read_cell(picture: Picture, cell: _Cell, dpi: int) -> tuple[Word, ...]:
    left, top, right, bottom = cell
    inset = max(dpi // 60, 2)
    crop = picture[top + inset : bottom - inset, left + inset : right - inset]
    if not crop.size or (crop < _DARK).mean() < 0.002:
        return ()
    padded = cv2.copyMakeBorder(
        np.ascontiguousarray(crop), 10, 10, 10, 10, cv2.BORDER_CONSTANT, value=(255.0,)
    )
    offset = (left + inset - 10, top + inset - 10)
    return _recognise(
        np.asarray(padded, dtype=np.uint8), dpi, psm=tesserocr.PSM.SINGLE_BLOCK, offset=offset
    )
