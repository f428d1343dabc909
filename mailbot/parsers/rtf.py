"""RTF → pages. The home of striprtf. Runs inside the sandbox.

striprtf writes ``|`` for a cell's end and a line end for a paragraph's, so that a cell of two
paragraphs would lose the first: marks of our own stand for cells and rows.
"""

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Line, Shown, Turn, lay_out

_ROW, _CELL, _END, _PAGE = "\ue000\ue001\ue002\ue003"  # private use: nobody writes them
_MARKS = {"trowd": _ROW, "cell": _CELL, "row": _END, "page": _PAGE, "pagebb": _PAGE, "sect": _PAGE}
_CONTROL = re.compile(r"(?<!\\)\\(trowd|cell|row|pagebb|page|sect)(?![a-z0-9])[ ]?")
_PICTURE = re.compile(r"\\(?:png|jpeg)blip(?![a-z])")
_GOAL = re.compile(r"\\pic(wgoal|hgoal)(\d+)")
_HEX = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]\s*){400,}")
_ROWS = re.compile(f"{_ROW}([^{_END}]*){_END}")
_TWIPS = 1440
"""Twentieths of a point to the inch."""


def read_rtf(data: bytes) -> tuple[Page, ...]:
    """The pages of an RTF."""
    source = data.decode("latin-1")
    shown = tuple(_pictures(source))
    marked = _CONTROL.sub(lambda m: f"{_MARKS[m[1]]}", _HEX.sub("", source))
    text: str = rtf_to_text(marked, errors="replace")  # type: ignore[no-untyped-call]
    return lay_out((*_blocks(text), *shown))


def _blocks(text: str) -> Iterator[Block]:
    rows: list[list[str]] = []
    at = 0
    for row in _ROWS.finditer(text):
        if before := text[at : row.start()].strip():
            yield from _table(rows)
            rows = []
            yield from _lines(before)
        rows.append([cell.strip() for cell in row[1].replace(_ROW, "").split(_CELL)[:-1]])
        at = row.end()
    yield from _table(rows)
    yield from _lines(text[at:])


def _table(rows: list[list[str]]) -> Iterator[Grid]:
    if rows:
        yield Grid(rows)


def _lines(text: str) -> Iterator[Block]:
    for number, sheet in enumerate(text.split(_PAGE)):
        if number:
            yield Turn()
        yield from (Line(line) for line in sheet.splitlines())


def _pictures(source: str) -> Iterator[Shown]:
    """The pictures kept as JPEG or PNG, which is how a scan is pasted."""
    for found in _PICTURE.finditer(source):
        digits = _HEX.search(source, found.end(), found.end() + 50_000_000)
        if digits and "\\blip" not in source[found.end() : digits.start()]:
            head = source[max(found.start() - 300, 0) : digits.start()]
            goals = [int(points) / _TWIPS for _, points in _GOAL.findall(head)[-2:]]
            inches = (goals[0], goals[1]) if len(goals) == 2 else None
            text = re.sub(r"\s", "", digits[0])
            yield Shown(bytes.fromhex(text[: len(text) // 2 * 2]), inches)
