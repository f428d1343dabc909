"""Questions that wait too long, in working days: their approver is reminded, then others are asked.

A question that expires is asked anew under another token: what is counted is since it was first.
"""

from collections import defaultdict
from collections.abc import Sequence

from mailbot import deputies, tell, workdays
from mailbot.desk import Visit
from mailbot.resolve.outcome import about
from mailbot.respond import About
from mailbot.store import cases
from mailbot.store.tables import Case, Question

_MOST = 50


def remind(visit: Visit) -> None:
    """After some working days a question is asked once more, under the same token."""
    policy = visit.rules.settings.policy
    for question in cases.to_remind(visit.tx, visit.now):
        due = workdays.after(question.created_at, policy.remind_working_days, policy.holidays)
        if due <= visit.now:
            case = visit.tx.get_one(Case, question.case_id)
            question.reminded_at = visit.now
            tell.reminder(visit, case, question)


def escalate(visit: Visit) -> None:
    """After some more, the deputy is asked and the administrators are told, once for each case."""
    silent: defaultdict[str, list[Question]] = defaultdict(list)
    for question in late(visit):
        question.escalated_at = visit.now
        visit.note("question_escalated", "bot", case=question.case_id, detail=question.approver)
        silent[question.approver].append(question)
    for approver, questions in silent.items():
        deputy = deputies.stand_in(visit, approver, deputies.SILENT)
        _tell(visit, approver, deputy, questions)


def skip(visit: Visit) -> None:
    """Take what others ought to be told of for told."""
    for question in late(visit):
        question.escalated_at = visit.now


def late(visit: Visit) -> list[Question]:
    """The questions that have waited so long that others ought to be told."""
    policy = visit.rules.settings.policy
    return [
        question
        for question, since in cases.to_escalate(visit.tx)
        if workdays.after(since, policy.escalate_working_days, policy.holidays) <= visit.now
    ]


def _tell(visit: Visit, approver: str, deputy: str | None, questions: Sequence[Question]) -> None:
    """The administrators but the silent one: what waits, since when, and who is asked besides."""
    rows = [(q, visit.tx.get_one(Case, q.case_id)) for q in questions[:_MOST]]
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "approver": approver,
        "deputy": deputy,
        "cases": [
            {"number": c.id, "about": about(c.record), "since": c.created_at.isoformat()}
            for _, c in rows
        ],
        "more": max(0, len(questions) - _MOST),
    }
    for number, address in enumerate(_others(visit, approver)):
        ident = f"{questions[0].id}.{number}"
        visit.outbox.put("administrator-unanswered", address, ident, context, About())


def _others(visit: Visit, approver: str) -> list[str]:
    others = [a for a in visit.rules.settings.administrators if a != approver]
    return others or [*tell.administrators(visit)]
