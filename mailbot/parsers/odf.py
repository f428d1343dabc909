"""ODT and ODS → pages. The home of odfdo. Runs inside the sandbox."""

import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, TypeVar
from zipfile import BadZipFile

import odfdo
from lxml.etree import XMLSyntaxError

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Line, Shown, Turn, lay_out
from mailbot.parsers.problems import DAMAGED, LOCKED, Unopenable

_T = TypeVar("_T")
_TEXTS = {"text:tab": "\t", "text:line-break": "\n"}
_UNSEEN = ("text:tracked-changes", "office:annotation", "text:note", "office:forms")
_REPEATED = 60
"""A cell or row said to be repeated more often than this fills the sheet's empty rest."""
_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72}


def read_odf(data: bytes) -> tuple[Page, ...]:
    """The pages of a text; of a spreadsheet, one for each sheet."""
    try:
        document = odfdo.Document(io.BytesIO(data))
        if document.manifest.get_elements("//manifest:encryption-data"):
            raise Unopenable(LOCKED)
        head, foot = (tuple(_margins(document, f"style:{w}")) for w in ("header", "footer"))
        return lay_out((*head, *_Story(document).blocks(document.body), *foot))
    except (BadZipFile, XMLSyntaxError, KeyError, TypeError, ValueError) as error:
        raise Unopenable(DAMAGED) from error


def _margins(document: Any, tag: str) -> Iterator[Block]:  # noqa: ANN401  odfdo's own types
    for edge in document.styles.get_elements(f"//{tag}"):
        yield from (b for b in _Story(document).blocks(edge) if isinstance(b, Line | Grid))


class _Story:
    """The words of a document in reading order."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401
        self._document = document
        breaks = document.content.get_elements("//style:paragraph-properties[@fo:break-before]")
        self._turning = {
            e.parent.get_attribute("style:name")
            for e in breaks
            if e.get_attribute("fo:break-before") == "page"
        }

    def blocks(self, element: Any) -> Iterator[Block]:  # noqa: ANN401
        """The blocks inside a body, a section, a list, a text box, a cell."""
        for child in element.children:
            if child.tag in ("text:p", "text:h"):
                yield from self._paragraph(child)
            elif child.tag == "table:table":
                yield from self._table(child)
                yield from _sheet_end(element)
            elif child.tag == "text:soft-page-break":
                yield Turn()
            elif child.tag not in _UNSEEN:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:  # noqa: ANN401
        if paragraph.get_attribute("text:style-name") in self._turning:
            yield Turn()
        text: list[str] = [paragraph.text or ""]
        aside: list[Block] = []
        for found in self._inside(paragraph):
            if isinstance(found, Turn):
                yield Line("".join(text))
                text = []
                yield found
            elif isinstance(found, str):
                text.append(found)
            else:
                aside.append(found)
        yield Line("".join(text))
        yield from aside

    def _inside(self, element: Any) -> Iterator[Block | str]:  # noqa: ANN401
        """Pieces of text, and what floats beside them."""
        for child in element.children:
            if child.tag == "draw:frame":
                yield from self._frame(child)
            elif child.tag == "text:soft-page-break":
                yield Turn()
            elif child.tag == "text:s":
                yield " " * min(int(child.get_attribute("text:c") or 1), 99)
            elif child.tag not in _UNSEEN:
                yield _TEXTS.get(child.tag, child.text or "")
                yield from self._inside(child)
            yield child.tail or ""

    def _frame(self, frame: Any) -> Iterator[Block]:  # noqa: ANN401
        for child in frame.children:
            if child.tag == "draw:image":
                yield from self._picture(frame, child)
            elif child.tag == "draw:text-box":
                yield from self.blocks(child)

    def _picture(self, frame: Any, image: Any) -> Iterator[Shown]:  # noqa: ANN401
        """A picture in the file; those that lie elsewhere are not fetched."""
        name = (image.get_attribute("xlink:href") or "").removeprefix("./")
        if name in self._document.parts:
            data = self._document.get_part(name)
            yield Shown(data if isinstance(data, bytes) else b"", _inches(frame))

    # ------------------------------------------------------------------ tables

    def _table(self, table: Any) -> Iterator[Block]:  # noqa: ANN401
        rows, shown = [], []
        for row in _rows(table):
            blocks = [tuple(self.blocks(cell)) for cell in row.children]
            texts = zip(row.children, map(_words, blocks), strict=True)
            cells = [text for cell, text in texts for text in _repeated(cell, text, "columns")]
            shown += [b for inside in blocks for b in inside if isinstance(b, Shown)]
            if any(cells):
                rows += _repeated(row, cells, "rows")
        yield Grid(_trimmed(rows))
        yield from shown


def _rows(table: Any) -> Iterator[Any]:  # noqa: ANN401
    """The rows, also those in groups; a table inside a cell is part of the cell."""
    for child in table.children:
        if child.tag == "table:table-row":
            yield child
        elif child.tag != "table:shapes":
            yield from _rows(child)


def _repeated(element: Any, value: _T, what: str) -> list[_T]:  # noqa: ANN401
    times = int(element.get_attribute(f"table:number-{what}-repeated") or 1)
    return [value] * (times if times <= _REPEATED else 1)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Rows without the empty columns at their right."""
    wide = max((n for row in rows for n, text in enumerate(row, 1) if text), default=0)
    return [row[:wide] for row in rows]


def _words(blocks: Iterable[Block]) -> str:
    lines = (
        (b.text,) if isinstance(b, Line) else map(" ".join, b.rows) if isinstance(b, Grid) else ()
        for b in blocks
    )
    return "\n".join(text for some in lines for text in some).strip()


def _sheet_end(around: Any) -> Iterator[Turn]:  # noqa: ANN401
    if around.tag == "office:spreadsheet":
        yield Turn()


def _inches(frame: Any) -> tuple[float, float] | None:  # noqa: ANN401
    read = partial(re.fullmatch, r"([\d.]+)(in|cm|mm|pt)")
    sides = [read(frame.get_attribute(f"svg:{side}") or "") for side in ("width", "height")]
    found = [float(side[1]) * _INCHES[side[2]] for side in sides if side]
    return (found[0], found[1]) if len(found) == 2 else None
