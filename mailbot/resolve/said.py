"""What a decider can say besides yes: correct, observe, reject."""

from collections.abc import Mapping
from typing import Any

from mailbot import decide, tell
from mailbot.desk import Visit
from mailbot.resolve.anew import renew
from mailbot.resolve.heard import Answer, Heard, settle, settled
from mailbot.store import cases
from mailbot.store.tables import Case, CaseStatus


def unclear(_visit: Visit, _heard: Heard, problem: str = "") -> Answer:
    """Not understood: the approver is told so, and how to answer."""
    return Answer("decider-unclear", {"problem": problem})


def correct(visit: Visit, heard: Heard) -> Answer | None:
    """New values: the case becomes a new revision and is asked again."""
    given = heard.decision.corrections
    if problem := decide.correction_problem(given):
        return unclear(visit, heard, problem)
    case, before = heard.case, dict(heard.case.record)
    case.corrections = {
        **case.corrections,
        **{
            field: {"value": value, "by": heard.question.approver} for field, value in given.items()
        },
    }
    case.record = _with_corrections(case)
    renew(visit, case, before)
    return None


def _with_corrections(case: Case) -> dict[str, Any]:
    """The record with the corrected values in the findings and above them."""
    given = case.corrections
    findings = [_corrected(f, given.get(f["requirement"])) for f in case.record["findings"]]
    values = {_FIELDS[field]: entry["value"] for field, entry in given.items()}
    shots = [s for s in case.record.get("shots", ()) if s["requirement"] not in given]
    return {**case.record, **values, "findings": findings, "shots": shots}


_FIELDS: Mapping[str, str] = {
    "nombres": "names",
    "dni": "dni",
    "correo": "correo",
    "nivel": "nivel",
}


def _corrected(finding: dict[str, Any], given: Mapping[str, str] | None) -> dict[str, Any]:
    if given is None:
        return finding
    place = f"corrección de {given['by']}"
    changed = {
        "value": given["value"],
        "outcome": "met",
        "places": [place],
        "note": None,
        "mend": None,
    }
    return {**finding, **changed}


def observe(visit: Visit, heard: Heard) -> Answer | None:
    """Back to the asker, in the decider's words."""
    case = heard.case
    if not cases.claim(visit.tx, heard.question.id, case.digest, heard.mail_id, visit.now):
        return settled(visit, heard)
    cases.supersede(visit.tx, case.id)
    case.status, case.reason, case.due_at = (
        CaseStatus.OBSERVED,
        heard.decision.text,
        visit.deadline(),
    )
    case.reminded_at = None
    visit.note("case_observed", heard.question.approver, case=case.id, mail=heard.mail_id)
    tell.observed(visit, [case], (), f"{case.id}.{heard.mail_id}")
    return None


def reject(visit: Visit, heard: Heard) -> Answer | None:
    """The case ends; the asker learns why."""
    case = heard.case
    if not settle(visit, heard, CaseStatus.REJECTED):
        return settled(visit, heard)
    tell.asker(visit, case, "asker-rejected", said=heard.decision.text)
    return None
