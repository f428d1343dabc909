"""The parts of a text: before the request, the request itself, after it.

Only the part of a document where people are asked for or named counts: an oficio between its asunto
and its closing, a resolution after SE RESUELVE. Pure.
"""

import re
from dataclasses import dataclass

from mailbot.model import PageKind
from mailbot.parsers.text import Passage, Text


@dataclass(frozen=True)
class Zones:
    """The parts of a text: before the request, the request, after it."""

    head: Passage
    main: Passage
    tail: Passage


_RESOLVES = re.compile(r"s\s?e\s+r\s?e\s?s\s?u\s?e\s?l\s?v\s?e")
_FIRST_ARTICLE = re.compile(r"^[^\w\n]*articulo\s+(?:1|primero|unico)\b", re.MULTILINE)
_SUBJECT = re.compile(r"^[^\w\n]*asunto\b", re.MULTILINE)
_OPENINGS = {
    PageKind.OFICIO: _SUBJECT,
    PageKind.SOLICITUD: re.compile(
        r"^[^\w\n]*yo\b", re.MULTILINE
    ),  # above stands whom it is sent to
}
_CLOSING = re.compile(
    r"^[^\w\n]*(?:a?t?entamente|cordialmente|muy atentamente|respetuosamente|saludos(?: cordiales)?"
    r"|atte\b"
    r"|dios guarde|es propicia|sin otro particular|hago propicia|aprovecho la oportunidad"
    r"|--\s*$|enviado desde mi)",
    re.MULTILINE,
)
_SIGNED = re.compile(
    r"^(?:[^\w\n]*Firmado digitalmente"
    r"|(?!.*Se[ñn]or).*\n[^\w\n]*"
    r"(?:DIRECTOR|DIRECTORA|GERENTE|JEFE|JEFA)\b(?! ?\(A\))(?: ?\([ea]\))?[^a-z\n]*$)",
    re.MULTILINE,
)
"""A post in capitals and the name above it: recognition may have lost the greeting before them.

«Señor(a): JEFE(A) …» is whom it is sent to: where the asunto is lost as well, it ends nothing.
"""
_REGISTERED = re.compile(r"registrese|comuniquese")


def zones(text: Text, kind: PageKind | None) -> Zones:
    """Find the part that counts. A resolution without SE RESUELVE has none."""
    start, end = _main(text.folded, kind)
    if kind is PageKind.OFICIO and (signed := _SIGNED.search(text.string, start, end)):
        end = signed.start()
    size = len(text.string)
    return Zones(*(Passage(text, a, b, kind) for a, b in ((0, start), (start, end), (end, size))))


def _main(folded: str, kind: PageKind | None) -> tuple[int, int]:
    if kind in (PageKind.S09, PageKind.DNI):
        return 0, len(folded)
    if kind is PageKind.RD:
        opening = _RESOLVES.search(folded) or _FIRST_ARTICLE.search(folded)
        start, closing = (opening.end() if opening else len(folded)), _REGISTERED
    else:
        subject = _OPENINGS[kind].search(folded) if kind in _OPENINGS else None
        start, closing = (subject.start() if subject else 0), _CLOSING
    ends = [m.start() for m in closing.finditer(folded, start)]
    if len(ends) > 1 and not folded[start : ends[0]].strip():  # «Saludos cordiales» opens it
        ends = ends[1:]
    return start, ends[0] if ends else len(folded)
