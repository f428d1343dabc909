"""Raw bytes → Mail: headers, own words, attachments. The home of mail-parser.

mail-parser reads the headers; the tree is walked here, because it merges the text of nested
messages and of attached text files with the sender's own. Pure.
"""

import base64
import hashlib
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

import mailparser
from mailparser.exceptions import MailParserError

from mailbot import trust
from mailbot.model import Attachment, Mail, Sender
from mailbot.parsers import headers, html, quotes, smime
from mailbot.parsers.kinds import sniff
from mailbot.parsers.problems import Unopenable
from mailbot.parsers.text import tidy

MAX_PARTS = 500
MAX_DEPTH = 30
MAX_HTML = 1_500_000
MAX_WORDS = 100_000
"""Characters of a mail's HTML, and of its words that are read: reading takes a minute for these."""


class Malformed(Exception):
    """The mail cannot be taken apart; a person has to look at it."""


def read_mail(raw: bytes, sender: Sender | None = None) -> Mail:
    """Take a raw mail apart; Malformed when it cannot be. Who sent it has been found out before."""
    message, subject = _open(raw)
    parts = _parts(message)
    own, quoted = _own_and_quoted(parts)
    forwarded = bool(parts.nested) or quotes.is_forward(subject, "\n".join(parts.texts))
    if sum(map(len, own)) + (len(quoted) if forwarded else 0) > MAX_WORDS:
        raise Malformed("el texto del correo es demasiado largo")
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=next(iter(headers.ids(message.get_all("Message-ID", []))), ""),
        subject=subject,
        sender=sender or trust.unverified(raw),
        recipients=headers.addresses(message),
        references=headers.ids(
            message.get_all("In-Reply-To", []) + message.get_all("References", [])
        ),
        own=own,
        quoted=quoted,
        forwarded=forwarded,
        automatic=headers.automatic(message, subject),
        attachments=tuple(_named(parts.files)),
        bounced=headers.bounced(message),
        shown=headers.shown(message),
        patchy=parts.gaps or any(map(quotes.is_scattered, parts.texts)),
        absent=headers.absent(message, subject),
    )


def files_in(raw: bytes) -> tuple[Attachment, ...]:
    """The files of a mail that is itself a file; Malformed when it cannot be taken apart."""
    return tuple(_named(_parts(_open(raw)[0]).files))


def _open(raw: bytes) -> tuple[Message, str]:
    try:
        trust.bounded(raw)
        parsed = mailparser.parse_from_bytes(raw)
        mended = headers.mend_raw_letters(parsed.message)
        subject = headers.subject(parsed.message) if mended else parsed.subject
    except trust.Untrustworthy as error:
        raise Malformed(str(error)) from error
    except (MailParserError, *headers.BREAKS) as error:
        raise Malformed(f"el correo está mal formado ({type(error).__name__})") from error
    subject = subject if isinstance(subject, str) else " ".join(map(str, subject or ()))
    return parsed.message, tidy(subject)


def _parts(message: Message) -> "_Parts":
    parts = _Parts()
    _walk(_unsealed(message), parts, depth=0, prefix="")
    return parts


def _unsealed(message: Message) -> Message:
    """What an opaquely signed mail encloses (RFC 8551, 3.5.2); any other mail as it is.

    A signature below other parts is a file of somebody's and is not opened here: only what
    encloses the whole mail holds its sender's own words.
    """
    if message.get_content_type() not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return message
    try:
        return message_from_bytes(smime.signed_content(headers.payload(message)))
    except (Unopenable, *headers.BREAKS):
        return message


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
    html: int = 0
    gaps: bool = False

    def inside(self) -> "_Parts":
        """What a walk of a part gathers apart, counted together with the rest."""
        return _Parts(count=self.count, html=self.html)

    def counted(self, inner: "_Parts") -> None:
        """Go on counting where a walk of a part ended."""
        self.count, self.html = inner.count, inner.html


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
        for child in headers.children(part):
            _walk(child, into, depth + 1, prefix)
    else:
        _leaf(part, into, prefix)


def _nested(part: Message, into: _Parts, depth: int, prefix: str) -> None:
    """A message inside the message: its files count as attached, its words are not the sender's."""
    for message in _nested_in(part):
        inner = into.inside()
        _walk(message, inner, depth + 1, prefix or "adjunto: ")
        into.counted(inner)
        into.nested += [*inner.texts, *inner.quotes, *inner.nested]
        into.files += inner.files


def _nested_in(part: Message) -> Iterable[Message]:
    """The messages in a part, also when it was encoded, which the standard forbids."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable"):
        return headers.children(part)
    packed = [child.get_payload() for child in headers.children(part)]
    decode = base64.b64decode if encoding == "base64" else quopri.decodestring
    try:
        return [
            message_from_bytes(decode(text.encode())) for text in packed if isinstance(text, str)
        ]
    except headers.BREAKS:
        return ()


def _alternative(part: Message, into: _Parts, depth: int, prefix: str) -> None:
    """The same words in several dresses: plain text if it says anything, else HTML."""
    choices = []
    for child in headers.children(part):
        choice = into.inside()
        _walk(child, choice, depth + 1, prefix)
        into.counted(choice)
        into.files += choice.files
        into.nested += choice.nested
        choices.append(choice)
    best = next((c for c in choices if any(t.strip() for t in c.texts + c.quotes)), None)
    if best:
        into.texts += best.texts
        into.quotes += best.quotes
        into.gaps |= best.gaps


def _leaf(part: Message, into: _Parts, prefix: str) -> None:
    data = headers.payload(part)
    name = _file_name(part)
    kind = part.get_content_type()
    attached = part.get_content_disposition() == "attachment" or bool(name)
    if kind.startswith("text/") and not attached and not data.startswith(b"%PDF-"):
        _inline(kind, headers.decode(data, part.get_content_charset()), into)
    elif data:
        into.files.append(_File(f"{prefix}{name}", data))


def _inline(kind: str, text: str, into: _Parts) -> None:
    if kind == "text/html":
        into.html += len(text)
        if into.html > MAX_HTML or html.is_bottomless(text):
            raise Malformed("el correo trae demasiado HTML")
        seen = html.visible(text)
        into.texts.append(seen.own)
        into.quotes.append(seen.quoted)
        into.gaps |= seen.gaps
    elif kind == "text/plain":
        into.texts.append(text)


def _own_and_quoted(parts: _Parts) -> tuple[tuple[str, ...], str]:
    pairs = [quotes.cut(text) for text in parts.texts]
    own = tuple(first for first, _ in pairs if first)
    below = [rest for _, rest in pairs] + parts.quotes + parts.nested
    return own, "\n\n".join(text for text in below if text.strip())


# ------------------------------------------------------------------ files


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except headers.BREAKS:
        return "sin nombre"
    return re.split(r"[/\\]", tidy(headers.header_text(str(name))))[-1].strip(". ")[:120]


def _named(files: list[_File]) -> Iterator[Attachment]:
    for number, file in enumerate(files, start=1):
        kind = sniff(file.data)
        bare = file.name.removeprefix("adjunto: ")
        name = file.name if bare else f"{file.name}archivo-{number}.{kind}"
        yield Attachment(name, kind, file.data, hashlib.sha256(file.data).hexdigest())
