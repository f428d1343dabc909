"""Inside the sandbox's child: bytes of a sniffed kind → pages, or the reason why not."""

import cv2
import numpy as np

from mailbot.model import Anchors, Method, Page, Signature
from mailbot.parsers import ocr, pdf, signatures

PICTURES = ("jpg", "png", "tif", "webp", "bmp")
_SMALLEST = 500
"""A picture with fewer pixels along a side is a logo or an icon, not a document."""
_MOST = 60_000_000
_SHEET_INCHES = 11.7
"""A photographed sheet is taken for an A4 page: its longer side is 11.7 inches."""
_SHEET_DPI = 200
"""What a page is drawn at for people to look at."""


def open_file(kind: str, data: bytes) -> tuple[tuple[Page, ...], str | None]:
    """The pages of a file and no problem, or no pages and the problem in Spanish."""
    try:
        if kind == "pdf":
            return pdf.read_pdf(data), None
        if kind in PICTURES:
            return _picture(data), None
    except pdf.Unopenable as error:
        return (), str(error)
    except ocr.NoLanguageData as error:
        return (), str(error)
    except MemoryError:
        return (), "es demasiado grande para abrirlo"
    return (), f"es un archivo «{kind}», que este buzón no puede leer"


def open_signatures(kind: str, data: bytes, anchors: Anchors) -> tuple[Signature, ...]:
    """The digital signatures of a file; only a PDF has any."""
    return signatures.read_signatures(data, anchors) if kind == "pdf" else ()


def _picture(data: bytes) -> tuple[Page, ...]:
    """A picture as a one-page document; none for an icon."""
    picture, dpi = _decoded(data)
    if min(picture.shape) < _SMALLEST:
        return ()
    words, tables, turns = ocr.read_picture(picture, dpi)
    height, width = (side * 72 / dpi for side in picture.shape)
    return (Page(1, width, height, Method.OCR, words, tables, turns),)


def _decoded(data: bytes) -> tuple[ocr.Picture, int]:
    """A picture's gray pixels and the resolution to take it for. EXIF orientation is obeyed."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None or pixels.size > _MOST:
        raise pdf.Unopenable("la imagen está dañada o es demasiado grande")
    dpi = int(np.clip(max(pixels.shape) / _SHEET_INCHES, 70, 400))
    return np.asarray(pixels, dtype=np.uint8), dpi


def sheet(kind: str, data: bytes, number: int, turns: int | None) -> tuple[ocr.Picture, float]:
    """A page as a picture, and its pixels a point.

    Where `turns` is given the page was read by recognition: it is turned and straightened as then,
    so that the boxes of its words fit. Unopenable for a kind that has no pages to look at.
    """
    if kind in PICTURES:
        picture, dpi = _decoded(data)
    elif kind == "pdf":
        picture, dpi = pdf.picture(data, number, _SHEET_DPI), _SHEET_DPI
    else:
        raise pdf.Unopenable("no tiene páginas que mostrar")
    return (picture if turns is None else ocr.upright(picture, turns)), dpi / 72
