"""Two machines that answer each other stop by themselves.

Over the real mail servers.
"""

import mails
import pytest
from house import BOT, House, write_config

from mailbot.respond import COUNTED

UGEL = "mesadepartes@ugelchota.example"


def echo(house: House, address: str, seen: set[str], *, honest: bool) -> int:
    """An autoresponder: it answers each letter once, with our words and some of its own."""
    answered = 0
    for letter in house.post.inbox(address):
        if str(letter["Message-ID"]) in seen:
            continue
        seen.add(str(letter["Message-ID"]))
        headers = [("Auto-Submitted", "auto-replied")] if honest else []
        text = f"Su correo fue recibido.\n\n{letter.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]
        raw = mails.compose(
            address,
            str(letter["Reply-To"] or BOT),
            f"Recibido: {letter['Subject']}",
            text=text,
            in_reply_to=str(letter["Message-ID"]),
            headers=headers,
        )
        house.send(raw, address)
        answered += 1
    return answered


@pytest.mark.parametrize("honest", [True, False], ids=["marked", "unmarked"])
def test_an_autoresponder_is_answered_a_bounded_number_of_times(
    house: House, *, honest: bool
) -> None:
    """T40: one that says what it is, never; one that hides it, at most as often as the cap."""
    write_config(house.folder, house.post, answers_per_day="3")
    house.reconfigure()
    house.send_sample("pregunta-por-nominas")
    house.poll()
    address, seen = house.letters()[0].recipient, set[str]()
    rounds = 0
    while echo(house, address, seen, honest=honest) and rounds < 20:
        house.poll()
        rounds += 1
    assert rounds < 20, "they would go on for ever"
    assert len(house.letters()) <= (1 if honest else 3)


def test_our_own_letter_come_back_is_not_read(house: House) -> None:
    """T41: an alias that points at the bot makes no growth."""
    house.send_sample("sin-rd")
    house.poll()
    (letter,) = house.post.wait_for(house.letters()[0].recipient)
    for _ in range(3):
        house.send(bytes(letter).replace(b"Message-ID: <", b"X: y\r\nMessage-ID: <", 1), BOT)
        house.poll()
    assert len(house.letters()) == 1


def test_an_avalanche_stops_at_the_cap_of_the_hour(house: House) -> None:
    """T44: many askers at once: each is answered, until the brake; nothing is lost meanwhile."""
    write_config(house.folder, house.post, answers_per_hour="4")
    house.reconfigure()
    for n in range(7):
        who = f"persona{n}@ugelchota.example"
        raw = mails.compose(who, BOT, "Consulta", text=f"¿Cómo registro nóminas del grado {n}?")
        house.send(raw, who)
    house.poll()
    assert len([x for x in house.letters() if x.kind in COUNTED]) == 4
    house.clock.forward(hours=2)
    raw = mails.compose(UGEL, BOT, "Consulta", text="¿Cómo registro nóminas de mi colegio?")
    house.send(raw, UGEL)
    house.poll()
    assert len([x for x in house.letters() if x.kind in COUNTED]) == 5
