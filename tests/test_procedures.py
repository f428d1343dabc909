"""The guide's 18 procedures, whole, over Dovecot and Postfix.

Each sample mail is sent, asked about, approved by reply and acted on; the accounts and the letters,
and no others, are what the guide orders. The table below is read off the guide, not off the bot's.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from house import ADMINISTRATOR, ANOTHER, COORDINATOR, SAMPLES, USAU, House

from mailbot.model import Post as Place

LEAVING = "quien.sale@correo.example"
SPECIALIST = "especialista.siagie@correo.example"
DIRECTOR = "director.ie@correo.example"

HOLDER, ASKER, DECIDER, DISPLACED = "holder", "asker", "decider", "displaced"


@dataclass(frozen=True)
class Expected:
    """A procedure of the guide: who decides, and who is told what."""

    sample: str
    decider: str
    letters: dict[str, list[str]]
    replaces: bool = False


ALTA = {HOLDER: ["holder-credentials"], ASKER: ["asker-opened"]}
REPLACING = {**ALTA, DISPLACED: ["displaced-closed"]}
HANDED_OVER = {DECIDER: ["decider-credentials"], ASKER: ["asker-opened"]}
BAJA = {ASKER: ["asker-closed"]}

GUIDE = [
    Expected("1.1-alta-especialista-minedu", ANOTHER, ALTA),
    Expected("1.2-baja-especialista-minedu", ANOTHER, BAJA),
    Expected("2.1-alta-central-atencion", ADMINISTRATOR, ALTA),
    Expected("2.2-baja-central-atencion", ADMINISTRATOR, BAJA),
    Expected("3.1-alta-especialista-dre", ADMINISTRATOR, REPLACING, replaces=True),
    Expected("3.2-baja-especialista-dre", ADMINISTRATOR, BAJA),
    Expected("4.1-alta-estadistico-dre", ADMINISTRATOR, REPLACING, replaces=True),
    Expected("4.2-baja-estadistico-dre", ADMINISTRATOR, BAJA),
    Expected("5.1-alta-especialista-ugel", ADMINISTRATOR, REPLACING, replaces=True),
    Expected("5.2-baja-especialista-ugel", ADMINISTRATOR, BAJA),
    Expected("6.1-alta-especialista-nivel", ADMINISTRATOR, REPLACING, replaces=True),
    Expected("6.2-baja-especialista-nivel", ADMINISTRATOR, BAJA),
    Expected("7.1-alta-estadistico-ugel", ADMINISTRATOR, REPLACING, replaces=True),
    Expected("7.2-baja-estadistico-ugel", ADMINISTRATOR, BAJA),
    Expected(
        "8.1-alta-director-ie",
        SPECIALIST,
        {**HANDED_OVER, DISPLACED: ["displaced-closed"]},
        replaces=True,
    ),
    Expected("8.2-baja-director-ie", SPECIALIST, BAJA),
    Expected("9.1-alta-personal-ie", DIRECTOR, HANDED_OVER),
    Expected("9.2-baja-personal-ie", DIRECTOR, BAJA),
]
UGEL_OF = {"0453217": "060006", "0568493": "050004"}


def truth(sample: str) -> dict[str, Any]:
    """What is true of a sample's one request."""
    (request,) = json.loads((SAMPLES / f"{sample}.truth.json").read_text())["requests"]
    return dict(request)


def set_the_stage(house: House, expected: Expected) -> None:
    """Seat whoever must already hold an account for the procedure to make sense."""
    known = truth(expected.sample)
    place = Place(known["role"], known["office"], known.get("nivel"))
    if expected.decider == SPECIALIST:
        specialist = Place("especialista-ugel", UGEL_OF[place.office])
        house.seat("RÍOS PAZ, Elsa", "40000001", SPECIALIST, specialist)
    if expected.decider == DIRECTOR:
        house.seat("SOTO LUNA, Iván", "40000002", DIRECTOR, Place("director-ie", place.office))
    if expected.replaces:
        house.seat("SALIENTE ROJAS, Ana", "40000003", LEAVING, place)
    if known["action"] == "baja":
        names, dni = known["holder"]["apellidos_y_nombres"], known["holder"]["dni"]
        house.seat(names, dni, "titular@correo.example", place)


@pytest.mark.parametrize("expected", GUIDE, ids=lambda e: e.sample)
def test_a_procedure_runs_from_the_request_to_the_last_letter(
    house: House, expected: Expected
) -> None:
    """Request, question, reply, account, and each letter the guide orders and no other."""
    known = truth(expected.sample)
    set_the_stage(house, expected)
    before = {a.id for a in house.active()}

    asker = house.send_sample(expected.sample)
    house.poll()
    assert house.received(expected.decider) == ["decider-question"]
    assert {a.id for a in house.active()} == before, "nothing may change before the decision"
    house.decide(expected.decider, "APROBAR")

    active = {(a.dni, a.role, a.office, a.nivel) for a in house.active()}
    wanted = (known["holder"]["dni"], known["role"], known["office"], known.get("nivel"))
    assert (wanted in active) == (known["action"] == "alta")
    if expected.replaces:
        assert "40000003" not in {a.dni for a in house.active()}
    people = {
        ASKER: asker,
        HOLDER: known["holder"].get("correo"),
        DISPLACED: LEAVING,
        DECIDER: expected.decider,
    }
    for who, kinds in expected.letters.items():
        extra = ["decider-question"] if who == DECIDER else []
        assert house.received(people[who]) == [*extra, *kinds]
    sent = [(letter.kind, letter.recipient) for letter in house.letters()]
    ordered = [(kind, people[who]) for who, kinds in expected.letters.items() for kind in kinds]
    assert sorted(sent) == sorted([("decider-question", expected.decider), *ordered])
    assert {letter.status for letter in house.letters()} == {"sent"}


def test_the_table_is_the_whole_guide() -> None:
    """All 18 procedures are in the table above, each once."""
    sections = [expected.sample.split("-")[0] for expected in GUIDE]
    assert sections == [f"{role}.{action}" for role in range(1, 10) for action in (1, 2)]
    assert {COORDINATOR, USAU}.isdisjoint({expected.decider for expected in GUIDE})
