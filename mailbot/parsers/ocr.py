"""Gray pixels of text → words with their places, by one of three models. The home of tesserocr.

The script model *Latin* knows every sign; the Spanish one is quick and sure of numbers, but the one
Debian has cannot print an @; the English one breaks ties. Runs inside the sandbox.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailbot.model import Box, Word
from mailbot.parsers.grids import Cell
from mailbot.parsers.sheet import Picture, framed

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # one process per core beats threads (measured)

import tesserocr

LATIN, SPANISH, ENGLISH = "Latin", "spa", "eng"
_LATIN = (LATIN, f"script/{LATIN}")
_OURS = frozenset("áéíóúüñÁÉÍÓÚÜÑäöÄÖ")
_LETTERS = (chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
_FOREIGN = "".join(c for c in _LETTERS if c.isalpha() and c not in _OURS) + "€£¥§¤"
"""Latin letters no Spanish word has (ẹ, Ő, ġ …): specks make them of ours."""

PAGE, BLOCK, LINE = tesserocr.PSM.AUTO, tesserocr.PSM.SINGLE_BLOCK, tesserocr.PSM.SINGLE_LINE
"""How words may lie in a picture: anywhere, in one column, in one line."""

Placed = tuple[Word, Cell]
"""A word and where it lies, in pixels of the picture it was read in."""


class NoLanguageData(Exception):
    """Language files of Tesseract, or the models of PP-OCR, are not installed."""


@lru_cache(maxsize=1)
def language_data() -> Path:
    """The folder with Tesseract's language files; NoLanguageData says how to get them."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(named)] if named else []
    folders += [Path(sys.prefix) / "share" / "tessdata", Path("/usr/share/tessdata")]
    folders += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    for folder in folders:
        if (folder / f"{SPANISH}.traineddata").exists() and _latin_in(folder):
            return folder
    raise NoLanguageData(
        "faltan los datos de idioma del OCR; instale tesseract-ocr-spa y tesseract-ocr-script-latn"
    )


def _latin_in(folder: Path) -> str | None:
    return next((name for name in _LATIN if (folder / f"{name}.traineddata").exists()), None)


@lru_cache(maxsize=3)
def _loaded(name: str) -> Any:  # noqa: ANN401  tesserocr has no types
    """A loaded model. Dictionaries are left out: names and addresses stand in none."""
    return tesserocr.PyTessBaseAPI(
        path=str(language_data()),
        lang=name,
        psm=PAGE,
        oem=tesserocr.OEM.LSTM_ONLY,
        variables={"debug_file": "", "load_system_dawg": "0", "tessedit_char_blacklist": _FOREIGN},
    )


def _model(name: str) -> Any:  # noqa: ANN401
    """A model by its name; for the English one, where it is not installed, the Spanish one."""
    folder = language_data()
    if name == LATIN:
        return _loaded(_latin_in(folder) or LATIN)
    there = (folder / f"{name}.traineddata").exists()
    return _loaded(name if there else SPANISH)


def load() -> None:
    """Load the models; NoLanguageData if they are not installed."""
    for name in (LATIN, SPANISH, ENGLISH):
        _model(name)


def words(name: str, picture: Picture, dpi: int, layout: int) -> list[Placed]:
    """The words a model reads in a picture; their boxes as points are left to whoever places it."""
    model = _model(name)
    model.SetPageSegMode(layout)
    model.SetImageBytes(picture.tobytes(), picture.shape[1], picture.shape[0], 1, picture.shape[1])
    model.SetSourceResolution(dpi)
    model.Recognize()
    level = tesserocr.RIL.WORD
    found = []
    for item in tesserocr.iterate_level(model.GetIterator(), level):
        text = (item.GetUTF8Text(level) or "").strip() if not item.Empty(level) else ""
        text = without_specks(text.replace("œ", "oe").replace("æ", "ae"))
        if text:
            left, top, right, bottom = _in_its_row(item)
            word = Word(text, (0.0, 0.0, 0.0, 0.0), round(item.Confidence(level) / 100, 2))
            for part, begin, end in parted(text, left, right):
                found.append((replace(word, text=part), (int(begin), top, int(end), bottom)))
    return _apart(found)


def parted(text: str, left: float, right: float) -> Iterator[tuple[str, float, float]]:
    """The words of a line that lies between two sides, each with the sides of its own share."""
    each = (right - left) / len(text)
    for match in re.finditer(r"\S+", text):
        begin, end = (left + each * side for side in match.span())
        yield match[0], begin, end


def _apart(found: list[Placed]) -> list[Placed]:
    """The words, each with a place that ends where the next begins: some reach far over it."""
    nexts = (cell for _, cell in [*found[1:], *found[-1:]])
    return [(w, _short_of(after, c)) for (w, c), after in zip(found, nexts, strict=True)]


def _short_of(after: Cell, cell: Cell) -> Cell:
    left, top, right, bottom = cell
    level = top < (after[1] + after[3]) / 2 < bottom
    reaches_over = left < after[0] < right - (bottom - top)
    return (left, top, after[0], bottom) if level and reaches_over else cell


_ABOVE, _BELOW = 1.35, 1.6
"""Heights of capitals above the line that an accent needs, depths of a g below it."""


def _in_its_row(item: Any) -> Cell:  # noqa: ANN401
    """Where a word lies, without the bit of another line that its box holds: tall boxes mix lines.

    A row tells how high its capitals are above the line the letters stand on, how deep a g below.
    """
    left, top, right, bottom = item.BoundingBox(tesserocr.RIL.WORD)
    line, row = item.Baseline(tesserocr.RIL.WORD), item.RowAttributes()
    if line is None or bottom - top < row["row_height"] * _ABOVE:
        return (left, top, right, bottom)
    stands = (line[0][1] + line[1][1]) / 2
    highest = stands - _ABOVE * (row["row_height"] + row["descenders"])
    lowest = stands - _BELOW * row["descenders"]
    upper, lower = max(top, int(highest)), min(bottom, int(lowest))
    # a row that Tesseract lays elsewhere tells nothing about the word
    return (left, upper, right, lower) if upper < lower else (left, top, right, bottom)


def without_specks(text: str) -> str:
    """A word without the marks that specks beside it are taken for, nor what is read into an @."""
    told = text.strip("‘’ʻʼ´`^~'") if any(map(str.isalnum, text)) else text
    told = _DIGITS_APART.sub(r"\1 \2", _STRUCK_S.sub("S", told))
    told = _AT_LIKE.sub("@", told) if told.islower() and "@" not in told else told
    told = told.replace("(@", "@")
    told = _BETWEEN_WORDS.sub(" ", _COLON.sub(".", _SYSTEM.sub("SIAGIE", told)))
    return _PARTED.sub(r"\1 \2", _ROUND.sub(lambda m: f"@{m[1] or 'outlook'}.", told))


_STRUCK_S = re.compile(r"\$(?=[A-ZÁÉÍÓÚÑ]{2})")
"""An S with a stroke through it: no sum of money begins with letters."""
_DIGITS_APART = re.compile(r"^([0-9])['`´‘’:·]([0-9])$")
"""Two digits of a number written digit by digit, and a speck between them."""
_AT_LIKE = re.compile(r"(?<=[a-z0-9])[«»©®¢€əƏ](?=[a-z])")
"""What an @ is taken for: no other sign of these stands inside a word in small letters."""


_BETWEEN_WORDS = re.compile(
    r"(?<=[a-záéíóúñ])['`´‘’]+(?=[a-záéíóúñ])"
    r"|(?<=[^\W\d_]{3})(?<![Dd][AEae][Ll]{2})['`´‘’]+(?=[^\W\d_]{2})"
)
"""A speck in the blank between two words, «los`accesos», «PAOLA'QUISPE».

In names a capital follows the sign, and before it stand a letter or two (D'Angelo), or Dall.
"""


_SYSTEM = re.compile(r"(?:^[-.·]+)?\bS[IJLTÍ1]AG[IJLTÍ1][EÉ]\b")
"""No other word looks like the system's name."""


_COLON = re.compile(r"(?<=[a-z0-9]):(?=[a-z0-9._-]+@)")
"""A dot in an address, and a speck above it."""


_PARTED = re.compile(
    r"^(de(?=l[ao]s?$)|alta(?=y$)|baja(?=y$)|(?:directora?|jef[ea])(?=del?$)"
    r"|(?:especialista|responsable)(?=en$|del?$))(l[ao]s?|y|del?|en)$",
    re.IGNORECASE,
)
"""«DELOS», «ALTAY», «DIRECTORDE», whose blanks were lost."""


_ROUND = re.compile(r"@[0o]*(?:(gmail|hotmail|yahoo|icloud|outlook)|[0o]utlook)\.")
"""The end of an @ is read as an o or a zero once more: @0outlook. is one of the great providers."""


def spelled(name: str, picture: Picture, cell: Cell, dpi: int, enlarge: float) -> str:
    """What a model reads in an address's place, enlarged; a blank stands where a sign may be lost.

    Parts with a sign between them are one; two letters apart may have lost a dot or a low line.
    """
    return without_blanks(" ".join(in_place(name, picture, cell, dpi, enlarge)))


def without_blanks(text: str) -> str:
    """An address without the blanks that stand beside its signs."""
    return _BETWEEN.sub("", text)


_BETWEEN = re.compile(r"(?<![^\W_]) | (?![^\W_])|(?<=[0-9]) (?=[0-9])")


def again(name: str, picture: Picture, cell: Cell, dpi: int, enlarge: float) -> str:
    """What a model reads in one word's place, enlarged."""
    return "".join(in_place(name, picture, cell, dpi, enlarge))


def in_place(name: str, picture: Picture, cell: Cell, dpi: int, enlarge: float = 1.0) -> list[str]:
    """The words a model reads in a place, enlarged."""
    return line(name, framed(picture, cell, dpi, enlarge), int(dpi * enlarge))


def line(name: str, picture: Picture, dpi: int) -> list[str]:
    """The words a model reads in a picture of one line."""
    return [word.text for word, _ in words(name, picture, dpi, LINE)]


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of a page, of `dpi` dots an inch, and where on it, in pixels, it lies."""

    picture: Picture
    dpi: int
    offset: tuple[int, int]

    def points(self, cell: Cell) -> Box:
        """Pixels of the piece as points of the page."""
        return in_points(cell, self.offset, self.dpi)

    def pixels(self, word: Word) -> Cell:
        """Where a word of the page lies in the piece."""
        left, top, right, bottom = (round(side * self.dpi / 72) for side in word.box)
        dx, dy = self.offset
        return (left - dx, top - dy, right - dx, bottom - dy)


def in_points(cell: Cell, offset: tuple[int, int], dpi: int) -> Box:
    """Pixels of a piece that lies at `offset`, as points of the page."""
    scale = 72 / dpi
    (left, top, right, bottom), (dx, dy) = cell, offset
    sides = (left + dx, top + dy, right + dx, bottom + dy)
    x0, y0, x1, y1 = (round(side * scale, 1) for side in sides)
    return (x0, y0, x1, y1)
