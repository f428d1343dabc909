"""Pictures of pages are read as people see them, and what is not certain says so."""

import io
import re
from collections.abc import Callable

import cv2
import pictures
import pytest
from documents import (
    Person,
    Pixels,
    Signatory,
    merge,
    oficio,
    photo,
    scan,
    ugel,
)
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from mailbot.model import Attachment, Document, Method, Page, Word
from mailbot.parsers import ocr, pdf, problems, reader, scans
from mailbot.parsers.documents import open_documents
from mailbot.parsers.skipped import skipped

UGEL = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra Tafur", "DIRECTOR"))
ROSA = Person("Quispe Mamani", "Rosa Elena", "41234567", "rosa.quispe@correo.example")
JOSE = Person("Tafur Condori", "José Luis", "08765432", "jose.tafur@correo.example")
SURE = 0.75
DPI = 200


def words_of(page: Page) -> dict[str, Word]:
    return {word.text.strip(".,;:()"): word for word in page.words}


def numbers_of(page: Page) -> set[str]:
    return {n for word in page.words for n in re.findall(r"\b[0-9]{8}\b", word.text)}


def is_sure(word: Word) -> bool:
    return word.confidence >= SURE and word.second is None


def letter(*lines: str, size: float = 12, high: float = 300) -> bytes:
    """A small sheet with some lines of type."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(A4[0], high), invariant=1)
    canvas.setFont("Helvetica", size)
    for index, line in enumerate(lines):
        canvas.drawString(60, high - 60 - 2 * size * index, line)
    canvas.save()
    return buffer.getvalue()


LINES = (
    "Solicito la creación de usuario del SIAGIE para la servidora",
    "Rosa Elena Quispe Mamani, identificada con DNI N° 41234567,",
    "especialista de la Unidad de Gestión Educativa Local Chota,",
    "correo electrónico rosa.quispe@correo.example, según lo dispuesto",
    "en la Resolución Directoral que se adjunta al presente oficio.",
    "Es propicia la oportunidad para expresarle mi estima personal.",
)


@pytest.fixture(scope="module")
def page() -> Pixels:
    return pictures.worn(pictures.colour(letter(*LINES)), seed=1)


# ------------------------------------------------------------------ how the sheet lies


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 7, -12])
def test_a_page_is_read_however_it_lies(page: Pixels, degrees: float) -> None:
    """Upside down, sideways or crooked: number and address are read and are sure."""
    read = scans.read_page(pictures.gray(pictures.turned(page, degrees)), DPI)
    found = words_of(read)
    assert is_sure(found["41234567"])
    assert is_sure(found["rosa.quispe@correo.example"])
    assert read.method is Method.OCR


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_says_how_it_was_turned(page: Pixels, turns: int) -> None:
    """The sheet turned as the page says shows a word where the page says it stands."""
    turned = pictures.gray(pictures.turned(page, 90 * turns))
    read = scans.read_page(turned, DPI)
    assert read.turns == (4 - turns) % 4
    sheet = scans.upright(turned, DPI, read.turns)
    left, top, right, bottom = (int(v * DPI / 72) for v in words_of(read)["41234567"].box)
    assert (sheet.picture[top:bottom, left:right] < 128).mean() > 0.1


def test_a_photograph_from_the_side_is_seen_from_above() -> None:
    """The sheet is found on the table, and the shadow on it hides nothing."""
    answer = reader.open_file("jpg", photo(oficio(people=(ROSA,), office=UGEL), seed=3))
    pages, problem = answer.pages, answer.problem
    assert problem is None
    assert len(pages) == 1
    assert numbers_of(pages[0]) == {"41234567"}
    high, wide = pages[0].height, pages[0].width
    assert 1.25 < high / wide < 1.6


# ------------------------------------------------------------------ lines that are left out


def test_an_underlined_title_is_read() -> None:
    """The line under it neither hides it nor changes its letters."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(A4[0], 300), invariant=1)
    canvas.setFont("Helvetica-Bold", 11)
    title = "OFICIO MÚLTIPLE N.° 31016-2026-AGP"
    canvas.drawString(60, 240, title)
    canvas.setLineWidth(0.8)
    canvas.line(60, 238.2, 60 + canvas.stringWidth(title, "Helvetica-Bold", 11), 238.2)
    canvas.setFont("Helvetica", 11)
    for index, line in enumerate(LINES):
        canvas.drawString(60, 210 - 15 * index, line)
    canvas.save()
    (read,) = reader.open_file("pdf", scan(buffer.getvalue(), 150, seed=4)).pages
    assert {"OFICIO", "31016-2026-AGP"} <= set(words_of(read))


def test_a_line_that_was_left_out_is_found_by_its_ink(page: Pixels) -> None:
    """Between two lines that were read; where there is only paper, none is missing."""
    picture = pictures.gray(page)
    words = scans.read_page(picture, DPI).words
    assert list(skipped(picture, words, DPI)) == []
    place = words_of(scans.read_page(picture, DPI))["41234567"].box
    left = [w for w in words if not w.box[1] < (place[1] + place[3]) / 2 < w.box[3]]
    ((_, top, _, bottom),) = skipped(picture, left, DPI)
    assert top < (place[1] + place[3]) / 2 * DPI / 72 < bottom
    cleared = picture.copy()
    cleared[top:bottom] = 240
    assert list(skipped(cleared, left, DPI)) == []


# ------------------------------------------------------------------ ink over text


@pytest.mark.parametrize("ink", [(140, 58, 42), (60, 40, 170)])
def test_a_stamp_over_the_number_hides_nothing_in_a_colour_scan(
    page: Pixels, ink: tuple[int, int, int]
) -> None:
    """Blue or red ink is told from black type by its colour."""
    found = words_of(scans.read_page(pictures.gray(page), DPI))["41234567"].box
    at = (int(found[2] * DPI / 72), int(found[3] * DPI / 72))
    stamped = pictures.stamped(page, at, 110, ink)
    (read,) = reader.open_file("pdf", pictures.scanned(stamped, quality=70)).pages
    assert numbers_of(read) == {"41234567"}


# ------------------------------------------------------------------ numbers


def boxed(number: str, *, apart: int) -> Pixels:
    """A form's line: a label and a number, one digit to a box; `apart` points between boxes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(A4[0], 200), invariant=1)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(60, 120, "DNI del usuario")
    for index, digit in enumerate(number):
        left = 180 + index * (18 + apart)
        canvas.rect(left, 114, 18, 20)
        canvas.drawCentredString(left + 9, 120, digit)
    canvas.save()
    return pictures.gray(pictures.worn(pictures.colour(buffer.getvalue()), seed=2))


@pytest.mark.parametrize("apart", [0, 4])
def test_digits_in_boxes_are_one_number(apart: int) -> None:
    """A form's eight boxes hold one word, whether they touch or not."""
    for number in ("41234567", "08765432"):
        read = scans.read_page(boxed(number, apart=apart), DPI)
        assert numbers_of(read) == {number}


def test_a_number_the_models_disagree_about_says_so() -> None:
    """A number half hidden by a stroke of the pen is not shown as sure."""
    picture = pictures.gray(pictures.worn(pictures.colour(letter("DNI N° 41234567")), seed=3))
    clean = words_of(scans.read_page(picture, DPI))
    assert is_sure(clean["41234567"])
    place = [int(v * DPI / 72) for v in clean["41234567"].box]
    unsure = 0
    for thickness in (4, 6, 8, 10, 12):
        struck = picture.copy()
        cv2.line(struck, (place[0], place[3]), (place[2], place[1]), 20, thickness)
        for word in scans.read_page(struck, DPI).words:
            digits = re.sub(r"[^0-9]", "", word.text)
            assert not is_sure(word) or len(digits) != 8 or digits == "41234567"
            unsure += len(digits) > 4 and not is_sure(word)
    assert unsure > 0


def test_a_number_in_groups_of_digits_is_read_twice_as_one() -> None:
    """Each group is too short to be judged by itself."""
    picture = pictures.gray(pictures.colour(letter("con DNI N.° 46 141 495 y domicilio en Chota")))
    found = words_of(scans.read_page(picture, DPI))
    assert all(is_sure(found[group]) for group in ("46", "141", "495"))


def test_an_l_beside_a_digit_of_an_address_is_in_doubt() -> None:
    """No model tells ``perezl964`` from ``perez1964``: neither is ever sure with an l."""
    lines = ("correo: tafurl963@correo.example", "correo: zegarral961@correo.example")
    picture = pictures.gray(pictures.worn(pictures.colour(letter(*lines)), seed=4))
    found = [w for w in scans.read_page(picture, DPI).words if "@" in w.text]
    assert len(found) == 2
    assert not any(is_sure(w) for w in found if "l9" in w.text)


def test_a_scan_too_coarse_to_tell_letters_apart_is_sure_of_nothing() -> None:
    """At 100 dots an inch no word of ordinary type is relied on."""
    data = scan(letter(*LINES, size=9), 100, seed=5)
    (read,) = reader.open_file("pdf", data).pages
    assert len(read.words) > 5
    assert not any(is_sure(word) for word in read.words)


# ------------------------------------------------------------------ tables


def rows_of(page: Page) -> list[list[str]]:
    return [[" ".join(w.text for w in cell) for cell in row] for t in page.tables for row in t.rows]


def test_the_cells_of_a_row_stay_together() -> None:
    """Whose number and address it is, the row says."""
    paper = oficio(people=(ROSA, JOSE), office=UGEL, layout="table", size=10)
    (read,) = reader.open_file("pdf", scan(paper, seed=6)).pages
    rows = [" ".join(row) for row in rows_of(read)]
    for one, other in ((ROSA, JOSE), (JOSE, ROSA)):
        (row,) = (r for r in rows if one.dni in r)
        assert one.apellidos.split()[0].upper() in row.upper()
        assert other.dni not in row


Drawing = Callable[[Canvas], None]


def _bordered(canvas: Canvas) -> None:
    for x in (60, 150, 350, 500):
        canvas.line(x, 60, x, 180)
    for y in (60, 100, 140, 180):
        canvas.line(60, y, 500, y)


def _broken(canvas: Canvas) -> None:
    _bordered(canvas)
    canvas.setStrokeColorRGB(1, 1, 1)
    canvas.setLineWidth(3)
    for x in range(90, 500, 90):
        canvas.line(x, 40, x + 3, 200)


def _open(canvas: Canvas) -> None:
    for x in (150, 350):
        canvas.line(x, 60, x, 180)
    for y in (100, 140):
        canvas.line(60, y, 500, y)


def table(rulings: Drawing) -> Pixels:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(A4[0], 260), invariant=1)
    rulings(canvas)
    canvas.setStrokeColorRGB(0, 0, 0)
    canvas.setFont("Helvetica", 11)
    rows = (
        ("DNI", "NOMBRES", "CARGO"),
        ("41234567", "Rosa Quispe", "Especialista"),
        ("08765432", "José Tafur", "Estadístico"),
    )
    for index, row in enumerate(rows):
        for x, words in zip((65, 155, 355), row, strict=True):
            canvas.drawString(x, 155 - 40 * index, words)
    canvas.save()
    return pictures.gray(pictures.worn(pictures.colour(buffer.getvalue()), seed=7))


@pytest.mark.parametrize("rulings", [_bordered, _broken, _open])
def test_a_table_is_found_by_whatever_rulings_are_left(rulings: Drawing) -> None:
    """Whole, broken by folds, or without an outer border."""
    assert rows_of(scans.read_page(table(rulings), DPI)) == [
        ["DNI", "NOMBRES", "CARGO"],
        ["41234567", "Rosa Quispe", "Especialista"],
        ["08765432", "José Tafur", "Estadístico"],
    ]


def test_a_cell_over_two_rows_belongs_to_both() -> None:
    """What is written once for several rows stands in each of them, and once on the page."""

    def merged(canvas: Canvas) -> None:
        for x in (60, 150, 350, 500):
            canvas.line(x, 60, x, 180)
        for y in (60, 140, 180):
            canvas.line(60, y, 500, y)
        canvas.line(60, 100, 350, 100)

    picture = table(merged)
    read = scans.read_page(picture, DPI)
    rows = rows_of(read)
    assert [row[0] for row in rows] == ["DNI", "41234567", "08765432"]
    assert rows[1][2] == rows[2][2] == "Especialista Estadístico"
    assert [w.text for w in read.words].count("Especialista") == 1


# ------------------------------------------------------------------ pages that are shared out


def test_the_pictures_of_a_document_are_read_each_for_itself() -> None:
    """Several scanned pages and a typed one come back whole and in order."""
    typed = oficio(people=(JOSE,), office=UGEL)
    data = merge(scan(letter(*LINES), seed=8), typed, scan(letter("DNI N° 40111222"), seed=9))
    outline = pdf.read_pdf(data)
    assert [p.method for p in outline] == [Method.PICTURE, Method.TEXT, Method.PICTURE]
    (document,) = open_documents((Attachment("a.pdf", "pdf", data, "0"),))
    assert isinstance(document, Document)
    assert document.problem is None
    assert [p.method for p in document.pages] == [Method.OCR, Method.TEXT, Method.OCR]
    assert [p.number for p in document.pages] == [1, 2, 3]
    found = [numbers_of(p) for p in document.pages]
    assert found[0] == {"41234567"}
    assert "08765432" in found[1]
    assert found[2] == {"40111222"}


def test_the_pictures_of_a_document_share_the_time_of_their_mail() -> None:
    """Pages still unread when the time of the mail is over are said to be too much for it."""
    data = merge(*(scan(letter(*LINES), seed=seed) for seed in range(12)))
    assert [p.method for p in pdf.read_pdf(data)] == [Method.PICTURE] * 12
    (document,) = open_documents((Attachment("a.pdf", "pdf", data, "0"),), seconds=2)
    assert (document.problem, document.pages) == (problems.BUDGET, ())


def test_a_page_with_a_text_layer_is_not_recognised() -> None:
    """Only pictures cost the time that recognition takes."""
    (read,) = reader.open_file("pdf", oficio(people=(ROSA,), office=UGEL)).pages
    assert read.method is Method.TEXT


def test_without_language_data_a_scan_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The problem is told in Spanish, and names the packages."""
    monkeypatch.setattr(ocr, "_LATIN", ("absent",))
    ocr.language_data.cache_clear()
    try:
        answer = reader.open_file("pdf", scan(letter("DNI N° 41234567"), seed=1))
    finally:
        ocr.language_data.cache_clear()
    assert answer.pages == ()
    assert "tesseract-ocr-spa" in (answer.problem or "")
