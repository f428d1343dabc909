"""Pieces of a sheet → their words, each as sure as the models are of it. Runs inside the sandbox.

What was measured, and is done here: the script model reads first; what counts is read a second
time by others (`rereading`); and a piece where nothing is made out is tried in another way.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, dropwhile

from mailbot.model import Word
from mailbot.parsers import leftout, narrow, ocr, opinion, rereading, tildes
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import (
    BLOCK,
    ENGLISH,
    LATIN,
    LINE,
    PAGE,
    SPANISH,
    Patch,
    Placed,
    in_points,
)
from mailbot.parsers.opinion import CERTAIN, CLOSE, ROOMY, WIDE
from mailbot.parsers.sheet import Picture, trimmed
from mailbot.parsers.spots import AGREED, DISPUTED, Spot, digits


def read_page(picture: Picture, dpi: int) -> tuple[Word, ...]:
    """The words of a page, wherever they stand on it."""
    words = rereading.checked(picture, ocr.words(LATIN, picture, dpi, PAGE), dpi, (0, 0))
    return tildes.kept(Patch(picture, dpi, (0, 0)), words)


def read_cell(picture: Picture, dpi: int, offset: tuple[int, int]) -> tuple[Word, ...]:
    """The words of a cell of a table, which lies at `offset`; an address over its lines as one."""
    patch = Patch(picture, dpi, offset)
    words = without_far_specks(read_block(picture, dpi, offset))
    words = _without_ruling(_with_last_figure(words, patch), patch)
    settled = _unless_begun(narrow.settled(picture, words, dpi, offset), patch)
    if settled == words:
        settled = leftout.filled(picture, _without_dust(words, patch), dpi, offset)
    return tildes.kept(patch, settled)


def _with_last_figure(words: tuple[Word, ...], patch: Patch) -> tuple[Word, ...]:
    """A number of too few figures and a lone sign below; that as a figure, if all read it as one.

    A narrow column breaks the last figure off, and in a line of its own a 7 was read as «?».
    """
    if len(words) != 2 or not _CUT_SHORT.fullmatch(words[0].text):
        return words
    number, sign = words
    if len(sign.text) > 1 or sign.text.isdigit():
        return words
    spot = Spot(patch.picture, patch.pixels(sign), patch.dpi)
    figure = spot.opinion().text
    heard = (spot.opinion(view).text for view in (WIDE, ROOMY))
    told = (spot.again(model, 1.0) for model in (LATIN, SPANISH, ENGLISH))
    if not _FIGURE.fullmatch(figure) or any(other != figure for other in chain(heard, told)):
        return words
    return (number, replace(sign, text=figure, confidence=AGREED, second=None))


def _without_ruling(words: tuple[Word, ...], patch: Patch) -> tuple[Word, ...]:
    """A cell's one number of nine figures without a 1 at its side that another make does not see.

    It is what is left of a ruling.
    """
    if len(words) != 1 or not _ONE_TOO_MANY.fullmatch(words[0].text):
        return words
    spot = Spot(patch.picture, patch.pixels(words[0]), patch.dpi)
    number = spot.opinion().text
    if words[0].text not in {f"1{number}", f"{number}1"}:
        return words
    heard = map(spot.opinion, (CLOSE, ROOMY, WIDE))
    seen = all(other.text == number and other.sure > CERTAIN for other in heard)
    return (replace(words[0], text=number),) if seen else words


_ONE_TOO_MANY = re.compile("1[0-9]{8}|[0-9]{8}1")
"""Figures of a number of a person, and a stroke at one of its sides."""
_FIGURE = re.compile("[0-9]")
_CUT_SHORT = re.compile(r"[0-9]{7}|[0-9]{2}\.[0-9]{3}\.[0-9]{2}")
"""A number of a person but for its last figure."""


def _unless_begun(words: tuple[Word, ...], patch: Patch) -> tuple[Word, ...]:
    """A cell's one short name, in doubt where the model of another make sees it begin before.

    An I beside a ruling looks like a part of that: «RIS» of IRIS.
    """
    if len(words) != 1 or not _SHORT_NAME.fullmatch(words[0].text):
        return words
    heard, sure = opinion.read_line(patch.picture)
    longer = heard != words[0].text and heard.endswith(words[0].text) and heard.isalpha()
    if longer and sure > CERTAIN:
        return (replace(words[0], confidence=DISPUTED, second=heard),)
    return words


def without_far_specks(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of a small cell, but for signs no larger than specks, far from all others.

    One such made of a number that was read well a number in doubt.
    """
    said = [word for word in words if word.lettered]
    if not said or len(words) > _SMALL:
        return words
    return tuple(w for w in words if w.lettered or not _is_speck(w, said))


_SMALL = 12
"""Words and signs of a cell that holds a number or an address, and not half a page."""


def _is_speck(sign: Word, said: Sequence[Word]) -> bool:
    high = max(word.box[3] - word.box[1] for word in said)
    left, top, right, bottom = sign.box
    small = max(right - left, bottom - top) < _SPECK * high
    return small and all(
        max(b[0] - right, left - b[2]) > _FAR * high
        or max(b[1] - bottom, top - b[3]) > _BELOW * high
        for b in (word.box for word in said)
    )


_SPECK, _FAR, _BELOW = 0.25, 0.8, 0.3
"""Heights of a word: a speck's sides, and how far beside or below all words it stands."""
_SHORT_NAME = re.compile(r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÑáéíóúñ]{1,3}")


def _without_dust(words: tuple[Word, ...], patch: Patch) -> tuple[Word, ...]:
    """The words of a cell, but for specks: lone signs, and lone letters before and behind them.

    An address or a number may end in one.
    """
    if len(words) < 2 or any(re.search(r"@|[0-9]{2}", word.text) for word in words):
        return words
    begun = tuple(dropwhile(partial(_is_dust, patch), words))
    kept = tuple(dropwhile(partial(_is_dust, patch), begun[::-1]))[::-1]
    inside = (w for w in kept[1:-1] if w.text in _WORDS or not _is_dust(patch, w))
    return (*kept[:1], *inside, *kept[1:][-1:]) or words


_WORDS = frozenset("yeaouYEAOU")
"""Words of one letter, which may stand between others."""


def _is_dust(patch: Patch, word: Word) -> bool:
    """Whether a word is a lone sign that the model of another make does not see."""
    if len(word.text) > 1:
        return False
    text, sure = opinion.read(patch.picture, patch.pixels(word), patch.dpi)
    return text != word.text or sure <= CERTAIN


def read_block(picture: Picture, dpi: int, offset: tuple[int, int]) -> tuple[Word, ...]:
    """The words of a piece of a page, all in one column; `offset` is where on the page it lies."""
    found = ocr.words(LATIN, picture, dpi, BLOCK)
    if sum(len(word.text) for word, _ in found) < 3:  # a lone digit is no text for Latin
        short = ocr.words(SPANISH, picture, dpi, LINE)
        found = max(found, short, _trimmed(picture, dpi), key=_said)
    return rereading.checked(picture, found, dpi, offset)


def read_number(picture: Picture, dpi: int, cell: Cell, boxes: int) -> Word:
    """A number set from boxes of one digit each, `boxes` of them; `cell` is where they lie."""
    first, second = ("".join(ocr.line(model, picture, dpi)) for model in (LATIN, SPANISH))
    value = re.sub(r"\s", "", first)
    agreed = digits(second) == value and len(value) == boxes
    word = Word(value or "?", in_points(cell, (0, 0), dpi), AGREED if agreed else DISPUTED)
    return word if agreed else replace(word, second=second or "?")


def certainty(picture: Picture, dpi: int) -> float:
    """How well a strip of text reads with the quick model: sure letters, 0 for none."""
    return _said(ocr.words(SPANISH, picture, dpi, BLOCK))


def _said(found: Sequence[Placed]) -> float:
    """How much is made out: sure letters and digits."""
    return sum(w.confidence * sum(map(str.isalnum, w.text)) for w, _ in found if w.confidence > 0.6)


def _trimmed(picture: Picture, dpi: int) -> list[Placed]:
    """The words of a cell cut to its ink."""
    cut, (x, y) = trimmed(picture, dpi)
    found = ocr.words(LATIN, cut, dpi, LINE)
    return [(w, (c[0] + x, c[1] + y, c[2] + x, c[3] + y)) for w, c in found]
