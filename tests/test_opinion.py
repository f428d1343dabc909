"""A model of another make reads what Tesseract reads badly, leaves out or cuts in two.

The first readings are given; the pictures are drawn, and every model reads them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from documents import Pixels
from test_rereading import DPI, POOR, SURE, drawn, halves, ink, is_sure, twice, word

from mailbot.model import Word
from mailbot.parsers import (
    column,
    leftout,
    narrow,
    ocr,
    opinion,
    recognise,
    rereading,
    seams,
    spots,
    tildes,
)
from mailbot.parsers.grids import Cell
from mailbot.parsers.spots import AGREED

# ------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    "line",
    ["rosa_rios.1970@correo.example", "41234567", "PEÑA NÚÑEZ", "Oficio 0455-2026-GR/DRE"],
)
def test_a_line_is_read_with_its_signs(line: str) -> None:
    picture = drawn(line)
    text, sure = opinion.read(picture, ink(picture), DPI)
    assert text.replace("º", "°") == line
    assert sure > opinion.CERTAIN


@pytest.mark.parametrize("view", [opinion.CLOSE, opinion.WIDE, opinion.ROOMY])
def test_however_a_line_is_drawn_it_says_the_same(view: opinion.View) -> None:
    picture = np.pad(drawn("rosa.rios@correo.example"), 30, constant_values=255)
    assert opinion.read(picture, ink(picture), DPI, view).text == "rosa.rios@correo.example"


def test_what_is_no_letter_is_not_sure() -> None:
    nothing = np.full((60, 200), 255, np.uint8)
    assert opinion.read_line(nothing) == ("", 0.0)
    assert opinion.read(nothing, (0, 70, 200, 90), DPI) == ("", 0.0)
    scrawl = np.random.default_rng(7).integers(0, 2, (60, 200), np.uint8) * np.uint8(255)
    assert opinion.read_line(scrawl).sure < opinion.LEGIBLE


@pytest.mark.parametrize(
    ("read", "ours"),
    [("İVÁN", "IVÁN"), ("marżo", "marzo"), ("Ñahui", "Ñahui"), ("Ｎ°５", "N°5"), ("ıca", "ica")],
)
def test_letters_no_spanish_word_has_are_ours_with_specks(read: str, ours: str) -> None:
    assert opinion._ours(read) == ours  # noqa: SLF001  a rule of its own


# ------------------------------------------------------------------ cells read poorly

ADDRESS = "rosa.rios.vera@correo.example"


def settled(shown: Sequence[str], *first: Word, wide: float = 250) -> tuple[Word, ...]:
    """What becomes of the first readings of a cell that shows something."""
    picture = drawn(*shown, wide=wide)
    return narrow.settled(picture, first, DPI, (0, 0))


def test_an_address_in_a_cell_nobody_could_read_is_told_by_two_makes() -> None:
    for first in ((), (word("rosa.ri0s"), word("vera9c0rreoexampl", POOR))):
        (found,) = settled([ADDRESS], *first)
        assert found.text == ADDRESS
        assert is_sure(found)


def test_one_over_two_lines_is_one_address() -> None:
    found = settled([ADDRESS[:16], ADDRESS[16:]], word(ADDRESS[:16], POOR), wide=150)
    assert "".join(w.text for w in found) == ADDRESS
    assert all(map(is_sure, found))


def test_a_one_that_may_be_an_l_stays_in_doubt_in_a_cell() -> None:
    (found,) = settled(["luzvill21834@correo.example"], word("luzv", POOR))
    assert not is_sure(found)
    assert found.second


def test_an_address_whose_digits_nobody_else_reads_is_not_taken() -> None:
    """Letters a poor reading may miss; of another number another model has to know."""
    unlike = column.Reading(ocr.LATIN, (word("rosa.rios13@correo.example"),))
    assert not narrow._like(unlike, "rosa.rios12@correo.example")  # noqa: SLF001
    spoilt = column.Reading(ocr.LATIN, (word("r0sa,rics12"), word("correoexample")))
    assert not narrow._like(spoilt, "rosa.rios12@correo.example")  # noqa: SLF001
    fair = column.Reading(ocr.LATIN, (word("rcsa,rics12"), word("correoexample")))
    assert narrow._like(fair, "rosa.rios12@correo.example")  # noqa: SLF001


def test_a_number_takes_two_makes() -> None:
    (found,) = settled(["41234567"], word("4l2345", POOR), wide=90)
    assert (found.text, is_sure(found)) == ("41234567", True)


def test_words_of_a_cell_read_badly_are_read_anew() -> None:
    found = settled(["ZEVALLOS YOVERA", "Ana Luz"], word("Zes", POOR), word("allos"), wide=150)
    assert [w.text for w in found] == ["ZEVALLOS", "YOVERA", "Ana", "Luz"]
    assert all(map(is_sure, found))
    assert settled(["ZEVALLOS"], word("Zev", AGREED)) == (word("Zev", AGREED),)


def test_a_word_its_whole_line_has_otherwise_is_as_most_read_it_there() -> None:
    """In its own place two models alike took LUIS for WIS."""
    found = settled(["LUIS ALBERTO RÍOS"], word("WIS", AGREED), word("ALBERTO"), word("RÍOS"))
    assert [w.text for w in found] == ["LUIS", "ALBERTO", "RÍOS"]
    unlike = (word("LUIZA", AGREED), word("RÍOS"))
    (one, other) = settled(["LUIS ALBERTO RÍOS"], *unlike)
    assert (one.text, is_sure(one), other) == ("LUIZA", False, unlike[1])
    sure = (word("LUISA"), word("RÍOS"))
    assert settled(["LUIS RÍOS"], *sure) == sure


def test_an_address_cut_where_no_blank_is_is_one() -> None:
    """What stands in the gap may be a low line; two words with a blank between them are two."""
    picture = drawn("giudiaz13305@gmail.com")
    left, top, right, bottom = ink(picture)
    high = bottom - top
    for gap, one in ((0.1, True), (0.4, False)):
        cut = left + (right - left) // 3
        cells = ((left, top, cut, bottom), (cut + round(gap * high), top, right, bottom))
        parts = ("giudiaz", "13305@gmail.com")
        first = [placed(part, cell) for part, cell in zip(parts, cells, strict=True)]
        found = narrow.settled(picture, tuple(first), DPI, (0, 0))
        whole = [(w.text, is_sure(w)) for w in found] == [("giudiaz13305@gmail.com", True)]
        assert whole is one


def test_a_number_in_a_narrow_cell_may_have_an_l_for_a_one() -> None:
    parts = (word("017118", SURE), word("l4", SURE))
    found = settled(["017118", "14"], *parts, wide=90)
    assert [w.text for w in found] == ["017118", "14"]
    assert all(map(is_sure, found))


def test_a_word_beside_ink_nobody_can_read_is_no_surer_than_two_models_make_it() -> None:
    """A name may go on there; far away, or in another line, it does not."""
    picture = drawn("QUISPE")
    beside = np.tile(picture, (2, 6))
    high = picture.shape[0]
    rng = np.random.default_rng(3)
    left, top, right, bottom = ink(picture)
    beside[:] = 255
    beside[top:bottom, left:right] = picture[top:bottom, left:right]
    beside[top + high : bottom + high, left:right] = picture[top:bottom, left:right]
    for at in range(4):  # signs like letters that are none
        x = right + 12 + at * 14
        beside[top:bottom, x : x + 10] = rng.choice([0, 255], (bottom - top, 10))
    words = tuple(placed("QUISPE", (left, y + top, right, y + bottom)) for y in (0, high))
    found = leftout.filled(beside, words, DPI, (0, 0))
    assert [w.confidence for w in found if w.text == "QUISPE"] == [AGREED, SURE]


def test_an_at_every_model_takes_for_something_else_is_known_at_a_great_provider() -> None:
    """The letters around it are read alike, and it is not: «a», «w», «« or nothing."""

    def reading(model: str, *texts: str) -> list[column.Reading]:
        return [column.Reading(model, (word(text, POOR),)) for text in texts]

    def found(
        heard: Sequence[str], read: Sequence[str], *, first: bool = True
    ) -> list[tuple[str, bool]]:
        cell = column.Column(drawn("x"), DPI, (0, 0))
        views = (opinion.CLOSE, opinion.WIDE, opinion.ROOMY)
        cell.seen.update(zip(views, reading(opinion.OTHER, *heard), strict=True))
        ways = [(m, by) for m in (ocr.LATIN, ocr.ENGLISH, ocr.SPANISH) for by in column.SCALES]
        for (model, by), one in zip(ways, read, strict=True):
            cell.told[model, by] = column.Reading(model, (word(one, POOR),))
        own = column.Reading(ocr.LATIN, (word(read[0], POOR),) if first else ())
        words = narrow._signed_address(own, cell) or ()  # noqa: SLF001
        return [(w.text, is_sure(w)) for w in words]

    a, w, none, sign = (f"ana.inga70{sign}yahoo.es" for sign in ("a", "w", "", "«"))
    assert found([a, none, a], [a, a, sign, a, w, w]) == [("ana.inga70@yahoo.es", True)]
    assert found([a, none, a], [a, a, sign, a, w, w], first=False) == [
        ("ana.inga70@yahoo.es", True)
    ]
    assert found([a, a, a], [a, a, a, a, a, a]) == []  # nothing says that it is no letter
    apart = [x.replace("inga70", "inga 70") for x in (a, a, sign, a, w, w)]  # a lost low line
    assert found([a, none, a], apart) == [("ana.inga70@yahoo.es", False)]
    assert found([a, none, a], ["", "", "", "", "", ""]) == []
    assert found([a, none, a], ["bna" + x[3:] for x in (a, a, a, a, w, w)]) == []


def test_a_tilde_the_other_make_does_not_see_is_asked_about() -> None:
    """Of a cell that only a speck spoilt: the first reading had it."""
    found = settled(["Karina NAHUI"], word("Karina"), word("ÑAHUI"), word("]", 0.0))
    assert [(w.text, is_sure(w)) for w in found] == [("Karina", True), ("ÑAHUI", False)]


# ------------------------------------------------------------------ what was left out


def placed(text: str, cell: Cell, confidence: float = SURE) -> Word:
    return replace(word(text, confidence), box=ocr.in_points(cell, (0, 0), DPI))


def begin_of(picture: Pixels, text: str) -> Cell:
    """Where the first letters of a line lie, that are these."""
    left, top, _, bottom = ink(picture)
    wide = ink(drawn(text))
    return (left, top, left + wide[2] - wide[0], bottom)


def first_of(picture: Pixels) -> Cell:
    return halves(picture)[0]


def test_digits_far_apart_that_recognition_left_out_are_found() -> None:
    picture = drawn("identidad          4 1 2 3 4 5 6 7")
    known = placed("identidad", first_of(picture))
    before, number = leftout.filled(picture, (known,), DPI, (0, 0))
    assert before is known
    assert (number.text, is_sure(number)) == ("41234567", True)
    assert number.box[0] > known.box[2] - 1


def test_where_every_letter_has_its_word_nothing_is_added() -> None:
    picture = drawn("QUISPE MAMANI")
    one, other = halves(picture)
    words = (placed("QUISPE", one), placed("MAMANI", other))
    assert leftout.filled(picture, words, DPI, (0, 0)) is words


def test_a_part_of_a_word_is_read_with_the_rest_of_it() -> None:
    """Half an address would be another one."""
    picture = drawn(ADDRESS)
    begun = ADDRESS[:12]
    (found,) = leftout.filled(picture, (placed(begun, begin_of(picture, begun)),), DPI, (0, 0))
    assert found.text == ADDRESS


def test_words_stand_in_the_order_of_reading() -> None:
    picture = drawn("Responsable", "SIAGIE UGEL")
    left, top, right, bottom = ink(picture)
    middle = (top + bottom) // 2
    below = placed("SIAGIE", (left, middle, left + (right - left) // 2, bottom))
    found = leftout.filled(picture, (below,), DPI, (0, 0))
    assert [w.text for w in found] == ["Responsable", "SIAGIE", "UGEL"]


def test_what_two_runs_show_is_one_word() -> None:
    """One ends inside it, beside what else was left out: read twice, it would be two surnames."""
    picture = drawn("Mamani Choquehuanca")
    left, top, right, bottom = ink(picture)
    begin, end = left + (right - left) * 7 // 19, right - (right - left) * 2 // 19
    mamani = placed("amani", (left + (right - left) // 19, top, begin - 6, bottom))
    found = leftout.filled(
        picture, (mamani, placed("Choquehuane", (begin, top, end, bottom))), DPI, (5, 5)
    )
    assert [w.text for w in found].count("Choquehuanca") == 1
    assert not any(w.text in ("Choquehuane", "Choquehuan") for w in found)


@pytest.mark.parametrize(
    ("shown", "first", "second", "told"),
    [
        (("2960903", "7"), "2960903", "?", "7"),
        (("2960903", "?"), "2960903", "?", "?"),
        (("296090", "7"), "296090", "?", "?"),
    ],
)
def test_the_last_figure_below_a_number_is_read_alone(
    shown: tuple[str, str], first: str, second: str, told: str
) -> None:
    """What a narrow column broke off was taken for a sign; six figures are no number but one."""
    picture = drawn(*shown, wide=90)
    left, top, right, bottom = ink(picture)
    middle = (top + bottom) // 2
    number = placed(first, (left, top, right, middle))
    below = placed(second, (left, middle, left + (right - left) // 6, bottom), 0.7)
    patch = ocr.Patch(picture, DPI, (0, 0))
    _, last = recognise._with_last_figure((number, below), patch)  # noqa: SLF001  a rule of its own
    assert (last.text, is_sure(last)) == (told, told == "7")


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ("103207300", "03207300"),
        ("032073001", "03207300"),
        ("103207306", "103207306"),
        ("03207300", "03207300"),
    ],
)
def test_what_is_left_of_a_ruling_beside_a_number_is_no_figure(read: str, told: str) -> None:
    """If the model of another make sees the number without it, and not another one."""
    picture = np.pad(drawn("03207300"), 30, constant_values=255)
    patch = ocr.Patch(picture, DPI, (0, 0))
    (number,) = recognise._without_ruling((placed(read, ink(picture)),), patch)  # noqa: SLF001  as above
    assert number.text == told


def test_the_last_letter_of_a_word_its_column_breaks_is_found() -> None:
    """In a cell; on a page a lone blob is a speck."""
    picture = drawn("Primari", "a")
    left, top, right, bottom = ink(picture)
    first = (left, top, right, (top + bottom) // 2)
    for offset, texts in (((5, 5), ["Primari", "a"]), ((0, 0), ["Primari"])):
        known = replace(word("Primari"), box=ocr.in_points(first, offset, DPI))
        found = leftout.filled(picture, (known,), DPI, offset)
        assert [w.text for w in found] == texts


def test_scrawls_and_short_marks_take_no_words_place() -> None:
    """Two letters read as a number would hide where an address begins."""
    picture = drawn("ll")
    there = placed("ll", ink(picture), 0.5)
    assert leftout.filled(picture, (there,), DPI, (0, 0)) == (there,)


def in_cell(*lines: str, wide: float = 150) -> list[str]:
    found = recognise.read_cell(drawn(*lines, wide=wide), DPI, (0, 0))
    return [w.text for w in found]


@pytest.mark.parametrize(
    ("shown", "first"),
    [("ÑAHUI", "NAHUI"), ("USHIÑAHUA", "USHINAHUA"), ("Ñaupari", "Naupari"), ("Muñoz", "Munoz")],
)
def test_an_n_with_a_mark_above_it_is_a_n_with_its_tilde(shown: str, first: str) -> None:
    picture = drawn(shown)
    patch = ocr.Patch(picture, DPI, (0, 0))
    (found,) = tildes.kept(patch, [placed(first, ink(picture))])
    assert found.text == shown


@pytest.mark.parametrize(
    ("heard", "told", "sure"),
    [
        (("ÑAHUI", "ÑAHUI", "ÑAHUI"), ("NAHUI", "NAHUI"), True),
        (("ÑAHUI", "ÑAHUI", "NAHUI"), ("ÑAHUI", "NAHUI"), True),
        (("ÑAHUI", "ÑAHUI", "NAHUI"), ("NAHUI", "NAHUI"), False),
        (("ÑAHUI", "NAHUI", "NAHUI"), ("ÑAHUI", "NAHUI"), False),
        (("ÑAHUI", "ÑAHUI", "ÑAHUI"), ("RAHUI", "NAHUI"), False),
    ],
)
def test_a_tilde_is_sure_if_all_read_the_letters_and_the_other_make_the_mark(
    heard: tuple[str, ...],
    told: tuple[str, ...],
    sure: bool,  # noqa: FBT001
) -> None:
    spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
    views = (opinion.CLOSE, opinion.WIDE, opinion.ROOMY)
    spot.heard.update({v: opinion.Opinion(h, 0.95) for v, h in zip(views, heard, strict=True)})
    spot.told.update({(m, 1.0): t for m, t in zip((ocr.SPANISH, ocr.ENGLISH), told, strict=True)})
    assert tildes._is_heard("ÑAHUI", spot) is sure  # noqa: SLF001  a rule of its own


@pytest.mark.parametrize("shown", ["ÁNGEL", "NAHUI", "Ninón", "Íñigo", "MUÑOZ", "FRANKLIN"])
def test_an_accent_or_the_dot_of_an_i_makes_no_n_another_letter(shown: str) -> None:
    """Nor is a mark that was read in doubt."""
    picture = drawn(shown)
    word_ = placed(shown, ink(picture))
    assert tildes.kept(ocr.Patch(picture, DPI, (0, 0)), [word_]) == (word_,)


def test_a_speck_beside_the_words_of_a_cell_is_none_of_them() -> None:
    """A letter somebody wrote is."""
    picture = drawn("QUISPE, Ana", wide=200)
    picture[30:36, 330:334] = 100
    found = recognise.read_cell(picture, DPI, (0, 0))
    assert [w.text for w in found] == ["QUISPE,", "Ana"]
    assert in_cell("Ana y Luz") == ["Ana", "y", "Luz"]
    assert "".join(in_cell("ana.rios@gmail.co", "m")) == "ana.rios@gmail.com"


# ------------------------------------------------------------------ words cut in two


@pytest.mark.parametrize(
    ("parts", "blank", "one"),
    [
        (("mery", ".luz.rios"), "", True),
        (("rosa.rios5", "1@correo.example"), "", True),
        (("rosa.rios@correo.", "es"), "", True),
        (("0951", "0-2026-UGEL"), "", True),
        (("rosa", "rios@correo.example"), "  ", False),
        (("institucional", "@ugel.example"), "  ", False),
        (("2026", "2027"), "  ", False),
        (("rosa.rios@correo.example", "-"), "", False),
        (("SÁN", "CHEZ"), "", True),
        (("DE", "LEÓN"), " ", False),
    ],
)
def test_what_was_cut_in_two_is_one_where_another_make_sees_no_blank(
    parts: tuple[str, str],
    blank: str,
    one: bool,  # noqa: FBT001
) -> None:
    picture = drawn(blank.join(parts))
    one_, (_, top, right, bottom) = begin_of(picture, parts[0]), ink(picture)
    other = (halves(picture)[1][0] if blank else one_[2] + 1, top, right, bottom)
    cells = (one_, other)
    found = [(word(part), cell) for part, cell in zip(parts, cells, strict=True)]
    whole = seams.whole(picture, found, DPI)
    assert [w.text for w, _ in whole] == (["".join(parts)] if one else list(parts))


def test_what_was_cut_in_three_is_one_as_well() -> None:
    """A one stands far from its neighbours: what is begun is found when its end is whole."""
    parts = ("nelquis6651", "1", "@outlook.com")
    picture = drawn("".join(parts))
    left, top, right, bottom = ink(picture)
    first, second = begin_of(picture, parts[0])[2], begin_of(picture, parts[0] + parts[1])[2]
    far = (bottom - top) // 2
    sides = ((left, first - far), (first, second - 2), (second + 2, right))
    found = [
        (word(part), (begin, top, end, bottom))
        for part, (begin, end) in zip(parts, sides, strict=True)
    ]
    assert [w.text for w, _ in seams.whole(picture, found, DPI)] == ["".join(parts)]


# ------------------------------------------------------------------ second readings


def test_digits_set_apart_that_the_first_read_badly_are_put_together() -> None:
    """Two makes read them so; where the first was sure, a person is asked."""
    picture = drawn("4 1 2 3 4 5 6 7")
    left, top, right, bottom = ink(picture)
    cells = [(left, top, (left + right) // 2, bottom), ((left + right) // 2, top, right, bottom)]
    cases = {
        ("41&3", "4561,"): [("41234567", True)],
        ("4123", "4561,"): [("4123", False), ("4561,", False)],
    }
    for parts, told in cases.items():
        found = [(word(part), cell) for part, cell in zip(parts, cells, strict=True)]
        again = [w for w, _ in rereading._spread(picture, found, DPI)]  # noqa: SLF001
        assert [(w.text, is_sure(w)) for w in again] == told


def test_a_first_reading_nobody_could_make_out_decides_nothing() -> None:
    """Two that miss the same letter are outvoted, or asked about."""
    found = twice("rosa.rios@corre.example", "rosa.rios@correo.example", 0.0)
    assert (found.text, is_sure(found)) == ("rosa.rios@correo.example", True)


def test_a_number_the_first_was_sure_of_is_not_replaced() -> None:
    assert not is_sure(twice("41234561", "41234567", SURE))
    mended = twice("41234561", "41234567", 0.7)
    assert (mended.text, is_sure(mended)) == ("41234567", True)
