"""Ink that no word covers → the words the model of another make reads there.

Recognition of a page drops digits set far apart, lines of a cell and words beside specks, and says
nothing. What looks like letters and stands in no word's place is read as a line. Runs inside the
sandbox.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

import numpy as np

from mailbot.model import Word
from mailbot.parsers import ocr, opinion
from mailbot.parsers.ballot import frank, says
from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import ENGLISH, SPANISH, Patch
from mailbot.parsers.opinion import CERTAIN, LEGIBLE
from mailbot.parsers.rereading import side_by_side
from mailbot.parsers.sheet import DARK, FAINT, Picture, framed, pieces
from mailbot.parsers.spots import AGREED, DISPUTED, alike, around, bare

_Words = tuple[Word, ...]

_LOW, _HIGH, _WIDE = 0.35, 1.4, 2.5
"""Heights and width of a letter, in heights of the words around."""
_APART = 2.5
"""Heights between two letters of one run: digits are set that far apart."""
_A_WORD = 1.5
"""Heights that what nobody can read is wide at least, if it may be a word."""
_MOST = 12
"""Runs looked at on a page: a signature falls into many."""


@dataclass(frozen=True)
class _Piece(Patch):
    """A piece of a page, and where words stand in it that were made out."""

    known: Sequence[Cell]

    @cached_property
    def high(self) -> float:
        """How high its words are, in pixels: their ink, for places in a cell are too tall."""
        tall = [h for cell in self.known if (h := self._inked(cell))]
        return median(tall) if tall else self.dpi / 9

    def _inked(self, cell: Cell) -> int:
        left, top, right, bottom = (max(side, 0) for side in cell)
        rows = np.flatnonzero((self.picture[top:bottom, left:right] < DARK).any(axis=1))
        return int(rows[-1] - rows[0]) + 1 if rows.size else 0


def filled(picture: Picture, words: _Words, dpi: int, offset: tuple[int, int]) -> _Words:
    """The words of a piece that lies at `offset`, with those recognition left out.

    In a cell where some can't be read, and beside such on a page, no word is surer than two models
    make it.
    """
    patch = Patch(picture, dpi, offset)
    placed = [(word, patch.pixels(word)) for word in words]
    known = [c for w, c in placed if w.confidence >= _made_out(w)]
    kept, unread = placed, list[Cell]()
    piece = _Piece(picture, dpi, offset, known)
    for added, place in _found(piece):
        there = [(w, c) for w, c in kept if _covers(place, c)]
        if _says_more(added, [w for w, _ in there]):
            rest = (one for one in kept if one not in there)
            kept = [*rest, *((word, patch.pixels(word)) for word in added)]
        if not (added or there) and place[2] - place[0] > _A_WORD * piece.high:
            unread.append(place)
    whole = words if kept is placed else _in_order(w for w, _ in kept)
    near = [p if offset == (0, 0) else (0, 0, *picture.shape[::-1]) for p in unread]
    return tuple(_capped(word, patch.pixels(word), near) for word in whole) if near else whole


def _capped(word: Word, cell: Cell, unread: Sequence[Cell]) -> Word:
    """A word, no surer than two models make it beside ink that nobody can read."""
    high = cell[3] - cell[1]
    beside = any(
        min(cell[3], place[3]) > max(cell[1], place[1])
        and max(place[0] - cell[2], cell[0] - place[2]) < _BESIDE * high
        for place in unread
    )
    return replace(word, confidence=min(word.confidence, AGREED)) if beside else word


_BESIDE = 3.0
"""Heights of a word from it to what may be the next one, that nobody can read."""


def _says_more(added: _Words, there: Sequence[Word]) -> bool:
    """Whether a run has more letters than the words in its place, or as many that are made out."""
    letters, those = _letters(added), _letters(there)
    made_out = _letters(word for word in there if word.confidence >= _made_out(word))
    return letters > (max(made_out, 2) if there else 0) and letters >= those


def _made_out(word: Word) -> float:
    """How sure a word must be not to stand where recognition made nothing out."""
    return 0.3 if len(word.text) > 2 else 0.7


def _covers(run: Cell, word: Cell) -> bool:
    return all(run[n] <= (word[n] + word[n + 2]) / 2 <= run[n + 2] for n in (0, 1))


def _letters(words: Iterable[Word]) -> int:
    return sum(len(bare(word.text)) for word in words)


def _in_order(words: Iterable[Word]) -> _Words:
    """Words as they are read: line by line."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box[1] + w.box[3]):
        level = rows and (word.box[1] + word.box[3]) / 2 < rows[-1][0].box[3]
        rows[-1].append(word) if level else rows.append([word])
    return tuple(word for row in rows for word in sorted(row, key=lambda w: w.box[0]))


# ------------------------------------------------------------------ runs of letters


def _found(piece: _Piece) -> Iterator[tuple[_Words, Cell]]:
    """The words of each run and their place; an address is read with what stands before it."""
    high = piece.high
    near = (_with_neighbours(run, piece.known, _TOUCHES * high) for run in _runs(piece))
    for run in dict.fromkeys(near):
        words = tuple(_words(piece, run))
        whole = _with_neighbours(run, piece.known, _BEFORE * high)
        if whole != run and any("@" in word.text for word in words):
            yield tuple(_words(piece, whole)), whole
        else:
            yield words, run


def _with_neighbours(run: Cell, known: Sequence[Cell], reach: float) -> Cell:
    """A run and the words that stand within reach of it."""
    for cell in known:
        level = min(run[3], cell[3]) - max(run[1], cell[1]) > 0.4 * (run[3] - run[1])
        if level and max(run[0] - cell[2], cell[0] - run[2]) < reach:
            run = around((run, cell))
    return run


_TOUCHES, _BEFORE = 0.3, 1.2
"""Heights between letters of one word, and from an address to what may be its begin."""


def _runs(piece: _Piece) -> list[Cell]:
    """Where letters stand beside each other that belong to no word; the longest ones."""
    ink, high = np.asarray(piece.picture < FAINT, np.uint8), piece.high
    for left, top, right, bottom in piece.known:
        ink[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2] = 0
    found = pieces(ink)
    _, _, wide, tall, _ = found.T
    letters = found[(tall > _LOW * high) & (tall < _HIGH * high) & (wide < _WIDE * high)]
    cells = [(x, y, x + w, y + h) for x, y, w, h, _ in sorted(letters.tolist())]
    few = 1 if piece.offset != (0, 0) else 2
    return sorted(_grouped(cells, high, few), key=lambda c: c[0] - c[2])[:_MOST]


def _grouped(letters: Iterable[Cell], high: float, few: int) -> Iterator[Cell]:
    """Letters that stand beside each other, so many at least; a cell may hold a lone one.

    It is the last of a word that its column breaks, and high enough for no speck.
    """
    rows: list[list[Cell]] = []
    for cell in letters:
        row = next((r for r in rows if _beside(r[-1], cell, high)), None)
        rows.append([cell]) if row is None else row.append(cell)
    return (
        around(row)
        for row in rows
        if len(row) > 1 or (few == 1 and row[0][3] - row[0][1] > high / 2)
    )


def _beside(before: Cell, after: Cell, high: float) -> bool:
    level = min(before[3], after[3]) - max(before[1], after[1]) > 0
    return level and after[0] - before[2] < _APART * high


# ------------------------------------------------------------------ what they say


def _words(piece: _Piece, cell: Cell) -> Iterator[Word]:
    """The words of a run: sure if another model reads them alike."""
    heard, sure = opinion.read(piece.picture, cell, piece.dpi)
    text = ocr.without_specks(heard)
    if sure < (CERTAIN if len(text) == 1 else LEGIBLE):
        return
    if re.fullmatch(r"[0-9\s]{3,}", text):
        yield _number(piece, cell)
        return
    others = [ocr.in_place(m, piece.picture, cell, piece.dpi) for m in (SPANISH, ENGLISH)]
    whole = any(bare("".join(other)) == bare(text) for other in others)
    for part, left, right in ocr.parted(text, cell[0], cell[2]):
        agreed = sure > CERTAIN and (whole or any(_says(other, part) for other in others))
        if len(text) == 1 and not agreed:  # a speck
            return
        box = piece.points((int(left), cell[1], int(right), cell[3]))
        word = Word(part, box, AGREED if agreed else DISPUTED)
        yield frank(word) if "@" in word.text else word


def _number(piece: _Piece, cell: Cell) -> Word:
    """A number whose digits may stand far apart, read with them put together."""
    left, top, right, bottom = cell
    alone = piece.picture[top:bottom, left:right]
    drawn = framed(alone, (0, 0, right - left, bottom - top), piece.dpi)
    (text, sure), others = side_by_side(drawn, piece.dpi)
    value = re.sub(r"\s", "", text)
    agreed = sure > CERTAIN and any(bare(other) == value for other in others)
    return Word(value, piece.points(cell), AGREED if agreed else DISPUTED)


def _says(other: list[str], word: str) -> bool:
    """Whether another model read a word, an address perhaps without its @ and in pieces."""
    return any(alike(one, word) for one in other) or says(ocr.without_blanks(" ".join(other)), word)
