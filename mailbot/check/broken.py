"""What another source states, found again in a scanned paper where recognition broke it. Pure.

A narrow column breaks a number or an address over its lines, and an @ may be taken for any sign:
what is left is no datum by itself, and unmistakable once one knows what to look for.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from mailbot.model import Method, Reading, Word
from mailbot.parsers.pieces import Piece
from mailbot.parsers.text import Passage, Placed, Text, whole
from mailbot.parsers.zones import zones


def found_in(piece: Piece, name: str, value: str) -> Reading | None:
    """Where a pictured paper shows a value, letter by letter, however it is broken; None if not.

    It counts where people are asked for or named, and in the cells of tables; and as its words were
    read the second time, where that was otherwise.
    """
    form = _FORMS.get(name)
    if form is None or not value:
        return None
    pattern = re.compile(form(value), re.IGNORECASE)
    for passage in chain.from_iterable(map(_passages, _readings(piece))):
        if match := pattern.search(passage.string):
            return passage.reading(value, match.span())
    return None


def _readings(piece: Piece) -> Iterator[Piece]:
    """The paper as it was read; then its lines with the second reading of words that have one."""
    yield piece
    pages = [replace(page, words=_seconds(page.words), tables=()) for page in piece.pages]
    if any(a.words != b.words for a, b in zip(pages, piece.pages, strict=True)):
        yield replace(piece, pages=tuple(pages))


def _seconds(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(replace(w, text=w.second) if w.second not in (None, "?") else w for w in words)


def goes_on_below(piece: Piece, number: str) -> bool:
    """Whether a pictured paper shows a number's first figures, and right below them the others.

    A narrow column broke it, its rulings lost: the lines of the row are all that was read.
    """
    pages = (page.words for page in piece.pages if page.method is Method.OCR)
    return any(_breaks(words, number) for words in pages)


def _breaks(words: Sequence[Word], number: str) -> bool:
    figures = [(re.sub(r"[\s.,;-]", "", word.text), word) for word in words]
    begun = ((t, w) for t, w in figures if len(t) >= _BEGUN and number.startswith(t))
    rest = {number[n:]: [w for t, w in figures if t == number[n:]] for n in range(_BEGUN, _WHOLE)}
    return any(
        any(_is_below(below, word) for below in rest.get(number[len(text) :], ()))
        for text, word in islice(begun, _MOST)
    )


_BEGUN, _WHOLE = 5, 8
"""Figures of a number that are no chance, and all of it."""
_MOST = 20
"""Places of one number looked at on a page."""


def _is_below(word: Word, above: Word) -> bool:
    """Whether a word begins the next line of the column another stands in."""
    (left, top, _, bottom), (begin, upper, _, lower) = word.box, above.box
    high = lower - upper
    return abs(left - begin) < high and lower - high / 2 < (top + bottom) / 2 < lower + _NEXT * high


_NEXT = 2.0
"""Heights of a line down to the middle of the next."""


def _number(value: str) -> str:
    """A number whose digits stand apart, run on in the next line, or look like letters."""
    apart = r"[\s.·°'´`]{0,2}".join(f"[{_LOOKS_LIKE.get(digit, digit)}]" for digit in value)
    return rf"(?<![0-9]){apart}(?![0-9])"


_LOOKS_LIKE = {"0": "0OQ", "1": r"1IL|!\]\[", "2": "2Z", "5": "5S", "6": "6G", "8": "8B"}
"""A figure and what else it is read as, in whichever case."""


def _address(value: str) -> str:
    """An address whose parts stand apart, another sign or none for its @."""
    local, _, domain = (r"\s?".join(map(re.escape, part)) for part in value.partition("@"))
    return rf"(?<![\w.-]){local}\s?(?:@|[^\s@])?\s?{domain}(?!\w)"


_FORMS: Mapping[str, Callable[[str], str]] = {"dni": _number, "correo": _address}


def _passages(piece: Piece) -> Iterator[Passage]:
    """The cells of a paper's tables, each by itself, and its lines that count."""
    for leaf, page in zip(piece.leaves, piece.pages, strict=True):
        if page.method is Method.OCR:
            cells = (cell for table in page.tables for row in table.rows for cell in row if cell)
            for cell in cells:
                line = tuple(Placed(word, leaf) for word in cell)
                yield whole(Text(piece.source, page.method, (line,)), piece.kind)
    if piece.pages[0].method is Method.OCR:
        yield zones(piece.text, piece.kind).main
