"""After the last yes: what a directory elsewhere has to do; once it is done, the case ends."""

from mailbot import decide, tell, terms
from mailbot.desk import Visit
from mailbot.resolve.anew import reconsider_others
from mailbot.store import changes
from mailbot.store.tables import Case, CaseStatus


def hand_over(visit: Visit, case: Case) -> None:
    """Write down what a directory elsewhere has to do; the case stays approved until it has."""
    procedure = visit.rules.guide.procedures[case.section or ""]
    opened = visit.register.prepare(decide.plan(case.record, procedure), case.id)
    closing = [account["id"] for account in case.record["closes"]]
    changes.begin(visit.tx, case.id, opened, closing, visit.now)


def finish(visit: Visit, case: Case, opened: int | None) -> None:
    """End a case whose steps are taken; `opened` is the account they opened."""
    procedure = visit.rules.guide.procedures[case.section or ""]
    case.status, case.updated_at = CaseStatus.DONE, visit.now
    if opened is not None:
        terms.keep(visit, opened, case.record)
    visit.note("case_done", "bot", case=case.id)
    tell.everybody(visit, case, procedure, opened, case.decided_by or "")
    reconsider_others(visit, case)
