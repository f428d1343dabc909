"""Picture files → pages. The home of Pillow and pillow-heif. Runs inside the sandbox.

What a telephone or a scanner writes is made the gray picture that `ocr` reads: turned as its
EXIF says, transparent places white, sixteen bits made eight, every page of a TIFF. What people are
shown is made here too.
"""

import io
import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageOps, ImageSequence

from mailbot.model import Method, Page
from mailbot.parsers import glance, ocr, problems
from mailbot.parsers.problems import Unopenable

KINDS = ("jpg", "png", "tif", "webp", "bmp", "gif", "heic", "avif")
MAX_FRAMES = 40
_SMALLEST = 500
"""A picture with fewer pixels along a side is a logo or an icon, not a document."""
_SHEET_INCHES = 11.7
"""A photographed sheet is taken for an A4 page: its longer side is 11.7 inches."""
_BREAKS = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises on damaged files."""
_UNUSABLE = problems.DAMAGED

Image.MAX_IMAGE_PIXELS = None  # `glance` judges the size, before a pixel is decoded
pillow_heif.register_heif_opener()


def read_picture(data: bytes, inches: float | None = None, first: int = 1) -> tuple[Page, ...]:
    """A picture as pages numbered from `first`; none for an icon.

    `inches` is how long its longer side is shown, where that is known.
    """
    return tuple(
        _page(gray, inches or _SHEET_INCHES, n) for n, gray in enumerate(_sheets(data), first)
    )


def sheet(data: bytes, number: int) -> tuple[ocr.Picture, int]:
    """The gray pixels of a picture's page (counted from 1), and the dpi it is taken for."""
    found = _sheets(data)
    if not 1 <= number <= len(found):
        raise Unopenable(_UNUSABLE)
    return found[number - 1], _dpi(found[number - 1], _SHEET_INCHES)


def _sheets(data: bytes) -> tuple[ocr.Picture, ...]:
    """The pages of a picture file in gray; icons are none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            grays = tuple(_frames(picture))
    except _BREAKS as error:
        raise Unopenable(_UNUSABLE) from error
    return tuple(gray for gray in grays if min(gray.shape) >= _SMALLEST)


def _frames(picture: Image.Image) -> Iterator[ocr.Picture]:
    """The pages of a TIFF; of anything else the first: its others move, or measure depth."""
    if picture.format != "TIFF":
        yield _gray(picture)
        return
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number == MAX_FRAMES:
            raise Unopenable(f"tiene más de {MAX_FRAMES} páginas: envíe solo las del pedido")
        yield _gray(frame)


def _gray(picture: Image.Image) -> ocr.Picture:
    """Gray pixels, upright."""
    glance.judge_picture(picture.width, picture.height)
    picture.draft("L", picture.size)  # a JPEG holds its gray picture apart
    upright = _square(ImageOps.exif_transpose(picture))
    if upright.mode.startswith("I"):
        return _eight_bits(np.asarray(upright, dtype=np.float64))
    if upright.has_transparency_data:
        colour = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour)
    return np.array(upright.convert("L"), dtype=np.uint8)


def _eight_bits(deep: npt.NDArray[np.float64]) -> ocr.Picture:
    most = 65_535 if deep.max() > 255 else 255
    return np.array(np.clip(deep / most * 255, 0, 255), dtype=np.uint8)


def _square(picture: Image.Image) -> Image.Image:
    """The picture with square pixels: a fax has half as many lines as columns to the inch."""
    across, down = (float(d) for d in picture.info.get("dpi", (1, 1)))
    if not (across > 0 and down > 0 and (across / down > 1.5 or down / across > 1.5)):
        return picture
    most = max(across, down)
    size = (round(picture.width * most / across), round(picture.height * most / down))
    glance.judge_picture(*size)
    return picture.convert("L").resize(size)


def _page(gray: ocr.Picture, inches: float, number: int) -> Page:
    dpi = _dpi(gray, inches)
    words, tables, turns = ocr.read_picture(gray, dpi)
    height, width = (side * 72 / dpi for side in gray.shape)
    return Page(number, width, height, Method.OCR, words, tables, turns)


def _dpi(gray: ocr.Picture, inches: float) -> int:
    return int(np.clip(max(gray.shape) / inches, 70, 400))


# ------------------------------------------------------------------ pictures for people


def scaled(pixels: ocr.Picture, size: tuple[int, int]) -> ocr.Picture:
    """Pixels made fewer, each the mean of those it stands for; `size` is width and height."""
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), dtype=np.uint8)


def png(indices: ocr.Picture, palette: bytes) -> bytes:
    """A PNG of indices into a palette of 16 colours."""
    picture = Image.fromarray(indices)
    out = io.BytesIO()
    picture.putpalette(palette)
    picture.save(out, "PNG", optimize=True, bits=4)
    return out.getvalue()
