"""Inside the sandbox's child: bytes of a sniffed kind → pages, or the reason why not."""

import cv2
import numpy as np

from mailbot.model import Method, Page
from mailbot.parsers import glance, ocr, pdf, problems

PICTURES = ("jpg", "png", "tif", "webp", "bmp")
_SMALLEST = 500
"""A picture with fewer pixels along a side is a logo or an icon, not a document."""
_SHEET_INCHES = 11.7
"""A photographed sheet is taken for an A4 page: its longer side is 11.7 inches."""


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
        return (), problems.MEMORY
    return (), problems.unknown_kind(kind)


def _picture(data: bytes) -> tuple[Page, ...]:
    """A picture as a one-page document; none for an icon. EXIF orientation is obeyed."""
    glance.picture(data)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise pdf.Unopenable(problems.DAMAGED)
    if min(pixels.shape) < _SMALLEST:
        return ()
    dpi = int(np.clip(max(pixels.shape) / _SHEET_INCHES, 70, 400))
    picture = np.asarray(pixels, dtype=np.uint8)
    words, tables = ocr.read_picture(picture, dpi)
    height, width = (side * 72 / dpi for side in picture.shape)
    return (Page(1, width, height, Method.OCR, words, tables),)
