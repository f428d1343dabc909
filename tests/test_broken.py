"""What recognition broke in a scanned paper is found there if another source states it."""

from dataclasses import replace

import pytest
from test_doubts import alta, checked, page, reading

from mailbot.check.broken import found_in, goes_on_below
from mailbot.model import Method, Outcome, PageKind, Table, Word
from mailbot.parsers.pieces import Piece


def in_lines(*lines: str) -> Piece:
    """An oficio with such lines."""
    return Piece("x.pdf", PageKind.OFICIO, (page(*lines),))


def in_cell(*texts: str) -> Piece:
    """An oficio whose table has one cell with such words, one below the other."""
    words = (Word(t, (9.0, 20.0 * n, 60.0, 20.0 * n + 9), 0.5) for n, t in enumerate(texts))
    table = Table((0.0, 0.0, 99.0, 99.0), ((tuple(words),),))
    blank = page()
    whole = type(blank)(1, blank.width, blank.height, Method.OCR, (), (table,))
    return Piece("x.pdf", PageKind.OFICIO, (whole,))


@pytest.mark.parametrize(
    ("piece", "name", "value"),
    [
        (in_lines("DNI 159540", "64, docente"), "dni", "15954064"),
        (in_lines("DNI 1 5 9 5.4 0", "6 4"), "dni", "15954064"),
        (in_cell("159540", "64-5"), "dni", "15954064"),
        (in_lines("DNN l59S406]"), "dni", "15954061"),
        (in_lines("DNI 15° 954 064"), "dni", "15954064"),
        (in_lines("correo vicramo882030educa. example"), "correo", "vicramo88203@educa.example"),
        (in_cell("vicramo88203€", "educa.exa", "mple"), "correo", "vicramo88203@educa.example"),
    ],
)
def test_what_is_broken_is_found_again(piece: Piece, name: str, value: str) -> None:
    found = found_in(piece, name, value)
    assert found is not None
    assert (found.value, found.evidence.page) == (value, 1)


@pytest.mark.parametrize(
    ("piece", "name", "value"),
    [
        (in_lines("DNI 159540", "65"), "dni", "15954064"),
        (in_lines("DNI 0159540", "64"), "dni", "15954064"),
        (in_lines("DNI 159540 y 64"), "dni", "15954064"),
        (in_lines("DNI 1595406]"), "dni", "15954064"),
        (in_lines("juvicramo88203@educa.example"), "correo", "vicramo88203@educa.example"),
        (in_lines("anab@gmail.com"), "correo", "ana@gmail.com"),
        (in_lines("vicramo88293@educa.example"), "correo", "vicramo88203@educa.example"),
        (in_lines("Ana Ruiz Paz"), "nombres", "Ana Ruiz Paz"),
        (in_lines("DNI 15954064"), "dni", ""),
        (in_lines("ASUNTO alta", "Atentamente", "DNI 15954064"), "dni", "15954064"),
    ],
)
def test_what_differs_in_a_letter_is_not_found(piece: Piece, name: str, value: str) -> None:
    assert found_in(piece, name, value) is None


def test_a_second_reading_that_fits_is_found() -> None:
    """Of a group of figures that two models read otherwise, another paper tells which is right."""
    shown = page("DNI 79 7142 328")
    figures = tuple(replace(w, second="712") if w.text == "7142" else w for w in shown.words)
    piece = Piece("x.pdf", PageKind.OFICIO, (replace(shown, words=figures),))
    assert found_in(piece, "dni", "79712328") is not None
    assert found_in(piece, "dni", "79714328") is None
    assert found_in(in_lines("DNI 79 7142 328"), "dni", "79712328") is None


def test_the_number_of_a_form_is_known_whatever_became_of_its_label() -> None:
    """«DI Ni mooo 15954064» of a form S09: it names who is asked for."""
    asked = alta((reading("Paz Luna Ana", PageKind.OFICIO),))
    claim = replace(asked, dnis=(reading("15954064", PageKind.OFICIO),))
    for number, outcome in (("15954064", Outcome.MET), ("15954065", Outcome.UNREADABLE)):
        form = Piece("s09.pdf", PageKind.S09, (page("FORMULARIO S09", f"DI Ni mooo {number}"),))
        assert checked(claim, form)["dni"][0] is outcome


# ------------------------------------------------------------------ a number a column broke


SHORT = "tiene 7 cifras y un DNI tiene 8"


def stated(*lines: str, doubt: str | None = SHORT, said: str = "1595406") -> Outcome:
    """What becomes of a number of which an oficio with such lines shows a part, its act all."""
    name = reading("Paz Luna Ana", PageKind.OFICIO)
    numbers = (
        reading(said, PageKind.OFICIO, doubt=doubt),
        reading("15954064", PageKind.RD),
    )
    oficio = Piece("oficio.pdf", PageKind.OFICIO, (page(*lines),))
    return checked(replace(alta((name,)), dnis=numbers), oficio)["dni"][0]


def test_a_last_figure_right_below_the_others_is_the_numbers() -> None:
    """A column broke it, its rulings lost: the act tells that both are one number."""
    assert stated("Ana 1595406 Técnico", "Paz 4 SIAGIE") is Outcome.MET
    assert stated("Ana 159540 Técnico", "Paz 64 SIAGIE", said="159540") is Outcome.MET


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Ana 1595406 Técnico", "Paz 5 SIAGIE"), "1595406"),
        (("Ana 1595406 Técnico", "4 Paz SIAGIE"), "1595406"),
        (("Ana 1595406 Técnico", "Paz Luna", "Paz 4 SIAGIE"), "1595406"),
        (("Paz 4 SIAGIE", "Ana 1595406 Técnico"), "1595406"),
        (("Ana 1595407 Técnico", "Paz 4 SIAGIE"), "1595407"),
        (("Ana 1595 Técnico", "Paz 4064 SIAGIE"), "1595"),
    ],
    ids=["another", "another column", "too far below", "above", "not its begin", "too few"],
)
def test_a_figure_elsewhere_is_not_the_numbers(lines: tuple[str, ...], said: str) -> None:
    """The writer may have left one out; that is theirs to mend."""
    assert stated(*lines, said=said) is Outcome.UNREADABLE


def test_parts_of_a_number_all_over_a_page_are_not_it() -> None:
    lines = [" ".join(["1595406", "5"] * 20) for _ in range(100)]
    assert not goes_on_below(in_lines(*lines), "15954064")
    assert goes_on_below(in_lines("1595406", "4"), "15954064")
