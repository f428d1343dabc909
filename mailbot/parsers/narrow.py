"""A narrow cell whose column breaks an address or a number over its lines, read as a whole.

Three models read all of the cell, as it is and enlarged; what two of them read alike is sure. Runs
inside the sandbox.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from rapidfuzz import fuzz

from mailbot.model import Word
from mailbot.parsers import ocr
from mailbot.parsers.ballot import (
    FEW,
    as_address,
    dissent,
    elected,
    frank,
    is_address,
    says,
    signless,
)
from mailbot.parsers.column import SCALES, Column, Reading, is_apart
from mailbot.parsers.ocr import ENGLISH, LATIN, SPANISH
from mailbot.parsers.opinion import CLOSE, LEGIBLE, ROOMY, WIDE
from mailbot.parsers.sheet import Picture
from mailbot.parsers.spots import (
    AGREED,
    DISPUTED,
    alike,
    bare,
    digits,
    heard_alike,
    letters,
    plain,
)
from mailbot.parsers.text import surround

_Words = tuple[Word, ...]


def settled(picture: Picture, words: _Words, dpi: int, offset: tuple[int, int]) -> _Words:
    """The words of a cell, an address or a number in it as most models read it."""
    own, cell = Reading(LATIN, words), Column(picture, dpi, offset)
    if own.poor and (other := _of_other_make(own, cell)):
        return other
    if len(words) < 2:
        return words
    if "@" in own.spelled:
        return _address(own, cell)
    if _LIKE_DNI.fullmatch(own.spelled):
        return _number(own, cell)
    named = re.search(r"[^\W\d_]", own.spelled)
    return _unless_heard_otherwise(words, cell) if named else words


_DNI = 8
_LIKE_DNI = re.compile(r"(?=(?:.*[0-9]){6})[^\w|]*(?:[0-9lIOi|][^\w|]*){8}")
"""A number of a DNI's length, a digit or two of it taken for letters."""
_LETTERS = str.maketrans("lIi|O", "11110")


def _of_other_make(own: Reading, cell: Column) -> _Words | None:
    """The address or the number that the model of another make reads in a cell read poorly.

    It must read it alike twice, and other models at least something like it.
    """
    close = cell.heard(CLOSE).words
    if not close or min(word.confidence for word in close) < LEGIBLE:
        return None
    found = _heard_address(own, cell) or _heard_number(cell) or _heard_words(own, cell)
    return found or _signed_address(own, cell)


def _heard_address(own: Reading, cell: Column) -> _Words | None:
    """An address it reads alike from near and with room around, or as another model does."""
    if not _ENDS_LIKE_ONE.search(cell.heard(CLOSE).spelled):
        return None
    near, far = [cell.heard(view) for view in (CLOSE, WIDE)], cell.heard(ROOMY)
    for heard, other in (*((one, far) for one in near), *((far, one) for one in near)):
        address = as_address(heard.spelled)
        if is_address(address) and _is_same(address, as_address(other.spelled)):
            if not any(_like(reading, address) for reading in _others(own, cell)):
                return None
            others = tuple(_others(own, cell))
            read = _unless_signed(_spelling(heard, address), address, others)
            return _unless_outvoted(read, address, others)
    for heard in (*near, far):
        address = as_address(heard.spelled)
        readings = _others(own, cell)
        if is_address(address) and any(_is_same(address, as_address(r.spelled)) for r in readings):
            return _spelling(heard, address)
    return None


def _unless_signed(words: _Words, address: str, others: Iterable[Reading]) -> _Words:
    """The words of an address, in doubt where two readings see a sign that it has not."""
    signed = sum(_sees_a_sign(reading.spelled, address) for reading in others)
    doubted = (replace(w, confidence=min(w.confidence, DISPUTED)) for w in words)
    return tuple(doubted) if signed > 1 else words


def _unless_outvoted(words: _Words, address: str, others: Iterable[Reading]) -> _Words:
    """The words of an address, in doubt where two of the other models read another one alike.

    The model of another make may miss a letter that stands alone at a line's begin.
    """
    told = ((as_address(reading.spelled), reading.model) for reading in others)
    rivals = {(t, model) for t, model in told if is_address(t) and not _is_same(address, t)}
    counted = Counter(t for t, _ in rivals).most_common(1)
    if not counted or counted[0][1] < FEW:
        return words
    return _against(counted[0][0], words)


def _against(other: str, words: _Words) -> _Words:
    """Words in doubt, for another reading of all of them."""
    return tuple(replace(word, confidence=DISPUTED, second=other) for word in words)


def _sees_a_sign(said: str, address: str) -> bool:
    """Whether a reading has a sign or a blank between letters that stand together in an address."""
    local = address.partition("@")[0]
    pairs = ((local[n - 2 : n], local[n : n + 2]) for n in range(2, len(local) - 1))
    return any(re.search(rf"{a}[^\w@]{{1,2}}{b}", said) for a, b in pairs if (a + b).isalnum())


def _others(own: Reading, cell: Column) -> Iterator[Reading]:
    """What Tesseract's models make of a cell, the first reading first."""
    return chain((own,), *(cell.read(model) for model in (LATIN, ENGLISH, SPANISH)))


_ENDS_LIKE_ONE = re.compile(r"@|\.[a-z]{2,7}\W?$")


def _is_same(address: str, other: str) -> bool:
    """Whether another reading is the same address, perhaps its @ a letter, an l a one."""
    ones = str.maketrans("l", "1")
    return address.translate(ones) == other.translate(ones) or says(other, address)


def _like(reading: Reading, address: str) -> bool:
    """Whether a poor reading is one of this address: its digits, and most of its letters."""
    said, told = bare(reading.spelled), bare(address)
    return digits(said) == digits(told) and fuzz.ratio(said, told) > _LIKE


_LIKE = 85
"""Parts in a hundred that are the same in what two models of another make read badly and well."""


def _signed_address(own: Reading, cell: Column) -> _Words | None:
    """An address at a great provider whose @ each model takes for something else, or drops."""
    heard = [cell.heard(view).spelled for view in (CLOSE, WIDE, ROOMY)]
    address = signless(heard, [reading.spelled for reading in _others(own, cell)])
    if address is None:
        return None
    first, *_ = cell.heard(CLOSE).words
    place = surround(word.box for word in own.words) or first.box
    return _unless_signed((frank(Word(address, place, AGREED)),), address, _others(own, cell))


def _heard_number(cell: Column) -> _Words | None:
    close = cell.heard(CLOSE)
    value = digits(close.spelled)
    if len(value) != _DNI or not re.fullmatch(r"[0-9. ]+", close.spelled):
        return None
    twice = digits(cell.heard(WIDE).spelled) == value
    others = (digits(r.spelled) for model in (SPANISH, ENGLISH) for r in cell.read(model))
    return _sure(close.words) if twice and value in others else None


def _heard_words(own: Reading, cell: Column) -> _Words | None:
    """The words of a cell whose first reading is no good, each sure if one more model reads it.

    If only a speck was wrong with that, its words stay.
    """
    if min((word.confidence for word in own.words), default=0) >= DISPUTED:
        return None
    close, *further = (cell.heard(view) for view in (CLOSE, WIDE, ROOMY))
    if bare(close.spelled) != bare(further[0].spelled):
        return None
    made_out = tuple(word for word in own.words if word.confidence >= DISPUTED)
    first = "".join(word.text for word in made_out)
    if made_out and alike(first, close.spelled):
        return _sure(made_out)
    if made_out and alike(plain(first), plain(close.spelled)):  # but for the tilde of an Ñ
        said = letters(close.spelled)
        other = {word for word in made_out if letters(word.text) not in said}
        return tuple(replace(w, confidence=DISPUTED) if w in other else w for w in made_out)
    same = (r for r in further if bare(r.spelled) == bare(close.spelled))
    most = max((close, *same), key=_blanks)
    readings = (own, *cell.read(SPANISH), *cell.read(ENGLISH))
    others = [word.text for reading in readings for word in reading.words]
    return tuple(
        replace(word, confidence=AGREED if any(alike(word.text, o) for o in others) else DISPUTED)
        for line in most.words
        for word in _parted(line)
    )


def _unless_heard_otherwise(words: _Words, cell: Column) -> _Words:
    """The words of a name; of those nobody was sure of, what its whole line has in their stead.

    In its own place a word may be misread by two models alike, and by the third not at all.
    """
    unsure = [w for w in words if w.confidence <= AGREED and _NAME.fullmatch(w.text)]
    if not unsure or (close := cell.heard(CLOSE)).uncertain:
        return words
    line = " ".join(word.text for word in close.words).split()
    heard = line if len(line) == len(words) else [""] * len(words)
    return tuple(
        _as_most_read(w, one, cell) if w in unsure else w
        for w, one in zip(words, heard, strict=True)
    )


def _as_most_read(word: Word, heard: str, cell: Column) -> Word:
    """A word as its line has it, if most of Tesseract's readings of the cell have it so.

    Else as it was, in doubt where the line has not got it in any view. That make takes an í for an
    f: what all the others read alike is then sure.
    """
    readings = [r for model in (LATIN, ENGLISH, SPANISH) for r in cell.read(model)]
    same = [w.text for r in readings for w in r.words if heard_alike(heard, w.text)]
    exactly = [text for text in same if alike(text, heard)]
    if heard and (len(same) == len(readings) or len(exactly) * 2 > len(readings)):
        return replace(word, text=same[-1], confidence=AGREED, second=None)
    lines = (letters(cell.heard(view).spelled) for view in (CLOSE, ROOMY))
    told = any(letters(word.text) in line for line in lines)
    return word if told else replace(word, confidence=DISPUTED)


_NAME = re.compile(r"[A-ZÁÉÍÓÚÑÜ][^\W\d_]{2,}\W?")


def _blanks(reading: Reading) -> int:
    """How many blanks are in a reading: that make loses some, and sees few that are not there."""
    return sum(word.text.count(" ") for word in reading.words)


def _parted(line: Word) -> Iterator[Word]:
    """The words of a line, each in its part of the line's box."""
    left, top, right, bottom = line.box
    for text, begin, end in ocr.parted(line.text, left, right):
        yield replace(line, text=text, box=(round(begin, 1), top, round(end, 1), bottom))


def _sure(words: _Words) -> _Words:
    return tuple(replace(w, confidence=max(w.confidence, AGREED), second=None) for w in words)


# ------------------------------------------------------------------ addresses


def _address(own: Reading, cell: Column) -> _Words:
    """The words of the address two models read alike; the first one's, in doubt, if none is.

    Where the first reading is poor or another one, the Spanish model has to say so as well: two
    poor readings may miss the same letter.
    """
    if _is_heard(own, cell):
        return _spelling(own, as_address(own.spelled))
    if whole := _without_gap(own, cell):
        return whole
    readings = [own, *cell.read(ENGLISH), *cell.read(LATIN, SCALES[1:])]  # `own` is the first
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


def _is_heard(own: Reading, cell: Column) -> bool:
    """Whether a first reading that is not poor is an address, and what another make twice reads."""
    address = as_address(own.spelled)
    return (
        not own.poor
        and is_address(address)
        and all(as_address(cell.heard(view).spelled) == address for view in (CLOSE, ROOMY))
    )


def _without_gap(own: Reading, cell: Column) -> _Words | None:
    """An address that was cut where no blank is, as the model of another make thrice reads it."""
    address = as_address("".join(word.text for word in own.words))
    views = [cell.heard(view) for view in (CLOSE, WIDE, ROOMY)]
    as_one = all(not v.uncertain and as_address(v.spelled) == address for v in views)
    narrow = not any(is_apart(a, b) and _gap(a, b) > _TOUCHING for a, b in pairwise(own.words))
    certain = narrow and as_one and not own.poor and is_address(address)
    return _spelling(views[0], address) if certain else None


_TOUCHING = 0.2
"""Heights of a line between two letters: a blank, or a low line that was lost, is wider."""


def _gap(before: Word, after: Word) -> float:
    high = after.box[3] - after.box[1]
    return (after.box[0] - before.box[2]) / high if high else _TOUCHING


def _spelling(reading: Reading, address: str) -> _Words:
    """The words of a reading, those of the address sure; a letter behind it stays as it is."""
    whole = as_address(reading.spelled) == address
    parts, rest = (reading.words, ()) if whole else (reading.words[:-1], reading.words[-1:])
    other = frank(Word(address, parts[0].box)).second
    return (
        *(replace(w, confidence=DISPUTED, second=other) if other else w for w in _sure(parts)),
        *rest,
    )


def _votes(reading: Reading) -> list[tuple[str, str]]:
    return [(text, reading.model) for text in _addresses(reading)]


def _addresses(reading: Reading) -> list[str]:
    """The address a reading spells, and the one without a letter behind it nobody is sure of."""
    forms = [reading.spelled]
    last = reading.words[-1:]
    if last and len(last[0].text) == 1 and last[0].confidence < DISPUTED:
        forms.append(replace(reading, words=reading.words[:-1]).spelled)
    return [as_address(form) for form in forms if is_address(form)]


def _seconded(address: str, spanish: Sequence[str]) -> bool:
    return any(says(text, address) for text in spanish)


# ------------------------------------------------------------------ numbers


def _number(own: Reading, cell: Column) -> _Words:
    """The words of a number: sure if two models agree.

    The Spanish one fails at a digit that is left alone below: the first one, again and enlarged,
    stands in for it.
    """
    value, plain = digits(own.spelled.translate(_LETTERS)), all(map(_is_plain, own.words))
    if plain and min(word.confidence for word in own.words) >= AGREED:
        return _unless_heard_as_another(own.words, value, cell)
    english, spanish, latin = (
        (digits(r.spelled) == value for r in cell.read(model)) for model in _ASKED
    )
    if not any(english) or not (any(spanish) or all(latin)):
        return own.words
    read = (re.sub(r"[^0-9.,]", "", w.text.translate(_LETTERS)) for w in own.words)
    return _sure(tuple(replace(w, text=t) for w, t in zip(own.words, read, strict=True)))


_ASKED = (ENGLISH, SPANISH, LATIN)


def _unless_heard_as_another(words: _Words, value: str, cell: Column) -> _Words:
    """The words of a number broken over lines, in doubt where another make reads another number.

    Of the two or three figures left below, all models of one make may miss the same.
    """
    told = digits(cell.heard(ROOMY).spelled)
    if told == value or len(told) != _DNI:
        return words
    return _against(told, words)


def _is_plain(word: Word) -> bool:
    return bool(re.fullmatch(r"[0-9.,]+", word.text))
