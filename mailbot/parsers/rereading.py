"""Words as first read → the numbers, addresses and unsure names among them read again by others.

What two models read alike is sure; where they differ and no third one settles it, the word says so
and what else was read. Runs inside the sandbox.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailbot.model import Word
from mailbot.parsers import identity, ocr, opinion
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import ENGLISH, LATIN, LINE, SPANISH, Placed
from mailbot.parsers.opinion import CERTAIN, CLOSE, LEGIBLE, OTHER, ROOMY, WIDE, Opinion, View
from mailbot.parsers.sheet import Picture, closed, framed
from mailbot.parsers.text import fold

AGREED = 0.8
"""What two equal readings are worth at least; a single one below it is not enough for an address.
"""
DISPUTED = 0.5

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}")
_NEARLY = re.compile(r"(?!www)[a-z0-9_-]+[._-]?[a-z0-9_-]*[^a-zA-Z ]?[a-z0-9-]{4,}\.[a-z.]{2,}\W?")
"""An address whose @ may have been taken for a letter."""


def checked(
    picture: Picture, found: list[Placed], dpi: int, offset: tuple[int, int]
) -> tuple[Word, ...]:
    """The words of a piece that lies at `offset`, with their places on the page."""
    whole = _whole(picture, found, dpi)
    twice = [(_twice(word, _Spot(picture, cell, dpi)), cell) for word, cell in whole]
    agreed = _spread(picture, twice, dpi)
    return tuple(replace(word, box=ocr.in_points(cell, offset, dpi)) for word, cell in agreed)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A word's place on a sheet, to be read again: by a model at a scale once only."""

    picture: Picture
    cell: Cell
    dpi: int
    told: dict[tuple[str, float], str] = field(default_factory=dict)
    heard: dict[View, Opinion] = field(default_factory=dict)

    def again(self, model: str, by: float) -> str:
        """What a model reads in it, enlarged."""
        if (model, by) not in self.told:
            self.told[model, by] = ocr.again(model, self.picture, self.cell, self.dpi, by)
        return self.told[model, by]

    def spelled(self, model: str, by: float) -> str:
        """The same for an address, whose parts may stand apart."""
        return ocr.spelled(model, self.picture, self.cell, self.dpi, by)

    def opinion(self, view: View = CLOSE) -> Opinion:
        """What the model of another make reads in it."""
        if view not in self.heard:
            self.heard[view] = opinion.read(self.picture, self.cell, self.dpi, view)
        return self.heard[view]


def _twice(word: Word, spot: _Spot) -> Word:
    if "@" in word.text or _NEARLY.fullmatch(word.text):
        return _address(word, spot)
    if len(digits(word.text)) >= 3 and not _YEAR.fullmatch(word.text):
        return _number(word, spot)
    firm = DISPUTED if word.text.islower() else 1.0 if _SPECKED.search(word.text) else _FIRM
    unsure = word.confidence < firm
    is_word = _WORD.fullmatch(word.text)
    return _unsure(word, spot) if unsure and is_word else word


_FIRM = 0.9
"""A capitalised word read less surely needs a second model: LI and U, V and Y look alike."""
_SPECKED = re.compile("[äöÄÖ]")
"""Letters of a few names, and of many with a speck on them."""
_YEAR = re.compile(r"\W*(?:19|20)\d\d\W*")
_WORD = re.compile(
    r"[^\w\s]?[A-ZÁÉÍÓÚÑÜÄÖa-záéíóúñüäö]{3,}(?:-[A-ZÁÉÍÓÚÑÜÄÖa-záéíóúñüäö]{2,})?[^\w\s]{0,3}"
)


def around(cells: Iterable[Cell]) -> Cell:
    """The place that holds several."""
    lefts, tops, rights, bottoms = zip(*cells, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


# ------------------------------------------------------------------ words that were cut


def _whole(picture: Picture, found: list[Placed], dpi: int) -> list[Placed]:
    """The words, an address or a number that was cut in two made one again."""
    joined = found[:1]
    for before, (word, cell) in pairwise(found):
        parts = (joined[-1], (word, cell))
        one = _one_of(picture, *parts, dpi) if _level(before[1], cell) else None
        if one:
            joined[-1] = one
        else:
            joined.append((word, cell))
    return joined


def _one_of(picture: Picture, one: Placed, other: Placed, dpi: int) -> Placed | None:
    """Two neighbours as one word, if they are."""
    if told := _heard_as_one(picture, one, other, dpi):
        word, cell = _together(one, other)
        return replace(word, text=told), cell
    return _together(one, other) if _is_one(picture, one, other, dpi) else None


def _heard_as_one(picture: Picture, one: Placed, other: Placed, dpi: int) -> str | None:
    """What the model of another make twice reads in the place of two: the same without a blank."""
    (first, a), (last, b) = one, other
    gap = (b[0] - a[2]) / (b[3] - b[1])
    if not _may_be_cut(first.text, last.text, gap):
        return None
    spot = _Spot(picture, around((a, b)), dpi)
    text = spot.opinion().text
    if _unsigned(text) != _unsigned(first.text + last.text) or spot.opinion(WIDE).text != text:
        return None
    whole = re.sub(" ?- ?", "-", text)
    return whole if " " not in whole else None


_TOUCHING, _IN_NUMBER, _SIGNED, _LOST_SIGN = 0.2, 0.36, 1.2, 2.5
"""Heights between two parts of a word: a low line that was lost is wider, a sign is seen.

An @ or a dash may be lost between two others.
"""


def _may_be_cut(before: str, after: str, gap: float) -> bool:
    """Whether two neighbours may be parts of an address or of a number, by what is at the seam."""
    seam, both = before[-1] + after[0], before + after
    if _BEGUN_ADDRESS.fullmatch(before) and _DOMAIN_ALONE.fullmatch(after):
        return gap < _LOST_SIGN
    if re.fullmatch("[0-9]{2}", seam) and re.match(r"20[0-9]{2}-", after):
        return gap < _LOST_SIGN
    if re.fullmatch("[0-9]{2}", seam):
        return gap < _IN_NUMBER and (len(digits(both)) > 3 or bool(re.match("[a-z]{2}", before)))
    if _CAPITALS.fullmatch(before) and _CAPITALS.match(after):
        return gap < _TOUCHING
    like_one = _IS_PART.fullmatch(after) and re.fullmatch(r"[\w.@+-]+[.,;]?", both)
    if identity.leads(fold(before)) or not like_one:
        return False
    parts = both.count("@") == 1 or (seam[1] in "._-" and both.islower() and len(after) > 2)
    return parts and gap < (_SIGNED if re.search(r"[._@-]", seam) else _TOUCHING)


_BEGUN_ADDRESS = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+")
_DOMAIN_ALONE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:pe|com|es|org|net|example)[.,;]?")
_IS_PART = re.compile(r".*[^\W_].*")
"""What has a letter or a digit: a dash behind an address is none of it."""
_CAPITALS = re.compile(r"[A-ZÁÉÍÓÚÑÜ]{2,}[^\w\s]?")
"""A name in capitals, or a part of one; a speck behind it may be taken for a sign."""


def _unsigned(text: str) -> str:
    """A text but for specks at its seam and its end; signs inside addresses count."""
    return text.rstrip(".,;").replace("@", "") if _IN_ADDRESS.search(text) else bare(text)


_IN_ADDRESS = re.compile(r"@|^[a-z]+[._]|\.[a-z]{2,}[.,;]?$")


def _level(before: Cell, after: Cell) -> bool:
    """Whether a place follows another in its line, not two heights away; an @ may be in both."""
    begins, high = before[0] < after[0], after[3] - after[1]
    return (
        begins
        and after[0] - before[2] < 2 * high
        and before[1] < (after[1] + after[3]) / 2 < before[3]
    )


def _is_one(picture: Picture, one: Placed, other: Placed, dpi: int) -> bool:
    """Whether two neighbours are one address: by its @, or because most models see no blank."""
    (first, a), (last, b) = one, other
    gap = (b[0] - a[2]) / (b[3] - b[1])
    if gap > _NO_BLANK and identity.leads(fold(first.text)):  # «correo @ugel…» has lost its begin
        return False
    return _cut_at(first.text, last.text) or (
        _may_be_one(first.text, last.text, gap)
        and (
            _begins_address(first.text)
            or sum(_bridges(model, picture, a, b, dpi) for model in (SPANISH, ENGLISH, LATIN)) > 1
        )
    )


def _begins_address(text: str) -> bool:
    """Whether a word can be nothing but the begin of an address: names with dots between them."""
    return bool(_NAMES_APART.fullmatch(text)) and not _DOMAIN.search(text)


_NAMES_APART = re.compile(r"(?!www|e[._]mail)[a-z]+(?:[._][a-z]+)+[0-9]*")
_DOMAIN = re.compile(r"\.(?:pe|com|org|net|es)$")


def _cut_at(before: str, after: str) -> bool:
    """Whether two neighbours are an address that was cut before its @ or behind it."""
    return bool(
        (after.startswith("@") and re.search(r"\w$", before))
        or (re.search(r"(?:^|\w)@$", before) and re.match(r"@?\w", after))
    )


_NO_BLANK, _BEHIND_DOT = 0.25, 0.6
"""Heights of a word between two words that may be one; a typewriter sets a dot far apart."""


def _may_be_one(before: str, after: str, gap: float) -> bool:
    both = before + after
    dotted = before.endswith(".") or after.startswith(".")
    near = gap < (_BEHIND_DOT if dotted else _NO_BLANK)
    like_one = _IS_PART.fullmatch(after) and re.fullmatch(r"\w[\w.+@-]+[.,;]?", both)
    return near and both.count("@") == 1 and bool(like_one)


def _bridges(model: str, picture: Picture, a: Cell, b: Cell, dpi: int) -> bool:
    """Whether a model reads a word that reaches from one place into the next."""
    place = around((a, b))
    crop = framed(picture, place, dpi)
    seam = (a[2] + b[0]) / 2 - place[0] + (crop.shape[1] - (place[2] - place[0])) / 2
    inside = (b[3] - b[1]) / 4
    found = ocr.words(model, crop, dpi, LINE)
    return any(cell[0] < seam - inside and seam + inside < cell[2] for _, cell in found)


def _together(one: Placed, other: Placed) -> Placed:
    (first, a), (last, b) = one, other
    sure = min(first.confidence, last.confidence)
    text = (first.text + last.text).replace("@@", "@")  # the sign at the seam, read with both
    return replace(first, text=text, confidence=sure), around((a, b))


# ------------------------------------------------------------------ words


def _unsure(word: Word, spot: _Spot) -> Word:
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
    if alike(heard.text, word.text):
        return replace(word, confidence=max(word.confidence, AGREED))
    if heard.sure > LEGIBLE and _WORD.fullmatch(heard.text):
        agreed = any(alike(heard.text, t) for t in (other, spot.again(ENGLISH, 1.2)))
        return replace(word, text=heard.text, confidence=AGREED if agreed else DISPUTED)
    if word.confidence < AGREED:
        return word
    twice = bare(spot.again(SPANISH, 1.2)) == bare(other)
    sure = not twice and alike(spot.again(ENGLISH, 1.2), word.text)
    return word if sure else replace(word, confidence=DISPUTED)


def _unless_other_make(word: Word, spot: _Spot) -> Word:
    """A word two models read alike: sure, but for one with capitals another make reads otherwise.

    Models taught alike take a C for an O both, and of a surname nobody would notice.
    """
    sure = replace(word, confidence=max(word.confidence, AGREED))
    if word.text.islower():
        return sure
    heard = spot.opinion()
    certain = heard.sure > CERTAIN and bool(_WORD.fullmatch(heard.text))
    if not certain or alike(heard.text, word.text):
        return sure
    return replace(word, text=heard.text, confidence=DISPUTED)


def confirmed(picture: Picture, word: Word, cell: Cell, dpi: int) -> Word:
    """A word that something was taken away from: in doubt, if another model reads it otherwise.

    Numbers and addresses are read twice anyway.
    """
    if not _WORD.fullmatch(word.text):
        return word
    if alike(_Spot(picture, cell, dpi).again(SPANISH, 1.0), word.text):
        return word
    return replace(word, confidence=min(word.confidence, DISPUTED))


def alike(one: str, other: str) -> bool:
    """Whether two readings of a word have the same letters, large or small, whatever is on them."""
    return _unaccented(bare(one)).casefold() == _unaccented(bare(other)).casefold()


def _unaccented(text: str) -> str:
    """Without accents; ñ is a letter of its own."""
    return "".join(c if c in "ñÑ" else _plain(c) for c in text)


def bare(text: str) -> str:
    """The letters and digits of a text, nothing else."""
    return re.sub(r"[\W_]", "", text)


# ------------------------------------------------------------------ numbers


def digits(text: str) -> str:
    """The digits of a text, nothing else."""
    return re.sub(r"[^0-9]", "", text)


def _number(word: Word, spot: _Spot) -> Word:
    """A number that two models read alike; against a rival of its length it needs one more."""
    second = spot.again(SPANISH, 1.0)
    if _same_number(second, word.text):
        return replace(word, confidence=max(word.confidence, AGREED))
    heard = spot.opinion()
    if digits(heard.text) == digits(word.text):
        return replace(word, confidence=max(word.confidence, AGREED))
    told = digits(heard.text) == digits(second) and heard.sure > CERTAIN
    if told and word.confidence < AGREED and _PURE.fullmatch(second):
        return replace(word, text=second, confidence=AGREED)
    further = ((ENGLISH, 1.2), (SPANISH, 1.5))
    agreed = [_same_number(spot.again(m, by), word.text) for m, by in further]
    rivals = len(digits(second)) == len(digits(word.text))
    if all(agreed) if rivals else any(agreed):
        return replace(word, confidence=max(word.confidence, AGREED))
    if word.confidence < DISPUTED and _firm(second, spot):
        return replace(word, text=second, confidence=AGREED)
    return replace(word, second=second or "?")


def _firm(number: str, spot: _Spot) -> bool:
    """Whether two models read a number so, each at two scales: where the first made out none."""
    ways = ((SPANISH, 1.5), (ENGLISH, 1.0), (ENGLISH, 1.2))
    return bool(_PURE.fullmatch(number)) and all(
        digits(spot.again(model, by)) == digits(number) for model, by in ways
    )


_PURE = re.compile(r"[0-9][0-9.]{2,}[0-9]\W?")


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


_DIGITS = re.compile(r"(?=.{0,2}[0-9])[0-9&]{1,7}[.,;]?")
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
    spot = _Spot(picture, around(cell for _, cell in run), dpi)
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


def _put_together(spot: _Spot) -> str | None:
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


# ------------------------------------------------------------------ addresses

Votes = Counter[tuple[str, str]]
"""How often a model read an address: (address, model)."""


def _address(word: Word, spot: _Spot) -> Word:
    """An address that two models agree about; else the word as it was, with another reading."""
    quick = [spot.spelled(SPANISH, 1.0)]
    first = as_address(word.text)
    if "@" in first and says(quick[0], first) and word.confidence >= AGREED:
        return frank(replace(word, text=_plain(word.text)))  # accents in it are specks
    quick.append(spot.spelled(SPANISH, 1.6))
    counts = "@" in first and word.confidence >= DISPUTED
    votes: Votes = Counter([(first, LATIN)] if counts else ())
    votes += _other_make(spot)
    if sure := _chosen(first, spot, votes, quick):
        after = re.search(r"[.,;:()<>-]*$", word.text)
        text = sure + (after[0] if after else "")
        return frank(replace(word, text=text, confidence=max(word.confidence, AGREED)))
    if "@" not in word.text:
        return _of_other_make(word, spot)
    different = next((text for text, _ in votes if text != first), quick[0])
    return replace(word, second=different or "?", confidence=min(word.confidence, DISPUTED))


def _of_other_make(word: Word, spot: _Spot) -> Word:
    """A word whose @ the first model may have taken for a letter, as another make reads it."""
    heard = [text for text, _ in _other_make(spot)]
    doubted = replace(word, second=word.text, confidence=min(word.confidence, DISPUTED))
    return replace(doubted, text=heard[0]) if heard else word


def _other_make(spot: _Spot) -> Votes:
    """The address the model of another make reads, if it reads no other from farther away.

    From near it may miss a letter beside a dot, with room around it an i.
    """
    views = (as_address(ocr.without_blanks(spot.opinion(v).text)) for v in (CLOSE, ROOMY))
    told = {text for text in views if _ADDRESS.fullmatch(text)}
    return Counter((text, OTHER) for text in told) if len(told) == 1 else Counter()


def _chosen(first: str, spot: _Spot, votes: Votes, quick: list[str]) -> str | None:
    """The address the models choose, at first or, asked at more scales, in the end."""
    if (sure := elected(votes, quick)) and not dissent(votes, sure):
        return sure
    for scales in ((1.6,), (1.0, 1.2)):
        votes += _cast(first, spot, scales)
        sure = elected(votes, quick)
        if sure and not any(m == ENGLISH and text != sure for text, m in votes):
            return sure
    return sure if sure and not dissent(votes, sure) else None


def dissent(votes: Votes, address: str) -> bool:
    """Whether the English model twice, or that of another make, read another address.

    Two poor models may miss a letter. One that ends like none in Peru is no address.
    """
    others = (t for (t, m), n in votes.items() if n >= _TELLING.get(m, 9) and t != address)
    return any(map(identity.is_address, others))


_TELLING = {ENGLISH: 2, OTHER: 1}
"""How often a model must read another address to be believed."""


def _cast(first: str, spot: _Spot, scales: tuple[float, ...]) -> Votes:
    """What the models that know the @ make of an address, enlarged."""
    ways = [(model, by) for by in scales for model in (LATIN, ENGLISH)]
    read = ((as_address(spot.spelled(model, by)), model) for model, by in ways)
    better = not _ADDRESS.fullmatch(first)
    return Counter((t, m) for t, m in read if _ADDRESS.fullmatch(t) or ("@" in t and better))


def elected(votes: Votes, quick: Sequence[str]) -> str | None:
    """The address most models read, two at least; a tie is none.

    `quick` is what the Spanish model read, which has no @.
    """
    models = {text: {m for t, m in votes if t == text} for text, _ in votes}
    for text, seen in models.items():
        seen.update(SPANISH for said in quick if says(said, text))
    ranked = sorted(models, key=lambda text: -len(models[text]))
    counts = [len(models[text]) for text in ranked] + [0]
    return ranked[0] if counts[0] > 1 and counts[0] > counts[1] else None


def frank(word: Word) -> Word:
    """An address with an l beside a digit, or an I: every model takes a one for it, or it for one.

    ``perez1964`` is as often read ``perezl964``, whatever the type; only a person can tell. No
    Spanish word ends in ll.
    """
    local, at, domain = word.text.partition("@")
    if not _L_OR_ONE.search(local):
        return word
    other = _L_OR_ONE.sub(lambda m: "l" if m[0] == "I" else "1", local) + at + domain
    return replace(word, second=other, confidence=min(word.confidence, DISPUTED))


_L_OR_ONE = re.compile(r"l(?=[0-9])|(?<=[0-9])l|I|l(?=l$)|(?<=l)l$")


def says(quick: str, address: str) -> bool:
    """Whether what the Spanish model read is an address, but for its @."""
    local, _, domain = address.partition("@")
    pattern = rf"\W*{re.escape(local)} ?[^. ]{{0,2}} ?{re.escape(domain)}\W*"
    return bool(local + domain) and bool(re.fullmatch(pattern, _plain(quick)))


def is_address(text: str) -> bool:
    """Whether a text is an address and nothing else."""
    return _ADDRESS.fullmatch(as_address(text)) is not None


def as_address(text: str) -> str:
    """An address as read, without what stands around it; accents in it are specks."""
    return _plain(text).strip(".,;:()<>-")


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))
