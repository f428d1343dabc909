"""What scanners and telephones do to a page, beyond what ``documents`` does: as PDF or JPEG bytes.

Pages here are colour pixels (blue, green, red), so that ink keeps its colour.
"""

import cv2
import numpy as np
import pypdfium2
from documents import Pixels, Raster, _encoded, image_pdf


def colour(pdf: bytes, dpi: int = 200) -> Pixels:
    """The first page of a PDF in colour."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[0].render(scale=dpi / 72)
        return np.array(bitmap.to_numpy(), np.uint8)[..., :3]
    finally:
        document.close()


def turned(page: Pixels, degrees: float) -> Pixels:
    """The page turned to the left, white where nothing was."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(page, int(degrees // 90)))
    high, wide = page.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (wide, high), borderValue=(250,) * 3), np.uint8)


def stamped(page: Pixels, at: tuple[int, int], radius: int, ink: tuple[int, int, int]) -> Pixels:
    """The page with a round rubber stamp over a place; `ink` is blue, green, red."""
    stamp = np.full_like(page, 255)
    for size, width in ((1.0, 4), (0.66, 2)):
        cv2.circle(stamp, at, int(radius * size), ink, width)
    for row, line in enumerate(("GOBIERNO REGIONAL", "DIRECCION", "UGEL")):
        place = (at[0] - radius + 14, at[1] - 14 + 22 * row)
        cv2.putText(stamp, line, place, cv2.FONT_HERSHEY_DUPLEX, 0.6, ink, 1, cv2.LINE_AA)
    return np.minimum(page, stamp)


def worn(page: Pixels, seed: int, noise: float = 4.0) -> Pixels:
    """The page blurred, on gray paper, with grain."""
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(page, (3, 3), 0.7).astype(np.float32)
    specks = rng.integers(-100, 101, page.shape[:2]).astype(np.float32) * (noise / 100)
    grain = np.asarray(cv2.GaussianBlur(specks, (3, 3), 0.8), np.float32)[..., None]
    return np.asarray(np.clip(soft / 255 * 210 + 28 + grain, 0, 255), np.uint8)


def gray(page: Pixels) -> Pixels:
    """The page without colour."""
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)


def scanned(page: Pixels, dpi: int = 200, quality: int = 40) -> bytes:
    """A PDF whose one page is this picture."""
    high, wide = page.shape[:2]
    data = _encoded(".jpg", page, quality)
    written = image_pdf([Raster(data, "/Filter /DCTDecode", wide, high, 8, dpi)])
    return written.replace(b"/DeviceGray", b"/DeviceRGB ") if page.ndim == 3 else written


def jpeg(page: Pixels, quality: int = 60) -> bytes:
    """The picture as a telephone saves it."""
    return _encoded(".jpg", page, quality)
