"""Every condition between a reply and an account, tried alone: with it missing, nothing is opened.

Without mail servers, so that ``make mutants`` can try each guard's absence.
"""

from datetime import timedelta

import pyotp
import pytest
from chamber import ASKER, MET, SECOND, Chamber, record
from house import ADMINISTRATOR, COORDINATOR
from pydantic import SecretStr
from sqlalchemy import update

from mailbot import pause, resolve
from mailbot.model import Mail as Read
from mailbot.model import Open, Sender
from mailbot.model import Post as Place
from mailbot.parsers.reply import decide as understood
from mailbot.resolve.anew import reconsider_others
from mailbot.resolve.heard import Heard, settle
from mailbot.store import accounts, authenticators, journal
from mailbot.store.tables import (
    Account,
    AccountStatus,
    Case,
    CaseStatus,
    Letter,
    Question,
    QuestionStatus,
)

DNI, ROSA = "42871359", "rosa.quispe@correo.example"
BOTH = f'["{ADMINISTRATOR}", "{SECOND}"]'
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DAY = timedelta(days=1)


def read_by(sender: str, *references: str, proven: bool = True) -> Read:
    """A mail that says yes, as it is read."""
    who = Sender(sender, authenticated=proven, reason="")
    return Read("", "<r@x.example>", "", who, (), references, ("Apruebo",), "", False, None, ())  # noqa: FBT003


def untouched(chamber: Chamber) -> bool:
    """Nothing was opened, decided or used up, and the question can still be answered."""
    case = chamber.case()
    open_ = [status for _, status, _ in chamber.questions()] == ["open"]
    return open_ and chamber.active() == [] and str(case.status) == "pending"


# ------------------------------------------------------------------ the yes


def test_a_yes_opens_one_account_and_all_is_written_down(chamber: Chamber) -> None:
    """The case is done, by whom and when; the question used by that mail; the guide's letters."""
    number = chamber.ask()
    assert chamber.hear("Apruebo") is None
    case, (question,) = chamber.case(number), chamber.all(Question)
    assert chamber.active() == [DNI]
    assert (str(case.status), case.decided_by) == ("done", ADMINISTRATOR)
    assert (case.decided_at, case.updated_at) == (chamber.clock(), chamber.clock())
    assert (str(question.status), question.reply_id, question.approves) == ("used", 2, True)
    assert chamber.letters() == [("holder-credentials", ROSA), ("asker-opened", ASKER)]
    who = ADMINISTRATOR
    assert chamber.noted() == [
        ("reply_heard", who), ("case_approved", who), ("case_done", "bot")
    ]  # fmt: skip
    heard, approved, done = chamber.events()
    assert done.case_id == number
    assert (heard.case_id, heard.mail_id, heard.detail) == (number, 2, "aprobar")
    assert (approved.case_id, approved.mail_id) == (number, 2)


def test_the_account_is_the_one_that_was_shown(chamber: Chamber) -> None:
    """Names, DNI, address, post and seat stand in the directory as they stood in the question."""
    chamber.ask()
    chamber.hear("Apruebo")
    (account,) = chamber.all(Account)
    assert (account.names, account.dni, account.correo) == ("QUISPE MAMANI, Rosa", DNI, ROSA)
    assert (account.role, account.office, account.nivel) == ("especialista-ugel", "060004", None)
    assert account.seat == "especialista-ugel/060004/"
    assert account.opened_by == 1


def test_a_second_yes_is_told_that_it_is_settled(chamber: Chamber) -> None:
    """T24: a used token does nothing more, and the answer says who decided."""
    chamber.ask()
    chamber.hear("Apruebo")
    assert chamber.hear("Apruebo") is None
    assert chamber.active() == [DNI]
    assert chamber.letters()[-1] == ("decider-settled", ADMINISTRATOR)
    said = chamber.said("decider-settled")
    assert (said["expired"], said["state"], said["decided_by"]) == (False, "done", ADMINISTRATOR)


# ------------------------------------------------------------------ whose token, whose mail


def test_a_token_nobody_was_given_is_refused(chamber: Chamber) -> None:
    """T16: nothing happens, no answer, no alert; the journal names the sender."""
    chamber.ask()
    assert chamber.hear("Apruebo", token="a" * 32) == resolve.REFUSED
    assert untouched(chamber)
    assert chamber.letters() == []
    assert chamber.noted() == [("reply_refused", ADMINISTRATOR)]


def test_a_token_in_other_hands_dies_and_one_person_gets_another(chamber: Chamber) -> None:
    """T15: only the approver whose token it was is asked again; an administrator is told who."""
    chamber.configure(**{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    assert chamber.hear("Apruebo", sender=SECOND) == resolve.REFUSED
    assert chamber.questions() == [
        (ADMINISTRATOR, "revoked", 1), (SECOND, "open", 1), (ADMINISTRATOR, "open", 1)
    ]  # fmt: skip
    assert chamber.active() == []
    assert [kind for kind, _ in chamber.letters()] == ["administrator-alert"]
    said = chamber.said("administrator-alert")
    assert (said["what"], said["who"]) == ("leaked", SECOND)
    assert chamber.noted() == [("reply_refused", SECOND), ("token_revoked", "bot")]
    refused, revoked = chamber.events()
    assert (refused.mail_id, revoked.case_id) == (2, 1)
    assert revoked.detail == pseudonym_of(chamber, ADMINISTRATOR)


def pseudonym_of(chamber: Chamber, address: str) -> str:
    with chamber.store.read() as tx:
        return journal.ring(tx).pseudonym(address)


def test_every_token_that_leaks_is_told_of(chamber: Chamber) -> None:
    """T15: the second one too, the same day, by the same hands."""
    chamber.ask()
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    for number in (0, 1):
        chamber.hear("Apruebo", sender=SECOND, number=number)
    assert [kind for kind, _ in chamber.letters()] == ["administrator-alert"] * 2


def test_a_dead_token_in_other_hands_raises_no_alarm(chamber: Chamber) -> None:
    """A used token tells nobody anything: it is refused, and that is all."""
    chamber.ask()
    chamber.hear("Apruebo")
    before = chamber.letters()
    assert chamber.hear("Apruebo", sender=SECOND) == resolve.REFUSED
    assert chamber.letters() == before
    assert [status for _, status, _ in chamber.questions()] == ["used"]


def test_a_sender_nobody_knows_is_told_of_as_such(chamber: Chamber) -> None:
    """A header the gate refused leaves no address: the alert and the journal say so."""
    chamber.ask()
    assert chamber.hear("Apruebo", sender="", proven=False) == resolve.REFUSED
    assert chamber.said("administrator-alert")["who"] == "un remitente que no se puede saber"
    assert ("reply_refused", "?") in chamber.noted()


@pytest.mark.parametrize("how", ["unproven", "not covered"])
def test_an_approver_without_proof_is_told_so(chamber: Chamber, how: str) -> None:
    """T14, T06: no proof, or a signature that leaves open what a decision rests on."""
    chamber.ask()
    refused = chamber.hear("Apruebo", proven=how != "unproven", whole=how != "not covered")
    assert refused == "respuesta sin comprobar: la razón"
    assert untouched(chamber)
    assert chamber.letters() == [("decider-unproven", ADMINISTRATOR)]
    said = chamber.said("decider-unproven")
    assert (said["reason"], said["recipient"]) == ("la razón", ADMINISTRATOR)
    letter = chamber.all(Letter)[-1]
    assert (letter.case_id, letter.mail_id, letter.question_id) == (1, 2, 1)
    assert letter.in_reply_to == "<r@x.example>"


def test_a_domain_accepted_with_its_token_decides(chamber: Chamber) -> None:
    """What the operator configured: no proof, but the token and the address."""
    chamber.ask()
    assert chamber.hear("Apruebo", proven=False, with_token=True) is None
    assert chamber.active() == [DNI]


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("hours", "seconds", "opened"), [(72, -1, True), (72, 0, False), (73, 0, False)]
)
def test_a_question_lives_its_hours(
    chamber: Chamber, hours: int, seconds: int, *, opened: bool
) -> None:
    """T25: to the second; too late, the answer says that it expired."""
    chamber.ask()
    chamber.clock.forward(hours=hours, seconds=seconds)
    chamber.hear("Apruebo")
    assert chamber.active() == ([DNI] if opened else [])
    if not opened:
        assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]
        assert chamber.said("decider-settled")["expired"] is True


@pytest.mark.parametrize("status", ["observed", "rejected", "withdrawn", "expired", "done"])
def test_a_case_that_does_not_wait_is_not_decided(chamber: Chamber, status: str) -> None:
    """Whatever its question says: only a pending case can be approved."""
    chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, 1).status = status  # type: ignore[assignment]
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]


def test_a_question_about_an_older_revision_decides_nothing(chamber: Chamber) -> None:
    """T26: open as it may be, it is about something else."""
    chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, 1).revision = 2
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]


# ------------------------------------------------------------------ on exactly what was shown


@pytest.mark.parametrize("lacking", MET)
def test_even_a_yes_cannot_heal_what_is_lacking(chamber: Chamber, lacking: str) -> None:
    """Without a certain DNI, name, address, nivel or office no account is opened."""
    shown = record()
    for finding in shown["findings"]:
        finding["outcome"] = "unreadable" if finding["requirement"] == lacking else "met"
    chamber.ask(shown)
    chamber.hear("Apruebo")
    assert untouched(chamber)
    assert chamber.letters() == [("decider-lacking", ADMINISTRATOR)]
    assert chamber.said("decider-lacking")["lacking"] == [lacking]


def test_a_change_in_the_directory_asks_anew(chamber: Chamber) -> None:
    """T26: the seat was free when it was shown: now somebody would lose it, and that is told."""
    chamber.ask()
    chamber.seat("OTRA PERSONA, Ana", "11111111")
    chamber.hear("Apruebo")
    assert chamber.active() == ["11111111"]
    assert chamber.questions() == [
        (ADMINISTRATOR, "superseded", 1), (ADMINISTRATOR, "open", 2)
    ]  # fmt: skip
    assert chamber.case().revision == 2
    assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]
    assert chamber.said("decider-settled")["state"] == "asked-anew"
    changes = chamber.said("decider-question")["changes"]
    assert changes == ["la cuenta que se cerrará: ahora OTRA PERSONA, Ana"]
    chamber.hear("Apruebo")
    assert chamber.active() == [DNI]
    assert ("displaced-closed", "11111111@correo.example") in chamber.letters()


def test_a_record_changed_under_the_question_is_not_executed(chamber: Chamber) -> None:
    """T26: the digest is of what was shown, whatever the table says by now."""
    chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, 1).record = record(dni="99999999")
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert [q[1:] for q in chamber.questions()] == [("superseded", 1), ("open", 2)]
    assert chamber.case().dni == "99999999"


def test_who_may_no_longer_decide_does_not(chamber: Chamber) -> None:
    """T61: the register changed after the question: the one who holds the post now is asked."""
    chamber.ask()
    chamber.configure(**{"administrador-ue": f'["{SECOND}"]'})
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert chamber.questions()[-1] == (SECOND, "open", 2)


def test_when_nobody_may_decide_an_administrator_is_told(chamber: Chamber) -> None:
    """The case stays; the post is vacant."""
    chamber.ask()
    chamber.configure(**{"administrador-ue": "[]"})
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert [q[1] for q in chamber.questions()] == ["superseded"]


def test_what_has_been_done_meanwhile_is_refused_not_asked(chamber: Chamber) -> None:
    """The person has the account already: there is nothing left to decide."""
    chamber.ask()
    chamber.seat("QUISPE MAMANI, Rosa", DNI)
    chamber.hear("Apruebo")
    assert chamber.active() == [DNI]
    assert (str(chamber.case().status), chamber.case().reason) == ("rejected", "already")
    assert [q[1] for q in chamber.questions()] == ["superseded"]


def test_while_decisions_are_on_hold_a_yes_is_told_since_when(chamber: Chamber) -> None:
    """And it is used up by nothing."""
    chamber.ask()
    since = chamber.clock().isoformat()
    chamber.chores(pause.begin)
    chamber.clock.forward(hours=1)
    chamber.hear("Apruebo")
    assert chamber.letters() == [("decider-paused", ADMINISTRATOR)]
    assert chamber.said("decider-paused")["since"] == since
    assert untouched(chamber)


def test_while_another_change_has_the_seat_in_hand_a_yes_waits(chamber: Chamber) -> None:
    """Elsewhere an account is being prepared for it, which is nobody's yet."""
    number = chamber.ask()
    seat = chamber.case(number).seat or ""
    opening = Open("OTRA, Luz", "45454545", "l@x.example", Place("x", "060004"), seat)
    with chamber.store.begin() as tx:
        status = AccountStatus.PREPARED
        accounts.open_account(tx, opening, None, chamber.clock(), status=status)
    chamber.hear("Apruebo")
    assert chamber.letters() == [("decider-busy", ADMINISTRATOR)]
    assert untouched(chamber)


def test_a_baja_closes_the_account_that_was_shown(chamber: Chamber) -> None:
    """And opens none; a baja needs no address."""
    chamber.seat("QUISPE MAMANI, Rosa", DNI)
    shown = record("5.2", correo=None)
    account = chamber.all(Account)[0]
    opened = account.opened_at.date().isoformat()
    closing = {"id": 1, "names": account.names, "dni": DNI, "correo": account.correo}
    shown["closes"] = [{**closing, "opened": opened}]
    shown["findings"] = [
        f for f in shown["findings"] if f["requirement"] not in ("correo", "nivel")
    ]
    chamber.ask(shown)
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert str(chamber.case().status) == "done"


def test_cases_for_the_same_seat_are_asked_anew_when_it_is_taken(chamber: Chamber) -> None:
    """Two requests for one post: the second question says by then who would lose the account."""
    chamber.ask()
    chamber.ask(record(dni="11111111", names="OTRA PERSONA, Ana", correo="a@b.example"))
    chamber.hear("Apruebo", number=0)
    assert chamber.active() == [DNI]
    assert chamber.questions() == [
        (ADMINISTRATOR, "used", 1), (ADMINISTRATOR, "superseded", 1), (ADMINISTRATOR, "open", 2)
    ]  # fmt: skip
    assert [a["dni"] for a in chamber.case(2).record["closes"]] == [DNI]


def test_a_case_for_another_seat_is_left_alone(chamber: Chamber) -> None:
    """What did not change is not asked anew."""
    chamber.ask()
    other = record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana")
    chamber.ask(other)
    chamber.hear("Apruebo", number=0)
    assert [q[1:] for q in chamber.questions()] == [("used", 1), ("open", 1)]


# ------------------------------------------------------------------ the second factor


def enrol(chamber: Chamber, address: str = ADMINISTRATOR) -> None:
    with chamber.store.begin() as tx:
        authenticators.enrol(tx, address, SecretStr(SECRET), 0, chamber.clock())


def code(chamber: Chamber) -> str:
    return str(pyotp.TOTP(SECRET).at(chamber.clock()))


def test_who_is_enrolled_needs_the_code(chamber: Chamber) -> None:
    """T21: without one the answer says so, and nothing counts as a wrong try."""
    enrol(chamber)
    chamber.ask()
    chamber.hear("Apruebo")
    assert untouched(chamber)
    assert chamber.said("decider-code")["problem"].startswith("Falta su código")
    assert chamber.all(Question)[0].tries == 0
    chamber.hear(f"Apruebo {code(chamber)}")
    assert chamber.active() == [DNI]


def test_a_code_serves_once_across_cases(chamber: Chamber) -> None:
    """T21: the same six digits do not approve a second case."""
    enrol(chamber)
    chamber.ask()
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    chamber.hear(f"Apruebo {code(chamber)}", number=0)
    chamber.hear(f"Apruebo {code(chamber)}", number=1)
    assert chamber.active() == [DNI]
    assert "ya se usó (1 de 5 intentos)" in chamber.said("decider-code")["problem"]
    assert chamber.all(Question)[1].tries == 1


def test_five_wrong_codes_lock_the_question(chamber: Chamber) -> None:
    """T21: not four; the right code comes too late then, and an administrator knows of whom."""
    enrol(chamber)
    chamber.ask()
    wrong = f"{(int(code(chamber)) + 1) % 1_000_000:06d}"
    for tries in range(1, 5):
        chamber.hear(f"Apruebo {wrong}")
        assert untouched(chamber)
        assert chamber.all(Question)[0].tries == tries
    assert chamber.letters() == [("decider-code", ADMINISTRATOR)] * 4
    chamber.hear(f"Apruebo {wrong}")
    assert [q[1] for q in chamber.questions()] == ["locked"]
    assert "se agotaron los intentos" in chamber.said("decider-code")["problem"]
    said = chamber.said("administrator-alert")
    assert (said["what"], said["who"]) == ("locked", ADMINISTRATOR)
    assert chamber.noted().count(("code_wrong", ADMINISTRATOR)) == 5
    wrongs = [e for e in chamber.events() if e.name == "code_wrong"]
    assert [(e.case_id, e.mail_id) for e in wrongs] == [(1, n) for n in range(2, 7)]
    chamber.hear(f"Apruebo {code(chamber)}")
    assert chamber.active() == []


def test_every_question_that_is_locked_is_told_of(chamber: Chamber) -> None:
    """T21: the second one too, of the same approver, the same day."""
    enrol(chamber)
    chamber.ask()
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    wrong = f"{(int(code(chamber)) + 1) % 1_000_000:06d}"
    for number in (0, 1):
        for _ in range(5):
            chamber.hear(f"Apruebo {wrong}", number=number)
    assert [kind for kind, _ in chamber.letters()].count("administrator-alert") == 2


def asked_of(chamber: Chamber, figure: int) -> None:
    """Another case to decide, of another person."""
    chamber.ask(record("7.1", role="estadistico-ugel", dni=f"{figure}" * 8, names="OTRA, Ana"))


@pytest.mark.parametrize(("third", "opened"), [(4, True), (5, False)])
def test_fifteen_wrong_codes_in_all_close_the_next_question(
    chamber: Chamber, third: int, *, opened: bool
) -> None:
    """T21: however they are spread over questions; then even the right one is not looked at."""
    enrol(chamber)
    for figure, tries in enumerate((5, 5, third), start=1):
        asked_of(chamber, figure)
        for _ in range(tries):
            chamber.hear(f"Apruebo {(int(code(chamber)) + 1) % 1_000_000:06d}")
    asked_of(chamber, 4)
    chamber.hear(f"Apruebo {code(chamber)}")
    assert chamber.active() == (["4" * 8] if opened else [])
    assert [q[1] for q in chamber.questions()][3] == ("used" if opened else "locked")
    if not opened:
        assert "se agotaron los intentos" in chamber.said("decider-code")["problem"]
        assert chamber.said("administrator-alert")["number"] == 4


@pytest.mark.parametrize(("seconds", "opened"), [(-1, False), (0, True)])
def test_wrong_codes_count_a_day_longer_than_their_question(
    chamber: Chamber, seconds: int, *, opened: bool
) -> None:
    """T21: who waits a day after the last one expired begins at nothing."""
    enrol(chamber)
    for figure in (1, 2, 3):
        asked_of(chamber, figure)
        for _ in range(5):
            chamber.hear(f"Apruebo {(int(code(chamber)) + 1) % 1_000_000:06d}")
    chamber.clock.forward(hours=72 + 24, seconds=seconds)
    asked_of(chamber, 4)
    chamber.hear(f"Apruebo {code(chamber)}")
    assert chamber.active() == (["4" * 8] if opened else [])


def test_a_procedure_that_wants_a_code_takes_no_yes_without(chamber: Chamber) -> None:
    """Who has no authenticator is sent to the operator; another procedure is not concerned."""
    chamber.configure(code_for='["5.1"]')
    chamber.ask()
    chamber.hear("Apruebo 123456")
    assert untouched(chamber)
    assert "todavía no tiene con qué generarlo" in chamber.said("decider-code")["problem"]
    chamber.configure(code_for='["5.2"]')
    chamber.hear("Apruebo")
    assert chamber.active() == [DNI]


# ------------------------------------------------------------------ two people


def test_two_people_are_two(chamber: Chamber) -> None:
    """The first yes waits and says so; the same person's question is used; the second does it."""
    chamber.configure(two_approvers_for='["5.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    assert chamber.active() == []
    assert chamber.letters() == [("decider-half", ADMINISTRATOR)]
    assert chamber.noted()[-1] == ("case_half_approved", ADMINISTRATOR)
    half = chamber.events()[-1]
    assert (half.case_id, half.mail_id) == (1, 2)
    chamber.hear("Apruebo")
    assert chamber.active() == []
    chamber.hear("Apruebo", by=SECOND)
    assert chamber.active() == [DNI]
    assert chamber.case().decided_by == SECOND


def test_a_yes_of_who_may_no_longer_decide_is_no_half(chamber: Chamber) -> None:
    """T61: the first of two left before the second said yes: both halves are asked for anew."""
    chamber.configure(two_approvers_for='["5.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    third = "tercera.persona@minedu.example"
    chamber.configure(
        two_approvers_for='["5.1"]', **{"administrador-ue": f'["{SECOND}", "{third}"]'}
    )
    chamber.hear("Apruebo", by=SECOND)
    assert chamber.active() == []
    assert chamber.questions() == [
        (ADMINISTRATOR, "used", 1), (SECOND, "superseded", 1),
        (SECOND, "open", 2), (third, "open", 2),
    ]  # fmt: skip
    chamber.hear("Apruebo", by=SECOND)
    chamber.hear("Apruebo", by=third)
    assert chamber.active() == [DNI]


def test_one_yes_is_enough_where_two_are_wanted_elsewhere(chamber: Chamber) -> None:
    """The operator's list names procedures, not everything."""
    chamber.configure(two_approvers_for='["6.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    assert chamber.active() == [DNI]
    assert [q[1] for q in chamber.questions()] == ["used", "superseded"]


# ------------------------------------------------------------------ what comes too late


def test_a_used_token_corrects_nothing(chamber: Chamber) -> None:
    """T24: a first yes waits for the second; its token says nothing more, though the case waits."""
    chamber.configure(two_approvers_for='["5.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    chamber.hear("DNI 12345678")
    assert (chamber.case().revision, chamber.case().dni) == (1, DNI)
    assert chamber.letters()[-1] == ("decider-settled", ADMINISTRATOR)


@pytest.mark.parametrize(("seconds", "corrected"), [(-1, True), (0, False)])
def test_an_expired_token_corrects_nothing(
    chamber: Chamber, seconds: int, *, corrected: bool
) -> None:
    """T25: to the second, as for a yes."""
    chamber.ask()
    chamber.clock.forward(hours=72, seconds=seconds)
    chamber.hear("DNI 12345678")
    assert chamber.case().dni == ("12345678" if corrected else DNI)


@pytest.mark.parametrize("said", ["Rechazar: no", "Observar: falta la firma", "Apruebo"])
def test_a_question_about_something_else_is_not_used_up(chamber: Chamber, said: str) -> None:
    """T26: whatever is said, it is said of what was shown."""
    chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, 1).digest = "0" * 64
        tx.get_one(Question, 1).digest = "1" * 64
    chamber.hear(said)
    assert str(chamber.case().status) == "pending"
    assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]


def test_a_yes_to_a_case_that_stands_for_something_else_opens_nothing(chamber: Chamber) -> None:
    """T26: the last guard of a yes is the claim itself: shown, asked and stored are one thing."""
    number = chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, number).digest = "0" * 64
    chamber.hear("Apruebo")
    assert chamber.letters() == [("decider-settled", ADMINISTRATOR)]
    assert untouched(chamber)


@pytest.mark.parametrize("how", ["the question", "the case"])
def test_who_is_overtaken_settles_nothing(chamber: Chamber, how: str) -> None:
    """T66: between reading and writing another process was faster: the first wins."""
    chamber.ask()
    row = Question if how == "the question" else Case
    value = {"status": "used"} if how == "the question" else {"revision": 2}
    with chamber.store.begin() as tx:
        question, case = tx.get_one(Question, 1), tx.get_one(Case, 1)
        tx.execute(update(row).values(**value).execution_options(synchronize_session=False))
        said = Heard(1, read_by(ADMINISTRATOR), question, case, understood("Rechazar: no"))
        assert not settle(chamber.desk.at(tx), said, CaseStatus.REJECTED)
    assert str(chamber.case().status) == "pending"
    assert "case_rejected" not in dict(chamber.noted())


@pytest.mark.parametrize("said", ["el alta", "el caso 001", "el alta y la baja del caso 1"])
def test_a_yes_that_names_what_was_asked_is_one(chamber: Chamber, said: str) -> None:
    """T19: the case by its number, the action or, where one replaces another, both of them."""
    assert chamber.ask() == 1
    chamber.hear(f"Apruebo {said}")
    assert chamber.active() == [DNI]


@pytest.mark.parametrize("said", ["la baja", "el caso 2", "el caso 1 y el 2", "la baja del caso 1"])
def test_a_yes_that_names_something_else_is_asked_again_and_told_why(
    chamber: Chamber, said: str
) -> None:
    """T19: another action, another case, or another one besides."""
    assert chamber.ask() == 1
    chamber.hear(f"Apruebo {said}")
    assert untouched(chamber)
    assert chamber.letters() == [("decider-unclear", ADMINISTRATOR)]
    problem = chamber.said("decider-unclear")["problem"]
    assert problem == "Nombra otro caso, o pide otra cosa que la que se le preguntó"


def test_strangers_do_not_use_up_the_answers_to_who_decides(chamber: Chamber) -> None:
    """T44: an approver is known: as many answers again as all strangers together in an hour."""
    chamber.configure(answers_per_hour="1")
    chamber.ask()
    for _ in range(3):
        chamber.hear("Apruebo, pero mañana")
    assert chamber.letters() == [("decider-unclear", ADMINISTRATOR)] * 2
    assert chamber.said("decider-unclear")["bot_name"] == chamber.rules.settings.bot.name


# ------------------------------------------------------------------ what else can be said


def test_what_is_not_understood_is_asked_back(chamber: Chamber) -> None:
    """Nothing is used up; no problem is named where there is none."""
    chamber.ask()
    assert chamber.hear("Apruebo, pero mañana") is None
    assert untouched(chamber)
    assert chamber.letters() == [("decider-unclear", ADMINISTRATOR)]
    assert chamber.said("decider-unclear")["problem"] == ""


def test_a_no_ends_it_with_its_reason(chamber: Chamber) -> None:
    """The asker reads the reason; every other question about the case is closed."""
    chamber.configure(**{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Rechazar: falta la firma")
    case = chamber.case()
    assert chamber.all(Question)[0].reply_id == 2
    assert (str(case.status), case.reason) == ("rejected", "falta la firma")
    assert (case.decided_by, case.decided_at) == (ADMINISTRATOR, chamber.clock())
    assert chamber.letters() == [("asker-rejected", ASKER)]
    assert chamber.said("asker-rejected")["said"] == "falta la firma"
    assert [q[1] for q in chamber.questions()] == ["used", "superseded"]
    assert not chamber.all(Question)[0].approves
    chamber.hear("Apruebo", by=SECOND)
    assert chamber.active() == []


def test_an_observation_goes_back_to_the_asker(chamber: Chamber) -> None:
    """With the decider's words, a new time to mend it, and no question left open."""
    chamber.ask()
    with chamber.store.begin() as tx:
        tx.get_one(Case, 1).reminded_at = chamber.clock()
    chamber.hear("Observar: falta la segunda página")
    case = chamber.case()
    assert (str(case.status), case.reason) == ("observed", "falta la segunda página")
    assert case.due_at is not None
    assert chamber.clock() + DAY < case.due_at < chamber.clock() + 7 * DAY
    assert case.reminded_at is None
    assert chamber.letters() == [("asker-observed", ASKER)]
    assert [q[1] for q in chamber.questions()] == ["used"]
    assert chamber.noted()[-1] == ("case_observed", ADMINISTRATOR)


def shot(requirement: str) -> dict[str, object]:
    where = {"source": "RD.pdf", "sha256": "0" * 64, "page": 1, "box": None}
    return {"requirement": requirement, **where, "turns": None, "words": "x"}


def test_a_correction_makes_a_new_revision_and_is_asked_again(chamber: Chamber) -> None:
    """The new value stands in the record with who gave it; the old token decides nothing more."""
    chamber.ask(record(shots=[shot("dni"), shot("nombres")]))
    chamber.hear("DNI 12345678")
    case = chamber.case()
    assert (case.record["dni"], case.dni, case.revision) == ("12345678", "12345678", 2)
    assert case.corrections == {"dni": {"value": "12345678", "by": ADMINISTRATOR}}
    found = {f["requirement"]: f for f in case.record["findings"]}
    assert found["dni"]["value"] == "12345678"
    assert found["dni"]["places"] == [f"corrección de {ADMINISTRATOR}"]
    assert found["nombres"]["places"] == ["RD, pág. 1"]
    assert case.record["shots"] == [shot("nombres")]
    told = chamber.said("decider-question")["changes"]
    assert told == [f"número de DNI: antes «{DNI}», ahora «12345678»"]
    assert chamber.questions() == [
        (ADMINISTRATOR, "superseded", 1), (ADMINISTRATOR, "open", 2)
    ]  # fmt: skip
    chamber.hear("Apruebo", number=0)
    assert chamber.active() == []
    chamber.hear("correo: otra@correo.example")
    assert set(chamber.case().corrections) == {"dni", "correo"}
    chamber.hear("Apruebo")
    assert chamber.active() == ["12345678"]


def test_a_correction_heals_what_could_not_be_read(chamber: Chamber) -> None:
    """The finding is met, without its doubt; an old record knows of no cut-outs."""
    shown = record()
    finding = next(f for f in shown["findings"] if f["requirement"] == "dni")
    finding |= {"outcome": "unreadable", "note": "borroso", "mend": "Escanéelo de nuevo."}
    del shown["shots"]
    chamber.ask(shown)
    chamber.hear("DNI 12345678")
    found = next(f for f in chamber.case().record["findings"] if f["requirement"] == "dni")
    assert found == {
        **finding,
        "outcome": "met",
        "value": "12345678",
        "places": [f"corrección de {ADMINISTRATOR}"],
        "note": None,
        "mend": None,
    }
    chamber.hear("Apruebo")
    assert chamber.active() == ["12345678"]


def test_each_observation_is_told_of_and_closes_every_question(chamber: Chamber) -> None:
    """The second one too, of the same case; the journal says which mail said it of which case."""
    chamber.configure(**{"administrador-ue": BOTH})
    number = chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Observar: falta el sello")
    assert [q[1] for q in chamber.questions()] == ["used", "superseded"]
    assert chamber.all(Question)[0].reply_id == 2
    event = chamber.events()[-1]
    assert (event.name, event.case_id, event.mail_id) == ("case_observed", number, 2)
    with chamber.store.begin() as tx:
        resolve.ask_again(chamber.desk.at(tx), tx.get_one(Case, number))
    chamber.hear("Observar: falta la fecha")
    assert chamber.letters() == [("asker-observed", ASKER)] * 2


def test_a_correction_that_cannot_be_is_not_taken(chamber: Chamber) -> None:
    """Seven figures are no DNI: the answer says so, and the question stays."""
    chamber.ask()
    chamber.hear("DNI 1234567")
    assert untouched(chamber)
    assert "no es un DNI" in chamber.said("decider-unclear")["problem"]
    assert chamber.case().corrections == {}


# ------------------------------------------------------------------ without a token, and once more


def without_token(chamber: Chamber, sender: str = ADMINISTRATOR, *, proven: bool = True) -> bool:
    asked = next(x for x in chamber.all(Letter) if x.kind == "decider-question")
    mail = read_by(sender, asked.message_id, proven=proven)
    mail_id = chamber.mail()
    with chamber.store.begin() as tx:
        return resolve.answered_without_token(chamber.desk.at(tx), mail_id, mail)


def test_a_yes_that_lost_its_token_is_told_how_to_answer(chamber: Chamber) -> None:
    """The approver's proven address in the thread of the question, and still it opens nothing."""
    chamber.ask()
    assert without_token(chamber)
    assert untouched(chamber)
    assert chamber.letters() == [("decider-unclear", ADMINISTRATOR)]
    assert "sin cambiar el destinatario" in chamber.said("decider-unclear")["problem"]
    assert chamber.all(Letter)[-1].mail_id == 2
    assert without_token(chamber)
    assert chamber.letters() == [("decider-unclear", ADMINISTRATOR)] * 2


def test_a_yes_that_lost_its_token_and_comes_late_is_told_what_became_of_it(
    chamber: Chamber,
) -> None:
    """As with a token: what was decided, and by whom."""
    chamber.ask()
    chamber.hear("Rechazar: no")
    assert without_token(chamber)
    assert chamber.letters()[-1] == ("decider-settled", ADMINISTRATOR)


@pytest.mark.parametrize("who", ["unproven", "somebody else"])
def test_others_in_the_thread_of_a_question_are_not_answered(chamber: Chamber, who: str) -> None:
    """T57: a thread proves nobody."""
    chamber.ask()
    sender = COORDINATOR if who == "somebody else" else ADMINISTRATOR
    assert not without_token(chamber, sender, proven=who != "unproven")
    assert chamber.letters() == []


def test_asking_again_asks_those_who_have_not_said_yes(chamber: Chamber) -> None:
    """The same revision, new tokens; the old ones are closed, a yes that was given stands."""
    chamber.configure(two_approvers_for='["5.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    with chamber.store.begin() as tx:
        resolve.ask_again(chamber.desk.at(tx), tx.get_one(Case, 1))
    assert chamber.questions() == [
        (ADMINISTRATOR, "used", 1), (SECOND, "superseded", 1), (SECOND, "open", 1)
    ]  # fmt: skip
    chamber.hear("Apruebo", by=SECOND, number=0)
    assert chamber.active() == []
    chamber.hear("Apruebo", by=SECOND)
    assert chamber.active() == [DNI]


def test_asking_again_what_has_changed_asks_a_new_revision(chamber: Chamber) -> None:
    """What is shown is what is so now."""
    chamber.ask()
    chamber.seat("OTRA PERSONA, Ana", "11111111")
    with chamber.store.begin() as tx:
        resolve.ask_again(chamber.desk.at(tx), tx.get_one(Case, 1))
    assert chamber.questions()[-1] == (ADMINISTRATOR, "open", 2)


def test_a_case_that_is_asked_anew_keeps_its_seat(chamber: Chamber) -> None:
    """T67: post, office and nivel, as they are now: the seat is what two requests meet in."""
    chamber.ask(record("6.1", role="especialista-nivel", nivel="EBR Primaria"))
    chamber.hear("nivel: EBR Secundaria")
    case = chamber.case()
    assert (case.revision, case.seat) == (2, "especialista-nivel/060004/EBR Secundaria")


def test_a_seat_many_may_hold_is_each_persons(chamber: Chamber) -> None:
    """T67: the corrected person's, from the correction on."""
    chamber.ask(record("9.1", role="personal-ie", office="0512345"))
    chamber.hear("DNI 12345678")
    assert chamber.case().seat == "personal-ie/0512345//12345678"


def test_the_seat_of_a_nivel_is_taken_by_its_own_holder(chamber: Chamber) -> None:
    """T26: who holds the same post for that very nivel would lose it: asked anew."""
    chamber.ask(record("6.1", role="especialista-nivel", nivel="EBR Primaria"))
    post = Place("especialista-nivel", "060004", "EBR Primaria")
    seat = "especialista-nivel/060004/EBR Primaria"
    with chamber.store.begin() as tx:
        opening = Open("OTRA, Ana", "11111111", "ana@correo.example", post, seat)
        accounts.open_account(tx, opening, None, chamber.clock())
    chamber.hear("Apruebo")
    assert chamber.active() == ["11111111"]
    assert [closed["dni"] for closed in chamber.case().record["closes"]] == ["11111111"]


def test_who_decides_is_looked_up_anew_when_that_post_changes_hands(chamber: Chamber) -> None:
    """T61: what the specialist of the UGEL decides is asked anew once there is another."""
    chamber.ask(record("8.1", role="director-ie", office="0512345"))
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    chamber.ask()
    chamber.hear("Apruebo")
    assert [case.revision for case in chamber.all(Case)] == [2, 1, 1]


def test_a_token_that_leaks_after_its_approver_left_goes_to_who_came(chamber: Chamber) -> None:
    """T15, T61: nobody who left gets another one."""
    chamber.ask()
    chamber.configure(**{"administrador-ue": f'["{SECOND}"]'})
    chamber.hear("Apruebo", sender="nadie@correo.example")
    assert chamber.questions() == [(ADMINISTRATOR, "revoked", 1), (SECOND, "open", 2)]


@pytest.mark.parametrize("changed", [False, True])
def test_what_another_decision_changes_nothing_of_stays_as_it_is(
    chamber: Chamber, *, changed: bool
) -> None:
    """T69: a half that was said, and the other's token; unless the seat is taken by now."""
    chamber.configure(two_approvers_for='["5.1"]', **{"administrador-ue": BOTH})
    chamber.ask(of=(ADMINISTRATOR, SECOND))
    chamber.hear("Apruebo")
    chamber.ask(record(dni="11111111", names="OTRA, Ana"))
    if changed:
        chamber.seat("OTRA, Ana", "11111111")
    with chamber.store.begin() as tx:
        reconsider_others(chamber.desk.at(tx), tx.get_one(Case, 2))
    assert chamber.case(1).revision == (2 if changed else 1)
    mine = [q.status for q in chamber.all(Question) if q.case_id == 1]
    assert mine == (["used", "superseded", "open", "open"] if changed else ["used", "open"])


def test_the_states_of_a_question_are_six() -> None:
    """The tests above try every one that is not open; a new one wants a test of its own."""
    assert len(QuestionStatus) == 6
