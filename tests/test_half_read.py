"""What a scan shows in part is told by what surely follows from the rest of it, or is in doubt."""

import time
from dataclasses import replace

import pytest
from accuracy import rules
from test_doubts import POOR, SURE, alta, checked, in_rows, page, reading, text
from test_rereading import DPI, drawn, is_sure, word

from mailbot.check.papers import Paper
from mailbot.model import Evidence, Method, Outcome, PageKind, Reading, Sender, Word
from mailbot.parsers import (
    asking,
    ballot,
    cells,
    identity,
    intent,
    names,
    ocr,
    opinion,
    people,
    recognise,
    rereading,
    seams,
    spots,
    tables,
)
from mailbot.parsers.addresses import near_name, settled
from mailbot.parsers.claims import claims
from mailbot.parsers.material import Material, Source
from mailbot.parsers.pieces import Piece, kind_of
from mailbot.parsers.text import Leaf, Text, lines_of, typed, whole
from mailbot.parsers.zones import zones
from mailbot.procedures import OfficeType

DRE, UGEL = OfficeType.DRE, OfficeType.UGEL

# ------------------------------------------------------------------ offices and posts


def types_of(*lines: str) -> frozenset[OfficeType]:
    """The types of office that may ask by a paper with such lines."""
    piece = Piece("x.pdf", PageKind.OFICIO, (page(*lines),))
    return asking._by_paper(Source(piece.text, piece.kind), rules())  # noqa: SLF001  a rule of its own


@pytest.mark.parametrize(
    ("lines", "types"),
    [
        (
            (
                "DIRECCIÓN REGIONAL DE EDUCACIÓN LORETO Unidad d Nauta",
                "Gestión Educativa Local",
                "ASUNTO",
            ),
            {UGEL},
        ),
        (("DIRECCIÓN REGIONAL DE EDUCACIÓN LORETO", "ASUNTO"), {DRE}),
        (("ASUNTO alta", "Atentamente", "DIRECTOR (e) DE LA UGEL"), {UGEL}),
        (("ASUNTO alta", "Atentamente", "DIRECTOR ie) DE LA UGEL"), {UGEL}),
        (("ASUNTO alta", "Atentamente", "DIRECTOR DE LA I.E. 123"), {OfficeType.IE}),
        (("ASUNTO alta", "Atentamente", "DIRECTOR"), set()),
    ],
)
def test_whose_a_paper_is_is_told_by_what_is_left_of_it(
    lines: tuple[str, ...], types: set[OfficeType]
) -> None:
    """A UGEL's paper taken for its DRE's would ask for another post, of another office."""
    assert types_of(*lines) == types


def test_the_grounds_of_an_act_are_no_letterhead() -> None:
    """Every act says what a UGEL is."""
    act = (
        "DIRECCIÓN REGIONAL DE EDUCACIÓN ANCASH",
        "CONSIDERANDO:",
        "Que, la Unidad de Gestión Educativa Local es una instancia",
    )
    assert not intent.is_ugels(text(*act).folded)


@pytest.mark.parametrize(
    ("post", "role"),
    [
        ("Responsable de Estadística UGEL", None),
        ("Responsable de Estadística", "estadistico-dre"),
        ("Responsable de Estadística de la DRE", "estadistico-dre"),
    ],
)
def test_a_post_at_an_office_of_another_type_is_not_looked_for_elsewhere(
    post: str, role: str | None
) -> None:
    """The next person of the list holds another one."""
    asked = whole(text(f"Ana Ruiz Paz Cargo {post}", "Luz Paz Cargo Especialista en Estadística"))
    found = intent.role(rules().guide, [asked], frozenset({DRE}), 0)
    assert (found and found.value) == role


def test_the_post_of_who_signs_is_known_though_a_blank_is_lost() -> None:
    assert ocr.without_specks("DIRECTORDE") == "DIRECTOR DE"
    assert ocr.without_specks("JEFADEL") == "JEFA DEL"
    assert ocr.without_specks("DIRECTORA") == "DIRECTORA"


def test_a_request_ends_where_a_director_in_charge_signs() -> None:
    """A stamp hides the greeting."""
    lines = ("ASUNTO alta", "pido esto y l ertinentes", "Ana PAZ", "DIRECTOR (e) DE LA UGEL")
    assert zones(text(*lines), PageKind.OFICIO).tail.string.startswith("Ana PAZ")
    spoilt = zones(text("ASUNTO alta", "entamente,", "Ana PAZ"), PageKind.OFICIO)
    assert spoilt.tail.string.startswith("entamente")


def test_the_first_letter_of_an_article_may_be_lost() -> None:
    asked = whole(text("Asunto: baja", "solicitar la desactivación de os accesos al SIAGIE"))
    found = intent.action(rules().wording, (asked,))
    assert found is not None
    assert found.value == "baja"


@pytest.mark.parametrize("sign", ["", ":", ";", "."])
def test_a_sign_behind_an_article_is_a_speck(sign: str) -> None:
    asked = whole(
        text("Asunto: baja", f"solicitar la desactivación de{sign} los accesos al SIAGIE")
    )
    found = intent.action(rules().wording, (asked,))
    assert found is not None
    assert found.value == "baja"


def test_only_a_few_letters_of_a_narrow_column_are_a_words_end() -> None:
    """«Especialist / a por nivel / educativo»: its last word stands for itself."""
    said = ("Especialist", "a por nivel", "educativo")
    cell = Text("x.pdf", Method.OCR, lines_of(words_below(*said), Leaf("x.pdf", 1), narrow=True))
    glued = [" ".join(p.word.text for p in line) for line in cells.glued(cell)]
    assert glued == ["Especialista por niveleducativo", "Especialista por nivel educativo"]


def words_below(*lines: str) -> tuple[Word, ...]:
    """The words of such lines in a narrow column."""
    return tuple(
        Word(said, (30.0 * n, 20.0 * row, 30.0 * n + 25, 20.0 * row + 10), SURE)
        for row, line in enumerate(lines)
        for n, said in enumerate(line.split())
    )


# ------------------------------------------------------------------ names and numbers


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("a doña Paz Luna Doris. Maribel, identificada con DNI 28902480", "Paz Luna Doris Maribel"),
        ("a doña PAZ LUNA Doris . Maribel, con DNI 28902480", "PAZ LUNA Doris Maribel"),
        ("a doña PAZ . LUNA Doris Maribel, con DNI 28902480", "PAZ LUNA Doris Maribel"),
        ("a doña DEL: CARPIO SÁNCHEZ, Karina, con DNI 28902480", "DEL CARPIO SÁNCHEZ, Karina"),
        ("a doña PAZ DE LA. CRUZ Ana, con DNI 28902480", "PAZ DE LA CRUZ Ana"),
        ("a don Rómulo D la Cruz Mamani, con DNI 28902480", "Rómulo De la Cruz Mamani"),
        ("a doña Ma. Elena Paz Ríos, con DNI 28902480", "Ma. Elena Paz Ríos"),
    ],
)
def test_a_sign_inside_a_name_is_a_speck(said: str, name: str) -> None:
    """Nobody is called Maribel alone."""
    (seen,) = people.in_passage(whole(text(said)))
    assert [(n.value, n.doubt) for n in seen.names] == [(name, None)]


def test_a_sign_alone_inside_a_name_is_asked_about() -> None:
    """It may be a speck, or end another name."""
    (seen,) = people.in_passage(whole(text("a doña PAZ ; LUNA Doris Maribel, con DNI 28902480")))
    assert [n.doubt for n in seen.names] == ["¿empieza antes, en «;»?"]


def test_a_dot_before_a_whole_name_ends_a_sentence() -> None:
    string = "de la UGEL Chota. Maribel, identificada"
    assert names.before(string, 0, len(string)) is None


def test_a_colon_read_as_a_digit_or_a_sign_is_no_part_of_a_name() -> None:
    for colon in ("2", "¿", ":"):
        lines = (f"Apellidos y Nombres {colon} Paz Luna Ana", "DNI 28902480")
        (seen,) = people.in_passage(whole(text(*lines, poor="2 ¿")))
        (name,) = seen.names
        assert (name.value, name.evidence.confidence) == ("Paz Luna Ana", SURE)
    assert names.clean("¿Paz Luna Ana") == "Paz Luna Ana"


def test_a_name_goes_on_behind_a_dash_nobody_is_sure_of() -> None:
    lines = ("a don PAZ LUNA", "- ELÍ, identificado con DNI 28902480")
    (seen,) = people.in_passage(whole(text(*lines, poor="-")))
    assert [n.value for n in seen.names] == ["PAZ LUNA ELÍ"]


def test_who_asks_for_themselves_is_not_begun_by_the_word_before() -> None:
    (seen,) = people.in_passage(whole(text("YO; PAZ LUNA ANA, con DNI 28902480", poor="YO;")))
    assert [(n.value, n.doubt) for n in seen.names] == [("PAZ LUNA ANA", None)]


def test_a_speck_in_the_label_of_a_number_loses_it_not() -> None:
    said = text("a don Paz Luna Ana, con Documento Nacional de [Identidad N° 28902480")
    assert [f.reading.value for f in identity.dnis(said, 0, len(said.string), None)] == ["28902480"]


@pytest.mark.parametrize(("read", "words"), [("9'0", "9 0"), ("2:6", "2 6"), ("10:26", "10:26")])
def test_two_digits_and_a_speck_between_them_are_two(read: str, words: str) -> None:
    assert ocr.without_specks(read) == words


def test_the_colon_before_a_number_is_none_of_it() -> None:
    """Read with the first model as a digit, by two others as what it is."""
    spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
    spot.told[ocr.SPANISH, 1.0] = ":73968774"
    spot.heard[opinion.CLOSE] = opinion.Opinion(":73968774", 0.99)
    found = rereading._number(word("739608174", POOR), spot)  # noqa: SLF001  a rule of its own
    assert (found.text, is_sure(found)) == ("73968774", True)


def test_a_word_two_models_guess_is_in_doubt_if_it_looks_otherwise_with_room() -> None:
    """TEÓFILO, in a coarse scan."""
    for roomy, sure in (("Teófilo", False), ("Teótilo", True)):
        spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
        spot.told.update({(m, by): "Teótilo" for m in (ocr.SPANISH,) for by in (1.0, 1.2)})
        spot.told.update({(m, 1.5): "" for m in (ocr.SPANISH, ocr.ENGLISH, ocr.LATIN)})
        spot.told.update({(ocr.ENGLISH, by): "Vestilo" for by in (1.0, 1.2)})
        spot.heard[opinion.CLOSE] = opinion.Opinion("Teótilo", 0.91)
        spot.heard[opinion.ROOMY] = opinion.Opinion(roomy, 0.89)
        found = rereading._unsure(word("Tectilo", POOR), spot)  # noqa: SLF001  a rule of its own
        assert (found.text, is_sure(found)) == ("Teótilo", sure)


def test_a_speck_between_the_words_of_a_cell_is_none_of_them() -> None:
    """Words of one letter are, if they mean something."""
    picture = drawn("QUISPE     Ana", wide=200)
    patch = ocr.Patch(picture, DPI, (0, 0))
    for sign, kept in ((".", False), ("i", False), ("y", True)):
        placed = (word("QUISPE"), replace(word(sign), box=(60.0, 9.0, 65.0, 14.0)), word("Ana"))
        found = recognise._without_dust(placed, patch)  # noqa: SLF001  a rule of its own
        assert (sign in [w.text for w in found]) is kept


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("address", "whose", "meant"),
    [
        ("carculg53@x.example", {"carmen", "culqui", "quispe"}, "carculq"),
        ("carculq53@x.example", {"carmen", "culqui", "quispe"}, None),
        ("rersan24@x.example", {"hernan", "sanchez"}, "hersan"),
        ("pelusa99@x.example", {"hernan", "sanchez"}, None),
        ("hermogenessemaque@x.example", {"hermogenes", "sernaque"}, "sernaque"),
        ("hermogenessernaque@x.example", {"hermogenes", "sernaque"}, None),
        ("ramos-ins20@x.example", {"iris", "ramos"}, "iris"),
        ("pinsa20@x.example", {"iris", "ramos"}, None),
    ],
)
def test_begins_of_a_name_but_for_one_letter_are_in_doubt(
    address: str, whose: set[str], meant: str | None
) -> None:
    found = near_name(reading(address, PageKind.OFICIO), whose)
    assert (found.doubt is not None) is (meant is not None)
    assert meant is None or f"«{meant}»" in (found.doubt or "")


@pytest.mark.parametrize(
    ("local", "doubted"),
    [
        ("1ponce85", True),
        ("mar1oluz", True),
        ("ponce85", False),
        ("ie38luz", False),
        ("85luz", False),
    ],
)
def test_a_lone_digit_among_letters_is_in_doubt(
    local: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    said = text(f"correo {local}@correo.example")
    (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
    assert ("Está solo entre letras" in (found.reading.doubt or "")) is doubted


@pytest.mark.parametrize(
    ("before", "value", "whose"),
    [
        ("katherine.", "katherine.luz@correo.example", {"katherine"}),
        ("katherine..", "katherine.luz@correo.example", {"katherine"}),
        ("cuaderno.", "cuaderno.luz@correo.example", None),
    ],
)
def test_a_dot_and_a_blank_may_stand_in_an_address(
    before: str, value: str, whose: set[str] | None
) -> None:
    """No sentence begins in small letters; the person's name tells."""
    said = text(f"de Huancavelica, {before} luz@correo.example")
    (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
    assert found.reading.value == value
    assert found.reading.doubt is not None
    assert (settled(found.reading, {"katherine"}).doubt is None) is (whose is not None)


def test_what_leads_to_an_address_is_none_of_it() -> None:
    said = text("con correo electronico. luz@correo.example")
    (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
    assert (found.reading.value, found.reading.doubt) == ("luz@correo.example", None)


def test_a_great_provider_s_end_may_have_a_letter_spoilt() -> None:
    assert identity.provided("ana@gmail.cam") == "ana@gmail.com"
    assert identity.provided("ana@ugel.cam") == "ana@ugel.cam"
    assert ocr.without_specks("felix690əhotmail.com") == "felix690@hotmail.com"


def test_of_two_views_the_one_seen_wide_as_well_counts() -> None:
    for wide, told in (("b@x.pe", {"b@x.pe"}), ("a@x.pe", {"a@x.pe"}), ("c@x.pe", set())):
        spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
        views = (opinion.CLOSE, opinion.ROOMY, opinion.WIDE)
        for view, said in zip(views, ("a@x.pe", "b@x.pe", wide), strict=True):
            spot.heard[view] = opinion.Opinion(said, 0.99)
        assert {address for address, _ in ballot._other_make(spot)} == told  # noqa: SLF001


def test_a_blank_the_other_make_does_not_see_is_none() -> None:
    for heard, text_ in (("ana17@", "ana17@"), ("ana 17@", "ana 17@")):
        spot = spots.Spot(drawn("x"), (0, 0, 9, 9), DPI)
        for view in (opinion.CLOSE, opinion.ROOMY):
            spot.heard[view] = opinion.Opinion(heard, 0.99)
        assert ballot._closed("ana 17@", spot) == text_  # noqa: SLF001  a rule of its own


@pytest.mark.parametrize(
    ("before", "after", "cut"),
    [
        ("ana.luz.ramos", "1", True),
        ("ana.luz.ramos", "17@gmail.com", True),
        ("ana.luz.ramos", "28902480", False),
        ("ramos", "17@gmail.com", False),
        ("ramos1", "7@gmail.com", True),
    ],
)
def test_the_digits_an_address_ends_in_may_stand_apart(
    before: str,
    after: str,
    cut: bool,  # noqa: FBT001
) -> None:
    assert seams._may_be_cut(before, after, 0.5) is cut  # noqa: SLF001  a rule of its own


def test_an_address_the_name_explains_is_in_no_doubt() -> None:
    """«mar», «ramo» of María Ramos: no «maria» with a letter spoilt."""
    for address, doubted in (("marramo88@x.example", False), ("marfa88@x.example", True)):
        found = near_name(reading(address, PageKind.OFICIO), {"maria", "ramos"})
        assert (found.doubt is not None) is doubted


def test_a_streak_across_a_heading_is_no_column() -> None:
    """The rows below have one cell less."""
    heading = ("N°", "APELLIDO PATERNO", "1", "APELLIDO MATERNO", "NOMBRES", "DNI")
    below = ("1", "RAMOS", "PAZ", "ANA LUZ", "28902480")
    (seen,) = in_rows(heading, below)
    assert [n.value for n in seen.names] == ["RAMOS PAZ, ANA LUZ"]


def test_a_particle_is_no_end_of_the_word_before() -> None:
    """The other make sees no blank between «DIRECTOR DE»."""
    assert not seams._may_be_cut("DIRECTOR", "DE", 0.1)  # noqa: SLF001  a rule of its own
    assert seams._may_be_cut("DIREC", "TOR", 0.1)  # noqa: SLF001  a rule of its own


def test_a_number_beside_a_name_is_not_passed_over_because_its_label_is_lost() -> None:
    """Two of three people would go without a word, and the third be called complete."""
    lines = (
        "la cuenta de doña GIULIANA FLORES PEÑA, con Documento",
        "Nacional dé 4äentidad Nf 28902480, y de doña ROSA PAZ LEÓN, identificada cor NY",
        "43892262; y de don LUIS RÍOS VEGA, enfzado rn 72783606, SINAD N° 19299165",
    )
    people_seen = people.in_passage(whole(text(*lines)))
    assert [n.value for seen in people_seen for n in seen.names] == [
        "GIULIANA FLORES PEÑA",
        "ROSA PAZ LEÓN",
        "LUIS RÍOS VEGA",
    ]
    assert [(d.value, d.doubt) for seen in people_seen for d in seen.dnis] == [
        ("28902480", None),
        ("43892262", None),
        ("72783606", "¿de qué es este número?"),
    ]


def test_no_domain_has_a_comma() -> None:
    for lines, value in (
        (("luz@correo", "„example"), ["luz@correo.example"]),
        (("luz@gmail,com",), ["luz@gmail.com"]),
        (("luz@ugel, es de ella",), []),
    ):
        said = text(*lines)
        found = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
        assert [f.reading.value for f in found] == value


@pytest.mark.parametrize(
    "said",
    [
        *("DNI Nro. PR: 28902480", "DNI Di 28902480", "DNI N° 28902480", "DNINe : 28902480"),
        "DNI Nro. :_ 28 902 480",
    ],
)
def test_what_stands_before_eight_digits_loses_no_number(said: str) -> None:
    read = text(f"Ana Paz Ríos, {said}")
    assert [f.reading.value for f in identity.dnis(read, 0, len(read.string), None)] == ["28902480"]


def test_the_sign_of_a_paper_s_number_may_be_a_low_line() -> None:
    piece = Piece("x.pdf", PageKind.OFICIO, (page("OFICIO N_0651 - 2026-UGEL"),))
    assert "0651" in (Paper(piece).number or "")


def test_surnames_and_a_dot_lead_to_the_given_names() -> None:
    said = "a don RAMOS PAZ. Juan Carlos, identificado con DNI 28902480"
    (seen,) = people.in_passage(whole(text(said)))
    assert [(n.value, n.doubt) for n in seen.names] == [("RAMOS PAZ, Juan Carlos", None)]


def test_who_is_replaced_is_told_though_an_a_is_lost() -> None:
    said = "a don Paz Luna Iris, con DNI N° 43892262, reemplazando doña Ríos Paz Yeny, DNI 72783606"
    string = text(said).folded
    wording = rules().wording
    assert intent.is_previous(wording, string, string.index("rios paz"))
    assert not intent.is_previous(wording, string, string.index("paz luna"))


def test_what_a_great_provider_is_called_by_twice_is_in_doubt() -> None:
    for address, doubted in (
        ("ana@gmail.mail.com", True),
        ("ana@educ.a.example", True),
        ("ana@outlook.es", False),
        ("ana@yahoo.es", False),
    ):
        said = text(f"correo {address}")
        (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
        assert (found.reading.doubt is not None) is doubted


def test_surnames_in_capitals_and_any_sign_lead_to_given_names() -> None:
    said = "a doña DE LA CRUZ PEÑA; María del Carmen, identificada con DNI 28902480"
    (seen,) = people.in_passage(whole(text(said)))
    assert [n.value for n in seen.names] == ["DE LA CRUZ PEÑA, María del Carmen"]


def test_a_label_goes_on_below_its_number_though_its_colon_is_lost() -> None:
    lines = ("Apellidos y Nombres PAZ LUNA Ana", "documento de 28902480-7", "identidad N°")
    (seen,) = people.in_passage(whole(text(*lines)))
    assert [d.value for d in seen.dnis] == ["28902480"]
    assert not [*identity.dnis(text("documento de 28902480 soles"), 0, 27, None)]


def test_a_cell_s_number_has_specks_for_dots() -> None:
    (seen,) = in_rows(("apellidos y nombres", "dni"), ("PAZ LUNA Ana", "06:591.960"))
    assert [d.value for d in seen.dnis] == ["06591960"]


def test_two_labels_in_a_heading_s_cell_are_two_columns() -> None:
    """Where a ruling was lost in the heading alone."""
    heading = ("N", "APELLIDO PATERNO", "APELLIDO MATERNO1NOMBRES", "DNI", "CARGO")
    below = ("1", "LLANOS", "YAURI", "FREDDY YONATAN", "08220806", "Especialista")
    (seen,) = in_rows(heading, below)
    assert [n.value for n in seen.names] == ["LLANOS YAURI FREDDY YONATAN"]
    assert [(d.value, d.doubt) for d in seen.dnis] == [("08220806", None)]


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Resolución Directoral N *oI 723-2026-UGEL", None),
        ("Resolución Directoral N*o 1723-2026-UGEL", "1723"),
        ("Resolución Direcloral 1723-2026-UGEL", "1723"),
    ],
)
def test_a_paper_s_number_may_begin_in_a_word_nobody_can_read(
    title: str, number: str | None
) -> None:
    lines = page(title, "SE RESUELVE", poor="*oI N*o Direcloral")
    unread = tuple(replace(w, confidence=0.0) if w.confidence == POOR else w for w in lines.words)
    paper = Paper(Piece("x.pdf", PageKind.RD, (replace(lines, words=unread),)))
    assert (number or "") in (paper.number or "")
    assert (paper.number is None) is (number is None)


def test_a_number_nobody_can_read_is_no_part_of_the_name_above_it() -> None:
    lines = ("Apellidos y Nombres PAZ LUNA. Ana", "DNI OMI", "Correo institucional ana@x.example")
    (seen,) = people.in_passage(whole(text(*lines)))
    assert [n.value for n in seen.names] == ["PAZ LUNA, Ana"]


def test_a_label_is_known_though_the_i_of_dni_is_lost_behind_it() -> None:
    (seen,) = people.in_passage(
        whole(text("NOMBRES : PAZ Ana", "DOC. DE IDENTIDAD : D.N. N 28902480"))
    )
    assert [d.value for d in seen.dnis] == ["28902480"]


@pytest.mark.parametrize(
    "post",
    [
        "Responsable. Regional del SIAGIE",
        "Responsable Regional del del SIAGIE",
        "Coordinador Regionai SIAGIE",
    ],
)
def test_a_sign_or_a_word_twice_in_a_post_hides_it_not(post: str) -> None:
    asked = whole(text(f"Ana Ruiz Paz Cargo {post}"))
    found = intent.role(rules().guide, [asked], frozenset({DRE}), 0)
    assert found is not None
    assert found.value == "especialista-dre"
    assert ocr.without_specks("Especialistaen") == "Especialista en"


def test_a_dot_behind_what_leads_to_who_leaves_is_a_speck() -> None:
    said = text("con correo a@x.pe, reemplazando a. don RÍOS PAZ ANA, con DNI 28902480").folded
    assert intent.is_previous(rules().wording, said, said.index("rios paz"))


def test_several_dots_and_blanks_may_stand_in_an_address() -> None:
    said = text("con correo electronico. siagie. nelida. rojas@outlook.es")
    (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
    assert found.reading.value == "siagie.nelida.rojas@outlook.es"
    assert settled(found.reading, {"nelida", "rojas"}).doubt is not None
    assert settled(found.reading, {"siagie", "nelida"}).doubt is None


def test_a_number_beside_a_name_like_a_doubted_one_is_the_person_s() -> None:
    """«ROJAS TICONA, EN» of a fax: the resolution about Rojas Ticona Jhon says another number."""
    names_ = (
        reading("ROJAS TICONA, EN", PageKind.OFICIO, doubt="¿sigue después de «EN»?"),
        reading("Rojas Ticona Jhon", PageKind.RD),
    )
    numbers = (reading("22887199", PageKind.OFICIO), reading("22887919", PageKind.RD))
    told = checked(replace(alta(names_), dnis=numbers))
    assert told["dni"][0] is Outcome.CONFLICT
    other = (names_[0], reading("Ana Ruiz Paz", PageKind.RD))
    assert checked(replace(alta(other), dnis=numbers))["dni"][0] is Outcome.MET


def test_a_row_with_more_figures_than_a_number_has_is_of_several_people() -> None:
    heading = ("apellidos y nombres", "dni")
    (seen,) = in_rows(heading, ("POMA ROJAS FELIX KARINA", "00148691 07042 2"))
    assert seen.mixed
    (seen,) = in_rows(heading, ("POMA ROJAS FELIX", "00148691-2"))
    assert not seen.mixed


def test_a_wide_place_inside_a_name_may_have_held_a_word() -> None:
    """«Rómulo Andrés ESPINOZA», a stamp on the second."""
    for at, doubted in ((180.0, True), (95.0, False)):
        boxes = ((10, 40), (45, 90), (at, at + 60), (at + 65, at + 100), (at + 105, at + 130))
        told = ("don", "Rómulo", "ESPINOZA", "Ruiz,", "DNI")
        line = [
            Word(said, (float(a), 10.0, float(b), 20.0), SURE)
            for said, (a, b) in zip(told, boxes, strict=True)
        ]
        line.append(Word("45974261", (at + 135, 10.0, at + 180, 20.0), SURE))
        read = Text("x.pdf", Method.OCR, lines_of(line, Leaf("x.pdf", 1)))
        (seen,) = people.in_passage(whole(read))
        assert [n.value for n in seen.names] == ["Rómulo ESPINOZA Ruiz"]
        assert ["¿falta algo" in (n.doubt or "") for n in seen.names] == [doubted]


def test_a_label_cut_by_a_streak_is_one() -> None:
    heading = ("N°", "APELLIDOS", "Y NOMBRES", "DNI", "CARGO")
    (seen,) = in_rows(heading, ("1", "PAZ LUNA Ana", "28902480", "Especialista"))
    assert [n.value for n in seen.names] == ["PAZ LUNA Ana"]
    assert [d.value for d in seen.dnis] == ["28902480"]
    (seen,) = people.in_passage(whole(text("Apellidos Yy Nombres PAZ LUNA Ana", "DNI 28902480")))
    assert [n.value for n in seen.names] == ["PAZ LUNA Ana"]


def test_lines_that_mix_leave_an_address_in_doubt() -> None:
    """The row of a photograph whose rulings nobody found."""
    for behind, doubted in (("ana.maria.choque", True), ("Ana", False), ("www.ugel.pe", False)):
        said = text(f"correo huanca@correo.example {behind} Cargo")
        (found,) = identity.correos(said, 0, len(said.string), PageKind.OFICIO)
        assert (found.reading.doubt is not None) is doubted


# ------------------------------------------------------------------ people nobody may pass over


def seen_in(*lines: str) -> list[tuple[list[str], list[tuple[str, str | None]]]]:
    """The names and the numbers of each person such lines name."""
    return [
        ([n.value for n in seen.names], [(d.value, d.doubt) for d in seen.dnis])
        for seen in people.in_passage(whole(text(*lines)))
    ]


def test_who_has_a_number_nobody_can_read_is_named_all_the_same() -> None:
    lines = (
        "dar de alta a don Elí AGUILAR Tupac - DNI Nro. “n6ezt2’4, como Encargado",
        "y a don LUIS PAZ RÍOS, coh DNI N° 28902480",
    )
    assert seen_in(*lines) == [
        (["Elí AGUILAR Tupac"], []),
        (["LUIS PAZ RÍOS"], [("28902480", None)]),
    ]
    assert seen_in("Que el Documento Nacional de Identidad", "es personal") == []


LISTED = (
    "Wilber Sernaqué Sánchez",
    "DNI N.° 40310900",
    "Correo : wilsern@yahoo.es",
    "Apellidos y Nombres : Rosa Culqui Inga",
    "DNI N.° 28902480",
)


def test_a_spoilt_label_loses_nobody_of_a_list() -> None:
    first, *rest = LISTED
    assert seen_in(f"Apellidos y Nonibres : {first}", *rest) == [
        (["Wilber Sernaqué Sánchez"], [("40310900", None)]),
        (["Rosa Culqui Inga"], [("28902480", None)]),
    ]


def test_a_number_in_a_list_of_whom_no_name_was_read_is_somebody_s() -> None:
    """What stands above the first name is then not surely that person's."""
    first, *rest = LISTED
    found = people.in_passage(whole(text(f"Asdf er {first}", *rest)))
    assert [[d.value for d in seen.dnis] for seen in found] == [["40310900"], ["28902480"]]
    assert [c.doubt is not None for c in found[1].correos] == [True]


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        ("ASUNTO: ALTA Y BAJA DE USUARIOS SIAGIE", ["alta", "baja"]),
        ("ASUNTO: ALTA DE USUARIO SIAGIE", ["alta"]),
    ],
)
def test_what_only_the_subject_asks_for_is_asked_of_a_person(
    subject: str, asked: list[str]
) -> None:
    """The one who leaves was lost in the scan; the alta alone would look complete."""
    lines = (subject, "solicito alta en el SIAGIE de Ana Ruiz Paz, con DNI N° 28902480,", "y fin")
    piece = Piece("x.pdf", PageKind.OFICIO, (page(*lines),))
    sender = Sender("mesa@ugel.example", authenticated=True, reason="")
    nothing = typed("", "")
    body = Source(nothing, None)
    source = Source(piece.text, piece.kind, piece)
    made = claims(Material(sender, nothing, body, body, (source,)), rules())
    assert [claim.action.value for claim in made if claim.action] == asked


# ------------------------------------------------------------------ names that lost a word


def in_columns(*heading: str) -> tuple[str, str | None]:
    """The name in a row below such a heading, and the doubt about it."""
    (seen,) = in_rows((*heading, "NOMBRES", "DNI"), ("1", "RÍOS", "DEL CARPIO", "ANA", "28902480"))
    (name,) = seen.names
    return name.value, name.doubt


def test_a_surname_whose_heading_was_lost_is_a_surname() -> None:
    for lost in ("APELLIDO", "AP PA Ea", ""):
        assert in_columns("N°", lost, "APELLIDO MATERNO") == ("RÍOS DEL CARPIO, ANA", None)


def test_a_name_without_its_first_surname_is_in_doubt() -> None:
    name, doubt = in_columns("N°", "RECIBIDO", "APELLIDO MATERNO")
    assert (name, doubt) == ("DEL CARPIO, ANA", "no se leyó la columna del otro apellido")


def test_a_word_more_in_a_poor_reading_is_asked_about() -> None:
    """The first surname may have been lost in the sure one."""
    short = replace(reading("DEL CARPIO, ANGELA", PageKind.OFICIO), framed=True)
    for other, outcome in (
        ("ANGEI PIZANGO DEL CARPIO", Outcome.UNREADABLE),
        ("ANGELA DEL CARPIO i", Outcome.MET),
    ):
        poor = reading(other, PageKind.RD, confidence=POOR)
        assert checked(alta((short, poor)))["nombres"][0] is outcome


def test_an_act_that_names_the_same_person_makes_a_poor_name_sure() -> None:
    poor = reading("Teófilo Tupac Yuparigui Saldaña", PageKind.OFICIO, confidence=POOR)
    act = reading("Teófilo Tupac Yupanqui Saldaña", PageKind.RD)
    told = checked(alta((poor, replace(act, value="Teófilo Tupac Yupariguí Saldaña"))))
    assert told["nombres"][0] is Outcome.MET
    assert checked(alta((poor,)))["nombres"][0] is Outcome.UNREADABLE
    other = replace(act, value="Ana Luz Ramos Paz")
    assert checked(alta((poor, other)))["nombres"][0] is Outcome.UNREADABLE


def test_two_surnames_alike_and_a_given_name_are_a_whole_name() -> None:
    for value, outcome in (
        ("Hermógenes De la Cruz Santa Cruz", Outcome.MET),
        ("Hermógenes Santa Cruz", Outcome.UNREADABLE),
    ):
        assert checked(alta((reading(value, PageKind.OFICIO),)))["nombres"][0] is outcome


def test_a_dot_and_a_comma_inside_a_name_are_a_speck() -> None:
    for said in ("HUAMÁN., REY, Hermógenes,", "HUAMÁN REY., Hermógenes,"):
        (seen,) = people.in_passage(whole(text(f"a don {said} con DNI N° 28902480")))
        assert [n.value for n in seen.names] == ["HUAMÁN REY, Hermógenes"]


def test_lone_letters_before_a_name_are_a_scrawl() -> None:
    assert names.clean("W y Iris De la Cruz") == "Iris De la Cruz"
    for name in ("J. Iris De la Cruz", "O Higgins Paz Ana", "D Angelo Paz Ana"):
        assert names.clean(name) == name


def test_letters_that_stand_like_another_one_are_asked_about() -> None:
    found = near_name(reading("kannaayquipa@gmail.com", PageKind.OFICIO), {"karina", "ayquipa"})
    assert found.doubt is not None


def test_a_thin_letter_beside_a_ruling_is_looked_for() -> None:
    """The model of another make reads all of the cell."""
    patch = ocr.Patch(drawn("IRIS"), DPI, (0, 0))
    for read, sure in (("RIS", False), ("IRIS", True)):
        found = recognise._unless_begun((word(read),), patch)  # noqa: SLF001  a rule of its own
        assert [is_sure(w) for w in found] == [sure]


def test_a_page_that_goes_on_with_a_speck_begins_no_act() -> None:
    """The resolution it cites would number it."""
    lines = (
        "De .conformidad con la Ley N° 28044 y la",
        "Resolución Ministerial N° 609-2018-MINEDU;",
        "SE RESUELVE:",
    )
    assert kind_of(page(*lines)) == (PageKind.RD, False)


def test_a_scrawl_beside_a_whole_name_is_no_word_of_it() -> None:
    lead = reading("POMA AGUILAR Haydeé", PageKind.OFICIO)
    beside = reading("Qoar Haydeé Poma Aguilar", PageKind.OFICIO, confidence=POOR)
    assert checked(alta((lead, beside)))["nombres"][0] is Outcome.MET


def test_a_tilde_one_paper_of_three_lost_is_an_enye() -> None:
    said = [reading("SALDAÑA PIZANGO WILBER", kind) for kind in (PageKind.OFICIO, PageKind.RD)]
    lost = reading("SALDANA, WILBER", PageKind.DNI)
    assert checked(alta((*said, lost)))["nombres"][0] is Outcome.MET
    assert checked(alta((said[0], lost)))["nombres"][0] is Outcome.UNREADABLE


def test_a_particle_and_a_surname_may_be_one_word() -> None:
    lead = reading("CHÁVEZ LATORRE, WASHINGTON", PageKind.OFICIO)
    act = reading("Washington CHÁVEZ La Torre", PageKind.RD)
    assert checked(alta((lead, act)))["nombres"][0] is not Outcome.CONFLICT
    assert names.agree("CHÁVEZ LATORRE, ANA", "Ana CHÁVEZ La Torre", recognised=True)
    assert not names.agree("CHÁVEZ LATORRE, ANA", "Ana CHÁVEZ Torres", recognised=True)


def test_a_card_is_about_one_person() -> None:
    lines = ("DOCUMENTO NACIONAL DE IDENTIDAD DNI 28902480", "Primer Apellido", "PAZ")
    card = Piece(
        "x.pdf", PageKind.DNI, (page(*lines, "Segundo Apellido", "RÍOS", "Pre Nombres", "FÉLIX"),)
    )
    (seen,) = tables.in_piece(card)
    assert [n.value for n in seen.names] == ["PAZ RÍOS, FÉLIX"]


def test_a_dot_inside_a_label_loses_no_number() -> None:
    lines = (
        "Ana Paz Ríos, identificada con Documento Nacional. de",
        "Identidad N° 28902480, docente",
    )
    assert seen_in(*lines) == [(["Ana Paz Ríos"], [("28902480", None)])]


def test_the_sign_before_an_at_is_a_speck() -> None:
    assert ocr.without_specks("ana17(@gmail.com") == "ana17@gmail.com"
    assert identity.provided("ana@gmait.com") == "ana@gmail.com"


def test_letters_that_look_like_figures_before_a_number_are_its_own() -> None:
    """«N.° 01706», its first two read as letters: no 706."""
    for before, number in (("ol", None), ("e", "706-2026")):
        said = page("UGEL", f"Resolución Directoral N. {before} 706-2026-UGEL", "SE RESUELVE:")
        found = Paper(Piece("x.pdf", PageKind.RD, (said,))).number
        assert (found and "706-2026" in found) is (number and True)


@pytest.mark.parametrize(
    ("read", "rival", "told"),
    [
        ("jccori80@gmail.com", "jecori80@gmail.com", "jccori80@gmail.com"),
        ("jecori80@gmail.com", "jccori80@gmail.com", "jccori80@gmail.com"),
        ("jgcori80@gmail.com", "jecori80@gmail.com", None),
        ("jccori80@gmail.com", "jmcori80@gmail.com", None),
        ("jccori80@gmail.com", "jecori80@gmai1.com", None),
    ],
)
def test_the_name_tells_two_letters_apart(read: str, rival: str, told: str | None) -> None:
    """Begins of its words, in the one reading and not in the other."""
    found = settled(reading(read, PageKind.OFICIO, doubt="x", rival=rival), {"juan", "ccori"})
    assert (found.value, found.doubt) == ((told, None) if told else (read, "x"))


def test_what_was_typed_and_the_second_reading_has_is_sure() -> None:
    address = reading("ana8q@gmail.com", PageKind.OFICIO, doubt="x", rival="ana80@gmail.com")
    typed_too = reading("ana80@gmail.com", PageKind.OFICIO)
    mail = replace(typed_too, kind=None, evidence=replace(typed_too.evidence, method=Method.BODY))
    claim = replace(alta((reading("Ana Paz Ríos", PageKind.OFICIO),)), correos=(address, mail))
    assert checked(claim)["correo"] == (Outcome.MET, "ana80@gmail.com")


def test_a_post_in_a_name_s_cell_is_no_sure_name() -> None:
    """The rulings between name, address and post were lost: two cells below four headings."""
    heading = ("", "APELLIDOS Y NOMBRES", "CORREO", "CARGO")
    (seen,) = in_rows(heading, ("1 CCORI PAZ, Noé noe@x.example", "Estadístico de la DRE"))
    assert all(reading.doubt for reading in (*seen.names, *seen.correos))
    assert names.names_a_post("Estadístico de la DRE")
    for name in ("De los Santos Del Águila San Martín, Ana", "Paz Ríos, Lic. Ana"):
        assert not names.names_a_post(name)


@pytest.mark.parametrize(
    ("address", "doubted"),
    [
        ("imendoza55@outlook.es", True),
        ("hmendoza55@outlook.es", False),
        ("mendozah55@outlook.es", False),
        ("mendozai55@outlook.es", True),
        ("superhugo@outlook.es", False),
    ],
)
def test_a_letter_that_no_name_explains_is_asked_about(address: str, *, doubted: bool) -> None:
    """An address is an initial and a surname; no Hugo Mendoza begins with an i."""
    found = near_name(reading(address, PageKind.OFICIO), {"hugo", "mendoza"})
    assert (found.doubt is not None) is doubted


def test_a_number_in_a_sentence_that_fills_its_line_is_no_stranger_s() -> None:
    """Whom somebody replaces is not one more person of the list."""
    lines = (
        "en reemplazo de doña ORÉ RÍOS Ana, identificada con",
        "Documento Nacional de Identidad N° 10285638.",
        "Apellidos y Nombres : CCORI PAZ Carmen Rosa",
        "DNI 28902480",
    )
    assert seen_in(*lines) == [(["CCORI PAZ Carmen Rosa"], [("28902480", None)])]


def test_a_row_that_lost_a_ruling_behind_its_number_is_read() -> None:
    """Also where the number's heading was not made out."""
    for label in ("DNI", "ONI"):
        heading = ("N°", "APELLIDOS Y NOMBRES", label, "CORREO", "CARGO")
        (seen,) = in_rows(heading, ("1", "CCORI PAZ Noé", "28902480", "Coordinador SIAGIE"))
        assert [(n.value, n.doubt) for n in seen.names] == [("CCORI PAZ Noé", None)]
        assert [(d.value, d.doubt) for d in seen.dnis] == [("28902480", None)]


def test_a_paper_of_numbers_alone_is_read_at_once() -> None:
    """No step grows with the square of what a paper holds."""
    numbers = " ".join(f"{n:08}" for n in range(10_000_000, 10_000_000 + 30_000))
    line = text(*[numbers[at : at + 9_000] for at in range(0, len(numbers), 9_000)])
    begun = time.process_time()
    assert people.in_passage(whole(line)) == ()
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("label", ["DNE N°", "DNE", "DNl:", "DNF N.°"])
def test_a_label_s_last_letter_misread_is_no_part_of_the_name(label: str) -> None:
    for said in (
        f"doña ROSA ELENA DE LOS SANTOS TUESTA {label} 28902480, como",
        f"ROSA DE LOS SANTOS TUESTA, {label} 28902480",
    ):
        ((told, numbers),) = seen_in(said)
        assert [n.split()[-1] for n in told] == ["TUESTA"]
        assert numbers == [("28902480", None)]


@pytest.mark.parametrize(
    "lines",
    [
        ("Yo, PAZ LUNA VÍCTOR. HUGO, identificado con DNI 28902480", "expongo"),
        ("solicito un usuario", "víctor Hugo Paz Luna", "DNI 28902480"),
        ("Yo, PAZ LUNA VÍCTOR:HUGO, identificado(a)} con DNI 28902480", "expongo"),
    ],
)
def test_a_speck_or_a_shrunk_capital_costs_no_given_name(lines: tuple[str, ...]) -> None:
    """Hugo Paz Luna is somebody else."""
    ((told, _),) = seen_in(*lines)
    assert [names.tokens(name) for name in told] == [{"victor", "hugo", "paz", "luna"}]


def test_a_small_letter_before_a_name_is_no_capital_where_a_word_leads_to_it() -> None:
    for line in ("señor Hugo Paz Luna", "con Hugo Paz Luna", "víctor Hugo Paz Luna, docente"):
        assert names.as_written(line) == line


def test_whose_labelled_name_is_garbled_keeps_what_stands_below() -> None:
    """The others of the list keep theirs as well; a colon in the label is a speck."""
    lines = (
        "Apellidos: y Nombres CCORI PAZ Carmen Rosa",
        "DNI N° 28902480",
        "Apellidos y Nombres Quispe Zevallos Ñaryari@a i; los Ángeles",
        "DNI N° 45869616",
        "Apellidos y Nombres RAMOS LUNA Noé",
        "DNI N° 01852286",
    )
    found = people.in_passage(whole(text(*lines)))
    assert [[d.value for d in s.dnis] for s in found] == [["28902480"], ["45869616"], ["01852286"]]
    assert [bool(s.names[0].doubt) for s in found] == [False, True, False]
    assert not any(d.doubt for s in found for d in s.dnis)


@pytest.mark.parametrize(
    "said",
    [
        "DNI N° A : 28.902.480",
        "D.N.I. N®9° 28902480, en",
        "INI N° 28902480",
        "documento de <- 28902480\nidentidad N°",
    ],
)
def test_a_spoilt_label_hides_no_number(said: str) -> None:
    line = text(*said.split("\n"))
    found = identity.dnis(line, 0, len(line.string), None)
    assert [(f.reading.value, f.reading.doubt) for f in found] == [("28902480", None)]


@pytest.mark.parametrize(
    ("lines", "value", "doubted"),
    [
        (("ana.paz@hotmail.c", "om"), "ana.paz@hotmail.com", False),
        (("ana.paz@educa.exampl", "e"), "ana.paz@educa.example", False),
        (("ana.paz@correo.co", "m"), "ana.paz@correo.co", True),
        (("ana.paz@correo.com", "en"), "ana.paz@correo.com", False),
        (("ana.paz@correo.exampl", "e y otros"), "ana.paz@correo.exampl", True),
    ],
)
def test_the_last_letters_of_an_address_may_stand_alone_below(
    lines: tuple[str, str], value: str, *, doubted: bool
) -> None:
    line = text(f"Correo: {lines[0]}", *lines[1:])
    (found,) = identity.correos(line, 0, len(line.string), None)
    assert (found.reading.value, bool(found.reading.doubt)) == (value, doubted)


@pytest.mark.parametrize(
    ("post", "role"),
    [
        ("Téenico SIAGIE de la UGEL", "especialista-ugel"),
        ("Responsable del SLAGIE", "especialista-ugel"),
        ("Especialista\nAGR Primaria", "especialista-nivel"),
    ],
)
def test_a_letter_of_a_short_word_of_a_post_may_be_spoilt(post: str, role: str) -> None:
    said = whole(text(*post.split("\n")))
    found = intent.role(rules().guide, (said,), frozenset({OfficeType.UGEL}))
    assert found is not None
    assert found.value == role


def test_two_letters_of_a_short_address_that_look_like_one_are_asked_about() -> None:
    """«cla» of Carmen La Torre looks like «da»; no name of hers begins so."""
    whose = {"carmen", "rosa", "la", "torre", "vasquez"}
    for address, doubted in (("da1@x.example", True), ("cla1@x.example", False)):
        found = near_name(reading(address, PageKind.OFICIO), whose)
        assert (found.doubt is not None) is doubted


@pytest.mark.parametrize(
    "left", ["con coreo lizecah 13456", "electronico: x", "lizccah13456 yahoo.es"]
)
def test_what_is_left_of_an_address_is_not_called_missing(left: str) -> None:
    """In a picture it could not be read; whoever wrote it there is not told to write it."""
    own = (reading("PAZ LUNA Ana", PageKind.OFICIO),)
    evidence = Evidence("cuerpo", None, None, "ana.paz@x.example", Method.BODY, 1.0)
    claim = replace(alta(own), correos=(Reading("ana.paz@x.example", None, evidence),))
    for words, outcome in ((left, Outcome.UNREADABLE), ("en el cargo", Outcome.MISSING)):
        paper = page("OFICIO N° 12-2026-UGEL", "ASUNTO : alta", f"a doña ANA PAZ LUNA, {words}")
        found = checked(claim, Piece("x.pdf", PageKind.OFICIO, (paper,)))
        assert found["correo"][0] is outcome


@pytest.mark.parametrize(("shown", "sure"), [("28902480", True), ("28903480", False)])
def test_a_number_read_in_two_ways_is_the_act_s_if_it_has_it_to_the_letter(
    shown: str,
    *,
    sure: bool,
) -> None:
    """A word of the name is spoilt as well: nobody else has these eight figures."""
    doubt = "otra lectura dio 8902480"
    numbers = (
        reading("28902480", PageKind.OFICIO, doubt=doubt, rival="8902480"),
        reading(shown, PageKind.RD),
    )
    told = (("PAZ LUNA Ana Mtp", PageKind.OFICIO), ("PAZ LUNA Ana Rosa", PageKind.RD))
    claim = replace(alta(tuple(reading(*one) for one in told)), dnis=numbers)
    act = Piece("rd.pdf", PageKind.RD, (page("RESOLUCIÓN DIRECTORAL N° 12-2026", shown),))
    found = checked(claim, act)
    assert (found["dni"][0] is Outcome.MET) is sure
    assert (found["rd"][0] is Outcome.MET) is sure


def test_a_copy_of_a_dni_that_is_nobody_s_may_be_another_s() -> None:
    """Its name lost in a picture, its number another than the solicitud's."""
    own = reading("PAZ LUNA Ana", PageKind.OFICIO)
    claim = replace(alta((own,)), dnis=(reading("28902480", PageKind.OFICIO),))
    for shown, outcome in (("08902480", Outcome.UNREADABLE), ("28902480", Outcome.MET)):
        card = page("DOCUMENTO NACIONAL DE IDENTIDAD", f"DNI {shown} - 7")
        found = checked(claim, Piece("dni.pdf", PageKind.DNI, (card,)))
        assert found["dni"][0] is outcome


def test_what_is_left_of_a_name_makes_nobody_a_stranger() -> None:
    """The number beside it is held against the person's."""
    for left, outcome in (("LUNA, Ba", Outcome.CONFLICT), ("ORÉ RÍOS, Eva", Outcome.MET)):
        doubt = "¿falta algo?" if outcome is Outcome.CONFLICT else None
        other = reading(left, PageKind.DNI, doubt=doubt)
        numbers = (reading("28902480", PageKind.OFICIO), reading("08902480", PageKind.DNI))
        claim = replace(alta((reading("PAZ LUNA Ana", PageKind.OFICIO), other)), dnis=numbers)
        card = page("DOCUMENTO NACIONAL DE IDENTIDAD", "DNI 08902480 - 7")
        found = checked(claim, Piece("copia-dni.pdf", PageKind.DNI, (card,)))
        assert found["dni"][0] is outcome


def test_two_offices_in_a_picture_may_be_one_read_badly() -> None:
    """Whoever wrote it cannot mend that; two of one name they can."""
    for codes, outcome in (
        ("200001|200009", Outcome.UNREADABLE),
        ("040009|200003", Outcome.MISSING),
    ):
        told = reading(codes, PageKind.OFICIO, doubt="puede ser una u otra")
        assert checked(replace(alta(()), office=told))["oficina"][0] is outcome
