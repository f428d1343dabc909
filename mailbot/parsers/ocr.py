"""Gray pixels of text → words with their places. The home of tesserocr.

What was measured, and is done here: the script model *Latin* reads, because Debian's Spanish model
cannot print an @; the Spanish model reads numbers and addresses a second time, and where the two
disagree and no third reading settles it, the word says so. Runs inside the sandbox.
"""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mailbot.model import Box, Word
from mailbot.parsers.grids import Cell
from mailbot.parsers.sheet import Picture, framed, resized

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # one process per core beats threads (measured)

import tesserocr

_LATIN = ("Latin", "script/Latin")
_SPANISH = "spa"
_ENGLISH = "eng"
_AGREED = 0.8
"""What two equal readings are worth at least; a single one below it is not enough for an address.
"""
_DISPUTED = 0.5
_OURS = frozenset("áéíóúüñÁÉÍÓÚÜÑäöÄÖ")
_LETTERS = (chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
_FOREIGN = "".join(c for c in _LETTERS if c.isalpha() and c not in _OURS) + "€£¥§¤"
"""Latin letters no Spanish word has (ẹ, Ő, ġ …): specks make them of ours."""

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}")
_NEARLY = re.compile(r"(?!www)[a-z0-9_-]+[._-]?[a-z0-9_-]*[^a-zA-Z ]?[a-z0-9-]{4,}\.[a-z.]{2,}\W?")
"""An address whose @ may have been taken for a letter."""


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


@lru_cache(maxsize=3)
def _model(name: str) -> Any:  # noqa: ANN401  tesserocr has no types
    """A loaded model. Dictionaries are left out: names and addresses stand in none."""
    return tesserocr.PyTessBaseAPI(
        path=str(language_data()),
        lang=name,
        psm=tesserocr.PSM.AUTO,
        oem=tesserocr.OEM.LSTM_ONLY,
        variables={"debug_file": "", "load_system_dawg": "0", "tessedit_char_blacklist": _FOREIGN},
    )


def latin() -> Any:  # noqa: ANN401
    """The model of all Latin letters: slow, knows the @."""
    return _model(_latin_in(language_data()) or _LATIN[0])


def spanish() -> Any:  # noqa: ANN401
    """The model of Spanish: quick, sure of numbers, blind to the @."""
    return _model(_SPANISH)


def load() -> None:
    """Load the models; NoLanguageData if they are not installed."""
    for model in (latin, spanish, english):
        model()


# ------------------------------------------------------------------ words

_Placed = tuple[Word, Cell]


def read_page(picture: Picture, dpi: int) -> tuple[Word, ...]:
    """The words of a page, wherever they stand on it."""
    return _checked(picture, _words(latin(), picture, dpi, tesserocr.PSM.AUTO), dpi, (0, 0))


def english() -> Any | None:  # noqa: ANN401
    """The model of English, which knows the @ and breaks ties; None where it is not installed."""
    there = (language_data() / f"{_ENGLISH}.traineddata").exists()
    return _model(_ENGLISH) if there else None


def read_block(picture: Picture, dpi: int, offset: tuple[int, int]) -> tuple[Word, ...]:
    """The words of a piece of a page, all in one column; `offset` is where on the page it lies."""
    found = _words(latin(), picture, dpi, tesserocr.PSM.SINGLE_BLOCK)
    if sum(len(word.text) for word, _ in found) < 3:  # a lone digit is no text for Latin
        short = _words(spanish(), picture, dpi, tesserocr.PSM.SINGLE_LINE)
        found = max(found, short, key=_surest) or _smaller(picture, dpi)
    words = _checked(picture, found, dpi, offset)
    parts = "".join(word.text for word in words)
    broken = len(words) > 1 and _ADDRESS.fullmatch(_mail(parts)) is not None
    return _over_lines(picture, words, dpi) if broken else words


_SMALLER = 0.7


def _smaller(picture: Picture, dpi: int) -> list[_Placed]:
    """The words of a line in a cell where nothing is made out: made smaller its type is sharper."""
    small = resized(picture, _SMALLER)
    found = _words(latin(), small, int(dpi * _SMALLER), tesserocr.PSM.SINGLE_LINE)
    return [(word, _larger(cell)) for word, cell in found]


def _larger(cell: Cell) -> Cell:
    left, top, right, bottom = (round(side / _SMALLER) for side in cell)
    return (left, top, right, bottom)


def _over_lines(picture: Picture, words: tuple[Word, ...], dpi: int) -> tuple[Word, ...]:
    """The words of a cell whose narrow column breaks an address: sure if two models agree.

    Two poor readings may miss the same letter: then the third has to say so as well.
    """
    address = _mail("".join(word.text for word in words))
    alike = _mail(_all_of(english() or spanish(), picture, dpi)) == address
    poor = min(word.confidence for word in words) < _AGREED
    if alike and poor:
        alike = _says(_all_of(spanish(), picture, dpi), address)
    if alike and not any(_gap(one, other) for one, other in pairwise(words)):
        return tuple(replace(w, confidence=max(w.confidence, _AGREED)) for w in words)
    return tuple(replace(w, confidence=min(w.confidence, _DISPUTED)) for w in words)


def _all_of(model: Any, picture: Picture, dpi: int) -> str:  # noqa: ANN401
    """What a model reads in a cell, as one word."""
    found = _words(model, picture, dpi, tesserocr.PSM.SINGLE_BLOCK)
    return "".join(word.text for word, _ in found)


def _gap(one: Word, other: Word) -> bool:
    """Whether two parts of an address stand apart on one line: a low line between them is lost."""
    level = one.box[1] < (other.box[1] + other.box[3]) / 2 < one.box[3]
    return level and one.text[-1].isalnum() and other.text[0].isalnum()


def read_number(picture: Picture, dpi: int, cell: Cell, digits: int) -> Word:
    """A number set from boxes of one digit each, `digits` of them; `cell` is where they lie."""
    first, second = (
        "".join(w.text for w, _ in _words(model, picture, dpi, tesserocr.PSM.SINGLE_LINE))
        for model in (latin(), spanish())
    )
    value = re.sub(r"\s", "", first)
    agreed = _digits(second) == value and len(value) == digits
    word = Word(value or "?", in_points(cell, (0, 0), dpi), _AGREED if agreed else _DISPUTED)
    return word if agreed else replace(word, second=second or "?")


def certainty(picture: Picture, dpi: int) -> float:
    """How well a strip of text reads with the quick model: sure letters, 0 for none."""
    found = _words(spanish(), picture, dpi, tesserocr.PSM.SINGLE_BLOCK)
    return sum(w.confidence * len(w.text) for w, _ in found if w.confidence > 0.6)


def _surest(found: Sequence[_Placed]) -> float:
    return max((word.confidence for word, _ in found), default=0.0)


def _words(model: Any, picture: Picture, dpi: int, psm: int) -> list[_Placed]:  # noqa: ANN401
    model.SetPageSegMode(psm)
    model.SetImageBytes(picture.tobytes(), picture.shape[1], picture.shape[0], 1, picture.shape[1])
    model.SetSourceResolution(dpi)
    model.Recognize()
    level = tesserocr.RIL.WORD
    found = []
    for item in tesserocr.iterate_level(model.GetIterator(), level):
        text = (item.GetUTF8Text(level) or "").strip() if not item.Empty(level) else ""
        text = text.replace("œ", "oe").replace("æ", "ae")
        if text:
            word = Word(text, (0.0, 0.0, 0.0, 0.0), round(item.Confidence(level) / 100, 2))
            found.append((word, item.BoundingBox(level)))
    return found


def in_points(cell: Cell, offset: tuple[int, int], dpi: int) -> Box:
    """Pixels of a piece that lies at `offset`, as points of the page."""
    scale = 72 / dpi
    (left, top, right, bottom), (dx, dy) = cell, offset
    sides = (left + dx, top + dy, right + dx, bottom + dy)
    x0, y0, x1, y1 = (round(side * scale, 1) for side in sides)
    return (x0, y0, x1, y1)


# ------------------------------------------------------------------ second readings


def _checked(
    picture: Picture, found: list[_Placed], dpi: int, offset: tuple[int, int]
) -> tuple[Word, ...]:
    """The words, the numbers and addresses and unsure names among them read again."""
    twice = [(_twice(picture, word, cell, dpi), cell) for word, cell in _whole(found)]
    agreed = _spread(picture, twice, dpi)
    return tuple(replace(word, box=in_points(cell, offset, dpi)) for word, cell in agreed)


def _spread(picture: Picture, found: list[_Placed], dpi: int) -> Iterator[_Placed]:
    """The words, numbers written in groups of digits read again each as one."""
    runs: list[list[_Placed]] = []
    for placed in found:
        joins = runs and _DIGITS.fullmatch(placed[0].text) and _goes_on(runs[-1][-1], placed)
        runs[-1].append(placed) if joins else runs.append([placed])
    for run in runs:
        yield from _agreed_upon(picture, run, dpi) if len(run) > 1 else run


_DIGITS = re.compile(r"[0-9]{1,4}[.,;]?")


def _goes_on(before: _Placed, after: _Placed) -> bool:
    """Whether two groups of digits stand so near that they may be one number."""
    (word, a), (_, b) = before, after
    near = 0 <= b[0] - a[2] < (b[3] - b[1]) * 1.2 and a[1] < (b[1] + b[3]) / 2 < a[3]
    return near and bool(re.fullmatch(r"[0-9]{1,4}", word.text))


def _agreed_upon(picture: Picture, run: list[_Placed], dpi: int) -> Iterator[_Placed]:
    """The groups of a number: sure if two models read all of it alike, doubted if not."""
    value = "".join(_digits(word.text) for word, _ in run)
    if len(value) < 5:
        yield from run
        return
    lefts, tops, rights, bottoms = zip(*(cell for _, cell in run), strict=True)
    place = (min(lefts), min(tops), max(rights), max(bottoms))
    ways = ((spanish(), 1.0), (english() or spanish(), 1.2), (spanish(), 1.5))
    readings = (_digits(_again(model, picture, place, dpi, by)) for model, by in ways)
    sure = next(readings) == value or all(other == value for other in readings)
    for word, cell in run:
        confidence = max(word.confidence, _AGREED) if sure else min(word.confidence, _DISPUTED)
        yield replace(word, confidence=confidence, second=None if sure else "?"), cell


def _whole(found: list[_Placed]) -> list[_Placed]:
    """The words, an address that was cut before its @ made one again."""
    joined = found[:1]
    for (_, before), (word, cell) in pairwise(found):
        close = 0 <= cell[0] - before[2] < (cell[3] - cell[1]) * 2 and before[1] < cell[3]
        if close and _cut_at(joined[-1][0].text, word.text):
            joined[-1] = _together(joined[-1], (word, cell))
        else:
            joined.append((word, cell))
    return joined


def _cut_at(before: str, after: str) -> bool:
    """Whether two neighbours are an address that was cut before its @ or behind it."""
    return bool(
        (after.startswith("@") and re.search(r"\w$", before))
        or (re.search(r"(?:^|\w)@$", before) and re.match(r"\w", after))
    )


def _together(one: _Placed, other: _Placed) -> _Placed:
    (first, a), (last, b) = one, other
    sure = min(first.confidence, last.confidence)
    word = replace(first, text=first.text + last.text, confidence=sure)
    return word, (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _twice(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    if "@" in word.text or _NEARLY.fullmatch(word.text):
        return _address(picture, word, cell, dpi)
    if len(_digits(word.text)) >= 3 and not _YEAR.fullmatch(word.text):
        return _number(picture, word, cell, dpi)
    unsure = word.confidence < _AGREED and _NAME.fullmatch(word.text)
    return _name(picture, word, cell, dpi) if unsure else word


_YEAR = re.compile(r"\W*(?:19|20)\d\d\W*")
_NAME = re.compile(r"[^\w\s]?[A-ZÁÉÍÓÚÑÜ][A-ZÁÉÍÓÚÑÜa-záéíóúñü]{2,}[^\w\s]{0,3}")


def _name(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    """An unsure word with a capital: one that two models read alike is sure.

    Where they differ by an accent alone, the model of Spanish knows which are ours.
    """
    again = _again(spanish(), picture, cell, dpi, 1.0)
    if _bare(again) == _bare(word.text):
        return replace(word, confidence=_AGREED)
    agreed = _unaccented(_bare(again)) == _unaccented(_bare(word.text))
    return replace(word, text=again, confidence=_AGREED) if agreed else word


def _unaccented(text: str) -> str:
    """Without accents; ñ is a letter of its own."""
    return "".join(c if c in "ñÑ" else _plain(c) for c in text)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _number(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    """A number that two models read alike; against a rival of its length it needs one more."""
    second = _again(spanish(), picture, cell, dpi, 1.0)
    if _same_number(second, word.text):
        return replace(word, confidence=max(word.confidence, _AGREED))
    further = ((english() or spanish(), 1.2), (spanish(), 1.5))
    agreed = [_same_number(_again(m, picture, cell, dpi, by), word.text) for m, by in further]
    rivals = len(_digits(second)) == len(_digits(word.text))
    if all(agreed) if rivals else any(agreed):
        return replace(word, confidence=max(word.confidence, _AGREED))
    return replace(word, second=second or "?")


def _same_number(second: str, first: str) -> bool:
    """Whether a second reading is the same number; its place may show some of a neighbour."""
    return _digits(second) == _digits(first) or _digits(first) in re.findall(r"[0-9]+", second)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _address(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    """An address that two models agree about; else the word as it was, with another reading."""
    quick = [_again(spanish(), picture, cell, dpi, 1.0)]
    seen = {_mail(word.text): {_LATIN[0]}} if "@" in word.text else {}
    if seen and _says(quick[0], _mail(word.text)):
        return _frank(replace(word, confidence=max(word.confidence, _AGREED)))
    quick.append(_again(spanish(), picture, cell, dpi, 1.6))
    for name, model in ((_LATIN[0], latin()), (_ENGLISH, english())):
        text = _mail(_again(model, picture, cell, dpi, 1.6)) if model else ""
        if _ADDRESS.fullmatch(text) or ("@" in text and not _ADDRESS.fullmatch(_mail(word.text))):
            seen.setdefault(text, set()).add(name)
    for text, models in seen.items():
        models.update(_SPANISH for said in quick if _says(said, text))
    return _elected(word, seen, quick[0])


def _elected(word: Word, seen: Mapping[str, set[str]], quick: str) -> Word:
    """The reading most models share; a tie is a doubt."""
    ranked = sorted(seen, key=lambda text: -len(seen[text]))
    votes = [len(seen[text]) for text in ranked] + [0]
    if votes[0] > 1 and votes[0] > votes[1]:
        after = re.search(r"[.,;:()<>]*$", word.text)
        sure = ranked[0] + (after[0] if after else "")
        return _frank(replace(word, text=sure, confidence=max(word.confidence, _AGREED)))
    if "@" not in word.text:
        return word
    different = next((text for text in ranked if text != _mail(word.text)), quick)
    return replace(word, second=different or "?", confidence=min(word.confidence, _DISPUTED))


def _frank(word: Word) -> Word:
    """An address with an l beside a digit, or an I: every model takes a one for it, or it for one.

    ``perez1964`` is as often read ``perezl964``, whatever the type; only a person can tell.
    """
    ambiguous = re.compile(r"l(?=[0-9])|(?<=[0-9])l|I")
    if not ambiguous.search(word.text.partition("@")[0]):
        return word
    other = ambiguous.sub(lambda m: "l" if m[0] == "I" else "1", word.text)
    return replace(word, second=other, confidence=min(word.confidence, _DISPUTED))


def _says(quick: str, address: str) -> bool:
    """Whether what the Spanish model read is an address, but for its @."""
    local, _, domain = address.partition("@")
    pattern = rf"\W*{re.escape(local)}[^.]{{0,2}}{re.escape(domain)}\W*"
    return bool(local + domain) and bool(re.fullmatch(pattern, _plain(quick)))


def _mail(text: str) -> str:
    """An address as read, without what stands around it; accents in it are specks."""
    return _plain(text).strip(".,;:()<>")


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


def _again(model: Any, picture: Picture, cell: Cell, dpi: int, enlarge: float) -> str:  # noqa: ANN401
    """What a model reads in one word's place, enlarged."""
    crop = framed(picture, cell, dpi, enlarge)
    found = _words(model, crop, int(dpi * enlarge), tesserocr.PSM.SINGLE_LINE)
    return "".join(w.text for w, _ in found)
