"""What time brings: reminders, expiries, words at set times, forgetting, a copy."""

from mailbot import (
    backup,
    challenge,
    daily,
    deputies,
    monthly,
    orders,
    recovery,
    resolve,
    retention,
    tell,
    terms,
    urge,
    workdays,
)
from mailbot.desk import Desk, Visit
from mailbot.prompts import digest
from mailbot.store import cases, marks
from mailbot.store.tables import Case, CaseStatus, Question, QuestionStatus


@recovery.watched
def do_chores(desk: Desk) -> None:
    """Everything that is due now; doing it twice changes nothing."""
    for chore in (
        *(urge.remind, urge.escalate, expire_questions, remind_askers),
        *(challenge.expire, deputies.end_due, terms.warn, orders.remind),
        *(digest.send_due, daily.tell_administrator, monthly.tell_month),
    ):
        with desk.store.begin() as tx:
            chore(desk.at(tx))
    forget_daily(desk)
    backup.daily(desk)


def forget_daily(desk: Desk) -> None:
    """Once a day, what its purpose no longer needs is forgotten; the day is noted when it is."""
    today = desk.clock().astimezone(workdays.LIMA).date().isoformat()
    with desk.store.read() as tx:
        done = marks.get(tx, "purge_day") == today
    if not done:
        retention.forget(desk)
        with desk.store.begin() as tx:
            marks.put(tx, "purge_day", today)


def expire_questions(visit: Visit) -> None:
    """A question nobody answered is asked anew, some times; then it waits for an administrator."""
    for question in cases.expired(visit.tx, visit.now):
        question.status = QuestionStatus.EXPIRED
        case = visit.tx.get_one(Case, question.case_id)
        visit.note("question_expired", "bot", case=case.id, detail=question.approver)
        if _is_last_open(visit, case, question) and question.round < _rounds(visit):
            resolve.ask_again(visit, case)


def _is_last_open(visit: Visit, case: Case, question: Question) -> bool:
    others = [q for q in cases.open_questions(visit.tx, case.id) if q.id != question.id]
    return case.status == CaseStatus.PENDING and not others


def _rounds(visit: Visit) -> int:
    return visit.rules.settings.policy.question_rounds


def remind_askers(visit: Visit) -> None:
    """An observed case whose time is over is reminded once, then closed as not presented."""
    for case in cases.overdue(visit.tx, visit.now):
        if case.reminded_at is None:
            _remind_asker(visit, case)
        else:
            _let_lapse(visit, case)


def _remind_asker(visit: Visit, case: Case) -> None:
    case.reminded_at, case.due_at = visit.now, visit.deadline()
    mend = [f for f in case.record["findings"] if f["mend"]]
    ident, due = str(case.revision), case.due_at.isoformat()
    tell.asker(visit, case, "asker-reminder", ident, due=due, mend=mend, said=case.reason)


def _let_lapse(visit: Visit, case: Case) -> None:
    due = (case.due_at or visit.now).isoformat()
    case.status, case.updated_at = CaseStatus.EXPIRED, visit.now
    visit.note("case_expired", "bot", case=case.id)
    tell.asker(visit, case, "asker-lapsed", due=due)
