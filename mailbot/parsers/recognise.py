"""Pieces of a sheet → their words, each as sure as the models are of it. Runs inside the sandbox.

What was measured, and is done here: the script model reads first; what counts is read a second
time by others (`rereading`); and a piece where nothing is made out is tried in another way.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from mailbot.model import Word
from mailbot.parsers import ocr, rereading
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import BLOCK, ENGLISH, LATIN, LINE, PAGE, SPANISH, Placed, in_points
from mailbot.parsers.rereading import AGREED, DISPUTED
from mailbot.parsers.sheet import Picture, resized, trimmed


def read_page(picture: Picture, dpi: int) -> tuple[Word, ...]:
    """The words of a page, wherever they stand on it."""
    return rereading.checked(picture, ocr.words(LATIN, picture, dpi, PAGE), dpi, (0, 0))


def read_block(picture: Picture, dpi: int, offset: tuple[int, int]) -> tuple[Word, ...]:
    """The words of a piece of a page, all in one column; `offset` is where on the page it lies."""
    found = ocr.words(LATIN, picture, dpi, BLOCK)
    if sum(len(word.text) for word, _ in found) < 3:  # a lone digit is no text for Latin
        short = ocr.words(SPANISH, picture, dpi, LINE)
        found = max(found, short, _trimmed(picture, dpi), key=_said)
    words = rereading.checked(picture, found, dpi, offset)
    parts = "".join(word.text for word in words)
    if len(words) > 1 and rereading.is_address(parts):
        return _over_lines(picture, words, dpi)
    return _number_over_lines(picture, words, dpi) if _DNI.fullmatch(parts) else words


_DNI = re.compile(r"(?:[0-9][.,]?){8}")


def read_number(picture: Picture, dpi: int, cell: Cell, digits: int) -> Word:
    """A number set from boxes of one digit each, `digits` of them; `cell` is where they lie."""
    first, second = (
        "".join(w.text for w, _ in ocr.words(model, picture, dpi, LINE))
        for model in (LATIN, SPANISH)
    )
    value = re.sub(r"\s", "", first)
    agreed = _digits(second) == value and len(value) == digits
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


# ------------------------------------------------------------------ an address over two lines


def _over_lines(picture: Picture, words: tuple[Word, ...], dpi: int) -> tuple[Word, ...]:
    """The words of a cell whose narrow column breaks an address: sure if two models agree.

    Two poor readings may miss the same letter: then the third has to say so as well.
    """
    others = {rereading.as_address(text) for text in _all_of(ENGLISH, picture, dpi)}
    parts, speck = (words[:-1], words[-1:]) if _is_speck_behind(words, others) else (words, ())
    address = _joined(parts)
    alike = address in others
    if alike and min(word.confidence for word in parts) < AGREED:
        alike = any(rereading.says(t, address) for t in _all_of(SPANISH, picture, dpi))
    if alike and not any(_gap(one, other) for one, other in pairwise(parts)):
        return (*(replace(w, confidence=max(w.confidence, AGREED)) for w in parts), *speck)
    return tuple(replace(w, confidence=min(w.confidence, DISPUTED)) for w in words)


def _joined(words: tuple[Word, ...]) -> str:
    return rereading.as_address("".join(word.text for word in words))


def _is_speck_behind(words: tuple[Word, ...], others: Collection[str]) -> bool:
    """Whether a letter nobody is sure of stands behind an address that is whole without it."""
    last = words[-1]
    lone = len(last.text) == 1 and last.confidence < DISPUTED and len(words) > 2
    return lone and _joined(words[:-1]) in others and rereading.is_address(_joined(words[:-1]))


def _number_over_lines(picture: Picture, words: tuple[Word, ...], dpi: int) -> tuple[Word, ...]:
    """The words of a cell whose narrow column breaks a number: sure if two models agree.

    The Spanish one fails at a digit that is left alone below: the first one, again and enlarged,
    stands in for it.
    """
    if min(word.confidence for word in words) >= AGREED:
        return words
    value = _digits("".join(word.text for word in words))
    same = {m: [_digits(t) == value for t in _all_of(m, picture, dpi)] for m in _MODELS}
    alike = any(same[ENGLISH]) and (any(same[SPANISH]) or all(same[LATIN]))
    return tuple(replace(w, confidence=max(w.confidence, AGREED)) for w in words if alike) or words


_MODELS = (ENGLISH, SPANISH, LATIN)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _all_of(model: str, picture: Picture, dpi: int) -> Iterator[str]:
    """What a model reads in a cell, as one word: as it is, and enlarged."""
    for by in (1.0, 1.4):
        found = ocr.words(model, resized(picture, by), int(dpi * by), BLOCK)
        yield "".join(word.text for word, _ in found)


def _gap(one: Word, other: Word) -> bool:
    """Whether two parts of an address stand apart on one line: a low line between them is lost."""
    level = one.box[1] < (other.box[1] + other.box[3]) / 2 < one.box[3]
    return level and one.text[-1].isalnum() and other.text[0].isalnum()
