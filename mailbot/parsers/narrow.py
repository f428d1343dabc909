"""A narrow cell whose column breaks an address or a number over its lines, read as a whole.

Three models read all of the cell, as it is and enlarged; what two of them read alike is sure. Runs
inside the sandbox.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mailbot.model import Word
from mailbot.parsers import ocr
from mailbot.parsers.ocr import BLOCK, ENGLISH, LATIN, SPANISH
from mailbot.parsers.rereading import (
    AGREED,
    DISPUTED,
    as_address,
    digits,
    dissent,
    elected,
    is_address,
    says,
)
from mailbot.parsers.sheet import Picture, resized

_SCALES = (1.0, 1.4)
_Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a model makes of a cell."""

    model: str
    words: _Words

    @property
    def spelled(self) -> str:
        """Its words as one; a blank where two letters stand apart: a low line may be lost there."""
        parts = [self.words[0].text] if self.words else []
        for before, word in pairwise(self.words):
            parts.append(" " + word.text if _is_apart(before, word) else word.text)
        return "".join(parts)


def settled(picture: Picture, words: _Words, dpi: int, offset: tuple[int, int]) -> _Words:
    """The words of a cell, an address or a number in it as most models read it."""
    own = _Reading(LATIN, words)
    if len(words) < 2:
        return words
    if "@" in own.spelled:
        return _address(own, _Cell(picture, dpi, offset))
    is_number = len(digits(own.spelled)) == _DNI and not re.search(r"[^\W\d_]", own.spelled)
    return _number(own, _Cell(picture, dpi, offset)) if is_number else words


_DNI = 8


@dataclass(frozen=True, slots=True)
class _Cell:
    """The picture of a cell and where it lies on its page."""

    picture: Picture
    dpi: int
    offset: tuple[int, int]

    def read(self, model: str, scales: Sequence[float] = _SCALES) -> Iterator[_Reading]:
        """What a model makes of it, as it is and enlarged, read as it is asked for."""
        return (_Reading(model, self._words(model, by)) for by in scales)

    def _words(self, model: str, by: float) -> _Words:
        dpi = int(self.dpi * by)
        found = ocr.words(model, resized(self.picture, by), dpi, BLOCK)
        left, top = (round(side * by) for side in self.offset)
        boxes = (ocr.in_points(cell, (left, top), dpi) for _, cell in found)
        return tuple(replace(w, box=box) for (w, _), box in zip(found, boxes, strict=True))


def _is_apart(before: Word, after: Word) -> bool:
    level = before.box[1] < (after.box[1] + after.box[3]) / 2 < before.box[3]
    return level and before.text[-1].isalnum() and after.text[0].isalnum()


def _sure(words: _Words) -> _Words:
    return tuple(replace(w, confidence=max(w.confidence, AGREED), second=None) for w in words)


# ------------------------------------------------------------------ addresses


def _address(own: _Reading, cell: _Cell) -> _Words:
    """The words of the address two models read alike; the first one's, in doubt, if none is.

    Where the first reading is poor or another one, the Spanish model has to say so as well: two
    poor readings may miss the same letter.
    """
    readings = [own, *cell.read(ENGLISH), *cell.read(LATIN, _SCALES[1:])]  # `own` is the first
    spanish = [reading.spelled for reading in cell.read(SPANISH)]
    votes = Counter(v for r in readings for v in _votes(r))
    chosen = elected(votes, spanish)
    chosen = chosen if chosen and not dissent(votes, chosen) else None
    poor = min(word.confidence for word in own.words) < AGREED
    if chosen in _addresses(own) and (not poor or _seconded(chosen, spanish)):
        return _spelling(own, chosen)
    if chosen and _seconded(chosen, spanish):
        return _spelling(next(r for r in readings if chosen in _addresses(r)), chosen)
    if not is_address("".join(word.text for word in own.words)):
        return own.words
    return tuple(replace(w, confidence=min(w.confidence, DISPUTED)) for w in own.words)


def _spelling(reading: _Reading, address: str) -> _Words:
    """The words of a reading, those of the address sure; a letter behind it stays as it is."""
    whole = as_address(reading.spelled) == address
    parts, rest = (reading.words, ()) if whole else (reading.words[:-1], reading.words[-1:])
    return (*_sure(parts), *rest)


def _votes(reading: _Reading) -> list[tuple[str, str]]:
    return [(text, reading.model) for text in _addresses(reading)]


def _addresses(reading: _Reading) -> list[str]:
    """The address a reading spells, and the one without a letter behind it nobody is sure of."""
    forms = [reading.spelled]
    last = reading.words[-1:]
    if last and len(last[0].text) == 1 and last[0].confidence < DISPUTED:
        forms.append(replace(reading, words=reading.words[:-1]).spelled)
    return [as_address(form) for form in forms if is_address(form)]


def _seconded(address: str, spanish: Sequence[str]) -> bool:
    return any(says(text, address) for text in spanish)


# ------------------------------------------------------------------ numbers


def _number(own: _Reading, cell: _Cell) -> _Words:
    """The words of a number: sure if two models agree.

    The Spanish one fails at a digit that is left alone below: the first one, again and enlarged,
    stands in for it.
    """
    value, plain = digits(own.spelled), all(map(_is_plain, own.words))
    if plain and min(word.confidence for word in own.words) >= AGREED:
        return own.words
    english, spanish, latin = (
        (digits(r.spelled) == value for r in cell.read(model)) for model in _ASKED
    )
    if not any(english) or not (any(spanish) or all(latin)):
        return own.words
    return _sure(tuple(replace(w, text=re.sub(r"[^0-9.,]", "", w.text)) for w in own.words))


_ASKED = (ENGLISH, SPANISH, LATIN)


def _is_plain(word: Word) -> bool:
    return bool(re.fullmatch(r"[0-9.,]+", word.text))
