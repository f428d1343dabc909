"""What another source states, found again in a scanned paper where recognition broke it. Pure.

A narrow column breaks a number or an address over its lines, and an @ may be taken for any sign:
what is left is no datum by itself, and unmistakable once one knows what to look for.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from mailbot.model import Method, Reading
from mailbot.parsers.documents import Piece
from mailbot.parsers.text import Passage, Placed, Text, whole
from mailbot.parsers.zones import zones


def found_in(piece: Piece, name: str, value: str) -> Reading | None:
    """Where a pictured paper shows a value, letter by letter, however it is broken; None if not.

    It counts where people are asked for or named, and in the cells of tables.
    """
    form = _FORMS.get(name)
    if form is None or not value:
        return None
    pattern = re.compile(form(value), re.IGNORECASE)
    for passage in _passages(piece):
        if match := pattern.search(passage.string):
            return passage.reading(value, match.span())
    return None


def _number(value: str) -> str:
    """A number whose digits stand apart, or run on in the next line."""
    apart = r"[\s.·]{0,2}".join(value)
    return rf"(?<![0-9]){apart}(?![0-9])"


def _address(value: str) -> str:
    """An address whose parts stand apart, another sign or none for its @."""
    local, _, domain = (r"\s?".join(map(re.escape, part)) for part in value.partition("@"))
    return rf"(?<![\w.-]){local}\s?(?:@|[^\s@])?\s?{domain}(?!\w)"


_FORMS: Mapping[str, Callable[[str], str]] = {"dni": _number, "correo": _address}


def _passages(piece: Piece) -> Iterator[Passage]:
    """The cells of a paper's tables, each by itself, and its lines that count."""
    for page in piece.pages:
        if page.method is Method.OCR:
            cells = (cell for table in page.tables for row in table.rows for cell in row if cell)
            for cell in cells:
                line = tuple(Placed(word, page.number) for word in cell)
                yield whole(Text(piece.source, page.method, (line,)), piece.kind)
    if piece.pages[0].method is Method.OCR:
        yield zones(piece.text, piece.kind).main
