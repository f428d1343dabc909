"""Words of a page or a mail as one searchable text, so that every match knows where it stood.

Pure: no files, no mail, no clock.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from mailbot.model import Box, Evidence, Method, PageKind, Reading, Word


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    base = unicodedata.normalize("NFKD", char)[0].lower()
    return base if len(base) == 1 else char


def fold(text: str) -> str:
    """The text in lower case without accents, as long as it was: offsets stay true.

    >>> fold("DIRECCIÓN de Ñaña")
    'direccion de nana'
    """
    return "".join(map(_fold, text))


def parted(*words: str) -> str:
    """The pattern of words that specks may part, and blanks their letters: «EDUCA TIVA LOCAL»."""
    return r"\W{1,3}".join(" ?".join(word) for word in words)


def tidy(text: str) -> str:
    """The text in NFC with single blanks and without control, format or bidi characters."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


class Leaf(NamedTuple):
    """A page of a file, counted from one."""

    file: str
    number: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A word and the page it stands on (None: the body of a mail)."""

    word: Word
    page: Leaf | None


@dataclass(frozen=True)
class Text:
    """Lines of words from one source. `string` joins words by a blank and lines by a line end."""

    source: str
    method: Method
    lines: tuple[tuple[Placed, ...], ...]

    @cached_property
    def string(self) -> str:
        """The words as people would read them."""
        return "\n".join(" ".join(p.word.text for p in line) for line in self.lines)

    @cached_property
    def folded(self) -> str:
        """`string` in lower case without accents; offsets are the same."""
        return fold(self.string)

    @cached_property
    def _placed(self) -> tuple[Placed, ...]:
        return tuple(p for line in self.lines for p in line)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts, at = [], 0
        for line in self.lines:
            for placed in line:
                starts.append(at)
                at += len(placed.word.text) + 1
            at += 0 if line else 1
        return tuple(starts)

    def words(self, start: int, end: int) -> tuple[Placed, ...]:
        """The words a span of `string` touches."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, max(end - 1, start))
        return self._placed[first:last]

    def line(self, start: int, end: int) -> tuple[int, int]:
        """Where the first line that a span touches begins, and where the last one ends."""
        ends = self.string.find("\n", end)
        return self.string.rfind("\n", 0, start) + 1, ends if ends >= 0 else len(self.string)

    @cached_property
    def _offsets(self) -> dict[Placed, int]:
        found: dict[Placed, int] = {}
        for placed, start in zip(self._placed, self._starts, strict=True):
            found.setdefault(placed, start)
        return found

    def place(self, placed: Placed) -> int | None:
        """The offset of a word in `string`; None for one of another text."""
        return self._offsets.get(placed)

    def evidence(self, start: int, end: int) -> Evidence:
        """Where a span of `string` was read, and how sure that reading is."""
        touched = self.words(start, end)
        page = touched[0].page if touched else None
        here = [p.word for p in _without_signs(touched) if p.page == page]
        return Evidence(
            source=page.file if page else self.source,
            page=page.number if page else None,
            box=surround(w.box for w in here) if page is not None else None,
            words=" ".join(self.string[start:end].split()),
            method=self.method,
            confidence=min((w.confidence for w in here), default=1.0),
        )

    def doubted(self, start: int, end: int) -> tuple[str, ...]:
        """What a second reading made of the words of a span, where it differs."""
        return tuple(p.word.second for p in self.words(start, end) if p.word.second is not None)


def _without_signs(placed: Sequence[Placed]) -> Sequence[Placed]:
    """Words, but for signs before and behind them: a speck beside a name says nothing of it."""
    said = [n for n, p in enumerate(placed) if p.word.lettered]
    return placed[said[0] : said[-1] + 1] if said else placed


@dataclass(frozen=True)
class Passage:
    """A stretch of a text: `start` and `end` are offsets of its string; `kind` what it is in."""

    text: Text
    start: int
    end: int
    kind: PageKind | None

    @property
    def string(self) -> str:
        """The stretch as people would read it."""
        return self.text.string[self.start : self.end]

    @property
    def folded(self) -> str:
        """The stretch, folded."""
        return self.text.folded[self.start : self.end]

    def reading(self, value: str, match: tuple[int, int], doubt: str | None = None) -> Reading:
        """A value read from a span of the stretch."""
        evidence = self.text.evidence(self.start + match[0], self.start + match[1])
        return Reading(value, self.kind, evidence, doubt)


def surround(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around several; None around nothing."""
    sides = tuple(zip(*boxes, strict=True))
    if not sides:
        return None
    lefts, tops, rights, bottoms = sides
    return (min(lefts), min(tops), max(rights), max(bottoms))


def whole(text: Text, kind: PageKind | None = None) -> Passage:
    """All of a text."""
    return Passage(text, 0, len(text.string), kind)


def typed(source: str, text: str) -> Text:
    """A text typed in a mail. Of empty lines in a row one stays: patterns run on over blanks."""
    nowhere = (0.0, 0.0, 0.0, 0.0)
    lines = (
        tuple(Placed(Word(token, nowhere), None) for token in re.findall(r"\S+", line))
        for line in text.splitlines()
    )
    kept = (line for before, line in pairwise(chain([()], lines)) if before or line)
    return Text(source, Method.BODY, tuple(kept))


_SPECKS = "`´'‘’~^¨\""
"""Signs that alone are no word: specks on a scan, read as something."""


def lines_of(
    words: Sequence[Word], page: Leaf, *, narrow: bool = False
) -> tuple[tuple[Placed, ...], ...]:
    """Words of a page as lines, top to bottom, each left to right.

    A word joins the line whose middle it overlaps: scans are never perfectly level. In a `narrow`
    column a lone letter may be the end of the word above it.
    """
    lines: list[list[Word]] = []
    tall = Word("", (0.0, 0.0, 0.0, 0.0))
    parts = _parts(words, narrow=narrow)
    whole = (w for w in words if w in parts or not _is_speck(w))
    for word in sorted(whole, key=lambda w: (w.box[1] + w.box[3], w.box[0])):
        if lines and tall.box[1] < (word.box[1] + word.box[3]) / 2 < tall.box[3]:
            lines[-1].append(word)
            tall = word if word.lettered or not tall.lettered else tall  # a dash or a dot is low
        else:
            lines.append([word])
            tall = word
    dust = _IN_COLUMN if narrow else _ON_PAGE
    kept = (line for line in lines if not _is_dust(line, dust) or parts & set(line))
    ordered = (sorted(line, key=lambda w: w.box[0] + w.box[2]) for line in kept)
    return tuple(tuple(Placed(w, page) for w in _begun(line)) for line in ordered)


def _begun(line: list[Word]) -> list[Word]:
    """A line without the dash it begins with, if nobody is sure of that: it may part a name."""
    dash = len(line) > 1 and line[0].text in _DASHES and line[0].confidence < _SURE_DASH
    return line[1:] if dash else line


_DASHES, _SURE_DASH = ("-", "–", "—", "_"), 0.75


def _is_speck(word: Word) -> bool:
    """Whether a word is a sign nobody is sure of: a colon read as a z, dust read as a letter."""
    letters = sum(map(str.isalnum, word.text))
    small = len(word.text) <= 2 and letters < 2
    return not word.text.strip(_SPECKS) or (small and word.confidence < _SPECK)


_SPECK = 0.5


def _parts(words: Sequence[Word], *, narrow: bool) -> set[Word]:
    """What looks like a speck and may belong to a word: the begin of an address, or an end."""
    alone = (n for n, w in enumerate(words) if len(w.text) == 1 and w.text.isalpha())
    return {words[n] for n in alone if _goes_on(words, n, narrow=narrow)}


def _goes_on(words: Sequence[Word], n: int, *, narrow: bool) -> bool:
    """Whether a letter belongs to a neighbour; only those read right before and after it count."""
    letter, after, before = words[n].box, words[n + 1 : n + 2], words[max(n - 3, 0) : n]
    high = (letter[3] - letter[1]) / _TALL
    begins = any(_begins(letter, w) for w in after if w.box[3] - w.box[1] < high)
    ends = any(_ends(letter, w) for w in before if w.box[3] - w.box[1] < high)
    return begins or (narrow and ends)


_TALL = 0.4
"""Height of the lowest letters, in heights of a word; specks are lower."""


def _begins(letter: Box, address: Word) -> bool:
    """Whether a letter stands right before an address, not a height away."""
    (left, top, _, bottom), middle = address.box, (letter[1] + letter[3]) / 2
    return "@" in address.text and 0 <= left - letter[2] < bottom - top and top < middle < bottom


def _ends(letter: Box, word: Word) -> bool:
    """Whether a letter stands below the begin of a word as long as a narrow column is wide."""
    (left, top, right, bottom), middle = word.box, (letter[1] + letter[3]) / 2
    below = 0 <= middle - bottom < 1.5 * (bottom - top) and letter[0] < (left + right) / 2
    return below and len(word.text) >= _LONG


_LONG = 8
"""Letters of a word that may fill a narrow column."""


def _is_dust(line: Sequence[Word], sure: tuple[float, float]) -> bool:
    """Whether a line holds nothing but a sign or two, or a lone letter, nobody is so sure of."""
    signs = "".join(word.text for word in line)
    alone = len(signs) == 1 and signs.isalpha()
    return len(signs) < 3 and max(word.confidence for word in line) < sure[alone]


_ON_PAGE, _IN_COLUMN = (0.6, 0.85), (0.5, 0.5)
"""How sure two signs in a line must be, and a lone letter: in a narrow column it may end a word."""
