"""Composes mails as raw bytes with CRLF line ends, the same bytes every time.

Dates, Message-IDs and boundaries are given or follow from the contents; nothing is left to the
clock, to chance or to how the email package of one Python version folds a header.
"""

import base64
import quopri
import re
from collections.abc import Sequence
from email.utils import parseaddr
from hashlib import sha256
from html import escape
from typing import Literal, NamedTuple
from urllib.parse import quote

Encoding = Literal["rfc2231", "rfc2047", "none"]
Transfer = Literal["quoted-printable", "base64", "8bit", "7bit"]
Headers = Sequence[tuple[str, str]]

BOT = "siagie@mailbot.example"
MX = "mx.mailbot.example"
DATE = "Tue, 03 Mar 2026 10:15:00 -0500"
FOLD = 60  # bytes of text in one encoded word: with its frame it stays below 75 characters


class File(NamedTuple):
    """An attachment. `disposition` may be None, `filename` too; `encoding` is the name's."""

    filename: str | None
    data: bytes
    content_type: str = "application/pdf"
    disposition: str | None = "attachment"
    encoding: Encoding = "rfc2231"


# ------------------------------------------------------------------ one mail


def compose(  # noqa: PLR0913 - a mail has as many parts
    sender: str,
    to: str,
    subject: str,
    *,
    text: str | None = None,
    html: str | None = None,
    attachments: Sequence[File] = (),
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    headers: Headers = (),
    charset: str = "utf-8",
    transfer: Transfer = "quoted-printable",
    authenticated: bool = True,
    date: str = DATE,
    message_id: str | None = None,
) -> bytes:
    """Return a mail as the bot's mailbox holds it: what the last relay added stands on top."""
    seed = sha256(repr((sender, to, subject, text, html, attachments, date)).encode()).hexdigest()
    domain = address(sender).rpartition("@")[2]
    body = _body(text, html, attachments, seed=seed, charset=charset, transfer=transfer)
    thread = [("In-Reply-To", in_reply_to)] if in_reply_to else []
    thread += [("References", "\r\n ".join(references))] if references else []
    fields = [
        *trace(domain, seed, date=date, authenticated=authenticated),
        ("From", encoded_address(sender)),
        ("To", encoded_address(to)),
        ("Subject", encoded_words(subject)),
        ("Date", date),
        ("Message-ID", message_id or f"<{seed[:20]}@{domain}>"),
        *thread,
        *headers,
        ("MIME-Version", "1.0"),
    ]
    return head(fields) + body


def trace(domain: str, seed: str, *, date: str, authenticated: bool) -> Headers:
    """Return what the bot's own relay wrote: its verdict, if any, above its Received line."""
    verdict = f"{MX}; dmarc=pass header.from={domain}"
    received = (
        f"from mail.{domain} (mail.{domain} [192.0.2.{int(seed[:2], 16) or 1}])\r\n"
        f"\tby {MX} (Postfix) with ESMTPS id {seed[:10].upper()}\r\n"
        f"\tfor <{BOT}>; {date}"
    )
    known = [("Authentication-Results", verdict)] if authenticated else []
    return [*known, ("Received", received)]


def head(fields: Headers) -> bytes:
    """Return header fields as they travel, without the empty line."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()


def address(sender: str) -> str:
    """Return the bare address of ``Name <address>``."""
    return parseaddr(sender)[1]


def encoded_words(words: str) -> str:
    """Return header text as RFC 2047 wants it, folded between the encoded words."""
    if words.isascii():
        return words
    pieces, piece = [], ""
    for word in re.findall(r"\S+\s*|\s+", words):
        if piece and len((piece + word).encode()) > FOLD // 4 * 3:
            pieces.append(piece)
            piece = ""
        piece += word
    coded = (base64.b64encode(p.encode()).decode() for p in (*pieces, piece))
    return "\r\n ".join(f"=?UTF-8?B?{c}?=" for c in coded)


def encoded_address(sender: str) -> str:
    """Return ``Name <address>`` with its name encoded."""
    name, addr = parseaddr(sender)
    if not name:
        return addr
    shown = f'"{name}"' if name.isascii() else encoded_words(name)
    return f"{shown} <{addr}>"


# ------------------------------------------------------------------ its parts


def _body(  # noqa: PLR0913 - as above
    text: str | None,
    html: str | None,
    attachments: Sequence[File],
    *,
    seed: str,
    charset: str,
    transfer: Transfer,
) -> bytes:
    """Return the fields and contents of the mail's one part, however many it holds."""
    parts = []
    if text is not None or (html is None and not attachments):
        parts.append(text_part(text or "", "plain", charset, transfer))
    if html is not None:
        parts.append(text_part(html, "html", charset, transfer))
    shown = parts[0] if len(parts) == 1 else multipart("alternative", parts, f"alt-{seed[:16]}")
    files = [file_part(f) for f in attachments]
    if not files:
        return shown
    return multipart("mixed", [shown, *files] if parts else files, f"mix-{seed[:16]}")


def multipart(kind: str, parts: Sequence[bytes], boundary: str) -> bytes:
    """Return a multipart; `kind` may carry parameters: ``report; report-type=…``."""
    subtype, _, extra = kind.partition("; ")
    extra = f";\r\n {extra}" if extra else ""
    top = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{extra}\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return top + b"".join(mark + b"\r\n" + p + b"\r\n" for p in parts) + mark + b"--\r\n"


def text_part(
    text: str, kind: str = "plain", charset: str = "utf-8", transfer: Transfer = "quoted-printable"
) -> bytes:
    """Return a part of text."""
    data = _crlf(text).encode(charset)
    top = f'Content-Type: text/{kind}; charset="{charset}"\r\n'
    top += f"Content-Transfer-Encoding: {transfer}\r\n\r\n"
    return top.encode() + _transferred(data, transfer)


def _transferred(data: bytes, transfer: Transfer) -> bytes:
    if transfer == "base64":
        return _base64(data)
    if transfer == "quoted-printable":
        lines = data.split(b"\r\n")
        return b"\r\n".join(_crlf_bytes(quopri.encodestring(line)) for line in lines)
    return data


def file_part(file: File) -> bytes:
    """Return an attached file; a mail is attached as it is, anything else in base64."""
    nested = file.content_type.startswith("message/")
    name = _parameter("name", file) if file.filename else ""
    top = f"Content-Type: {file.content_type}{name}\r\n"
    if file.disposition:
        shown = _parameter("filename", file) if file.filename else ""
        top += f"Content-Disposition: {file.disposition}{shown}\r\n"
    if nested:
        return top.encode() + b"\r\n" + file.data
    top += "Content-Transfer-Encoding: base64\r\n\r\n"
    return top.encode("utf-8") + _base64(file.data)


def _parameter(name: str, file: File) -> str:
    """Return the file's name as a parameter, in the way its sender's program would write it."""
    value = file.filename or ""
    if value.isascii() or file.encoding == "none":
        return f';\r\n {name}="{value}"'
    if file.encoding == "rfc2047":
        return f';\r\n {name}="{encoded_words(value)}"'
    return f";\r\n {name}*=UTF-8''{quote(value)}"


def _base64(data: bytes) -> bytes:
    return _crlf_bytes(base64.encodebytes(data))


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _crlf_bytes(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


# ------------------------------------------------------------------ text that quotes text


class Quoted(NamedTuple):
    """The mail that another one forwards or answers, as its text shows it."""

    sender: str
    when: str
    subject: str
    text: str
    to: str = BOT


def forwarded_outlook(own: str, mail: Quoted) -> str:
    """Return a text that forwards a mail the way Outlook does."""
    return f"{own}\n\n{_outlook_head(mail)}\n\n{mail.text}"


def forwarded_gmail(own: str, mail: Quoted) -> str:
    """Return a text that forwards a mail the way Gmail does."""
    block = (
        f"---------- Forwarded message ---------\nDe: {mail.sender}\nDate: {mail.when}\n"
        f"Subject: {mail.subject}\nTo: <{mail.to}>"
    )
    return f"{own}\n\n{block}\n\n{mail.text}"


def answered_gmail(own: str, mail: Quoted) -> str:
    """Return an answer above the quoted mail; `when` reads ``mar, 3 mar 2026 a las 10:15``."""
    return f"{own}\n\nEl {mail.when}, {mail.sender} escribió:\n\n{quoted(mail.text)}\n"


def answered_below(own: str, mail: Quoted) -> str:
    """Return an answer below the quoted mail."""
    return f"El {mail.when}, {mail.sender} escribió:\n{quoted(mail.text)}\n\n{own}\n"


def answered_outlook(own: str, mail: Quoted) -> str:
    """Return an answer above Outlook's separator and block."""
    return f"{own}\n\n{'_' * 32}\n{_outlook_head(mail)}\n\n{mail.text}"


def answered_iphone(own: str, mail: Quoted) -> str:
    """Return an answer from a telephone; `when` reads ``3 mar. 2026, a la(s) 10:15 a. m.``."""
    cited = f"El {mail.when}, {mail.sender} escribió:"
    return f"{own}\n\nEnviado desde mi iPhone\n\n> {cited}\n> \n{quoted(mail.text)}\n"


def quoted(text: str) -> str:
    """Return the text with the mark of quotation before each line."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _outlook_head(mail: Quoted) -> str:
    return f"De: {mail.sender}\nEnviado el: {mail.when}\nPara: {mail.to}\nAsunto: {mail.subject}"


def as_html(text: str) -> str:
    """Return the text as Outlook would wrap it."""
    lines = (f"<p class=MsoNormal>{escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))
    style = "<style>p.MsoNormal{margin:0;font-family:Calibri}</style>"
    return f"<html><head>{style}</head><body>{''.join(lines)}</body></html>"


# ------------------------------------------------------------------ machines that write


def out_of_office(sender: str, to: str, subject: str, text: str, *, answers: str) -> bytes:
    """Return the automatic answer of somebody who is away."""
    marks = [
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "auto_reply"),
    ]
    return compose(sender, to, subject, text=text, in_reply_to=answers, headers=marks)


def bounce(failed: str, to: str, returned: bytes, *, date: str = DATE) -> bytes:
    """Return the report of a relay that could not deliver to `failed`; `returned` are headers."""
    seed = sha256(repr((failed, to, returned)).encode()).hexdigest()
    domain = failed.rpartition("@")[2]
    relay = f"mail.{domain}"
    words = (
        f"Este es el sistema de correo del servidor {relay}.\n\nSu mensaje no pudo ser entregado "
        f"a uno o más destinatarios.\n\n<{failed}>: 550 5.1.1 User unknown\n"
    )
    status = (
        f"Reporting-MTA: dns; {relay}\r\n\r\nFinal-Recipient: rfc822; {failed}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    parts = [
        text_part(words),
        b"Content-Type: message/delivery-status\r\n\r\n" + status.encode(),
        b"Content-Type: text/rfc822-headers\r\n\r\n" + returned,
    ]
    fields = [
        ("Return-Path", "<>"),
        *trace(domain, seed, date=date, authenticated=False),
        ("From", f"MAILER-DAEMON@{relay} (Mail Delivery System)"),
        ("To", to),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", date),
        ("Message-ID", f"<{seed[:20]}@{relay}>"),
        ("Auto-Submitted", "auto-replied"),
        ("MIME-Version", "1.0"),
    ]
    report = multipart("report; report-type=delivery-status", parts, f"dsn-{seed[:16]}")
    return head(fields) + report
