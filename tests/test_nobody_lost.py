"""Whom a scan shows badly is asked about, and nothing of theirs becomes another person's."""

from dataclasses import replace

import pytest
from accuracy import rules
from test_doubts import POOR, alta, checked, page, reading, text, words
from test_specks import people_in

from mailbot.check import Case, check_claim
from mailbot.check.papers import Paper
from mailbot.model import Action, Claim, Method, Outcome, Page, PageKind, Sender, Table, Word
from mailbot.parsers import asking, identity, intent, people, tables
from mailbot.parsers.addresses import near_name
from mailbot.parsers.claims import claims
from mailbot.parsers.material import Material, Source
from mailbot.parsers.mention import Seen
from mailbot.parsers.parse import Request
from mailbot.parsers.pieces import Piece
from mailbot.parsers.text import typed, whole
from mailbot.procedures import OfficeType

DRE, UGEL = OfficeType.DRE, OfficeType.UGEL
SENDER = Sender("mesa@ugel.example", authenticated=True, reason="")
NOTHING = typed("", "")


def asked_for(*lines: str) -> tuple[Seen, ...]:
    """Whom a scanned oficio with such lines asks for."""
    return people.in_passage(whole(text(*lines), PageKind.OFICIO))


def known(seen: tuple[Seen, ...]) -> list[tuple[str | None, str | None, bool]]:
    """The name and the number of each, and whether the number is sure."""
    return [
        (
            next((n.value for n in one.names), None),
            next((r.value for r in one.dnis), None),
            any(r.doubt is None for r in one.dnis[:1]),
        )
        for one in seen
    ]


def material(*papers: tuple[PageKind, tuple[str, ...]]) -> Material:
    """A mail without words of its own, with such scanned papers."""
    pieces = (Piece(f"{kind}.pdf", kind, (page(*lines),)) for kind, lines in papers)
    body = Source(NOTHING, None)
    read = tuple(Source(piece.text, piece.kind, piece) for piece in pieces)
    return Material(SENDER, NOTHING, body, body, read)


# ------------------------------------------------------------------ people in sentences


@pytest.mark.parametrize(
    "lost",
    [
        "Teófilo AYQUIPA Ccahuana - documento. de identidad N° 2 5 2 5 8 0 1 0",
        "Teófilo AYQUIPA Ccahuana, con DN Nro. 25258010",
        "Teófilo AYQUIPA Ccahuana DNIN 25258010",
        "Teófilo AYQUIPA Ccahuana DNIO 25258010",
        "Teófilo AYQUIPA Ccahuana INI 25258010",
        "Teófilo AYQUIPA Ccahuana - dnenmenta de idntidad N 25.258.010",
    ],
)
def test_a_number_whose_label_a_scan_spoilt_is_a_number(lost: str) -> None:
    """The person would be asked about, or passed over."""
    lines = (
        "solicito cancelar la cuenta a doña Luz PAZ Rey, con DNI 05794668,",
        f"y a don {lost},",
    )
    assert known(asked_for(*lines))[1][:2] == ("Teófilo AYQUIPA Ccahuana", "25258010")


def test_who_is_asked_for_without_a_number_is_somebody() -> None:
    """Two of three have one; an address behind the third is nobody else's."""
    seen = asked_for(
        "solicito cancelar la cuenta a doña Luz PAZ Rey, con DNI 05794668,",
        "y a don Teófilo AYQUIPA Ccahuana, con xw 2925, e-mail: teo@correo.example;",
        "y a doña Esther RUIZ Ccori, con DNI 04589133,",
    )
    assert [name for name, _, _ in known(seen)] == [
        "Luz PAZ Rey",
        "Teófilo AYQUIPA Ccahuana",
        "Esther RUIZ Ccori",
    ]
    assert [[r.value for r in one.correos] for one in seen] == [[], ["teo@correo.example"], []]
    assert seen[1].dnis == ()


def test_who_has_a_number_is_not_looked_for_again() -> None:
    """Nor is one whose name stands behind the number."""
    lines = ("solicito cuentas para don Luis PAZ Rey, con DNI 05794668,", "y a doña Eva RUIZ Paz")
    act = people.in_passage(whole(text(*lines), PageKind.RD))
    assert [name for name, _, _ in known(act)] == ["Luis PAZ Rey"]  # an act names whom it likes
    one = asked_for("solicito una cuenta para don Luis PAZ Rey, identificadola)} con DNI 05794668,")
    assert known(one) == [("Luis PAZ Rey", "05794668", True)]


def test_a_capital_that_recognition_shrank_is_one_in_the_last_word_too() -> None:
    (seen,) = asked_for("a don Teófilo Díaz", "vázquez, identificado con DNI 15123783,")
    assert [n.value for n in seen.names] == ["Teófilo Díaz Vázquez"]
    assert known(asked_for("a don Teófilo Díaz como, identificado con DNI 15123783,"))


def spread(gap: float) -> Seen:
    """A person whose name stands in a line set to fill its width, with such a blank inside."""
    line = words("y a doña NÉLIDA ESPERANZA RÍOS, con DNI 05794668,")
    shifted = [(word, 12.0 * n + (gap if n > 3 else 0.0)) for n, word in enumerate(line)]
    moved = tuple(
        replace(w, box=(w.box[0] + by, w.box[1], w.box[2] + by, w.box[3])) for w, by in shifted
    )
    piece = Piece("x.pdf", PageKind.OFICIO, (Page(1, 900.0, 842.0, Method.OCR, moved),))
    (seen,) = people.in_passage(whole(piece.text, PageKind.OFICIO))
    return seen


def test_a_blank_as_wide_as_the_one_before_the_name_hides_no_word() -> None:
    """Farther apart than that, a word may be lost."""
    assert [n.doubt for n in spread(0.0).names] == [None]
    assert [n.doubt for n in spread(40.0).names] == ["¿falta algo entre «NÉLIDA» y «ESPERANZA»?"]


# ------------------------------------------------------------------ people under labels

FIRST = ("Apellidos y Nombres : RÍOS PAZ Ana", "DNI N° 41367927", "Cargo : Estadístico")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Apellidosy Nombr", "ÑAHUI SANTA CRUZ Lizeth"),
        ("Apellidos y Nombres, +", "MERY LUZ ESPINOZA DE PAZ"),
    ],
)
def test_a_spoilt_label_leads_to_a_name(label: str, name: str) -> None:
    seen = asked_for("se solicita la baja de", *FIRST, f"{label} {name}", "DNI N° 77872797")
    assert known(seen) == [("RÍOS PAZ Ana", "41367927", True), (name, "77872797", True)]


def test_a_name_goes_on_in_the_next_line_though_specks_end_it() -> None:
    """Its second given name would be lost."""
    lines = ("Apellidos y Nombres : YUPANQUI CHOQUE César", "Augusto - >", "DNI N° 41367927")
    assert known(asked_for("la baja de", *lines)) == [
        ("YUPANQUI CHOQUE César Augusto", "41367927", True)
    ]


def test_a_second_number_among_a_persons_lines_is_somebody_elses() -> None:
    """Their name's label is lost, and the number spoilt."""
    seen = asked_for("la baja de", *FIRST, "Ap#ll y Nmb ÑAHUI Lizeth", "DNI N° : 0l 881 003")
    assert known(seen) == [("RÍOS PAZ Ana", "41367927", True), (None, "01881003", False)]


def test_labels_that_begin_anew_are_the_next_persons() -> None:
    """The number above them is lost with its label: the next one's was taken for it."""
    lost = ("Apellidos y Nombres : NOÉ TUESTA LUNA", "xw 02", "Cargo : Responsable")
    rest = ("Ap#ll MERY ESPINOZA", "DNI N° 77872797", "Correo mery@correo.example", "Cargo : Otro")
    first, second, third = asked_for("la baja de", *FIRST, *lost, *rest)
    assert known((first, second)) == [
        ("RÍOS PAZ Ana", "41367927", True),
        ("NOÉ TUESTA LUNA", None, False),
    ]
    assert second.correos == ()
    assert [(r.value, bool(r.doubt)) for r in (*third.dnis, *third.correos)] == [
        ("77872797", True),
        ("mery@correo.example", True),
    ]


def test_a_second_post_is_the_next_persons() -> None:
    """Nothing else is left of them."""
    seen = asked_for("la baja de", *FIRST, "Ap#ll MERY ESPINOZA", "xw 77", "Cargo : Otro")
    assert known(seen) == [("RÍOS PAZ Ana", "41367927", True), (None, None, False)]


def test_labels_in_any_order_are_one_persons() -> None:
    order = ("Cargo : Estadístico", "Apellidos y Nombres : PAZ RÍOS Luz", "DNI N° 77872797")
    seen = asked_for("la baja de", *order)
    assert known(seen) == [("PAZ RÍOS Luz", "77872797", True)]


# ------------------------------------------------------------------ whose request it is

REGION = "GERENCIA REGIONAL DE EDUCACIÓN AREQUIPA"


@pytest.mark.parametrize(
    ("line", "types"),
    [
        ("UNIDAD DE EDUCATIVA LOCAL CASTILLA", {UGEL}),
        ("UNIDAD DE GESTIÓN LOCAL CASTILLA", {UGEL}),
        ("UNIDAD DE GESTION EDUCA TIVA LOCAL CASTILLA", {UGEL}),
        ("UNIDAD DE GESTIÓN EDUCATIMA LOCAL CASTILLA", {UGEL}),
        ("DIRECCIÓN DE GESTIÓN INSTITUCIONAL", {DRE}),
    ],
)
def test_a_word_that_lost_its_row_makes_no_dre_of_a_ugel(line: str, types: set[OfficeType]) -> None:
    """Another office's account would be asked for."""
    asks = material((PageKind.OFICIO, (REGION, line, "ASUNTO : ALTA", "se solicita")))
    assert asking.types(asks, rules()) == types


@pytest.mark.parametrize(
    ("act", "types"),
    [
        ("UNIDAD DE GESTIÓN EDUCATIVA LOCAL CASTILLA", {DRE, UGEL}),
        ("DIRECCIÓN DE GESTIÓN INSTITUCIONAL", {DRE}),
    ],
)
def test_a_ugels_act_beside_what_looks_like_its_dres_oficio(
    act: str, types: set[OfficeType]
) -> None:
    """Then either may ask, and no post is told by that."""
    papers = (
        (PageKind.OFICIO, (REGION, "ASUNTO : ALTA", "se solicita")),
        (PageKind.RD, (REGION, act, "VISTO, el expediente", "SE RESUELVE:")),
    )
    assert asking.types(material(*papers), rules()) == types


def test_a_sign_glued_to_the_begin_of_a_line_parts_no_phrase() -> None:
    lines = ("solicitar la desactivación", ".de los accesos al SIAGIE")
    found = intent.action(rules().wording, [whole(text(*lines))])
    assert found
    assert found.value == Action.BAJA.value


# ------------------------------------------------------------------ names, numbers, addresses


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("EH HUARCAYA TICONA", Outcome.UNREADABLE),
        ("PEÑA INGA JHON KEVEN", Outcome.UNREADABLE),
        ("PURIZACA CRUZ ROSA INI", Outcome.UNREADABLE),
        ("DE PAZ HUARCAYA ELÍ", Outcome.MET),
    ],
)
def test_a_word_that_is_what_is_left_of_a_name_is_asked(name: str, outcome: Outcome) -> None:
    """In one picture alone; two papers that show it are believed."""
    told = reading(name, PageKind.OFICIO)
    assert checked(alta((told,)))["nombres"][0] is outcome
    assert checked(alta((told, reading(name, PageKind.RD))))["nombres"][0] is Outcome.MET


@pytest.mark.parametrize(
    ("value", "rival", "act", "outcome"),
    [
        ("26680589", "26680585", "26680585", Outcome.MET),
        ("46475317", "46435317", "46425317", Outcome.MET),
        ("4647531", "46475317", "46475317", Outcome.MET),
        ("46475317", "46435318", "46425317", Outcome.UNREADABLE),  # one reading alone is for it
        ("46475317", "46435317", "46425319", Outcome.UNREADABLE),
        ("46475317", None, "46425317", Outcome.UNREADABLE),
        ("46475317", "", "46425317", Outcome.UNREADABLE),
        ("12345678", "46425317", "46425317", Outcome.UNREADABLE),
    ],
)
def test_a_number_read_in_two_ways_is_what_the_act_says_if_it_fits_both(
    value: str, rival: str | None, act: str, outcome: Outcome
) -> None:
    """Where the two agree the act must say the same: another number would not fit by chance."""
    shown = reading(value, PageKind.OFICIO, doubt="otra lectura dio otra cosa", rival=rival)
    names = (reading("PAZ LUNA ANA", PageKind.OFICIO), reading("PAZ LUNA ANA", PageKind.RD))
    claim = replace(alta(names), dnis=(shown, reading(act, PageKind.RD)))
    assert checked(claim)["dni"][0] is outcome


def test_a_number_keeps_the_other_reading_of_its_place() -> None:
    """Nobody's, where that could not be read."""
    box = (50.0, 50.0, 85.0, 60.0)
    for second, rival in (("28902481", "28902481"), ("?", ""), (None, None)):
        line = (Word("DNI", (10.0, 50.0, 40.0, 60.0)), Word("28902480", box, 0.5, second))
        piece = Piece("x.pdf", PageKind.OFICIO, (Page(1, 595.0, 842.0, Method.OCR, line),))
        (found,) = identity.dnis(piece.text, 0, len(piece.text.string), PageKind.OFICIO)
        assert (found.reading.rival, bool(found.reading.doubt)) == (rival, second is not None)


@pytest.mark.parametrize(
    ("cell", "doubted"),
    [
        (("4751325", "1"), True),
        (("4751325", "4"), False),
        (("475132", "51"), False),
        (("47513251",), False),
    ],
)
def test_a_stroke_alone_in_its_line_may_be_another_figure(
    cell: tuple[str, ...],
    doubted: bool,  # noqa: FBT001
) -> None:
    """A zero of which one side is left is a one for every model."""
    (read,) = identity.in_cell(text(*cell), PageKind.OFICIO)
    assert bool(read.doubt) is doubted


@pytest.mark.parametrize(
    ("number", "sure"),
    [("N.” 1897696 4", False), ("N° 18976964", True), ("N° 18 976 964", True)],
)
def test_a_figure_set_apart_from_seven_may_be_the_check_digit(number: str, sure: bool) -> None:  # noqa: FBT001
    """The first figure and the dash before the check digit are lost: another person's number."""
    seen = asked_for(
        f"solicito la baja de don Teófilo AYQUIPA Ccahuana, con DNI {number}, profesor"
    )
    assert known(seen) == [("Teófilo AYQUIPA Ccahuana", "18976964", sure)]


def test_two_letters_that_look_like_one_are_asked() -> None:
    """«vicinga» of Víctor Inga."""
    name = {"victor", "hugo", "inga", "ccahuana"}
    read = near_name(reading("vianga60265@outlook.es", PageKind.OFICIO), name)
    assert read.doubt == "¿será «vicinga»? Se aparta del nombre en una letra"
    assert near_name(reading("vicinga60265@outlook.es", PageKind.OFICIO), name).doubt is None


@pytest.mark.parametrize("address", ["paz-1lizeth36@x.example", "paz-lizeth361@x.example"])
def test_a_stroke_read_as_a_one_and_an_l_is_asked(address: str) -> None:
    """No recognition is sure how many strokes stand there; at the end of a name a one may stand."""
    read = near_name(reading(address, PageKind.OFICIO), {"lizeth", "paz"})
    assert (read.doubt is not None) is ("1l" in address)


@pytest.mark.parametrize(
    ("line", "doubted"),
    [
        ("correo: romulo_santa.1983@outlook.com", True),
        ("correo: romulo.santa_1983@outlook.com", True),
        ("correo: romulo_santa_1983@outlook.com", False),
        ("correo: romulo.santa-1983@outlook.com", False),
        ("correo: edgar . raul.mendoza78@outlook.com", True),
        ("correo . raul.mendoza78@outlook.com", False),
    ],
)
def test_a_low_line_that_looks_like_a_dot_is_asked(line: str, doubted: bool) -> None:  # noqa: FBT001
    """People part their names with one sign; what a dot leads to may have begun before it."""
    scanned = text(line)
    (found,) = identity.correos(scanned, 0, len(scanned.string), PageKind.OFICIO)
    assert bool(found.reading.doubt) is doubted


# ------------------------------------------------------------------ what is not missing


def of_papers(claim: Claim, *lines: str, poor: str = "") -> Case:
    """A claim held against a scanned oficio with such lines."""
    piece = Piece("oficio.pdf", PageKind.OFICIO, (page(*lines, poor=poor),))
    request = Request(SENDER, (claim,), (), (piece,), typed("cuerpo", ""), forwarded=False)
    return check_claim(claim, request, rules())


def outcomes(case: Case) -> dict[str, Outcome]:
    return {finding.requirement: finding.outcome for finding in case.findings}


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("EBE Inicia.", Outcome.UNREADABLE), ("de la UGEL", Outcome.MISSING)],
)
def test_a_nivel_that_lost_a_letter_is_not_missing(said: str, outcome: Outcome) -> None:
    name = (reading("PAZ LUNA ANA", PageKind.OFICIO),)
    claim = replace(alta(name), role=reading("especialista-nivel", PageKind.OFICIO))
    case = of_papers(claim, "ASUNTO : ALTA", f"como Especialista del nivel educativo {said},")
    assert outcomes(case)["nivel"] is outcome


@pytest.mark.parametrize(
    ("number", "outcome"),
    [("43444364", Outcome.UNREADABLE), ("15919239", Outcome.MET)],
)
def test_an_act_that_alone_tells_the_name_is_no_proof_of_itself(
    number: str, outcome: Outcome
) -> None:
    """The oficio's row shows a number, and no name anybody could read."""
    act = Piece("rd.pdf", PageKind.RD, (page("SE RESUELVE:", f"1 RIOS PAZ Ana {number}"),))
    numbers = (reading("15919239", PageKind.OFICIO), reading(number, PageKind.RD))
    claim = replace(alta((reading("RIOS PAZ Ana", PageKind.RD),)), dnis=numbers)
    assert checked(claim, act)["rd"][0] is outcome


def test_a_number_in_a_row_nobody_could_read_is_not_missing() -> None:
    """The procedure is not known either; the asker is told what to state in any case."""
    claim = replace(alta((reading("Binne oeni", PageKind.OFICIO, confidence=POOR),)), role=None)
    case = of_papers(claim, "ASUNTO : BAJA", "identificado con DNI", "Rsponsable SIAGIE")
    found = outcomes(case)
    assert (found["dni"], found["rol"]) == (Outcome.UNREADABLE, Outcome.UNREADABLE)
    assert {f.requirement for f in case.to_mend} >= {"dni", "rol"}
    assert outcomes(of_papers(claim, "ASUNTO : BAJA", "se solicita"))["dni"] is Outcome.MISSING


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("039-2026-UGEL", None),
        ("N° 02039-2026-UGEL", "N° 02039-2026-UGEL"),
        ("Hisotacën Dircotoral 02039-2026-UGEL", "02039-2026-UGEL"),
    ],
)
def test_a_number_that_begins_its_line_may_have_lost_its_first_figures(
    title: str, number: str | None
) -> None:
    lines = ("DIRECCIÓN REGIONAL DE EDUCACIÓN CALLAO", title, "VISTO, el expediente")
    assert Paper(Piece("rd.pdf", PageKind.RD, (page(*lines),))).number == number


def test_two_people_of_one_oficio_are_two_claims() -> None:
    """As the bot meets them: one has no number, and is not called complete."""
    lines = (
        "ASUNTO : BAJA DE USUARIO",
        "solicito la baja del usuario SIAGIE a doña Luz PAZ Rey, con DNI 05794668,",
        "y a don Teófilo AYQUIPA Ccahuana, con xw 2925, por cese.",
    )
    made = claims(material((PageKind.OFICIO, lines)), rules())
    assert [[n.value for n in c.names] for c in made] == [
        ["Luz PAZ Rey"],
        ["Teófilo AYQUIPA Ccahuana"],
    ]
    assert [[r.value for r in c.dnis] for c in made] == [["05794668"], []]


@pytest.mark.parametrize(
    ("second", "made"),
    [
        ("Elí TICONA Santa Cruz, con DNI 45680031", 2),
        ("Elí TICONA Santa Cruz, con DNI 24371209", 1),
        ("Elí TICONA, con DNI 45680031", 1),
    ],
)
def test_a_name_and_a_longer_one_with_numbers_of_their_own_are_two_people(
    second: str, made: int
) -> None:
    """The same name twice, or nearly the same number, is one person, about whom is asked."""
    said = f"Se solicita la baja de don Elí TICONA, con DNI 24371208, y de don {second}, por cese."
    body = Source(typed("cuerpo del correo", said), None, raw=said)
    found = claims(replace(material(), body=body), rules())
    assert len(found) == made
    assert sum(len(claim.dnis) for claim in found) == 2


def test_a_person_a_scan_spoils_is_the_one_the_mail_names() -> None:
    """One in the oficio, one in the mail, two words of the name in common but for a letter."""
    lines = (
        "ASUNTO : BAJA DE USUARIO",
        "solicito la baja del usuario SIAGIE de doña LUNA RECIBIDO YUPANQUA, por cese.",
    )
    asked = material((PageKind.OFICIO, lines))
    for own, people_made in (("LUNA TUPAC YUPANQUI FÉLIX", 1), ("ROJAS TUPAC YUPANQUI FÉLIX", 2)):
        said = f"Se solicita la baja de {own}, con DNI 40080663."
        body = Source(typed("cuerpo del correo", said), None, raw=said)
        assert len(claims(replace(asked, body=body), rules())) == people_made


# ------------------------------------------------------------------ what is asked


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("solicitar se proporcione. usuatio y clave del SIAGIE a", Action.ALTA),
        ("solicitar la asignación de usuari SIAGIE a", Action.ALTA),
        ("solicitar la desactivación d los accesos al SIAGIE a", Action.BAJA),
        ("solicitar la anulación de usvario y contraseña del SIAGIE a", Action.BAJA),
        ("se solicita desactivar·los accesos al SIAGIE concedidos a", Action.BAJA),
        ("solicitar se proporcione lo necesario a", None),
    ],
)
def test_what_an_account_is_called_may_have_lost_a_letter(said: str, asked: Action | None) -> None:
    assert asked_below("USUARIO SIAGIE" if asked is Action.BAJA else "ALTA", said) is asked


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        ("Solicito alta de usuario SIAGIE", Action.ALTA),
        ("Solicito alta y baja de usuarios del SIAGIE", None),
        ("Solicito baja de usuario SIAGIE", None),
        ("usuarios", None),
    ],
)
@pytest.mark.parametrize("named", ["los accesos al SIAGIE", "usuatio y clave del SIAGIE"])
def test_an_account_named_without_a_verb_is_an_alta_if_the_subject_says_so(
    named: str, subject: str, asked: Action | None
) -> None:
    """A scan may have spoilt the verb."""
    assert asked_below(subject, f"se solicita desxxxivar {named} a") is asked


def asked_below(subject: str, said: str) -> Action | None:
    """What a scanned letter asks for below its subject."""
    letter = whole(text(f"ASUNTO : {subject}", "De mi consideración:", said), PageKind.OFICIO)
    start = letter.text.folded.index("de mi consideracion")
    read = intent.action(rules().wording, [replace(letter, start=start)])
    return Action(read.value) if read else None


# ------------------------------------------------------------------ which nivel


@pytest.mark.parametrize(
    ("cell", "doubted"),
    [
        (("Educación Básica special", "Primaria", "Educación Básicaspecial Primaria"), True),
        (("Educación Básica Regular", "Primaria", "Educación Básica Regular Primaria"), False),
    ],
)
def test_a_nivel_written_twice_is_in_doubt_if_it_may_be_special_once(
    cell: tuple[str, ...],
    doubted: bool,  # noqa: FBT001
) -> None:
    """The words of a cell are read line by line, and joined."""
    read = intent.nivel(rules().wording, [whole(text(*cell), PageKind.OFICIO)])
    assert read
    assert (read.value, read.doubt is not None) == ("EBR Primaria", doubted)


@pytest.mark.parametrize(("proven", "doubted"), [("EBE Primaria", True), ("EBR Primaria", False)])
def test_a_nivel_that_the_act_gives_otherwise_is_asked(
    proven: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    who = "Luz PAZ Rey, con DNI 05794668, como Especialista del nivel educativo"
    asked = ("ASUNTO : CREACIÓN DE USUARIO", f"solicito el alta de doña {who} EBR Primaria.")
    act = ("SE RESUELVE:", f"ARTÍCULO 1°.- DESIGNAR a doña {who} {proven}.")
    (made,) = claims(material((PageKind.OFICIO, asked), (PageKind.RD, act)), rules())
    assert made.nivel
    assert made.nivel.value == "EBR Primaria"
    assert (made.nivel.doubt == "en otro lugar figura EBE Primaria") is doubted


# ------------------------------------------------------------------ cells two rows have in common


Words = tuple[Word, ...]


def lower(down: float, *lines: str) -> Words:
    """The words of a cell, so many points further down their page."""
    boxes = ((w, w.box) for w in words(*lines))
    return tuple(replace(w, box=(b[0], b[1] + down, b[2], b[3] + down)) for w, b in boxes)


def in_rows(*rows: tuple[Words, ...]) -> tuple[Seen, ...]:
    """The people of a ruled table in a scanned oficio."""
    return people_in(*rows, heading=("APELLIDOS Y NOMBRES", "DNI", "CARGO"))


POST = words("Técnico")


def test_a_cell_two_rows_have_in_common_is_parted_between_them() -> None:
    """A scan lost their ruling in one column: the names are told apart, and asked about."""
    both = lower(100, "Ruiz Paz Ana", "Gil Sol Eva")
    upper, below = lower(100, "41234567"), lower(120, "4234567")
    seen = in_rows((both, upper, POST), (both, below, POST))
    assert [[n.value for n in one.names] for one in seen] == [["Ruiz Paz Ana"], ["Gil Sol Eva"]]
    assert all(one.mixed for one in seen)
    assert all(n.doubt for one in seen for n in one.names)


def test_a_cell_three_rows_have_in_common_is_parted_among_all() -> None:
    named = ("Ruiz Paz Ana", "Gil Sol Eva", "Rey Luna Iris")
    numbers = ("41234567", "42345678", "43456789")
    rows = [(lower(100, *named), lower(100 + 20 * n, dni), POST) for n, dni in enumerate(numbers)]
    assert [[n.value for n in one.names] for one in in_rows(*rows)] == [[name] for name in named]


def test_a_cell_in_common_whose_lines_are_all_one_rows_is_both_rows() -> None:
    """One person who holds two posts has one cell for both."""
    name, number = lower(100, "Ruiz Paz Ana"), lower(100, "41234567")
    seen = in_rows((name, number, lower(100, "Técnico")), (name, number, lower(120, "Docente")))
    assert [[n.value for n in one.names] for one in seen] == [["Ruiz Paz Ana"]] * 2
    assert all(one.mixed for one in seen)


def test_a_cell_in_common_with_a_narrower_row_is_parted() -> None:
    """The lost ruling of that row put all its cells one column before the others'."""
    heading = ("N°", "PATERNO", "MATERNO", "NOMBRES", "DNI")
    both = lower(100, "Gil", "Sol")
    upper = (lower(100, "1 Ruiz"), both, lower(100, "Ana"), lower(100, "41234567"))
    below = [lower(120, said) for said in ("2", "Rey", "Eva", "42345678")]
    _, last = people_in(upper, (*below[:2], both, *below[2:]), heading=heading)
    assert [n.value for n in last.names] == ["Rey Sol, Eva"]
    assert last.mixed


def test_a_number_in_a_cell_of_its_own_is_its_rows() -> None:
    """If only the names run together; otherwise all of the row is asked."""
    both = lower(100, "Ruiz Paz Ana", "Gil Sol Eva")
    numbers = lower(100, "41234567"), lower(120, "42345678")
    named = in_rows((both, numbers[0], POST), (both, numbers[1], POST))
    assert [(bool(n.doubt), r.doubt) for one in named for n in one.names for r in one.dnis] == [
        (True, None)
    ] * 2
    one = lower(100, "41234567")
    names = lower(100, "Ruiz Paz Ana"), lower(120, "Gil Sol Eva")
    first, _ = in_rows((names[0], one, lower(100, "x")), (names[1], one, lower(120, "y")))
    assert all(r.doubt for r in (*first.names, *first.dnis))


def test_rows_with_cells_of_their_own_are_in_no_doubt() -> None:
    first = (lower(100, "Ruiz Paz Ana"), lower(100, "41234567"), POST)
    last = (lower(120, "Gil Sol Eva"), lower(120, "42345678"), POST)
    assert not any(one.mixed for one in in_rows(first, last))


BROKEN = (
    "ASUNTO : solicito alta y baja de usuarios del SIAGIE",
    "solicito se proporcione usuario y clave conforme al detalle siguiente.",
    "APELLIDO APELLIDO CORREO",
    "NOMBRES DNI CARGO NIVEL",
    "PATERNO MATERNO ELECTRÓNICO",
    "FLOR DE Especialista en EBE",
    "1 LLANOS CARDENAS MARIA 09065950 fior cardenas yahoo.es Educación Prmara",
    "Mediante el presente solicito la inactivación del usuario del SIAGIE otorgado al personal.",
    "N PATERNO MATERNO NOMBRES DNI",
    "1 FLORES CONDORI ESPERANZA 70790582 Especialista",
)


@pytest.mark.parametrize(("wide", "mixed"), [(3, True), (1, False)])
def test_who_is_told_in_words_inside_a_table_stands_in_a_broken_row(
    wide: int,
    mixed: bool,  # noqa: FBT001
) -> None:
    """What is asked below the table is not for them: an alta was taken for a baja.

    A frame around the page is no table.
    """
    row = (words("1 LLANOS CARDENAS"), words("FLOR DE MARIA 09065950"), words("fior cardenas"))
    broken = Table((40.0, 85.0, 600.0, 185.0), (row[:wide],))
    rows = (("PATERNO", "MATERNO", "NOMBRES", "DNI"), ("FLORES", "CONDORI", "LUZ", "70790582"))
    below = Table((40.0, 205.0, 600.0, 250.0), tuple(tuple(map(words, r)) for r in rows))
    shown = replace(page(*BROKEN), tables=(broken, below))
    _, seen = tables.in_piece(Piece("x.pdf", PageKind.OFICIO, (shown,)))
    assert (seen.mixed, seen.listed) == (mixed, mixed)
    asked = "la fila parece de varias personas"
    assert [r.doubt == asked for r in seen.names] == [mixed]


def numbered(*cells: str) -> Seen:
    """Who stands in the one row of a scanned table whose rows are numbered."""
    row = tuple(words(*cell.split("/")) for cell in cells)
    (seen,) = people_in(row, heading=("N°", "APELLIDOS Y NOMBRES", "DNI"))
    return seen


def test_a_row_numbered_twice_is_of_several_people() -> None:
    """All its rulings lost, and one of the numbers."""
    assert numbered("1/2", "Ruiz Ana/Gil Eva", "41234567").mixed
    assert not numbered("12", "Ruiz Ana", "41234567").mixed
    assert not numbered("1/7", "Ruiz Ana", "41234567").mixed


def test_a_name_longer_than_one_persons_is_asked() -> None:
    two = numbered("1", "Saldaña Rey Lizeth Paola/Huarcaya Tuesta Jesús", "41234567")
    assert all(n.doubt for n in two.names)
    one = numbered("1", "De la Cruz Ponce de León/María del Carmen Luz", "41234567")
    assert not any(n.doubt for n in one.names)


# ------------------------------------------------------------------ what leads to a value


@pytest.mark.parametrize(
    ("led", "doubted"),
    [
        ("e-mail: siagie. ana.rios@b.example", False),
        ("correo electrónico siagie. ana.rios@b.example", False),
        ("de la sede siagie. ana.rios@b.example", True),
    ],
)
def test_an_address_begins_right_behind_its_label(led: str, doubted: bool) -> None:  # noqa: FBT001
    """No word of a sentence stands between them: the blank behind the dot is a wide one."""
    (found,) = identity.correos(text(led), 0, len(led), PageKind.OFICIO)
    assert found.reading.value.endswith("siagie.ana.rios@b.example")
    assert bool(found.reading.doubt) is doubted


def test_identificado_with_a_spoilt_letter_is_no_end_of_a_name() -> None:
    (seen,) = asked_for(
        "solicito el alta a don", "JESÚS VILLAFUERTE CCAHUANA, iäentificado con DNI N° 21363075"
    )
    assert [n.value for n in seen.names] == ["JESÚS VILLAFUERTE CCAHUANA"]
