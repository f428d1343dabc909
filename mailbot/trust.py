"""Who really sent this mail: what the receiving server found out, and nothing less.

A header the sender wrote proves nothing, so the gate reads raw bytes before any library does, and
only an Authentication-Results field (RFC 8601) with the configured authserv-id counts. Everything
that is unclear is "not authenticated". Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

import authres
from authres.core import AuthResError

from mailbot.model import Sender

MAX_HEADER_BYTES = 65_536
MAX_FIELDS = 200

_ADDR_SPEC = r"[A-Za-z0-9._%+=&'*/!#$^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
_FROM = re.compile(
    rf"\s*(?:(?P<phrase>\"(?:[^\"\\]|\\.)*\"|[^<>,;:@\"]*)\s*<(?P<a>{_ADDR_SPEC})>"
    rf"|(?P<b>{_ADDR_SPEC}))\s*"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A header field, unfolded, its value as Latin-1 so that no byte is lost."""

    name: str
    value: str


class Untrustworthy(Exception):
    """The header cannot be relied on; the message says why, in Spanish."""


def fields_of(raw: bytes) -> tuple[Field, ...]:
    """The header fields of a raw mail; Untrustworthy for a header no honest program writes."""
    block = re.split(rb"\r?\n\r?\n", raw[: MAX_HEADER_BYTES + 4], maxsplit=1)[0]
    if len(block) > MAX_HEADER_BYTES:
        raise Untrustworthy("la cabecera es demasiado larga")
    if b"\0" in block or re.search(rb"\r(?!\n)", block):
        raise Untrustworthy("la cabecera tiene caracteres prohibidos")
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", block).decode("latin-1")
    found = tuple(_fields(unfolded.splitlines()))
    if len(found) > MAX_FIELDS:
        raise Untrustworthy("la cabecera tiene demasiados campos")
    return found


def _fields(lines: Sequence[str]) -> Iterator[Field]:
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!-9;-~]+", name):
            raise Untrustworthy("la cabecera tiene una línea que no es un campo")
        yield Field(name.lower(), value.strip())


def from_address(fields: Sequence[Field]) -> str:
    """The one address of the one From field; Untrustworthy when there is any room for doubt."""
    values = [field.value for field in fields if field.name == "from"]
    if len(values) != 1:
        raise Untrustworthy(f"tiene {len(values)} campos From")
    match = _FROM.fullmatch(re.sub(r"[ \t]+", " ", values[0]))
    if match is None:
        raise Untrustworthy("el campo From no es una sola dirección")
    address = str(match["a"] or match["b"])
    if _shows_another(match["phrase"] or "", address):
        raise Untrustworthy("el nombre del remitente muestra otra dirección")
    local, domain = address.rsplit("@", 1)
    return f"{local.lower()}@{domain.lower()}"


def _shows_another(phrase: str, address: str) -> bool:
    """Whether a display name, as a mail program would show it, looks like another address."""
    try:
        shown = str(make_header(decode_header(phrase))).strip("\"' ")
    except (HeaderParseError, LookupError, ValueError):
        return True
    return (
        bool(re.search(r"[@<>\x00-\x1f\u200b-\u202e]", shown)) and shown.lower() != address.lower()
    )


def verify(raw: bytes, authserv_id: str) -> Sender:
    """Who sent a mail, by the verdict of the server whose id is pinned."""
    try:
        fields = fields_of(raw)
        address = from_address(fields)
    except Untrustworthy as problem:
        return Sender("", authenticated=False, reason=str(problem))
    if not authserv_id:
        return Sender(
            address, authenticated=False, reason="no hay servidor de confianza configurado"
        )
    return _judge(address, list(_verdicts(fields, authserv_id)))


def _verdicts(
    fields: Sequence[Field], authserv_id: str
) -> Iterator[authres.AuthenticationResultsHeader | None]:
    """The fields that speak for the pinned server; one that cannot be read is None."""
    for field in fields:
        if field.name == "authentication-results" and _names(field.value, authserv_id):
            yield _parse(field.value, authserv_id)


def _names(value: str, authserv_id: str) -> bool:
    """Whether a field may claim the pinned id, read generously: a doubtful claim must count."""
    return authserv_id.lower() in value.lower().partition(";")[0]


def _parse(value: str, authserv_id: str) -> authres.AuthenticationResultsHeader | None:
    """The field as the pinned server's word; None when it is not exactly that."""
    try:
        header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (AuthResError, SyntaxError, ValueError, AttributeError, IndexError):
        return None
    return header if str(header.authserv_id).lower() == authserv_id.lower() else None


def _judge(address: str, verdicts: list[authres.AuthenticationResultsHeader | None]) -> Sender:
    """Authenticated only when every verdict on the deciding method says the same: pass."""
    domain = address.rsplit("@", 1)[1]
    results = [r for v in verdicts if v is not None for r in v.results]
    if not verdicts:
        return Sender(address, authenticated=False, reason="el servidor no dio su veredicto")
    if None in verdicts:
        return Sender(
            address, authenticated=False, reason="el veredicto del servidor no se entiende"
        )
    for method, property_ in (("dmarc", "header_from"), ("dkim", "header_d")):
        said = [(r.result, _domain(r, property_)) for r in results if r.method == method]
        if said:
            proven = all(result == "pass" and d == domain for result, d in said)
            reason = f"{method}={said[0][0]}" if proven else f"{method} no prueba {domain}"
            return Sender(address, authenticated=proven, reason=reason)
    return Sender(address, authenticated=False, reason="el servidor no comprobó el dominio")


def _domain(result: authres.AuthenticationResult, property_: str) -> str:
    wanted = property_.partition("_")
    for prop in result.properties:
        if (prop.type, prop.name) == (wanted[0], wanted[2]):
            return str(prop.value).lower().rpartition("@")[2]
    return ""
