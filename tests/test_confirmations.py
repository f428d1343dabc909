"""Whom the bot asks whether an unproven request is theirs, and what the answer does.

As raw mails, without mail servers; over those, `test_challenge`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from chamber import Chamber
from house import ADMINISTRATOR, COORDINATOR, USAU
from mails import BOT, compose
from test_course import read

from mailbot import challenge, pipeline
from mailbot.check import Case
from mailbot.model import Claim, Reading, Sender
from mailbot.model import Mail as Read
from mailbot.offices import NoSchools, Office
from mailbot.procedures import OfficeType
from mailbot.store.tables import Challenge, ChallengeStatus, Letter, Mail

UGEL, OTHER = "mesadepartes@ugelchota.example", "ana.ruiz@ugelchota.example"
STRANGER = "siagie.chota@correo.example"
ASKS = "Solicito el alta del Especialista SIAGIE de la UGEL Chota: Ana Ruiz Vega, DNI 45678912."
HOURS = 72
MOMENT = timedelta(seconds=1)


def register(chamber: Chamber, old: str, new: str, **settings: str) -> None:
    """Write a register in which something stands otherwise."""
    chamber.configure(**settings)
    table = chamber.folder / "offices.csv"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")


def unproven(chamber: Chamber, text: str = ASKS, sender: str = STRANGER) -> Mail:
    """A request arrives that nobody can prove; what became of it."""
    return chamber.receive(compose(sender, BOT, "Alta SIAGIE", text=text, authenticated=False))


def answer(chamber: Chamber, text: str, sender: str = UGEL, **how: Any) -> Mail:  # noqa: ANN401
    """The last challenge is answered."""
    to = chamber.address(chamber.all(Challenge)[-1].nonce)
    return chamber.receive(compose(sender, to, "Re: x", text=text, **how))


def asked(chamber: Chamber) -> list[tuple[str, str]]:
    """Office and address of every challenge."""
    return [(c.office, c.address) for c in chamber.all(Challenge)]


def states(chamber: Chamber) -> list[str]:
    return [str(c.status) for c in chamber.all(Challenge)]


# ------------------------------------------------------------------ whom it asks


def test_the_registered_address_is_asked_in_our_words(chamber: Chamber) -> None:
    """T01, T29: what, for whom by the last figures, since when and until when; and it is noted."""
    row = unproven(chamber)
    (made,) = chamber.all(Challenge)
    assert (made.mail_id, made.office, made.address) == (row.id, "060004", UGEL)
    until = chamber.clock() + timedelta(hours=HOURS)
    assert (made.created_at, made.expires_at) == (chamber.clock(), until)
    assert chamber.letters() == [("office-challenge", UGEL)]
    said = chamber.said("office-challenge")
    assert said == {
        "subject": "",
        "bot_name": chamber.rules.settings.bot.name,
        "office_name": "UGEL CHOTA",
        "claimed": STRANGER,
        "received": chamber.clock().isoformat(),
        "asked": ["alta de Especialista SIAGIE UGEL (DNI terminado en 8912)"],
        "expires": until.isoformat(),
    }
    assert chamber.all(Letter)[0].mail_id == row.id
    assert (str(row.status), row.kind) == ("set_aside", "unproven")
    assert f"se pidió confirmarlo a {UGEL}" in (row.reason or "")
    sent = next(e for e in chamber.events() if e.name == "challenge_sent")
    assert sent.mail_id == row.id
    assert sent.detail
    assert "45678912" not in sent.detail
    assert all(ASKS not in str(letter.context) for letter in chamber.all(Letter))


def test_who_confirms_is_shown_all_that_is_confirmed(chamber: Chamber) -> None:
    """T42: what a stranger puts below ten requests an office knows of would be its own as well."""
    people = [f"{n}. Ana Ruiz Vega{'abcdefghijkl'[n]}, DNI {45_678_912 + n}" for n in range(12)]
    unproven(chamber, f"{ASKS.partition(':')[0]} para:\n" + "\n".join(people))
    shown = chamber.said("office-challenge")["asked"]
    assert [line[-5:-1] for line in shown] == [str(8912 + n) for n in range(12)]


def test_what_is_not_known_of_a_request_is_left_out(chamber: Chamber) -> None:
    """No DNI, no figures of one; neither alta nor baja, either; no post, none."""
    unproven(chamber, "Solicito el alta del Especialista SIAGIE de la UGEL Chota: Ana Ruiz Vega.")
    assert chamber.said("office-challenge")["asked"] == ["alta de Especialista SIAGIE UGEL"]
    assert challenge._asked(Case(Claim(), None, ())) == "alta o baja de usuario SIAGIE"  # noqa: SLF001


@pytest.mark.parametrize(
    ("sender", "to"), [(STRANGER, UGEL), (UGEL, UGEL), (OTHER, OTHER)], ids=str
)
def test_of_two_addresses_the_one_it_came_from_is_asked(
    chamber: Chamber, sender: str, to: str
) -> None:
    """Else the first; never one that is not registered."""
    register(chamber, UGEL, f"{UGEL};{OTHER}")
    unproven(chamber, sender=sender)
    assert asked(chamber) == [("060004", to)]


def test_for_the_ministrys_own_its_configured_asker_is_asked(chamber: Chamber) -> None:
    """V.1 is asked for by the coordinator of the ministry, whoever wrote."""
    unproven(
        chamber, "Solicito el alta del Especialista SIAGIE MINEDU: Ana Ruiz Vega, DNI 45678912."
    )
    assert [address for _, address in asked(chamber)] == [COORDINATOR]


NOBODY = {
    "no request": ("Gracias por todo.", STRANGER),
    "no office": ("Solicito el alta de Ana Ruiz Vega, DNI 45678912, como Estadístico.", STRANGER),
    "an office without an address": (ASKS.replace("Chota", "Cutervo"), STRANGER),
    "no sender": (ASKS, f"{STRANGER}, {OTHER}"),
}


@pytest.mark.parametrize("why", NOBODY)
def test_where_nobody_can_be_asked_nobody_is(chamber: Chamber, why: str) -> None:
    """The mail waits for an administrator."""
    text, sender = NOBODY[why]
    raw = compose(STRANGER, BOT, "Alta SIAGIE", text=text, authenticated=False)
    raw = raw.replace(f"From: {STRANGER}".encode(), f"From: {sender}".encode())
    row = chamber.receive(raw)
    assert (asked(chamber), chamber.letters()) == ([], [])
    assert str(row.status) == "set_aside"
    assert (row.reason or "").endswith(("de correo.example", "no es una sola dirección"))


def test_the_bot_is_not_asked_itself(chamber: Chamber) -> None:
    """T41: an office registered under the bot's own address."""
    register(chamber, UGEL, BOT.upper())
    row = unproven(chamber)
    assert (asked(chamber), chamber.letters()) == ([], [])
    assert (row.reason or "").endswith("de correo.example")


def test_an_office_in_doubt_or_not_named_throughout_is_not_asked(chamber: Chamber) -> None:
    """T42: one office, said for certain, by all that the mail asks for."""
    sure, doubtful = read("060004"), read("060004", "puede ser otra")

    def whom(*offices: Reading | None) -> object:
        cases = [Case(Claim(office=office), None, ()) for office in offices]
        return challenge._whom(cases, STRANGER, chamber.rules)  # noqa: SLF001

    assert whom(sure) == whom(sure, sure) == ("060004", UGEL)
    nobody = [whom(doubtful), whom(None), whom(sure, None), whom(sure, read("060005")), whom()]
    assert nobody == [None] * 5
    assert whom(read("060009")) is None


SCHOOL = "ie10385@correo.example"
SCHOOLS: Mapping[str, tuple[str | None, tuple[str, ...]]] = {
    "0267492": ("060004", ()),
    "0267500": ("060004", (SCHOOL,)),
    "0267518": (None, ()),
    "0267526": ("069999", ()),
}


class SomeSchools(NoSchools):
    """A register of schools: their UGEL and their addresses."""

    def school(self, code: str) -> Office | None:
        """A school by its code."""
        found = SCHOOLS.get(code)
        return Office(code, OfficeType.IE, "IE", *found) if found else None


def test_who_may_ask_is_registered_or_configured(chamber: Chamber) -> None:
    """The ministry's own, an office's own, for a school without an address its UGEL's."""
    chamber.configure(**{"coordinador-siagie": f'["{COORDINATOR.title()}"]'})

    def who(code: str, *sections: str | None) -> tuple[str, ...]:
        guide = chamber.rules.guide.procedures
        cases = [Case(Claim(), guide[section] if section else None, ()) for section in sections]
        rules = chamber.rules.with_schools(SomeSchools())
        return challenge._registered(cases, code, rules)  # noqa: SLF001

    assert who("060004", "5.1") == who("060004", "5.1", "7.1", None) == who("060004") == (UGEL,)
    assert [who(code) for code in SCHOOLS] == [(UGEL,), (SCHOOL,), (), ()]
    assert who("210003") == who("999999") == ()
    assert who("060004", "1.1") == who("060004", "1.1", "1.2") == (COORDINATOR,)
    assert who("060004", "2.1") == (USAU,)
    assert who("060004", "1.1", "2.1") == who("060004", "1.1", "5.1") == ()
    chamber.configure(**{"coordinador-siagie": "[]"})
    settings = chamber.folder / "mailbot.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("usau-otic = [", "# usau-otic = ["), encoding="utf-8")
    assert who("060004", "1.1") == who("060004", "2.1") == ()


def test_two_offices_in_one_mail_ask_nobody(chamber: Chamber) -> None:
    """No one address speaks for both."""
    register(chamber, UGEL, UGEL)
    other = ASKS.replace("Chota", "Purús").replace("Ana Ruiz Vega, DNI 4", "Eva Paz Gil, DNI 1")
    unproven(chamber, f"{ASKS}\n\n{other}")
    assert asked(chamber) == []


def test_a_mail_is_asked_about_once(chamber: Chamber) -> None:
    """T42: however often an operator has it tried again."""
    row = unproven(chamber)
    assert pipeline.retry(chamber.desk, [row.id]) == 1
    row = chamber.take(row.id)
    assert (len(asked(chamber)), str(row.status)) == (1, "set_aside")
    assert (row.reason or "").endswith("de correo.example")


@pytest.mark.parametrize("limit", ["challenges_per_day", "challenges_in_all"])
def test_an_office_and_all_of_them_are_asked_so_often_a_day(chamber: Chamber, limit: str) -> None:
    """T42: the next one waits, and says so; a day later it is asked again."""
    chamber.configure(**{limit: "1"})
    unproven(chamber)
    office = "Chota" if limit == "challenges_per_day" else "Purús"
    row = unproven(chamber, ASKS.replace("Chota", office).replace("8912", "8913"))
    assert len(asked(chamber)) == 1
    assert "hoy ya se pidieron demasiadas confirmaciones" in (row.reason or "")
    (capped,) = [e for e in chamber.events() if e.name == "challenge_capped"]
    assert (capped.mail_id, capped.actor) == (row.id, "bot")
    assert capped.detail == ("060004" if office == "Chota" else "250004")
    chamber.clock.forward(hours=24)
    unproven(chamber, ASKS.replace("8912", "8914"))
    assert len(asked(chamber)) == 1
    chamber.clock.forward(seconds=1)
    unproven(chamber, ASKS.replace("8912", "8915"))
    assert len(asked(chamber)) == 2


def test_who_speaks_for_two_offices_is_asked_for_both_together(chamber: Chamber) -> None:
    """T42: one mailbox has one measure, whatever office is named; another office has its own."""
    register(chamber, "ugelpurus@ugelpurus.example", UGEL, challenges_per_day="1")
    for office, count in (("Chota", 1), ("Purús", 1), ("Jaén", 2)):
        unproven(chamber, ASKS.replace("Chota", office))
        assert len(asked(chamber)) == count, office
        assert [kind for kind, _ in chamber.letters()].count("office-challenge") == count, office


# ------------------------------------------------------------------ what it answers


@pytest.mark.parametrize("text", ["CONFIRMO", "*Confirmamos.*", "Sí, confirmo\n\nAna Ruiz\nUGEL"])
def test_what_is_confirmed_is_the_offices_own(chamber: Chamber, text: str) -> None:
    """T01: taken up as from the office; who really wrote it is said, and gets nothing."""
    row = unproven(chamber)
    reply = answer(chamber, text)
    assert (str(reply.status), states(chamber)) == ("done", ["confirmed"])
    assert chamber.all(Challenge)[0].reply_id == reply.id
    noted = next(e for e in chamber.events() if e.name == "challenge_confirmed")
    assert noted.mail_id == row.id
    taken = chamber.take(row.id)
    assert (str(taken.status), taken.vouched_by) == ("done", UGEL)
    case = chamber.case()
    assert case.asker == UGEL
    assert case.record["asker_verdict"] == (
        f"lo confirmó {UGEL}; había llegado sin comprobar desde {STRANGER}"
    )
    assert STRANGER not in {recipient for _, recipient in chamber.letters()}


def test_a_confirmed_mail_stays_the_offices_whoever_vouches_for_it_besides(
    chamber: Chamber,
) -> None:
    """An operator's name is no address; nor is the office forgotten when it is tried again."""
    for by in ("Ana Operadora", None):
        row = unproven(chamber, ASKS.replace("8912", "8912" if by else "8913"))
        answer(chamber, "CONFIRMO")
        pipeline.lay_aside(chamber.desk, [row.id], "x", "y")
        assert pipeline.retry(chamber.desk, [row.id], by) == 1
        chamber.take(row.id)
    assert [case.asker for case in chamber.all(type(chamber.case()))] == [UGEL, UGEL]


@pytest.mark.parametrize("text", ["NO", "No confirmo.", "no confirmamos\nnadie de aquí lo envió"])
def test_what_is_denied_stays_aside_and_is_told(chamber: Chamber, text: str) -> None:
    """The administrator reads which mail, from whom, and that it was denied."""
    row = unproven(chamber)
    answer(chamber, text)
    assert states(chamber) == ["denied"]
    assert chamber.letters()[1:] == [("administrator-unconfirmed", ADMINISTRATOR)]
    assert chamber.said("administrator-unconfirmed") == {
        "subject": "",
        "bot_name": chamber.rules.settings.bot.name,
        "office_name": "UGEL CHOTA",
        "address": UGEL,
        "claimed": STRANGER,
        "received": row.received_at.isoformat(),
        "mail": row.id,
        "folder": "Apartados",
        "denied": True,
    }
    assert chamber.all(Letter)[-1].mail_id == row.id
    assert str(chamber.take(row.id).status) == "set_aside"


UNCLEAR = [
    *("Gracias", "Confirmo?", "Confirmo si es de hoy", "CONFIRMO\nque no lo enviamos", ""),
    *("> uno\nCONFIRMO\n> dos", "Ok", "Hola\nCONFIRMO"),
]


def test_what_is_not_exactly_the_word_is_looked_at_by_a_person(chamber: Chamber) -> None:
    """T19: and the challenge waits."""
    unproven(chamber)
    for text in UNCLEAR:
        reply = answer(chamber, text)
        assert (str(reply.status), reply.reason) == ("set_aside", challenge.UNCLEAR), text
        assert states(chamber) == ["open"], text
    answer(chamber, "CONFIRMO")
    assert states(chamber) == ["confirmed"]


@pytest.mark.parametrize(
    ("sender", "authenticated"),
    [(STRANGER, True), (OTHER, True), (UGEL, False), ("", False)],
    ids=["who wrote it", "a colleague", "unproven", "nobody"],
)
def test_only_the_address_that_was_asked_can_answer(
    chamber: Chamber, sender: str, *, authenticated: bool
) -> None:
    """T15: proven; anybody else's answer is refused and noted, and the challenge waits."""
    register(chamber, UGEL, f"{UGEL};{OTHER}")
    unproven(chamber)
    if sender:
        reply = answer(chamber, "CONFIRMO", sender, authenticated=authenticated)
    else:
        to = chamber.address(chamber.all(Challenge)[-1].nonce)
        raw = compose(UGEL, to, "Re: x", text="CONFIRMO", authenticated=False)
        reply = chamber.receive(raw.replace(b"From: ", b"From: Ana <a@b.example>, ", 1))
    assert str(reply.status) == "set_aside"
    assert (reply.reason or "").startswith(f"{challenge.REFUSED}: ")
    assert states(chamber) == ["open"]
    (refused,) = [e for e in chamber.events() if e.name == "challenge_refused"]
    assert (refused.mail_id, refused.actor) == (reply.id, sender or "?")
    assert refused.detail


@pytest.mark.parametrize(("seconds", "state"), [(-1, "confirmed"), (0, "open")])
def test_an_answer_has_its_time(chamber: Chamber, seconds: int, state: str) -> None:
    """T25: to the second; too late, or once more, it waits for a person."""
    unproven(chamber)
    chamber.clock.forward(hours=HOURS, seconds=seconds)
    late = answer(chamber, "CONFIRMO")
    assert states(chamber) == [state]
    again = answer(chamber, "CONFIRMO\n\nAna Ruiz")
    told = [row.reason for row in (late, again)]
    assert told == [None if seconds else told[1], "confirmación que llegó tarde o repetida"]


def test_silence_is_told_once(chamber: Chamber) -> None:
    """When its time is over, and not before; what was answered is not."""
    row = unproven(chamber)
    unproven(chamber, ASKS.replace("8912", "8913"))
    answer(chamber, "NO")
    for seconds, told in ((-1, 1), (0, 2), (1, 2)):
        chamber.clock.now = chamber.all(Challenge)[0].expires_at + seconds * MOMENT
        with chamber.store.begin() as tx:
            challenge.expire(chamber.desk.at(tx))
        assert [k for k, _ in chamber.letters()].count("administrator-unconfirmed") == told
    assert states(chamber) == ["expired", "denied"]
    assert chamber.all(Challenge)[0].reply_id is None
    said = chamber.said("administrator-unconfirmed")
    assert (said["mail"], said["denied"]) == (row.id, False)
    (noted,) = [e for e in chamber.events() if e.name == "challenge_expired"]
    assert (noted.mail_id, noted.actor) == (row.id, "bot")
    assert noted.detail


@pytest.mark.parametrize(
    ("own", "first"),
    [
        (("CONFIRMO",), "confirmo"),
        (("\n  «Confirmo»  \nAna",), "«confirmo»"),
        (("*Sí,   confirmo!*",), "si confirmo"),
        (("", "CONFIRMO"), ""),
        ((), ""),
    ],
)
def test_the_first_line_is_folded(own: tuple[str, ...], first: str) -> None:
    """Accents, capitals, commas and what programs put around a word are no matter."""
    sender = Sender(UGEL, authenticated=True, reason="")
    mail = Read("", "", "", sender, (), (), own, "", False, None, ())  # noqa: FBT003
    assert challenge.first_line(mail) == first


def test_a_challenge_ends_in_one_of_three_ways() -> None:
    """The tests above try each; another one wants a test of its own."""
    assert len(ChallengeStatus) == 4
