"""What an approver orders by mail: told, or shown and confirmed; never easier than a decision."""

import tempfile
from datetime import timedelta
from pathlib import Path

import mails
import pyotp
import pytest
from chamber import ASKER, SECOND, Chamber, record
from house import ADMINISTRATOR, ANOTHER, BOT, House, kind_of, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from test_guards import BOTH, DNI, ROSA, SECRET

from mailbot import daily, health, pause, prompts
from mailbot.parsers.orders import ROWS, Name, order
from mailbot.prompts.changes import CHANGES
from mailbot.prompts.made import fingerprint
from mailbot.respond import Secrets, render
from mailbot.store import authenticators, letters
from mailbot.store.tables import Deputation, Letter, Mail, Prompt, Question

DELEGATE = f"DELEGAR a {ANOTHER} hasta 30/04/2026"


def note(chamber: Chamber) -> str:
    """The last short answer, whole."""
    said = chamber.said("decider-note")
    return " ".join([said["title"], *said["paragraphs"]])


def paused(chamber: Chamber) -> bool:
    with chamber.store.begin() as tx:
        return pause.since(chamber.desk.at(tx)) is not None


def sent(chamber: Chamber, kind: str) -> int:
    return [letter.kind for letter in chamber.all(Letter)].count(kind)


# ------------------------------------------------------------------ the table


def test_every_order_has_its_row_and_every_change_is_confirmed() -> None:
    """What changes something is in the table of changes, and nothing else is."""
    assert [row.name for row in ROWS] == list(Name)
    assert {row.name for row in ROWS if row.changes} == set(CHANGES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.value)
def test_the_example_in_the_help_is_understood(row: object) -> None:
    """What the letter tells people to write."""
    assert hasattr(row, "example")
    read = order(row.example)
    assert read is not None
    assert (read.row, read.whole) == (row, True)


@pytest.mark.parametrize(
    ("said", "name", "given"),
    [
        ("Pendientes.", Name.PENDING, {}),
        ("mis pendientes", Name.PENDING, {}),
        ("Estado del caso N° 12", Name.STATE, {"case": "12"}),
        ("ESTADO SIAGIE-12", Name.STATE, {"case": "12"}),
        (
            "Delego en Ana@minedu.example, hasta el 3/4/2026",
            Name.DELEGATE,
            {"who": "ana@minedu.example", "day": "3/4/2026"},
        ),
        ("reenviar las credenciales del caso 7", Name.RESEND, {"case": "7"}),
    ],
)
def test_an_order_is_understood_in_the_words_people_use(
    said: str, name: Name, given: dict[str, str]
) -> None:
    """Capitals, articles and signs do not matter."""
    read = order(said)
    assert read is not None
    assert (read.row.name, read.given, read.whole) == (name, given, True)


@pytest.mark.parametrize(
    "said", ["No pausar", "¿pausa?", "PAUSA no", "pausa hasta mañana", "delegar a Ana", "ESTADO"]
)
def test_what_is_not_exactly_an_order_is_none(said: str) -> None:
    """T19: a doubt is answered with the list of orders."""
    read = order(said)
    assert read is None or not read.whole


# ------------------------------------------------------------------ who is heard


@pytest.mark.parametrize("name", Name)
def test_who_does_not_decide_orders_nothing(chamber: Chamber, name: Name) -> None:
    """T57: an office, a stranger: the mail is what it is without orders."""
    chamber.ask()
    said = next(row.example for row in ROWS if row.name is name)
    assert not chamber.order(said, ASKER)
    assert chamber.letters() == []


@pytest.mark.parametrize(
    "more", [{"proven": False}, {"whole": False}, {"proven": False, "with_token": True}]
)
def test_an_order_is_proven_by_its_mail_alone(chamber: Chamber, more: dict[str, bool]) -> None:
    """T14: there is no token in it: what is believed with one only is not believed here."""
    chamber.ask()
    assert not chamber.order("PENDIENTES", ADMINISTRATOR, **more)
    assert chamber.letters() == []


def test_unknown_words_are_answered_with_the_help_once_a_day(chamber: Chamber) -> None:
    """And an order whose rest is not understood each time; thanks never."""
    assert chamber.order("¿Cómo hago para ver los casos?")
    assert not chamber.order("¿Y los otros?")
    assert chamber.order("Muchas gracias")
    assert sent(chamber, "decider-help") == 1
    assert chamber.order("DELEGAR a Ana")
    assert "DELEGAR" in chamber.said("decider-help")["problem"]
    assert not chamber.order("solicito el alta", else_help=False)


# ------------------------------------------------------------------ what only tells


def test_pending_shows_what_waits_or_says_that_nothing_does(chamber: Chamber) -> None:
    """The same digest as at set hours, in the thread."""
    chamber.order("PENDIENTES")
    assert "Nada espera" in note(chamber)
    chamber.ask()
    chamber.order("PENDIENTES")
    (shown,) = [x for x in chamber.all(Letter) if x.kind == "decider-digest"]
    assert (shown.recipient, shown.in_reply_to) == (ADMINISTRATOR, "<o@x.example>")
    assert [i["case"] for i in shown.context["items"]] == [1]


def test_the_state_of_a_case_is_told_to_whom_it_concerns(chamber: Chamber) -> None:
    """Masked, and to others there is no such case."""
    chamber.ask()
    chamber.order("ESTADO 1")
    assert "Espera su decisión" in note(chamber)
    assert DNI not in note(chamber)
    assert "*****359" in note(chamber)
    chamber.hear("Apruebo")
    chamber.order("ESTADO 1")
    assert f"fue aprobado y ejecutado por {ADMINISTRATOR}" in note(chamber)
    for number, who in ((1, ANOTHER), (9, ADMINISTRATOR)):
        chamber.order(f"ESTADO {number}", who)
        assert f"No hay un caso {number} que usted pueda consultar" in note(chamber)


# ------------------------------------------------------------------ what is confirmed


def test_an_order_alone_changes_nothing(chamber: Chamber) -> None:
    """It is shown, whole, and waits."""
    chamber.ask()
    chamber.hear("Apruebo")
    passwords = sent(chamber, "holder-credentials")
    for said in (DELEGATE, "PAUSA", "REENVIAR credenciales 1"):
        chamber.order(said)
    assert sent(chamber, "decider-confirm") == 3
    assert (chamber.all(Deputation), paused(chamber)) == ([], False)
    assert sent(chamber, "holder-credentials") == passwords


@pytest.mark.parametrize(
    "said",
    ["NO", "Sí", "Confirmo?", "No confirmo", "Confirmo, pero mañana", "CONFIRMO\nmejor no", ""],
)
def test_only_the_word_confirms(chamber: Chamber, said: str) -> None:
    """T19: anything else does nothing, and the order can still be confirmed."""
    chamber.order("PAUSA")
    chamber.respond(said)
    assert not paused(chamber)
    chamber.respond("Confirmo\n\nAtte.\nAna Ruiz")
    assert paused(chamber)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sender": SECOND}, prompts.REFUSED),
        ({"proven": False}, "respuesta sin comprobar: x"),
        ({"whole": False}, "respuesta sin comprobar: x"),
    ],
)
def test_a_confirmation_is_trusted_as_a_decision_is(
    chamber: Chamber, more: dict[str, object], reason: str
) -> None:
    """T14, T15: the token, the address, the proof."""
    chamber.order("PAUSA")
    assert chamber.respond("CONFIRMO", **more) == reason  # type: ignore[arg-type]
    assert not paused(chamber)


def test_a_confirmation_comes_in_time_and_counts_once(chamber: Chamber) -> None:
    """T24, T25: a day later, or a second time, it does nothing."""
    chamber.order("PAUSA")
    chamber.clock.forward(hours=24)
    chamber.respond("CONFIRMO")
    assert not paused(chamber)
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    chamber.order("REANUDAR")
    chamber.respond("CONFIRMO")
    assert not paused(chamber)
    chamber.respond("CONFIRMO", number=1)
    assert not paused(chamber)
    assert "llegó tarde" in note(chamber)


def test_a_confirmation_wants_a_code_where_any_decision_does(chamber: Chamber) -> None:
    """T21: enrolled: the code; a procedure that wants one: not without enrolment."""
    chamber.configure(code_for='["1.1"]')
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    assert "todavía no tiene con qué generarlo" in note(chamber)
    with chamber.store.begin() as tx:
        authenticators.enrol(tx, ADMINISTRATOR, SecretStr(SECRET), 0, chamber.clock())
    for said in ("CONFIRMO", "CONFIRMO 000000"):
        chamber.respond(said)
        assert not paused(chamber)
    (wrong,) = [e for e in chamber.events() if e.name == "code_wrong"]
    assert (wrong.actor, wrong.mail_id) == (ADMINISTRATOR, chamber.all(Mail)[-1].id)
    chamber.respond(f"CONFIRMO CÓDIGO: {pyotp.TOTP(SECRET).at(chamber.clock())}")
    assert paused(chamber)


def test_five_wrong_codes_close_an_order_and_tell_people(chamber: Chamber) -> None:
    """T21: and they count with those of the questions."""
    with chamber.store.begin() as tx:
        authenticators.enrol(tx, ADMINISTRATOR, SecretStr(SECRET), 0, chamber.clock())
    for _ in range(3):
        chamber.order("PAUSA")
        for n in range(5):
            chamber.respond(f"CONFIRMO 00000{n}")
    assert sent(chamber, "administrator-misused") == 3
    chamber.order("PAUSA")
    chamber.respond(f"CONFIRMO {pyotp.TOTP(SECRET).at(chamber.clock())}")
    assert not paused(chamber)


def test_what_was_confirmed_is_written_down_and_answered_in_its_thread(chamber: Chamber) -> None:
    """Who, by which mail, what; and the order is used up by that mail."""
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    (asked,), reply = chamber.all(Prompt), chamber.all(Mail)[-1]
    assert (str(asked.status), asked.reply_id) == ("used", reply.id)
    (noted,) = [e for e in chamber.events() if e.name == "order_confirmed"]
    assert (noted.actor, noted.mail_id, noted.detail) == (ADMINISTRATOR, reply.id, "pause")
    told = chamber.all(Letter)[-1]
    assert (told.recipient, told.in_reply_to) == (ADMINISTRATOR, "<r@x.example>")
    assert (told.context["title"], told.context["subject"]) == ("Hecho", "")


def test_health_knows_who_put_the_brake_on_and_when(chamber: Chamber) -> None:
    """Masked; nothing once it is off again."""
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    began = chamber.clock()
    chamber.clock.forward(hours=2)
    with chamber.store.read() as tx:
        found = pause.brake(tx)
    assert found == pause.Brake(began, "***@minedu.example")
    facts = health.gather(chamber.store, chamber.rules.settings, chamber.clock())
    row = next(check for check in health.examine(facts) if check.code == "pause")
    assert "hace 2 h, por orden de ***@minedu.example" in row.words
    chamber.order("REANUDAR")
    chamber.respond("CONFIRMO")
    with chamber.store.read() as tx:
        assert pause.brake(tx) is None


def test_a_confirmation_that_does_nothing_says_why(chamber: Chamber) -> None:
    """Every one of them, each in a letter of its own."""
    chamber.order("PAUSA")
    for _ in range(2):
        chamber.respond("¿Qué?")
        assert "No se hizo nada" in note(chamber)
        assert "responda a ese correo con una sola palabra" in note(chamber)
    assert sent(chamber, "decider-note") == 2
    with chamber.store.begin() as tx:
        authenticators.enrol(tx, ADMINISTRATOR, SecretStr(SECRET), 0, chamber.clock())
    chamber.respond("CONFIRMO")
    assert "No se hizo nada Falta su código de 6 cifras" in note(chamber)


@pytest.mark.parametrize("key", ["who", "says"])
def test_an_order_shown_otherwise_than_it_is_is_not_done(chamber: Chamber, key: str) -> None:
    """T26: what it does now has to be what was shown, to the word."""
    chamber.order(DELEGATE)
    with chamber.store.begin() as tx:
        (asked,) = tx.query(Prompt)
        assert key in asked.content
        asked.content = {**asked.content, key: "otra cosa"}
        asked.digest = fingerprint(asked.content)
    chamber.respond("CONFIRMO")
    assert chamber.all(Deputation) == []
    assert "ya no puede cumplirse" in note(chamber)


def test_an_order_whose_giver_lost_the_right_is_not_done(chamber: Chamber) -> None:
    """T61: struck off between the order and its confirmation."""
    chamber.order("PAUSA")
    chamber.configure(**{"administrador-ue": f'["{SECOND}"]'})
    chamber.respond("CONFIRMO")
    assert not paused(chamber)
    assert "ya no puede" in note(chamber)


# ------------------------------------------------------------------ REPORTE


def test_a_report_goes_to_the_administrator_who_asks_for_it(chamber: Chamber) -> None:
    """Of the last month, or of the one that is named; nobody else gets it."""
    chamber.order("REPORTE")
    chamber.order("Reporte de 02/2026")
    found = [letter for letter in chamber.all(Letter) if letter.kind == "administrator-report"]
    assert [letter.recipient for letter in found] == [ADMINISTRATOR] * 2
    assert [letter.context["report"]["month"] for letter in found] == ["2026-02", "2026-02"]


@pytest.mark.parametrize("said", ["REPORTE 13/2026", "REPORTE 12/2026", "REPORTE 1/1999"])
def test_a_month_that_is_none_or_has_not_begun_has_no_report(chamber: Chamber, said: str) -> None:
    """The clock stands in March 2026."""
    chamber.order(said)
    assert chamber.said("decider-note")["title"] == "No hay informe"


def test_only_an_administrator_gets_a_report(chamber: Chamber) -> None:
    """Who decides by their post does not."""
    chamber.ask(of=(SECOND,))
    chamber.order("REPORTE", SECOND)
    assert "un administrador" in note(chamber)
    assert sent(chamber, "administrator-report") == 0


# ------------------------------------------------------------------ PAUSA, REANUDAR


def test_while_paused_nothing_is_opened_and_the_question_stays(chamber: Chamber) -> None:
    """A yes is told so; a no counts; after the pause the same question is answered."""
    chamber.ask()
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    chamber.hear("Apruebo", number=0)
    chamber.hear("Rechazar: no corresponde", number=1)
    assert chamber.active() == []
    assert sent(chamber, "decider-paused") == 1
    assert [str(chamber.case(n).status) for n in (1, 2)] == ["pending", "rejected"]
    chamber.digest()
    chamber.respond("APROBAR 1")
    assert chamber.active() == []
    chamber.order("REANUDAR")
    chamber.respond("CONFIRMO")
    chamber.hear("Apruebo", number=0)
    assert chamber.active() == [DNI]


def test_while_paused_the_daily_word_says_so_and_health_alarms_at_last(chamber: Chamber) -> None:
    """Every working day, though nothing else waits; three of them and it counts as forgotten."""
    chamber.order("PAUSA")
    chamber.respond("CONFIRMO")
    began = chamber.clock()
    heard = []
    for _ in range(8):  # from Tuesday to the Wednesday of the week after, Easter between
        chamber.clock.forward(days=1)
        chamber.chores(daily.tell_administrator)
        facts = health.gather(chamber.store, chamber.rules.settings, chamber.clock())
        (row,) = (check for check in health.examine(facts) if check.code == "pause")
        heard.append((sent(chamber, "administrator-digest"), row.state))
    good, bad = health.State.NOTE, health.State.BAD
    told = [1, 1, 1, 1, 1, 2, 3, 4]
    assert heard == [*((n, good) for n in told[:-1]), (told[-1], bad)]
    said = chamber.said("administrator-digest")
    subject, text, page = render("administrator-digest", said, Secrets())
    assert (said["paused"], "1 asunto espera" in subject) == (began.isoformat(), True)
    assert all("están en pausa desde el 31/03/2026" in words for words in (text, page))
    chamber.order("REANUDAR")
    chamber.respond("CONFIRMO")
    chamber.clock.forward(days=1)
    chamber.chores(daily.tell_administrator)
    assert chamber.said("administrator-digest")["paused"] is None


def test_only_an_administrator_pauses(chamber: Chamber) -> None:
    """Whoever holds a post that decides for a school is none."""
    chamber.ask(of=(SECOND,))
    chamber.order("PAUSA", SECOND)
    assert "un administrador" in note(chamber)
    assert chamber.all(Prompt) == []


# ------------------------------------------------------------------ DELEGAR


def delegated(chamber: Chamber, to: str = ANOTHER, until: str = "30/04/2026") -> None:
    chamber.order(f"DELEGAR a {to} hasta {until}")
    chamber.respond("CONFIRMO")


def test_a_deputy_is_asked_at_once_and_decides_beside(chamber: Chamber) -> None:
    """With a token of their own; the first of the two who answers decides."""
    chamber.ask()
    delegated(chamber)
    assert [who for who, _, _ in chamber.questions()] == [ADMINISTRATOR, ANOTHER]
    chamber.hear("Apruebo", ANOTHER)
    assert chamber.active() == [DNI]
    assert chamber.case().decided_by == ANOTHER
    chamber.hear("Apruebo")
    assert chamber.letters()[-1] == ("decider-settled", ADMINISTRATOR)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("DELEGAR a alguien@correo.example hasta 30/04/2026", "no está registrado"),
        (f"DELEGAR a {ADMINISTRATOR} hasta 30/04/2026", "usted mismo"),
        (f"DELEGAR a {ANOTHER} hasta 30/03/2026", "La fecha"),
        (f"DELEGAR a {ANOTHER} hasta 31/12/2026", "La fecha"),
        (f"DELEGAR a {ANOTHER} hasta 31/02/2026", "La fecha"),
    ],
)
def test_a_delegation_that_cannot_be_is_told(chamber: Chamber, said: str, why: str) -> None:
    """Only to who is registered, for a time that is bounded."""
    chamber.order(said)
    assert why in note(chamber)
    assert chamber.all(Prompt) == []


def test_a_deputy_decides_nothing_that_is_their_own_or_wants_two(chamber: Chamber) -> None:
    """T59: not what they asked for; where two people decide, a deputy would be one person twice."""
    chamber.configure(**{"administrador-ue": BOTH, "two_approvers_for": '["5.1"]'})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.ask(
        record("7.1", role="estadistico-ugel", dni="11111111", asker=ANOTHER), of=(ADMINISTRATOR,)
    )
    delegated(chamber)
    assert ANOTHER not in [who for who, _, _ in chamber.questions()]


def test_a_deputy_of_who_may_not_decide_is_not_asked(chamber: Chamber) -> None:
    """T59: nobody lends what they do not have: the asker's deputy has no say in their request."""
    chamber.ask(record(asker=ADMINISTRATOR))
    delegated(chamber)
    assert ANOTHER not in [who for who, _, _ in chamber.questions()]


def test_a_delegation_ends_with_its_day(chamber: Chamber) -> None:
    """What the deputy was asked for another is closed; a later answer does nothing."""
    chamber.configure(question_hours="720")
    chamber.ask()
    delegated(chamber, until="01/04/2026")
    chamber.clock.forward(days=2)
    from mailbot import deputies  # noqa: PLC0415

    chamber.chores(deputies.end_due)
    assert chamber.questions()[1][:2] == (ANOTHER, "superseded")
    chamber.hear("Apruebo", ANOTHER)
    assert chamber.active() == []
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111"))
    assert len(chamber.questions()) == 3


def test_a_new_delegation_takes_the_place_of_the_last(chamber: Chamber) -> None:
    """One deputy at a time whom the approver named."""
    chamber.configure(**{"administrador-minedu": f'["{ANOTHER}", "{SECOND}"]'})
    chamber.ask()
    delegated(chamber)
    delegated(chamber, SECOND)
    status = {who: status for who, status, _ in chamber.questions()}
    assert status == {ADMINISTRATOR: "open", ANOTHER: "superseded", SECOND: "open"}


# ------------------------------------------------------------------ REENVIAR


def test_credentials_go_again_to_the_same_person_only(chamber: Chamber) -> None:
    """T53: no address can be named, and a person who had no say in the case is told of none."""
    chamber.ask()
    chamber.hear("Apruebo")
    chamber.order("REENVIAR credenciales 1", ANOTHER)
    assert "No hay un caso 1" in note(chamber)
    chamber.order("REENVIAR credenciales 1")
    said = chamber.said("decider-confirm")["says"]
    assert ROSA not in " ".join(said)
    chamber.respond("CONFIRMO")
    sent_to = [who for kind, who in chamber.letters() if kind == "holder-credentials"]
    assert sent_to == [ROSA, ROSA]


def test_who_decided_once_and_may_not_now_has_no_password_sent(chamber: Chamber) -> None:
    """T53, T61: nor does anybody have one sent to them, where the credentials were theirs."""
    chamber.configure(**{"administrador-ue": BOTH})
    chamber.ask(record(correo=None), of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo", SECOND)
    assert chamber.active() == [DNI]
    chamber.configure(
        **{"administrador-ue": f'["{ADMINISTRATOR}"]', "administrador-minedu": f'["{SECOND}"]'}
    )
    for who in (SECOND, ADMINISTRATOR):
        assert chamber.order("REENVIAR credenciales 1", who)
        assert chamber.said("decider-note")["title"] == "No se hizo nada"
    assert sent(chamber, "decider-confirm") == 0


def test_credentials_of_nobody_are_not_sent(chamber: Chamber) -> None:
    """A case that opened nothing has none."""
    chamber.ask()
    chamber.order("REENVIAR credenciales 1")
    assert "no creó ninguna cuenta" in note(chamber)


# ------------------------------------------------------------------ orders decide nothing


PEOPLE = (ADMINISTRATOR, ANOTHER, SECOND, ASKER)
SAYINGS = (
    *(row.example for row in ROWS),
    *("ESTADO 1", "REENVIAR credenciales 1", DELEGATE, "APROBAR", "APROBAR 1", "CONFIRMO", "Sí"),
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(SAYINGS), st.booleans()), max_size=10
    )
)
def test_no_sequence_of_orders_decides_anything(steps: list[tuple[str, str, bool]]) -> None:
    """Accounts and cases are as they were: only answers to questions and digests decide.

    And whoever is asked in consequence may decide: nobody decides on their own request.
    """
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
        made = Chamber(Path(folder) / "config")
        made.configure(**{"administrador-ue": BOTH})
        made.ask(of=(ADMINISTRATOR, SECOND))
        made.ask(record("7.1", role="estadistico-ugel", dni="11111111", asker=SECOND))
        for who, said, confirmed in steps:
            made.order(said, who)
            mine = [p.kind for p in made.all(Prompt) if p.approver == who]
            if confirmed and mine and mine[-1] != "digest":
                made.respond("CONFIRMO", who)
        assert made.active() == []
        assert [str(made.case(n).status) for n in (1, 2)] == ["pending", "pending"]
        asked = [(q.case_id, q.approver) for q in made.all(Question)]
        assert (2, SECOND) not in asked
        assert {who for _, who in asked} <= {ADMINISTRATOR, ANOTHER, SECOND}
        made.store.close()


# ------------------------------------------------------------------ bounds, and the real servers


def test_answers_to_orders_are_capped_like_others(chamber: Chamber) -> None:
    """T40, T44: however many orders come, one address gets its twenty letters a day."""
    chamber.ask()
    for _ in range(25):
        for said in ("PENDIENTES", "ESTADO 1", "AYUDA", "PAUSA"):
            chamber.order(said)
    with chamber.store.read() as tx:
        from mailbot.respond import COUNTED  # noqa: PLC0415

        since = chamber.clock() - timedelta(days=1)
        assert letters.written(tx, since, COUNTED, ADMINISTRATOR) == 20


def test_a_request_under_a_word_of_ours_stays_a_request(chamber: Chamber) -> None:
    """Never lose a mail: who decides may ask, too, and «Pendientes» may head what they ask for."""
    asks = "Solicito la creación del usuario de Especialista SIAGIE MINEDU para:\n"
    person = "Apellidos y nombres: QUISPE MAMANI, Rosa\nDNI: 42871359"
    raw = mails.compose(ADMINISTRATOR, BOT, "Alta", text=f"Pendientes:\n\n{asks}{person}")
    assert chamber.receive(raw).kind == "request"


@pytest.mark.parametrize("paper", [True, False])
def test_a_mail_that_says_nothing_is_no_word_of_thanks(chamber: Chamber, *, paper: bool) -> None:
    """Never lose a mail: it is answered, for its sender may think that something was asked."""
    chamber.ask()
    files = [mails.File("oficio.txt", b"Se remite lo indicado.", "text/plain")] if paper else []
    raw = mails.compose(ADMINISTRATOR, BOT, "Se remite", text=" ", attachments=files)
    assert chamber.receive(raw).status == "done"
    assert chamber.letters() != []


@pytest.mark.both_databases
def test_an_order_goes_its_way_by_mail(house: House) -> None:
    """AYUDA and PAUSA over the real servers; a forwarded order is none; the answer is threaded."""
    for said in ("AYUDA", "PAUSA"):
        house.send(mails.compose(ADMINISTRATOR, BOT, f"x {said}", text=said), ADMINISTRATOR)
    house.send(mails.compose(ADMINISTRATOR, BOT, "RV: pausa", text="REANUDAR"), ADMINISTRATOR)
    house.poll()
    kinds = house.received(ADMINISTRATOR)
    assert sorted(kinds) == ["asker-unrelated", "decider-confirm", "decider-help"]
    (confirm,) = house.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == "decider-confirm")
    assert "PAUSA" in text_of(confirm)
    assert confirm["Auto-Submitted"] == "auto-replied"
    house.answer(confirm, "CONFIRMO")
    house.send_sample("5.1-alta-especialista-ugel")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    assert house.active() == []
    assert "decider-paused" in house.received(ADMINISTRATOR)
