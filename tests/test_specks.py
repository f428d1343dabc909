"""What specks, lost strokes and lost rulings make of a scan is read through, or is in doubt."""

from dataclasses import replace

import pytest
from accuracy import rules
from test_doubts import POOR, SURE, alta, checked, page, reading, text, words

from mailbot.check.papers import Paper
from mailbot.model import Box, Method, Outcome, PageKind, Table, Word
from mailbot.parsers import (
    ballot,
    cells,
    claims,
    column,
    identity,
    intent,
    mention,
    names,
    ocr,
    people,
    recognise,
    scans,
    tables,
)
from mailbot.parsers.addresses import near_name
from mailbot.parsers.mention import Seen
from mailbot.parsers.narrow import _sees_a_sign, _unless_outvoted, _unless_signed
from mailbot.parsers.pieces import Piece
from mailbot.parsers.rereading import _is_stretched
from mailbot.parsers.text import Leaf, Placed, lines_of, typed, whole
from mailbot.parsers.zones import zones
from mailbot.procedures import OfficeType

# ------------------------------------------------------------------ offices and posts


@pytest.mark.parametrize(
    "head",
    [
        "UNIDAD DE GESTIÓN. EDUCATIVA LOCAL 04 COMAS",
        "UNIDAD DE GESTIÓN EDUCATIVA -LOCAL 04 COMAS",
        "UNIDAD DE GESTIÓN\nEDUCATIVA LOCAL 04 COMAS",
    ],
)
def test_specks_in_a_letterhead_do_not_leave_the_region_alone(head: str) -> None:
    """A UGEL's paper taken for its DRE's would ask for another post, of another office."""
    above = "DIRECCIÓN REGIONAL DE EDUCACIÓN LIMA METROPOLITANA"
    assert intent.office_types(rules().offices, f"{above}\n{head}") == {OfficeType.UGEL}


def test_a_gerente_signs_though_two_letters_of_it_are_spoilt() -> None:
    signed = Paper(Piece("x.pdf", PageKind.OFICIO, (page(*SIGNED),))).signatory
    assert signed is not None
    assert (signed.value, signed.doubt) == ("GEKENIE REGIONAL DE EDUCACIÓN", None)


SIGNED = ("ASUNTO : alta", "Atentamente,", "Ing. Ana Paz", "GEKENIE REGIONAL DE EDUCACIÓN")


def test_a_post_said_to_be_at_another_office_is_none_of_the_letterheads() -> None:
    """Where only the region's line of a letterhead was read, the words tell the post."""
    said = whole(text("en el cargo de Estadístico I de la UGEL 04 Comas, con correo"))
    for types in (frozenset({OfficeType.UGEL}), frozenset[OfficeType]()):
        role = intent.role(rules().guide, [said], types)
        assert role is not None
        assert role.value == "estadistico-ugel"
    assert intent.role(rules().guide, [said], frozenset({OfficeType.DRE})) is None
    below = whole(text("Cargo : Estadístico", "UGEL Lampa"))
    assert intent.role(rules().guide, [below], frozenset({OfficeType.DRE})) is not None
    own = whole(text("como Estadístico I", "de la DRE Tumbes"))
    role = intent.role(rules().guide, [own], frozenset({OfficeType.DRE}))
    assert role is not None


def test_a_number_in_the_next_column_is_no_ugels() -> None:
    """«SIAGIE UGEL», and below it the begin of a DNI."""
    offices = rules().offices
    assert not offices.mentions("Coordinador SIAGIE UGEL\n05 484 258 rojas@yahoo.example")
    for said in ("de la UGEL 05, Lima", "UGEL 05-2026", "UGEL 05 2026"):
        assert [m.codes for m in offices.mentions(said)] == [frozenset({"150106"})]
    for said in ("DRE Tumbes 2026", "DRE Tumbes 12 de marzo", "DRE Tumbes 484 258"):
        assert [m.codes for m in offices.mentions(said)] == [frozenset({"240000"})]


def test_a_post_a_letter_or_two_off_is_that_post() -> None:
    """In a picture; what somebody typed is as they typed it."""
    spoilt = "Especralista del nivel educativo"
    types = frozenset({OfficeType.UGEL})
    role = intent.role(rules().guide, [whole(text(spoilt))], types)
    assert role is not None
    assert role.value == "especialista-nivel"
    assert intent.role(rules().guide, [whole(typed("cuerpo", spoilt))], types) is None
    assert (
        intent.role(rules().guide, [whole(text("Expocialisto del nivel educativo"))], types) is None
    )


def test_a_dash_among_the_words_hides_no_request() -> None:
    said = whole(text("la anulación de -usuario y contraseña del SIAGIE a doña ANA PAZ"))
    action = intent.action(rules().wording, [said])
    assert action is not None
    assert action.value == "baja"


def test_a_heading_with_dni_and_e_mail_names_no_school() -> None:
    """«D.N.I.   E-mail» has an i., an e and a dash."""
    assert not intent.names_school("apellidos y nombres   d.n.i.   e-mail   cargo")
    assert intent.names_school("directora de la i.e. n° 508")


@pytest.mark.parametrize(
    "label", ["código modular", "código-modular", "código\n- modular", "código modtilar"]
)
def test_a_spoilt_label_hides_no_code(label: str) -> None:
    found = intent.school_code([whole(text(*f"I.E. N° 508 con {label} 1101773".split("\n")))])
    assert found is not None
    assert found.value == "1101773"


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize("label", ["D.N.I. N9", "DN! N.°", "D.N.T N°", "LDN.. N°", "DNI N°"])
def test_a_label_whose_i_is_spoilt_is_one_before_a_number_sign(label: str) -> None:
    line = text(f"identificada con {label} 45619334, como")
    assert [f.reading.value for f in identity.dnis(line, 0, 60, None)] == ["45619334"]


@pytest.mark.parametrize("lines", [("N.° 70", "137 620, en"), ("N.° 70 137", "620, en")])
@pytest.mark.parametrize("method", [Method.TEXT, Method.OCR, Method.BODY])
def test_a_number_in_groups_may_run_over_a_lines_end(
    lines: tuple[str, str], method: Method
) -> None:
    """In a typed oficio as well: whoever has it is not lost."""
    said = replace(text(f"identificado con DNI {lines[0]}", lines[1]), method=method)
    found = [(f.reading.value, f.reading.doubt) for f in identity.dnis(said, 0, 60, None)]
    assert found == [("70137620", None)]


def test_signs_in_a_number_and_before_it_are_none_of_it() -> None:
    """A comma for a dot in a cell, a colon read as a z and a blank behind it."""
    (read,) = identity.in_cell(text("40 445, 037"), None)
    assert (read.value, read.doubt) == ("40445037", None)
    (found,) = identity.dnis(text("DNI N° z 07974185"), 0, 30, None)
    assert found.reading.value == "07974185"


@pytest.mark.parametrize("label", ["RUC N°", "D.N.T", "registro N°"])
def test_what_is_no_label_before_it_makes_no_number_a_dni(label: str) -> None:
    line = text(f"identificada con {label} 45619334, como")
    assert not list(identity.dnis(line, 0, 60, None))


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Oficio N° 0512 2026-DIR/I.E. 248", "Oficio N° 0512 2026-DIR/I.E. 248"),
        ("Oficio N° 1319 -`2026-DIR", "Oficio N° 1319 -2026-DIR"),
        ("Oficio N° 59703—-2026-DIR", "Oficio N° 59703--2026-DIR"),
        ("Oficio N° 05 122026-DIR", None),
        ("Oficio N° 05 2012-2026-DIR", None),
    ],
)
def test_a_papers_number_may_have_lost_the_dash_before_its_year(
    title: str, number: str | None
) -> None:
    """Digits apart may have lost some between them; those before a year and its dash have not."""
    piece = Piece("x.pdf", PageKind.OFICIO, (page(title, "ASUNTO : Alta"),))
    assert Paper(piece).number == number


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Coordinador SIAGIE UGEL\n3 PAZ LUNA ANA 41234567", False),
        ("Coordinador SIAGIE de la UGEL 3", True),
        ("UNIDAD DE GESTIÓN EDUCATIVA LOCAL\n03", True),
    ],
)
def test_the_number_of_the_next_row_is_no_ugels(said: str, named: bool) -> None:  # noqa: FBT001
    assert bool(rules().offices.mentions(said)) is named


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("Apellidos y Nombres é Cruz Paz Zoila", "Cargo : x"), "Cruz Paz Zoila"),
        (("APELLIDOSY : Freddy Espinoza Luna", "NOMBRES"), "Freddy Espinoza Luna"),
        (("APELLIDOS Y Carmen Tuesta Paz", "NOMBRES"), "Carmen Tuesta Paz"),
    ],
)
def test_a_label_with_a_spoilt_colon_or_a_word_below_still_leads(
    lines: tuple[str, str], name: str
) -> None:
    (seen,) = people.in_passage(whole(text(*lines)))
    assert [n.value for n in seen.names] == [name]


def test_a_label_is_no_value_of_another() -> None:
    """«Segundo Apellido» of who has one surname, and below it «Pre Nombres»."""
    card = ("Primer Apellido", "AYQUIPA", "Segundo Apellido", "Pre Nombres", "CÉSAR AUGUSTO")
    (seen,) = people.in_passage(whole(text(*card)))
    assert [n.value for n in seen.names] == ["AYQUIPA, CÉSAR AUGUSTO"]


def test_a_name_in_a_picture_that_ends_in_two_letters_is_in_doubt() -> None:
    for last, doubted in (("Rí", True), ("AMPARO", False)):
        assert bool(mention.doubtful(Method.OCR, f"SERNAQUÉ TUESTA SONIA {last}")) is doubted
        assert mention.doubtful(Method.BODY, f"SERNAQUÉ TUESTA SONIA {last}") is None


def test_a_name_another_paper_surely_spells_with_another_word_is_in_doubt() -> None:
    """The same number stands in both; who is meant is plain, and how they are called is not.

    Given names in common alone make nobody the same person.
    """
    other = reading("ORÉ RÍOS Sonia Amparo", PageKind.RD)
    lead = reading("Sonia Amparo Oré Rivas", PageKind.OFICIO)
    assert checked(alta((lead, other)))["nombres"][0] is Outcome.UNREADABLE
    unsure = reading("ORÉ RÍOS Sonia Amparo", PageKind.RD, confidence=POOR)
    assert checked(alta((lead, unsure)))["nombres"][0] is Outcome.MET
    for name in ("PAZ LUNA Rosa Elena", "PAZ LUNA Sonia Amparo"):
        stranger = reading(name, PageKind.RD)
        assert checked(alta((lead, stranger)))["nombres"][0] is Outcome.MET


def test_a_colon_read_as_a_z_is_no_begin_of_an_address() -> None:
    for said, doubted in (("E-mail z", False), ("de z", False), ("rosa z", True)):
        line = text(f"{said} zoila.rios@x.example")
        (found,) = identity.correos(line, 0, len(line.string), None)
        assert bool(found.reading.doubt) is doubted


@pytest.mark.parametrize(
    ("lines", "framed"),
    [
        (("a doña ZEVALLOS, Ana, identificada con DNI",), True),
        (("a don Elí Vázquez con DNI N°",), True),
        (("Yo, Elí Vázquez, identificado con DNI",), True),
        (("Yo Elí Vázquez, identificado con DNI",), False),
        (("a don Elí Vázquez -  DNI N°",), True),
        (("a doña ZOILA", "VICTORIA AGUILAR, identificada"), False),
        (("a doña ZOILA VICTORIA", "AGUILAR, identificada"), False),
        (("a doña ¿? VICTORIA AGUILAR, identificada",), False),
        (("a doña VICTORIA AGUILAR de la UGEL",), False),
    ],
)
def test_no_word_is_lost_from_a_title_to_the_number(
    lines: tuple[str, ...],
    framed: bool,  # noqa: FBT001
) -> None:
    main = whole(text(*lines))
    begin = next(main.string.index(w) for w in ("ZEVALLOS", "Elí", "VICTORIA") if w in main.string)
    ends = (main.string.find(w) + len(w) for w in ("Ana", "Vázquez", "AGUILAR"))
    end = next(end for end in ends if end > begin)
    assert mention._is_framed(main, begin, end) is framed  # noqa: SLF001  a rule of its own


def shifted(word: Word, right: float) -> Word:
    """A word farther right."""
    x0, y0, x1, y1 = word.box
    return replace(word, box=(x0 + right, y0, x1 + right, y1))


def test_a_gap_in_a_name_may_have_held_a_word() -> None:
    line = text("a doña ZEVALLOS, Ana, identificada con DNI")
    (placed,) = line.lines
    moved = [replace(p, word=shifted(p.word, 60.0 * (n > 2))) for n, p in enumerate(placed)]
    assert mention._is_framed(whole(line), 7, 20)  # noqa: SLF001
    assert not mention._is_framed(whole(replace(line, lines=(tuple(moved),))), 7, 20)  # noqa: SLF001


def test_a_short_name_of_one_picture_counts_where_no_word_can_be_lost() -> None:
    for framed, confidence, outcome in (
        (True, 0.84, Outcome.MET),
        (True, 0.8, Outcome.UNREADABLE),
        (False, 0.95, Outcome.UNREADABLE),
    ):
        one = reading("CONDORI, ÁNGEL", PageKind.OFICIO, confidence=confidence)
        assert checked(alta((replace(one, framed=framed),)))["nombres"][0] is outcome


def test_a_sign_behind_a_surname_ends_no_name_that_a_title_leads() -> None:
    """«doña DEL ÁGUILA: VÁZQUEZ Nélida»: a speck, perhaps; a label is none."""
    for said, doubted in (
        ("a doña DEL ÁGUILA: VÁZQUEZ LEÓN Nélida, DNI 28902480", True),
        ("Titular DEL ÁGUILA: VÁZQUEZ LEÓN Nélida, DNI 28902480", False),
    ):
        (seen,) = people.in_passage(whole(text(said)))
        assert [bool(n.doubt) for n in seen.names] == [doubted]


def test_the_next_article_is_not_about_the_person_above() -> None:
    """Whoever leaves lends nobody their number; that of a label half lost is its own."""
    lines = (
        "APELLIDOS Y NOMBRES : PAZ LUNA ANA",
        "DOC. DE IDENTIDAD D.N.. N° 13366804",
        "ARTÍCULO 2°.- DAR POR CONCLUIDA la designación de don",
        "REY SOLÍS LUIS, identificado con DNI N° 74551447.",
    )
    first, *_ = people.in_passage(whole(text(*lines)))
    assert [d.value for d in first.dnis] == ["13366804"]
    first, *_ = people.in_passage(whole(text(lines[0], *lines[2:])))
    assert [d.value for d in first.dnis] == []


@pytest.mark.parametrize(
    "said",
    ["retirar los accesos al SIAGIE", "retirar los. accesos al SIAGIE", "retirar. los accesos"],
)
def test_a_dot_behind_an_article_or_a_verb_is_a_speck(said: str) -> None:
    """What is left of the phrase would be an alta."""
    asked = whole(text("Asunto: baja de usuario", f"solicitar se sirva {said}"))
    read = intent.action(rules().wording, (asked,))
    assert read is not None
    assert read.value == "baja"


def test_a_name_in_parts_is_as_sure_as_its_least_sure_part() -> None:
    """A speck before the given names of a card is read as a word of them."""
    card = ("Primer Apellido", "PAZ", "Segundo Apellido", "LUNA", "Pre Nombres", "ap ANA ROSA")
    (seen,) = people.in_passage(whole(text(*card, poor="ap")))
    assert [n.evidence.confidence for n in seen.names] == [POOR]


def test_dust_and_a_ruling_between_a_label_and_its_value_are_no_value() -> None:
    form = ("Apellidos ZEVALLOS MAMANI", "Nombres . | CÉSAR AUGUSTO")
    (seen,) = people.in_passage(whole(text(*form)))
    assert [n.value for n in seen.names] == ["ZEVALLOS MAMANI, CÉSAR AUGUSTO"]


def test_a_dot_before_the_colon_of_a_label_and_the_next_label_are_no_name() -> None:
    lines = ("APELLIDOS Y NOMBRES. : DORIS PAZ LUNA", "DOC. DE IDENTIDAD : D.N.I. N° 20342429")
    (seen,) = people.in_passage(whole(text(*lines)))
    assert [n.value for n in seen.names] == ["DORIS PAZ LUNA"]
    (seen,) = people.in_passage(whole(text("a doña DORIS PAZ LUNA", "DOC. DE IDENTIDAD 20342429")))
    assert [n.value for n in seen.names] == ["DORIS PAZ LUNA"]


def test_who_signs_is_known_though_a_letter_of_the_post_is_spoilt() -> None:
    lines = ("OFICIO N° 12-2026", "Atentamente", "ANA RÍOS", "DIRECTOI DE LA UGEL CHOTA")
    signed = Paper(Piece("x.pdf", PageKind.OFICIO, (page(*lines),))).signatory
    assert signed is not None
    assert (signed.value, signed.doubt) == ("DIRECTOI DE LA UGEL CHOTA", None)


def test_letters_alone_are_no_name() -> None:
    """«N M», of a card: nationality and sex. Whoever it names is not another person for that."""
    assert not names.looks_like_name("N M")
    assert names.looks_like_name("Li Wu")
    assert names.after("N M 12051979", 0, 12) is None


def test_words_of_a_name_that_may_be_a_scrawl_are_asked_about() -> None:
    """A signature above a name, or the «Yo» before it, read as a part of it."""
    own = reading("Jhon Kevin Santos Carpio", PageKind.SOLICITUD)
    for value, confidence, told in (
        ("UHL Jhon Kevin Santos Carpio", 0.78, Outcome.UNREADABLE),
        ("Luis Jhon Kevin Santos Carpio", 0.95, Outcome.MET),
        ("Jhon Kevin Santos Carpio", 0.8, Outcome.MET),
    ):
        signed = reading(value, PageKind.OFICIO, confidence=confidence)
        assert checked(alta((own, signed)))["nombres"][0] is told
    led = reading("ZO Jhon Kevin Santos Carpio", PageKind.OFICIO, confidence=POOR)
    assert checked(alta((led, own)))["nombres"][0] is Outcome.UNREADABLE


def test_a_doubtful_name_is_as_somebody_typed_it() -> None:
    """What recognition read behind it is no word of it."""
    lead = reading("LUZ MARINA PAZ LUNA, WR", PageKind.OFICIO, confidence=POOR, doubt="¿sigue?")
    typed_ = reading("Paz Luna, Luz Marina", PageKind.RD)
    body = replace(typed_.evidence, source="cuerpo", method=Method.BODY)
    typed_ = replace(typed_, kind=None, evidence=body)
    assert checked(alta((lead, typed_)))["nombres"] == (Outcome.MET, "Paz Luna, Luz Marina")


@pytest.mark.parametrize(
    ("address", "desk"),
    [("nesadepartes@dre.example", True), ("mesa.de.partes@x.pe", True), ("ana.mesa@x.pe", False)],
)
def test_an_offices_desk_is_nobodys_own_address(address: str, desk: bool) -> None:  # noqa: FBT001
    assert claims._is_desk(address) is desk  # noqa: SLF001  a rule of its own


def test_signs_between_a_name_and_its_number_end_no_name() -> None:
    said = "a don Espinoza Luna Édgar -~ DNI N° 48625308"
    span = names.before(said, 0, said.index("DNI"))
    assert span is not None
    assert said[slice(*span)] == "Espinoza Luna Édgar"


def test_an_address_after_a_speck_is_still_the_first_persons() -> None:
    """A semicolon nobody is sure of, or a dash, ends no sentence."""
    lines = (
        "a don SOLÍS INGA Ana, con DNI 40464189, Estadístico de la; UGEL Norte, correo",
        "- ana.solis@x.example, en sustitución de don PAZ REY Luis, con DNI 49064658.",
    )
    for poor, expected in (("la; -", "ana.solis@x.example"), ("", None)):
        first, _ = people.in_passage(whole(text(*lines, poor=poor)))
        assert next((c.value for c in first.correos), None) == expected


def test_a_school_and_its_director_are_known_though_letters_are_spoilt() -> None:
    """As in «Direetora designada de la L.E.»."""
    said = whole(text("Direetora designada de la L.E. N° 46128"))
    read = intent.role(rules().guide, (said,), frozenset())
    assert read is not None
    assert read.value == "director-ie"
    assert intent.names_school(said.folded)


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("ana.rios@0ut1ook.es", "ana.rios@outlook.es"),
        ("ana.rios@outiook.com", "ana.rios@outlook.com"),
        ("ana.rios@gmail com", "ana.rios@gmail.com"),
        ("ana.rios@hotmailcom", "ana.rios@hotmail.com"),
        ("ana.rios@gmail.coin", "ana.rios@gmail.com"),
        ("ana.rios@outlook.corn", "ana.rios@outlook.com"),
        ("ana.rios@gmaiLcom", "ana.rios@gmail.com"),
        ("ana.rios@out look.com", "ana.rios@outlook.com"),
    ],
)
def test_a_great_providers_name_is_known_however_it_is_shown(said: str, address: str) -> None:
    line = text(f"correo: {said}, en")
    (found,) = identity.correos(line, 0, len(line.string), None)
    assert (found.reading.value, found.reading.doubt) == (address, None)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("ana_rios_1972@educa example", "ana_rios_1972@educa.example"),
        ("ana@ugelpuno gob.pe", "ana@ugelpuno.gob.pe"),
        ("ana@ugelpuno gob pe", "ana@ugelpuno.gob.pe"),
    ],
)
def test_a_blank_where_a_domain_has_its_dot_is_one(said: str, address: str) -> None:
    line = text(f"correo: {said}, en")
    (found,) = identity.correos(line, 0, len(line.string), None)
    assert (found.reading.value, found.reading.doubt) == (address, None)


def test_a_slip_in_a_providers_name_is_not_mended() -> None:
    """Letters that changed places are what somebody wrote; so is all that was typed."""
    (found,) = identity.correos(text("correo: ana@gmali.com"), 0, 30, None)
    assert found.reading.value == "ana@gmali.com"
    (found,) = identity.correos(typed("cuerpo", "ana@0utlook.es"), 0, 30, None)
    assert found.reading.value == "ana@0utlook.es"


@pytest.mark.parametrize(
    ("said", "address"),
    [("rios20@outlook.esi", "rios20@outlook.es"), ("rios20@x.pe;", "rios20@x.pe")],
)
def test_a_semicolon_behind_an_address_is_none_of_it(said: str, address: str) -> None:
    assert ballot._alone(said) == address  # noqa: SLF001  a rule of its own


def test_a_comma_in_an_address_may_be_a_dot() -> None:
    for said, doubted in (
        ("felix.ugel,paz@x.pe", True),
        ("ana@x.pe,paz@x.pe", False),
        ("correo:paz@x.pe", False),
        ("Correo,paz@x.pe", False),
    ):
        line = text(said)
        *_, found = identity.correos(line, 0, len(line.string), None)
        assert bool(found.reading.doubt) is doubted


@pytest.mark.parametrize(
    ("heard", "others", "address"),
    [
        (("paz9\u03c9gmail.com", "paz9wgmail.com"), ("paz9vgmail.com", "paz9egmail.com"), True),
        (("paz9vgmail.com", "paz9vgmail.com"), ("paz9vgmail.com", "paz9vgmail.com"), False),
        (("paz9wgmail.com", "paz9wgmail.com"), ("paz9vgmail.com", "pas9egmail.com"), True),
        (("paz9wgmail.com", "paz8wgmail.com"), ("paz9vgmail.com", "pas9egmail.com"), False),
        (("paz9wugelx.com", "paz9qugelx.com"), ("paz9vugelx.com", "paz9eugelx.com"), False),
    ],
)
def test_a_sign_no_model_can_name_before_a_great_provider_is_an_at(
    heard: tuple[str, ...],
    others: tuple[str, ...],
    address: bool,  # noqa: FBT001
) -> None:
    """All but one must read the same around it; one they agree about is a letter."""
    assert ballot.signless(heard, others) == ("paz9@gmail.com" if address else None)


def test_a_capital_that_may_be_a_digit_leaves_an_address_in_doubt() -> None:
    nowhere: Box = (0.0, 0.0, 0.0, 0.0)
    assert ballot.frank(Word("pdeS@x.example", nowhere)).second == "pde5@x.example"
    for sure in ("PercySolis@x.example", "pdes@x.example"):
        assert ballot.frank(Word(sure, nowhere)).second is None


def test_only_letters_that_look_alike_make_an_address_doubtful() -> None:
    """«marbard» is no «maria» with a speck: nothing makes a b of an i."""
    assert near_name(reading("marbard95@x.example", PageKind.OFICIO), {"maria"}).doubt is None
    assert near_name(reading("morian95@x.example", PageKind.OFICIO), {"maria"}).doubt is not None


def test_a_sign_two_readings_see_in_an_address_leaves_it_in_doubt() -> None:
    """A dot before short letters is lost by the surest model."""
    address = "siagie.nellyla@x.example"
    shown = Word(address, (0.0, 0.0, 90.0, 9.0), 0.95)
    seen = [replace(shown, text=t) for t in ("siagie.nelly/la@x.example", "siagie.nelly la x")]
    others = [column.Reading(ocr.ENGLISH, (one,)) for one in seen]
    assert [_sees_a_sign(r.spelled, address) for r in others] == [True, True]
    assert [w.confidence < 0.75 for w in _unless_signed((shown,), address, others)] == [True]
    assert _unless_signed((shown,), address, others[:1]) == (shown,)
    assert not _sees_a_sign("siagie nellyla x", address)


def test_an_address_two_other_models_read_otherwise_is_in_doubt() -> None:
    """One make misses a letter that stands alone at the begin of a line."""
    shown = Word("rosa@corre.example", (0.0, 0.0, 90.0, 9.0), 1.0)
    for models, second in (((ocr.LATIN, ocr.ENGLISH), "rosa@correo.example"), ((ocr.LATIN,), None)):
        others = [column.Reading(m, (replace(shown, text="rosa@correo.example"),)) for m in models]
        (read,) = _unless_outvoted((shown,), shown.text, others)
        assert (read.second, read.confidence < SURE) == (second, second is not None)


# ------------------------------------------------------------------ words and cells


def test_a_sign_beside_a_name_says_nothing_of_it() -> None:
    """A colon read as something else, badly; one in the middle may be a letter lost."""
    for said, sure in (('`": Ana Paz', True), ('Ana `": Paz', False)):
        line = text(said, poor='`":')
        assert (line.evidence(0, len(line.string)).confidence > POOR) is sure


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("PAOLA'QUISPE", "PAOLA QUISPE"),
        ("Noé´Solís", "Noé Solís"),
        ("los`accesos", "los accesos"),
        ("D'ANGELO", "D'ANGELO"),
        ("Dall'Orto", "Dall'Orto"),
        ("$AN", "SAN"),
        ("$09", "$09"),
    ],
)
def test_a_speck_between_two_words_is_a_blank(read: str, meant: str) -> None:
    """Or a stroke through the letter it stands in."""
    assert ocr.without_specks(read) == meant


@pytest.mark.parametrize(("sure", "value"), [(False, "43160324"), (True, "143160324")])
def test_a_speck_before_a_number_is_none_of_its_digits(sure: bool, value: str) -> None:  # noqa: FBT001
    """A digit that stands alone and is hardly seen, and behind it a whole DNI."""
    said = text("con DNI N.° 1 43160324, en", poor="" if sure else "1")
    (found,) = identity.dnis(said, 0, 40, None)
    assert (found.reading.value, bool(found.reading.doubt)) == (value, sure)


def test_a_word_much_shorter_than_its_place_is_read_again() -> None:
    """«Rí» where «Ríos» stands."""
    for said, wide, stretched in (("Rí", 56, True), ("Ríos", 56, False), ("de", 56, False)):
        assert _is_stretched(said, (0, 0, wide, 26)) is stretched


def test_a_place_that_reaches_over_the_next_word_ends_where_that_begins() -> None:
    nowhere: Box = (0.0, 0.0, 0.0, 0.0)
    places = [(10, 10, 200, 40), (80, 12, 150, 40), (145, 12, 220, 40), (20, 50, 90, 80)]
    found = [(Word("x", nowhere), place) for place in places]
    shown = [place for _, place in ocr._apart(found)]  # noqa: SLF001  a rule of its own
    assert shown == [(10, 10, 80, 40), *places[1:]]


def test_a_word_read_again_with_its_begin_is_not_kept_beside_it() -> None:
    part = Word("paz@x.example", (100.0, 10.0, 160.0, 20.0), 0.8)
    other = Word("correo", (10.0, 10.0, 60.0, 20.0), 0.9)
    found = Word("ana.paz@x.example", (70.0, 9.0, 160.0, 21.0), 0.9)
    cell = (70, 5, 95, 25)
    assert scans._mended((other, part), cell, (found,), 72) == (other, found)  # noqa: SLF001


HEADING = ("N°", "APELLIDOS", "NOMBRES", "DNI", "CARGO")


Cells = tuple[tuple[Word, ...], ...]


def people_in(*rows: Cells, heading: tuple[str, ...] = HEADING) -> tuple[Seen, ...]:
    """The people of a table in the picture of an oficio, below its heading."""
    table = Table((50.0, 60.0, 500.0, 400.0), (tuple(map(words, heading)), *rows))
    lines = ("ASUNTO : alta de usuario", *("x" for _ in range(20)))
    piece = Piece("x.pdf", PageKind.OFICIO, (replace(page(*lines), tables=(table,)),))
    assert zones(piece.text, piece.kind).main.string
    return tables.in_piece(piece)


def seen_in(*rows: tuple[str, ...], shared: bool = False) -> list[bool]:
    """Of each person of a pictured table, whether the name is in doubt."""
    cells = [tuple(map(words, row)) for row in rows]
    if shared:
        cells[1] = (cells[1][0], cells[0][1], *cells[1][2:])
    return [any(n.doubt for n in seen.names) for seen in people_in(*cells)]


ANA = ("1", "PAZ LUNA", "ANA ROSA", "41234567", "Estadístico")
LUZ = ("2", "REY SOLÍS", "LUZ MARINA", "42345678", "Estadístico")


def test_a_row_whose_number_is_in_its_column_may_be_cut_behind_it() -> None:
    """A stroke through the post is no ruling of the names."""
    assert seen_in((*ANA[:4], "Esta", "dístico")) == [False]


def test_rows_that_share_a_persons_cell_are_in_doubt() -> None:
    """A ruling between them was lost; a post may be the same for both."""
    assert seen_in(ANA, LUZ) == [False, False]
    assert seen_in(ANA, LUZ, shared=True) == [True, True]


@pytest.mark.parametrize(
    ("sign", "where", "kept"),
    [
        (":", (160.0, 65.0, 161.0, 66.0), False),
        (".", (86.0, 58.0, 87.5, 59.5), True),
        ("-", (90.0, 54.0, 96.0, 55.0), True),
        ("7", (160.0, 65.0, 161.0, 66.0), True),
    ],
)
def test_a_speck_far_from_all_words_of_a_cell_is_no_sign(sign: str, where: Box, kept: bool) -> None:  # noqa: FBT001
    """It made several models doubt a number that the first had read well."""
    (number,) = words("23810823")
    found = recognise.without_far_specks((number, Word(sign, where, 0.0)))
    assert [w.text for w in found] == ["23810823", sign][: 1 + kept]
    assert recognise.without_far_specks((Word(sign, where, 0.0),))
    many = words("uno dos tres cuatro cinco seis siete ocho nueve diez once doce")
    assert len(recognise.without_far_specks((*many, Word(sign, where, 0.0)))) == 13


def test_a_row_wider_than_its_heading_is_in_doubt() -> None:
    """Some ruling of it is none, and its columns are not those of the heading."""
    assert seen_in((*ANA[:3], "x", *ANA[3:])) == [True]


@pytest.mark.parametrize(
    ("heading", "named", "doubted"),
    [
        (("PATERNO", "MATERNO", "DMI 5", "DNI"), "PAZ LUNA, ANA", False),
        (("PATERNO", "MATERNO", "DNI", "CARGO"), "PAZ LUNA", True),
    ],
)
def test_a_name_is_whole_with_what_stands_behind_the_surnames(
    heading: tuple[str, ...],
    named: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    """A stamp over the column's heading must not cost the given names; without them it is asked."""
    row = ("PAZ", "LUNA", "41234567" if doubted else "ANA", "41234567")
    (seen,) = people_in(tuple(map(words, row)), heading=heading)
    assert [(n.value, bool(n.doubt)) for n in seen.names] == [(named, doubted)]


def test_one_letter_below_a_long_word_ends_it() -> None:
    """No name is a letter; two may be one."""
    for below, doubted in (("A", False), ("LI", True)):
        broken = words("CHOQUEHUANC", below)
        (seen,) = people_in((words("1"), broken, *map(words, ("ANA ROSA", "41234567", "x"))))
        assert [n.value for n in seen.names] == [f"CHOQUEHUANC{below}, ANA ROSA"]
        assert [bool(n.doubt) for n in seen.names] == [doubted]


def test_two_letters_below_an_address_in_a_narrow_cell_are_kept() -> None:
    """«…@outlook.c» and «om», read badly, are its end."""
    broken = words("paz@outlook.c", "om")
    half = tuple(replace(w, confidence=0.5) for w in broken)
    assert len(lines_of(half, Leaf("x.pdf", 1), narrow=True)) == 2
    assert len(lines_of(half, Leaf("x.pdf", 1))) == 1


def test_another_reading_of_all_of_a_cell_is_one() -> None:
    """Each of its words has it, for they are one address."""
    halves = words("rojas-angel704@yahoo.e", "s")
    both = tuple(replace(w, second="rojas-ange1704@yahoo.es") for w in halves)
    cell = replace(text("x"), lines=tuple((Placed(w, Leaf("x.pdf", 1)),) for w in both))
    ((joined,),) = cells.one_word(cell).lines
    assert joined.word.text == "rojas-angel704@yahoo.es"
    assert joined.word.second == "rojas-ange1704@yahoo.es"
