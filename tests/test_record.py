"""The record of a case and what follows from it: its digest, what is told, what a yes would do."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from chamber import record
from house import write_config
from mails import BOT, compose

from mailbot import decide
from mailbot.check import check
from mailbot.decide import Facts
from mailbot.model import Account, Approver, Close, Finding, Open, Outcome, Post, Sender
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Request, parse
from mailbot.rules import Rules, read_rules

ROSA = Account(7, "rosa", "QUISPE, Rosa", "42871359", "r@x.example", Post("r", "o"), "2026-03-12")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    folder: Path = tmp_path_factory.mktemp("reglas") / "config"
    return read_rules(write_config(folder, None))


# ------------------------------------------------------------------ the digest


def test_a_digest_is_of_the_canonical_json() -> None:
    """T26: keys in order, no blanks, NFC, UTF-8; where values were read (shots) is left out."""
    shown = {"b": [1, None, True], "a": "n\u0303", "shots": [{"x": 1}]}
    canonical = '{"a":"ñ","b":[1,null,true]}'.encode()
    assert decide.digest(shown) == hashlib.sha256(canonical).hexdigest()


@pytest.mark.parametrize("key", [key for key in record() if key != "shots"])
def test_every_value_that_is_shown_is_in_the_digest(key: str) -> None:
    """T26: none can change without the token losing its worth; only pictures' places can."""
    assert decide.digest(record(**{key: "otro"})) != decide.digest(record())
    assert decide.digest(record(shots="otro")) == decide.digest(record())


# ------------------------------------------------------------------ what a person is told of it

WORDS = {
    "action": "qué se solicita",
    "role_name": "cargo",
    "office_name": "oficina",
    "nivel": "nivel",
    "names": "apellidos y nombres",
    "dni": "número de DNI",
    "correo": "correo electrónico",
}


@pytest.mark.parametrize("key", WORDS)
def test_a_changed_value_is_told_before_and_after(key: str) -> None:
    """Nothing is «nada»; what did not change is not told."""
    before, now = {**record(), key: None}, {**record(), key: "x"}
    assert decide.difference(before, now) == [f"{WORDS[key]}: antes «nada», ahora «x»"]
    assert decide.difference(now, before) == [f"{WORDS[key]}: antes «x», ahora «nada»"]
    assert decide.difference(now, now) == []


def document(name: str = "RD.pdf", sha256: str = "0", words: str = "") -> dict[str, Any]:
    return {"name": name, "sha256": sha256, "signatures": [words]}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({"documents": [document(name="x")]}, ["los documentos adjuntos"]),
        ({"documents": [document(sha256="1")]}, ["los documentos adjuntos"]),
        ({"documents": []}, ["los documentos adjuntos"]),
        ({"documents": [document(words="x")]}, ["lo que se sabe de las firmas digitales"]),
        ({"closes": [{"id": 2, "names": "Ana"}]}, ["la cuenta que se cerrará: ahora Ana"]),
        ({"closes": []}, ["la cuenta que se cerrará: ahora ninguna"]),
        ({"findings": [{"requirement": "dni", "outcome": "missing"}]}, ["lo que se comprobó"]),
        ({"asker": "otro"}, []),
    ],
)
def test_other_changes_are_told_in_general(now: dict[str, Any], told: list[str]) -> None:
    """Files and signatures apart; of accounts, whose it is."""
    before = record(
        documents=[document()],
        closes=[{"id": 1, "names": "Eva"}],
        findings=[{"requirement": "dni", "outcome": "met"}],
    )
    assert decide.difference(before, {**before, **now}) == told


# ------------------------------------------------------------------ what a yes would do


def test_an_alta_closes_the_holder_and_opens(rules: Rules) -> None:
    """In this order, for the seat is one; where many may hold it nobody is closed."""
    procedure = rules.guide.procedures["5.1"]
    closes = decide.closes(procedure, Facts(holder=ROSA))
    expected = {"id": 7, "names": "QUISPE, Rosa", "dni": "42871359", "correo": "r@x.example"}
    assert closes == [{**expected, "opened": "2026-03-12"}]
    shown = record(closes=closes)
    opened = Open(
        shown["names"],
        shown["dni"],
        shown["correo"],
        Post("especialista-ugel", "060004"),
        "especialista-ugel/060004/",
    )
    assert decide.plan(shown, procedure) == (Close(7), opened)
    assert decide.closes(procedure, Facts(own=(ROSA,))) == []
    many = rules.guide.procedures["1.1"]
    assert decide.closes(many, Facts(holder=ROSA)) == []
    assert decide.closes(None, Facts(holder=ROSA)) == []
    assert decide.seat(many, Post("a", "b", "c"), "1") == "a/b/c/1"


def test_a_baja_closes_the_persons_own_and_opens_nothing(rules: Rules) -> None:
    """Never the account of whoever else holds the seat."""
    procedure = rules.guide.procedures["5.2"]
    assert decide.closes(procedure, Facts(holder=ROSA)) == []
    closes = decide.closes(procedure, Facts(own=(ROSA,)))
    assert decide.plan(record("5.2", closes=closes), procedure) == (Close(7),)


@pytest.mark.parametrize(("section", "own", "moot"), [
    ("5.1", (), ""), ("5.1", (ROSA,), "already"), ("5.2", (ROSA,), ""), ("5.2", (), "nobody"),
])  # fmt: skip
def test_what_is_so_already_is_not_asked(
    rules: Rules, section: str, own: tuple[Account, ...], moot: str
) -> None:
    """An alta for who has it, a baja for who has none; but only of a person who is certain."""
    procedure, facts = rules.guide.procedures[section], Facts(own=own)
    assert decide.moot(procedure, facts, record(section)) == moot
    unread = record(section)
    for finding in unread["findings"]:
        finding["outcome"] = "unreadable" if finding["requirement"] == "dni" else "met"
    assert decide.moot(procedure, facts, unread) == ""


@pytest.mark.parametrize(
    ("section", "post", "decided"),
    [
        ("5.1", Post("especialista-ugel", "060004"), None),
        ("8.1", Post("director-ie", "0489559"), "especialista-ugel"),
        ("9.1", Post("personal-ie", "0489559"), "director-ie"),
    ],
)
def test_who_decides_is_an_administrator_or_a_post(
    rules: Rules, section: str, post: Post, decided: str | None
) -> None:
    """A school's own director for its staff, the UGEL above it for its director."""
    found = decide.decided_by(rules.guide.procedures[section], post, rules)
    assert (found.role if found else None) == decided
    if section == "9.1":
        assert found == Post("director-ie", "0489559")


def test_a_decider_is_neither_asker_nor_holder() -> None:
    """T59: by address in any case, or by DNI where the register has it."""
    who = Approver("Ana@x.example", "1")
    assert decide.may_decide(who, "b@x.example", "2", None)
    assert not decide.may_decide(who, "ANA@x.example", "2", None)
    assert not decide.may_decide(who, "b@x.example", "2", "ana@X.example")
    assert not decide.may_decide(who, "b@x.example", "1", None)
    assert decide.may_decide(Approver("a@x.example"), "b@x.example", None, None)


# ------------------------------------------------------------------ corrections, what is lacking


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("dni", "12345678", "1234567"),
        ("dni", "00000001", "123456789"),
        ("dni", "12345678", "1234567a"),
        ("correo", "a.b+c@d-e.example", "a@b"),
        ("correo", "a@b.example", "ñ@b.example"),
        ("correo", "a@b.example", "a@b.example x"),
        ("nombres", "QUISPE MAMANI, Rosa", "x"),
        ("nivel", "EBR Primaria", "primaria"),
    ],
)
def test_a_correction_is_taken_when_it_can_be(field: str, good: str, bad: str) -> None:
    """What cannot be is told with the value that was typed, whatever else is right."""
    assert decide.correction_problem({field: good}) is None
    problem = decide.correction_problem({"dni": "12345678", field: bad})
    assert problem is not None
    assert problem.startswith(f"«{bad}» no ")


@pytest.mark.parametrize(
    ("section", "needed"),
    [
        ("5.1", {"oficina", "nombres", "dni", "correo", "nivel"}),
        ("5.2", {"oficina", "nombres", "dni"}),
    ],
)
def test_what_even_a_yes_cannot_heal(section: str, needed: set[str]) -> None:
    """A baja needs no address and no nivel; nothing else is demanded here."""
    shown = record(section)
    extra = {"requirement": "firma", "label": "firma", "outcome": "missing"}
    shown["findings"] = [{**f, "outcome": "conflict"} for f in shown["findings"]] + [extra]
    assert set(decide.lacking(shown)) == needed
    assert decide.lacking(record(section)) == []


# ------------------------------------------------------------------ what deciders corrected


def test_each_correction_is_its_givers(rules: Rules) -> None:
    """Two deciders, two values: each under the name of who gave it; the rest as it was read."""
    text = "Solicito el alta del Especialista SIAGIE de la UGEL Chota: Ana Ruiz Vega, DNI 4567891."
    sender = Sender("x@y.example", authenticated=True, reason="")
    mail = read_mail(compose("x@y.example", BOT, "Alta SIAGIE", text=text), sender)
    parsed = parse((mail,), rules)
    assert isinstance(parsed, Request)
    (case,) = check(parsed, rules)
    dni = {"value": "45678912", "by": "uno@x.example"}
    correo = {"value": "ana@x.example", "by": "otra@x.example"}
    made = decide.corrected(case, {"dni": dni, "correo": correo})
    assert (made.claim, made.procedure) == (case.claim, case.procedure)
    for before, now in zip(case.findings, made.findings, strict=True):
        given = {"dni": dni, "correo": correo}.get(before.requirement)
        place = (f"corrección de {given['by']}",) if given else ()
        wanted = (
            Finding(before.requirement, Outcome.MET, given["value"], place) if given else before
        )
        assert now == wanted
    assert decide.corrected(case, {}) == case


@pytest.mark.parametrize("form", ["ana+otra@x.example", "ANA@x.example", "Ana+siagie@X.example"])
def test_another_form_of_an_address_is_the_same_person(form: str) -> None:
    """T59: whoever of the two is written in which form, as who asks and as who gets the account."""
    for one, other in ((form, "ana@x.example"), ("ana@x.example", form)):
        assert not decide.may_decide(Approver(one), other, None, None)
        assert not decide.may_decide(Approver(one), "z@x.example", None, other)
