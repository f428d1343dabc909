"""Many decisions in one reply: each goes the way of a single one, and none goes further."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mails
import pyotp
import pytest
from chamber import SECOND, Chamber, record
from house import ADMINISTRATOR, BOT, House, kind_of, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from test_guards import BOTH, SECRET

from mailbot import decide, prompts
from mailbot.decide import Record
from mailbot.parsers.batch import batch
from mailbot.parsers.reply import Verb
from mailbot.prompts import digest
from mailbot.prompts.made import fingerprint
from mailbot.respond import COUNTED
from mailbot.store import authenticators
from mailbot.store.tables import Case, Letter, Mail, Prompt, Question

SEATS = (
    ("5.1", "especialista-ugel", "42871359"),
    ("7.1", "estadistico-ugel", "11111111"),
    ("3.1", "especialista-dre", "22222222"),
    ("4.1", "estadistico-dre", "33333333"),
)


def several(chamber: Chamber, count: int = 4, **more: object) -> None:
    """Some cases that wait for the administrator, each for another post."""
    for section, role, dni in SEATS[:count]:
        office = {"office": "060000"} if role.endswith("dre") else {}
        shown = record(section, role=role, dni=dni, names=f"PERSONA, {dni[0]}", **office)
        chamber.ask({**shown, **more} if section == "5.1" else shown)


def states(chamber: Chamber) -> list[str]:
    """The states of the cases, in their order."""
    return [str(chamber.case(n).status) for n in range(1, len(SEATS) + 1)]


def lines(chamber: Chamber) -> list[str]:
    """What the last receipt, or the answer that nothing was done, tells line by line."""
    told = [x for x in chamber.all(Letter) if x.kind in ("decider-receipt", "decider-note")][-1]
    if told.kind == "decider-note":
        return [line.replace(": ", " ", 1) for line in told.context["paragraphs"]]
    return [f"{x['number']} {x['words']}" for x in told.context["lines"]]


# ------------------------------------------------------------------ one reply, many decisions


def test_one_reply_decides_many_and_a_receipt_tells_each(chamber: Chamber) -> None:
    """Two yes, a no and an observation: each as if it had been said alone."""
    several(chamber)
    assert chamber.digest()
    assert chamber.respond("APROBAR 1,3\nRECHAZAR 2 falta RD\nOBSERVAR 4 falta la firma") is None
    assert states(chamber) == ["done", "rejected", "done", "observed"]
    assert set(chamber.active()) == {"42871359", "22222222"}
    assert chamber.said("asker-rejected")["said"] == "falta RD"
    assert lines(chamber) == [
        "1 aprobado y ejecutado: se creó la cuenta",
        "3 aprobado y ejecutado: se creó la cuenta",
        "2 rechazado: se avisó a quien lo pidió",
        "4 observado: la oficina puede completarlo",
    ]


def test_what_is_not_named_waits_and_can_be_decided_later(chamber: Chamber) -> None:
    """The same digest again; what was decided already is told, not done twice."""
    several(chamber, 2)
    chamber.digest()
    chamber.respond("APROBAR 2")
    chamber.respond("APROBAR 1-2")
    assert sorted(chamber.active()) == ["11111111", "42871359"]
    assert "2 no se hizo: ya fue aprobado y ejecutado por" in lines(chamber)[1]
    assert ADMINISTRATOR in lines(chamber)[1]


def test_lines_that_contradict_each_other_do_nothing_to_their_item(chamber: Chamber) -> None:
    """The others are done."""
    several(chamber, 3)
    chamber.digest()
    chamber.respond("APROBAR 1-2\nRECHAZAR 1 no corresponde")
    assert states_of(chamber, 2) == ["pending", "done"]
    assert "1 no se hizo: dos líneas de su respuesta dicen cosas distintas" in lines(chamber)


def states_of(chamber: Chamber, count: int) -> list[str]:
    return [str(chamber.case(n).status) for n in range(1, count + 1)]


def test_a_number_that_is_not_there_is_told(chamber: Chamber) -> None:
    """Nobody is left to think that something was done."""
    several(chamber, 1)
    chamber.digest()
    chamber.respond("APROBAR 1,7")
    assert lines(chamber)[1] == "7 no se hizo: el resumen no tiene ese número"


@pytest.mark.parametrize(
    "said",
    [
        "APROBAR",
        "APROBAR todo",
        "APROBAR 1 3",
        "APROBAR 1\nespere, el 2 no",
        "APROBAR 1, pero no el 2",
        "APROBAR 3-1",
        "APROBAR 0",
        "APROBAR 1?",
        "APROBAR 123456",
        "no apruebo 1",
        "RECHAZAR 1 2 copias",
        "OBSERVAR 1",
        "Sí a los dos primeros",
        "APROBAR 1\u200b",
        "",
    ],
)
def test_a_word_that_is_not_understood_undoes_the_whole_reply(chamber: Chamber, said: str) -> None:
    """T19: nothing is done, and what was not understood is told."""
    several(chamber, 3)
    chamber.digest()
    assert batch(said).decisions == ()
    chamber.respond(said)
    assert states_of(chamber, 3) == ["pending"] * 3
    assert "No se entendió" in chamber.said("decider-note")["title"]


def test_a_signature_and_small_print_take_nothing_back(chamber: Chamber) -> None:
    """What telephones and offices add under a reply."""
    several(chamber, 1)
    chamber.digest()
    chamber.respond("Buenos días:\nAPROBAR 1\n\nAtentamente,\nAna Ruiz Soto\nUGEL Chota")
    assert states_of(chamber, 1) == ["done"]


def test_each_decision_is_written_down_and_told_in_the_thread(chamber: Chamber) -> None:
    """Who, of which case, by which mail and line; one receipt, under a title of its own."""
    several(chamber, 2)
    chamber.digest()
    chamber.respond("RECHAZAR 2 falta RD\nAPROBAR 1,7")
    (asked,), reply = chamber.all(Prompt), chamber.all(Mail)[-1]
    heard = [
        (e.actor, e.case_id, e.mail_id, e.detail)
        for e in chamber.events()
        if e.name == "reply_heard"
    ]
    assert heard == [
        (ADMINISTRATOR, 2, reply.id, f"rechazar {asked.id}.2"),
        (ADMINISTRATOR, 1, reply.id, f"aprobar {asked.id}.1"),
    ]
    assert [q.reply_id for q in chamber.all(Question)] == [reply.id, reply.id]
    (told,) = [x for x in chamber.all(Letter) if x.kind == "decider-receipt"]
    assert (told.recipient, told.in_reply_to) == (ADMINISTRATOR, "<r@x.example>")
    assert told.context["title"] == "[SIAGIE] Lo que se hizo con su respuesta"
    assert told.context["bot_name"] == chamber.rules.settings.bot.name


def test_each_line_of_a_receipt_says_what_it_is_about(chamber: Chamber) -> None:
    """Number, case, whose: of what was done and of what was not."""
    several(chamber, 2)
    chamber.digest()
    chamber.respond("APROBAR 1,7\nAPROBAR 2\nRECHAZAR 2 falta RD")
    told = chamber.said("decider-receipt")["lines"]
    shown = [(x["number"], x["case"], x["about"].partition(" (")[0], x["done"]) for x in told]
    assert list(dict.fromkeys(shown)) == [
        (1, 1, "alta de PERSONA, 4", True),
        (7, None, "", False),
        (2, 2, "alta de PERSONA, 1", False),
    ]


def test_an_answer_that_does_nothing_says_so_in_the_thread(chamber: Chamber) -> None:
    """What was not understood and how to write it; or of each number why not."""
    several(chamber, 1)
    chamber.digest()
    for said, title in (
        ("espere", "No se entendió su respuesta"),
        ("APROBAR 7", "No se hizo nada con su respuesta"),
    ):
        chamber.respond(said)
        told = chamber.all(Letter)[-1]
        assert (told.kind, told.recipient) == ("decider-note", ADMINISTRATOR)
        assert told.in_reply_to == "<r@x.example>"
        assert (told.context["title"], told.context["subject"]) == (title, "")
    first, second = [x.context["paragraphs"] for x in chamber.all(Letter)[-2:]]
    assert first[0] == "No se entendió «espere». No se hizo nada."
    assert first[1].startswith("Responda otra vez al resumen")
    assert second == ["7: no se hizo: el resumen no tiene ese número."]
    for said in ("espere", "APROBAR 7"):
        chamber.respond(said)
    assert [kind for kind, _ in chamber.letters()].count("decider-note") == 4


# ------------------------------------------------------------------ what binds an item


def test_an_item_that_changed_since_the_digest_is_not_done(chamber: Chamber) -> None:
    """T26: somebody took the seat meanwhile: the yes opens nothing, and a new question is asked."""
    several(chamber, 1)
    chamber.digest()
    chamber.seat("OTRA, Luz", "45454545")
    chamber.respond("APROBAR 1")
    assert chamber.active() == ["45454545"]
    assert "no se hizo: el pedido cambió" in lines(chamber)[0]


@pytest.mark.parametrize("mended", [True, False], ids=["item", "prompt"])
def test_an_item_shown_otherwise_than_it_is_is_not_done(chamber: Chamber, *, mended: bool) -> None:
    """T26: what stands in the digest is bound, not only the record behind it."""
    several(chamber, 1)
    chamber.digest()
    with chamber.store.begin() as tx:
        (prompt,) = tx.query(Prompt)
        kept = prompt.content["items"]["1"]
        prompt.content = {"items": {"1": {**kept, "shown": "0" * 64}}}
        if mended:
            prompt.digest = fingerprint(prompt.content)
    chamber.respond("APROBAR 1")
    assert states_of(chamber, 1) == ["pending"]
    said = chamber.said("decider-note")
    assert said["title"] == (
        "No se hizo nada con su respuesta" if mended else "Su respuesta llegó tarde"
    )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            {
                "findings": [
                    {
                        "requirement": "rd", "label": "resolución", "outcome": "unreadable",
                        "value": None, "places": [], "note": None, "mend": None,
                    }
                ]
            },
            "hay que revisar resolución",
        ),
        ({"signals": ["el oficio es antiguo"]}, "llama la atención"),
        ({"forwarded": True}, "reenvía el pedido de otra persona"),
        ({"completed_by": ["otra@ugelchota.example"]}, "escribió más de una dirección"),
    ],
)  # fmt: skip
def test_what_needs_a_look_is_listed_and_leads_to_its_own_question(
    chamber: Chamber, more: Record, why: str
) -> None:
    """T28: a doubt is not decided on three lines, whatever the reply says."""
    several(chamber, 2, **more)
    chamber.digest()
    assert why in chamber.said("decider-digest")["items"][0]["own"]
    chamber.respond("APROBAR 1-2")
    assert states_of(chamber, 2) == ["pending", "done"]
    assert why in lines(chamber)[0]
    chamber.respond("RECHAZAR 1 no")
    assert states_of(chamber, 1) == ["pending"]


def test_what_a_colleague_corrected_is_decided_where_that_is_told(chamber: Chamber) -> None:
    """On a few lines the address a colleague typed would look like the office's own."""
    chamber.configure(**{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("correo: otra.persona@correo.example", SECOND)
    chamber.digest()
    assert "una corrección" in chamber.said("decider-digest")["items"][0]["own"]
    chamber.respond("APROBAR 1")
    assert chamber.active() == []


def test_who_may_not_decide_any_more_is_shown_nothing(chamber: Chamber) -> None:
    """Whom the operator struck off: what was asked of them is no more their business."""
    several(chamber, 1)
    chamber.configure(**{"administrador-ue": f'["{SECOND}"]'})
    assert not chamber.digest()
    assert chamber.letters() == []


def test_who_may_not_decide_any_more_decides_nothing(chamber: Chamber) -> None:
    """T59, T61: the one who asks, or whom the operator struck off, in the moment of the reply."""
    several(chamber, 1)
    chamber.digest()
    chamber.configure(**{"administrador-ue": f'["{SECOND}"]'})
    chamber.respond("APROBAR 1")
    assert chamber.active() == []


def test_two_people_are_two_people_in_a_digest_too(chamber: Chamber) -> None:
    """One yes is a half; the same person's second yes is none."""
    chamber.configure(**{"administrador-ue": BOTH, "two_approvers_for": '["5.1"]'})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.digest()
    chamber.respond("APROBAR 1")
    chamber.respond("APROBAR 1")
    assert chamber.active() == []
    chamber.digest(SECOND)
    chamber.respond("APROBAR 1", SECOND)
    assert chamber.active() == ["42871359"]


# ------------------------------------------------------------------ the second factor


def enrolled(chamber: Chamber) -> str:
    """An approver with an authenticator; the code of this moment."""
    with chamber.store.begin() as tx:
        authenticators.enrol(tx, ADMINISTRATOR, SecretStr(SECRET), 0, chamber.clock())
    return pyotp.TOTP(SECRET).at(chamber.clock())


def test_one_code_serves_the_whole_reply_and_no_other(chamber: Chamber) -> None:
    """T21: right: both; again: none, for it was used; a no needs none."""
    code = enrolled(chamber)
    several(chamber)
    chamber.digest()
    chamber.respond(f"APROBAR 1-2 {code}")
    assert [q.reply_id for q in chamber.all(Question)][:2] == [chamber.all(Mail)[-1].id] * 2
    chamber.respond(f"APROBAR 3 {code}\nRECHAZAR 4 falta la RD")
    assert states(chamber) == ["done", "done", "pending", "rejected"]
    assert "ya se usó" in lines(chamber)[0]


@pytest.mark.parametrize(
    ("said", "why", "tries"),
    [("APROBAR 1-2", "falta su código", 0), ("APROBAR 1-2 000000", "el código no es correcto", 1)],
)
def test_without_the_right_code_no_yes_is_done(
    chamber: Chamber, said: str, why: str, tries: int
) -> None:
    """T21: missing or wrong, which each item is told and counts once."""
    enrolled(chamber)
    several(chamber, 2)
    chamber.digest()
    chamber.respond(said)
    assert chamber.active() == []
    first, second = lines(chamber)
    assert first.startswith(f"1 no se hizo: {why}")
    assert second.startswith(f"2 no se hizo: {why}")
    assert chamber.all(Prompt)[0].tries == tries
    noted = [(e.actor, e.mail_id) for e in chamber.events() if e.name == "code_wrong"]
    assert noted == [(ADMINISTRATOR, chamber.all(Mail)[-1].id)] * tries


@pytest.mark.parametrize(
    "said", ["RECHAZAR 1 falta la RD 000000", "APROBAR 1 000000\nRECHAZAR 1 falta la RD"]
)
def test_where_no_yes_is_to_be_done_no_code_is_looked_at(chamber: Chamber, said: str) -> None:
    """T21: a no needs none; nor does a yes that another line contradicts."""
    enrolled(chamber)
    several(chamber, 1)
    chamber.digest()
    chamber.respond(said)
    assert (chamber.active(), chamber.all(Prompt)[0].tries) == ([], 0)


def test_five_wrong_codes_close_the_digest_and_count_with_the_others(chamber: Chamber) -> None:
    """T21: guesses in a digest are guesses: together no more than of questions."""
    code = enrolled(chamber)
    several(chamber, 1)
    for _ in range(3):
        chamber.digest()
        for n in range(5):
            chamber.respond(f"APROBAR 1 00000{n}")
    assert [x for x, _ in chamber.letters()].count("administrator-misused") == 3
    told = chamber.said("administrator-misused")
    assert (told["what"], told["who"]) == ("locked", ADMINISTRATOR)
    chamber.digest()
    chamber.respond(f"APROBAR 1 {code}")
    chamber.hear(f"APROBAR {code}")
    assert chamber.active() == []


def test_a_procedure_that_wants_a_code_gets_none_from_who_has_none(chamber: Chamber) -> None:
    """Nobody is let through for not being enrolled."""
    chamber.configure(code_for='["5.1"]')
    several(chamber, 2)
    chamber.digest()
    chamber.respond("APROBAR 1-2 123456")
    assert states_of(chamber, 2) == ["pending", "done"]
    assert "todavía no tiene con qué generarlo" in lines(chamber)[0]


# ------------------------------------------------------------------ whose token


def test_a_digest_in_other_hands_dies(chamber: Chamber) -> None:
    """T15: nothing is done, an administrator is told, and the token serves nobody after."""
    several(chamber, 1)
    chamber.digest()
    assert chamber.respond("APROBAR 1", sender=SECOND) == prompts.REFUSED
    assert [kind for kind, _ in chamber.letters()].count("administrator-misused") == 1
    chamber.respond("APROBAR 1")
    assert chamber.active() == []
    assert "llegó tarde" in chamber.said("decider-note")["title"]


def test_an_unproven_answer_to_a_digest_is_set_aside(chamber: Chamber) -> None:
    """T14: as with a question."""
    several(chamber, 1)
    chamber.digest()
    assert "sin comprobar" in str(chamber.respond("APROBAR 1", proven=False))
    assert "sin comprobar" in str(chamber.respond("APROBAR 1", whole=False))
    assert chamber.active() == []


def test_a_digest_is_answered_in_time(chamber: Chamber) -> None:
    """T25: a moment too late nothing is done."""
    several(chamber, 1)
    chamber.digest()
    chamber.clock.forward(hours=72)
    chamber.respond("APROBAR 1")
    assert chamber.active() == []


# ------------------------------------------------------------------ no further than one by one


VERBS = {Verb.APPROVE: "APROBAR", Verb.REJECT: "RECHAZAR", Verb.OBSERVE: "OBSERVAR"}


@contextmanager
def world(doubtful: Sequence[bool]) -> Iterator[Chamber]:
    """A bot of its own with four cases that wait, some of them doubtful."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
        made = Chamber(Path(folder) / "config")
        made.configure()
        for (section, role, dni), doubt in zip(SEATS, doubtful, strict=True):
            office = {"office": "060000"} if role.endswith("dre") else {}
            more = {"signals": ["algo"]} if doubt else {}
            made.ask(record(section, role=role, dni=dni, names="P, Q", **office, **more))
        yield made
        made.store.close()


def outcome(chamber: Chamber) -> list[tuple[str, str | None, bool]]:
    """The state of each case, why, and whether its account is there."""
    active = chamber.active()
    cases = [chamber.case(n) for n in range(1, 5)]
    return [(str(c.status), c.reason, c.dni in active) for c in cases]


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    doubtful=st.lists(st.booleans(), min_size=4, max_size=4),
    said=st.lists(
        st.tuples(st.sampled_from(list(VERBS)), st.sets(st.integers(1, 5), min_size=1)),
        min_size=1,
        max_size=4,
    ),
)
def test_no_digest_does_what_single_answers_could_not(
    doubtful: list[bool], said: list[tuple[Verb, set[int]]]
) -> None:
    """Each case is as it was, or as the single answer of the same words leaves it."""
    text = "\n".join(
        f"{VERBS[v]} {','.join(map(str, sorted(n)))}{'' if v is Verb.APPROVE else ' falta la RD'}"
        for v, n in said
    )
    with world(doubtful) as one, world(doubtful) as other:
        before = outcome(one)
        one.digest()
        one.respond(text)
        for number, decision in batch(text).decisions:
            if number <= 4:
                other.hear(f"{VERBS[decision.verb]} {decision.text}".strip(), number=number - 1)
        for number, (was, now, alone) in enumerate(
            zip(before, outcome(one), outcome(other), strict=True), start=1
        ):
            clear = not doubtful[number - 1] and number not in batch(text).conflicts
            named = number in dict(batch(text).decisions)
            assert now == (alone if clear and named else was)


# ------------------------------------------------------------------ at set hours


EIGHT = datetime(2026, 4, 1, 13, 0, tzinfo=UTC)  # a Wednesday, eight o'clock in Lima


def sent(chamber: Chamber) -> int:
    return [x.kind for x in chamber.all(Letter)].count("decider-digest")


def test_a_digest_comes_at_its_hour_once_and_on_working_days(chamber: Chamber) -> None:
    """What arrived since the hour waits for the next; nothing waiting, no letter."""
    chamber.configure(digest_hours="[8, 15]")
    several(chamber, 1)
    for moment, count in (
        (EIGHT - timedelta(minutes=1), 0),
        (EIGHT, 1),
        (EIGHT + timedelta(minutes=5), 1),
        (EIGHT + timedelta(hours=7), 2),
        (EIGHT + timedelta(days=1), 2),  # Maundy Thursday
    ):
        chamber.clock.now = moment
        chamber.chores(digest.send_due)
        assert sent(chamber) == count, moment


def test_what_was_asked_after_the_hour_makes_no_digest(chamber: Chamber) -> None:
    """It has just had a letter of its own."""
    chamber.configure(digest_hours="[8]")
    several(chamber, 1)
    chamber.chores(digest.send_due)
    assert sent(chamber) == 0


def test_the_digest_shows_no_whole_dni(chamber: Chamber) -> None:
    """House rule: lists are shown on locked screens and forwarded."""
    several(chamber, 2)
    chamber.digest()
    (letter,) = [x for x in chamber.all(Letter) if x.kind == "decider-digest"]
    assert "42871359" not in rendered(letter)
    assert "*****359" in rendered(letter)


def rendered(letter: Letter) -> str:
    from mailbot.respond import Secrets, render  # noqa: PLC0415

    return "".join(render(letter.kind, letter.context, Secrets(token="x")))


def test_receipts_are_not_counted_and_empty_ones_are() -> None:
    """Whoever decides much stays told what was done; an answer that did nothing is an answer."""
    assert "decider-receipt" not in COUNTED
    assert {"decider-note", "decider-digest", "decider-help", "decider-confirm"} <= set(COUNTED)


# ------------------------------------------------------------------ over the real servers


def known_sender(house: House) -> None:
    """Have the first case be one whose sender has asked before: nothing about it is unusual."""
    with house.store.begin() as tx:
        case, question = tx.get_one(Case, 1), tx.get_one(Question, 1)
        case.record = {**case.record, "signals": []}
        case.digest = question.digest = decide.digest(case.record)


@pytest.mark.both_databases
def test_a_digest_is_answered_by_mail(house: House) -> None:
    """PENDIENTES, the digest, a reply to its address: one account, one item told why it waits."""
    for sample in ("5.1-alta-especialista-ugel", "7.1-alta-estadistico-ugel"):
        house.send_sample(sample)
        house.poll()  # two mails on their way may overtake each other
    known_sender(house)
    house.send(mails.compose(ADMINISTRATOR, BOT, "", text="Pendientes"), ADMINISTRATOR)
    house.poll()
    (shown,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-digest")
    assert "2. Caso 2" in text_of(shown)
    house.answer(shown, "APROBAR 1-2")
    house.poll()
    (receipt,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-receipt")
    assert [a.dni for a in house.active()] == ["42871359"]
    assert "1 de 2" in text_of(receipt)
    assert "se decide en su propia pregunta" in text_of(receipt)
    assert receipt["Auto-Submitted"] == "auto-replied"
