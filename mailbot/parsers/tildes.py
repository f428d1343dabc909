"""A mark above an N that recognition did not read → a Ñ, in doubt unless the other make sees one.

In a coarse scan every model may take ÑAHUI for NAHUI, and both are names. The mark is seen all the
same: wide and low, close above the letter. Runs inside the sandbox.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import accumulate

import numpy as np

from mailbot.model import Word
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import ENGLISH, SPANISH, Patch
from mailbot.parsers.opinion import CERTAIN, CLOSE, ROOMY, WIDE
from mailbot.parsers.sheet import FAINT, Picture, pieces
from mailbot.parsers.spots import AGREED, DISPUTED, Spot, alike, plain

_NARROWEST, _HIGHEST, _FLAT, _APART = 0.25, 0.4, 1.2, 0.35
"""A mark's width at least and height at most, and how far above its letter, in letters' heights.

It is wider than high; a dot of an i, or a speck, is not.
"""
_WIDTHS = {
    **dict.fromkeys("ijlI.,;", 0.45),
    **dict.fromkeys("ftrJ", 0.65),
    **dict.fromkeys("mwMW", 1.35),
}
"""How wide letters are beside others, whatever the type."""


def kept(patch: Patch, words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a piece, those with a capital whose N has a mark above it with a Ñ, in doubt."""
    return tuple(_marked(patch, word) for word in words)


def _marked(patch: Patch, word: Word) -> Word:
    sought = set("nNñÑ" if word.confidence == DISPUTED else "nN")
    if word.text.islower() or not sought & set(word.text) or "@" in word.text:
        return word
    spot = Spot(patch.picture, patch.pixels(word), patch.dpi)
    under = {_letter_at(word.text, place) for place in _marks(patch.picture, spot.cell)}
    text = "".join(_TILDED.get(c, c) if n in under else c for n, c in enumerate(word.text))
    if text == word.text and not _is_left_open(word, under):
        return word
    if _is_heard(text, spot):
        return replace(word, text=text, confidence=max(word.confidence, AGREED), second=None)
    return replace(word, text=text, confidence=min(word.confidence, DISPUTED))


_TILDED = {"n": "ñ", "N": "Ñ"}


def _is_left_open(word: Word, under: AbstractSet[int]) -> bool:
    """Whether a word in doubt has a mark above each Ñ: its models may differ by that alone."""
    enyes = {n for n, c in enumerate(word.text) if c in "ñÑ"}
    return bool(enyes) and enyes <= under and word.confidence == DISPUTED


def _is_heard(text: str, spot: Spot) -> bool:
    """Whether the model of another make sees the Ñ in each view, and two others all but its tilde.

    Or in two views, and one of those sees it as well.
    """
    views = [spot.opinion(view) for view in (CLOSE, WIDE, ROOMY)]
    heard = sum(alike(view.text, text) and view.sure >= CERTAIN for view in views)
    if heard < _MOST:
        return False
    told = [spot.again(model, 1.0) for model in (SPANISH, ENGLISH)]
    letters = all(alike(plain(one), plain(text)) for one in (*told, *(v.text for v in views)))
    return letters and (heard > _MOST or alike(told[0], text))


_MOST = 2
"""Of the three views of it."""


def _marks(picture: Picture, cell: Cell) -> Iterator[float]:
    """Where marks stand above the letters of a word, each as a part of the word's width."""
    left, top, right, bottom = cell
    crop = picture[max(top - (bottom - top) // 2, 0) : bottom, max(left, 0) : right]
    ink = pieces(np.asarray(crop < FAINT, np.uint8))
    own = [(x, y, w, h) for x, y, w, h, _ in ink.tolist() if y > 0]  # not of the line above
    high = max((h for *_, h in own), default=0)
    letters = [piece for piece in own if piece[3] >= high / 2]
    begin = min((x for x, *_ in letters), default=0)
    wide = max((x + w for x, _, w, _ in letters), default=0) - begin
    for mark in own:
        if _is_mark(mark, high) and any(_is_above(mark, letter, high) for letter in letters):
            yield (mark[0] + mark[2] / 2 - begin) / wide


def _is_mark(piece: Cell, high: float) -> bool:
    _, _, w, h = piece
    return _NARROWEST * high <= w <= high and h <= _HIGHEST * high and w > _FLAT * h


def _is_above(mark: Cell, letter: Cell, high: float) -> bool:
    overlaps = mark[0] < letter[0] + letter[2] and letter[0] < mark[0] + mark[2]
    return overlaps and 0 <= letter[1] - (mark[1] + mark[3]) + 1 <= _APART * high


def _letter_at(text: str, place: float) -> int:
    """Which letter of a word stands at a part of its width."""
    ends = list(accumulate(_WIDTHS.get(c, 1.0) for c in text))
    return next((n for n, end in enumerate(ends) if end / ends[-1] > place), len(text) - 1)
