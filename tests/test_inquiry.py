"""How a request stands, asked by mail: one's own cases, masked; never for the unproven."""

import re

import mails
import pytest
from chamber import Chamber, record
from house import ADMINISTRATOR, BOT, HERE, House, text_of

from mailbot.inquiry import _DONE, _STATES, _masked
from mailbot.parsers.inquiry import inquiry
from mailbot.parsers.mail import read_mail
from mailbot.parsers.reply import Verb, decide
from mailbot.rules import Rules, read_rules
from mailbot.store.tables import Mail as StoredMail
from mailbot.store.tables import MailStatus

ALTA = "5.1-alta-especialista-ugel"
ASKER = "mesadepartes@ugelchota.example"
OTHER = "mesadepartes@ugellucanas.example"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(HERE.parent / "config")


def asked(
    rules: Rules, text: str, subject: str = "consulta", *, in_reply_to: str | None = None
) -> tuple[int, ...] | None:
    """The numbers a mail asks about; None when it asks nothing."""
    raw = mails.compose(ASKER, BOT, subject, text=text, in_reply_to=in_reply_to)
    found = inquiry(read_mail(raw), rules.wording)
    return found.numbers if found else None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ESTADO", ()),
        ("Estado 12", (12,)),
        ("estado del caso N° 12\n\nSaludos", (12,)),
        ("ESTADO 12, 13 y 15", (12, 13, 15)),
        ("Estado SIAGIE-12.", (12,)),
        ("Sírvase informar el estado de la solicitud SIAGIE-12, a fin de continuar.", (12,)),
        ("Me dirijo a usted para conocer el estado situacional del expediente remitido.", ()),
        ("¿En qué estado se encuentra nuestro pedido? Es el caso 7.", (7,)),
        ("Agradeceré hacer seguimiento a la solicitud presentada.", ()),
        ("Buenos días, hasta la fecha no hemos recibido respuesta.", ()),
    ],
)
def test_an_office_asks_in_many_ways(rules: Rules, text: str, numbers: tuple[int, ...]) -> None:
    """By the word alone, by a number, in officialese."""
    assert asked(rules, text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Solicito alta de usuario para la especialista. Estado civil: soltera.",
        "Solicito el alta del usuario de la I.E. del Estado peruano N° 10384.",
        "Gracias.\n\n> ESTADO 12",
        "El estado de las aulas es bueno.",
        "Adjunto lo observado del caso 12.",
    ],
)
def test_the_word_alone_asks_nothing(rules: Rules, text: str) -> None:
    """Nor does what is quoted."""
    assert asked(rules, text) is None


def test_the_subject_asks_unless_it_is_the_thread_s(rules: Rules) -> None:
    """«Gracias» under our own «Re: Estado 12» is thanks; ESTADO in a thread means its case."""
    ours = "<asker-status.1.abc@mailbot.example>"
    assert asked(rules, "Atentamente", "ESTADO 12") == (12,)
    assert asked(rules, "Gracias", "Re: ESTADO 12", in_reply_to=ours) is None
    assert asked(rules, "ESTADO", "Re: Alta [SIAGIE-12, SIAGIE-14]", in_reply_to=ours) == (12, 14)


def test_a_person_is_told_by_initials() -> None:
    """Who knows them knows who is meant."""
    assert _masked("QUISPE MAMANI, Rosa Elena", "42871359") == "Q. M., R. E. (DNI *****359)"
    assert _masked(None, None) == ""


@pytest.mark.parametrize("said", [*_STATES.values(), *_DONE.values()])
def test_no_state_reads_as_a_decision(said: str) -> None:
    """An administrator who answers such a letter decides nothing by quoting it."""
    assert decide(f"  {said}.").verb is Verb.UNCLEAR


# ------------------------------------------------------------------ by mail


def ask(house: House, sender: str, text: str, *, proven: bool = True) -> list[str]:
    """What a sender is told, having asked; only the letters of this kind."""
    raw = mails.compose(sender, BOT, f"Consulta {len(text)}", text=text, authenticated=proven)
    house.send(raw, sender, port=None if proven else house.post.servers.bare_port)
    house.poll()
    house.post._drain()  # noqa: SLF001  the tests' own
    found = [m for m in house.post.inbox(sender) if "asker-status" in str(m["Message-ID"])]
    return [text_of(mail) for mail in found]


@pytest.mark.both_databases
def test_an_office_learns_how_its_own_cases_stand_and_of_no_other(house: House) -> None:
    """Before the decision and after it; another office's number is one that does not exist."""
    house.send_sample(ALTA)
    house.poll()
    (waiting,) = ask(house, ASKER, "ESTADO 1")
    assert "SIAGIE-1, recibida el 31/03/2026" in waiting
    assert "Está completa y espera la decisión de quien corresponde según la guía." in waiting
    assert not re.search(r"\b[0-9]{8}\b|QUISPE|@correo", waiting)
    (foreign,) = ask(house, OTHER, "Sírvase informar el estado de la solicitud SIAGIE-1")
    (absent,) = [t for t in ask(house, OTHER, "ESTADO 77") if "77" in t]
    assert foreign.replace("SIAGIE-1", "SIAGIE-77") == absent
    assert "UGEL CHOTA" not in foreign
    house.decide(ADMINISTRATOR, "RECHAZAR la RD es de otra persona")
    told = ask(house, ASKER, "Estado de nuestros pedidos: ¿cómo van las solicitudes?")
    assert "No fue aceptada. El motivo está en el correo que le enviamos (el 31/03/2026" in told[-1]
    assert [c.status for c in house.cases()] == ["rejected"]
    assert _kinds(house)[-1] == ("inquiry", MailStatus.DONE)


def test_who_shares_one_office_learns_nothing_of_another(chamber: Chamber) -> None:
    """Of an address that speaks for two offices, who speaks for one is told that one's cases."""
    both = "mesadepartes@ugelcontumaza.example"
    offices = chamber.folder / "offices.csv"
    text = offices.read_text(encoding="utf-8")
    offices.write_text(text.replace(ASKER, f"{ASKER};{both}"), encoding="utf-8")
    chamber.ask(record(asker=both))
    chamber.ask(record(asker=both, office="060005", dni="11111111"))
    for sender, known in ((ASKER, [1]), (both, [1, 2])):
        chamber.receive(mails.compose(sender, BOT, "Consulta", text="ESTADO 1, 2"))
        told = chamber.said("asker-status")
        assert [c["number"] for c in told["cases"]] == known


def _kinds(house: House) -> list[tuple[str | None, str]]:
    with house.store.read() as tx:
        return [(m.kind, m.status) for m in tx.query(StoredMail).order_by(StoredMail.id)]


def test_nobody_unproven_is_told_anything_and_nobody_asks_for_ever(house: House) -> None:
    """Set aside, unanswered; a proven sender gets so many letters a day and no more."""
    assert ask(house, ASKER, "ESTADO 1", proven=False) == []
    assert _kinds(house) == [("unproven", MailStatus.SET_ASIDE)]
    toml = house.folder / "mailbot.toml"
    few = toml.read_text(encoding="utf-8").replace("answers_per_day = 20", "answers_per_day = 1")
    toml.write_text(few, encoding="utf-8")
    house.reconfigure()
    assert len(ask(house, ASKER, "ESTADO")) == 1
    assert len(ask(house, ASKER, "ESTADO 12")) == 1
    assert "no hay solicitudes" in ask(house, ASKER, "ESTADO 123")[0]
