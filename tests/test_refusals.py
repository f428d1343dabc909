"""Each procedure is refused for each requirement it lacks, over the real mail servers.

The request that lacks one thing is observed: its sender learns exactly that, nobody is asked, no
account changes. The same request with everything in place is asked about.
"""

import pleas
import pytest
from drafts import ROLES
from house import ADMINISTRATOR, ANOTHER, House, kind_of, text_of

from mailbot.check.requirements import REQUIREMENTS
from mailbot.model import Post as Place

SPECIALIST = "especialista.siagie@correo.example"
DIRECTOR = "director.ie@correo.example"
EVERY = sorted(pleas.PLEAS, key=lambda plea: plea.section)
LACKING = [(plea, thing) for plea in EVERY for thing in plea.requirements]


def set_the_stage(house: House, plea: pleas.Plea) -> None:
    """Seat who decides, and for a baja the person whose account is to be closed."""
    house.seat("RÍOS PAZ, Elsa", "40000001", SPECIALIST, Place("especialista-ugel", "060006"))
    if plea.section.startswith("9"):
        house.seat("SOTO LUNA, Iván", "40000002", DIRECTOR, Place("director-ie", "0453217"))
    if plea.action == "baja":
        number = plea.section[0]
        office = "MINEDU" if number in "12" else plea.office.code
        nivel = "EBR Primaria" if number == "6" else None
        place = Place(ROLES[number], office, nivel)
        house.seat(pleas.PERSON.apellidos_nombres, pleas.PERSON.dni, "x@correo.example", place)


def asked(house: House) -> int:
    """How many questions were asked of anybody."""
    deciders = (ADMINISTRATOR, ANOTHER, SPECIALIST, DIRECTOR)
    return sum(len(house.received(who, ["decider-question"])) for who in deciders)


@pytest.mark.parametrize("plea", EVERY, ids=lambda p: p.section)
def test_a_complete_request_is_asked_about(house: House, plea: pleas.Plea) -> None:
    """With everything in place exactly one person is asked, and the asker hears nothing yet."""
    set_the_stage(house, plea)
    house.send(pleas.mail(plea), plea.sender)
    house.poll()
    assert [case.section for case in house.cases()] == [plea.section]
    assert asked(house) == 1
    assert house.received(plea.sender) == []


@pytest.mark.parametrize(("plea", "thing"), LACKING, ids=lambda v: getattr(v, "section", v))
def test_a_request_that_lacks_one_thing_is_told_that_thing(
    house: House, plea: pleas.Plea, thing: str
) -> None:
    """The asker learns what is missing and how to mend it; nobody is asked, nothing changes."""
    set_the_stage(house, plea)
    before = {account.id for account in house.active()}
    house.send(pleas.mail(plea, thing), plea.sender)
    house.poll()
    (letter,) = house.post.wait_for(plea.sender)
    assert kind_of(letter) == "asker-observed"
    said = text_of(letter)
    told = {name for name, row in REQUIREMENTS.items() if f"- {row.label}: {row.mend}" in said}
    assert told == {thing}
    assert asked(house) == 0
    assert {account.id for account in house.active()} == before
