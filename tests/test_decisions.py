"""What a decider's reply does: once, for the right person, or not at all.

Over the real mail servers.
"""

import re

import mails
import pytest
from house import ADMINISTRATOR, ANOTHER, SAMPLES, House, files_of, kind_of, text_of

from mailbot import pipeline
from mailbot.model import Post as Place

UGEL = "mesadepartes@ugelchota.example"
ROSA = "rosa.quispe@correo.example"
ALTA = "5.1-alta-especialista-ugel"
POST = Place("especialista-ugel", "060004")


def asked(house: House, sample: str = ALTA) -> str:
    """Send a complete request and let the bot ask about it; the sender."""
    sender = house.send_sample(sample)
    house.poll()
    return sender


def kinds(house: House) -> list[str]:
    """The kinds of all letters so far."""
    return [letter.kind for letter in house.letters()]


@pytest.mark.parametrize(
    "said", ["APROBAR", "Apruebo.", "Sí, conforme", "procede\n\nEnviado desde mi iPhone"]
)
def test_a_yes_in_the_words_people_use_opens_the_account(house: House, said: str) -> None:
    """The account is opened once, with a temporary password that must be changed."""
    asked(house)
    house.decide(ADMINISTRATOR, said)
    (account,) = house.active()
    assert (account.dni, account.correo, account.must_change) == ("42871359", ROSA, True)
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")


def test_a_no_tells_the_asker_why_and_changes_nothing(house: House) -> None:
    """RECHAZAR ends the case; the reason reaches the asker in the thread of the request."""
    asked(house)
    house.decide(ADMINISTRATOR, "No procede: la resolución no está firmada")
    (letter,) = house.post.wait_for(UGEL)
    assert kind_of(letter) == "asker-rejected"
    assert "la resolución no está firmada" in text_of(letter)
    assert letter["In-Reply-To"] in (SAMPLES / f"{ALTA}.eml").read_text(errors="replace")
    assert house.active() == []
    assert house.cases()[0].status == "rejected"


def test_an_observation_comes_back_completed_and_is_asked_again(house: House) -> None:
    """OBSERVAR goes to the asker; their answer in the thread makes a new revision."""
    asked(house)
    house.decide(ADMINISTRATOR, "OBSERVAR: falta la segunda página de la resolución")
    (observed,) = house.post.wait_for(UGEL)
    assert "falta la segunda página" in text_of(observed)
    answer = mails.compose(
        UGEL,
        "siagie@mailbot.example",
        f"Re: {observed['Subject']}",
        text="Adjunto la resolución completa.",
        attachments=[mails.File("RD completa.pdf", another_rd())],
        in_reply_to=str(observed["Message-ID"]),
    )
    house.send(answer, UGEL)
    house.poll()
    question = house.question(ADMINISTRATOR, count=2)
    assert "RD completa.pdf" in [part.get_filename() for part in question.iter_attachments()]
    house.answer(question, "APROBAR")
    house.poll()
    assert [a.dni for a in house.active()] == ["42871359"]


def another_rd() -> bytes:
    """The resolution of the sample, as another file."""
    (rd,) = [file for file in files_of(ALTA) if "RD" in str(file.filename)]
    return rd.data + b"\n% completa\n"


@pytest.mark.parametrize(
    "said", ["Sí, pero falta la firma", "APROBAR?", "Ok, lo reviso", "Apruebo o no?"]
)
def test_an_unclear_reply_is_asked_again_and_changes_nothing(house: House, said: str) -> None:
    """Ambiguous words get one short answer, and the same question can still be answered."""
    asked(house)
    house.decide(ADMINISTRATOR, said)
    assert house.received(ADMINISTRATOR) == ["decider-question", "decider-unclear"]
    assert house.active() == []
    (again,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-unclear")
    house.answer(again, "Sí")
    house.poll()
    assert len(house.active()) == 1


def test_a_reply_without_a_verdict_is_not_accepted(house: House) -> None:
    """A mail that the server did not prove changes nothing; the real approver is told."""
    asked(house)
    house.answer(house.question(ADMINISTRATOR), "APROBAR", port=house.post.servers.bare_port)
    house.poll()
    assert house.received(ADMINISTRATOR) == ["decider-question", "decider-unproven"]
    assert house.active() == []


def test_a_forged_approver_is_not_accepted(house: House) -> None:
    """The token, the right address, and a failed verdict: nothing happens."""
    asked(house)
    house.answer(house.question(ADMINISTRATOR), "APROBAR", port=house.post.servers.forged_port)
    house.poll()
    assert house.active() == []
    assert house.cases()[0].status == "pending"


def test_a_token_in_the_wrong_hands_does_nothing(house: House) -> None:
    """A proven sender who is not the approver: no account, no answer, set aside for a person."""
    asked(house)
    house.answer(house.question(ADMINISTRATOR), "APROBAR", sender="colega@minedu.example")
    house.poll()
    assert house.active() == []
    assert house.received("colega@minedu.example") == []
    assert len(house.post.folder("siagie@mailbot.example", "Apartados")) == 1


def test_a_second_yes_is_told_that_it_comes_second(house: House) -> None:
    """The first decision wins; the same reply again opens nothing and is answered once."""
    asked(house)
    question = house.question(ADMINISTRATOR)
    house.answer(question, "APROBAR")
    house.poll()
    house.answer(question, "Apruebo")
    house.poll()
    assert len(house.active()) == 1
    assert kinds(house).count("holder-credentials") == 1
    assert house.received(ADMINISTRATOR) == ["decider-question", "decider-settled"]


def test_two_administrators_are_asked_and_the_first_decides(house: House) -> None:
    """Each has a token of their own; after one has decided, the other's is spent."""
    text = (house.folder / "mailbot.toml").read_text()
    both = f'administrador-ue = ["{ADMINISTRATOR}", "{ANOTHER}"]'
    pattern = r"administrador-ue = \[.*\]"
    (house.folder / "mailbot.toml").write_text(re.sub(pattern, both, text))
    asked(house)
    mine, other = house.question(ADMINISTRATOR), house.question(ANOTHER)
    assert mine["Reply-To"] != other["Reply-To"]
    house.answer(mine, "RECHAZAR: no es de esta oficina")
    house.poll()
    house.answer(other, "APROBAR")
    house.poll()
    assert house.active() == []
    assert house.received(ANOTHER) == ["decider-question", "decider-settled"]


def test_a_late_reply_is_not_executed_and_the_question_comes_anew(house: House) -> None:
    """A token expires; the chores ask again under another one, and only that counts."""
    asked(house)
    old = house.question(ADMINISTRATOR)
    house.clock.forward(hours=73)
    house.answer(old, "APROBAR")
    house.poll()
    assert house.active() == []
    new = house.question(ADMINISTRATOR, count=2)
    assert new["Reply-To"] != old["Reply-To"]
    house.answer(new, "APROBAR")
    house.poll()
    assert len(house.active()) == 1


def test_an_unanswered_question_is_reminded_of_once_under_the_same_token(house: House) -> None:
    """Halfway through its life the question is repeated, not multiplied."""
    asked(house)
    question = house.question(ADMINISTRATOR)
    house.clock.forward(hours=37)
    house.poll()
    house.poll()
    reminders = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-reminder")
    assert [r["Reply-To"] for r in reminders] == [question["Reply-To"]]


def test_what_changed_since_it_was_shown_is_not_executed(house: House) -> None:
    """Somebody else took the seat meanwhile: the yes is void, and the new question says so."""
    asked(house)
    house.seat("OTRA PERSONA, Luz", "45454545", "otra@correo.example", POST)
    house.decide(ADMINISTRATOR, "APROBAR")
    assert [a.dni for a in house.active()] == ["45454545"]
    question = house.question(ADMINISTRATOR, count=2)
    assert "OTRA PERSONA, Luz" in text_of(question)
    house.answer(question, "APROBAR")
    house.poll()
    assert [a.dni for a in house.active()] == ["42871359"]


def test_a_correction_is_shown_again_before_it_is_done(house: House) -> None:
    """«dni …» makes a new revision; only the yes to that opens the account, with the new value."""
    asked(house)
    house.decide(ADMINISTRATOR, "dni 42871350")
    assert house.active() == []
    question = house.question(ADMINISTRATOR, count=2)
    assert "DNI: 42871350" in text_of(question)
    assert f"corrección de {ADMINISTRATOR}" in text_of(question)
    house.answer(question, "APROBAR")
    house.poll()
    assert [a.dni for a in house.active()] == ["42871350"]


@pytest.mark.parametrize("said", ["dni 1234567", "correo rosa@", "nivel Superior"])
def test_a_correction_that_cannot_be_is_refused_with_the_reason(house: House, said: str) -> None:
    """A wrong value is told as such and nothing is asked anew."""
    asked(house)
    house.decide(ADMINISTRATOR, said)
    assert house.received(ADMINISTRATOR) == ["decider-question", "decider-unclear"]


def test_a_yes_cannot_heal_an_unreadable_dni(house: House) -> None:
    """Names and DNI are needed whatever the decider says; a correction supplies them."""
    asked(house, "dni-de-la-rd-distinto")
    house.decide(ADMINISTRATOR, "APROBAR")
    assert house.received(ADMINISTRATOR) == ["decider-question", "decider-lacking"]
    assert house.active() == []
    (lacking,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-lacking")
    house.answer(lacking, "dni 24679813")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR", count=2)
    assert [a.dni for a in house.active()] == ["24679813"]


def test_when_the_decider_is_replaced_the_question_moves(house: House) -> None:
    """What waits for a UGEL's specialist is asked of the next one; the old token is dead."""
    specialist = Place("especialista-ugel", "060006")
    house.seat("VIEJA GUARDIA, Ana", "40000001", "vieja@correo.example", specialist)
    asked(house, "8.1-alta-director-ie")
    old = house.question("vieja@correo.example")
    replace_specialist(house)
    house.answer(old, "APROBAR")
    house.poll()
    assert "27430985" not in {a.dni for a in house.active()}
    house.decide("nueva@correo.example", "APROBAR")
    assert "27430985" in {a.dni for a in house.active()}


def replace_specialist(house: House) -> None:
    """A new specialist for UGEL Cutervo, by the guide's own way."""
    import documents as d  # noqa: PLC0415

    head = d.Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CUTERVO")
    office = d.ugel("060006", "Cutervo", "Cajamarca", head)
    person = d.Person("Nueva Guardia", "Luisa Elena", "40000009", "nueva@correo.example")
    raw = mails.compose(
        "mesadepartes@ugelcutervo.example",
        "siagie@mailbot.example",
        "Alta de especialista SIAGIE UGEL Cutervo",
        text="Remito oficio y RD.",
        attachments=[
            mails.File("OFICIO 9.pdf", d.oficio(office=office, people=[person])),
            mails.File("RD 9.pdf", d.rd(office=office, people=[person])),
        ],
    )
    house.send(raw, "mesadepartes@ugelcutervo.example")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")


def test_nobody_to_decide_is_told_to_the_administrator_and_waits(house: House) -> None:
    """V.9 without an active Director waits; once there is one, the question goes there."""
    asked(house, "9.1-alta-personal-ie")
    assert house.received(ADMINISTRATOR) == ["administrator-vacant"]
    assert house.cases()[0].status == "pending"
    assert pipeline.process(house.desk) == 0


def test_nobody_decides_on_their_own_account(house: House) -> None:
    """A Director who asks for another account at the same school does not decide on it."""
    director = Place("director-ie", "0742106")
    house.seat(
        "MELGAREJO CRUZ, Katherine Paola", "44210967", "kathy.melgarejo@correo.example", director
    )
    asked(house, "9.1-alta-personal-ie")
    assert house.received("kathy.melgarejo@correo.example") == []
    assert house.received(ADMINISTRATOR) == ["administrator-vacant"]


def test_a_reply_that_lost_its_token_is_answered_with_the_way_to_answer(house: House) -> None:
    """A program that writes to the bare address: nothing happens, and the approver is told how."""
    asked(house)
    question = house.question(ADMINISTRATOR)
    question.replace_header("Reply-To", "siagie@mailbot.example")
    house.answer(question, "APROBAR")
    house.poll()
    assert house.active() == []
    (unclear,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-unclear")
    assert "sin el código" in text_of(unclear)
    house.answer(unclear, "APROBAR")
    house.poll()
    assert len(house.active()) == 1
