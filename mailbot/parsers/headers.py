"""The header fields of a mail, and the letters they are written in.

Works on the standard library's message; what hostile fields break in it is caught here. Pure.
"""

import codecs
import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from mailbot.parsers.text import tidy

BREAKS = (
    *(AttributeError, IndexError, LookupError, RecursionError, TypeError, ValueError),
    HeaderParseError,
)
"""What mail-parser and the standard library raise on mails made to break them (measured)."""


def children(part: Message) -> Iterable[Message]:
    """The parts of a part."""
    payload = part.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def payload(part: Message) -> bytes:
    """What a part holds, its transfer encoding undone; nothing where that fails."""
    try:
        data = part.get_payload(decode=True)
    except BREAKS:
        return b""
    return data if isinstance(data, bytes) else b""


# ------------------------------------------------------------------ letters

_LABELS = {"iso8859-1": "cp1252", "ascii": "utf-8"}
"""What a label means in practice (WHATWG Encoding), by the names of Python's codecs."""


def decode(data: bytes, charset: str | None) -> str:
    """Text by its declared charset, else as UTF-8, else as Windows-1252: no letter is lost."""
    for candidate in (_codec(charset or "utf-8"), "utf-8", "cp1252"):
        try:
            return data.decode(candidate)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return "utf-8"
    return _LABELS.get(name, name)


def header_text(value: str) -> str:
    """A header value with its encoded words decoded, raw 8-bit bytes read as UTF-8 or Latin-1."""
    raw = value.encode("ascii", "surrogateescape") if value.isascii() else None
    try:
        return str(make_header(decode_header(value))) if raw is not None else _eight_bit(value)
    except BREAKS:
        return value


def _eight_bit(value: str) -> str:
    return decode(value.encode("utf-8", "surrogateescape"), None)


def subject(message: Message) -> str:
    """The subject, its letters mended."""
    return " ".join(header_text(str(value)) for value in message.get_all("Subject", []))


def mend_raw_letters(message: Message) -> bool:
    """Read 8-bit bytes in headers as UTF-8 or Latin-1, as webmail writes them; whether any were."""
    mended = False
    for part in message.walk():
        fields = [(name, str(value)) for name, value in part.raw_items()]
        if not any(_is_eight_bit(value) for _, value in fields):
            continue
        mended = True
        for name in {name.lower() for name, _ in fields}:
            del part[name]
        for name, value in fields:
            part[name] = _eight_bit(value) if _is_eight_bit(value) else value
    return mended


def _is_eight_bit(value: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in value)


# ------------------------------------------------------------------ fields


_ID = re.compile(r"<[!-;=?-~]{1,400}>")
"""Printable ASCII (RFC 5322, 3.6.4): our letters repeat what stands here."""


def ids(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs in some fields, each once; what holds an encoded word is none."""
    found = (id_ for value in values for id_ in _ID.findall(str(value)) if "=?" not in id_)
    return tuple(dict.fromkeys(found))


def shown(message: Message) -> str:
    """The name that stands beside the sender's address."""
    values = [header_text(str(value)) for value in message.get_all("From", [])]
    return tidy(values[0].rpartition("<")[0].strip(' "')) if values else ""


def addresses(message: Message) -> tuple[str, ...]:
    """Every address the mail was written to, in lower case.

    Only what its sender wrote and signs: a field that servers add (Delivered-To, say) can be added
    by anybody who sends somebody's genuine mail on, and would turn its words into an answer to us.
    """
    values = [str(value) for name in ("To", "Cc") for value in message.get_all(name, [])]
    return tuple(dict.fromkeys(a.lower() for v in values for a in _listed(v) if "@" in a))


def _listed(value: str) -> list[str]:
    try:
        return [address for _, address in getaddresses([value])]
    except BREAKS:
        return []  # remarks nested a thousand deep: no program writes them


_ABSENT = re.compile(
    r"(?:re: )?(?:auto: )?(?:respuesta autom[aá]ti(?:ca|zada)|automatic reply"
    r"|fuera de (?:la )?oficina|out of office)",
    re.IGNORECASE,
)


def automatic(message: Message, said: str) -> str | None:
    """Why a mail with this subject counts as written by a machine (RFC 3834), or None."""
    signs = (
        ("Auto-Submitted", lambda v: v.split(";")[0].strip() not in ("", "no")),
        ("Precedence", lambda v: v.strip() in ("bulk", "junk", "list", "auto_reply")),
        ("Return-Path", lambda v: v.strip() == "<>"),
        ("X-Autoreply", lambda _: True),
        ("X-Autorespond", lambda _: True),
        ("From", lambda v: bool(re.search(r"\b(?:mailer-daemon\b|postmaster@)", v))),
    )
    for name, says_so in signs:
        if any(says_so(str(v).lower()) for v in message.get_all(name, [])):
            return name
    if any(name.lower().startswith("list-") for name in message):
        return "List-*"
    if message.get_content_type() == "multipart/report":
        return "multipart/report"
    return "Subject" if _ABSENT.match(said) else None


def absent(message: Message, said: str) -> bool:
    """Whether a mail is what a program answers for somebody who is away (RFC 3834).

    A report of delivery or reading, and a mail of a list, are a machine's too, and no such answer.
    """
    listed = any(name.lower().startswith("list-") for name in message)
    if listed or message.get_content_type() == "multipart/report":
        return False
    stated = [str(v).lower().strip() for v in message.get_all("Auto-Submitted", [])]
    replied = any(value.startswith("auto-replied") for value in stated)
    marked = any(name in message for name in ("X-Autoreply", "X-Autorespond"))
    return replied or marked or bool(_ABSENT.match(said))


def bounced(message: Message) -> tuple[str, ...]:
    """The Message-IDs of the mails a delivery report says did not arrive (RFC 3464)."""
    if message.get_content_type() != "multipart/report":
        return ()
    return tuple(dict.fromkeys(id_ for part in message.walk() for id_ in _reported(part)))


def _reported(part: Message) -> tuple[str, ...]:
    if part.get_content_type() == "message/rfc822":
        return ids(v for m in children(part) for v in m.get_all("Message-ID", []))
    if part.get_content_type() == "text/rfc822-headers":
        unfolded = re.sub(r"\r?\n(?=[ \t])", "", decode(payload(part), None))
        return ids(re.findall(r"(?im)^message-id:(.*)$", unfolded))
    return ()
