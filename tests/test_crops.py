"""Pictures of places in documents: they show what was read, and hostile files give none."""

import io
import zipfile
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pytest
from documents import Office, Person, Signatory, oficio, photo, rd, render, scan, ugel
from PIL import Image

from mailbot import pictures
from mailbot.model import Attachment, Box, Method, Page, Region
from mailbot.parsers import documents, reader, recognise, sandbox
from mailbot.parsers.crops import MOST_BYTES
from mailbot.parsers.text import surround

UGEL: Office = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra", "DIRECTOR"))
ROSA = Person("De la Cruz Mamani", "Rosa Elena", "41234567", "rosa@correo.example")


@cache
def letter() -> bytes:
    return oficio(people=(ROSA,), office=UGEL)


def turned(quarters: int) -> bytes:
    """The oficio as a picture that stands on its head."""
    (sheet,) = render(scan(letter(), skew=1.2, seed=4), 200)
    ok, png = cv2.imencode(".png", np.ascontiguousarray(np.rot90(sheet, quarters)))
    assert ok
    return bytes(png)


def shifted() -> bytes:
    """The oficio on a paper whose corner is not at 0, 0 and of which a part is cut away."""
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        pdf.pages[0].mediabox = pikepdf.Array([-40, -60, 595, 842])
        pdf.pages[0].cropbox = pikepdf.Array([20, 10, 580, 830])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


PAPERS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "typed": lambda: ("pdf", letter()),
    "shifted": lambda: ("pdf", shifted()),
    "scan": lambda: ("pdf", scan(letter(), skew=1.5, seed=3)),
    "photo": lambda: ("jpg", photo(letter(), seed=3)),
    "upside down": lambda: ("png", turned(2)),
}


def place(page: Page, words: str) -> Box:
    """Where some digits stand on a page."""
    box = surround(w.box for w in page.words if words in w.text)
    assert box is not None
    return box


def levels(png: bytes) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A crop's gray pixels, and which of them are marked."""
    with Image.open(io.BytesIO(png)) as picture:
        colours = np.asarray(picture.convert("RGB")).astype(int)
    gray = np.asarray(colours[:, :, 0], dtype=np.uint8)
    return gray, np.asarray(colours[:, :, 0] - colours[:, :, 2] > 20)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_crop_of_the_dni_shows_the_dni(paper: str) -> None:
    """The mark holds ink, and recognition reads the number in the crop, however the page lay."""
    kind, data = PAPERS[paper]()
    (page,) = sandbox.read(kind, data).pages
    turns = page.turns if page.method is Method.OCR else None
    assert turns == {"typed": None, "shifted": None, "upside down": 2}.get(paper, 0)
    (png,) = sandbox.crop(kind, data, (Region(1, (place(page, ROSA.dni),), turns=turns),))
    gray, marked = levels(png)
    assert len(png) <= MOST_BYTES
    assert marked.any()
    rows, columns = np.where(marked)
    assert np.ptp(columns) > 2 * np.ptp(rows)
    inside = gray[rows.min() : rows.max(), columns.min() : columns.max()]
    assert 0.02 < (inside < 110).mean() < 0.6
    larger = cv2.resize(gray, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    words = recognise.read_page(np.asarray(larger, dtype=np.uint8), 200)
    assert ROSA.dni in "".join(w.text for w in words)


def test_crops_come_in_the_order_asked_and_mark_every_box() -> None:
    """Two places in one picture, one in another, a whole page in a third."""
    data = letter()
    (page,) = sandbox.read("pdf", data).pages
    dni, correo = place(page, ROSA.dni), place(page, "@correo")
    regions = (Region(1, (dni, correo)), Region(1, (correo,)), Region(1))
    both, one, whole = (levels(png) for png in sandbox.crop("pdf", data, regions))
    assert both[1].sum() > one[1].sum() > 0
    assert not whole[1].any()
    assert whole[0].shape[0] > whole[0].shape[1] > one[0].shape[0]


def test_a_noisy_page_is_made_small_enough_to_mail() -> None:
    """A picture is never larger than a letter can carry eight times."""
    noise = np.random.default_rng(1).integers(0, 255, (2300, 1600), dtype=np.uint8)
    ok, jpg = cv2.imencode(".jpg", noise)
    assert ok
    (png,) = sandbox.crop("jpg", bytes(jpg), (Region(1),))
    assert 10_000 < len(png) <= MOST_BYTES


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", b"%PDF-1.4\nnothing"),
        ("jpg", b"\xff\xd8\xff\xe0nothing"),
        ("docx", b"PK\x03\x04nothing"),
        ("pdf", b""),
    ],
)
def test_what_cannot_be_drawn_gives_no_picture(kind: str, data: bytes) -> None:
    """Nothing is raised, nothing is returned."""
    assert sandbox.crop(kind, data, (Region(1),)) == ()


def zipped(*files: tuple[str, bytes]) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def test_documents_inside_archives_are_pictured() -> None:
    """Also in an archive inside an archive; what the holders are is what the reader opens."""
    assert set(documents.HOLDERS) == set(reader.CONTAINERS)
    data = zipped(("A.zip", zipped(("OFICIO.pdf", letter()))), ("nota.txt", b"x"))
    archive = Attachment("EXP.zip", "zip", data, "0")
    document = next(d for d in documents.open_documents((archive,)) if d.pages)
    assert document.name == "EXP.zip › A.zip › OFICIO.pdf"
    box = place(document.pages[0], ROSA.dni)
    shot = pictures.Shot("dni", document.name, document.sha256, 1, box, None, ROSA.dni)
    (png,) = pictures.take([pictures.alone(shot)], [archive])
    assert png == sandbox.crop("pdf", letter(), (pictures.alone(shot).region,))[0]


def test_a_page_or_place_that_is_not_there_does_no_harm() -> None:
    """No page 9: nothing. A box off the page: the page."""
    data = letter()
    assert sandbox.crop("pdf", data, (Region(9),)) == ()
    far = Region(1, ((9000.0, 9000.0, 9100.0, 9010.0),))
    (png,) = sandbox.crop("pdf", data, (far,))
    assert (levels(png)[0] < 110).any()


def test_a_file_that_eats_its_time_gives_no_picture() -> None:
    """The child is ended with the limits it was given."""
    limits = sandbox.Limits(wall_seconds=0.01)
    assert sandbox.crop("pdf", scan(rd(people=(ROSA,), office=UGEL)), (Region(1),), limits) == ()
