"""The text layer of a PDF: words with their places, ruled tables.

The home of pdfplumber and pdfium.

Runs inside the sandbox: it may eat memory or die on a hostile file.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2
from pdfminer.layout import LTChar, LTItem
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from mailbot.model import Box, Method, Page, Table, Word
from mailbot.parsers import glance, problems, scans
from mailbot.parsers.problems import Unopenable
from mailbot.parsers.sheet import ENOUGH, FINE, Picture

MAX_EMBEDDED = 60
MAX_WORDS = 50_000
"""Words a file may have: forty dense pages have less."""

_FEW_WORDS = 5
_PICTURE_PAGE = 0.6
"""A picture over this part of a page is what a person sees; the words under it may be anything."""


def read_pdf(data: bytes) -> tuple[Page, ...]:
    """The pages of a PDF; Unopenable for one that is locked, damaged or no document.

    Of several pictures none is recognised: they are left to `read_page`, each for itself.
    """
    with _opened(data) as sheets, closing(_Drawing(data)) as drawing:
        pages = tuple(_few_worded(_outlined(sheets, drawing)))
        left = [page.number for page in pages if page.method is Method.PICTURE]
        if len(left) != 1:
            return pages
        read = _scanned(sheets[left[0] - 1], data)
        return tuple(read if page.method is Method.PICTURE else page for page in pages)


def read_page(data: bytes, number: int) -> tuple[Page, ...]:
    """One page of a PDF, recognised if it is a picture."""
    with _opened(data) as sheets, closing(_Drawing(data)) as drawing:
        page = sheets[number - 1]
        return (_scanned(page, data) if _is_picture(page) else _typed(page, drawing),)


@contextmanager
def _opened(data: bytes) -> Iterator[Sequence["_Sheet"]]:
    count = glance.pdf(data)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) != count:  # a file cut short: what is left is not all there was
                raise Unopenable(problems.DAMAGED)
            yield [_Sheet(pdf, p.page_obj, p.page_number, p.initial_doctop) for p in pdf.pages]
    except PdfminerException as error:
        raise Unopenable(_why(error)) from error


def _why(error: PdfminerException) -> str:
    locked = any(isinstance(arg, PDFPasswordIncorrect) for arg in error.args)
    return problems.LOCKED if locked else problems.DAMAGED


class _Sheet(pdfplumber.page.Page):
    """A page that notes of a letter what words are made of.

    Noting all that is known of each, font and colours too, was a third of a page's time (measured).
    """

    def process_object(self, obj: LTItem) -> dict[str, Any]:
        """What pdfplumber says of a thing on the page, but for letters' looks."""
        if not isinstance(obj, LTChar):
            return super().process_object(obj)
        left, above = self.mediabox[:2]
        top = self.height - obj.y1 + above
        return {
            "object_type": "char",
            "text": obj.get_text(),
            "x0": obj.x0 + left,
            "x1": obj.x1 + left,
            "top": top,
            "bottom": self.height - obj.y0 + above,
            "doctop": self.initial_doctop + top,
            "upright": obj.upright,
            "size": obj.size,
        }


def _outlined(sheets: Sequence[_Sheet], drawing: "_Drawing") -> Iterator[Page]:
    for page in sheets:
        yield _unread(page) if _is_picture(page) else _typed(page, drawing)
        page.close()


def _few_worded(pages: Iterator[Page]) -> Iterator[Page]:
    """The pages, while they have no more words in all than a document has."""
    words = 0
    for page in pages:
        words += len(page.words)
        if words > MAX_WORDS:
            raise Unopenable(problems.WORDY)
        yield page


def _unread(page: pdfplumber.page.Page) -> Page:
    return Page(page.page_number, float(page.width), float(page.height), Method.PICTURE)


# ------------------------------------------------------------------ typed pages


_LOOK = 100
"""Dots an inch at which any letter that is printed shows."""
_CONTRAST = 25
"""Between ink and paper, of 255; every printed word of the samples has 90 (measured)."""


def _typed(page: pdfplumber.page.Page, drawing: "_Drawing") -> Page:
    found = page.extract_words(x_tolerance_ratio=0.2, use_text_flow=False)
    words = tuple(_seen([_word(w, page.cropbox) for w in found], page.page_number, drawing))
    tables = tuple(_table(t, words, page.cropbox) for t in page.find_tables()) if page.edges else ()
    return Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        method=Method.TEXT,
        words=words,
        tables=tables,
    )


def _seen(words: Sequence[Word], number: int, drawing: "_Drawing") -> Iterator[Word]:
    """The words a person sees on a page: none in the paper's colour, covered, or beside the sheet.

    Who decides looks at the page; what is read there for them must stand there for them.
    """
    try:
        picture = drawing.page(number - 1, _LOOK, gray=True)
    except pypdfium2.PdfiumError as error:
        raise Unopenable(problems.DAMAGED) from error
    for word in words:
        left, top, right, bottom = (max(round(side * _LOOK / 72), 0) for side in word.box)
        place = picture[top : bottom + 1, left : right + 1]
        if place.size and int(place.max()) - int(place.min()) >= _CONTRAST:
            yield word


def _word(word: dict[str, Any], visible: Box) -> Word:
    return Word(word["text"], _on(visible, (word["x0"], word["top"], word["x1"], word["bottom"])))


def _on(visible: Box, box: Box) -> Box:
    """A box from the corner of what is visible of a page: pdfplumber counts from the paper's."""
    left, top = visible[:2]
    return (box[0] - left, box[1] - top, box[2] - left, box[3] - top)


def _table(table: pdfplumber.table.Table, words: tuple[Word, ...], visible: Box) -> Table:
    rows = tuple(
        tuple(_inside(words, _on(visible, cell)) if cell else () for cell in row.cells)
        for row in table.rows
    )
    return Table(_on(visible, table.bbox), rows)


def _inside(words: tuple[Word, ...], cell: tuple[float, float, float, float]) -> tuple[Word, ...]:
    left, top, right, bottom = cell
    return tuple(
        w
        for w in words
        if left <= (w.box[0] + w.box[2]) / 2 <= right and top <= (w.box[1] + w.box[3]) / 2 <= bottom
    )


# ------------------------------------------------------------------ pictures of pages


def _is_picture(page: pdfplumber.page.Page) -> bool:
    """Whether what a person sees on the page is a picture, or drawn without letters."""
    covered = sum(abs(_width(i) * _height(i)) for i in page.images) / (page.width * page.height)
    few = len(page.chars) < _FEW_WORDS * 4 or _is_garbage(page.chars)
    return covered > _PICTURE_PAGE or (few and bool(page.images or len(page.curves) > 50))


def _is_garbage(chars: list[dict[str, Any]]) -> bool:
    """Whether the letters have no meaning: fonts without a map give ``(cid:12)``."""
    lost = sum(1 for char in chars if len(char["text"]) > 3 or char["text"] == "\ufffd")
    return lost * 4 > len(chars)


def _width(image: dict[str, Any]) -> float:
    return float(image["x1"]) - float(image["x0"])


def _height(image: dict[str, Any]) -> float:
    return float(image["bottom"]) - float(image["top"])


def _scanned(page: pdfplumber.page.Page, data: bytes) -> Page:
    dpi, own = _dpi(page)
    pixels = _render(data, page.page_number - 1, dpi, gray=_is_gray(page))
    return scans.read_page(pixels, dpi, page.page_number, own)


def _is_gray(page: pdfplumber.page.Page) -> bool:
    """Whether no picture on the page has a colour."""
    return all("Gray" in str(i.get("colorspace")) or i.get("bits") == 1 for i in page.images)


def _dpi(page: pdfplumber.page.Page) -> tuple[int, float]:
    """The resolution to read at and the scan's own, in dots an inch.

    From 200 on the scan is read as it is, a coarser one at 300 (measured).
    """
    own = max((72 * i["srcsize"][0] / max(_width(i), 1) for i in page.images), default=300.0)
    return (int(min(max(own, 200), 300)) if own >= ENOUGH else FINE), float(own)


def picture(data: bytes, number: int, dpi: int | None = None) -> tuple[Picture, int]:
    """A page (counted from 1) as a person sees it, and its dots an inch.

    Without `dpi`, the very pixels that were recognised. Unopenable when it cannot be drawn.
    """
    glance.pdf(data)
    gray = True
    try:
        if dpi is None:
            with pdfplumber.open(io.BytesIO(data)) as opened:
                page = opened.pages[number - 1]
                (dpi, _), gray = _dpi(page), _is_gray(page)
        return _render(data, number - 1, dpi, gray=gray), dpi
    except (pypdfium2.PdfiumError, PdfminerException, IndexError) as error:
        raise Unopenable(f"no se puede dibujar la página {number}") from error


class _Drawing:
    """The pages of a file as they look: it is opened once, when the first of them is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _document(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self._data)

    def page(self, index: int, dpi: int, *, gray: bool) -> Picture:
        """A page as pixels."""
        bitmap = self._document[index].render(scale=dpi / 72, grayscale=gray)
        return np.array(bitmap.to_numpy(), dtype=np.uint8).squeeze()

    def close(self) -> None:
        """Let go of the file, if it was opened."""
        if "_document" in vars(self):
            self._document.close()


def _render(data: bytes, index: int, dpi: int, *, gray: bool) -> Picture:
    """One page as pixels."""
    with closing(_Drawing(data)) as drawing:
        return drawing.page(index, dpi, gray=gray)


# ------------------------------------------------------------------ two states of one file

_GLANCE = 72  # dpi: a changed digit shows, and a page takes milliseconds


def look_different(before: bytes, after: bytes, *, comments: bool) -> bool:
    """Whether two states of a file show different pages; form fields count, comments if wanted.

    False as well when one of them cannot be drawn: nothing was seen to differ.
    """
    try:
        return _glance(before, comments=comments) != _glance(after, comments=comments)
    except pypdfium2.PdfiumError:
        return False


def _glance(data: bytes, *, comments: bool) -> list[bytes]:
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        pages = [document[n] for n in range(min(len(document), glance.MAX_PAGES))]
        if any(max(page.get_size()) > glance.MAX_POINTS for page in pages):
            raise pypdfium2.PdfiumError("giant page")
        scale = _GLANCE / 72
        shown = (p.render(scale=scale, grayscale=True, draw_annots=comments) for p in pages)
        return [bytes(bitmap.buffer) for bitmap in shown]
    finally:
        document.close()


# ------------------------------------------------------------------ files carried along


def embedded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of the files in a PDF (a portfolio is a PDF with little else)."""
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(min(document.count_attachments(), MAX_EMBEDDED)):
            attached = document.get_attachment(index)
            yield attached.get_name(), bytes(attached.get_data())
    except pypdfium2.PdfiumError:
        return  # what cannot be taken out of a PDF that can be read is left
    finally:
        document.close()
