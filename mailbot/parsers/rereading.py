"""Words as first read → the numbers, addresses and unsure names among them read again by others.

What two models read alike is sure; where they differ and no third one settles it, the word says so
and what else was read. Runs inside the sandbox.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from mailbot.model import Word
from mailbot.parsers import ballot, ocr, opinion, seams
from mailbot.parsers.grids import Cell
from mailbot.parsers.identity import PROVIDER
from mailbot.parsers.ocr import ENGLISH, LATIN, SPANISH, Placed
from mailbot.parsers.opinion import CERTAIN, CLOSE, LEGIBLE, ROOMY, Opinion
from mailbot.parsers.sheet import Picture, closed, framed
from mailbot.parsers.spots import (
    AGREED,
    BOTH_MAKES,
    DISPUTED,
    Spot,
    alike,
    around,
    bare,
    digits,
    heard_alike,
)

_NEARLY = re.compile(
    r"(?!www)(?:[a-z0-9_-]+[._-]?[a-z0-9_-]*[^a-zA-Z ]?[a-z0-9-]{4,}\.[a-z.]{2,}"
    rf"|[a-z0-9][\w.-]{{3,}}[^\w ]{{0,2}}\w?{PROVIDER}\.(?:com|es))\W?"
)
"""An address whose @ may have been taken for a letter, at a great provider for any signs."""


def checked(
    picture: Picture, found: list[Placed], dpi: int, offset: tuple[int, int]
) -> tuple[Word, ...]:
    """The words of a piece that lies at `offset`, with their places on the page."""
    whole = seams.whole(picture, found, dpi)
    twice = [(_twice(word, Spot(picture, cell, dpi)), cell) for word, cell in whole]
    agreed = _spread(picture, twice, dpi)
    return tuple(replace(word, box=ocr.in_points(cell, offset, dpi)) for word, cell in agreed)


def _twice(word: Word, spot: Spot) -> Word:
    if "@" in word.text or _NEARLY.fullmatch(word.text):
        return ballot.settled(word, spot)
    if len(digits(word.text)) >= 3 and not _YEAR.fullmatch(word.text):
        return _number(word, spot)
    if glued := _GLUED.fullmatch(word.text):
        word = _parted(word, glued, spot)
    firm = DISPUTED if word.text.islower() else 1.0 if _SPECKED.search(word.text) else _FIRM
    unsure = word.confidence < firm and _WORD.fullmatch(word.text)
    read = _unsure(word, spot) if unsure or _is_stretched(word.text, spot.cell) else word
    spoilt = _NO_SPELLING.search(read.text) and not word.text.islower()
    return replace(read, confidence=min(read.confidence, DISPUTED)) if spoilt else read


_STRETCHED = 1.0
"""Heights of a word that a letter of it may be wide: in a wider place some of it was left out."""


def _is_stretched(text: str, cell: Cell) -> bool:
    """Whether a word with a capital is too short for its place: «Rí» where «Ríos» stands."""
    left, top, right, bottom = cell
    name = re.fullmatch(r"[^\W\d_]{2,}", text) and text.istitle()
    return bool(name) and right - left > _STRETCHED * (bottom - top) * len(text)


_FIRM = 0.9
"""A capitalised word read less surely needs a second model: LI and U, V and Y look alike."""
_SPECKED = re.compile("[äöÄÖ]")
"""Letters of a few names, and of many with a speck on them."""
_NO_SPELLING = re.compile(
    r"[Qq](?![uUúÚqQ])(?=[^\W\d_])|(?<=[b-zB-ZñÑ])[Aa]{2}(?=[b-zB-ZñÑ])(?![Cc]\b)"
)
"""Letters that stand in no name: an O with a speck on it is a Q for every model, U an A."""
_YEAR = re.compile(r"\W*(?:19|20)\d\d\W*")
_WORD = re.compile(
    r"[^\w\s]?[A-ZÁÉÍÓÚÑÜÄÖa-záéíóúñüäö]{3,}(?:-[A-ZÁÉÍÓÚÑÜÄÖa-záéíóúñüäö]{2,})?[^\w\s]{0,3}"
)


# ------------------------------------------------------------------ words


_GLUED = re.compile(r"(DEL?|LA|Del?(?=[A-Z]))([A-ZÁÉÍÓÚÑ][A-ZÁÉÍÓÚÑa-záéíóúñ]{2,7})([.,;]?)")
"""What may be a surname and its particle, whose blank was lost: «DEPAZ», but «DELGADO» is one."""


def _parted(word: Word, glued: re.Match[str], spot: Spot) -> Word:
    """The two words that the model of another make reads in the place; in doubt if only once.

    It loses blanks, and sees few that are not there.
    """
    particle, name, end = glued.groups()
    seen = [_same_words(spot.opinion(view).text, f"{particle} {name}") for view in (CLOSE, ROOMY)]
    if all(seen):
        sure = max(word.confidence, AGREED)
        return replace(word, text=f"{particle} {name}{end}", confidence=sure)
    return replace(word, confidence=min(word.confidence, DISPUTED)) if any(seen) else word


def _same_words(one: str, other: str) -> bool:
    parts = [text.split() for text in (one, other)]
    return len(parts[0]) == len(parts[1]) and all(map(alike, *parts))


def _unsure(word: Word, spot: Spot) -> Word:
    """An unsure word of a name or of prose: one that two models read alike is sure.

    Where they differ by an accent alone, the model of Spanish knows which are ours. What only the
    model of another make reads is likelier than the first reading, and in doubt.
    """
    other = spot.again(SPANISH, 1.0)
    if alike(other, word.text):
        other_accent = bare(other).casefold() != bare(word.text).casefold()
        text = other if other_accent and other.istitle() == word.text.istitle() else word.text
        return _unless_other_make(replace(word, text=text), spot)
    heard = spot.opinion()
    if any(heard_alike(text, word.text) for text in (heard.text, *heard.text.split())):
        return _unless_two_differ(word, other, spot)
    if heard.sure > LEGIBLE and _WORD.fullmatch(heard.text):
        agreed = any(alike(heard.text, t) for t in (other, spot.again(ENGLISH, 1.2)))
        agreed = agreed and heard_alike(spot.opinion(ROOMY).text, heard.text)
        chosen = heard.text if agreed else _enlarged(spot)
        return replace(word, text=chosen or heard.text, confidence=AGREED if chosen else DISPUTED)
    if word.confidence < AGREED:
        return word
    twice = bare(spot.again(SPANISH, 1.2)) == bare(other)
    sure = not twice and alike(spot.again(ENGLISH, 1.2), word.text)
    return word if sure else replace(word, confidence=DISPUTED)


def _unless_other_make(word: Word, spot: Spot) -> Word:
    """A word two models read alike: sure, but for one with capitals another make reads otherwise.

    Models taught alike take a C for an O both, and of a surname nobody would notice.
    """
    sure = replace(word, confidence=max(word.confidence, AGREED))
    if word.text.islower():
        return sure
    heard = spot.opinion()
    certain = heard.sure > CERTAIN and bool(_WORD.fullmatch(heard.text))
    if not certain:
        return sure
    if heard_alike(heard.text, word.text):
        return replace(sure, confidence=max(word.confidence, BOTH_MAKES))
    if text := _enlarged(spot):
        return replace(sure, text=text)
    return replace(word, text=heard.text, confidence=DISPUTED)


def _unless_two_differ(word: Word, other: str, spot: Spot) -> Word:
    """A word two makes read alike; in doubt where two models of Tesseract's read another one.

    Unless all read it alike once it is enlarged.
    """
    rival = bool(_WORD.fullmatch(other)) and alike(other, spot.again(ENGLISH, 1.0))
    if not rival or word.text.islower():
        return replace(word, confidence=max(word.confidence, AGREED))
    if text := _enlarged(spot):
        return replace(word, text=text, confidence=AGREED)
    return replace(word, confidence=min(word.confidence, DISPUTED))


def _enlarged(spot: Spot) -> str | None:
    """What three models read much enlarged, all alike, and that of another make with room."""
    first, *rest = (spot.again(model, 1.5) for model in (SPANISH, ENGLISH, LATIN))
    agreed = bool(_WORD.fullmatch(first)) and all(alike(one, first) for one in rest)
    return first if agreed and heard_alike(spot.opinion(ROOMY).text, first) else None


def confirmed(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    """A word that something was taken away from: in doubt, if another model reads it otherwise.

    Numbers and addresses are read twice anyway.
    """
    if not _WORD.fullmatch(word.text):
        return word
    if alike(Spot(picture, cell, dpi).again(SPANISH, 1.0), word.text):
        return word
    return replace(word, confidence=min(word.confidence, DISPUTED))


# ------------------------------------------------------------------ numbers


def _number(word: Word, spot: Spot) -> Word:
    """A number that two models read alike; against a rival of its length it needs one more."""
    spot = _reaching(word, spot)
    second = spot.again(SPANISH, 1.0)
    if _NINE.fullmatch(word.text):
        word = _with_its_dash(word, spot)
    if _same_number(second, word.text):
        return _unless_heard_as_another(word, spot)
    heard = spot.opinion()
    if digits(heard.text) == digits(word.text):
        return replace(word, confidence=max(word.confidence, AGREED))
    told = digits(heard.text) == digits(second) and heard.sure > CERTAIN
    second = second.lstrip(_COLONS)
    whole = heard.text if _CHECKED.fullmatch(heard.text) else second.rstrip(_RULED)
    if told and word.confidence < AGREED and _LIKE_NUMBER.fullmatch(whole):
        return replace(word, text=whole, confidence=AGREED)
    further = ((ENGLISH, 1.2), (SPANISH, 1.5))
    agreed = [_same_number(spot.again(m, by), word.text) for m, by in further]
    rivals = len(digits(second)) == len(digits(word.text))
    if all(agreed) if rivals else any(agreed):
        return replace(word, confidence=max(word.confidence, AGREED))
    if word.confidence < DISPUTED and _firm(second, spot):
        return replace(word, text=second, confidence=AGREED)
    return replace(word, second=second or "?")


def _unless_heard_as_another(word: Word, spot: Spot) -> Word:
    """A number two models read alike; an unsure one as another make twice reads it, if in doubt.

    Models taught alike take the first of two sevens for a one both.
    """
    agreed = replace(word, confidence=max(word.confidence, AGREED))
    if word.confidence >= AGREED:
        return agreed
    close, roomy = (spot.opinion(view) for view in (CLOSE, ROOMY))
    other = digits(close.text)
    certain = min(close.sure, roomy.sure) > CERTAIN and digits(roomy.text) == other
    if not certain or other == digits(word.text) or len(other) != len(digits(word.text)):
        return agreed
    return replace(word, second=other, confidence=min(word.confidence, DISPUTED))


def _reaching(word: Word, spot: Spot) -> Spot:
    """The place of a number; made wider to the left where it shows but the last of its figures.

    The first of figures set apart is often left out of the place, though it was read.
    """
    said, seen = digits(word.text), digits(spot.again(SPANISH, 1.0))
    missing = len(said) - len(seen)
    if not seen or not 0 < missing <= _LEFT_OUT or not said.endswith(seen):
        return spot
    left, top, right, bottom = spot.cell
    wider = max(left - missing * (right - left) // len(seen), 0)
    return Spot(spot.picture, (wider, top, right, bottom), spot.dpi)


_LEFT_OUT = 2
"""Figures of a number that its place may lack."""
_COLONS = ":;.,·|>-"
"""What the colon before a number is read as, in one word with it."""
_RULED = "_—-|~"
"""What a ruling behind a number is read as."""
_NINE = re.compile(r"[0-9]{9}\W?")
_CHECKED = re.compile(r"[0-9]{8}-[0-9]\W?")


def _with_its_dash(word: Word, spot: Spot) -> Word:
    """A number of nine digits; with the dash before the last, where another make twice sees it."""
    heard = [spot.opinion(view).text for view in (CLOSE, ROOMY)]
    checked = all(_CHECKED.fullmatch(t) and digits(t) == digits(word.text) for t in heard)
    return replace(word, text=heard[0]) if checked else word


def _firm(number: str, spot: Spot) -> bool:
    """Whether two models read a number so, each at two scales: where the first made out none."""
    ways = ((SPANISH, 1.5), (ENGLISH, 1.0), (ENGLISH, 1.2))
    return bool(_PURE.fullmatch(number)) and all(
        digits(spot.again(model, by)) == digits(number) for model, by in ways
    )


_PURE = re.compile(r"[0-9][0-9.]{2,}[0-9]\W?")
_LIKE_NUMBER = re.compile(rf"{_PURE.pattern}|{_CHECKED.pattern}")


def _same_number(second: str, first: str) -> bool:
    """Whether a second reading is the same number; its place may show some of a neighbour."""
    return digits(second) == digits(first) or digits(first) in re.findall(r"[0-9]+", second)


def _spread(picture: Picture, found: list[Placed], dpi: int) -> Iterator[Placed]:
    """The words, numbers written in groups of digits read again each as one."""
    runs: list[list[Placed]] = []
    for placed in found:
        joins = runs and _DIGITS.fullmatch(placed[0].text) and _goes_on(runs[-1][-1], placed)
        runs[-1].append(placed) if joins else runs.append([placed])
    for run in runs:
        yield from _agreed_upon(picture, run, dpi) if len(run) > 1 else run


_DIGITS = re.compile(r"(?=.{0,2}[0-9])[0-9&]{1,7}[.,;]?|[OlI]")
_BEGUN = re.compile(r"[^0-9@]*[0-9][0-9&]{0,6}")
"""The first group of a number, its sign N.° perhaps read as one word with it."""


def _goes_on(before: Placed, after: Placed) -> bool:
    """Whether two groups of digits stand so near that they may be one number."""
    (word, a), (_, b) = before, after
    apart = _APART if len(after[0].text.strip(".,;")) < 3 else _GROUPED
    near = 0 <= b[0] - a[2] < (b[3] - b[1]) * apart and a[1] < (b[1] + b[3]) / 2 < a[3]
    return near and bool(_BEGUN.fullmatch(word.text))


_APART, _GROUPED = 2.5, 1.2
"""Heights of a digit that may lie before one set apart, and before a group of three."""


_WAYS = (
    ((SPANISH, 1.0),),
    ((ENGLISH, 1.2), (SPANISH, 1.5)),
    ((ENGLISH, 1.2), (ENGLISH, 1.0), (LATIN, 1.2)),
)
"""Readings that together make the groups of a number sure: digits far apart upset the first."""


def _agreed_upon(picture: Picture, run: list[Placed], dpi: int) -> Iterator[Placed]:
    """The groups of a number: sure if two models read all of it alike, doubted if not."""
    value = "".join(digits(word.text) for word, _ in run)
    if len(value) < 5:
        yield from run
        return
    spot = Spot(picture, around(cell for _, cell in run), dpi)
    sure = digits(spot.opinion().text) == value or any(
        all(digits(spot.again(model, by)) == value for model, by in ways) for ways in _WAYS
    )
    firm = all(word.confidence >= AGREED and word.text.strip(".,;").isdigit() for word, _ in run)
    if not (sure or firm) and (together := _put_together(spot)):
        yield replace(run[0][0], text=together, confidence=AGREED, second=None), spot.cell
        return
    for word, cell in run:
        confidence = max(word.confidence, AGREED) if sure else min(word.confidence, DISPUTED)
        yield replace(word, confidence=confidence, second=None if sure else "?"), cell


def _put_together(spot: Spot) -> str | None:
    """The number two models of different make read with its digits put side by side."""
    (text, sure), others = side_by_side(framed(spot.picture, spot.cell, spot.dpi), spot.dpi)
    value, end = re.sub(r"[\s.]", "", text).rstrip(",;"), re.search(r"[.,;]?$", text)
    if sure < CERTAIN or not value.isdigit():
        return None
    agreed = any(digits(other) == value for other in others)
    return value + (end[0] if end else "") if agreed else None


def side_by_side(drawn: Picture, dpi: int) -> tuple[Opinion, Iterator[str]]:
    """What a line says with its signs put side by side: to another make, and to two of Tesseract.

    These read it as they are asked.
    """
    line = closed(drawn)
    others = ("".join(ocr.line(model, line, dpi)) for model in (SPANISH, ENGLISH))
    return opinion.read_line(line), others
