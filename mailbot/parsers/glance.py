"""A cheap first look at a file, before anything of it is decoded or drawn. The home of pikepdf.

What a file declares – pages, sizes, pictures, how often its data is packed – is looked at first:
it takes milliseconds, and tells a hostile or hopeless file from one worth the work. Runs inside
the sandbox.
"""

import io

import pikepdf
from pikepdf.settings import set_qpdf_limits

from mailbot.parsers import problems
from mailbot.parsers.problems import Unopenable

MAX_PAGES = 40
MAX_POINTS = 5_000.0
"""A page wider or higher than this (1.7 m) is no sheet of paper."""

MAX_PIXELS = 100_000_000
"""An A3 sheet at 600 dpi has 70 million."""

MAX_UNPACKED = 64 * 1024**2
"""Bytes one packed stream may hold: pages drawn by hand or by machine stay far below."""

MAX_OBJECTS = 100_000
"""A request of forty scanned pages has some hundreds."""

_MOST_PACKED = 1032
"""What deflate packs at most into one byte."""

_MAX_FILTERS = 4
_OTHER_KINDS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"MZ", b"\x7fELF", b"Rar!")
"""How files begin that programs open as something else, whatever PDF they carry further on."""


def pdf(data: bytes) -> int:
    """How many pages a PDF has; Unopenable when locked, damaged, empty or beyond measure."""
    if data.startswith(_OTHER_KINDS):
        raise Unopenable(problems.TWO_KINDS)
    set_qpdf_limits(
        flate_max_memory=MAX_UNPACKED,
        run_length_max_memory=MAX_UNPACKED,
        png_max_memory=MAX_UNPACKED,
        tiff_max_memory=MAX_UNPACKED,
        max_stream_filters=_MAX_FILTERS,
    )
    try:
        with pikepdf.open(io.BytesIO(data)) as opened:
            count = _judge_pages(opened)
            _judge_objects(opened)
            return count
    except pikepdf.PasswordError as error:
        raise Unopenable(problems.LOCKED) from error
    except pikepdf.PdfError as error:
        raise Unopenable(problems.BOMB if _at_limit(error) else problems.DAMAGED) from error


def _at_limit(error: pikepdf.PdfError) -> bool:
    return "memory limit" in str(error)


def _judge_pages(opened: pikepdf.Pdf) -> int:
    count = len(opened.pages)
    if not count:
        raise Unopenable(problems.DAMAGED)
    if count > MAX_PAGES:
        raise Unopenable(problems.too_many_pages(count, MAX_PAGES))
    for number, page in enumerate(opened.pages, start=1):
        width, height = _size(page.obj)
        if max(width, height) > MAX_POINTS:
            raise Unopenable(problems.impossible_page(number, width, height))
    return count


def _size(page: pikepdf.Object) -> tuple[float, float]:
    """Width and height in points; nothing when the page does not say."""
    box, unit = page.get("/MediaBox"), page.get("/UserUnit", 1)
    if not isinstance(box, pikepdf.Array) or len(box) != 4:
        return 0.0, 0.0
    left, bottom, right, top = (float(side) for side in box)
    return abs(right - left) * float(unit), abs(top - bottom) * float(unit)


def _judge_objects(opened: pikepdf.Pdf) -> None:
    for number, thing in enumerate(opened.objects):
        if number > MAX_OBJECTS:
            raise Unopenable(problems.TOO_MANY_OBJECTS)
        if isinstance(thing, pikepdf.Stream):
            _judge_stream(thing)


def _judge_stream(stream: pikepdf.Stream) -> None:
    """Pictures are judged by the size they declare, the rest by what it unpacks to."""
    if stream.get("/Subtype") == "/Image":
        judge_picture(int(stream.get("/Width", 0)), int(stream.get("/Height", 0)))
        return
    filters = _filters(stream)
    if len(filters) > _MAX_FILTERS:
        raise Unopenable(problems.BOMB)
    if len(stream.read_raw_bytes()) * _MOST_PACKED ** len(filters) <= MAX_UNPACKED:
        return
    try:
        stream.read_bytes()
    except pikepdf.PdfError as error:
        if _at_limit(error):
            raise
        # Data that is merely spoilt is for the reader to judge: viewers forgive much.


def _filters(stream: pikepdf.Stream) -> tuple[str, ...]:
    named = stream.get("/Filter", ())
    return (str(named),) if isinstance(named, pikepdf.Name) else tuple(str(f) for f in named)


def judge_picture(width: int, height: int) -> None:
    """Unopenable for a picture that declares more pixels than are ever looked at."""
    if width * height > MAX_PIXELS:
        raise Unopenable(problems.too_large_picture(width, height))
