"""Word 97–2003 (DOC) → pages. The home of olefile. Runs inside the sandbox.

The text is gathered from its pieces as [MS-DOC] 2.4.1 says. No library that reads these files
without LibreOffice keeps their tables (those tried join the cells), and LibreOffice wants a
writable disk, which the sandbox does not give.
"""

import io
import re
import struct
from collections.abc import Iterator

import olefile

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Line, Shown, Turn, lay_out
from mailbot.parsers.problems import AS_PDF, DAMAGED, LOCKED, Unopenable

_MAGIC = 0xA5EC
_WORD_97 = 101
"""The lowest nFib (version) whose text is in pieces; Word 6 and 95 kept it otherwise."""
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX = 0x01A2
"""Where the FIB says the place and length of the Clx, which lists the pieces."""
_CELL = "\x07"
_MEANING = {"\x0b": "\n", "\x0e": "\f", "\x1e": "-", "\xa0": " "}
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_UNSEEN = re.compile("[\x00-\x06\x08\x0f-\x1f]")
_BLIP = re.compile(
    rb"[\x1d\x1e\x29\x2a]\xf0(.{4})(?:.{17}|.{33})(?=\xff\xd8\xff|\x89PNG)", re.DOTALL
)


def read_doc(data: bytes) -> tuple[Page, ...]:
    """The pages of a DOC: its words and tables, then the scans pasted into it."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            text = _text(ole)
            shown = tuple(_pictures(ole))
    except (OSError, struct.error, IndexError, ValueError, TypeError) as error:
        raise Unopenable(DAMAGED) from error
    return lay_out((*_blocks(text), *shown))


def _text(ole: olefile.OleFileIO) -> str:
    main = ole.openstream("WordDocument").read()
    magic, version = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, 10)
    if magic != _MAGIC or version < _WORD_97:
        raise Unopenable(f"es de un Word anterior a 1997: {AS_PDF}")
    if flags & _ENCRYPTED:
        raise Unopenable(LOCKED)
    table = ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    start, length = struct.unpack_from("<II", main, _CLX)
    read = "".join(_pieces(main, table[start : start + length]))
    while _FIELD.search(read):
        read = _FIELD.sub(lambda field: field[1] or "", read)
    return _UNSEEN.sub("", re.sub("[\x0b\x0e\x1e\xa0]", lambda c: _MEANING[c[0]], read))


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    """The pieces of the text in order ([MS-DOC] 2.9.38, 2.9.177)."""
    at = 0
    while clx[at] == 1:  # a Prc: formatting
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    for n in range(count):
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * n + 2)
        letters = ends[n + 1] - ends[n]
        if place & 0x4000_0000:
            start = (place & 0x3FFF_FFFF) // 2
            yield main[start : start + letters].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * letters].decode("utf-16-le", "replace")


# ------------------------------------------------------------------ lines, tables, pictures


def _blocks(text: str) -> Iterator[Block]:
    """Rows end in two cell marks; the words before a table's first mark are a line of their own."""
    rows: list[list[str]] = []
    *marked, rest = text.split(_CELL * 2)
    for chunk in marked:
        before, row = _row(chunk, fresh=not rows)
        if before:
            yield from _table(rows)
            rows = []
            yield from _lines(before)
        rows.append(row)
    yield from _table(rows)
    yield from _lines(rest)


def _row(chunk: str, *, fresh: bool) -> tuple[str, list[str]]:
    """What stands above a row, and its cells.

    Above the first row of a table stand paragraphs; in a later one they are its first cell's,
    unless there is text between two tables, which ends in an empty paragraph or a page.
    """
    first, *others = chunk.split(_CELL)
    cut = max(first.rfind("\r") if fresh else first.rfind("\r\r"), first.rfind("\f"))
    before, cell = first[: cut + 1], first[cut + 1 :]
    return before, [c.replace("\r", "\n").strip() for c in (cell, *others)]


def _table(rows: list[list[str]]) -> Iterator[Grid]:
    if rows:
        yield Grid(rows)


def _lines(text: str) -> Iterator[Block]:
    for number, sheet in enumerate(text.split("\f")):
        if number:
            yield Turn()
        yield from (Line(line) for line in sheet.replace(_CELL, "\t").split("\r"))


def _pictures(ole: olefile.OleFileIO) -> Iterator[Shown]:
    """The JPEG and PNG pictures ([MS-ODRAW] 2.2.23)."""
    for name in ("Data", "WordDocument"):
        stream = ole.openstream(name).read() if ole.exists(name) else b""
        for blip in _BLIP.finditer(stream):
            yield Shown(stream[blip.end() : blip.end() + struct.unpack("<I", blip[1])[0]])
