"""Who decides in an approver's place: named by them, or by the operator for when they are away.

A deputy decides beside the approver, never instead, on nothing the approver could not decide, and
with a token and a second factor of their own.
"""

from datetime import datetime, timedelta

from mailbot import intake
from mailbot.desk import Visit
from mailbot.model import Approver, Mail
from mailbot.resolve.anew import as_of_now
from mailbot.store import cases, deputations, prompts
from mailbot.store.tables import Case, Deputation, QuestionStatus

DELEGATED, ABSENT, SILENT = "delegated", "absent", "unanswered"


def name(visit: Visit, approver: str, deputy: str, until: datetime, cause: str) -> None:
    """Have somebody decide in an approver's place until a time; who was named before no more."""
    for earlier in deputations.in_force(visit.tx, [approver], visit.now):
        if earlier.cause == cause:
            _end(visit, earlier)
    visit.tx.add(
        Deputation(approver=approver, deputy=deputy, cause=cause, created_at=visit.now, until=until)
    )
    visit.tx.flush()
    visit.note("deputy_named", approver, detail=f"{cause}: {deputy}")
    for question in deputations.open_questions(visit.tx, approver):
        _ask_too(visit, visit.tx.get_one(Case, question.case_id), deputy)


def _ask_too(visit: Visit, case: Case, deputy: str) -> None:
    """Ask a deputy about a case that waits, if they may decide it and are not asked already."""
    _, may = as_of_now(visit, case)
    asked = {q.approver for q in cases.open_questions(visit.tx, case.id)}
    asked |= cases.approvals(visit.tx, case.id, case.revision)
    if deputy in {a.address for a in may} and deputy not in asked:
        intake.ask(visit, case, [Approver(deputy)])


def stand_in(visit: Visit, approver: str, cause: str) -> str | None:
    """Have the configured deputy of an approver asked, once; who decides beside, None when nobody.

    While somebody does already, nobody else is asked: who named a deputy needs no other.
    """
    if beside := deputations.in_force(visit.tx, [approver], visit.now):
        return beside[0].deputy
    listed = {k.lower(): v.lower() for k, v in visit.rules.settings.deputies.items()}
    deputy = listed.get(approver)
    if deputy is None:
        return None
    until = visit.now + timedelta(days=visit.rules.settings.policy.absence_days)
    name(visit, approver, deputy, until, cause)
    return deputy


def perhaps_away(visit: Visit, mail: Mail) -> None:
    """An approver's mail program answers a question of ours for them: their deputy is asked."""
    question = cases.question_written(visit.tx, mail.references) if mail.absent else None
    if question is None or not mail.sender.authenticated:
        return
    away = question.approver
    if mail.sender.address == away and prompts.is_asked(visit.tx, away):
        visit.note("approver_away", away)
        stand_in(visit, away, ABSENT)


def end_due(visit: Visit) -> None:
    """Those whose time is over decide no more: what they were asked for another is closed."""
    for deputation in deputations.over(visit.tx, visit.now):
        _end(visit, deputation)


def _end(visit: Visit, deputation: Deputation) -> None:
    deputation.ended_at = visit.now
    visit.tx.flush()
    visit.note("deputy_ended", "bot", detail=f"{deputation.approver}: {deputation.deputy}")
    for question in deputations.open_questions(visit.tx, deputation.deputy):
        _, may = as_of_now(visit, visit.tx.get_one(Case, question.case_id))
        if deputation.deputy not in {a.address for a in may}:
            question.status = QuestionStatus.SUPERSEDED
