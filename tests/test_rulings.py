"""Rulings, lines under words and dark boxes are found in pixels, however faint or broken."""

import io
from random import Random

import cv2
import invention
import numpy as np
import pictures
import pytest
from documents import Pixels, scan
from forms import BoxedS09
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from mailbot.parsers import reader
from mailbot.parsers.combs import find_combs
from mailbot.parsers.grids import find_boxes, find_grids, underlined
from mailbot.parsers.spots import AGREED
from mailbot.parsers.strokes import strokes

DPI = 300
PAPER, BLACK, GRAY = 238, 40, 190
TITLE = "OFICIO 1764 - 2026-DIR"


def sheet(high: int = 900, wide: int = 2000) -> Pixels:
    return np.full((high, wide), PAPER, np.uint8)


def ruled(ink: int, *, gaps: range = range(0)) -> Pixels:
    """A table of three columns and rows; `gaps` are where its second ruling down is broken."""
    picture = sheet()
    for y in (100, 250, 400, 550):
        picture[y : y + 3, 100:1900] = ink
    for x in (100, 700, 1300, 1897):
        picture[100:550, x : x + 3] = ink
    for y in gaps:
        picture[y : y + 12, 690:710] = PAPER
    return picture


@pytest.mark.parametrize("ink", [BLACK, GRAY])
def test_fine_rulings_are_found_that_a_coarse_scan_made_gray(ink: int) -> None:
    """They are darker than both their sides, if not dark."""
    (grid,) = find_grids(ruled(ink), DPI)
    assert [len(row) for row in grid] == [3, 3, 3]


def test_a_ruling_broken_in_one_row_still_parts_its_cells() -> None:
    """Where the other rows have it, a part of it is enough: two columns are never one."""
    (grid,) = find_grids(ruled(BLACK, gaps=range(405, 550, 24)), DPI)
    assert [len(row) for row in grid] == [3, 3, 3]


@pytest.mark.parametrize("ink", [BLACK, GRAY])
def test_gray_boxes_for_digits_are_found(ink: int) -> None:
    """A form's fine boxes as well as bold ones."""
    picture = sheet()
    for y in (100, 190):
        picture[y : y + 3, 100:743] = ink
    for n in range(9):
        picture[100:193, 100 + 80 * n : 103 + 80 * n] = ink
    (row,) = find_boxes(picture, DPI)
    assert len(row) == 8


def comb(
    *, digits: str = "45859343", lines: bool = True, walls: bool = True, beside: bool = False
) -> Pixels:
    """Boxes of one figure each of which a fax left every other piece; something before them."""
    picture = sheet(300)
    picture[120:160, 375:390] = BLACK if beside else PAPER
    for n, digit in enumerate(digits):
        left = 400 + 75 * n
        cv2.putText(picture, digit, (left + 26, 152), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (BLACK,), 3)
        if lines:
            picture[100:103, left + 20 : left + 75] = BLACK
            picture[180:183, left : left + 60] = BLACK
        if walls and n % 3:
            picture[(100, 150)[n % 2] :][:33, left : left + 3] = BLACK
    return picture


def test_boxes_whose_lines_are_broken_are_found_by_what_is_left() -> None:
    """One figure in each, and the place is that of all boxes."""
    (found,) = find_combs(comb(), DPI)
    left, top, right, bottom = found.place
    assert len(found.figures) == 8
    assert abs(left - 400) < 12
    assert abs(right - 1000) < 12
    assert top <= 103
    assert bottom >= 180
    assert not find_boxes(comb(), DPI)


@pytest.mark.parametrize(
    "drawn",
    [
        comb(lines=False),
        comb(walls=False),
        comb(digits="458593"),
        comb(digits="4585934312345"),
        comb(digits="4585 9343"),
        comb(beside=True),
    ],
    ids=["no lines", "no walls", "six", "thirteen", "one is empty", "something beside"],
)
def test_what_is_no_row_of_boxes_for_certain_is_none(drawn: Pixels) -> None:
    """Figures apart from each other are none by themselves; a number begun elsewhere neither."""
    assert find_combs(drawn, DPI) == ()


@pytest.mark.parametrize("seed", [1, 5, 26])
def test_a_number_in_boxes_a_fax_broke_is_read(seed: int) -> None:
    """At 150 dots an inch, in black and white."""
    person = invention.person(Random(seed))
    form = scan(BoxedS09(person=person).pdf(), 150, seed=seed, bilevel=True)
    (page,) = reader.open_file("pdf", form, 1).pages
    (number,) = [word for word in page.words if word.text == person.dni]
    assert number.second is None
    assert number.confidence >= AGREED


def written(*, bold: int = BLACK) -> Pixels:
    """A title over a line whose first half is fainter."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(480, 216), invariant=1)
    canvas.setFont("Courier-Bold", 12)
    canvas.drawString(60, 120, TITLE)
    canvas.save()
    picture = np.minimum(pictures.gray(pictures.colour(buffer.getvalue(), DPI)), PAPER)
    wide = int(canvas.stringWidth(TITLE, "Courier-Bold", 12) * DPI / 72)
    y, left = int((216 - 117.5) * DPI / 72), 250
    picture[y : y + 3, left : left + wide // 2] = GRAY
    picture[y : y + 3, left + wide // 2 : left + wide] = bold
    return picture


def test_a_line_under_words_goes_whole_and_takes_no_letter_along() -> None:
    """Its faint half too; and no place that is read anew begins inside a word."""
    picture = written()
    bare = written(bold=PAPER)
    cleared, places = underlined(picture, DPI)
    ((left, top, right, bottom),) = places
    assert left < 250
    assert right > 250 + 22 * 7.2 * DPI / 72 - 20
    letters = bare < BLACK + 60
    assert ((cleared < 160) & letters).sum() > 0.99 * letters.sum()
    assert not (cleared[top:bottom, left:right][-25:] < PAPER - 30).any()


def test_a_letterhead_in_white_on_dark_boxes_is_read() -> None:
    """And its boxes are no table."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 200), invariant=1)
    for n, words in enumerate(("Gobierno Regional Puno", "Unidad de Gestión Educativa Local")):
        canvas.setFillColor(HexColor("#555555" if n else "#333333"))
        canvas.rect(60 + 200 * n, 130, 196, 34, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.setFont("Helvetica", 10)
        canvas.drawString(68 + 200 * n, 144, words)
    canvas.save()
    (page,) = reader.open_file("pdf", scan(buffer.getvalue(), 200, seed=2)).pages
    said = " ".join(word.text for word in page.words)
    assert "Gobierno Regional Puno" in said
    assert "Gestión Educativa Local" in said
    assert page.tables == ()


@pytest.mark.parametrize("axis", [0, 1], ids=["across", "down"])
@pytest.mark.parametrize("length", [1, 2, 3, 7, 16, 33, 90])
@pytest.mark.parametrize("size", [(61, 83), (8, 120), (1, 1)], ids=str)
def test_strokes_are_the_very_pixels_of_opencvs_morphology(
    axis: int, length: int, size: tuple[int, int]
) -> None:
    """Eroded, dilated, opened and closed, whatever the bar's length and the picture's edges."""
    ink = np.where(np.random.default_rng(length).random(size) < 0.8, 255, 0).astype(np.uint8)
    bar = np.ones((length, 1) if axis else (1, length), np.uint8)
    ours = strokes(ink, axis)
    for found, how in (
        (ours.eroded(length), cv2.MORPH_ERODE),
        (ours.dilated(length), cv2.MORPH_DILATE),
        (ours.opened(length), cv2.MORPH_OPEN),
        (ours.closed(length), cv2.MORPH_CLOSE),
    ):
        assert (found.picture() == cv2.morphologyEx(ink, how, bar)).all(), how
