"""Picture files → pages. The home of Pillow and pillow-heif. Runs inside the sandbox.

What a telephone or a scanner writes is made the picture that `scans` reads: turned as its
EXIF says, transparent places white, sixteen bits made eight, every page of a TIFF. What
people are shown is made here too.
"""

import io
import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageOps, ImageSequence

from mailbot.model import Page
from mailbot.parsers import glance, problems, scans
from mailbot.parsers.problems import Unopenable
from mailbot.parsers.sheet import Picture

KINDS = ("jpg", "png", "tif", "webp", "bmp", "gif", "heic", "avif")
MAX_FRAMES = 40
_SMALLEST = 500
"""A picture with fewer pixels along a side is a logo or an icon, not a document."""
_BREAKS = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises on damaged files."""
_UNUSABLE = problems.DAMAGED

Image.MAX_IMAGE_PIXELS = None  # `glance` judges the size, before a pixel is decoded
pillow_heif.register_heif_opener()


def read_picture(data: bytes, inches: float | None = None, first: int = 1) -> tuple[Page, ...]:
    """A picture as pages numbered from `first`; none for an icon.

    `inches` is how long its longer side is shown, where that is known.
    """
    return tuple(_page(frame, inches, n) for n, frame in enumerate(_sheets(data), first))


def sheet(data: bytes, number: int) -> Picture:
    """The pixels of a picture's page (counted from 1), gray or in colour."""
    found = _sheets(data)
    if not 1 <= number <= len(found):
        raise Unopenable(_UNUSABLE)
    return found[number - 1]


def _sheets(data: bytes) -> tuple[Picture, ...]:
    """The pages of a picture file; icons are none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            frames = tuple(_frames(picture))
    except _BREAKS as error:
        raise Unopenable(_UNUSABLE) from error
    return tuple(frame for frame in frames if min(frame.shape[:2]) >= _SMALLEST)


def _frames(picture: Image.Image) -> Iterator[Picture]:
    """The pages of a TIFF; of anything else the first: its others move, or measure depth."""
    if picture.format != "TIFF":
        yield _pixels(picture)
        return
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number == MAX_FRAMES:
            raise Unopenable(f"tiene más de {MAX_FRAMES} páginas: envíe solo las del pedido")
        yield _pixels(frame)


def _pixels(picture: Image.Image) -> Picture:
    """Gray or colour pixels, upright."""
    glance.judge_picture(picture.width, picture.height)
    upright = _square(ImageOps.exif_transpose(picture))
    if upright.mode.startswith("I"):
        return _eight_bits(np.asarray(upright, dtype=np.float64))
    if upright.has_transparency_data:
        colour = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour)
    if upright.mode in ("1", "L", "LA"):
        return np.array(upright.convert("L"), dtype=np.uint8)
    return np.array(upright.convert("RGB"), dtype=np.uint8)[..., ::-1]


def _eight_bits(deep: npt.NDArray[np.float64]) -> Picture:
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


def _page(pixels: Picture, inches: float | None, number: int) -> Page:
    dpi = int(np.clip(max(pixels.shape) / inches, 70, 400)) if inches else None
    return scans.read_page(pixels, dpi, number)


# ------------------------------------------------------------------ pictures for people


def scaled(pixels: Picture, size: tuple[int, int]) -> Picture:
    """Pixels made fewer, each the mean of those it stands for; `size` is width and height."""
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), dtype=np.uint8)


def png(indices: Picture, palette: bytes) -> bytes:
    """A PNG of indices into a palette of 16 colours."""
    picture = Image.fromarray(indices)
    out = io.BytesIO()
    picture.putpalette(palette)
    picture.save(out, "PNG", optimize=True, bits=4)
    return out.getvalue()
