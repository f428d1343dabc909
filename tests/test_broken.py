"""What recognition broke in a scanned paper is found there if another source states it."""

from dataclasses import replace

import pytest
from test_doubts import alta, checked, page, reading

from mailbot.check.broken import found_in
from mailbot.model import Method, Outcome, PageKind, Table, Word
from mailbot.parsers.documents import Piece


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


def test_the_number_of_a_form_is_known_whatever_became_of_its_label() -> None:
    """«DI Ni mooo 15954064» of a form S09: it names who is asked for."""
    asked = alta((reading("Paz Luna Ana", PageKind.OFICIO),))
    claim = replace(asked, dnis=(reading("15954064", PageKind.OFICIO),))
    for number, outcome in (("15954064", Outcome.MET), ("15954065", Outcome.UNREADABLE)):
        form = Piece("s09.pdf", PageKind.S09, (page("FORMULARIO S09", f"DI Ni mooo {number}"),))
        assert checked(claim, form)["dni"][0] is outcome
