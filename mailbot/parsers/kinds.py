"""What a file is, by its bytes: nobody's label is believed. The home of filetype. Pure.

Only marks at known places are looked at; nothing is unpacked, so this may run outside the sandbox.
"""

import re
import struct
from collections.abc import Callable

import filetype

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PKCS7 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_DETACHED = re.compile(rb"\x30(?:\x0b%b\x01|\x80%b\x01\x00\x00)" % ((re.escape(_PKCS7),) * 2))
"""Content that is not there: a signature beside what it signs (RFC 5652, 5.2)."""

_MARKS = (
    ("rtf", re.compile(rb"\s*\{\\rtf")),
    ("ics", re.compile(rb"(?:\xef\xbb\xbf)?BEGIN:VCALENDAR")),
    ("vcf", re.compile(rb"(?:\xef\xbb\xbf)?BEGIN:VCARD")),
    ("asc", re.compile(rb"-----BEGIN PGP ")),
    ("eml", re.compile(
        rb"(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*)*?"
        rb"(?:Received|Return-Path|Message-ID|MIME-Version|From|Subject):.*\r?\n"
        rb"(?:[ \t].*\r?\n)*[!-9;-~]+:[ \t]",
        re.IGNORECASE,
    )),
)  # fmt: skip
_IN_OLE = (
    ("msg", "__properties_version1.0"),
    ("locked", "EncryptedPackage"),  # a DOCX or XLSX with a password
    ("doc", "WordDocument"),
    ("xls", "Workbook"),
    ("ppt", "PowerPoint Document"),
)
_IN_ZIP = (
    ("docx", b"word/document"),
    ("xlsx", b"xl/workbook"),
    ("pptx", b"ppt/presentation"),
)
_ODF = re.compile(
    rb"PK.{28}mimetype.{0,40}?opendocument\.(text|spreadsheet|presentation)", re.DOTALL
)
_ODF_KINDS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}


def sniff(data: bytes) -> str:
    """What a file is: ``pdf``, ``jpg``, ``docx``… or ``bin`` when nothing tells."""
    own = next((look for mark, look in _FAMILIES if data.startswith(mark)), None)
    if own:  # before PDF: an archive that compresses nothing shows the mark of the PDF in it
        return own(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    marked = (kind for kind, mark in _MARKS if mark.match(data[:4096]))
    return next(marked, None) or _guess(data)


def _guess(data: bytes) -> str:
    guess = filetype.guess(data[:8192])
    return str(guess.extension) if guess else "bin"


def _zip(data: bytes) -> str:
    """Tells by the names in the archive's directory, which stands at its end."""
    if odf := _ODF.match(data[:200]):
        return _ODF_KINDS[odf[1]]
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 22:
        return "zip"
    (size,) = struct.unpack_from("<I", data, end + 12)
    names = data[max(end - size, 0) : end]
    return next((kind for kind, name in _IN_ZIP if name in names), "zip")


def _ole(data: bytes) -> str:
    """Tells by the names of the streams, which are UTF-16."""
    return next((kind for kind, name in _IN_OLE if name.encode("utf-16-le") in data), "ole")


def _der(data: bytes) -> str:
    """S/MIME: ``p7s`` is a signature alone, ``p7m`` holds what it signs or hides."""
    head = data[:400]
    if _PKCS7 not in head[:40]:
        return _guess(data)
    return "p7s" if _DETACHED.search(head) else "p7m"


_FAMILIES: tuple[tuple[bytes, Callable[[bytes], str]], ...] = (
    (b"PK\x03\x04", _zip),
    (_OLE, _ole),
    (b"Rar!\x1a\x07", lambda _: "rar"),
    (b"7z\xbc\xaf\x27\x1c", lambda _: "7z"),
    (b"\x78\x9f\x3e\x22", lambda _: "tnef"),
    (b"\x30", _der),
)
