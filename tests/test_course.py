"""What a checked case is taken for: the post it is about, what happens next, and what is shown."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from chamber import record
from house import write_config

from mailbot import decide, pictures
from mailbot.check import Case, signed
from mailbot.decide import Course, Facts, Next
from mailbot.model import (
    Account,
    Action,
    Approver,
    Claim,
    Document,
    Evidence,
    Finding,
    Method,
    Outcome,
    Page,
    Post,
    Reading,
    Sender,
    Signature,
    Verdict,
)
from mailbot.offices import NoSchools, Office
from mailbot.parsers.parse import Request
from mailbot.parsers.text import Text
from mailbot.procedures import OfficeType
from mailbot.rules import Rules, read_rules

UGEL, SCHOOL = "060004", "0489559"
ROSA = Account(7, "rosa", "QUISPE, Rosa", "42871359", "r@x.example", Post("r", "o"), "2026-03-12")
ANA = Approver("ana@x.example")
SCAN = "RD.pdf"


class OneSchool(NoSchools):
    """A register that holds one school of the UGEL."""

    def school(self, code: str) -> Office | None:
        """The school, by its código modular."""
        return Office(SCHOOL, OfficeType.IE, "IE 10384", UGEL) if code == SCHOOL else None


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    folder: Path = tmp_path_factory.mktemp("reglas") / "config"
    return read_rules(write_config(folder, None)).with_schools(OneSchool())


def read(value: str, doubt: str | None = None, source: str = "correo") -> Reading:
    return Reading(value, None, Evidence(source, None, None, value, Method.TEXT), doubt)


def found(requirement: str, value: str | None = None, mend: str | None = None) -> Finding:
    outcome = Outcome.MISSING if mend else Outcome.MET
    return Finding(requirement, outcome, value, mend=mend)


def case(rules: Rules, section: str, *findings: Finding, **claimed: object) -> Case:
    claim = Claim(**{"office": read(UGEL), **claimed})  # type: ignore[arg-type]
    return Case(claim, rules.guide.procedures[section], findings)


# ------------------------------------------------------------------ the post


def test_a_post_is_known_with_its_role_and_its_office(rules: Rules) -> None:
    """And not while either is in doubt: nobody is asked about a post that was guessed."""
    assert decide.post(case(rules, "5.1")) == Post("especialista-ugel", UGEL)
    assert decide.post(case(rules, "5.1", office=None)) is None
    assert decide.post(case(rules, "5.1", office=read(UGEL, "puede ser otra"))) is None
    assert decide.post(Case(Claim(office=read(UGEL)), None, ())) is None


@pytest.mark.parametrize(
    ("findings", "claimed", "nivel"),
    [
        ((found("dni", "1"), found("nivel", "EBR Inicial")), "EBR Primaria", "EBR Inicial"),
        ((found("nivel", "EBR Inicial", mend="x"),), "EBR Primaria", None),
        ((found("dni", "1"),), "EBR Primaria", "EBR Primaria"),
        ((), "EBR Primaria?", None),
        ((), None, None),
    ],
)
def test_a_seat_for_a_nivel_has_the_nivel_that_is_certain(
    rules: Rules, findings: tuple[Finding, ...], claimed: str | None, nivel: str | None
) -> None:
    """The one found, else what a baja's letter names; a post of the office alone has none."""
    value = read(claimed.strip("?"), "dudoso" if "?" in claimed else None) if claimed else None
    (by_nivel,) = {
        p.section
        for p in rules.guide.procedures.values()
        if p.role.id == "especialista-nivel" and p.action is Action.BAJA
    }
    post = decide.post(case(rules, by_nivel, *findings, nivel=value))
    assert post == Post("especialista-nivel", UGEL, nivel)
    assert decide.post(case(rules, "5.1", *findings, nivel=value)) == Post(
        "especialista-ugel", UGEL
    )


def test_a_schools_director_is_decided_by_the_ugel_above(rules: Rules) -> None:
    """Of a school that no register holds nobody decides: no post has an office without a name."""
    procedure = rules.guide.procedures["8.1"]
    for school, above in ((SCHOOL, UGEL), ("0000000", "")):
        decided = decide.decided_by(procedure, Post("director-ie", school), rules)
        assert decided == Post("especialista-ugel", above)


# ------------------------------------------------------------------ what happens next


def serving(rules: Rules, *roles: str) -> Rules:
    serves = rules.settings.serves.model_copy(update={"roles": roles})
    return replace(rules, settings=rules.settings.model_copy(update={"serves": serves}))


def test_a_complete_case_is_asked_of_whom_decides(rules: Rules) -> None:
    """Where nobody does, it is told; where nobody knows what is asked, the asker mends it."""
    whole = case(rules, "5.1", found("oficina"), found("dni", "1"))
    asked, vacant = Course(Next.ASK), Course(Next.VACANT)
    assert decide.course(whole, Facts(approvers=(ANA,)), rules) == asked
    assert decide.course(whole, Facts(), rules) == vacant
    assert decide.course(replace(whole, procedure=None), Facts(approvers=(ANA,)), rules) == Course(
        Next.OBSERVE
    )


def test_only_the_roles_of_this_mailbox_are_served(rules: Rules) -> None:
    """Before anything is asked to be mended: it would be mended for nothing."""
    lacking, facts = case(rules, "5.1", found("dni", mend="x")), Facts(approvers=(ANA,))
    elsewhere = serving(rules, "director-ie")
    assert decide.course(lacking, facts, elsewhere) == Course(Next.REFUSE, "served")
    here = serving(rules, "director-ie", "especialista-ugel")
    assert decide.course(lacking, facts, here) == Course(Next.OBSERVE)


def test_what_the_guide_keeps_out_is_refused(rules: Rules) -> None:
    """Whatever else is lacking."""
    made = case(rules, "8.1", found("pronoei"), found("dni", mend="x"))
    assert made.procedure
    out = replace(made, procedure=replace(made.procedure, excludes=("PRONOEI",)))
    assert decide.course(out, Facts(approvers=(ANA,)), rules) == Course(Next.REFUSE, "pronoei")


@pytest.mark.parametrize(
    ("section", "own", "reason"), [("5.1", (ROSA,), "already"), ("5.2", (), "nobody")]
)
def test_what_is_so_already_is_refused_of_a_certain_person(
    rules: Rules, section: str, own: tuple[Account, ...], reason: str
) -> None:
    """Else who decides has to look first who it is about."""
    facts = Facts(own=own, approvers=(ANA,))
    certain = case(rules, section, found("correo", "x"), found("dni", "1"))
    assert decide.course(certain, facts, rules) == Course(Next.REFUSE, reason)
    doubtful = Finding("dni", Outcome.UNREADABLE, "1")
    for unsure in ((found("correo", "x"), doubtful), (found("correo", "x"),), ()):
        assert decide.course(case(rules, section, *unsure), facts, rules) == Course(Next.ASK)


# ------------------------------------------------------------------ what is shown

SIGNED = Signature(Verdict.INVALID, "cambió después de firmado", signer="ANA RUIZ")
PAGES = (Page(2, 595.0, 842.0, Method.OCR, turns=1),)
DOCUMENT = Document(SCAN, "ab12", PAGES, signatures=(SIGNED,))
BODY = Text("correo", Method.TEXT, ())


def request(*, sender: str = "mesa@x.example", completed_by: tuple[str, ...] = ()) -> Request:
    proven = Sender(sender, authenticated=True, reason="firmado por x.example")
    return Request(proven, (), (DOCUMENT,), (), BODY, forwarded=True, completed_by=completed_by)


def test_a_record_says_all_that_a_decider_goes_by(rules: Rules) -> None:
    """What is asked, for whom, where; who asks and how that is known; documents and findings."""
    scanned = Reading("42871359", None, Evidence(SCAN, 2, (1.0, 2.0, 3.0, 4.0), "x", Method.OCR))
    dni = Finding("dni", Outcome.CONFLICT, "42871359", ("RD, pág. 2",), "dos", "m", (scanned,))
    about = case(
        rules,
        "5.1",
        dni,
        found("nombres", "QUISPE, Rosa"),
        found("correo", "r@x.example"),
        found("oficina", UGEL),
        found("oficina"),
        found("pronoei", "sí"),
        action=read("alta"),
        previous=(read("RUIZ, Eva"), read("PAZ, Luz")),
    )
    shown = decide.record(about, request(completed_by=("b@x.example", "c@x.example")), rules)
    plain: decide.Record = {
        "value": None,
        "outcome": "met",
        "places": [],
        "note": None,
        "mend": None,
    }
    office = rules.offices.name(UGEL)
    shots = [asdict(s) for s in pictures.for_decider(about, (DOCUMENT,))]
    assert len(shots) == 1
    assert shown == {
        "section": "5.1",
        "role": "especialista-ugel",
        "role_name": rules.guide.procedures["5.1"].role.name,
        "action": "alta",
        "office": UGEL,
        "office_name": office,
        "nivel": None,
        "names": "QUISPE, Rosa",
        "dni": "42871359",
        "correo": "r@x.example",
        "asker": "mesa@x.example",
        "asker_verdict": "firmado por x.example; también escribió b@x.example; "
        "también escribió c@x.example",
        "completed_by": ["b@x.example", "c@x.example"],
        "forwarded": True,
        "previous": "RUIZ, Eva · PAZ, Luz",
        "documents": [
            {
                "name": SCAN,
                "sha256": "ab12",
                "signatures": [{"verdict": "invalid", "words": signed.words(SIGNED)}],
            }
        ],
        "findings": [
            {
                "requirement": "dni",
                "label": "número de DNI",
                "outcome": "conflict",
                "value": "42871359",
                "places": ["RD, pág. 2"],
                "note": "dos",
                "mend": "m",
            },
            plain
            | {
                "requirement": "nombres",
                "label": "apellidos y nombres",
                "value": "QUISPE, Rosa",
            },
            plain
            | {"requirement": "correo", "label": "correo electrónico", "value": "r@x.example"},
            plain | {"requirement": "oficina", "label": "oficina", "value": f"{office} ({UGEL})"},
            plain | {"requirement": "oficina", "label": "oficina"},
            plain | {"requirement": "pronoei", "label": "pronoei", "value": "sí"},
        ],
        "closes": [],
        "signals": [],
        "shots": shots,
    }


def test_what_is_not_known_is_none_in_a_record(rules: Rules) -> None:
    """Never a guess, and never an empty word."""
    shown = decide.record(Case(Claim(), None, ()), request(), rules)
    unknown = {key for key, value in shown.items() if value is None}
    assert unknown == {
        *("section", "role", "role_name", "action", "office", "office_name", "nivel"),
        *("names", "dni", "correo", "previous"),
    }
    with_nivel = case(rules, "6.1", found("nivel", "EBR Inicial"))
    assert decide.record(with_nivel, request(), rules)["nivel"] == "EBR Inicial"


# ------------------------------------------------------------------ what a yes does, once more


def test_an_account_for_a_nivel_has_it_and_one_of_many_its_person(rules: Rules) -> None:
    """The seat of both is what was shown."""
    for_nivel = record("6.1", role="especialista-nivel", nivel="EBR Inicial")
    (opened,) = decide.plan(for_nivel, rules.guide.procedures["6.1"])
    assert opened.post == Post("especialista-nivel", UGEL, "EBR Inicial")  # type: ignore[union-attr]
    assert opened.seat == f"especialista-nivel/{UGEL}/EBR Inicial"  # type: ignore[union-attr]
    of_many = record("9.1", role="personal-ie", office=SCHOOL)
    (opened,) = decide.plan(of_many, rules.guide.procedures["9.1"])
    assert opened.seat == f"personal-ie/{SCHOOL}//42871359"  # type: ignore[union-attr]


def test_two_accounts_that_will_close_are_both_named() -> None:
    before = record(closes=[])
    now = record(closes=[{"id": 1, "names": "Eva"}, {"id": 2, "names": "Ana"}])
    assert decide.difference(before, now) == ["la cuenta que se cerrará: ahora Eva y Ana"]
