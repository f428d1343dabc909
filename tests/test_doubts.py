"""What a picture shows badly is doubted, and what two places say alike is not."""

from dataclasses import replace
from itertools import chain, repeat

import pytest
from accuracy import rules

from mailbot.check import Case, check, check_claim
from mailbot.check.papers import Paper
from mailbot.model import (
    Action,
    Claim,
    Evidence,
    Method,
    Outcome,
    Page,
    PageKind,
    Reading,
    Sender,
    Table,
    Word,
)
from mailbot.parsers import identity, intent, names, people, spots, tables
from mailbot.parsers.addresses import looks_alike, near_name, settled
from mailbot.parsers.claims import claims
from mailbot.parsers.material import Material, Source
from mailbot.parsers.mention import Seen
from mailbot.parsers.parse import Request
from mailbot.parsers.pieces import Piece, kind_of
from mailbot.parsers.text import Leaf, Placed, Text, lines_of, typed, whole
from mailbot.parsers.zones import zones
from mailbot.procedures import OfficeType

SURE, POOR = 0.9, 0.3


def page(*lines: str, poor: str = "") -> Page:
    """A recognised page, a line below the other; the words of `poor` are unsure."""
    return Page(1, 595.0, 842.0, Method.OCR, words(*lines, poor=poor))


def words(*lines: str, poor: str = "") -> tuple[Word, ...]:
    """The words of such lines."""
    return tuple(
        Word(
            text,
            (50.0 + 40 * n, 50.0 + 20 * row, 85.0 + 40 * n, 60.0 + 20 * row),
            POOR if text in poor.split() else SURE,
        )
        for row, line in enumerate(lines)
        for n, text in enumerate(line.split())
    )


def text(*lines: str, poor: str = "") -> Text:
    """The words of such a page."""
    return Piece("x.pdf", PageKind.OFICIO, (page(*lines, poor=poor),)).text


def reading(
    value: str,
    kind: PageKind,
    *,
    confidence: float = SURE,
    doubt: str | None = None,
    rival: str | None = None,
) -> Reading:
    """A value recognised in a paper of its own."""
    evidence = Evidence(f"{kind}.pdf", 1, None, value, Method.OCR, confidence)
    return Reading(value, kind, evidence, doubt, rival)


def checked(claim: Claim, *papers: Piece) -> dict[str, tuple[Outcome, str | None]]:
    """The outcomes of a claim whose oficio was scanned, and what else was sent."""
    oficio = Piece("oficio.pdf", PageKind.OFICIO, (page("OFICIO N° 12-2026-UGEL"),))
    sender = Sender("mesa@ugel.example", authenticated=True, reason="")
    pieces = (oficio, *papers)
    request = Request(sender, (claim,), (), pieces, typed("cuerpo", ""), forwarded=False)
    case = check_claim(claim, request, rules())
    return {f.requirement: (f.outcome, f.value) for f in case.findings}


def alta(names: tuple[Reading, ...]) -> Claim:
    """An alta of a specialist of a UGEL, by these readings of the name."""
    asked = reading(Action.ALTA.value, PageKind.OFICIO)
    role = reading("especialista-ugel", PageKind.OFICIO)
    return Claim(action=asked, role=role, names=names)


# ------------------------------------------------------------------ addresses and names


@pytest.mark.parametrize(
    ("read", "rival", "name", "told"),
    [
        ("torrel7@correo.example", "torre17@correo.example", "torre", "torre17@correo.example"),
        (
            "rcajuso139@correo.example",
            "rcajusol39@correo.example",
            "cajusol",
            "rcajusol39@correo.example",
        ),
        ("angel761@correo.example", "ange1761@cor", "angel", "angel761@correo.example"),
        ("russell@correo.example", "russe11@correo.example", "russell", "russell@correo.example"),
        ("villl61@correo.example", "vill161@correo.example", "villar", "vill161@correo.example"),
        ("del96@correo.example", "de196@correo.example", "del", "del96@correo.example"),
    ],
)
def test_a_name_tells_an_l_from_a_one(read: str, rival: str, name: str, told: str) -> None:
    """A letter there belongs to the name, or a digit follows all of it."""
    found = settled(reading(read, PageKind.OFICIO, doubt="otra lectura", rival=rival), {name})
    assert (found.value, found.doubt) == (told, None)


@pytest.mark.parametrize(
    ("read", "rival", "names"),
    [
        ("torrel7@correo.example", "torre17@correo.example", {"quispe"}),
        ("angell7@correo.example", "angel17@correo.example", {"angel", "angell"}),
        ("torre17@correo.example", "torre77@correo.example", {"torre"}),
        ("torrel7@correo.example", "torre17@correa.example", {"torre"}),
    ],
)
def test_a_name_that_does_not_tell_leaves_the_doubt(read: str, rival: str, names: set[str]) -> None:
    """Neither explained, both explained, or another difference than an l and a one."""
    doubted = reading(read, PageKind.OFICIO, doubt="otra lectura", rival=rival)
    assert settled(doubted, names) == doubted


def test_a_short_name_two_papers_give_is_sure() -> None:
    """Of one paper alone it is not: a word may have been lost."""
    both = (reading("TORRE, ANA", PageKind.OFICIO), reading("Ana Torre", PageKind.RD))
    assert checked(alta(both))["nombres"] == (Outcome.MET, "TORRE, ANA")
    assert checked(alta(both[:1]))["nombres"][0] is Outcome.UNREADABLE


def test_the_longer_of_two_forms_of_a_name_is_taken() -> None:
    """If it holds the other letter by letter; a letter's difference stays a doubt."""
    short, long, other = "Huarcaya Ángela", "Ángela Ríos Huarcaya", "Ángela Ríos Huarcava"
    two = (reading(short, PageKind.OFICIO), reading(long, PageKind.RD))
    assert checked(alta(two))["nombres"] == (Outcome.MET, long)
    two = (reading(long, PageKind.OFICIO), reading(other, PageKind.RD))
    assert checked(alta(two))["nombres"][0] is Outcome.UNREADABLE


RIGHT, SPOILT = "Huarcaya Ríos Ana", "Huarcava Ríos Ana"


@pytest.mark.parametrize(
    ("spelled", "outcome"),
    [
        ((RIGHT, RIGHT, SPOILT), (Outcome.MET, RIGHT)),
        ((RIGHT, SPOILT, RIGHT), (Outcome.MET, RIGHT)),
        ((SPOILT, RIGHT, RIGHT), (Outcome.UNREADABLE, SPOILT)),
        ((RIGHT, SPOILT), (Outcome.UNREADABLE, RIGHT)),
        ((RIGHT, SPOILT, SPOILT), (Outcome.UNREADABLE, RIGHT)),
        ((RIGHT, RIGHT, "Huarcavo Ríos Ana"), (Outcome.UNREADABLE, RIGHT)),
    ],
)
def test_a_spelling_two_papers_share_outvotes_a_third(
    spelled: tuple[str, ...], outcome: tuple[Outcome, str]
) -> None:
    """By one letter, and never that of the paper that asks: it may mean somebody else."""
    kinds = (PageKind.OFICIO, PageKind.RD, PageKind.DNI)
    told = tuple(reading(name, kind) for name, kind in zip(spelled, kinds, strict=False))
    assert checked(alta(told))["nombres"] == outcome


def test_one_page_that_says_a_name_twice_outvotes_nobody() -> None:
    """What spoils a letter there spoils it twice."""
    twice = reading(RIGHT, PageKind.OFICIO)
    other = reading(SPOILT, PageKind.RD)
    assert checked(alta((twice, twice, other)))["nombres"][0] is Outcome.UNREADABLE


def test_a_name_read_poorly_is_shown_as_the_sure_paper_spells_it() -> None:
    """Never the poor spelling, because another paper is sure of another one."""
    told = (reading(SPOILT, PageKind.OFICIO, confidence=POOR), reading(RIGHT, PageKind.SOLICITUD))
    assert checked(alta(told))["nombres"] == (Outcome.MET, RIGHT)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("julian", "jullan", True),
        ("alicia", "alecia", True),
        ("julia", "juua", True),
        ("bernal", "bemal", True),
        ("ruiz", "ruaz", True),
        ("ana", "una", False),
        ("julia", "maria", False),
    ],
)
def test_words_as_recognition_confuses_them(one: str, other: str, alike: bool) -> None:  # noqa: FBT001
    """A letter for another, or two that look like one; what is short is not stretched."""
    assert names.nearly(one, other) is alike


def test_a_name_of_which_one_word_was_read_is_in_doubt() -> None:
    """It agrees with nothing, not even with itself: there is nothing to compare it with."""
    alone = (reading("QUISPE M.", PageKind.OFICIO),)
    assert checked(alta(alone))["nombres"] == (Outcome.UNREADABLE, "QUISPE M.")


def test_a_poor_reading_is_not_relied_on_without_a_procedure_either() -> None:
    """Names and numbers are judged even where the role was not made out."""
    poor = Claim(
        names=(reading("Tshinahua Yazqnez Dors", PageKind.OFICIO, confidence=0.0),),
        dnis=(reading("1746373", PageKind.OFICIO, doubt="tiene 7 cifras"),),
    )
    found = checked(poor)
    assert found["nombres"][0] is Outcome.UNREADABLE
    assert found["dni"][0] is Outcome.UNREADABLE
    sure = Claim(names=(reading("Ushiñahua Vázquez Doris", PageKind.OFICIO),))
    assert checked(sure)["nombres"][0] is Outcome.MET


# ------------------------------------------------------------------ what is asked


def test_the_subject_of_a_scanned_letter_is_not_contradicted_by_a_spoilt_verb() -> None:
    """«retirar los accesos» without its verb would be an alta."""
    wording = rules().wording
    spoilt = whole(text("ASUNTO : Baja de usuario", "se sirva relirar lós:accesos al SIAGIE"))
    clear = whole(text("ASUNTO : Alta de usuario", "se sirva otorgar accesos al SIAGIE"))
    end = len(spoilt.string)
    assert intent.action(wording, [spoilt], end) is None
    told = intent.action(wording, [clear], len(clear.string))
    assert told is not None
    assert told.value == Action.ALTA.value


@pytest.mark.parametrize(
    ("line", "poor", "sure"),
    [
        ("Especialista Educación Básica Fapecial Primaria", "Fapecial", False),
        ("Especialista EBF Primaria", "EBF", False),
        ("Especialista Educación Básica Regular Primaria", "", True),
        ("Especialista Educación Primaria", "", True),
    ],
)
def test_an_unsure_word_beside_a_nivel_leaves_it_in_doubt(
    line: str, poor: str, *, sure: bool
) -> None:
    """It may be the «especial» that makes it another nivel."""
    found = intent.nivel(rules().wording, [whole(text(line, poor=poor))])
    assert found is not None
    assert found.value == "EBR Primaria"
    assert (found.doubt is None) is sure


# ------------------------------------------------------------------ what recognition spoils


@pytest.mark.parametrize("sign", ["N°", "N’", "N”", "N*", "N.*", "N.°", "Nro.", "N°?", "Ne"])
def test_a_number_sign_may_be_spoilt(sign: str) -> None:
    """What follows the N of a number is small, and read as many things."""
    found = list(identity.dnis(text(f"DNI {sign} 41234567"), 0, 30, PageKind.OFICIO))
    assert [f.reading.value for f in found] == ["41234567"]
    oficio = Piece("x.pdf", PageKind.OFICIO, (page(f"OFICIO MŐLTIPLE {sign} 0123-2026-UGEL"),))
    assert Paper(oficio).number is not None


@pytest.mark.parametrize(
    "title", ["OFICIO MÚLTIPLEN° N° 0123", "Oficio . N.° 0123", "OFICIO 0123", "OFICIO 0123 ~"]
)
def test_specks_in_a_title_hide_no_number(title: str) -> None:
    """A sign read with the word before it, or a dot or a wave between."""
    oficio = Piece("x.pdf", PageKind.OFICIO, (page(f"{title}-2026-UGEL"),))
    assert (Paper(oficio).number or "").replace(" ", "").endswith("0123-2026-UGEL")


@pytest.mark.parametrize("figures", ["9%0213", "9 0213", "9*0213"])
def test_a_number_with_a_sign_of_no_number_in_it_is_not_read(figures: str) -> None:
    """Its first figures would be lost."""
    oficio = Piece("x.pdf", PageKind.OFICIO, (page(f"OFICIO MÚLTIPLE N° {figures} - 2026-AGP"),))
    assert Paper(oficio).number is None


@pytest.mark.parametrize("label", ["DNI - N°", "DNIN°", "D.N.I. N°"])
def test_a_speck_or_a_lost_blank_in_a_label_loses_no_number(label: str) -> None:
    """A label is still one."""
    found = list(identity.dnis(text(f"con {label} 41234567"), 0, 40, PageKind.OFICIO))
    assert [(f.reading.value, f.reading.doubt) for f in found] == [("41234567", None)]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("con documento de : 41234567", ["41234567"]),
        ("con documento de: 41 234 567", ["41234567"]),
        ("Documento de identidad N° 41234567", ["41234567"]),
        ("docunento nacional de identidad 41234567", ["41234567"]),
        ("documento nacional de 41234567", ["41234567"]),
        ("fecha del documento de: 25.07.2026", []),
        ("fecha del documento de : 25 07 2026", []),
        ("Registro Docente Nacional N° 41234567", []),
    ],
)
def test_a_label_whose_words_are_spoilt_or_lost_makes_no_number_of_others(
    said: str, numbers: list[str]
) -> None:
    """The last word of a label in a narrow column stands below; a date is no DNI."""
    found = identity.dnis(text(said), 0, len(said), PageKind.OFICIO)
    assert [f.reading.value for f in found] == numbers


def test_a_zero_after_a_bare_n_is_the_numbers_own() -> None:
    """Seven digits behind it are none of a DNI; before eight it is the sign's ring."""
    for said in ("N 05382732", "N. 0 5 3 8 2 7 3 2", "N0 05382732"):
        found = identity.dnis(text(f"DNI {said}"), 0, 30, PageKind.OFICIO)
        assert [f.reading.value for f in found] == ["05382732"]


@pytest.mark.parametrize("colon", [":", ">", "-= >", "“", "=:", "o"])
def test_the_colon_after_a_label_may_be_spoilt(colon: str) -> None:
    """Signs between a label and its number say nothing."""
    found = list(identity.dnis(text(f"DNI N.° {colon} 12812297"), 0, 40, PageKind.OFICIO))
    assert [f.reading.value for f in found] == ["12812297"]


def test_a_colon_that_is_read_with_the_number_is_no_digit_of_it() -> None:
    """A z before eight digits of a picture; before seven it may be one of them."""
    for said, found in (("z41234567", [("41234567", False)]), ("z1234567", [("1234567", True)])):
        read = identity.dnis(text(f"DNI {said}"), 0, 20, PageKind.OFICIO)
        assert [(f.reading.value, f.reading.doubt is not None) for f in read] == found
    assert all(f.reading.doubt for f in identity.dnis(typed("c", "DNI z41234567"), 0, 20, None))


def test_the_number_of_an_act_is_read_below_a_title_nobody_can_read() -> None:
    """A script font leaves the number alone; what the VISTO cites is not it."""
    visto = "VISTO, el expediente N° 0031826-2026, presentado por"
    act = Piece("rd.pdf", PageKind.RD, (page("Hisotacën Dircotoral N° 00838-2026-UGEL", visto),))
    assert Paper(act).number == "N° 00838-2026-UGEL"
    none = Piece("rd.pdf", PageKind.RD, (page("Hisotacën Dircotoral", visto),))
    assert Paper(none).number is None


def test_an_act_that_is_cited_numbers_no_paper() -> None:
    """The second page of an act, photographed alone, begins with the acts it stands on."""
    lines = ("De conformidad con la Ley N° 29944 y la", "Resolución Ministerial N° 609-2018-MINEDU")
    assert Paper(Piece("rd.pdf", PageKind.RD, (page(*lines),))).number is None
    assert Paper(Piece("rd.pdf", PageKind.RD, (page(lines[1]),))).number is not None


def test_a_dollar_sign_is_an_s_in_the_title_of_the_form() -> None:
    """FORMULARIO $09 is the S09."""
    assert kind_of(page("FORMULARIO $09", "DATOS DEL USUARIO"))[0] is PageKind.S09


def test_specks_between_two_lines_break_no_sentence() -> None:
    """A letter or two nobody is sure of, alone on a line, is dust."""
    found = text("en calidad de Responsable Regional del", "k", "SIAGIE de la DRE", poor="k")
    assert "Regional del\nSIAGIE" in found.string
    kept = text("CARGO", "Al", "SIAGIE")
    assert "Al" in kept.string


def test_an_office_is_known_by_the_rest_of_its_letterhead() -> None:
    """A UGEL's line whose first word is lost must not leave the DRE's above it alone."""
    head = "DIRECCIÓN REGIONAL DE EDUCACIÓN CAJAMARCA\n\\NIDAD DE GESTION EDUCATIVA LOCAL CHOTA"
    assert intent.office_types(rules().offices, head) == {OfficeType.UGEL}


@pytest.mark.parametrize(
    ("lines", "number", "doubt"),
    [
        (("DNI N° 4 6 2 6", "5 0 0 2, profesora"), "46265002", None),
        (("DNI N° 4626500", "2, profesora"), "46265002", None),
        (("DNI N° 4626500", "2 años"), "46265002", "está partido entre dos líneas"),
        (("DNI N° 4 6 .", "2 6 5 0 0 2, profesora"), "46265002", "está partido entre dos líneas"),
        (("DNI N° 46 265-002", "con domicilio"), "46265002", None),
        (("DNI N° 46, 265; 002", "con domicilio"), "46265002", None),
        (("DNI N° 46", "265 002, profesora"), "46265002", None),
        (("DNI N° 46 265", "002, profesora"), "46265002", None),
        (("DNI N° 46265", "002, profesora"), "46265002", None),
        (("DNI N° 46265", "002 profesora"), "46265002", "está partido entre dos líneas"),
        (("DNI N° 4626500", "28 años"), "4626500", "tiene 7 cifras y un DNI tiene 8"),
    ],
)
def test_a_number_may_run_over_a_lines_end(
    lines: tuple[str, str], number: str, doubt: str | None
) -> None:
    """Digits set apart on both sides say that they go on, a comma that all eight belong together.

    Else another source must agree.
    """
    found = list(identity.dnis(text(*lines), 0, 40, PageKind.OFICIO))
    assert [(f.reading.value, f.reading.doubt) for f in found] == [(number, doubt)]


@pytest.mark.parametrize(
    ("line", "doubted"),
    [
        ("correo electrónico ana_rios@correo.example", False),
        ("Correo instituciona ana_rios@correo.example", False),
        ("correo: ana rios@correo.example", True),
        ("correo: ana_.rios@correo.example", True),
        ("correo: ana.rios@correo.cxample", True),
        ("correo: 1992@correo.example", True),
        ("correo: -ana.rios@correo.example", True),
    ],
)
def test_an_address_that_a_scan_may_have_cut_is_in_doubt(line: str, doubted: bool) -> None:  # noqa: FBT001
    """A low line is lost, or a speck becomes a dot."""
    (found,) = identity.correos(text(line), 0, len(line), PageKind.OFICIO)
    assert (found.reading.doubt is not None) is doubted


@pytest.mark.parametrize("method", [Method.OCR, Method.TEXT])
def test_a_word_that_leads_to_an_address_is_not_its_begin(method: Method) -> None:
    """«institucional @ugel…» has lost what stands before its @; a name set apart has not."""
    for said, doubted in (("institucional @ugel.example", True), ("mesa @ugel.example", False)):
        line = replace(text(f"su correo {said}"), method=method)
        (found,) = identity.correos(line, 0, len(line.string), PageKind.OFICIO)
        lost = found.reading.doubt == "¿qué dice antes de la arroba?"
        assert lost is doubted


@pytest.mark.parametrize(
    ("address", "name", "doubted"),
    [
        ("ana.floros@x.example", "flores", True),
        ("ana.flores@x.example", "flores", False),
        ("floros.flores@x.example", "flores", False),
        ("mario@x.example", "maria", False),
        ("flore5@x.example", "flores", False),
        ("fl0res@x.example", "flores", False),
        ("paz@x.example", "poz", True),
        ("spaz@x.example", "poz", False),
        ("luis@correo.floros", "flores", False),
        ("wsantal@x.example", "santa", True),
        ("raul@x.example", "raul", False),
        ("mpaul@x.example", "paulino", False),
    ],
)
def test_an_address_a_letter_off_the_name_is_in_doubt(
    address: str,
    name: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    """A speck makes the same letter for every model; what somebody typed is as they typed it."""
    pictured = reading(address, PageKind.OFICIO)
    found = near_name(pictured, {"ana", name})
    assert (found.doubt is not None) is doubted
    said = replace(pictured, evidence=replace(pictured.evidence, method=Method.TEXT))
    assert near_name(said, {name}) == said
    known = replace(pictured, doubt="otra lectura")
    assert near_name(known, {name}) == known


def test_an_address_a_letter_off_the_name_is_asked_about() -> None:
    """Nobody gets the password before somebody has looked."""
    claim = alta((reading("Flores Paz Ana", PageKind.OFICIO),))
    for address, outcome in (("floros", Outcome.UNREADABLE), ("flores", Outcome.MET)):
        correo = reading(f"{address}@correo.example", PageKind.OFICIO)
        assert checked(replace(claim, correos=(correo,)))["correo"][0] is outcome


def test_a_dash_behind_an_address_is_none_of_it() -> None:
    """A sentence goes on after it."""
    line = text("correo: ana.rios@correo.example- anexo")
    (found,) = identity.correos(line, 0, len(line.string), PageKind.OFICIO)
    assert (found.reading.value, found.reading.doubt) == ("ana.rios@correo.example", None)


def test_an_address_somebody_typed_settles_what_only_looks_alike() -> None:
    """An e read as a c; a digit read as another settles nothing."""
    assert looks_alike("siagic.angelrios@yahoo.es", "siagie.angel.rios@yahoo.es")
    assert looks_alike("enrigue.rios@yahoo.es", "enrique.rios@yahoo.es")
    assert looks_alike("mari0.rios@yahoo.es", "mario.rios@yahoo.es")
    assert not looks_alike("ana1986@yahoo.es", "ana1985@yahoo.es")
    assert not looks_alike("ana.rios@yahoo.es", "anarios@yahoo.es")


@pytest.mark.parametrize(
    ("cell", "poor"),
    [
        ("maria. rojas@gmail.com", "maria."),
        ("perez@gmail.com .pe", ".pe"),
        ("ana.rios@outlook.es D nam", "D nam"),
    ],
)
def test_what_stands_beside_an_address_in_its_cell_may_be_part_of_it(cell: str, poor: str) -> None:
    """Never taken for dust: who has the shorter address may be somebody else."""
    rows = tuple(
        tuple(tuple(words(value, poor=poor)) for value in row)
        for row in (("correo", "dni"), (cell, "41234567"))
    )
    table = Table((0.0, 0.0, 500.0, 500.0), rows)
    scanned = replace(page("OFICIO", "De mi consideración:"), tables=(table,))
    (seen,) = tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (scanned,)))
    assert all(c.doubt or c.evidence.confidence < 0.75 for c in seen.correos)


@pytest.mark.parametrize(
    ("pictured", "confidence", "outcome"),
    [
        ("maria.rios@correo.example", SURE, Outcome.CONFLICT),
        ("mario.rios1@correo.example", SURE, Outcome.CONFLICT),
        ("maria.rios@correo.example", POOR, Outcome.MET),
        ("mari0.rios@correo.example", SURE, Outcome.MET),
    ],
)
def test_an_address_a_picture_shows_for_sure_is_another_if_it_looks_otherwise(
    pictured: str, confidence: float, outcome: Outcome
) -> None:
    """María's is not Mario's; a letter read poorly, or that looks like another, is as typed."""
    typed_one = reading("mario.rios@correo.example", PageKind.OFICIO)
    typed_one = replace(typed_one, evidence=replace(typed_one.evidence, method=Method.TEXT))
    other = reading(pictured, PageKind.S09, confidence=confidence)
    claim = replace(alta((reading("Ríos Paz Mario", PageKind.OFICIO),)), correos=(typed_one, other))
    assert checked(claim)["correo"] == (outcome, "mario.rios@correo.example")


def in_cell(*lines: str) -> list[tuple[str, bool]]:
    """The addresses read in a cell of a table somebody typed, and whether each is in doubt."""
    cell = tuple(
        replace(w, box=(w.box[0], w.box[1], w.box[0] + 5 * len(w.text), w.box[3]), confidence=1.0)
        for w in words(*lines)
    )
    table = Table(
        (0.0, 0.0, 500.0, 500.0), ((words("correo"), words("dni")), (cell, words("41234567")))
    )
    typed_page = replace(page("OFICIO", "Asunto: alta"), method=Method.TEXT, tables=(table,))
    (seen,) = tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (typed_page,)))
    return [(c.value, c.doubt is not None) for c in seen.correos]


@pytest.mark.parametrize(
    "lines",
    [
        ("Personal", "rosa@correo.example"),
        ("Institucional", "r@b.example"),
        ("Administrativa", "ana@b.example"),
        ("Personal rosa@correo.example",),
        ("rosa@correo.example", "Institucional"),
        ("rosa@correo.example", "ana@correo.example"),
        ("rosa@correo.example y ana@correo.example",),
    ],
)
def test_a_cell_with_more_than_an_address_makes_no_other_of_it(lines: tuple[str, ...]) -> None:
    """personalrosa@… and rosa@….exampleana are mailboxes of nobody's, or of somebody else's."""
    assert all(doubted for _, doubted in in_cell(*lines))
    (row,) = tables.in_mail("cuerpo", f"correo | dni\n{' '.join(lines)} | 41234567")
    assert all(found.doubt for found in row.correos)


@pytest.mark.parametrize(
    "lines",
    [
        ("rosa.", "rios@correo.example"),
        ("rosa.rios@correo", ".example"),
        ("rosa.rios@", "correo.example"),
        ("rosa.riosquis", "pe@b.example"),
    ],
)
def test_an_address_its_cell_breaks_where_it_shows_is_whole(lines: tuple[str, ...]) -> None:
    """At a dot, at the column's end, or where neither half is an address."""
    assert in_cell(*lines) == [("".join(lines), False)]


def test_in_one_paper_the_first_mention_leads() -> None:
    """Where the next person was overlooked, the sure address after a doubted one is theirs."""
    mine = reading("ana@correo.example", PageKind.OFICIO, doubt="otra lectura dio anaOcorreo")
    theirs = reading("luis@correo.example", PageKind.OFICIO)
    claim = replace(alta((reading("Ríos Paz Ana", PageKind.OFICIO),)), correos=(mine, theirs))
    assert checked(claim)["correo"] == (Outcome.UNREADABLE, "ana@correo.example")


def test_a_word_broken_in_its_cell_is_as_another_paper_writes_it() -> None:
    """SÁNCHEZ-CO / NCHA is one surname if somebody else says so, and in doubt if nobody does."""
    broken = reading("SÁNCHEZ-CO NCHA, ÁNGELA", PageKind.OFICIO, doubt="está partido entre")
    assert checked(alta((broken,)))["nombres"][0] is Outcome.UNREADABLE
    whole_ = reading("Ángela Sánchez-Concha", PageKind.RD)
    assert checked(alta((broken, whole_)))["nombres"] == (Outcome.MET, whole_.value)
    other = reading("Gáleña Sánchez-Concha", PageKind.RD)
    assert checked(alta((broken, other)))["nombres"][0] is not Outcome.MET
    together = replace(broken, value="SÁNCHEZ-CONCHA, ÁNGELA")  # each word is a frequent name
    assert checked(alta((together,)))["nombres"] == (Outcome.MET, together.value)
    for nobodys in ("SÁNCHEZ-CONCHO, ÁNGELA", "SÁNCHEZ-CONCHA X, ÁNGELA"):
        assert checked(alta((replace(broken, value=nobodys),)))["nombres"][0] is Outcome.UNREADABLE
    heading = ("apellido paterno", "apellido materno", "nombres", "dni")
    for cell in ("SÁNCHEZ-CO/CHA", "CHOQUEHUAN/CA."):  # a speck ends the last
        (seen,) = in_rows(heading, (cell, "PAZ", "ANA", "41234567"))
        assert [n.doubt for n in seen.names] == ["está partido entre dos líneas"]
    (seen,) = in_rows(heading, ("DE LA CRUZ/PAZ", "PAZ", "ANA", "41234567"))
    assert [n.doubt for n in seen.names] == [None]


@pytest.mark.parametrize(
    ("surname", "address", "name"),
    [
        ("CHOQUEHUA/NCA", "", "CHOQUEHUANCA PAZ, ANA"),
        ("SÁNCHEZ-CO/NCHA", "", "SÁNCHEZ-CONCHA PAZ, ANA"),
        ("CHOQUEHUAN/CA", "ana.choquehuanca7@x.example", "CHOQUEHUANCA PAZ, ANA"),
        ("CHOQUEHUAN/CA", "ana.paz@x.example", None),
        ("CASTILLON/REY", "castillonrey@x.example", None),
    ],
)
def test_a_word_broken_in_its_cell_is_one_where_no_other_meaning_is_left(
    surname: str, address: str, name: str | None
) -> None:
    """No word begins with NC; and the person's own address writes the surname whole."""
    heading = ("apellido paterno", "apellido materno", "nombres", "dni", "correo")
    (seen,) = in_rows(heading, (surname, "PAZ", "ANA", "41234567", address))
    assert [n.value for n in seen.names if n.doubt is None] == ([name] if name else [])


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (("DEL ÁGUILA", "REY", "", "05796985"), "una de sus celdas está vacía"),
        (("DEI ÁGUILA", "REY", "ANA", "05796985"), "¿es de verdad «DEI»?"),
        (("REY", "PAZ", "MARÍA DE LNS ÁNGELES", "05796985"), "¿es de verdad «LNS»?"),
        (("DE PAZ", "REY", "MARÍA DE LOS ÁNGELES", "05796985"), None),
    ],
)
def test_a_name_that_cannot_be_all_or_right_is_asked_about(
    cells: tuple[str, ...], doubt: str | None
) -> None:
    """A column nothing was read in, and what is no name but a particle read badly."""
    heading = ("apellido paterno", "apellido materno", "nombres", "dni")
    (seen,) = in_rows(heading, cells)
    assert [n.doubt for n in seen.names] == [doubt]


def test_a_letter_between_a_title_and_a_name_is_the_rest_of_a_word() -> None:
    """«Ing: a Tuesta Sonia» is Inga Tuesta Sonia."""
    heading, row = "N° APELLIDOS Y NOMBRES DNI CARGO", "1 Ing: a Tuesta Sonia Amparo 19914559"
    (seen,) = people.in_passage(whole(text(heading, row)))
    assert [n.doubt for n in seen.names] == ["¿empieza antes, en «a»?"]


def test_a_gap_in_a_labelled_name_may_have_held_a_particle() -> None:
    """Two words far apart in their line, farther than the others are."""
    placed = [("Nombres", 0), ("completos:", 40), ("Rocío", 80), ("Pilar", 160), ("Ríos", 200)]
    told = tuple(Word(said, (50.0 + at, 50.0, 85.0 + at, 60.0), SURE) for said, at in placed)
    scanned = Page(1, 595.0, 842.0, Method.OCR, told)
    (seen,) = people.in_passage(whole(Piece("x.pdf", PageKind.OFICIO, (scanned,)).text))
    assert [n.doubt for n in seen.names] == ["¿falta algo entre «Rocío» y «Pilar»?"]


@pytest.mark.parametrize(
    "said", ["Yo, Paz Sánchez óscar Iván, auxiliar", "Yo, óscar Iván Paz Sánchez, auxiliar"]
)
def test_a_small_accented_letter_begins_a_name_as_a_capital_does(said: str) -> None:
    """Recognition shrinks an Ó; the rest of the name would be lost."""
    (seen,) = people.in_passage(whole(text(said)))
    assert [names.tokens(n.value) for n in seen.names] == [{"oscar", "ivan", "paz", "sanchez"}]
    assert all("Óscar" in n.value for n in seen.names)


def test_a_scan_that_shows_part_of_a_typed_name_is_shown_as_typed() -> None:
    """Two surnames by themselves contradict nothing, and are not all of it."""
    scanned = reading("RÍOS, VÁSQUEZ", PageKind.OFICIO, doubt="la fila parece de varias personas")
    said = reading("Ríos Vásquez Nélida Esperanza", PageKind.OFICIO)
    typed_ = replace(said, kind=None, evidence=replace(said.evidence, method=Method.BODY))
    assert checked(alta((scanned, typed_)))["nombres"] == (Outcome.MET, typed_.value)


@pytest.mark.parametrize(
    ("shown", "doubt", "act", "told"),
    [
        ("1634633", "tiene 7 cifras", "16346331", Outcome.MET),
        ("16346331", "otra lectura dio 16346337", "16346331", Outcome.MET),
        ("16346337", "otra lectura dio 16346331", "16346331", Outcome.MET),
        ("16346337", None, "16346331", Outcome.CONFLICT),
        ("1634637", "tiene 7 cifras", "16346331", Outcome.UNREADABLE),
        ("1634633", "tiene 7 cifras", None, Outcome.UNREADABLE),
        ("1634633", "tiene 7 cifras", "16346339", Outcome.UNREADABLE),
    ],
)
def test_a_number_a_scan_shows_badly_is_what_two_others_say(
    shown: str, doubt: str | None, act: str | None, told: Outcome
) -> None:
    """Typed in the mail, and in the act as well; but one figure off, and nobody sure of it."""
    written = reading("16346331", PageKind.OFICIO)
    by_hand = replace(written, kind=None, evidence=replace(written.evidence, method=Method.BODY))
    seen = (reading(shown, PageKind.OFICIO, doubt=doubt), by_hand)
    acts = (reading(act, PageKind.RD),) if act else ()
    claim = replace(alta((reading("PAZ LUNA ANA", PageKind.OFICIO),)), dnis=(*seen, *acts))
    assert checked(claim)["dni"][0] is told


def test_two_words_of_a_name_that_somebody_typed_make_nothing_else_of_it_sure() -> None:
    """What a poor scan adds to them is its own."""
    scanned = reading("RUIZ SOTX PAZ ANA", PageKind.OFICIO, confidence=POOR)
    said = reading("Ana Ruiz", PageKind.OFICIO)
    typed_ = replace(said, kind=None, evidence=replace(said.evidence, method=Method.BODY))
    assert checked(alta((scanned, typed_)))["nombres"][0] is Outcome.UNREADABLE


def test_a_heading_of_both_surnames_is_of_two_columns() -> None:
    """Their ruling lost, the labels of both stand one above the other."""
    heading = ("n", "apellido k apellido/paterno materno", "nombres", "dni")
    (seen,) = in_rows(heading, ("1", "RÍOS", "VÁSQUEZ", "NÉLIDA", "43776192"))
    assert [(n.value, n.doubt) for n in seen.names] == [("RÍOS VÁSQUEZ, NÉLIDA", None)]


ROW = ("1", "PAZ LUNA ANA", "41234567")


@pytest.mark.parametrize(
    ("below", "numbers"),
    [
        ("2 INGA PIZANGO NÉLIDA 4216277 Estadístico", ["41234567", "4216277"]),
        ("2 INGA PIZANGO NÉLIDA 4123456 Estadístico", ["41234567"]),  # of the first, its row cut
        ("PAZ LUNA ANA 41234567 SAN MARTÍN 1101773", ["41234567"]),  # a school
        ("Expediente 4216277", ["41234567"]),
    ],
)
def test_a_row_a_scan_broke_passes_nobody_over(below: str, numbers: list[str]) -> None:
    """Its rulings lost, and a figure of its number: what is left of it is asked about."""
    heading = ("n", "apellidos y nombres", "dni")
    table = Table((0.0, 0.0, 500.0, 500.0), (tuple(map(words, heading)), tuple(map(words, ROW))))
    lines = ("OFICIO", "De mi consideración:", "N APELLIDOS Y NOMBRES DNI CARGO", below)
    piece = Piece("x.pdf", PageKind.OFICIO, (replace(page(*lines), tables=(table,)),))
    first, *others = tables.in_piece(piece)
    assert [r.value for seen in (first, *others) for r in seen.dnis] == numbers
    assert all(r.doubt for seen in others for r in (*seen.names, *seen.dnis))


@pytest.mark.parametrize(
    ("post", "method", "rol"),
    [
        ("Encargado deí SIAGIE", Method.OCR, None),
        ("Especialista por-nivel educativo", Method.OCR, None),
        ("Coordingdr Regj: na. SIAGIE, cargo", Method.OCR, Outcome.UNREADABLE),
        ("Coordingdr Regj: na. SIAGIE, cargo", Method.TEXT, Outcome.MISSING),
    ],
)
def test_a_post_a_scan_spoilt_is_known_or_not_said_to_be_missing(
    post: str, method: Method, rol: Outcome | None
) -> None:
    """Whoever wrote it would be asked for it."""
    said = "Se solicita la baja de usuario del SIAGIE de doña Ana Ruiz Soto, con DNI 41234567,"
    lines = (*filled(UGEL_PAPER[:3], "CHOTA"), said, post)
    (case,) = cases_of("", "mesa@ugelchota.example", lines, method=method)
    assert {f.requirement: f.outcome for f in case.findings}.get("rol") is rol


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("a don ROJAS SALAS. Óscar, con", "ROJAS SALAS, Óscar"),
        ("de la UGEL LA CONVENCIÓN. Ana Ruiz Paz, con", "Ana Ruiz Paz"),
        ("doña Ana ROJAS Salas, identiticada({a) con", "Ana ROJAS Salas"),
        ("don ANA ROJAS SALAS -' con", "ANA ROJAS SALAS"),
    ],
)
def test_signs_a_scan_spoils_end_no_name(said: str, name: str) -> None:
    """A comma read as a dot between surnames and a given name; specks before the number."""
    plain = names.with_comma(said)
    span = names.before(plain, 0, len(plain))
    assert span is not None
    assert names.clean(plain[slice(*span)]) == name


def test_a_sentence_that_ends_in_a_name_is_not_the_beginning_of_the_next() -> None:
    """Two people on either side of a full stop stay two."""
    line = "Se presenta a PEDRO ROJAS. María SALAS VEGA, con DNI 44652388"
    (found,) = people.in_passage(whole(text(line)))
    assert all("PEDRO" not in name.value for name in found.names)


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        ("identificados con DNI 41234567 y DNI 07891234, respectivamente", True),
        ("identificadas con DNI N° 41234567 y 07891234, respectivamente", True),
        ("con DNI 41234567 y DNI N° 07891234", True),
        ("con DNI N° 41234567, 07891234", True),
        ("con DNI 41234567 / 07891234, respectivamente", True),
        ("con DNI 41234567, telf. 98765432", False),
        ("con DNI 41234567, 987654321", False),
        ("con DNI 41234567 y teléfono 987654321", False),
        ("identificado con DNI 41234567", False),
    ],
)
def test_a_number_among_several_is_not_the_nearest_names(said: str, doubted: bool) -> None:  # noqa: FBT001
    """Two people and then their numbers: whoever is named last has not the first."""
    line = f"Solicito el alta de doña Ana Ruiz Soto y don Luis Paz Vega, {said}."
    first = people.in_passage(whole(typed("cuerpo", line)))[0]
    assert [n.value for n in first.names] == ["Luis Paz Vega"]
    assert [(d.value, d.doubt is not None) for d in first.dnis] == [("41234567", doubted)]


@pytest.mark.parametrize(
    "order",
    [
        ("DNI: {1}", "Apellidos y nombres: {0}", "Correo: {2}"),
        ("Correo: {2}", "Apellidos y nombres: {0}", "DNI: {1}"),
        ("Correo: {2}", "DNI: {1}", "Apellidos y nombres: {0}"),
        ("Apellidos y nombres: {0}", "DNI: {1}", "Correo: {2}"),
    ],
)
@pytest.mark.parametrize("above", ["Asunto: alta de usuarios", "Correo: mesa@ugel.example"])
def test_lines_above_a_name_are_that_persons(order: tuple[str, ...], above: str) -> None:
    """Whatever leads an entry: nobody has the number or the address of the next."""
    listed = [
        ("Ruiz Soto Ana", "41234567", "ana@x.example"),
        ("Paz Vega Luis", "07891234", "luis@x.example"),
        ("Ramos Gil Rosa", "10203040", "rosa@x.example"),
    ]
    lines = [line.format(*one) for one in listed for line in (*order, "")]
    seen = people.in_passage(whole(typed("cuerpo", "\n".join([above, "", *lines]))))
    for one, (name, number, address) in zip(seen, listed, strict=True):
        assert [n.value for n in one.names] == [name]
        assert [d.value for d in one.dnis] == [number]
        assert address in {c.value for c in one.correos}
        assert {c.value for c in one.correos} <= {address, "mesa@ugel.example"}


@pytest.mark.parametrize(
    ("lines", "doubted"),
    [
        (("DNI: {1}", "Nombres: {0}"), True),
        (("Nombres: {0}", "DNI: {1}"), False),
    ],
)
def test_of_numbers_above_and_below_the_names_nobody_tells_whose_they_are(
    lines: tuple[str, ...],
    doubted: bool,  # noqa: FBT001
) -> None:
    """Who signs below a list has a number, too: nobody gets the one of the next."""
    listed = (("Ruiz Soto Ana", "41234567"), ("Paz Vega Luis", "07891234"))
    said = [line.format(*one) for one in listed for line in lines]
    seen = people.in_passage(whole(typed("cuerpo", "\n".join([*said, "Jefe", "DNI: 10203040"]))))
    assert [(s.dnis[0].doubt is not None) for s in seen] == [doubted, doubted]


def test_connectors_upon_connectors_end() -> None:
    """A text made to be read in very many ways is read in one."""
    said = "Juan Perez " + "el(a)" * 38 + " x"
    assert names.before(said, 0, len(said)) is None


def test_enye_is_no_accent() -> None:
    """PEÑA and PENA are two surnames."""
    assert spots.unaccented("PEÑA") != spots.unaccented("PENA")
    assert spots.unaccented("JOSÉ") == spots.unaccented("JOSE")


def test_a_name_after_capitals_nobody_can_read_is_in_doubt() -> None:
    """A stamp over the first surname must not make the rest of the name all of it."""
    lines = ("a doña AG®EHLSR SERNAQUÉ Flor de María, con DNI 44652388",)
    for poor in ("AG®EHLSR", "doña"):  # right behind a title, however sure
        (lost,) = people.in_passage(whole(text(*lines, poor=poor)))
        assert [bool(n.doubt) for n in lost.names] == [True]
    (sure,) = people.in_passage(whole(text(lines[0].replace("AG®EHLSR", "MG."))))
    assert [bool(n.doubt) for n in sure.names] == [False]
    (cut,) = people.in_passage(whole(text("a doña ROCÍO DEL PILAR CO DNI 44652388")))
    assert [bool(n.doubt) for n in cut.names] == [True]


def test_a_schools_code_two_models_read_apart_is_in_doubt() -> None:
    """Unless another place states the same."""
    line = text("con código modular 0734675 de Chota")
    apart = replace(line, lines=tuple(tuple(map(_doubted, line_)) for line_ in line.lines))
    doubted = intent.school_code([whole(apart)])
    assert doubted is not None
    assert doubted.doubt
    agreed = intent.school_code([whole(apart), whole(line)])
    assert agreed is not None
    assert agreed.doubt is None
    other = intent.school_code([whole(apart), whole(text("código modular 0734875"))])
    assert other is not None
    assert (other.value, bool(other.doubt)) == ("0734675", True)


def _doubted(placed: Placed) -> Placed:
    return replace(placed, word=replace(placed.word, second="0734875"))


UGEL_PAPER = (
    "UNIDAD DE GESTIÓN EDUCATIVA LOCAL {0}",
    "OFICIO N° 12-2026-UGEL",
    "Asunto: alta de usuario SIAGIE",
    "Solicito crear el usuario del Especialista SIAGIE de la UGEL {0} para don {1}, con DNI {2}.",
    "Atentamente",
    "Director de la UGEL {0}",
)
SCHOOL_PAPER = (
    "INSTITUCIÓN EDUCATIVA, código modular {0}",
    "OFICIO N° 12-2026-IE",
    "Asunto: alta de usuario SIAGIE",
    "Solicito crear el usuario de Director de la I.E. para don {1}, con DNI {2}.",
    "Atentamente",
)


def cases_of(
    said: str,
    sender: str,
    *papers: tuple[str, ...],
    method: Method = Method.TEXT,
    kinds: tuple[PageKind, ...] = (),
) -> list[Case]:
    """What a mail with such papers, oficios if not said, asks for: a case for each person."""
    pages = (replace(page(*lines), method=method) for lines in papers)
    told = chain(kinds, repeat(PageKind.OFICIO))
    pieces = tuple(
        Piece(f"{n}.pdf", kind, (one,))
        for n, (one, kind) in enumerate(zip(pages, told, strict=False))
    )
    sources = tuple(Source(p.text, p.kind, p) for p in pieces)
    who, body, none = Sender(sender, authenticated=True, reason=""), typed("c", said), typed("", "")
    material = Material(who, none, Source(body, None, raw=said), Source(none, None), sources)
    asked = claims(material, rules())
    return list(check(Request(who, asked, (), pieces, body, forwarded=False), rules()))


def offices_of(said: str, sender: str, *papers: tuple[str, ...]) -> list[tuple[str, bool]]:
    """For each person of such a mail, the office and whether it is in doubt."""
    found = [case.claim.office for case in cases_of(said, sender, *papers)]
    return [(one.value, one.doubt is not None) for one in found if one]


def filled(paper: tuple[str, ...], *values: str) -> tuple[str, ...]:
    return tuple(line.format(*values) for line in paper)


@pytest.mark.parametrize("sender", ["mesa@dre.example", "mesadepartes@ugelchota.example"])
def test_of_papers_of_two_offices_each_persons_own_tells_theirs(sender: str) -> None:
    """One mail passes on both: nobody gets an account of the other office for sure."""
    chota = filled(UGEL_PAPER, "CHOTA", "Ana Ruiz Soto", "41234567")
    cutervo = filled(UGEL_PAPER, "CUTERVO", "Luis Paz Vega", "07891234")
    first, second = offices_of("Remito lo de la UGEL Chota y otra.", sender, chota, cutervo)
    assert first == ("060004", False)
    assert second[1]


BOTH = (
    "UNIDAD DE GESTIÓN EDUCATIVA LOCAL CHOTA",
    "OFICIO N° 12-2026-UGEL",
    "Asunto: usuarios del SIAGIE",
    "Solicito {0} del SIAGIE para el personal siguiente:",
    "Apellidos y nombres: RUIZ SOTO ANA",
    "DNI: 41234567",
    "Cargo: Especialista SIAGIE",
    "Es grato dirigirme a usted para solicitar {1} al personal siguiente:",
    "Apellidos y nombres: PAZ VEGA LUIS",
    "DNI: 07891234",
    "Cargo: Especialista SIAGIE",
    "Atentamente",
    "Director de la UGEL CHOTA",
)


@pytest.mark.parametrize("method", [Method.OCR, Method.TEXT])
@pytest.mark.parametrize(
    ("first", "then", "actions"),
    [
        ("crear el usuario", "dar de baja el usuario", ["alta", "baja"]),
        ("crear el usuario", "dar de bafa eI usario", ["alta", None]),
        ("crearel usario", "dar de baja el usuario", [None, "baja"]),
    ],
)
def test_what_is_asked_for_one_person_is_not_for_another_of_whom_something_else_is(
    first: str, then: str, actions: list[str | None], method: Method
) -> None:
    """Whom a paragraph nobody can read asks for gets no account for what the other one says."""
    paper = filled(BOTH, first, then)
    cases = cases_of("", "mesa@ugelchota.example", paper, method=method)
    assert [c.claim.action and c.claim.action.value for c in cases] == actions


def test_who_is_asked_for_without_a_number_is_not_lost_beside_who_leaves() -> None:
    """The number is the other's, and so is the name behind «en reemplazo de»."""
    asked = "Solicito crear el usuario del Especialista SIAGIE de la UGEL CHOTA para doña Ana Luz"
    lines = (*UGEL_PAPER[:3], f"{asked} Paz Vega, correo ana@correo.example,", *UGEL_PAPER[4:])
    leaves = "en reemplazo de doña Rosa Gil Ríos, con DNI N° 41234567."
    paper = filled((*lines[:4], leaves, *lines[4:]), "CHOTA")
    (case,) = cases_of("", "mesa@ugelchota.example", paper)
    assert [n.value for n in case.claim.names] == ["Ana Luz Paz Vega"]
    assert case.claim.dnis == ()
    assert [c.value for c in case.claim.correos] == ["ana@correo.example"]
    assert [p.value for p in case.claim.previous] == ["Rosa Gil Ríos", "41234567"]


def test_of_papers_of_two_schools_each_persons_own_tells_theirs() -> None:
    """A UGEL passes on both; a mail that names another school than its paper is in doubt."""
    one = filled(SCHOOL_PAPER, "0734675", "Ana Ruiz Soto", "41234567")
    other = filled(SCHOOL_PAPER, "0734683", "Luis Paz Vega", "07891234")
    both = offices_of("Remito dos oficios.", "mesa@ugel.example", one, other)
    assert both == [("0734675", False), ("0734683", False)]
    said = "Remito el oficio de la I.E. de código modular 0734683."
    assert offices_of(said, "mesa@ugel.example", one) == [("0734675|0734683", True)]


def test_of_two_oficios_in_one_mail_each_persons_own_is_shown() -> None:
    """Its number and who signs it, not those of the one that asks for somebody else."""
    first = filled(UGEL_PAPER, "CHOTA", "Ana Ruiz Soto", "41234567")
    second = filled(UGEL_PAPER, "CHOTA", "Luis Paz Vega", "07891234")
    second = (second[0], "OFICIO N° 34-2026-UGEL", *second[2:-1], "Especialista de Finanzas")
    cases = cases_of("Remito dos oficios.", "mesadepartes@ugelchota.example", first, second)
    shown = [{f.requirement: (f.outcome, f.value) for f in case.findings} for case in cases]
    assert [one["oficio"][1] for one in shown] == [
        "OFICIO N° 12-2026-UGEL",
        "OFICIO N° 34-2026-UGEL",
    ]
    assert [one["firmante"][0] for one in shown] == [Outcome.MET, Outcome.CONFLICT]


ACT = (
    "RESOLUCIÓN DIRECTORAL N° 456-2026-UGEL",
    "SE RESUELVE:",
    "DESIGNAR a don {0}, con DNI {1}, como Especialista SIAGIE.",
)


@pytest.mark.parametrize(
    ("named", "number", "dni"),
    [
        ("Eli Ruiz Soto", "70354215", Outcome.CONFLICT),
        ("Eli Ruiz Soto", "72354216", Outcome.MET),
        ("Ana Ruiz Vega", "70354215", Outcome.MET),
    ],
)
def test_an_act_a_figure_and_a_word_off_is_about_the_same_person(
    named: str, number: str, dni: Outcome
) -> None:
    """A scan spoilt name and number in one paper: the other number is shown beside it."""
    asked = filled(UGEL_PAPER, "CHOTA", "Elx Ruiz Soto", "10354215")
    others = filled(UGEL_PAPER, "CHOTA", "Luis Paz Vega", "07891234")
    kinds = (PageKind.OFICIO, PageKind.OFICIO, PageKind.RD)
    case, _ = cases_of(
        "",
        "mesa@ugelchota.example",
        asked,
        others,
        filled(ACT, named, number),
        method=Method.OCR,
        kinds=kinds,
    )
    assert {f.requirement: f.outcome for f in case.findings}["dni"] is dni


OWN_PLEA = (
    "SOLICITO: baja de usuario del SIAGIE",
    "Yo, Ana Ruiz Soto, identificada con DNI 41234567, docente de la I.E. N° 508 {0}, solicito",
    "se dé de baja mi usuario del SIAGIE.",
    "Ana Ruiz Soto",
)


@pytest.mark.parametrize(
    ("place", "method", "told"),
    [
        ("con código modular 1101773", Method.OCR, (Outcome.MET, "1101773")),
        ("con código modular 1 101773", Method.OCR, (Outcome.MET, "1101773")),
        ("con código niodular 1101773", Method.OCR, (Outcome.MET, "1101773")),
        ("con código nnol~r 11O1773", Method.OCR, (Outcome.UNREADABLE, None)),
        ("de Chota", Method.OCR, (Outcome.MISSING, None)),
        ("con código nuevo", Method.TEXT, (Outcome.MISSING, None)),
    ],
)
def test_a_school_nobody_could_read_is_not_said_to_be_missing(
    place: str, method: Method, told: tuple[Outcome, str | None]
) -> None:
    """Whoever wrote the code would be asked for it."""
    (case,) = cases_of(
        "",
        "ana@correo.example",
        filled(OWN_PLEA, place),
        method=method,
        kinds=(PageKind.SOLICITUD,),
    )
    assert {f.requirement: (f.outcome, f.value) for f in case.findings}["oficina"] == told


def test_what_a_frame_leaves_before_a_name_is_none_of_it() -> None:
    """The edge of a photograph on a copy of a DNI."""
    assert names.clean("> <4 ÓSCAR HUMBERTO") == "ÓSCAR HUMBERTO"


def test_the_end_of_a_label_is_none_of_the_name_beside_it() -> None:
    """«Apellidos / y nombres» in a narrow column leaves a Y; within a name one stays."""
    assert names.clean("Y ANA RUIZ PAZ") == "ANA RUIZ PAZ"
    assert names.clean("ANA RUIZ Y PAZ") == "ANA RUIZ Y PAZ"


def test_a_dash_does_not_end_its_line() -> None:
    """It is so low that the next word, as high as the rest, seems to stand elsewhere."""
    row = (("N.°", 10.0, 20.0), ("67246", 10.0, 20.0), ("-", 14.6, 16.0), ("2026-DIR", 8.0, 25.0))
    words = tuple(Word(w, (40.0 * n, a, 40.0 * n + 30, b)) for n, (w, a, b) in enumerate(row))
    (line,) = lines_of(words, Leaf("x.pdf", 1))
    assert [p.word.text for p in line] == ["N.°", "67246", "-", "2026-DIR"]


LETTER = Word("a", (40.0, 10.0, 44.0, 20.0), POOR)


@pytest.mark.parametrize(
    ("address", "letter", "kept"),
    [
        (Word("na@x.pe", (46.0, 9.0, 90.0, 22.0), SURE), LETTER, True),
        (Word("na.x.pe", (46.0, 9.0, 90.0, 22.0), SURE), LETTER, False),
        (Word("na@x.pe", (66.0, 9.0, 90.0, 22.0), SURE), LETTER, False),
        (Word("na@x.pe", (46.0, 29.0, 90.0, 42.0), SURE), LETTER, False),
        (
            Word("na@x.pe", (46.0, 9.0, 90.0, 22.0), SURE),
            replace(LETTER, box=(40.0, 14.0, 44.0, 17.0)),
            False,
        ),
    ],
)
def test_a_letter_right_before_an_address_is_no_speck(
    address: Word,
    letter: Word,
    kept: bool,  # noqa: FBT001
) -> None:
    """Without it the password would go to somebody else; what is lower than a letter is dust."""
    found = [p.word.text for line in lines_of((letter, address), Leaf("x.pdf", 1)) for p in line]
    assert found == (["a", address.text] if kept else [address.text])


@pytest.mark.parametrize(
    ("above", "left", "narrow", "kept"),
    [
        ("Estadístic", 10.0, True, True),
        ("Estadístic", 10.0, False, False),
        ("Jefe", 10.0, True, False),
        ("Estadístic", 70.0, True, False),
    ],
)
def test_a_letter_alone_below_a_long_word_of_a_narrow_column_is_its_end(
    above: str,
    left: float,
    narrow: bool,  # noqa: FBT001
    kept: bool,  # noqa: FBT001
) -> None:
    """At the begin of the next line, below a word that may have filled the column."""
    pair = (
        Word(above, (10.0, 10.0, 80.0, 20.0), SURE),
        Word("o", (left, 24.0, left + 5, 31.0), POOR),
    )
    found = [p.word.text for line in lines_of(pair, Leaf("x.pdf", 1), narrow=narrow) for p in line]
    assert found == ([above, "o"] if kept else [above])


@pytest.mark.parametrize(
    ("post", "glued"),
    [
        (("Especialis", "ta SIAGIE"), "Especialista SIAGIE"),
        (("Director de", "primaria"), "Director deprimaria"),
        (("Especialista", "SIAGIE"), "Especialista SIAGIE"),
        (("Grado 2", "de primaria"), "Grado 2 de primaria"),
        (("ana", "rios@x.example"), "ana rios@x.example"),
    ],
)
def test_a_post_its_cell_breaks_is_read_as_its_lines_and_as_one(
    post: tuple[str, str], glued: str
) -> None:
    """Whichever names a post counts; a capital or a figure begins a word of its own."""
    cells = (words("Ruiz Paz Ana"), words("41234567"), words(*post))
    heading = (words("nombres"), words("dni"), words("cargo"))
    table = Table((0.0, 0.0, 500.0, 500.0), (heading, cells))
    scanned = replace(page("OFICIO", "De mi consideración:"), tables=(table,))
    (seen,) = tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (scanned,)))
    said = seen.context.string
    assert "\n".join(post) in said
    assert (f"\n{glued}" in said) is (glued != " ".join(post))
    assert ("".join(post) in said) is (glued == "".join(post))


def test_a_speck_after_a_title_makes_nobody_a_new_person() -> None:
    """«en lugar de don: Ana» names who leaves; whom a labelled line names does not leave."""
    said = "en lugar de don: ana rios paz"
    assert intent.is_previous(rules().wording, said, said.index("ana"))
    listed = "en reemplazo de don rios\napellidos y nombres: ana paz"
    assert not intent.is_previous(rules().wording, listed, listed.index("apellidos"))


def test_a_card_is_known_by_the_line_for_machines() -> None:
    """Where the edge of the photograph is read into the given names, that line still tells."""
    lines = ("Primer Apellido", "LLERENA", "Segundo Apellido", "SALAS", "k 4 Pre Nombres")
    card = page(*lines, "r ÓSCAR HUMBERTO", "I<PER29476031<3<<<<", "LLERENA<<OSCAR<HUMBERTO<<<")
    (seen,) = tables.in_piece(Piece("dni.pdf", PageKind.DNI, (card,)))
    assert [n.value for n in seen.names] == ["LLERENA, OSCAR HUMBERTO"]
    assert [n.value for n in seen.dnis] == ["29476031"]


# ------------------------------------------------------------------ tables that mislead


def in_rows(*rows: tuple[str, ...]) -> tuple[Seen, ...]:
    """The people of a ruled table in a picture, its heading first; lines of a cell end in «/»."""
    cells = tuple(tuple(words(*cell.split("/")) for cell in row) for row in rows)
    table = Table((0.0, 0.0, 500.0, 500.0), cells)
    scanned = replace(page("OFICIO", "De mi consideración:"), tables=(table,))
    return tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (scanned,)))


HEADING = ("apellidos y nombres", "dni", "correo")


def test_a_row_of_several_numbers_is_of_several_people() -> None:
    """A ruling between two rows was lost: all that is read of it is in doubt."""
    (fused,) = in_rows(HEADING, ("Ruiz Ana/Paz Luis", "41234567/42345678", "ana@b.example"))
    doubts = [r.doubt for r in (*fused.names, *fused.dnis, *fused.correos)]
    assert doubts
    assert all(doubts)
    assert fused.mixed
    (one,) = in_rows(HEADING, ("Ruiz Paz/Ana", "41234567", "ana@b.example"))
    assert [r.doubt for r in (*one.names, *one.dnis, *one.correos)] == [None] * 3
    assert not one.mixed


def test_a_row_without_a_number_needs_a_name_written_as_one() -> None:
    """A line of prose below the table is no person."""
    heading, prose = ("n", "nombres", "dni"), ("es grato", "reiterarle los sentimientos", "")
    assert in_rows(heading, ("1", "Ruiz Paz Ana", "41234567"), prose)[1:] == ()
    assert len(in_rows(heading, ("1", "Ruiz Paz Ana", ""))) == 1


@pytest.mark.parametrize(
    ("lost", "name"),
    [("apellido", "RUIZ PAZ, ANA"), ("", "RUIZ PAZ, ANA"), ("edad", "RUIZ, ANA")],
)
def test_a_surnames_column_whose_heading_is_lost_in_part_counts(lost: str, name: str) -> None:
    """A stamp over «materno» must not cost the second surname."""
    heading = ("apellido paterno", lost, "nombres", "dni")
    (seen,) = in_rows(heading, ("RUIZ", "PAZ", "ANA", "41234567"))
    assert [n.value for n in seen.names] == [name]


def test_a_name_in_columns_is_as_sure_as_its_least_sure_cell() -> None:
    """The first cell read well says nothing of the others."""
    cells = (words("RUIZ"), words("PAZ", poor="PAZ"), words("ANA"), words("41234567"))
    heading = tuple(map(words, ("apellido paterno", "apellido materno", "nombres", "dni")))
    table = Table((0.0, 0.0, 500.0, 500.0), (heading, cells))
    scanned = replace(page("OFICIO", "De mi consideración:"), tables=(table,))
    (seen,) = tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (scanned,)))
    assert [n.evidence.confidence for n in seen.names] == [POOR]


def test_lines_of_rows_without_rulings_may_be_mixed() -> None:
    """What stands between the lines of two numbers may be either's."""
    heading, first, last = (
        "APELLIDOS Y NOMBRES DNI CARGO",
        "Ruiz Paz Ana 41234567",
        "Gil Sol Eva 42345678",
    )
    several = people.in_passage(whole(text(heading, first, "Inicial", last)))
    single = people.in_passage(whole(text(heading, first, last)))
    assert [s.mixed for s in several] == [True, False]
    assert [s.mixed for s in single] == [False, False]
    said = replace(text(heading, first, "Inicial", last), method=Method.TEXT)
    assert [s.mixed for s in people.in_passage(whole(said))] == [False, False]


def test_whom_an_oficio_is_sent_to_does_not_end_it() -> None:
    """Where the asunto is lost, nothing else tells the addressee from who signs."""
    said = ("Señor(a):", "JEFE(A) DE LA UNIDAD DE ESTADÍSTICA", "Nombres: ANA RUIZ", "Dr. LUIS PAZ")
    main = zones(text(*said, "DIRECTOR DE LA UGEL HUARAZ"), PageKind.OFICIO).main.string
    assert "ANA RUIZ" in main
    assert "LUIS PAZ" not in main


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        ("a don óscar Iván Condori Paz, con DNI 77819240", True),
        ("a don Iván Condori Paz, con DNI 77819240", False),
    ],
)
def test_a_name_a_picture_may_have_cut_is_in_doubt(said: str, doubted: bool) -> None:  # noqa: FBT001
    """A word nobody could read stands between the title and it."""
    (seen,) = people.in_passage(whole(text(said, poor="óscar")))
    assert [n.doubt is not None for n in seen.names] == [doubted]


@pytest.mark.parametrize(
    ("below", "name"),
    [
        (("Zevallos", "DNI Nro. 41234567"), "Margarita RAMOS Zevallos"),
        (("de la Cruz Paz.", "DNI Nro. 41234567"), "Margarita RAMOS"),
        (("Cargo", "DNI Nro. 41234567"), "Margarita RAMOS"),
        (("DNI Nro. 41234567", "Zevallos"), "Margarita RAMOS"),
        (("Presente", "Señores"), "Margarita RAMOS"),
    ],
)
def test_a_labelled_name_runs_on_to_the_next_label(below: tuple[str, ...], name: str) -> None:
    """A line of names alone between them is the rest of it."""
    said = ("Apellidos y Nombres : Margarita RAMOS", *below, "Correo: m@b.example")
    seen, *_ = people.in_passage(whole(text(*said)))
    assert [n.value for n in seen.names] == [name]


def test_a_labelled_name_that_ends_in_del_goes_on() -> None:
    """The rest stands in the next line, beside the label's last word."""
    said = ("APELLIDOS Y : SAN MARTÍN RUIZ ROCÍO DEL", "NOMBRES PILAR", "DNI: 41234567")
    seen, *_ = people.in_passage(whole(text(*said)))
    assert [bool(n.doubt) for n in seen.names] == [True]


def test_a_row_of_several_people_lends_no_name_to_one_of_them() -> None:
    """It holds theirs letter by letter, and another's as well."""
    oficio = reading("LEÓN PIZANGO, FÉLIX", PageKind.OFICIO)
    fused = "FLOR SERNAQUÉ FÉLIX LEÓN PIZANGO"
    mixed = reading(fused, PageKind.RD, doubt="la fila parece de varias personas")
    assert checked(alta((oficio, mixed)))["nombres"] == (Outcome.MET, oficio.value)


def test_a_form_in_which_no_number_was_made_out_is_looked_at() -> None:
    """What the mail says was not held against it, though nobody can read whom it names."""
    body = replace(reading("41234567", PageKind.OFICIO), kind=None)
    form = Piece("s09.pdf", PageKind.S09, (page("FORMULARIO S09", "DNI |4|1]2"),))
    name = replace(
        reading("Ruiz Paz Ana", PageKind.S09),
        evidence=Evidence("s09.pdf", 1, None, "", Method.OCR, SURE),
    )
    asked = reading(Action.BAJA.value, PageKind.OFICIO)
    role = reading("central-atencion", PageKind.OFICIO)
    claim = Claim(action=asked, role=role, names=(name,), dnis=(body,))
    sender = Sender("mesa@minedu.example", authenticated=True, reason="")
    cases = (
        ((), (name,), Outcome.UNREADABLE),
        ((), (replace(name, kind=None, evidence=body.evidence),), Outcome.UNREADABLE),
        (("41234567",), (name,), Outcome.MET),
        (("41234576",), (name,), Outcome.UNREADABLE),
    )
    for told, names_, outcome in cases:
        doubt = "está partido entre dos líneas"  # another number, in doubt, is none made out
        read = tuple(Reading(n, PageKind.S09, name.evidence, doubt) for n in told)
        both = replace(claim, dnis=(*claim.dnis, *read), names=names_)
        request = Request(sender, (both,), (), (form,), typed("cuerpo", ""), forwarded=False)
        findings = {f.requirement: f.outcome for f in check_claim(both, request, rules()).findings}
        assert findings["dni"] is outcome


def test_a_form_that_shows_another_number_contradicts_though_half_the_name_is_lost() -> None:
    """The given names alone are a part of the person's; another's paper is told of as such."""
    asked = reading(Action.ALTA.value, PageKind.OFICIO)
    role = reading("especialista-ugel", PageKind.OFICIO)
    mine = reading("RUIZ PAZ, ANA ROSA", PageKind.OFICIO)
    for name, outcome in (("ANA ROSA", Outcome.CONFLICT), ("VEGA GIL, LUZ INÉS", Outcome.MET)):
        names_ = (mine, reading(name, PageKind.RD))
        numbers = (reading("41234567", PageKind.OFICIO), reading("41234576", PageKind.RD))
        claim = Claim(action=asked, role=role, names=names_, dnis=numbers)
        assert checked(claim)["dni"][0] is outcome


def test_a_name_after_a_title_and_a_sign_is_whole_or_in_doubt() -> None:
    """A speck behind the first name must not cut it off: a dot there ends no sentence."""
    (seen,) = people.in_passage(whole(text("a doña DORIS. MARIBEL ÑAUPARI LEÓN, DNI 28902480")))
    assert [(n.value, n.doubt) for n in seen.names] == [("DORIS MARIBEL ÑAUPARI LEÓN", None)]
    (seen,) = people.in_passage(whole(text("a doña DORIS: MARIBEL ÑAUPARI LEÓN, DNI 28902480")))
    assert [bool(n.doubt) for n in seen.names] == [True]
    (next_,) = people.in_passage(whole(text("de UGEL Huaraz. MARIBEL ÑAUPARI LEÓN, DNI 28902480")))
    assert [bool(n.doubt) for n in next_.names] == [False]


@pytest.mark.parametrize(
    ("above", "below", "named"),
    [
        ("Educación Unidad de Gestión Educativa Local", "San Martín Bellavista", ["220002"]),
        ("Educación | Unidad de Gestión Educativa Local", "San Martín Bellavista", ["220002"]),
        ("Educación Unidad de Gestión Educativa Local", "San Martín", []),
        ("Educación", "Unidad de Gestión Educativa Local Bellavista", ["220002"]),
    ],
)
def test_a_boxed_letterhead_is_read_across_its_columns(
    above: str, below: str, named: list[str]
) -> None:
    """The region's name stands before the office's; alone it names no UGEL."""
    found = rules().offices.mentions(f"Dirección Regional de {above}\n{below}")
    assert [c for m in found if m.type is OfficeType.UGEL for c in m.codes] == named
