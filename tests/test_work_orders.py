"""A person does in SIAGIE what was approved: asked precisely, believed on proof, then told."""

import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from chamber import Chamber, record
from house import ADMINISTRATOR
from sqlalchemy import update

from mailbot import (
    access,
    decide,
    fulfil,
    health,
    orders,
    recovery,
    resolve,
    retention,
    secrecy,
    workdays,
)
from mailbot.desk import Desk
from mailbot.errors import ConfigError
from mailbot.model import Open, Post, Sender
from mailbot.orders import keys
from mailbot.parsers.mail import read_mail
from mailbot.parsers.parse import Reply
from mailbot.parsers.reply import UNCLEAR
from mailbot.parsers.report import report
from mailbot.respond import Secrets, key, render
from mailbot.store import accounts, mails
from mailbot.store import orders as kept
from mailbot.store.tables import (
    Account,
    Case,
    Change,
    Letter,
    Mail,
    MailStatus,
    OrderItem,
    OrderStatus,
    Table,
    WorkOrder,
)

WORKER = "ana.vera@minedu.example"
OLD, NEW = "40000001", "42871359"
CANARY = "Cana7-ria!Xq"


@pytest.fixture
def chamber(chamber: Chamber, monkeypatch: pytest.MonkeyPatch) -> Chamber:
    monkeypatch.setenv("MAILBOT_DIRECTORY__KIND", "workorder")
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__TO", WORKER)
    chamber.configure()
    return chamber


@pytest.fixture
def typing(chamber: Chamber, monkeypatch: pytest.MonkeyPatch) -> Chamber:
    """A bot that takes what is typed in the answer on to the holder."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__CREDENTIALS", "reply")
    chamber.configure()
    return chamber


def replacement(chamber: Chamber) -> int:
    """An approved replacement; the case's number. The order is written."""
    old = chamber.seat("HUAMÁN CONDORI, Luis", OLD)
    with chamber.store.read() as tx:
        holder = accounts.get(tx, old)
    procedure = chamber.rules.guide.procedures["5.1"]
    case = chamber.ask(record(closes=decide.closes(procedure, decide.Facts(holder=holder))))
    assert chamber.hear("APROBAR") is None
    work(chamber)
    return case


def work(chamber: Chamber) -> None:
    """What a pass does between the mails and the letters."""
    fulfil.fulfil_due(chamber.desk)
    orders.write_due(chamber.desk)


def baja_of_own(chamber: Chamber) -> int:
    """A baja of all that somebody has, approved and ordered; its case."""
    with chamber.store.read() as tx:
        own = accounts.of_person(tx, NEW, accounts.get(tx, 1).post)
    shown = decide.closes(chamber.rules.guide.procedures["5.2"], decide.Facts(own=own))
    case = chamber.ask(record("5.2", closes=shown))
    chamber.hear("APROBAR")
    work(chamber)
    return case


def say(chamber: Chamber, words: str, number: int = -1, **sender: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """The worker's answer to an order, and what a pass does after it."""
    heard = hear(chamber, words, number, **sender)
    work(chamber)
    return heard


def hear(chamber: Chamber, words: str, number: int = -1, **sender: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """The worker's answer to an order, as the pipeline takes it; its mail's kind, and why aside."""
    order = chamber.all(WorkOrder)[number]
    mail_id, raw = chamber.mail(), _raw(words)
    who = {"address": WORKER, "authenticated": True, "reason": "comprobado", **sender}
    secret = key(chamber.rules.settings)
    reply = Reply(read_mail(raw, Sender(**who)), secrecy.token(secret, order.nonce), UNCLEAR)
    with chamber.store.begin() as tx:
        tx.get_one(Mail, mail_id).raw = raw
    with chamber.store.begin() as tx:
        kind, aside = orders.hear(chamber.desk.at(tx), mail_id, reply)
        mails.finish(tx, mail_id, MailStatus.SET_ASIDE if aside else MailStatus.DONE, kind, aside)
    return kind, aside


def _raw(words: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = WORKER, "siagie@mailbot.example", "Re: Orden"
    mail["Message-ID"] = "<r@x.example>"
    mail.set_content(words)
    return mail.as_bytes()


def items(chamber: Chamber) -> list[tuple[int | None, str, str]]:
    """Number, verb and state of every item, oldest first."""
    return [(item.number, item.verb, str(item.status)) for item in chamber.all(OrderItem)]


def kinds(chamber: Chamber) -> list[str]:
    return [kind for kind, _ in chamber.letters()]


def restored(chamber: Chamber) -> None:
    """The database was put back, and somebody has said to go on."""
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")


def insist(chamber: Chamber, case: int) -> None:
    """An operator says that a case's change is to go on; a pass."""
    with chamber.store.begin() as tx:
        assert fulfil.insist(chamber.desk.at(tx), tx.get_one(Case, case), "operador x") is None
    work(chamber)


def test_after_a_restoration_no_order_goes_out_by_itself(chamber: Chamber) -> None:
    """It may have been written, and answered, since the copy; told to go on, it is asked anew."""
    chamber.ask()
    chamber.hear("APROBAR")
    fulfil.fulfil_due(chamber.desk)
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")
    chamber.clock.forward(days=30)
    work(chamber)
    assert "worker-order" not in kinds(chamber)
    with chamber.store.begin() as tx:
        fulfil.insist(chamber.desk.at(tx), tx.get_one(Case, 1), "operador x")
    work(chamber)
    assert kinds(chamber).count("worker-order") == 1


def test_after_a_restoration_an_open_order_is_left_in_peace_for_a_week(chamber: Chamber) -> None:
    """Its reminders may have left; its answer may lie among the mails handled."""
    replacement(chamber)
    chamber.clock.forward(days=60)
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")
    before = kinds(chamber)
    for days in (0, 6):
        chamber.clock.forward(days=days)
        chamber.chores(orders.remind)
        work(chamber)
    assert kinds(chamber) == before
    chamber.clock.forward(days=2)
    chamber.chores(orders.remind)
    assert kinds(chamber)[len(before) :] == ["worker-reminder"]


@pytest.mark.parametrize("stands", ["in no order", "in an order", "in none any more"])
def test_a_reopening_that_was_owed_is_owed_after_a_restoration(
    chamber: Chamber, stands: str
) -> None:
    """The holder to come back is closed: an alarm until it goes on, then asked, and active."""
    case = replacement(chamber)
    hear(chamber, "HECHO 1\nNO PUDE 2 porque el correo ya lo usa otra persona")
    fulfil.fulfil_due(chamber.desk)
    if stands != "in no order":
        orders.write_due(chamber.desk)
    if stands == "in none any more":
        with chamber.store.begin() as tx:
            kept.end(tx, kept.open_orders(tx)[0], OrderStatus.EXPIRED)
    restored(chamber)
    work(chamber)
    assert chamber.active() == []
    facts = health.gather(chamber.store, chamber.rules.settings, chamber.clock())
    row = next(check for check in health.examine(facts) if check.code == "changes")
    assert (row.state, "mailbot insist" in row.mend) == (health.State.BAD, True)
    insist(chamber, case)
    wanted = [(verb, state) for _, verb, state in items(chamber) if state == "wanted"]
    assert wanted == [("reopen", "wanted")]
    say(chamber, "HECHO")
    assert (chamber.active(), chamber.case(case).status) == ([OLD], "approved")
    assert chamber.said("administrator-change")["step"] == "undone"


def test_who_was_never_closed_is_not_reopened_after_a_restoration(chamber: Chamber) -> None:
    """The closing stood in no order and is asked anew; it cannot be done, and nothing was."""
    case = replacement(chamber)
    with chamber.store.begin() as tx:
        kept.end(tx, kept.open_orders(tx)[0], OrderStatus.EXPIRED)
    restored(chamber)
    assert {state for _, _, state in items(chamber)} == {"dropped"}
    insist(chamber, case)
    say(chamber, "NO PUDE 1 porque SIAGIE está en mantenimiento")
    assert (chamber.active(), "reopen" in {verb for _, verb, _ in items(chamber)}) == ([OLD], False)
    assert chamber.said("administrator-change")["step"] == "undone"


def test_of_several_closings_only_those_not_done_are_asked_again(chamber: Chamber) -> None:
    """One was done, the other's order ended; after a restoration only that one is wanted."""
    chamber.seat("QUISPE MAMANI, Rosa", NEW)
    post = Post("especialista-ugel", "060004", "Primaria")
    with chamber.store.begin() as tx:
        opening = Open("QUISPE MAMANI, Rosa", NEW, None, post, "especialista-ugel/060004/Primaria")
        accounts.open_account(tx, opening, None, chamber.clock())
    case = baja_of_own(chamber)
    say(chamber, "HECHO 1")
    with chamber.store.begin() as tx:
        kept.end(tx, kept.open_orders(tx)[0], OrderStatus.EXPIRED)
    restored(chamber)
    insist(chamber, case)
    assert [state for _, _, state in items(chamber)] == ["done", "dropped", "wanted"]
    say(chamber, "HECHO")
    assert (chamber.active(), chamber.case(case).status) == ([], "done")


def test_an_order_says_that_what_is_so_already_counts_as_done(chamber: Chamber) -> None:
    """Asked again for what was done in a lost time, nobody answers that it could not be done."""
    replacement(chamber)
    say(chamber, "HECHO 1\nNO PUDE 2 porque el correo ya lo usa otra persona")
    letters = [x for x in chamber.all(Letter) if x.kind == "worker-order"]
    said = [render(x.kind, x.context, Secrets())[1] for x in letters]
    assert [text.count("cuenta como hecho") for text in said] == [2, 1]


# ------------------------------------------------------------------ what is asked


def test_one_order_says_what_to_do_and_in_which_order(chamber: Chamber) -> None:
    """First the old account is closed, then the new one made; nobody else hears of anything."""
    case = replacement(chamber)
    assert chamber.letters() == [("worker-order", WORKER)]
    first, second = chamber.said("worker-order")["items"]
    assert (first["verb"], first["dni"], first["after"]) == ("close", OLD, [])
    assert (second["verb"], second["dni"], second["after"]) == ("open", NEW, [1])
    assert (second["correo"], second["office"]) == ("rosa.quispe@correo.example", "060004")
    assert (chamber.case(case).status, chamber.active()) == ("approved", [OLD])
    work(chamber)
    assert len(chamber.letters()) == 1


def test_done_is_done_and_only_then_people_are_told(chamber: Chamber) -> None:
    """One word for all; the holder is told where to get the password, the asker that it is done."""
    case = replacement(chamber)
    assert say(chamber, "HECHO") == ("report", None)
    assert (chamber.case(case).status, chamber.active()) == ("done", [NEW])
    assert {"holder-account", "displaced-closed", "worker-noted"} <= set(kinds(chamber))
    told = chamber.said("holder-account")
    assert (told["typed"], told["worker"], "report_mail" in told) == (False, WORKER, False)
    assert chamber.all(WorkOrder)[0].status == "done"
    (opened,) = [row for row in chamber.all(Account) if row.dni == NEW]
    assert opened.password_hash is None


def test_part_is_noted_and_the_rest_waits(chamber: Chamber) -> None:
    """The closing is entered at once; the order's same token serves for the rest."""
    case = replacement(chamber)
    say(chamber, "HECHO 1")
    assert (chamber.case(case).status, chamber.active()) == ("approved", [])
    noted = chamber.said("worker-noted")
    assert [item["number"] for item in noted["items"]] == [2]
    say(chamber, "Hecho 2.\n\nAtte.\nAna Vera")
    assert (chamber.case(case).status, chamber.active()) == ("done", [NEW])


def test_the_new_account_is_not_believed_open_while_the_old_one_is(chamber: Chamber) -> None:
    """Two would be active: nothing is noted, and the person is told what to do."""
    replacement(chamber)
    say(chamber, "HECHO 2")
    assert [state for _, _, state in items(chamber)] == ["wanted", "wanted"]
    assert "va después del punto 1" in chamber.said("worker-unclear")["problem"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("NO PUDE 1 porque SIAGIE está en mantenimiento", []),
        ("HECHO 1\nNO PUDE 2 porque el correo ya lo usa otra persona", [(1, "reopen", "wanted")]),
    ],
)
def test_what_could_not_be_done_leads_back(
    chamber: Chamber, words: str, left: list[tuple[int, str, str]]
) -> None:
    """Nothing changed: an administrator hears why. The old one closed: it is asked for again."""
    case = replacement(chamber)
    say(chamber, words)
    assert [item for item in items(chamber) if item[2] == "wanted"] == left
    if left:
        assert chamber.active() == []
        say(chamber, "HECHO")
    assert (chamber.active(), chamber.case(case).status) == ([OLD], "approved")
    assert "porque" not in chamber.said("administrator-change")["why"]
    assert chamber.said("administrator-change")["step"] == "undone"
    with chamber.store.begin() as tx:
        assert fulfil.insist(chamber.desk.at(tx), chamber.case(case), "eva") is None
    work(chamber)
    say(chamber, "HECHO")
    assert (chamber.active(), chamber.case(case).status) == ([NEW], "done")


def test_a_closing_that_could_not_be_done_is_asked_again_when_told(chamber: Chamber) -> None:
    """A baja goes nowhere back: an administrator is told, and `insist` writes another order."""
    chamber.seat("QUISPE MAMANI, Rosa", NEW)
    case = baja_of_own(chamber)
    say(chamber, "no pude: no aparece")
    assert (chamber.active(), len(chamber.all(WorkOrder))) == ([NEW], 1)
    assert "«no aparece»" in chamber.said("administrator-change")["why"]
    with chamber.store.begin() as tx:
        fulfil.insist(chamber.desk.at(tx), chamber.case(case), "eva")
    work(chamber)
    say(chamber, "hecho")
    assert (chamber.active(), chamber.case(case).status) == ([], "done")


def test_several_changes_make_one_order_and_each_is_told_by_its_number(chamber: Chamber) -> None:
    """A batch: two altas of two people, one done and one not."""
    for dni, place in (("43333333", "060005"), (NEW, "060004")):
        chamber.ask(record(dni=dni, office=place))
        chamber.hear("APROBAR")
    work(chamber)
    assert items(chamber) == [(1, "open", "wanted"), (2, "open", "wanted")]
    say(chamber, "HECHO 2\nNO PUDE 1: ya tiene cuenta")
    assert [chamber.case(n).status for n in (1, 2)] == ["approved", "done"]
    assert chamber.active() == [NEW]


def test_each_role_may_have_its_own_person(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By role, else the one for all; a role that does not exist is refused."""
    monkeypatch.setenv(
        "MAILBOT_DIRECTORY__WORKORDER__BY_ROLE", '{"especialista-ugel": "otra@minedu.example"}'
    )
    chamber.configure()
    replacement(chamber)
    assert chamber.letters() == [("worker-order", "otra@minedu.example")]
    monkeypatch.setenv(
        "MAILBOT_DIRECTORY__WORKORDER__BY_ROLE", '{"director": "otra@minedu.example"}'
    )
    chamber.configure()
    with pytest.raises(ConfigError, match=r"workorder.by_role: «director» no existe"):
        _ = chamber.rules
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__BY_ROLE", "{}")
    monkeypatch.setenv("MAILBOT_DIRECTORY__WORKORDER__TO", "")
    chamber.configure()
    with pytest.raises(ConfigError, match=r"workorder.to: con directory.kind = \"workorder\""):
        _ = chamber.rules


# ------------------------------------------------------------------ whom it believes


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ({"address": "otra@minedu.example"}, "no viene de la persona"),
        ({"authenticated": False}, "sin comprobar"),
        ({"whole": False}, "sin comprobar"),
    ],
)
def test_an_answer_that_is_not_the_workers_own_does_nothing(
    chamber: Chamber, sender: dict[str, Any], reason: str
) -> None:
    """Another address, an unproven one, a signature that leaves something open: set aside."""
    replacement(chamber)
    kind, aside = say(chamber, "HECHO", **sender)
    assert (kind, reason in (aside or "")) == ("reply", True)
    assert {state for _, _, state in items(chamber)} == {"wanted"}
    assert chamber.active() == [OLD]


def test_a_token_in_other_hands_dies(chamber: Chamber) -> None:
    """An administrator is told; the worker gets another order, and the old token does nothing."""
    replacement(chamber)
    say(chamber, "HECHO", address="otra@minedu.example")
    assert ("administrator-alert", ADMINISTRATOR) in chamber.letters()
    assert [order.status for order in chamber.all(WorkOrder)] == ["revoked", "open"]
    say(chamber, "HECHO", number=0)
    assert (chamber.said("worker-noted")["over"], chamber.active()) == (True, [OLD])
    say(chamber, "HECHO", number=1)
    assert chamber.active() == [NEW]


def test_an_answer_that_lost_its_token_is_answered_with_the_way(chamber: Chamber) -> None:
    """Known by what it refers to; nothing is noted."""
    replacement(chamber)
    letter = next(x for x in chamber.all(Letter) if x.kind == "worker-order")
    raw = _raw("HECHO").replace(b"\n\n", f"\nReferences: {letter.message_id}\n\n".encode(), 1)
    mail_id = chamber.mail()
    mail = read_mail(raw, Sender(WORKER, authenticated=True, reason="comprobado"))
    with chamber.store.begin() as tx:
        assert orders.answered_without_token(chamber.desk.at(tx), mail_id, mail)
        stranger = mail.sent_by(Sender(ADMINISTRATOR, authenticated=True, reason="comprobado"))
        assert not orders.answered_without_token(chamber.desk.at(tx), mail_id, stranger)
    assert "sin el código" in chamber.said("worker-unclear")["problem"]
    assert chamber.active() == [OLD]


def test_what_is_not_a_plain_report_notes_nothing(chamber: Chamber) -> None:
    """The person is told so, with what is left and how to answer."""
    replacement(chamber)
    for count, words in enumerate(NO_REPORTS, 1):
        assert say(chamber, words) == ("report", None), words
        assert {state for _, _, state in items(chamber)} == {"wanted"}, words
        assert kinds(chamber).count("worker-unclear") == count, words


NO_REPORTS = (
    "HECHO, pero falta el correo",
    "HECHO 1-2",
    "HECHO?",
    "Ya casi está hecho",
    "HECHO 1\nHECHO 1",
    "HECHO\nNO PUDE 2 porque no",
    "NO PUDE 2",
    "HECHO 9",
    "NO PUDE porque no aparece",
    "APROBAR",
    "",
    "Hecho\nMejor espere",
    "HE\u200bCHO",
    "> HECHO",
    "HECHO 1 usuario 40000001",
)


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        ("HECHO usuario 42871359 clave Xy9-z.ab", "Xy9-z.ab"),
        ("hecho, usuario: 42871359, contraseña: Xy9z", "Xy9z"),
        ("HECHO 2 usuario 42871359 clave «Fin.de,frase.»", "Fin.de,frase."),
        ("HECHO 2 usuario 42871359 clave Fin.", None),
        ("HECHO 2 usuario 42871359 clave *negrita*", None),
        ("HECHO 2 usuario 42871359 clave dos palabras", None),
        ("HECHO 2 usuario 42871359 clave contraseñá", None),
        ("HECHO 2 clave Xy9z1234", None),
    ],
)
def test_a_password_is_read_letter_by_letter_or_not_at_all(words: str, secret: str | None) -> None:
    """Where a sign may be the sentence's, it is asked to stand between « »."""
    found = report(words)
    read = found.said[0].secret.get_secret_value() if found.said and found.said[0].secret else None
    assert read == secret
    assert bool(found.problem) == (secret is None)
    assert "Xy9" not in repr(found)


# ------------------------------------------------------------------ what the holder enters with


def _credentials(chamber: Chamber, desk: Desk) -> tuple[Letter, Secrets]:
    """The holder's letter as the sender takes it."""
    with desk.store.begin() as tx:
        letter = [x for x in chamber.all(Letter) if x.kind == "holder-account"][-1]
        letter = tx.get_one(Letter, letter.id)
        return letter, keys.typed(tx, letter, desk.rules.settings)


def test_a_typed_password_goes_on_once_and_is_forgotten(typing: Chamber) -> None:
    """It stands in the answer's mail until its letter has left, and nowhere after."""
    replacement(typing)
    assert say(typing, f"HECHO 1\nHECHO 2 usuario rquispe clave {CANARY}") == ("report_held", None)
    letter, secrets = _credentials(typing, typing.desk)
    assert (letter.context["username"], letter.context["typed"]) == ("rquispe", True)
    assert secrets.password is not None
    assert secrets.password.get_secret_value() == CANARY
    with typing.store.begin() as tx:
        keys.forget(tx, letter)
        mail = tx.get_one(Mail, letter.context["report_mail"])
        assert (mails.raw(tx, mail.id), mail.kind) == (kept.FORGOTTEN, "report")
    letter, secrets = _credentials(typing, typing.desk)
    assert (secrets.password, letter.context["typed"]) == (None, False)
    told = [str(x.context) for x in typing.all(Letter)]
    assert not any(CANARY in words for words in told)


def test_of_two_passwords_each_goes_to_its_holder(typing: Chamber) -> None:
    """One answer, two accounts: the mail is forgotten with the second letter, not before."""
    for dni, place in (("43333333", "060005"), (NEW, "060004")):
        typing.ask(record(dni=dni, office=place))
        typing.hear("APROBAR")
    work(typing)
    say(typing, "HECHO 1 usuario aaa clave Primera1\nHECHO 2 usuario bbb clave Segunda2")
    found = [x for x in typing.all(Letter) if x.kind == "holder-account"]
    with typing.store.begin() as tx:
        secrets = [keys.typed(tx, x, typing.rules.settings).password for x in found]
        assert [s and s.get_secret_value() for s in secrets] == ["Primera1", "Segunda2"]
        keys.forget(tx, found[0])
        assert keys.typed(tx, found[1], typing.rules.settings).password is not None
        keys.forget(tx, found[1])
        assert mails.raw(tx, found[1].context["report_mail"]) == kept.FORGOTTEN


def test_where_no_passwords_are_taken_one_that_is_typed_is_deleted(chamber: Chamber) -> None:
    """Nothing is noted, nobody gets it, the mail is forgotten; the person is told."""
    replacement(chamber)
    assert say(chamber, f"HECHO 1\nHECHO 2 usuario 42871359 clave {CANARY}") == ("report", None)
    assert "no recibe contraseñas" in chamber.said("worker-unclear")["problem"]
    with chamber.store.read() as tx:
        assert mails.raw(tx, chamber.written) == kept.FORGOTTEN
    assert chamber.active() == [OLD]


def test_a_password_from_a_wrong_address_is_deleted_too(typing: Chamber) -> None:
    """The mail stays aside for a person to look at, without what it said."""
    replacement(typing)
    kind, aside = say(typing, f"HECHO 2 usuario x12 clave {CANARY}", address="yo@correo.example")
    assert (kind, bool(aside)) == ("report", True)
    with typing.store.read() as tx:
        assert mails.raw(tx, typing.written) == kept.FORGOTTEN


def test_a_password_whose_letter_cannot_leave_is_forgotten_in_three_days(typing: Chamber) -> None:
    """The letter then says who hands it over."""
    replacement(typing)
    say(typing, f"HECHO 1\nHECHO 2 usuario rquispe clave {CANARY}")
    typing.clock.forward(hours=73)
    with typing.store.begin() as tx:
        orders.remind(typing.desk.at(tx))
    letter, secrets = _credentials(typing, typing.desk)
    assert (secrets.password, letter.context["typed"]) == (None, False)


# ------------------------------------------------------------------ time


def test_it_reminds_in_working_days_and_then_asks_anew(chamber: Chamber) -> None:
    """Each working day at nine; after three times an administrator knows, and the token is new."""
    replacement(chamber)
    seen = []
    for _ in range(24 * 8):
        chamber.clock.forward(hours=1)
        before = len(chamber.all(Letter))
        with chamber.store.begin() as tx:
            orders.remind(chamber.desk.at(tx))
        seen += [
            (letter.kind, chamber.clock().astimezone(workdays.LIMA).strftime("%a %H"))
            for letter in chamber.all(Letter)[before:]
        ]
    # 31 March is the Tuesday before Easter: Thursday and Friday are holidays
    assert seen == [
        ("worker-reminder", "Wed 09"),
        ("worker-reminder", "Mon 09"),
        ("worker-reminder", "Tue 09"),
        ("administrator-alert", "Wed 09"),
    ]
    work(chamber)
    assert [order.status for order in chamber.all(WorkOrder)] == ["expired", "open"]
    assert items(chamber) == [(1, "close", "wanted"), (2, "open", "wanted")]


def test_an_answer_wakes_what_waits_for_it(chamber: Chamber) -> None:
    """And should it not, the change is looked at again within hours by itself."""
    replacement(chamber)
    (change,) = chamber.all(Change)
    assert change.due_at is not None
    assert timedelta() < change.due_at - chamber.clock() <= timedelta(hours=4)
    assert change.attempts == 0


def test_a_reply_to_a_decision_is_not_taken_for_a_report(chamber: Chamber) -> None:
    """The tokens of questions and of orders are told apart."""
    replacement(chamber)
    order = chamber.all(WorkOrder)[0]
    token = secrecy.token(key(chamber.rules.settings), order.nonce)
    mail = read_mail(_raw("APROBAR"), Sender(WORKER, authenticated=True, reason="x"))
    with chamber.store.begin() as tx:
        said = resolve.resolve(chamber.desk.at(tx), 1, Reply(mail, token, UNCLEAR))
    assert said == resolve.REFUSED


# ------------------------------------------------------------------ the people in it


def test_what_was_asked_and_answered_about_a_person_is_in_their_export(
    typing: Chamber, tmp_path: Path
) -> None:
    """The items, the orders, their letters, the answers; no password that has still to leave."""
    replacement(typing)
    say(typing, f"HECHO 1\nHECHO 2 usuario {NEW} contraseña {CANARY}")
    written = access.export(typing.desk, NEW, tmp_path / "out")
    shape = json.loads((tmp_path / "out" / "datos.json").read_text(encoding="utf-8"))
    assert [(x["verb"], x["status"]) for x in shape["trabajos"]] == [
        ("close", "done"), ("open", "done")
    ]  # fmt: skip
    assert [x["worker"] for x in shape["ordenes"]] == [WORKER]
    assert "worker-order" in {x["kind"] for x in shape["cartas"]}
    report_id = typing.all(OrderItem)[-1].report_id
    assert report_id in {x["id"] for x in shape["correos"]}
    files = b"".join(f.read_bytes() for f in (tmp_path / "out").rglob("*") if f.is_file())
    assert CANARY.encode() not in files
    assert written.others is False


def test_an_export_says_that_an_order_names_other_people(chamber: Chamber, tmp_path: Path) -> None:
    """Its letter lists what is asked about each of them."""
    chamber.ask()
    chamber.hear("APROBAR")
    chamber.ask(record(dni="10203040", names="TORRES DÍAZ, Ana", office="060005"))
    chamber.hear("APROBAR")
    work(chamber)
    assert len(chamber.all(WorkOrder)) == 1
    assert access.export(chamber.desk, NEW, tmp_path / "out").others is True


ENDED: dict[type[Table], dict[str, str]] = {
    WorkOrder: {"status": "done"},
    Case: {"status": "done"},
    Account: {"status": "closed"},
    Letter: {"status": "sent"},
    Change: {"step": "done"},
}


def test_the_people_of_an_order_are_forgotten_when_their_time_has_come(chamber: Chamber) -> None:
    """Whose account it was, who made it, and what they said; what is open is not touched."""
    replacement(chamber)
    say(chamber, f"NO SE PUDO 1: no existe el usuario {OLD}")
    chamber.ask(record("5.2", dni=OLD))
    chamber.clock.forward(days=731)
    retention.forget(chamber.desk)
    assert chamber.all(WorkOrder)[0].worker == WORKER  # open still
    with chamber.store.begin() as tx:
        for table in (WorkOrder, Case, Account, Letter, Change):
            tx.execute(update(table).values(ENDED[table]))
        tx.execute(update(Account).values(closed_at=chamber.clock()))
    chamber.clock.forward(days=731)
    retention.forget(chamber.desk)
    tables = (t for t in Table.metadata.sorted_tables if t.name != "aliases")
    with chamber.store.read() as tx:
        left = "\n".join(repr(row) for table in tables for row in tx.execute(table.select()))
    for word in (WORKER, OLD, NEW, "rosa.quispe", "QUISPE", "HUAMÁN", "no existe el usuario"):
        assert word not in left, word
