"""The yes: only on exactly what was shown, by whom the guide and the operator want, and once."""

from mailbot import decide, pause
from mailbot.actions import directory, perform
from mailbot.addresses import mailbox
from mailbot.desk import Visit
from mailbot.resolve.anew import as_of_now, renew
from mailbot.resolve.codes import Try, problem_with
from mailbot.resolve.finish import finish, hand_over
from mailbot.resolve.heard import Answer, Heard, end_wait, settled
from mailbot.store import cases, changes
from mailbot.store.tables import CaseStatus


def approve(visit: Visit, heard: Heard) -> Answer | None:
    """Check what a yes needs, in order; the last thing is to use the question up."""
    if missing := decide.lacking(heard.case.record):
        return Answer("decider-lacking", {"lacking": missing})
    if since := pause.since(visit):
        return Answer("decider-paused", {"since": since})
    if not _unchanged(visit, heard):
        renew(visit, heard.case)
        return settled(visit, heard)
    if changes.busy(visit.tx, heard.case.seat or "", _closing(heard)):
        return Answer("decider-busy")
    if problem := _second_factor(visit, heard):
        return Answer("decider-code", {"problem": problem})
    return _count(visit, heard) if _claimed(visit, heard) else settled(visit, heard)


def _closing(heard: Heard) -> list[int]:
    return [account["id"] for account in heard.case.record["closes"]]


def _claimed(visit: Visit, heard: Heard) -> bool:
    question, digest = heard.question.id, heard.case.digest
    return cases.claim(visit.tx, question, digest, heard.mail_id, visit.now, approves=True)


def _unchanged(visit: Visit, heard: Heard) -> bool:
    """Whether doing it now would do what was shown, and who said yes to it may still say so."""
    case = heard.case
    current, approvers = as_of_now(visit, case)
    saying = {heard.question.approver, *cases.approvals(visit.tx, case.id, case.revision)}
    may = saying <= {a.address for a in approvers}
    return may and decide.digest(current) == heard.question.digest


def _second_factor(visit: Visit, heard: Heard) -> str:
    """Why the code does not do, in Spanish; nothing when it does or none is wanted."""
    if heard.code_given:
        return ""
    wanted = heard.case.section in visit.rules.settings.decisions.code_for
    tried = Try(heard.question, heard.decision.code, heard.mail_id, heard.case)
    return problem_with(visit, tried, wanted=wanted)


# ------------------------------------------------------------------ one yes, or the last of two


def _count(visit: Visit, heard: Heard) -> Answer | None:
    """Do it, if this yes is the last one wanted; else wait for another person's."""
    case = heard.case
    cases.lock(visit.tx, case)
    wanted = 2 if case.section in visit.rules.settings.decisions.two_approvers_for else 1
    people = set(map(mailbox, cases.approvals(visit.tx, case.id, case.revision)))
    if len(people) < wanted:
        visit.note("case_half_approved", heard.question.approver, case=case.id, mail=heard.mail_id)
        return Answer("decider-half")
    if not end_wait(visit, heard, CaseStatus.APPROVED):
        return settled(visit, heard)
    _carry_out(visit, heard)
    return None


def _carry_out(visit: Visit, heard: Heard) -> None:
    """The steps, and the letters that follow; a directory elsewhere takes them later."""
    case = heard.case
    procedure = visit.rules.guide.procedures[case.section or ""]
    if directory.is_embedded(visit.rules.settings):
        steps = decide.plan(case.record, procedure)
        finish(visit, case, perform(steps, visit.register, case.id))
    else:
        hand_over(visit, case)
