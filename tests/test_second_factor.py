"""What a yes needs besides a proven reply: a code, a second person, and nobody else's hands.

Over the real mail servers.
"""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from house import ADMINISTRATOR, ANOTHER, House, kind_of, text_of, write_config
from pydantic import SecretStr

from mailbot import second_factor
from mailbot.errors import ConfigError
from mailbot.model import Post as Place
from mailbot.parsers.reply import Verb, decide
from mailbot.rules import read_rules
from mailbot.store import authenticators
from mailbot.store.tables import Question, QuestionStatus

ALTA = "5.1-alta-especialista-ugel"
SECOND = "segunda.persona@minedu.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def configure(house: House, **more: str) -> None:
    """Change the bot's configuration, as an operator would."""
    write_config(house.folder, house.post, **more)
    house.reconfigure()


def enrol(house: House, address: str = ADMINISTRATOR) -> None:
    """Give an approver a second factor whose secret the test knows."""
    with house.store.begin() as tx:
        authenticators.enrol(tx, address, SecretStr(SECRET), 0, house.clock())


def code(house: House, steps: int = 0) -> str:
    """What the approver's app shows now, or some steps of half a minute from now."""
    return pyotp.TOTP(SECRET).at(house.clock() + timedelta(seconds=30 * steps))


def asked(house: House, sample: str = ALTA) -> None:
    house.send_sample(sample)
    house.poll()


def says(house: House, text: str, who: str = ADMINISTRATOR) -> None:
    """Answer the last question with something, and let the bot hear it."""
    house.answer(house.question(who), text)
    house.poll()


def last_text(house: House, kind: str, who: str = ADMINISTRATOR) -> str:
    return text_of(house.post.wait_for(who, lambda m: kind_of(m) == kind)[-1])


# ------------------------------------------------------------------ codes


def test_an_enrolled_approver_approves_with_a_code(house: House) -> None:
    """T21: the question says that a code is wanted, and the right one beside the word does it."""
    enrol(house)
    asked(house)
    assert "las 6 cifras" in text_of(house.question(ADMINISTRATOR))
    says(house, f"APROBAR {code(house)}")
    assert len(house.active()) == 1


@pytest.mark.parametrize(
    "steps", [None, 5, -5, -2, 2], ids=["none", "future", "old", "just too old", "too early"]
)
def test_without_the_right_code_nothing_happens(house: House, steps: int | None) -> None:
    """T21: a word alone, or a code of another time, opens no account; the question stays open."""
    enrol(house)
    asked(house)
    says(house, "APROBAR" if steps is None else f"APROBAR {code(house, steps)}")
    assert house.active() == []
    assert "No se hizo nada todavía" in last_text(house, "decider-code")
    says(house, f"Apruebo\n{code(house)}")
    assert len(house.active()) == 1


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_that_is_off_by_half_a_minute_is_forgiven(house: House, steps: int) -> None:
    """T71: phones and servers are never quite at the same second."""
    enrol(house)
    asked(house)
    says(house, f"APROBAR {code(house, steps)}")
    assert len(house.active()) == 1


def test_a_code_serves_once(house: House) -> None:
    """T21: who read a code over a shoulder has nothing."""
    enrol(house)
    asked(house)
    asked(house, "7.1-alta-estadistico-ugel")
    first, second = house.post.wait_for(
        ADMINISTRATOR, lambda m: kind_of(m) == "decider-question", count=2
    )
    house.answer(first, f"APROBAR {code(house)}")
    house.poll()
    house.answer(second, f"APROBAR {code(house)}")
    house.poll()
    assert len(house.active()) == 1
    assert "ya se usó" in last_text(house, "decider-code")


def test_five_wrong_codes_close_the_question_and_tell_people(house: House) -> None:
    """T21: a guess has five tries in a million; then the right code does not serve either."""
    enrol(house)
    asked(house)
    question = house.question(ADMINISTRATOR)
    for n in range(5):
        house.answer(question, f"APROBAR 00000{n}")
        house.poll()
    house.answer(question, f"APROBAR {code(house)}")
    house.poll()
    assert house.active() == []
    assert "quedó cerrada" in last_text(house, "administrator-alert")
    with house.store.read() as tx:
        assert {q.status for q in tx.query(Question)} == {QuestionStatus.LOCKED}


def test_a_procedure_that_wants_a_code_is_not_approved_without_enrolment(house: House) -> None:
    """T21: listing a procedure is enough; nobody is let through for not being enrolled."""
    configure(house, code_for='["5.1"]')
    asked(house)
    says(house, "APROBAR")
    assert house.active() == []
    assert "todavía no tiene con qué generarlo" in last_text(house, "decider-code")


def test_a_rejection_needs_no_code(house: House) -> None:
    """A no opens nothing."""
    enrol(house)
    asked(house)
    says(house, "Rechazar: la firma no corresponde")
    assert house.cases()[0].status == "rejected"


def test_the_secret_stands_nowhere_in_clear(house: House) -> None:
    """T52: who copies the database file has no second factor."""
    enrol(house)
    house.store.scrub(whole=False)
    assert SECRET.encode() not in house.held()


def test_the_picture_for_the_phone_names_bot_and_person() -> None:
    """What the app will show beside the code."""
    uri = second_factor.enrolment(SecretStr(SECRET), "ana@minedu.example", "Usuarios SIAGIE")
    assert "ana%40minedu.example" in uri
    assert "issuer=Usuarios%20SIAGIE" in uri
    assert len(second_factor.draw(uri).splitlines()) > 15


CODED = ["APROBAR 123456", "apruebo 123 456", "Sí, conforme. Código: 123456", "Apruebo\n123456"]


@pytest.mark.parametrize("text", CODED)
def test_a_code_is_read_beside_or_below_the_word(text: str) -> None:
    """As people type it, with or without a space in the middle."""
    decision = decide(text)
    assert (decision.verb, decision.code) == (Verb.APPROVE, "123456")


@pytest.mark.parametrize(
    "text", ["APROBAR 12345", "APROBAR 1234567", "APROBAR 12345678", "APROBAR", "123456 aprobar"]
)
def test_other_numbers_are_no_code(text: str) -> None:
    """Too short, too long, or not behind the word."""
    assert decide(text).code is None


# ------------------------------------------------------------------ two people


def pair_up(house: House) -> None:
    configure(
        house,
        **{
            "two_approvers_for": '["5.1"]',
            "administrador-ue": f'["{ADMINISTRATOR}", "{SECOND}"]',
        },
    )


def test_two_approvers_are_two_people(house: House) -> None:
    """T59: the first yes changes nothing and is told so; the second does it."""
    pair_up(house)
    asked(house)
    assert "lo aprueban dos personas" in text_of(house.question(ADMINISTRATOR))
    says(house, "APROBAR")
    assert house.active() == []
    assert "falta la de otra persona" in str(
        house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-half")[-1]["Subject"]
    )
    says(house, "APROBAR", SECOND)
    assert len(house.active()) == 1


def test_one_person_is_not_two(house: House) -> None:
    """T59: the same approver, asked again after a while, still counts once."""
    pair_up(house)
    asked(house)
    says(house, "APROBAR")
    house.clock.forward(days=4)
    house.poll()
    house.poll()
    assert house.received(ADMINISTRATOR, ["decider-question"]) == ["decider-question"]
    assert house.received(SECOND, ["decider-question"]) == ["decider-question"] * 2
    says(house, "APROBAR")
    assert house.active() == []


def test_a_no_of_the_second_ends_it(house: House) -> None:
    """One of two may refuse."""
    pair_up(house)
    asked(house)
    says(house, "APROBAR")
    says(house, "No procede: firma otra persona", SECOND)
    assert house.active() == []
    assert house.cases()[0].status == "rejected"


def test_two_cannot_be_asked_for_where_one_is_configured(tmp_path: Path) -> None:
    """T63: a configuration that could never be met is refused at start, with the mend."""
    folder = write_config(tmp_path, None, two_approvers_for='["8.1"]')
    with pytest.raises(ConfigError, match=r"V\.8\.1 .* dos direcciones"):
        read_rules(folder)


def test_a_procedure_nobody_knows_is_refused(tmp_path: Path) -> None:
    """T63: a slip of the finger must not switch a defence off."""
    folder = write_config(tmp_path, None, code_for='["51"]')
    with pytest.raises(ConfigError, match=r"decisions\.code_for: «51» no existe"):
        read_rules(folder)


# ------------------------------------------------------------------ somebody else's hands


def test_a_token_in_other_hands_dies_and_the_right_person_gets_another(house: House) -> None:
    """T15: a proven colleague with the token changes nothing, and people are told."""
    asked(house)
    question = house.question(ADMINISTRATOR)
    house.answer(question, "APROBAR", sender=ANOTHER)
    house.poll()
    assert house.active() == []
    assert ANOTHER in last_text(house, "administrator-alert")
    house.answer(question, "APROBAR")
    house.poll()
    assert house.active() == [], "the leaked token serves nobody any more"
    house.decide(ADMINISTRATOR, "APROBAR", count=2)
    assert len(house.active()) == 1


def test_what_changed_is_told_when_asked_again(house: House) -> None:
    """T26: a new revision says what is different from the one shown before."""
    asked(house)
    says(house, "dni 42871350")
    question = house.question(ADMINISTRATOR, count=2)
    assert "número de DNI: antes «42871359», ahora «42871350»" in text_of(question)


def test_a_holder_who_changed_meanwhile_is_told(house: House) -> None:
    """T26: whose account would be closed is part of what was shown."""
    asked(house)
    place = Place("especialista-ugel", "060004")
    house.seat("SALIENTE ROJAS, Ana", "40000003", None, place)
    says(house, "APROBAR")
    assert [a.dni for a in house.active()] == ["40000003"]
    question = house.question(ADMINISTRATOR, count=2)
    assert "la cuenta que se cerrará: ahora SALIENTE ROJAS, Ana" in text_of(question)
