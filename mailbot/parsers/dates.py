"""Dates as letters write them: «12 de marzo de 2026». Pure."""

import re
from datetime import date

from mailbot.model import PageKind
from mailbot.parsers.pieces import Piece

_MONTHS = {
    name: number
    for number, names in enumerate(
        "enero febrero marzo abril mayo junio julio agosto setiembre|septiembre octubre noviembre"
        " diciembre".split(),
        start=1,
    )
    for name in names.split("|")
}
_IN_WORDS = re.compile(
    rf"\b(?P<day>[0-9]{{1,2}})\s+de\s+(?P<month>{'|'.join(_MONTHS)})\s+del?\s+(?P<year>20[0-9]{{2}})\b"
)


def first_date(folded: str) -> date | None:
    """The first date in words of a folded text; None where none is one."""
    for match in _IN_WORDS.finditer(folded):
        try:
            return date(int(match["year"]), _MONTHS[match["month"]], int(match["day"]))
        except ValueError:
            continue
    return None


def oficio_date(pieces: tuple[Piece, ...]) -> date | None:
    """When a request's oficio was written: the date above its asunto, or else its first."""
    letters = (piece for piece in pieces if piece.kind is PageKind.OFICIO)
    return next((found for p in letters if (found := first_date(p.text.folded))), None)
