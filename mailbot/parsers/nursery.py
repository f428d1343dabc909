"""What the server of children has ready before any child is forked from it.

Imported there and nowhere else: what is loaded, looked up and cached here is done once, not anew by
every child.
"""

import gc
from contextlib import suppress

from mailbot import cli
from mailbot.parsers import confine, crops, ocr, opinion, reader, sandbox
from mailbot.parsers.opened import Answer

__all__ = ["READ", "cli", "crops"]

_PAGE = (
    b"%PDF-1.4\n"
    b"1 0 obj\n"
    b"<</Type/Catalog/Pages 2 0 R>>\n"
    b"endobj\n"
    b"2 0 obj\n"
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>\n"
    b"endobj\n"
    b"3 0 obj\n"
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\n"
    b"/Resources<</Font<</F 5 0 R>>>>>>\n"
    b"endobj\n"
    b"4 0 obj\n"
    b"<</Length 94>>stream\n"
    b"BT /F 12 Tf 72 700 Td (Oficio 123, DNI 41234567) Tj ET\n"
    b"72 600 200 40 re S 72 620 m 272 620 l S\n"
    b"endstream\n"
    b"endobj\n"
    b"5 0 obj\n"
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\n"
    b"endobj\n"
    b"xref\n"
    b"0 6\n"
    b"0000000000 65535 f \n"
    b"0000000009 00000 n \n"
    b"0000000054 00000 n \n"
    b"0000000105 00000 n \n"
    b"0000000217 00000 n \n"
    b"0000000358 00000 n \n"
    b"trailer<</Size 6/Root 1 0 R>>\n"
    b"startxref\n"
    b"446\n"
    b"%%EOF\n"
)
"""A page with a line of text and a ruled table, by our own hand."""


def rehearse() -> Answer:
    """Read a page: what reading writes to is then a child's own, and not to be copied meanwhile."""
    return reader.open_file("pdf", _PAGE)


READ = rehearse()
with suppress(ocr.NoLanguageData):  # the reader says so, if it comes to that
    ocr.load()  # loading the models takes half as long as reading a page with them
    opinion.load()
confine.prepare(sandbox.readable())

_OBJECTS = 50_000
"""Made between two looks for what is garbage; a dense page has about as many."""

gc.collect()
gc.freeze()  # what is here lives as long as any child: no look of theirs touches, and so copies, it
gc.set_threshold(_OBJECTS)
