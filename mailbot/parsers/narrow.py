"""A narrow cell whose column breaks an address or a number over its lines, read as a whole.

Three models read all of the cell, as it is and enlarged; what two of them read alike is sure. Runs
inside the sandbox.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from rapidfuzz import fuzz

from mailbot.model import Word
from mailbot.parsers import ocr, opinion
from mailbot.parsers.ballot import as_address, dissent, elected, frank, is_address, says
from mailbot.parsers.ocr import BLOCK, ENGLISH, LATIN, SPANISH, Patch
from mailbot.parsers.opinion import CLOSE, LEGIBLE, OTHER, ROOMY, WIDE, View
from mailbot.parsers.sheet import Picture, lines, resized
from mailbot.parsers.spots import AGREED, DISPUTED, alike, bare, digits

_SCALES = (1.0, 1.4)
_Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a model makes of a cell."""

    model: str
    words: _Words

    @property
    def poor(self) -> bool:
        """Whether it is no reading to rely on."""
        return not self.words or min(word.confidence for word in self.words) < AGREED

    @property
    def spelled(self) -> str:
        """Its words as one; a blank where two letters stand apart: a low line may be lost there."""
        parts = [self.words[0].text] if self.words else []
        for before, word in pairwise(self.words):
            parts.append(" " + word.text if _is_apart(before, word) else word.text)
        return ocr.without_blanks("".join(parts))


def settled(picture: Picture, words: _Words, dpi: int, offset: tuple[int, int]) -> _Words:
    """The words of a cell, an address or a number in it as most models read it."""
    own, cell = _Reading(LATIN, words), _Cell(picture, dpi, offset)
    if own.poor and (other := _of_other_make(own, cell)):
        return other
    if len(words) < 2:
        return words
    if "@" in own.spelled:
        return _address(own, cell)
    is_number = len(digits(own.spelled)) == _DNI and not re.search(r"[^\W\d_]", own.spelled)
    return _number(own, cell) if is_number else words


_DNI = 8


@dataclass(frozen=True, slots=True)
class _Cell(Patch):
    """The picture of a cell, to be read again: by a model at a scale, in a view, once only."""

    told: dict[tuple[str, float], _Reading] = field(default_factory=dict)
    seen: dict[View, _Reading] = field(default_factory=dict)

    def read(self, model: str, scales: Sequence[float] = _SCALES) -> Iterator[_Reading]:
        """What a model makes of it, as it is and enlarged, read as it is asked for."""
        for by in scales:
            if (model, by) not in self.told:
                self.told[model, by] = _Reading(model, self._words(model, by))
            yield self.told[model, by]

    def heard(self, view: View) -> _Reading:
        """What the model of another make reads in its lines, a word for each."""
        if view not in self.seen:
            found = [
                (opinion.read(self.picture, c, self.dpi, view), c) for c in lines(self.picture)
            ]
            words = (Word(text, self.points(c), sure) for (text, sure), c in found if text)
            self.seen[view] = _Reading(OTHER, tuple(words))
        return self.seen[view]

    def _words(self, model: str, by: float) -> _Words:
        left, top = (round(side * by) for side in self.offset)
        larger = Patch(resized(self.picture, by), int(self.dpi * by), (left, top))
        found = ocr.words(model, larger.picture, larger.dpi, BLOCK)
        return tuple(replace(word, box=larger.points(cell)) for word, cell in found)


def _of_other_make(own: _Reading, cell: _Cell) -> _Words | None:
    """The address or the number that the model of another make reads in a cell read poorly.

    It must read it alike twice, and other models at least something like it.
    """
    close = cell.heard(CLOSE).words
    if not close or min(word.confidence for word in close) < LEGIBLE:
        return None
    return _heard_address(own, cell) or _heard_number(cell) or _heard_words(own, cell)


def _heard_address(own: _Reading, cell: _Cell) -> _Words | None:
    """An address it reads alike from near and with room around, or as another model does."""
    if not _ENDS_LIKE_ONE.search(cell.heard(CLOSE).spelled):
        return None
    near, far = [cell.heard(view) for view in (CLOSE, WIDE)], cell.heard(ROOMY)
    for heard, other in (*((one, far) for one in near), *((far, one) for one in near)):
        address = as_address(heard.spelled)
        if is_address(address) and _is_same(address, as_address(other.spelled)):
            if not any(_like(reading, address) for reading in _others(own, cell)):
                return None
            return _unless_signed(_spelling(heard, address), address, _others(own, cell))
    for heard in (*near, far):
        address = as_address(heard.spelled)
        others = _others(own, cell)
        if is_address(address) and any(_is_same(address, as_address(r.spelled)) for r in others):
            return _spelling(heard, address)
    return None


def _unless_signed(words: _Words, address: str, others: Iterable[_Reading]) -> _Words:
    """The words of an address, in doubt where two readings see a sign that it has not."""
    signed = sum(_sees_a_sign(reading.spelled, address) for reading in others)
    doubted = (replace(w, confidence=min(w.confidence, DISPUTED)) for w in words)
    return tuple(doubted) if signed > 1 else words


def _sees_a_sign(said: str, address: str) -> bool:
    """Whether a reading has a sign or a blank between letters that stand together in an address."""
    local = address.partition("@")[0]
    pairs = ((local[n - 2 : n], local[n : n + 2]) for n in range(2, len(local) - 1))
    return any(re.search(rf"{a}[^\w@]{{1,2}}{b}", said) for a, b in pairs if (a + b).isalnum())


def _others(own: _Reading, cell: _Cell) -> Iterator[_Reading]:
    """What Tesseract's models make of a cell, the first reading first."""
    return chain((own,), *(cell.read(model) for model in (LATIN, ENGLISH, SPANISH)))


_ENDS_LIKE_ONE = re.compile(r"@|\.[a-z]{2,7}\W?$")


def _is_same(address: str, other: str) -> bool:
    """Whether another reading is the same address, perhaps its @ a letter, an l a one."""
    ones = str.maketrans("l", "1")
    return address.translate(ones) == other.translate(ones) or says(other, address)


def _like(reading: _Reading, address: str) -> bool:
    """Whether a poor reading is one of this address: its digits, and most of its letters."""
    said, told = bare(reading.spelled), bare(address)
    return digits(said) == digits(told) and fuzz.ratio(said, told) > _LIKE


_LIKE = 85
"""Parts in a hundred that are the same in what two models of another make read badly and well."""


def _heard_number(cell: _Cell) -> _Words | None:
    close = cell.heard(CLOSE)
    value = digits(close.spelled)
    if len(value) != _DNI or not re.fullmatch(r"[0-9. ]+", close.spelled):
        return None
    twice = digits(cell.heard(WIDE).spelled) == value
    others = (digits(r.spelled) for model in (SPANISH, ENGLISH) for r in cell.read(model))
    return _sure(close.words) if twice and value in others else None


def _heard_words(own: _Reading, cell: _Cell) -> _Words | None:
    """The words of a cell whose first reading is no good, each sure if one more model reads it.

    If only a speck was wrong with that, its words stay.
    """
    if min((word.confidence for word in own.words), default=0) >= DISPUTED:
        return None
    close, *further = (cell.heard(view) for view in (CLOSE, WIDE, ROOMY))
    if bare(close.spelled) != bare(further[0].spelled):
        return None
    made_out = tuple(word for word in own.words if word.confidence >= DISPUTED)
    if made_out and alike("".join(word.text for word in made_out), close.spelled):
        return _sure(made_out)
    same = (r for r in further if bare(r.spelled) == bare(close.spelled))
    most = max((close, *same), key=_blanks)
    readings = (own, *cell.read(SPANISH), *cell.read(ENGLISH))
    others = [word.text for reading in readings for word in reading.words]
    return tuple(
        replace(word, confidence=AGREED if any(alike(word.text, o) for o in others) else DISPUTED)
        for line in most.words
        for word in _parted(line)
    )


def _blanks(reading: _Reading) -> int:
    """How many blanks are in a reading: that make loses some, and sees few that are not there."""
    return sum(word.text.count(" ") for word in reading.words)


def _parted(line: Word) -> Iterator[Word]:
    """The words of a line, each in its part of the line's box."""
    left, top, right, bottom = line.box
    for text, begin, end in opinion.parted(line.text, left, right):
        yield replace(line, text=text, box=(round(begin, 1), top, round(end, 1), bottom))


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
    if _is_heard(own, cell):
        return _spelling(own, as_address(own.spelled))
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


def _is_heard(own: _Reading, cell: _Cell) -> bool:
    """Whether a first reading that is not poor is an address, and what another make twice reads."""
    address = as_address(own.spelled)
    return (
        not own.poor
        and is_address(address)
        and all(as_address(cell.heard(view).spelled) == address for view in (CLOSE, ROOMY))
    )


def _spelling(reading: _Reading, address: str) -> _Words:
    """The words of a reading, those of the address sure; a letter behind it stays as it is."""
    whole = as_address(reading.spelled) == address
    parts, rest = (reading.words, ()) if whole else (reading.words[:-1], reading.words[-1:])
    other = frank(Word(address, parts[0].box)).second
    return (
        *(replace(w, confidence=DISPUTED, second=other) if other else w for w in _sure(parts)),
        *rest,
    )


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
