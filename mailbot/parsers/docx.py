"""DOCX → pages. The home of python-docx. Runs inside the sandbox.

The tree is walked rather than python-docx's paragraphs, which leave out content controls,
accepted insertions and text boxes. What a reader does not see is left out: deleted and hidden
text, and the second copy of a shape kept for older programs.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from mailbot.model import Page
from mailbot.parsers.flow import Block, Grid, Line, Shown, Turn, lay_out
from mailbot.parsers.problems import DAMAGED, Unopenable

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_IMAGEDATA = "{urn:schemas-microsoft-com:vml}imagedata"
_UNSEEN = {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), _FALLBACK}
_TEXTS = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:br"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:ptab"): "\t",
}
_EMU = 914_400
"""English metric units to the inch."""


def read_docx(data: bytes) -> tuple[Page, ...]:
    """The pages of a DOCX, its letterhead before and its foot after the text."""
    try:
        part = docx.Document(io.BytesIO(data)).part
    except (OpcError, BadZipFile, KeyError, ValueError, XMLSyntaxError) as error:
        raise Unopenable(DAMAGED) from error
    body = _story(part.element.body, part)
    return lay_out((*_margins(part, "header"), *body, *_margins(part, "footer")))


def _margins(part: Any, which: str) -> Iterator[Block]:  # noqa: ANN401  python-docx's own types
    """The words above or below every page, once; the pictures there are letterheads."""
    for relation in part.rels.values():
        if relation.reltype.endswith(f"/{which}") and not relation.is_external:
            edge = relation.target_part
            yield from (b for b in _story(edge.element, edge) if isinstance(b, Line | Grid))


def _story(element: Any, part: Any) -> Iterator[Block]:  # noqa: ANN401
    """The blocks of a body, a cell, a text box or a margin."""
    for child in element:
        if child.tag == qn("w:p"):
            yield from _paragraph(child, part)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, part)
        elif child.tag not in _UNSEEN and child.tag != qn("w:sectPr"):
            yield from _story(child, part)


def _paragraph(paragraph: Any, part: Any) -> Iterator[Block]:  # noqa: ANN401
    """A paragraph, cut where a page ends; what floats beside it follows."""
    text: list[str] = []
    aside: list[Block] = []
    for node in _seen(paragraph):
        if _turns(node):
            yield Line("".join(text))
            yield from aside
            yield Turn()
            text, aside = [], []
        elif node.tag == qn("w:txbxContent"):
            aside += _story(node, part)
        elif node.tag in (qn("a:blip"), _IMAGEDATA):
            aside += _picture(node, part)
        else:
            text.append(node.text or "" if node.tag == qn("w:t") else _TEXTS.get(node.tag, ""))
    yield Line("".join(text))
    yield from aside
    if paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        yield Turn()


def _seen(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """What is inside an element as a reader sees it; a text box is given whole."""
    for child in element:
        if child.tag in _UNSEEN or child.tag == qn("w:pPr") or _is_hidden(child):
            continue
        yield child
        if child.tag != qn("w:txbxContent"):
            yield from _seen(child)


def _is_hidden(element: Any) -> bool:  # noqa: ANN401
    """Whether a run is hidden, struck, or white on white."""
    said = element.find(qn("w:rPr")) if element.tag == qn("w:r") else None
    if said is None:
        return False
    off = ("0", "false", "none")
    marks = (said.find(qn(f"w:{name}")) for name in ("vanish", "strike", "dstrike"))
    return any(m is not None and m.get(qn("w:val")) not in off for m in marks) or _is_white(said)


def _is_white(said: Any) -> bool:  # noqa: ANN401
    """Whether a run's letters are white where nothing darkens the paper; in a table it may be."""
    color = said.find(qn("w:color"))
    if color is None or str(color.get(qn("w:val"))).upper() != "FFFFFF":
        return False
    around = said.iterancestors(qn("w:p"))
    darkened = any(p.find(f"{qn('w:pPr')}/{qn('w:shd')}") is not None for p in around)
    own = said.find(qn("w:shd")) is not None or said.find(qn("w:highlight")) is not None
    return not (own or darkened or next(said.iterancestors(qn("w:tc")), None) is not None)


def _turns(node: Any) -> bool:  # noqa: ANN401
    """Whether a page ends here: by its writer's will, or as Word last laid it out."""
    by_will = node.tag == qn("w:br") and node.get(qn("w:type")) == "page"
    return bool(by_will or node.tag == qn("w:lastRenderedPageBreak"))


# ------------------------------------------------------------------ tables and pictures


def _table(table: Any, part: Any) -> Iterator[Block]:  # noqa: ANN401
    """A table and the pictures in it."""
    rows, shown = [], []
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue  # a table inside a cell is part of the cell's words
        cells = [(cell, tuple(_story(cell, part))) for cell in _cells(row)]
        rows.append([text for cell, blocks in cells for text in _spanned(cell, blocks)])
        shown += [b for _, blocks in cells for b in blocks if isinstance(b, Shown)]
    yield Grid(rows)
    yield from shown


def _cells(row: Any) -> Iterator[Any]:  # noqa: ANN401
    for child in row:
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag not in _UNSEEN:
            yield from _cells(child)


def _spanned(cell: Any, blocks: Iterable[Block]) -> list[str]:  # noqa: ANN401
    """A cell's words, and nothing for each further column it covers."""
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    columns = int(span.get(qn("w:val")) or 1) if span is not None else 1
    return ["\n".join(_words(blocks)), *[""] * (min(columns, 60) - 1)]


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
        elif isinstance(block, Grid):
            yield from (" ".join(row) for row in block.rows)


def _picture(node: Any, part: Any) -> Iterator[Shown]:  # noqa: ANN401
    """The picture an element shows; those that lie elsewhere are not fetched."""
    key = node.get(qn("r:embed")) or node.get(qn("r:id"))
    relation = part.rels.get(key)
    if relation is not None and not relation.is_external:
        yield Shown(relation.target_part.blob, _inches(node))


def _inches(node: Any) -> tuple[float, float] | None:  # noqa: ANN401
    for around in node.iterancestors(qn("wp:inline"), qn("wp:anchor")):
        extent = around.find(qn("wp:extent"))
        if extent is not None:
            return int(extent.get("cx", 0)) / _EMU, int(extent.get("cy", 0)) / _EMU
    style = node.getparent().get("style", "") if node.tag == _IMAGEDATA else ""
    sides = [re.search(rf"(?:^|;)\s*{side}:([\d.]+)pt", style) for side in ("width", "height")]
    points = [float(found[1]) for found in sides if found]
    return (points[0] / 72, points[1] / 72) if len(points) == 2 else None
