"""The header of a raw mail, read before any library does: one From, one address, no tricks.

What two readers could read differently is refused, not interpreted. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header

MAX_HEADER_BYTES = 65_536
MAX_FIELDS = 200
MAX_LINE_BYTES = 8_192
MAX_ENCODED_WORDS = 100
MAX_REMARKS = 25

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"
"""A domain of letters, digits and hyphens (RFC 1123), with a dot in it: never an IP address."""
_ATOM = r"[A-Za-z0-9_%+=&'*/!#$^`{|}~-]+"
_ADDR_SPEC = rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{DOMAIN}"
_ADDRESS = re.compile(
    rf"[ \t]*(?:(?P<phrase>\"(?:[^\"\\]|\\.)*\"[ \t]*|[^<>,;:@\"\\\[\]]*)<(?P<a>{_ADDR_SPEC})>"
    rf"|(?P<b>{_ADDR_SPEC}))[ \t]*"
)
_ONCE = (
    *("sender", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to"),
    *("references", "mime-version", "content-type", "content-transfer-encoding"),
)
"""What RFC 5322 (3.6) and RFC 2045 allow once: of two, each reader would pick its own."""
_FREE_TEXT = re.compile(r"(?i)(?:subject|comments|thread-topic)[ \t]*:")
_HIDDEN_FROM = re.compile(rb"(?im)^[ \t]+from[ \t]*:.*@")
"""A From that a blank makes part of the field above: some servers take the blank away."""
_REMARK, _PAREN = re.compile(r"\([^()]*\)"), re.compile(r"[()]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_AT_SIGNS = "@＠﹫"
_HIDDEN = re.compile(rf"[<>{_AT_SIGNS}\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u202e\u2060-\u2069]")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field, unfolded, its value as Latin-1 so that no byte is lost."""

    name: str
    value: str


class Untrustworthy(Exception):
    """The header cannot be relied on; the message says why, in Spanish."""


def fields_of(raw: bytes) -> tuple[Field, ...]:
    """The header fields of a raw mail; Untrustworthy for a header no honest program writes."""
    block = head_of(raw)
    refuse_floods(block)
    if b"\0" in block or re.search(rb"\r(?!\n)", block):
        raise Untrustworthy("la cabecera tiene caracteres prohibidos")
    if _HIDDEN_FROM.search(block):
        raise Untrustworthy("la cabecera esconde un campo From")
    return tuple(_fields(_unfolded(block)))


def head_of(raw: bytes) -> bytes:
    """The header block, at most a few bytes more than is allowed."""
    return re.split(rb"\r?\n\r?\n", raw[: MAX_HEADER_BYTES + 4], maxsplit=1)[0]


def refuse_floods(block: bytes) -> None:
    """Refuse a header that makes libraries recurse, or take time with the square of its size."""
    lines = _unfolded(block)
    words = block.count(b"=?")
    remarks = (line.count("(") for line in lines if not _FREE_TEXT.match(line))
    for is_too_much, what in (
        (len(block) > MAX_HEADER_BYTES, "es demasiado larga"),
        (len(lines) > MAX_FIELDS, "tiene demasiados campos"),
        (max(map(len, block.split(b"\n"))) > MAX_LINE_BYTES, "tiene una línea demasiado larga"),
        (words > MAX_ENCODED_WORDS, "tiene demasiadas palabras codificadas"),
        (max(remarks, default=0) > MAX_REMARKS, "tiene demasiados comentarios"),
    ):
        if is_too_much:
            raise Untrustworthy(f"la cabecera {what}")


def _unfolded(block: bytes) -> list[str]:
    return re.split(r"\r?\n", re.sub(rb"\r?\n(?=[ \t])", b"", block).decode("latin-1"))


def _fields(lines: Sequence[str]) -> Iterator[Field]:
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!-9;-~]+", name):
            raise Untrustworthy("la cabecera tiene una línea que no es un campo")
        yield Field(name.lower(), value.strip(" \t"))


def from_address(fields: Sequence[Field]) -> str:
    """The one address of the one From field; Untrustworthy when there is any room for doubt."""
    values = [field.value for field in fields if field.name == "from"]
    if len(values) != 1:
        raise Untrustworthy(f"tiene {len(values)} campos From")
    _refuse_twins(fields)
    for sender in (field.value for field in fields if field.name == "sender"):
        _one_address(sender, "Sender")
    return _one_address(values[0], "From")


def _refuse_twins(fields: Sequence[Field]) -> None:
    names = [field.name for field in fields]
    twins = [name for name in _ONCE if names.count(name) > 1]
    if twins:
        raise Untrustworthy(f"tiene más de un campo {twins[0].title()}")


def _one_address(value: str, name: str) -> str:
    """The address of a field of one; Untrustworthy for a list, a group, a route, a remark."""
    match = _ADDRESS.fullmatch(value)
    if match is None:
        raise Untrustworthy(f"el campo {name} no es una sola dirección")
    address, phrase = str(match["a"] or match["b"]), match["phrase"] or ""
    if not phrase.startswith('"') and _PAREN.search(_REMARK.sub("", phrase)):
        raise Untrustworthy(f"el campo {name} tiene un comentario sin cerrar")
    if not phrase.startswith('"') and "=?" in _ENCODED_WORD.sub("", phrase):
        raise Untrustworthy(f"el campo {name} tiene una palabra codificada rota")
    if _shows_another(phrase, address):
        raise Untrustworthy("el nombre del remitente muestra otra dirección")
    local, domain = address.rsplit("@", 1)
    return f"{local.lower()}@{domain.lower()}"


def _shows_another(phrase: str, address: str) -> bool:
    """Whether a display name, as a mail program would show it, looks like another address."""
    text = _eight_bit(phrase)
    try:
        shown = str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return True
    bare = shown.strip("\"' \t")
    return bool(_HIDDEN.search(bare) or _HIDDEN.search(text)) and bare.lower() != address.lower()


def _eight_bit(phrase: str) -> str:
    """Raw 8-bit signs as mail programs show them: UTF-8, else Windows-1252."""
    if phrase.isascii():
        return phrase
    raw = phrase.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
