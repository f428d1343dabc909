"""What is unusual is told before anything else, and stops nothing."""

from dataclasses import replace
from datetime import date, timedelta

import mails
import pytest
from house import ADMINISTRATOR, BOT, House, files_of, text_of

from mailbot.model import Post as Place
from mailbot.parsers.dates import first_date
from mailbot.signals import Past, signals
from mailbot.store.history import oficio_key

pytestmark = pytest.mark.both_databases

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"
PLACE = Place("especialista-ugel", "060004")
TODAY = date(2026, 3, 31)
ORDINARY = Past(TODAY)


def test_an_ordinary_case_has_no_signals() -> None:
    """Nothing unusual, nothing said."""
    assert signals(ORDINARY) == []


SIGNS: dict[str, dict[str, object]] = {
    "es la primera solicitud": {"first_from_sender": True},
    "ya se presentó en otro pedido: RD 1.pdf (caso 7)": {"reused": (("RD 1.pdf", 7),)},
    "el mismo número ya se usó en el caso 9": {"same_number": 9},
    "fecha de hace 61 días": {"oficio_date": TODAY - timedelta(days=61)},
    "una fecha que todavía no llega": {"oficio_date": TODAY + timedelta(days=2)},
    "se creó hace 29 días": {"holder_since": TODAY - timedelta(days=29)},
    "se creó hoy": {"holder_since": TODAY},
    "otra cuenta: Estadístico DRE": {"other_posts": ("Estadístico DRE",)},
    "el mismo puesto: caso 3, 4": {"rivals": (3, 4)},
    "el de la cuenta de ANA": {"shared_address": "ANA"},
    "el de una cuenta a nombre de EVA": {"named_otherwise": "EVA"},
    "pide 6 cuentas": {"together": 6},
}


@pytest.mark.parametrize("words", SIGNS)
def test_each_sign_is_told_alone(words: str) -> None:
    """T10, T11, T23, T65, T67: one fact, one sentence."""
    (told,) = signals(replace(ORDINARY, **SIGNS[words]))  # type: ignore[arg-type]
    assert words in told


@pytest.mark.parametrize(
    "usual",
    [
        {"oficio_date": TODAY - timedelta(days=60)},
        {"oficio_date": TODAY + timedelta(days=1)},
        {"holder_since": TODAY - timedelta(days=30)},
        {"together": 5},
    ],
    ids=str,
)
def test_what_is_usual_is_not_told(usual: dict[str, object]) -> None:
    """Cries of wolf are not read."""
    assert signals(replace(ORDINARY, **usual)) == []  # type: ignore[arg-type]


def test_signals_stand_in_one_order() -> None:
    """T10: whoever reads fifty questions finds each sign where it always is."""
    everything: dict[str, object] = {}
    for fields in SIGNS.values():
        everything.update(fields)
    told = signals(replace(ORDINARY, **everything))  # type: ignore[arg-type]
    assert [t.split()[0] for t in told] == [
        *("ya", "un", "el", "la", "otro", "el", "el", "la", "es", "el")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chota, 12 de marzo de 2026", date(2026, 3, 12)),
        ("01 de setiembre del 2025", date(2025, 9, 1)),
        ("31 de febrero de 2026, o 1 de marzo de 2026", date(2026, 3, 1)),
        ("12/03/2026", None),
        ("ley 28 de 2003", None),
    ],
)
def test_a_date_in_words_is_read(text: str, found: date | None) -> None:
    """As the head of an oficio has it; what is no date is none."""
    assert first_date(text) == found


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("OFICIO N° 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "060004/123/2026"),
        ("OFICIO Nº 123 - 2026 -UGEL", "060004/123/2026"),
        ("Oficio 273-GRA/GRS", None),
        (None, None),
    ],
)
def test_an_oficio_is_known_by_office_number_and_year(number: str | None, key: str | None) -> None:
    """However it is written."""
    assert oficio_key("060004", number) == key


# ------------------------------------------------------------------ over the real servers


def told(house: House, count: int = 1) -> str:
    """What the last question says before the checks."""
    text = text_of(house.question(ADMINISTRATOR, count))
    return text.partition("SI APRUEBA")[0].partition("LLAMA LA ATENCIÓN")[2]


def again(house: House, text: str) -> None:
    """The sample's papers in a fresh mail."""
    raw = mails.compose(UGEL, BOT, "Alta de usuario", text=text, attachments=files_of(ALTA))
    house.send(raw, UGEL)
    house.poll()


def test_papers_that_come_again_are_recognised(house: House) -> None:
    """T11, T23: an old oficio and RD, sent once more, are told as such, by the bytes and number."""
    house.send_sample(ALTA)
    house.poll()
    assert "es la primera solicitud" in told(house)
    house.decide(ADMINISTRATOR, "No procede: falta la firma")
    again(house, "Reitero la solicitud de alta del usuario SIAGIE.")
    assert "ya se presentó en otro pedido" in told(house, 2)
    assert "(caso 1)" in told(house, 2)
    assert "el mismo número ya se usó en el caso 1" in told(house, 2)
    assert "primera solicitud" not in told(house, 2)


def test_two_requests_for_one_seat_are_both_told(house: House) -> None:
    """T67: the second question names the case that waits for the same seat."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "dni 42871350")
    again(house, "Solicito el alta del usuario.")
    assert "otro pedido espera para el mismo puesto: caso 1" in told(house, 3)


def test_who_holds_other_posts_is_told(house: House) -> None:
    """T65: a person with another account, and a holder who came only just now."""
    place = Place("estadistico-ugel", "060004")
    house.seat("QUISPE MAMANI, Rosa Elena", "42871359", None, place)
    house.seat("RECIÉN LLEGADA, Eva", "40000008", None, PLACE)
    house.send_sample(ALTA)
    house.poll()
    assert "ya tiene otra cuenta: Estadístico UGEL, UGEL CHOTA" in told(house)
    assert "la cuenta que se cerraría se creó hoy" in told(house)


def test_a_dni_that_is_another_persons_is_told(house: House) -> None:
    """T11: a baja names one person and gives the DNI of another, whose account would be closed."""
    lampa = Place("especialista-ugel", "210009")
    house.seat("VILCA HUANCA, Marisol", "02436178", None, lampa)
    house.send_sample("5.2-baja-especialista-ugel")
    house.poll()
    question = text_of(house.question(ADMINISTRATOR))
    assert "el DNI es el de una cuenta a nombre de VILCA HUANCA, Marisol" in question
    assert "se cerrará la cuenta de VILCA HUANCA, Marisol, DNI 02436178" in question


def test_a_signal_stops_nothing(house: House) -> None:
    """A person has looked: their yes opens the account."""
    house.send_sample(ALTA)
    house.poll()
    assert told(house)
    house.decide(ADMINISTRATOR, "APROBAR")
    assert len(house.active()) == 1


def test_the_same_request_sent_twice_is_asked_about_once(house: House) -> None:
    """T22: another mail with the same content is told the number under which it waits."""
    house.send_sample(ALTA)
    house.poll()
    again(house, "Reitero la solicitud.")
    (letter,) = house.post.wait_for(UGEL)
    assert "ya está en trámite con el número SIAGIE-1" in text_of(letter)
    assert house.received(ADMINISTRATOR) == ["decider-question"]


def test_a_fresh_mail_takes_the_place_of_an_observed_one(house: House) -> None:
    """Most people do not answer in the thread: they send it all again, and are not reminded."""
    papers = [f for f in files_of(ALTA) if "RD" not in str(f.filename)]
    raw = mails.compose(UGEL, BOT, "Alta de usuario", text="Remito.", attachments=papers)
    house.send(raw, UGEL)
    house.poll()
    again(house, "Remito nuevamente, con la resolución.")
    assert [case.status for case in house.cases()] == ["withdrawn", "pending"]
    house.decide(ADMINISTRATOR, "APROBAR")
    house.clock.forward(days=10)
    house.poll()
    assert house.received(UGEL) == ["asker-observed", "asker-opened"]


def test_another_address_for_the_same_person_is_another_request(house: House) -> None:
    """T22: nobody keeps a request out by sending a similar one before it."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "correo otra@correo.example")
    again(house, "Solicito el alta.")
    assert [case.status for case in house.cases()] == ["pending", "pending"]
