"""The conditional statements that decide who came first, each condition alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from house import NOON
from pydantic import SecretStr
from test_races import asked

from mailbot.store import Store, cases, challenges, journal
from mailbot.store.tables import (
    Case,
    CaseStatus,
    Challenge,
    ChallengeStatus,
    Event,
    Letter,
    Prompt,
    PromptKind,
    Question,
    QuestionStatus,
)

HOUR = timedelta(hours=1)
MOMENT = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/claims.db", [SecretStr("clave de prueba " * 3)])
    yield made
    made.close()


def another(store: Store, case: int, number: int, **values: object) -> int:
    """Another question about a case; its number."""
    given = {"approver": f"{number}@x.example", "revision": 1, "digest": "d", **values}
    times = {"created_at": NOON, "expires_at": NOON + HOUR}
    with store.begin() as tx:
        made = Question(
            case_id=case, nonce=f"{number}", token_hash=f"h{number}", **{**times, **given}
        )
        tx.add(made)
        tx.flush()
        return made.id


# ------------------------------------------------------------------ questions


@pytest.mark.parametrize("status", [s for s in QuestionStatus if s is not QuestionStatus.OPEN])
def test_only_an_open_question_is_used_up(store: Store, status: QuestionStatus) -> None:
    """T24, T66: used, superseded, expired, revoked or locked: the claim fails, nothing changes."""
    question, mail = asked(store, 1)
    with store.begin() as tx:
        tx.get_one(Question, question).status = status
    with store.begin() as tx:
        assert not cases.claim(tx, question, "d", mail, NOON)
    with store.read() as tx:
        found = tx.get_one(Question, question)
        assert (found.status, found.reply_id) == (status, None)


@pytest.mark.parametrize("approves", [True, False])
def test_a_claim_uses_its_own_question_and_no_other(store: Store, *, approves: bool) -> None:
    """By which mail, and whether it was a yes; the neighbour stays open."""
    question, mail = asked(store, 1)
    neighbour, _ = asked(store, 2)
    with store.begin() as tx:
        assert cases.claim(tx, question, "d", mail, NOON, approves=approves)
    with store.read() as tx:
        found = tx.get_one(Question, question)
        assert (found.status, found.reply_id, found.approves) == ("used", mail, approves)
        assert tx.get_one(Question, neighbour).status == QuestionStatus.OPEN


@pytest.mark.parametrize(("late", "wins"), [(HOUR - MOMENT, True), (HOUR, False)], ids=str)
def test_a_question_is_used_up_in_its_time_and_as_it_was_shown(
    store: Store, late: timedelta, *, wins: bool
) -> None:
    """T25, T26: to the second; and never about other content."""
    question, mail = asked(store, 1)
    with store.begin() as tx:
        assert not cases.claim(tx, question, "otro", mail, NOON + late)
        assert cases.claim(tx, question, "d", mail, NOON + late) is wins


def test_a_claim_is_no_yes_unless_it_says_so(store: Store) -> None:
    """A rejection must never count as one of two approvals."""
    question, mail = asked(store, 1)
    with store.begin() as tx:
        cases.claim(tx, question, "d", mail, NOON)
        assert cases.approvals(tx, 1, 1) == set()


def test_approvals_are_of_one_revision_of_one_case(store: Store) -> None:
    """T26: a yes to what was shown before counts for nothing."""
    question, mail = asked(store, 1)
    asked(store, 2)
    old = another(store, 1, 7, revision=0)
    elsewhere = another(store, 2, 8)
    with store.begin() as tx:
        for number in (question, old, elsewhere):
            assert cases.claim(tx, number, "d", mail, NOON, approves=True)
        assert cases.approvals(tx, 1, 1) == {"b@x.example"}
        assert cases.approvals(tx, 1, 0) == {"7@x.example"}
        assert cases.approvals(tx, 2, 1) == {"8@x.example"}


def test_superseding_closes_the_open_questions_of_one_case(store: Store) -> None:
    """What was used stays used: it says who decided; another case's stay open."""
    question, mail = asked(store, 1)
    other, _ = asked(store, 2)
    open_ = another(store, 1, 7)
    with store.begin() as tx:
        cases.claim(tx, question, "d", mail, NOON)
        assert [q.id for q in cases.open_questions(tx, 1)] == [open_]
        cases.supersede(tx, 1)
        assert cases.open_questions(tx, 1) == []
        assert [q.id for q in cases.open_questions(tx, 2)] == [other]
    with store.read() as tx:
        ends = [str(q.status) for q in tx.query(Question).order_by(Question.id)]
        assert ends == ["used", "open", "superseded"]


def test_a_question_is_found_by_its_hash_only(store: Store) -> None:
    """T16: exactly that hash, not what begins like it."""
    asked(store, 1)
    second, _ = asked(store, 2)
    with store.read() as tx:
        found = cases.question(tx, f"{2:064d}")
        assert found is not None
        assert found.id == second
        assert cases.question(tx, f"{2:063d}") is None


def test_the_last_question_a_letter_asked_is_found_by_its_thread(store: Store) -> None:
    """Of several in one thread, the newest; none for a thread that is not ours."""
    first, _ = asked(store, 1)
    second = another(store, 1, 7)
    with store.begin() as tx:
        for question in (first, second):
            tx.add(
                Letter(
                    message_id=f"<{question}@m>", kind="decider-question", recipient="b@x.example",
                    context={}, references=[], case_id=1, question_id=question,
                    created_at=NOON, due_at=NOON,
                )
            )  # fmt: skip
    with store.read() as tx:
        found = cases.question_written(tx, [f"<{first}@m>", f"<{second}@m>", "<x@y>"])
        assert found is not None
        assert found.id == second
        only = cases.question_written(tx, [f"<{first}@m>"])
        assert only is not None
        assert only.id == first
        assert cases.question_written(tx, ["<x@y>"]) is None


def test_rounds_are_counted_by_revision(store: Store) -> None:
    """How often a revision was asked is its highest round; nothing asked is none."""
    asked(store, 1)
    another(store, 1, 7, round=3)
    another(store, 1, 8, round=5, revision=2)
    asked(store, 2)
    with store.read() as tx:
        assert [cases.rounds(tx, 1, r) for r in (1, 2, 3)] == [3, 5, 0]
        assert cases.rounds(tx, 2, 1) == 1


def test_what_expired_and_what_is_to_be_reminded_of(store: Store) -> None:
    """At the very moment, and only while open; once reminded of, never again."""
    question, _ = asked(store, 1)
    used, mail = asked(store, 2)
    with store.begin() as tx:
        cases.claim(tx, used, "d", mail, NOON)
        assert cases.expired(tx, NOON + HOUR - MOMENT) == []
        assert [q.id for q in cases.expired(tx, NOON + HOUR)] == [question]
        assert cases.to_remind(tx, NOON - MOMENT) == []
        (found,) = cases.to_remind(tx, NOON)
        assert found.id == question
        found.reminded_at = NOON
        tx.flush()
        assert cases.to_remind(tx, NOON) == []


def test_wrong_codes_are_counted_of_one_person_and_one_time(store: Store) -> None:
    """T61: to questions and orders alike; not what is over, nor from before they were enrolled."""
    asked(store, 1)
    who, before = "z@x.example", NOON - HOUR
    another(store, 1, 7, approver=who, tries=1, created_at=before)
    another(store, 1, 8, approver=who, tries=2)
    another(store, 1, 9, approver="y@x.example", tries=4)
    with store.begin() as tx:
        assert cases.wrong_codes(tx, "nadie@x.example", NOON, before) == 0
        assert cases.wrong_codes(tx, who, NOON, before) == 3
        tx.add(
            Prompt(
                kind=PromptKind.DIGEST, approver=who, content={}, digest="d", nonce="p",
                token_hash="p", created_at=NOON, expires_at=NOON + 2 * HOUR, tries=8,
            )
        )  # fmt: skip
        tx.flush()
        assert cases.wrong_codes(tx, who, NOON, before) == 11
        assert cases.wrong_codes(tx, who, NOON, before + MOMENT) == 10
        assert cases.wrong_codes(tx, who, NOON + HOUR - MOMENT, NOON) == 10
        assert cases.wrong_codes(tx, who, NOON + HOUR, NOON) == 8


def test_what_is_escalated_is_open_and_was_not_before(store: Store) -> None:
    """Since when its approver waits is told from the first round; nobody is told of one twice."""
    first, mail = asked(store, 1)
    who = "b@x.example"
    with store.begin() as tx:
        tx.get_one(Question, first).status = QuestionStatus.SUPERSEDED
        tx.get_one(Question, first).created_at = NOON - HOUR
    again = another(store, 1, 7, approver=who, round=2)
    other = another(store, 1, 8)
    later = another(store, 1, 9, approver=who, revision=2, created_at=NOON + HOUR)
    elsewhere, _ = asked(store, 2)
    used = another(store, 1, 10)
    with store.begin() as tx:
        assert cases.claim(tx, used, "d", mail, NOON)
        since = [(again, NOON - HOUR), (other, NOON), (later, NOON + HOUR), (elsewhere, NOON)]
        assert [(q.id, first) for q, first in cases.to_escalate(tx)] == since
        tx.get_one(Question, first).escalated_at = NOON
        tx.flush()
        assert [q.id for q, _ in cases.to_escalate(tx)] == [other, later, elsewhere]


# ------------------------------------------------------------------ cases


@pytest.mark.parametrize("changed", ["status", "revision"])
def test_a_case_that_changed_since_it_was_read_is_not_moved(store: Store, changed: str) -> None:
    """T66: the row as it is now is what the condition is about, and what is read again."""
    asked(store, 1)
    with store.begin() as tx:
        case = tx.get_one(Case, 1)
        tx.execute(
            Case.__table__.update().values(  # type: ignore[attr-defined]
                **({"status": "withdrawn"} if changed == "status" else {"revision": 2})
            )
        )
        assert not cases.move(tx, case, CaseStatus.APPROVED, NOON, reason="x")
        assert case.status == ("withdrawn" if changed == "status" else "pending")
        assert case.reason is None


def test_a_case_is_moved_with_its_reason_and_its_time(store: Store) -> None:
    """It alone: the other one stays where it is."""
    asked(store, 1)
    asked(store, 2)
    with store.begin() as tx:
        case = tx.get_one(Case, 1)
        assert cases.move(tx, case, CaseStatus.REJECTED, NOON + HOUR, reason="falta") is True
        assert (case.status, case.reason, case.updated_at) == ("rejected", "falta", NOON + HOUR)
        assert tx.get_one(Case, 2).status == CaseStatus.PENDING


def test_cases_are_found_by_what_they_wait_for(store: Store) -> None:
    """Pending ones by seat and by procedure, observed ones by their time, each in its order."""
    for number in (1, 2, 3):
        asked(store, number)
    with store.begin() as tx:
        first, second, third = tx.query(Case).order_by(Case.id)
        first.seat, second.seat, third.seat = "a", "b", "a"
        first.section, second.section, third.section = "5.1", "6.1", "5.1"
        third.status, third.due_at = CaseStatus.OBSERVED, NOON
        first.created_at, second.created_at = NOON + HOUR, NOON - HOUR
        first.due_at = NOON
        tx.flush()
        assert cases.waiting_on(tx, ["a", "b"]) == [first, second]
        assert cases.waiting_on(tx, ["a"]) == [first]
        assert cases.pending_sections(tx, ["5.1", "6.1"]) == [first, second]
        assert cases.pending_sections(tx, ["6.1"]) == [second]
        assert cases.pending(tx) == [second, third, first]
        assert cases.overdue(tx, NOON) == [third]
        assert cases.overdue(tx, NOON - MOMENT) == []
        assert cases.of_dossier(tx, second.dossier_id) == [second]
        assert cases.get(tx, 2) is second
        assert cases.get(tx, 4) is None
        second.status = CaseStatus.DONE
        tx.flush()
        assert cases.pending(tx) == [third, first]


def test_a_case_is_shown_with_its_own_events_and_letters(store: Store) -> None:
    """Both in their order."""
    asked(store, 1)
    asked(store, 2)
    with store.begin() as tx:
        for number, case in enumerate((1, 2, 1)):
            journal.append(tx, Event(at=NOON, name=f"e{number}", actor="bot", case_id=case))
            tx.add(
                Letter(
                    message_id=f"<{9 - number}@m>", kind="x", recipient="b@x.example", context={},
                    references=[], case_id=case, created_at=NOON - number * HOUR, due_at=NOON,
                )
            )  # fmt: skip
            tx.flush()
        events, letters = cases.story(tx, 1)
        assert [told.name for told in events] == ["e0", "e2"]
        assert [letter.message_id for letter in letters] == ["<9@m>", "<7@m>"]


def test_the_cases_of_an_address_are_those_it_asked_for(store: Store) -> None:
    for number in (1, 2, 3):
        asked(store, number)
    with store.begin() as tx:
        first, second, third = tx.query(Case).order_by(Case.id)
        first.asker, second.asker, third.asker = "a@x.example", "b@x.example", "c@x.example"
        tx.flush()
        assert cases.asked_from(tx, ["c@x.example", "a@x.example"]) == [first, third]
        assert cases.asked_from(tx, []) == []


# ------------------------------------------------------------------ challenges


def challenged(store: Store, number: int = 1, office: str = "060004") -> tuple[int, int]:
    """A challenge about a mail; the numbers of both."""
    _, mail = asked(store, number)
    with store.begin() as tx:
        made = Challenge(
            mail_id=mail, office=office, address=f"{office}@x.example", nonce="n",
            token_hash=f"t{number}", created_at=NOON, expires_at=NOON + HOUR,
        )  # fmt: skip
        tx.add(made)
        tx.flush()
        return made.id, mail


@pytest.mark.parametrize(
    ("late", "replied", "wins"),
    [
        (HOUR - MOMENT, True, True),
        (HOUR, True, False),
        (HOUR - MOMENT, False, False),
        (HOUR, False, True),
    ],
    ids=["in time", "late", "silence before its time", "silence"],
)
def test_a_challenge_is_answered_in_time_or_expires(
    store: Store, late: timedelta, *, replied: bool, wins: bool
) -> None:
    """T01: at every moment it is one of the two, never both."""
    number, mail = challenged(store)
    with store.begin() as tx:
        status = ChallengeStatus.CONFIRMED if replied else ChallengeStatus.EXPIRED
        reply = mail if replied else None
        assert challenges.settle(tx, number, status, NOON + late, reply) is wins
    with store.read() as tx:
        found = tx.get_one(Challenge, number)
        assert found.status == (status if wins else ChallengeStatus.OPEN)
        assert found.reply_id == (reply if wins else None)
        assert bool(challenges.confirmed_by(tx, mail)) is (wins and replied)


@pytest.mark.parametrize("status", [s for s in ChallengeStatus if s is not ChallengeStatus.OPEN])
def test_a_challenge_is_settled_once(store: Store, status: ChallengeStatus) -> None:
    """Whatever it was settled as; another one stays as it is."""
    number, mail = challenged(store)
    other, _ = challenged(store, 2)
    with store.begin() as tx:
        tx.get_one(Challenge, number).status = status
    with store.begin() as tx:
        assert not challenges.settle(tx, number, ChallengeStatus.CONFIRMED, NOON, mail)
        assert tx.get_one(Challenge, other).status == ChallengeStatus.OPEN
        said = "060004@x.example" if status is ChallengeStatus.CONFIRMED else None
        assert challenges.confirmed_by(tx, mail) == said


def test_settling_one_challenge_settles_no_other(store: Store) -> None:
    """The condition is on its number too."""
    number, mail = challenged(store)
    other, _ = challenged(store, 2)
    with store.begin() as tx:
        assert challenges.settle(tx, number, ChallengeStatus.DENIED, NOON, mail)
        assert tx.get_one(Challenge, other).status == ChallengeStatus.OPEN


def test_challenges_are_found_by_their_mail_token_and_time(store: Store) -> None:
    """What counts against an office's limit is its own, or its address's, since that moment."""
    first, mail = challenged(store)
    second, _ = challenged(store, 2, "060005")
    with store.read() as tx:
        by_mail, by_token = challenges.of_mail(tx, mail), challenges.by_token(tx, "t2")
        assert by_mail is not None
        assert by_token is not None
        assert (by_mail.id, by_token.id) == (first, second)
        assert challenges.of_mail(tx, 99) is None
        assert challenges.by_token(tx, "t3") is None
        assert challenges.confirmed_by(tx, 99) is None
        assert challenges.since(tx, NOON) == 2
        assert challenges.since(tx, NOON + MOMENT) == 0
        assert challenges.since(tx, NOON, "060004") == 1
        assert challenges.since(tx, NOON, "060009", "060005@x.example") == 1
        assert challenges.since(tx, NOON, "060009", "nadie@x.example") == 0
        assert [c.id for c in challenges.overdue(tx, NOON + HOUR)] == [first, second]
        assert challenges.overdue(tx, NOON + HOUR - MOMENT) == []


def test_a_settled_challenge_is_not_overdue(store: Store) -> None:
    """Only who has not answered is told of."""
    number, mail = challenged(store)
    with store.begin() as tx:
        challenges.settle(tx, number, ChallengeStatus.DENIED, NOON, mail)
        assert challenges.overdue(tx, NOON + HOUR) == []
