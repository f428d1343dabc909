"""Raw bytes → Mail: headers, own words, attachments. The home of mail-parser.

mail-parser reads the headers; the tree is walked here, because it merges the text of nested
messages and of attached text files with the sender's own. Pure.
"""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

import filetype
import mailparser
from mailparser.exceptions import MailParserError

from mailbot import trust
from mailbot.model import Attachment, Mail
from mailbot.parsers import html, quotes
from mailbot.parsers.text import tidy

MAX_PARTS = 500
MAX_DEPTH = 30


class Malformed(Exception):
    """The mail cannot be taken apart; a person has to look at it."""


def read_mail(raw: bytes, authserv_id: str = "") -> Mail:
    """Take a raw mail apart; Malformed when it cannot be."""
    message, subject = _open(raw)
    parts = _Parts()
    _walk(message, parts, depth=0, prefix="")
    own, quoted = _own_and_quoted(parts)
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=next(iter(_ids(message.get_all("Message-ID", []))), ""),
        subject=subject,
        sender=trust.verify(raw, authserv_id),
        recipients=_addresses(message),
        references=_ids(message.get_all("In-Reply-To", []) + message.get_all("References", [])),
        own=own,
        quoted=quoted,
        forwarded=bool(parts.nested) or quotes.is_forward(subject, "\n".join(parts.texts)),
        automatic=_automatic(message, subject),
        attachments=tuple(_named(parts.files)),
        bounced=_bounced(message),
        shown=_shown(message),
    )


_BREAKS = (AttributeError, IndexError, LookupError, RecursionError, TypeError, ValueError)
"""What mail-parser and the standard library raise on mails made to break them (measured)."""


def _open(raw: bytes) -> tuple[Message, str]:
    try:
        parsed = mailparser.parse_from_bytes(raw)
        subject = parsed.subject
    except (MailParserError, *_BREAKS) as error:
        raise Malformed(f"el correo está mal formado ({type(error).__name__})") from error
    subject = subject if isinstance(subject, str) else " ".join(map(str, subject or ()))
    return parsed.message, tidy(subject)


# ------------------------------------------------------------------ the tree


@dataclass
class _File:
    """An attachment before it has a name of its own."""

    name: str
    data: bytes


@dataclass
class _Parts:
    """What a walk of the MIME tree gathers."""

    texts: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    files: list[_File] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    count: int = 0


def _walk(part: Message, into: _Parts, depth: int, prefix: str) -> None:
    into.count += 1
    if into.count > MAX_PARTS or depth > MAX_DEPTH:
        raise Malformed("el correo tiene demasiadas partes")
    kind = part.get_content_type()
    if kind == "message/rfc822" or (kind.startswith("message/") and part.is_multipart()):
        _nested(part, into, depth, prefix)
    elif kind == "multipart/alternative" and part.is_multipart():
        _alternative(part, into, depth, prefix)
    elif part.is_multipart():
        for child in _children(part):
            _walk(child, into, depth + 1, prefix)
    else:
        _leaf(part, into, prefix)


def _children(part: Message) -> Iterable[Message]:
    payload = part.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _nested(part: Message, into: _Parts, depth: int, prefix: str) -> None:
    """A message inside the message: its files count as attached, its words are not the sender's."""
    for message in _children(part):
        inner = _Parts(count=into.count)
        _walk(message, inner, depth + 1, prefix or "adjunto: ")
        into.count = inner.count
        into.nested += [*inner.texts, *inner.quotes, *inner.nested]
        into.files += inner.files


def _alternative(part: Message, into: _Parts, depth: int, prefix: str) -> None:
    """The same words in several dresses: plain text if it says anything, else HTML."""
    choices = []
    for child in _children(part):
        choice = _Parts(count=into.count)
        _walk(child, choice, depth + 1, prefix)
        into.count = choice.count
        into.files += choice.files
        into.nested += choice.nested
        choices.append(choice)
    best = next((c for c in choices if any(t.strip() for t in c.texts + c.quotes)), None)
    if best:
        into.texts += best.texts
        into.quotes += best.quotes


def _leaf(part: Message, into: _Parts, prefix: str) -> None:
    data = _payload(part)
    name = _file_name(part)
    kind = part.get_content_type()
    attached = part.get_content_disposition() == "attachment" or bool(name)
    if kind.startswith("text/") and not attached and not data.startswith(b"%PDF-"):
        _inline(kind, _decode(data, part.get_content_charset()), into)
    elif data:
        into.files.append(_File(f"{prefix}{name}", data))


def _inline(kind: str, text: str, into: _Parts) -> None:
    if kind == "text/html":
        own, quoted = html.visible(text)
        into.texts.append(own)
        into.quotes.append(quoted)
    elif kind == "text/plain":
        into.texts.append(text)


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except _BREAKS:
        return b""
    return data if isinstance(data, bytes) else b""


def _own_and_quoted(parts: _Parts) -> tuple[tuple[str, ...], str]:
    pairs = [quotes.cut(text) for text in parts.texts]
    own = tuple(first for first, _ in pairs if first)
    below = [rest for _, rest in pairs] + parts.quotes + parts.nested
    return own, "\n\n".join(text for text in below if text.strip())


# ------------------------------------------------------------------ characters and names

_LABELS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
"""What a label means in practice (WHATWG Encoding)."""


def _decode(data: bytes, charset: str | None) -> str:
    label = (charset or "utf-8").lower()
    for candidate in (_LABELS.get(label, label), "utf-8", "cp1252"):
        try:
            return codecs.decode(data, candidate)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _header_text(value: str) -> str:
    """A header value with its encoded words decoded, raw 8-bit bytes read as UTF-8 or Latin-1."""
    raw = value.encode("ascii", "surrogateescape") if value.isascii() else None
    try:
        return str(make_header(decode_header(value))) if raw is not None else _eight_bit(value)
    except (HeaderParseError, *_BREAKS):
        return value


def _eight_bit(value: str) -> str:
    return _decode(value.encode("utf-8", "surrogateescape"), None)


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except _BREAKS:
        return "sin nombre"
    return re.split(r"[/\\]", tidy(_header_text(str(name))))[-1].strip(". ")[:120]


def _named(files: list[_File]) -> Iterator[Attachment]:
    for number, file in enumerate(files, start=1):
        kind = sniff(file.data)
        bare = file.name.removeprefix("adjunto: ")
        name = file.name if bare else f"{file.name}archivo-{number}.{kind}"
        yield Attachment(name, kind, file.data, hashlib.sha256(file.data).hexdigest())


def sniff(data: bytes) -> str:
    """What a file is by its bytes: ``pdf``, ``jpg``, ``docx``… or ``bin``."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    guess = filetype.guess(data[:8192])
    return str(guess.extension) if guess else "bin"


# ------------------------------------------------------------------ headers


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    found = (id_ for value in values for id_ in re.findall(r"<[^<>\s]+>", str(value)))
    return tuple(dict.fromkeys(found))


def _shown(message: Message) -> str:
    """The name that stands beside the sender's address."""
    values = [_header_text(str(value)) for value in message.get_all("From", [])]
    return tidy(values[0].rpartition("<")[0].strip(' "')) if values else ""


def _addresses(message: Message) -> tuple[str, ...]:
    """Every address the mail was sent to, in lower case."""
    names = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    values = [str(value) for name in names for value in message.get_all(name, [])]
    return tuple(dict.fromkeys(a.lower() for _, a in getaddresses(values) if "@" in a))


_ABSENT = re.compile(
    r"(?:respuesta autom[aá]tica|automatic reply|fuera de (?:la )?oficina|out of office)",
    re.IGNORECASE,
)


def _automatic(message: Message, subject: str) -> str | None:
    """Why a mail counts as written by a machine (RFC 3834), or None."""
    signs = (
        ("Auto-Submitted", lambda v: v.split(";")[0].strip() not in ("", "no")),
        ("Precedence", lambda v: v.strip() in ("bulk", "junk", "list", "auto_reply")),
        ("Return-Path", lambda v: v.strip() == "<>"),
        ("From", lambda v: bool(re.search(r"\b(?:mailer-daemon|postmaster)@", v))),
    )
    for name, says_so in signs:
        if any(says_so(str(v).lower()) for v in message.get_all(name, [])):
            return name
    if any(name.lower().startswith("list-") for name in message):
        return "List-*"
    if message.get_content_type() == "multipart/report":
        return "multipart/report"
    return "Subject" if _ABSENT.match(subject) else None


def _bounced(message: Message) -> tuple[str, ...]:
    """The Message-IDs of the mails a delivery report says did not arrive (RFC 3464)."""
    if message.get_content_type() != "multipart/report":
        return ()
    return tuple(dict.fromkeys(id_ for part in message.walk() for id_ in _reported(part)))


def _reported(part: Message) -> tuple[str, ...]:
    if part.get_content_type() == "message/rfc822":
        return _ids(v for m in _children(part) for v in m.get_all("Message-ID", []))
    if part.get_content_type() == "text/rfc822-headers":
        return _ids(re.findall(r"(?im)^message-id:(.*)$", _decode(_payload(part), None)))
    return ()
