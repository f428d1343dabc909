"""Two neighbours that recognition cut from one word → that word again.

Addresses, numbers and names in capitals are cut: at a sign, at a letter set apart, at a speck. Runs
inside the sandbox.
"""

import re
from dataclasses import replace

from mailbot.parsers import identity, ocr
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import ENGLISH, LATIN, LINE, SPANISH, Placed
from mailbot.parsers.opinion import WIDE
from mailbot.parsers.sheet import Picture, framed
from mailbot.parsers.spots import Spot, around, bare, digits
from mailbot.parsers.text import fold


def whole(picture: Picture, found: list[Placed], dpi: int) -> list[Placed]:
    """The words, an address or a number that was cut in two, or three, made one again."""
    joined: list[Placed] = []
    for part in found:
        joined.append(part)
        while len(joined) > 1 and (one := _one_of(picture, joined[-2], joined[-1], dpi)):
            joined[-2:] = [one]
    return joined


def _one_of(picture: Picture, one: Placed, other: Placed, dpi: int) -> Placed | None:
    """Two neighbours as one word, if they are."""
    if not _level(one[1], other[1]):
        return None
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
    spot = Spot(picture, around((a, b)), dpi)
    text, both = spot.opinion().text, re.sub(r"\.{2,}", ".", first.text + last.text)
    if _unsigned(text) != _unsigned(both) or spot.opinion(WIDE).text != text:
        return None
    joined = re.sub(" ?- ?", "-", text)
    return joined if " " not in joined else None


_TOUCHING, _IN_NUMBER, _SIGNED, _LOST_SIGN = 0.2, 0.36, 1.2, 2.5
"""Heights between two parts of a word: a low line that was lost is wider, a sign is seen.

An @ or a dash may be lost between two others.
"""


def _may_be_cut(before: str, after: str, gap: float) -> bool:
    """Whether two neighbours may be parts of an address or of a number, by what is at the seam."""
    seam, both = before[-1] + after[0], before + after
    year = _NAMES_APART.fullmatch(before) and _YEAR_OF.match(after)
    if year or (_NAME_AND_FIGURES.fullmatch(before) and _FIGURES_ALONE.match(after)):
        return gap < _SIGNED
    domain = _BEGUN_ADDRESS.fullmatch(before) and _DOMAIN_ALONE.fullmatch(after)
    if domain or re.fullmatch(r"[0-9]20[0-9]{2}-.*", before[-1] + after):
        return gap < _LOST_SIGN
    if re.fullmatch("[0-9]{2}", seam):
        return gap < _IN_NUMBER and (len(digits(both)) > 3 or bool(re.match("[a-z]{2}", before)))
    if _CAPITALS.fullmatch(before) and _CAPITALS.match(after):
        return gap < _TOUCHING and not _PARTICLE.match(after)
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


_PARTICLE = re.compile(r"(?:DEL?|LA|L[AO]S|Y)\b")
"""What stands by itself, however near: «DIRECTOR DE»."""


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
_YEAR_OF = re.compile(r"[0-9]{1,4}(?:@|$)")
"""The digits an address ends in: a one stands far from its neighbours."""
_NAME_AND_FIGURES = re.compile(r"[a-z]{3}[a-z0-9._-]*[0-9]")
_FIGURES_ALONE = re.compile("[0-9]{1,4}@")
"""An address without a letter before its @: it has begun before."""
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
