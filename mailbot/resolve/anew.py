"""Asking anew: a case that changed becomes a new revision, with new tokens and what is new said."""

from mailbot import decide, intake
from mailbot.desk import Visit
from mailbot.model import Approver, Post
from mailbot.store import cases
from mailbot.store.tables import Case


def as_of_now(visit: Visit, case: Case) -> tuple[decide.Record, tuple[Approver, ...]]:
    """The case's record with what the directory says now, and who may decide it now.

    Nobody may when there is nothing left to do: renewing the case says so.
    """
    procedure = visit.rules.guide.procedures[case.section or ""]
    place = Post(case.record["role"], case.record["office"], case.record["nivel"])
    facts = visit.facts(procedure, place, case.record)
    left = () if decide.moot(procedure, facts, case.record) else facts.approvers
    return {**case.record, "closes": decide.closes(procedure, facts)}, left


def renew(visit: Visit, case: Case, before: decide.Record | None = None) -> None:
    """Ask a pending case anew, with what is so now: a new revision, new tokens.

    `before` is the record as it was last shown, where the caller has changed it since.
    """
    shown = case.record if before is None else before
    procedure = visit.rules.guide.procedures[case.section or ""]
    place = Post(case.record["role"], case.record["office"], case.record["nivel"])
    facts = visit.facts(procedure, place, case.record)
    case.record = {**case.record, "closes": decide.closes(procedure, facts)}
    case.dni, case.names = case.record["dni"], case.record["names"]
    case.seat = decide.seat(procedure, place, case.dni or "")
    case.digest, case.updated_at = decide.digest(case.record), visit.now
    case.revision += 1
    cases.supersede(visit.tx, case.id)
    if reason := decide.moot(procedure, facts, case.record):
        intake.refuse(visit, case, reason)
    elif facts.approvers:
        intake.ask(visit, case, facts.approvers, decide.difference(shown, case.record))
    else:
        intake.leave_vacant(visit, case)


def ask_again(visit: Visit, case: Case) -> None:
    """Ask a pending case anew, as it is, or as it has become."""
    current, approvers = as_of_now(visit, case)
    if decide.digest(current) != case.digest or not approvers:
        renew(visit, case)
        return
    cases.supersede(visit.tx, case.id)
    said = cases.approvals(visit.tx, case.id, case.revision)
    intake.ask(visit, case, [a for a in approvers if a.address not in said])


def reissue(visit: Visit, case: Case, approver: str) -> None:
    """Another token for one approver; the case anew, where that approver decides no more."""
    _, approvers = as_of_now(visit, case)
    if mine := [a for a in approvers if a.address == approver]:
        intake.ask(visit, case, mine)
    else:
        renew(visit, case)


def reconsider_others(visit: Visit, done: Case) -> None:
    """Pending cases the change concerns: the same seat, or decided by the role that changed."""
    role = done.record["role"]
    sections = [p.section for p in visit.rules.guide.procedures.values() if p.decides == role]
    found = [
        *cases.waiting_on(visit.tx, [done.seat or ""]),
        *cases.pending_sections(visit.tx, sections),
    ]
    for case in {c.id: c for c in found if c.id != done.id}.values():
        if _is_stale(visit, case):
            renew(visit, case)


def _is_stale(visit: Visit, case: Case) -> bool:
    """Whether the open questions about a case show something that is no longer so."""
    current, approvers = as_of_now(visit, case)
    asked = {q.approver for q in cases.open_questions(visit.tx, case.id)}
    asked |= cases.approvals(visit.tx, case.id, case.revision)
    return decide.digest(current) != case.digest or asked != {a.address for a in approvers}
