"""Round stamps over type: gray ones are taken away, what black ones cross is in doubt."""

import io

import cv2
import numpy as np
import pictures
import pytest
from documents import Pixels
from reportlab.pdfgen.canvas import Canvas

from mailbot.model import Word
from mailbot.parsers import stamps
from mailbot.parsers.grids import find_grids
from mailbot.parsers.sheet import DARK

DPI = 200
PAPER, BLACK, GRAY = 238, 45, 125
AT, RADII = (500, 300), (110, 75)


def written() -> Pixels:
    """A few lines of type."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 220), invariant=1)
    canvas.setFont("Courier", 11)
    for row in range(6):
        canvas.drawString(40, 180 - 24 * row, f"con DNI N. 4123456{row}, a don Juan Rios Paz,")
    canvas.save()
    page = pictures.gray(pictures.colour(buffer.getvalue(), DPI))
    return np.asarray(np.clip(page, BLACK, PAPER), np.uint8)


def stamped(page: Pixels, ink: int) -> Pixels:
    """The page with two rings of a stamp over it, the type below as dark as it was."""
    rubber = np.full_like(page, PAPER)
    for radius in RADII:
        cv2.circle(rubber, AT, radius, (ink,), 4)
    return np.minimum(page, rubber)


def test_a_gray_stamp_is_taken_away_and_the_type_stays() -> None:
    """Its rings become paper; what was black is as black as before."""
    page = written()
    found = stamps.find(stamped(page, GRAY), DPI)
    (stamp,) = found
    assert np.hypot(stamp.x - AT[0], stamp.y - AT[1]) < 3
    assert abs(stamp.radius - RADII[0]) < 4
    assert stamp.gone
    out = stamps.without(stamped(page, GRAY), found, DPI)
    assert (out[page < 100] == page[page < 100]).all()
    bare, over = (int(((p < DARK) & (page > DARK + 40)).sum()) for p in (out, stamped(page, GRAY)))
    assert over > 1000
    assert bare < over / 10


@pytest.mark.parametrize("ink", [GRAY, BLACK])
def test_words_a_ring_crosses_are_in_doubt_where_it_stays(ink: int) -> None:
    """As in a fax, where it is as black as the type; words inside it and far from it are sure."""
    found = stamps.find(stamped(written(), ink), DPI)
    crossed, inside, far = ((600, 290, 690, 310), (470, 290, 530, 310), (100, 290, 190, 310))
    boxes = [tuple(side * 72 / DPI for side in place) for place in (crossed, inside, far)]
    words = tuple(Word("41234567", (a, b, c, d), 0.9) for a, b, c, d in boxes)
    doubted = [w.second is not None for w in stamps.doubted(words, found, DPI)]
    assert doubted == [ink == BLACK, False, False]


def test_type_alone_is_no_stamp() -> None:
    """Nor is an empty sheet."""
    assert stamps.find(written(), DPI) == ()
    assert stamps.find(np.full((600, 900), PAPER, np.uint8), DPI) == ()


def test_the_rings_of_a_stamp_part_no_cells() -> None:
    """Rulings as gray as a stamp are kept, its rings are none."""
    page = np.full((700, 1100), PAPER, np.uint8)
    for y in (150, 300, 450):
        page[y : y + 2, 50:1050] = GRAY
    for x in (50, 400, 700, 1048):
        page[150:452, x : x + 2] = GRAY
    page[200:210, 100:300] = BLACK
    over = stamped(page, GRAY)
    (grid,) = find_grids(stamps.without_rings(over, stamps.find(over, DPI), DPI), DPI)
    assert [len(row) for row in grid] == [3, 3]
