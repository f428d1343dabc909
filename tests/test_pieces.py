"""Pages photographed one by one are one paper again, and nothing else is added to it."""

from dataclasses import replace

import pytest
from test_doubts import page, words

from mailbot.check.papers import Paper
from mailbot.console.checked import _paper_name
from mailbot.model import Document, Method, Page, PageKind, Table
from mailbot.parsers import tables
from mailbot.parsers.pieces import Piece, pieces

FRONT = ("OFICIO N° 12-2026-UGEL", "ASUNTO : alta de usuario", "solicito una cuenta para")
MIDDLE = ("don Luis PAZ Rey, con DNI 05794668,", "y")
BACK = (
    "doña Ana GIL Sol, con DNI 15123783.",
    "Atentamente,",
    "Eva RUIZ Luna",
    "DIRECTORA DE LA UGEL",
)
ACT = ("RESOLUCIÓN DIRECTORAL N° 34-2026", "VISTO, el expediente", "CONSIDERANDO:", "Que, la Ley")
RESOLVES = ("SE RESUELVE:", "ARTÍCULO PRIMERO.- DESIGNAR a don Luis PAZ Rey", "Regístrese")


def sheets(*papers: tuple[str, ...], poor: str = "") -> list[Document]:
    """Photographs of a page each; the words of `poor` were read badly."""
    pages = (page(*lines, poor=poor) for lines in papers)
    return [Document(f"{n}.jpg", f"{n}", (one,)) for n, one in enumerate(pages, start=1)]


def told(found: tuple[Piece, ...]) -> list[tuple[PageKind, list[str]]]:
    """What each paper is, and in which files it lies."""
    return [(piece.kind, [leaf.file for leaf in piece.leaves]) for piece in found]


def test_a_letter_photographed_page_by_page_is_one() -> None:
    """Who signs it stands on the last, and is shown there."""
    (letter,) = pieces(sheets(FRONT, MIDDLE, BACK))
    assert told((letter,)) == [(PageKind.OFICIO, ["1.jpg", "2.jpg", "3.jpg"])]
    signed = Paper(letter).signatory
    assert signed is not None
    assert (signed.value, signed.evidence.place) == ("DIRECTORA DE LA UGEL", "3.jpg, pág. 1")
    where = [r.evidence.place for seen in tables.in_piece(letter) for r in seen.dnis]
    assert where == ["2.jpg, pág. 1", "3.jpg, pág. 1"]


def test_a_table_on_the_second_photograph_counts() -> None:
    """Whoever stands in it would be passed over."""
    rows = (tuple(map(words, row)) for row in (("NOMBRES", "DNI"), ("GIL SOL ANA", "15123783")))
    front, back = sheets(FRONT, BACK[1:])
    (last,) = back.pages
    tabled = replace(last, tables=(Table((50.0, 20.0, 500.0, 60.0), tuple(rows)),))
    (letter,) = pieces([front, replace(back, pages=(tabled,))])
    (seen,) = tables.in_piece(letter)
    assert [(r.value, r.evidence.source) for r in seen.dnis] == [("15123783", "2.jpg")]


def test_an_act_goes_on_in_the_next_photograph() -> None:
    """The article that names somebody has no number of its own."""
    (act,) = pieces(sheets(ACT, RESOLVES))
    assert told((act,)) == [(PageKind.RD, ["1.jpg", "2.jpg"])]
    assert Paper(act).number == "RESOLUCIÓN DIRECTORAL N° 34-2026"
    assert Paper(act).names_somebody


def test_an_act_with_recitals_of_its_own_is_another() -> None:
    """Its title may be lost, and with it where it begins."""
    first, second = (*ACT, *RESOLVES), ("CONSIDERANDO:", "Que, la Ley", *RESOLVES)
    assert [files for _, files in told(pieces(sheets(first, second)))] == [["1.jpg"], ["2.jpg"]]


@pytest.mark.parametrize(
    ("front", "back", "poor"),
    [
        ((*FRONT, "Atentamente,", "DIRECTOR"), ("Atentamente,", "constancia"), ""),
        (FRONT, ("constancia de trabajo", "de doña Ana"), ""),
        (FRONT, BACK, " ".join(BACK)),
        (("constancia de trabajo",), BACK[1:], ""),
    ],
    ids=["ended", "no end", "hardly read", "no letter"],
)
def test_what_does_not_end_a_letter_is_no_part_of_it(
    front: tuple[str, ...], back: tuple[str, ...], poor: str
) -> None:
    found = pieces([*sheets(front), replace(sheets(back, poor=poor)[0], name="2.jpg")])
    assert [piece.files for piece in found] == [("1.jpg",), ("2.jpg",)]


def test_a_typed_file_ends_no_photographed_letter() -> None:
    """Nor does a file of several pages: who has a scanner sends all pages in one."""
    front, back = sheets(FRONT, BACK)
    (last,) = back.pages
    typed = replace(back, pages=(replace(last, method=Method.TEXT),))
    several = replace(back, pages=(last, Page(2, 595.0, 842.0, Method.OCR, words("x"))))
    for other in (typed, several):
        assert [piece.files[0] for piece in pieces([front, other])] == ["1.jpg", "2.jpg"]


def test_each_file_is_told_what_of_a_paper_lies_in_it() -> None:
    (letter,) = pieces(sheets(FRONT, BACK))
    assert _paper_name(letter, "1.jpg") == "oficio (pág. 1, escaneado)"
    assert _paper_name(letter, "2.jpg") == "oficio (sigue, pág. 1, escaneado)"
    assert _paper_name(letter, "3.jpg") == ""
