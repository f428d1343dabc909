"""What is read a second time is what the picture shows, and each rule of it by itself.

The first readings are given; the pictures are drawn, and every model reads them.
"""

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import accumulate, pairwise
from types import SimpleNamespace

import numpy as np
import pictures
import pytest
from documents import Pixels
from reportlab.pdfgen.canvas import Canvas

from mailbot.model import Word
from mailbot.parsers import (
    ballot,
    column,
    narrow,
    ocr,
    opinion,
    recognise,
    rereading,
    seams,
    sheet,
    spots,
)
from mailbot.parsers.grids import Cell

DPI = 200
SURE, POOR = 0.9, 0.3
NOWHERE = (0.0, 0.0, 0.0, 0.0)


def drawn(*lines: str, size: float = 12, wide: float = 300) -> Pixels:
    """Some lines of type on a slip of paper."""
    high = 20 + 1.2 * size * len(lines)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(wide, high), invariant=1)
    canvas.setFont("Helvetica", size)
    for row, line in enumerate(lines):
        canvas.drawString(10, high - 10 - size - 1.2 * size * row, line)
    canvas.save()
    return pictures.gray(pictures.colour(buffer.getvalue()))


def apart(digits: str, points: float) -> Pixels:
    """Digits of a typewriter, each so far from the one before."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(60 + points * len(digits), 40), invariant=1)
    canvas.setFont("Times-Roman", 11)
    for n, digit in enumerate(digits):
        canvas.drawString(15 + points * n, 15, digit)
    canvas.save()
    return pictures.gray(pictures.colour(buffer.getvalue()))


def ink(picture: Pixels) -> Cell:
    """Where something is written."""
    rows, columns = np.where(picture < 128)
    return (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def halves(picture: Pixels) -> tuple[Cell, Cell]:
    """Where two words are written, each as far as the middle of the blank between them."""
    left, top, right, bottom = ink(picture)
    columns = np.where((picture < 128).any(axis=0))[0]
    blank = int(np.diff(columns).argmax())
    middle = int(columns[blank] + columns[blank + 1]) // 2
    return (left, top, middle, bottom), (middle, top, right, bottom)


def word(text: str, confidence: float = SURE) -> Word:
    return Word(text, NOWHERE, confidence)


def is_sure(found: Word) -> bool:
    return found.confidence >= spots.AGREED and found.second is None


def twice(first: str, shown: str, confidence: float = POOR) -> Word:
    """A word first read as `first` where a picture shows something, read again."""
    picture = drawn(shown)
    spot = spots.Spot(picture, ink(picture), DPI)
    return rereading._twice(word(first, confidence), spot)  # noqa: SLF001  a rule of its own


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("first", "shown", "text"),
    [
        ("QUISPE", "QUISPE", "QUISPE"),
        ("QUISPF", "QUISPE", "QUISPE"),
        ("Jose", "José", "José"),
        ("PENA", "PEÑA", "PEÑA"),
        ("Óscar", "óscar", "Óscar"),
        ("anarioswcorreo.example", "anarios@correo.example", "anarios@correo.example"),
        (
            "ana.rios.paz5Ighotmail.com.",
            "ana.rios.paz51@hotmail.com.",
            "ana.rios.paz51@hotmail.com.",
        ),
        ("ana.rios.paz#ähotmail.com", "ana.rios.paz@hotmail.com", "ana.rios.paz@hotmail.com"),
    ],
)
def test_an_unsure_word_that_two_models_read_alike_is_sure(
    first: str, shown: str, text: str
) -> None:
    """An accent the Spanish one knows; another word, where it says so twice and one more does."""
    found = twice(first, shown)
    assert (found.text, is_sure(found)) == (text, True)


def test_a_first_reading_speaks_for_the_address_it_has_but_for_the_sign() -> None:
    """A letter or a figure in the place of the @ may be one that the other make lost."""
    votes = Counter([("ana.paz@hotmail.com", opinion.OTHER)])
    voice = {("ana.paz@hotmail.com", ocr.LATIN)}
    for first, told in (
        ("ana.paz#hotmail.com", voice),
        ("ana.paz#ähotmail.com", voice),
        ("ana.pazghotmail.com", set()),
        ("ana.paz9#hotmail.com", set()),
        ("ana.pez#hotmail.com", set()),
        ("ana.paz@hotmail.com", set()),  # has spoken already
    ):
        assert set(ballot._without_sign(first, votes)) == told  # noqa: SLF001  a rule of its own


def test_the_blank_behind_a_particle_is_kept_in_a_surname() -> None:
    """Tesseract loses it, the other make sees none that is not there."""
    assert twice("DEPAZ", "DE PAZ", SURE).text == "DE PAZ"
    for whole in ("DELGADO", "DEPAZ", "LARREA"):
        assert twice(whole, whole, SURE) == word(whole, SURE)


def test_the_other_make_takes_an_i_with_an_accent_for_an_f() -> None:
    """That is no other reading; any other letter is one."""
    assert spots.heard_alike("SOLfS", "SOLÍS")
    assert spots.heard_alike("Elf", "Elí")
    assert not spots.heard_alike("Alfonso", "Alonso")
    assert not spots.heard_alike("Rufino", "Rusino")


def test_what_no_name_is_spelled_like_is_in_doubt() -> None:
    """An O with a speck is a Q for every model; «Qquenta» and «Enrique» are names."""
    for name, sure in (
        ("Qmar", False),
        ("Qquenta", True),
        ("ENRIQUE", True),
        ("Ñaapan", False),
        ("Isaac", True),
        ("Aarón", True),
    ):
        assert is_sure(twice(name, name, SURE)) is sure


def test_an_address_the_other_make_reads_otherwise_twice_is_in_doubt() -> None:
    """«cl» is a d for Tesseract's models."""
    spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
    for views, second in (
        (("cluna37@x.pe", "cluna37@x.pe"), "cluna37@x.pe"),
        (("cluna37@x.pe", "duna37@x.pe"), None),
        (("duna37@x.pe", "duna37@x.pe"), None),
        (("cluna37", "cluna37"), None),
    ):
        told = (opinion.Opinion(text, 1.0) for text in views)
        spot.heard.update(zip((opinion.CLOSE, opinion.ROOMY), told, strict=True))
        read = ballot._unless_heard(word("duna37@x.pe"), "duna37@x.pe", spot)  # noqa: SLF001
        assert (read.second, is_sure(read)) == (second, second is None)


@pytest.mark.parametrize(
    ("tesseract", "enlarged", "text", "sure"),
    [
        ("Percy", "Percy", "Percy", True),
        ("Percy", "Perey", "Perey", True),
        ("Percy", "", "Perey", False),
        ("Perry", "Percy", "Perey", True),
    ],
)
def test_a_word_two_makes_read_alike_is_in_doubt_where_two_models_read_another(
    tesseract: str,
    enlarged: str,
    text: str,
    sure: bool,  # noqa: FBT001
) -> None:
    """Unless all of them read it alike once it is enlarged."""
    spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
    spot.heard[opinion.CLOSE] = opinion.Opinion("Perey", 0.92)
    spot.heard[opinion.ROOMY] = opinion.Opinion(enlarged, 0.98)
    spot.told[ocr.SPANISH, 1.0] = "Percy"
    spot.told[ocr.ENGLISH, 1.0] = tesseract
    for model in (ocr.LATIN, ocr.SPANISH, ocr.ENGLISH):
        spot.told[model, 1.5] = enlarged
    found = rereading._unsure(word("Perey", 0.84), spot)  # noqa: SLF001  a rule of its own
    assert (found.text, is_sure(found)) == (text, sure)


def test_an_unsure_word_that_nobody_seconds_stays_unsure() -> None:
    """Signs, or figures, are no second reading of a word."""
    assert [twice("QUISPE", shown) for shown in (".,-", "41234567")] == [word("QUISPE", POOR)] * 2


def test_words_of_prose_are_read_again_only_if_very_unsure() -> None:
    """A word with a capital may be a name: it is, sooner."""
    middling = (spots.DISPUTED + spots.AGREED) / 2
    assert twice("quispf", "quispe", middling) == word("quispf", middling)
    assert twice("Quispf", "Quispe", middling).text == "Quispe"


@pytest.mark.parametrize(
    ("text", "shown", "doubted"),
    [
        ("QUISPE", "QUISPE", False),
        ("Jose", "José", False),
        ("QUISPF", "QUISPE", True),
        ("41234561", "41234567", False),
    ],
)
def test_a_word_that_something_was_taken_from_is_doubted_if_read_otherwise(
    text: str,
    shown: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    """It keeps its letters: nobody knows which are right. Numbers are read twice anyway."""
    picture = drawn(shown)
    found = rereading.confirmed(picture, word(text), ink(picture), DPI)
    assert found == word(text, spots.DISPUTED if doubted else SURE)


# ------------------------------------------------------------------ numbers


def test_the_dash_before_a_check_digit_is_kept() -> None:
    for first, sure in (("755097166", SURE), ("75509718-6", 0.7)):
        assert twice(first, "75509716-6", sure).text == "75509716-6"
    assert twice("940114251", "940114251", SURE).text == "940114251"


def test_a_number_first_read_otherwise_is_never_mended_if_that_was_sure() -> None:
    """Only where the first made out nothing, and two models agree at two sizes each."""
    sure = twice("41234561", "41234567", SURE)
    assert (sure.text, is_sure(sure)) == ("41234561", False)
    poor = twice("41234561", "41234567", POOR)
    assert (poor.text, is_sure(poor)) == ("41234567", True)
    none = twice("41234561", "QUISPE", POOR)
    assert (none.text, is_sure(none)) == ("41234561", False)


def test_a_blank_that_one_model_alone_sees_in_an_address_is_no_vote_against_it() -> None:
    """Narrow letters of a typewriter stand far apart; another make twice reads on."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(300, 40), invariant=1)
    canvas.setFont("Courier", 9)
    canvas.drawString(10, 15, "washingtonmartin@gmail.com")
    canvas.save()
    fine = pictures.gray(pictures.colour(buffer.getvalue()))
    coarse = sheet.resized(sheet.resized(fine, 0.4), 2.5)
    spot = spots.Spot(coarse, ink(coarse), DPI)
    assert " " in spot.spelled(ocr.ENGLISH, 1.6)
    votes = ballot._cast("washingtonmartingmail.com", spot, (1.6,))  # noqa: SLF001
    assert ("washingtonmartin@gmail.com", ocr.ENGLISH) in votes


def test_a_figure_left_out_of_its_place_is_not_doubted() -> None:
    """Figures set apart: the place of a number often begins with its second."""
    picture = apart("41234567", 12)
    left, top, right, bottom = ink(picture)
    cell = (left + (right - left) // 8, top, right, bottom)
    for first, sure in (("41234567", True), ("71234567", False)):
        found = rereading._number(word(first, SURE), spots.Spot(picture, cell, DPI))  # noqa: SLF001
        assert is_sure(found) is sure


def test_an_unsure_number_another_make_twice_reads_otherwise_is_in_doubt() -> None:
    """Two models taught alike took the first of two sevens for a one."""
    picture = drawn("77486021")
    told = {(ocr.SPANISH, 1.0): "71486021"}
    for confidence, sure in ((0.61, False), (SURE, True)):
        spot = spots.Spot(picture, ink(picture), DPI, dict(told))
        found = rereading._number(word("71486021", confidence), spot)  # noqa: SLF001
        assert is_sure(found) is sure
    spot = spots.Spot(picture, ink(picture), DPI)
    assert is_sure(rereading._number(word("77486021", 0.61), spot))  # noqa: SLF001


def test_a_ruling_behind_a_number_is_no_sign_of_it() -> None:
    """Two makes read its eight figures; the first took the ruling for one more."""
    found = twice("486477905", "48647795_", 0.6)
    assert (found.text, is_sure(found)) == ("48647795", True)


def spread(picture: Pixels, *groups: str) -> list[Word]:
    """Groups of digits that share what a picture shows evenly, as they are after the check."""
    left, top, right, bottom = ink(picture)
    each = (right - left) / sum(map(len, groups))
    ends = [left + round(each * n) for n in accumulate(map(len, groups), initial=0)]
    cells = ((a, top, b, bottom) for a, b in pairwise(ends))
    found = [(word(group), cell) for group, cell in zip(groups, cells, strict=True)]
    return [w for w, _ in rereading._spread(picture, found, DPI)]  # noqa: SLF001


@pytest.mark.parametrize("points", [10, 16, 20])
def test_digits_far_apart_are_one_number(points: float) -> None:
    """The Spanish model fails at the widest: then the English and the first must, twice each."""
    picture = apart("41234567", points)
    assert all(map(is_sure, spread(picture, "4", "1234567")))
    assert not any(map(is_sure, spread(picture, "4", "1234561")))


@pytest.mark.parametrize(
    ("before", "after", "gap", "goes_on"),
    [
        ("4", "6", 2.0, True),
        ("4", "6", 3.0, False),
        ("46", "141", 1.0, True),
        ("46", "141", 2.0, False),
        ("N.°°4", "6", 1.0, True),
        ("ana@4", "6", 1.0, False),
    ],
)
def test_groups_of_a_number_stand_near_each_other(
    before: str,
    after: str,
    gap: float,
    goes_on: bool,  # noqa: FBT001
) -> None:
    """A digit set apart farther than a group of three; the sign N.° may be read with the first."""
    one = (word(before), (0, 0, 40, 20))
    other = (word(after), (40 + int(gap * 20), 0, 100 + int(gap * 20), 20))
    assert rereading._goes_on(one, other) is goes_on  # noqa: SLF001


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("perezl964@x.pe", "perez1964@x.pe"),
        ("russell@x.pe", "russe11@x.pe"),
        ("Iris@x.pe", "lris@x.pe"),
        ("llano@x.pe", None),
        ("ana@l1.pe", None),
    ],
)
def test_an_l_that_may_be_a_one_says_so(text: str, other: str | None) -> None:
    """Beside a digit, at the end after another, before the @ alone."""
    found = ballot.frank(word(text))
    assert (found.text, found.second) == (text, other)
    assert is_sure(found) is (other is None)


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("ana", "@b.pe", "ana@b.pe"),
        ("ana@", "b.pe", "ana@b.pe"),
        ("ana@", "@b.pe", "ana@b.pe"),
        ("ana.rios", "paz@b.pe", "ana.riospaz@b.pe"),
        ("correo", "@b.pe", None),
        ("e.mail", "paz@b.pe", None),
        ("www.b", "paz@b.pe", None),
        ("ugel.pe", "paz@b.pe", None),
        ("ana@b.pe", "paz@b.pe", None),
        ("ana", "paz", None),
    ],
)
def test_what_may_be_an_address_cut_in_two(before: str, after: str, joined: str | None) -> None:
    """By its @; or a word with a dot right before one, if it is nothing else. No label is."""
    picture = drawn(f"{before} {after}")
    one, other = halves(picture)
    near = 12 if "@" in before[-1] + after[0] else 0  # the first is said to end where it seems to
    placed = [(word(before), (*one[:2], one[2] - near, one[3])), (word(after), other)]
    found = seams.whole(picture, placed, DPI)
    assert [w.text for w, _ in found] == ([joined] if joined else [before, after])


@pytest.mark.parametrize("blank", ["", " "])
def test_an_address_cut_in_two_is_one_where_most_models_see_no_blank(blank: str) -> None:
    """However near the first has put the two to each other."""
    parts = ("anarios", "garcia@correo.example")
    picture = drawn(blank.join(parts))
    left, top, right, bottom = ink(picture)
    middle = halves(drawn(" ".join(parts)))[0][2]
    cells = ((left, top, middle - 1, bottom), (middle, top, right, bottom))
    placed = [(word(part), cell) for part, cell in zip(parts, cells, strict=True)]
    assert len(seams.whole(picture, placed, DPI)) == 1 + len(blank)


def test_a_word_that_leads_to_a_lost_address_begins_none() -> None:
    """«correo institucional @ugel…» names no mailbox institucional@ugel…."""
    said = "su correo institucional @ugelchota.example es"
    page = np.pad(drawn(said), 60, constant_values=255)
    texts = [w.text for w in recognise.read_page(np.ascontiguousarray(page), DPI)]
    assert "institucional" in texts


# ------------------------------------------------------------------ over the lines of a cell

ADDRESS = ("rosa.rios@cor", "reo.example")
PLACES = ((0.0, 0.0, 60.0, 9.0), (0.0, 10.0, 50.0, 19.0), (0.0, 24.0, 5.0, 30.0))


def over_lines(*parts: Word) -> tuple[str, list[bool]]:
    """What such first readings of a cell with an address on two lines become; what is sure."""
    placed = tuple(replace(w, box=box) for w, box in zip(parts, PLACES, strict=False))
    found = narrow.settled(drawn(*ADDRESS, size=9, wide=90), placed, DPI, (0, 0))
    return "".join(w.text for w in found), [is_sure(w) for w in found]


def test_an_address_over_two_lines_is_sure_if_another_model_reads_it_so() -> None:
    """What two others read alike outvotes the first; what nobody else reads is in doubt."""
    first, last = map(word, ADDRESS)
    whole = "".join(ADDRESS)
    assert over_lines(first, last) == (whole, [True, True])
    assert over_lines(word(ADDRESS[0], 0.6), last) == (whole, [True, True])
    text, sure = over_lines(word("rosa.rias@cor"), last)
    assert text == whole
    assert all(sure)
    elsewhere = narrow.settled(drawn("ROSA", "RIOS", size=9, wide=90), (first, last), DPI, (0, 0))
    assert not any(map(is_sure, elsewhere))


def test_a_speck_behind_an_address_is_none_of_it() -> None:
    """It goes; lines are joined, words on one line with a blank are not."""
    first, last = map(word, ADDRESS)
    assert over_lines(first, last, word("i", POOR)) == ("".join(ADDRESS), [True, True])
    beside = (replace(first, box=PLACES[0]), replace(last, box=(62.0, 0.0, 90.0, 9.0)))
    blank = drawn(" ".join(ADDRESS), size=9, wide=160)
    assert not any(map(is_sure, narrow.settled(blank, beside, DPI, (0, 0))))


@pytest.mark.parametrize("parts", [("41234", "567"), ("4123456", "7"), ("41234", "561")])
def test_a_number_over_two_lines_read_poorly_is_what_two_makes_read(parts: tuple[str, str]) -> None:
    """Each part alone is too short to be judged; one that was sure is doubted where it differs."""
    picture = drawn(parts[0], re.sub("1$", "7", parts[1]), size=9, wide=70)
    words = tuple(word(part, 0.6) for part in parts)
    found = narrow.settled(picture, words, DPI, (0, 0))
    assert "".join(w.text for w in found) == "41234567"
    assert all(map(is_sure, found))
    firm = tuple(replace(w, confidence=SURE) for w in words)
    kept = narrow.settled(picture, firm, DPI, (0, 0))
    assert (kept == firm) is (parts[1] != "561")
    assert all(map(is_sure, kept)) is (parts[1] != "561")


# ------------------------------------------------------------------ pieces of a picture


def test_a_line_in_its_picture_stands_alone() -> None:
    """What touches an edge and hardly reaches into the line goes; a tall letter stays."""
    crop = np.full((60, 90), 250, np.uint8)
    crop[0:14, 5:15] = crop[46:60, 25:35] = 0  # of the lines above and below
    crop[0:35, 45:50] = 0  # of this one
    crop[20:40, 60:80] = 0
    left = sheet.alone(crop, 20, 40)
    assert [bool((left[:, a:b] < 128).any()) for a, b in ((5, 15), (25, 35))] == [False, False]
    assert (left[:, 42:] == crop[:, 42:]).all()
    put = sheet.framed(crop, (0, 20, 90, 40), DPI)
    assert (put < 128).sum() == (crop[10:50, 42:] < 128).sum()
    clean = np.full((60, 90), 250, np.uint8)
    assert sheet.alone(clean, 20, 40) is clean


def test_a_wide_cell_is_cut_to_what_is_written_in_it() -> None:
    """The place of a word is that in the cell; specks are no writing, and nothing stays all."""
    picture = np.full((200, 900), 255, np.uint8)
    word_ = drawn("EBR", wide=60)
    picture[80 : 80 + len(word_), 600 : 600 + word_.shape[1]] = word_
    picture[10:13, 20:23] = 0
    cut, (x, y) = sheet.trimmed(picture, DPI)
    left, top, right, bottom = ink(word_)
    assert cut.shape[1] < 2 * (right - left)
    inside = ink(cut)
    assert abs(inside[0] + x - 600 - left) < 3 > abs(inside[1] + y - 80 - top)
    ((found, cell),) = recognise._trimmed(picture, DPI)  # noqa: SLF001  a rule of its own
    assert found.text == "EBR"
    assert abs(cell[0] - 600 - left) < 5 > abs(cell[3] - 80 - bottom)
    blank = np.full((50, 50), 255, np.uint8)
    assert sheet.trimmed(blank, DPI) == (blank, (0, 0))


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ((10, 100, 90, 130), (10, 100, 90, 130)),
        ((10, 60, 90, 130), (10, 99, 90, 130)),
        ((10, 100, 90, 170), (10, 100, 90, 134)),
        ((10, 200, 90, 240), (10, 200, 90, 240)),
        ((10, 20, 90, 60), (10, 20, 90, 60)),
    ],
)
def test_a_word_lies_in_its_row(box: Cell, kept: Cell) -> None:
    """A box that holds a bit of the line above or below is cut to what the row's letters need.

    One that its row leaves nothing of stays: over an empty picture OpenCV ends the process.
    """
    item = SimpleNamespace(
        BoundingBox=lambda _: box,
        Baseline=lambda _: ((10, 126), (90, 126)),
        RowAttributes=lambda: {"row_height": 25.0, "descenders": -5.0},
    )
    assert ocr._in_its_row(item) == kept  # noqa: SLF001  a rule of its own


def test_a_place_with_nothing_in_it_is_paper() -> None:
    picture = drawn("x")
    for place in ((10, 30, 40, 30), (10, 40, 40, 5), (9_000, 10, 9_040, 30)):
        assert (sheet.framed(picture, place, DPI) > 245).all()
    assert not len(sheet.pieces(np.zeros((0, 9), np.uint8)))


def test_a_stroke_of_the_pen_makes_no_word_as_high_as_two_lines() -> None:
    """It goes down into the next line; the word it goes through lies where its letters do."""
    picture = np.pad(drawn("quispe mamani", "ana ruiz", "paz vega", size=11), 60, mode="edge")
    clean = {w.text: cell for w, cell in ocr.words(ocr.LATIN, picture, DPI, ocr.BLOCK)}
    left, top, right, _ = ink(picture)
    at = (left + right) // 3
    picture[top - 10 : top + 40, at : at + 3] = 0
    struck = {w.text: cell for w, cell in ocr.words(ocr.LATIN, picture, DPI, ocr.BLOCK)}
    assert max(abs(a - b) for a, b in zip(struck["quispe"], clean["quispe"], strict=True)) < 10


@pytest.mark.parametrize(
    ("other", "times", "model", "doubted"),
    [
        ("jinga@b.example", 2, ocr.ENGLISH, True),
        ("jinga@b.example", 1, ocr.ENGLISH, False),
        ("jinga@b.example", 2, ocr.LATIN, False),
        ("jnga@b.examplei", 2, ocr.ENGLISH, False),
        ("jnga@b.example", 2, ocr.ENGLISH, False),
    ],
)
def test_another_address_the_english_model_reads_twice_is_a_doubt(
    other: str,
    times: int,
    model: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    """Two poor models may miss the same letter; a speck at the end makes no address."""
    votes = Counter({("jnga@b.example", ocr.LATIN): 2, (other, model): times})
    assert ballot.dissent(votes, "jnga@b.example") is doubted


@pytest.mark.parametrize(
    ("read", "word_"),
    [
        ("‘LUZ", "LUZ"),
        ("O'Higgins", "O'Higgins"),
        ("‘", "‘"),
        ("a@0outlook.es", "a@outlook.es"),
        ("a@o0utlook.es", "a@outlook.es"),
        ("a@0gmail.com", "a@gmail.com"),
        ("a@ogmail.example", "a@gmail.example"),
        ("a@0b.example", "a@0b.example"),
        ("DELOS", "DE LOS"),
        ("DELA", "DE LA"),
        ("los`accesos", "los accesos"),
        ("D'Angelo", "D'Angelo"),
        ("Delas", "De las"),
        ("SJAGIÉ.", "SIAGIE."),
        ("-SIAGIE", "SIAGIE"),
        ("ALTAY", "ALTA Y"),
        ("Bajay", "Baja y"),
        ("ana:rios@b.pe", "ana.rios@b.pe"),
        ("correo:ana", "correo:ana"),
    ],
)
def test_specks_an_at_and_a_lost_blank_are_set_right(read: str, word_: str) -> None:
    """An @ ends round; marks stand inside words only; «Dela» may be a surname."""
    assert ocr.without_specks(read) == word_


def test_another_models_reading_may_have_the_speck_behind_it() -> None:
    """It is a reading of the address all the same, and its letter stays unsure."""
    below = ((0.0, 0.0, 60.0, 9.0), (0.0, 24.0, 5.0, 30.0))
    words = tuple(
        replace(w, box=b) for w, b in zip((word("a@b.pe"), word("i", POOR)), below, strict=True)
    )
    reading = column.Reading(ocr.ENGLISH, words)
    assert narrow._addresses(reading) == ["a@b.pei", "a@b.pe"]  # noqa: SLF001
    for address, sure in (("a@b.pe", [True, False]), ("a@b.pei", [True, True])):
        found = narrow._spelling(reading, address)  # noqa: SLF001
        assert [is_sure(w) for w in found] == sure
