"""How much there is to take apart in a mail, counted on raw bytes before any parser sees it.

The standard library's parser takes seconds for kilobytes: 50,000 parts 15 s, 20,000 encoded words
12 s, 3,000 RFC 2231 parameters 2 s, a thousand nested multiparts or remarks a RecursionError
(measured). Each count here is one pass over the bytes. Pure.
"""

import re

from mailbot.trust.gate import MAX_ENCODED_WORDS, Untrustworthy, head_of, refuse_floods

MAX_PARTS = 500
MAX_MULTIPARTS = 60
MAX_PARAMETERS = 60
MAX_FIELD_BYTES = 8_192

_CONTENT = re.compile(rb"(?im)^content-[a-z-]{1,40}[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")
_HOLDS_PARTS = re.compile(rb"(?i)content-type[ \t]*:\s*(?:multipart|message)/")
_BOUNDARY = re.compile(rb"(?i)\bboundary\s*=\s*(?:\"([^\"\n]{0,200})\"|([^\s;\"]{1,200}))")
_BOUNDARY_IN_PIECES = re.compile(rb"(?i)\bboundary\s*\*")
_PLAIN_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{1,70}")
"""RFC 2046, 5.1.1."""


def bounded(raw: bytes) -> None:
    """Refuse a mail that holds more than any honest one; Untrustworthy says of what."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # a bare CR ends a line, says Python
    refuse_floods(head_of(raw))
    boundaries: set[bytes] = set()
    holders = 0
    for field in _CONTENT.finditer(raw):
        _bounded_field(field.group())
        boundaries |= _boundaries(field.group())
        holders += bool(_HOLDS_PARTS.match(field.group()))
        if holders > MAX_MULTIPARTS:
            raise Untrustworthy("el correo tiene demasiadas partes anidadas")
    _bounded_parts(raw, boundaries)


def _bounded_field(field: bytes) -> None:
    if len(field) > MAX_FIELD_BYTES or field.count(b";") > MAX_PARAMETERS:
        raise Untrustworthy("una parte del correo tiene demasiados parámetros")
    if field.count(b"=?") > MAX_ENCODED_WORDS:
        raise Untrustworthy("una parte del correo tiene demasiadas palabras codificadas")


def _boundaries(field: bytes) -> set[bytes]:
    """The boundaries a Content-Type declares; Untrustworthy for one that hides."""
    if _BOUNDARY_IN_PIECES.search(field):
        raise Untrustworthy("el separador de las partes está escrito en pedazos")
    found = {quoted or bare for quoted, bare in _BOUNDARY.findall(field)} - {b""}
    if not all(_PLAIN_BOUNDARY.fullmatch(boundary) for boundary in found):
        raise Untrustworthy("el separador de las partes tiene caracteres prohibidos")
    return found


def _bounded_parts(raw: bytes, boundaries: set[bytes]) -> None:
    """Count the lines that begin a part, every boundary at once."""
    if not boundaries:
        return
    any_of = b"|".join(
        re.escape(boundary) for boundary in sorted(boundaries, key=len, reverse=True)
    )
    count = sum(1 for _ in re.finditer(rb"(?m)^--(?:" + any_of + rb")", raw))
    if count > MAX_PARTS + len(boundaries):
        raise Untrustworthy("el correo tiene demasiadas partes")
