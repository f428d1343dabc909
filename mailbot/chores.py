"""What time brings: reminders, expiries, and the daily word to an administrator."""

from collections.abc import Sequence
from datetime import datetime

from mailbot import (
    backup,
    challenge,
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
from mailbot.masking import masked
from mailbot.prompts import digest
from mailbot.respond import About
from mailbot.store import cases, journal, letters, mails, marks
from mailbot.store.tables import Case, CaseStatus, Letter, Mail, Question, QuestionStatus

_DIGEST_HOUR = 8
_DIGEST_MOST = 50


@recovery.watched
def do_chores(desk: Desk) -> None:
    """Everything that is due now; doing it twice changes nothing."""
    for chore in (
        *(urge.remind, urge.escalate, expire_questions, remind_askers),
        *(challenge.expire, deputies.end_due, terms.warn, orders.remind),
        *(digest.send_due, tell_administrator, monthly.tell_month),
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


# ------------------------------------------------------------------ the daily word


def tell_administrator(visit: Visit) -> None:
    """Once a working day: mails set aside, letters that failed, that the journal has grown.

    It carries the journal's head, so that whoever holds yesterday's notices a journal cut short
    or put back; and nobody's whole address.
    """
    local = visit.now.astimezone(workdays.LIMA)
    besides = visit.rules.settings.policy.holidays
    if local.hour < _DIGEST_HOUR or not workdays.is_working(local.date(), besides):
        return
    if marks.get(visit.tx, "digest_day") == local.date().isoformat():
        return
    marks.put(visit.tx, "digest_day", local.date().isoformat())
    _digest(visit, local)


def _digest(visit: Visit, local: datetime) -> None:
    aside = mails.set_aside_since(visit.tx, int(marks.get(visit.tx, "digest_mail") or 0))
    failed_before = int(marks.get(visit.tx, "digest_letter") or 0)
    failed = [x for x in letters.troubled(visit.tx) if x.id > failed_before][:_DIGEST_MOST]
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    told = int(marks.get(visit.tx, "digest_row") or 0)
    if not aside and not failed and not journal.grew(visit.tx, told, midnight):
        return
    head = journal.head(visit.tx)
    context = {
        "head": str(head),
        "bot_name": visit.rules.settings.bot.name,
        "folder": visit.rules.settings.imap.set_aside,
        "mails": [_aside_row(m) for m in _known_first(visit, aside)[:_DIGEST_MOST]],
        "more": max(0, len(aside) - _DIGEST_MOST),
        "letters": [_failed_row(x) for x in failed],
    }
    for address in tell.administrators(visit):
        visit.outbox.put("administrator-digest", address, f"{local:%Y%m%d}", context, About())
    marks.put(visit.tx, "digest_row", str(head.count))
    if aside:
        marks.put(visit.tx, "digest_mail", str(aside[-1].id))
    if failed:
        marks.put(visit.tx, "digest_letter", str(failed[-1].id))


def _known_first(visit: Visit, aside: Sequence[Mail]) -> list[Mail]:
    """Mails in order, those under a registered address first: a flood of others hides none."""
    return sorted(aside, key=lambda mail: not visit.knows(mail.sender or ""))


def _aside_row(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "received": mail.received_at.isoformat(),
        "sender": masked(mail.sender or ""),
        "reason": masked(mail.reason or ""),
    }


def _failed_row(letter: Letter) -> dict[str, object]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "recipient": masked(letter.recipient),
        "error": masked(letter.error or ""),
    }
