"""Inside the sandbox's child: bytes of a sniffed kind → what is in them, or the reason why not."""

from collections.abc import Callable, Mapping

from mailbot.model import Anchors, Page, Signature
from mailbot.parsers import (
    doc,
    docx,
    odf,
    pdf,
    pictures,
    problems,
    rtf,
    scans,
    sheets,
    signatures,
    unpack,
)
from mailbot.parsers.kinds import sniff
from mailbot.parsers.ocr import NoLanguageData
from mailbot.parsers.opened import Answer, File
from mailbot.parsers.problems import AS_PDF, LOCKED, Unopenable
from mailbot.parsers.sheet import Picture

_Pages = Callable[[bytes], tuple[Page, ...]]
_Files = Callable[[bytes], tuple[File, ...]]

DOCUMENTS: Mapping[str, _Pages] = {
    **dict.fromkeys(pictures.KINDS, pictures.read_picture),
    "docx": docx.read_docx,
    "odt": odf.read_odf,
    "ods": odf.read_odf,
    "rtf": rtf.read_rtf,
    "doc": doc.read_doc,
    "xlsx": sheets.read_xlsx,
    "xls": sheets.read_xls,
}
CONTAINERS: Mapping[str, _Files] = {
    "zip": unpack.unzip,
    "rar": unpack.unpack,
    "7z": unpack.unpack,
    "eml": unpack.of_mail,
    "msg": unpack.of_outlook,
    "tnef": unpack.of_tnef,
    "p7m": unpack.of_signed,
}
_SHEET_DPI = 200
"""What a page is drawn at for people to look at."""

_PROBLEMS = {
    "locked": LOCKED,
    "ole": "está dañado o es de un programa poco común: envíe el documento en PDF",
    **dict.fromkeys(("ppt", "pptx", "odp"), f"es una presentación: {AS_PDF}"),
}


def open_file(kind: str, data: bytes, number: int | None = None) -> Answer:
    """The pages of a file, the files in it, or the problem in Spanish.

    With a number that page of a PDF alone, recognised. Without one several pictures in a PDF are
    left unread.
    """
    try:
        return Answer(pdf.read_page(data, number)) if number else _open(kind, data)
    except (Unopenable, NoLanguageData) as error:
        return Answer(problem=str(error))
    except MemoryError:
        return Answer(problem=problems.MEMORY)


def open_signatures(kind: str, data: bytes, anchors: Anchors) -> tuple[Signature, ...]:
    """The digital signatures of a file; only a PDF has any."""
    return signatures.read_signatures(data, anchors) if kind == "pdf" else ()


def _open(kind: str, data: bytes) -> Answer:
    if kind == "pdf":
        return Answer(pdf.read_pdf(data), files=_portfolio(data))
    if kind in DOCUMENTS:
        return Answer(DOCUMENTS[kind](data))
    if kind in CONTAINERS:
        return Answer(files=CONTAINERS[kind](data))
    return Answer(problem=_PROBLEMS.get(kind, problems.unknown_kind(kind)))


def _portfolio(data: bytes) -> tuple[File, ...]:
    """The documents a PDF carries along; data for programs (XML of invoices) are none."""
    found = [f for f in pdf.embedded(data) if sniff(f[1]) in ("pdf", *DOCUMENTS, *CONTAINERS)]
    return unpack.kept(found) if found else ()


def sheet(kind: str, data: bytes, number: int, turns: int | None) -> tuple[Picture, float]:
    """A page as a picture, and its pixels a point.

    Where `turns` is given the page was read by recognition: it is turned and straightened as then,
    so that the boxes of its words fit. Unopenable for a kind that has no pages to look at.
    """
    pixels, dpi = _as_read(kind, data, number, None if turns is not None else _SHEET_DPI)
    if turns is None:
        return pixels, (dpi or _SHEET_DPI) / 72
    upright = scans.upright(pixels, dpi, turns)
    return upright.picture, upright.dpi / 72


def _as_read(kind: str, data: bytes, number: int, dpi: int | None) -> tuple[Picture, int | None]:
    if kind in pictures.KINDS:
        return pictures.sheet(data, number), None
    if kind == "pdf":
        return pdf.picture(data, number, dpi)
    raise Unopenable("no tiene páginas que mostrar")
