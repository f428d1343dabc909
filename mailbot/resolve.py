"""A decider's reply becomes what it says, if everything about it holds — or a short answer.

In order: the token belongs to a question; the mail comes from that approver's address, proven; the
words are understood; the case still waits; what would be done is exactly what was shown. Only then
the question is used up, the steps are taken and the letters written, in one transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mailbot import decide, intake, secrecy, tell
from mailbot.actions import perform
from mailbot.desk import Visit, letter_context, thread_of
from mailbot.model import Mail, Post
from mailbot.parsers.parse import Reply
from mailbot.parsers.reply import UNCLEAR, Decision, Verb
from mailbot.respond import About, Thread, key
from mailbot.store import cases
from mailbot.store.tables import Case, CaseStatus, Question, QuestionStatus

REFUSED = "respuesta con un código que no le corresponde a quien la envía"


@dataclass(frozen=True)
class Heard:
    """A reply whose token and sender hold: the question, the case, and what was said."""

    mail_id: int
    mail: Mail
    question: Question
    case: Case
    decision: Decision

    @property
    def thread(self) -> Thread:
        """The thread to answer the approver in."""
        return thread_of(self.mail.message_id, self.mail.references, "")


def resolve(visit: Visit, mail_id: int, reply: Reply) -> str | None:
    """Act on a reply; a reason in Spanish when a person has to look at the mail instead."""
    hashed = secrecy.token_hash(key(visit.rules.settings), reply.token)
    question = cases.question(visit.tx, hashed)
    if question is None or reply.mail.sender.address != question.approver:
        visit.note("reply_refused", reply.mail.sender.address or "?", mail=mail_id)
        return REFUSED
    case = visit.tx.get_one(Case, question.case_id)
    heard = Heard(mail_id, reply.mail, question, case, reply.decision)
    if not reply.mail.sender.authenticated:
        _answer(visit, heard, "decider-unproven", reason=reply.mail.sender.reason)
        return f"respuesta sin comprobar: {reply.mail.sender.reason}"
    _hear(visit, heard)
    return None


def answered_without_token(visit: Visit, mail_id: int, mail: Mail) -> bool:
    """A proven approver answers a question of ours, and the token got lost on the way: say so."""
    question = cases.question_written(visit.tx, mail.references)
    if question is None or not mail.sender.authenticated:
        return False
    if mail.sender.address != question.approver:
        return False
    case = visit.tx.get_one(Case, question.case_id)
    heard = Heard(mail_id, mail, question, case, UNCLEAR)
    if _still_asked(visit, heard):
        _unclear(visit, heard, "Llegó sin el código: responda sin cambiar el destinatario")
    else:
        _settled(visit, heard)
    return True


def _hear(visit: Visit, heard: Heard) -> None:
    visit.note(
        "reply_heard",
        heard.question.approver,
        case=heard.case.id,
        mail=heard.mail_id,
        detail=heard.decision.verb.value,
    )
    if not _still_asked(visit, heard):
        _settled(visit, heard)
    else:
        _SAID[heard.decision.verb](visit, heard)


def _still_asked(visit: Visit, heard: Heard) -> bool:
    """Whether the question is the one the case waits on, now, and the approver still decides."""
    question, case = heard.question, heard.case
    current = question.status == QuestionStatus.OPEN and question.expires_at > visit.now
    return current and case.status == CaseStatus.PENDING and question.revision == case.revision


# ------------------------------------------------------------------ what can be said


def _unclear(visit: Visit, heard: Heard, problem: str = "") -> None:
    _answer(visit, heard, "decider-unclear", problem=problem)


def _correct(visit: Visit, heard: Heard) -> None:
    """New values: the case becomes a new revision and is asked again."""
    given = heard.decision.corrections
    if problem := decide.correction_problem(given):
        _unclear(visit, heard, problem)
        return
    case = heard.case
    case.corrections = {
        **case.corrections,
        **{
            field: {"value": value, "by": heard.question.approver} for field, value in given.items()
        },
    }
    case.record = _with_corrections(case)
    renew(visit, case)


def _with_corrections(case: Case) -> dict[str, Any]:
    """The record with the corrected values in the findings and above them."""
    given = case.corrections
    findings = [_corrected(f, given.get(f["requirement"])) for f in case.record["findings"]]
    values = {_FIELDS[field]: entry["value"] for field, entry in given.items()}
    return {**case.record, **values, "findings": findings}


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


def _observe(visit: Visit, heard: Heard) -> None:
    """Back to the asker, in the decider's words."""
    case = heard.case
    if not cases.claim(
        visit.tx, heard.question.id, heard.question.digest, heard.mail_id, visit.now
    ):
        _settled(visit, heard)
        return
    cases.supersede(visit.tx, case.id)
    case.status, case.reason, case.due_at = (
        CaseStatus.OBSERVED,
        heard.decision.text,
        visit.deadline(),
    )
    case.reminded_at = None
    visit.note("case_observed", heard.question.approver, case=case.id, mail=heard.mail_id)
    tell.observed(visit, [case], f"{case.id}.{heard.mail_id}")


def _reject(visit: Visit, heard: Heard) -> None:
    case = heard.case
    if not _settle(visit, heard, CaseStatus.REJECTED):
        _settled(visit, heard)
        return
    tell.asker(visit, case, "asker-rejected", said=heard.decision.text)


def _approve(visit: Visit, heard: Heard) -> None:
    """The yes: only on exactly what was shown, and only with what no yes can heal in place."""
    case = heard.case
    if missing := decide.lacking(case.record):
        _answer(visit, heard, "decider-lacking", lacking=missing)
        return
    if not _unchanged(visit, heard):
        renew(visit, case)
        _settled(visit, heard)
        return
    if not _settle(visit, heard, CaseStatus.APPROVED):
        _settled(visit, heard)
        return
    procedure = visit.rules.guide.procedures[case.section or ""]
    opened = perform(decide.plan(case.record, procedure), visit.directory, case.id)
    case.status = CaseStatus.DONE
    visit.note("case_done", "bot", case=case.id)
    tell.everybody(visit, case, procedure, opened, heard.question.approver)
    _reconsider_others(visit, case)


_SAID: Mapping[Verb, Callable[[Visit, Heard], None]] = {
    Verb.APPROVE: _approve,
    Verb.REJECT: _reject,
    Verb.OBSERVE: _observe,
    Verb.CORRECT: _correct,
    Verb.UNCLEAR: _unclear,
}


def _unchanged(visit: Visit, heard: Heard) -> bool:
    """Whether doing it now would do what was shown, and this approver may still say so."""
    current, approvers = _as_of_now(visit, heard.case)
    may = heard.question.approver in {a.address for a in approvers}
    return may and decide.digest(current) == heard.question.digest


def _as_of_now(visit: Visit, case: Case) -> tuple[decide.Record, tuple[Any, ...]]:
    """The case's record with what the directory says now, and who may decide it now."""
    procedure = visit.rules.guide.procedures[case.section or ""]
    place = Post(case.record["role"], case.record["office"], case.record["nivel"])
    facts = visit.facts(procedure, place, case.record)
    return {**case.record, "closes": decide.closes(procedure, facts)}, facts.approvers


def _settle(visit: Visit, heard: Heard, status: CaseStatus) -> bool:
    """Use the question up and end the case's wait: the first who comes wins."""
    case = heard.case
    if not cases.claim(visit.tx, heard.question.id, case.digest, heard.mail_id, visit.now):
        return False
    if not cases.move(visit.tx, case, status, visit.now, reason=heard.decision.text or None):
        return False
    cases.supersede(visit.tx, case.id)
    case.decided_by, case.decided_at = heard.question.approver, visit.now
    visit.note(f"case_{status.value}", heard.question.approver, case=case.id, mail=heard.mail_id)
    return True


# ------------------------------------------------------------------ asking anew


def renew(visit: Visit, case: Case) -> None:
    """Ask a pending case anew, with what is so now: a new revision, new tokens."""
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
        intake.ask(visit, case, facts.approvers)
    else:
        intake.leave_vacant(visit, case)


def ask_again(visit: Visit, case: Case) -> None:
    """Ask a pending case anew, as it is, or as it has become."""
    if _is_stale(visit, case):
        renew(visit, case)
        if case.status != CaseStatus.PENDING or cases.open_questions(visit.tx, case.id):
            return
    _, approvers = _as_of_now(visit, case)
    cases.supersede(visit.tx, case.id)
    intake.ask(visit, case, approvers)


def _reconsider_others(visit: Visit, done: Case) -> None:
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
    current, approvers = _as_of_now(visit, case)
    asked = {q.approver for q in cases.open_questions(visit.tx, case.id)}
    return decide.digest(current) != case.digest or asked != {a.address for a in approvers}


# ------------------------------------------------------------------ answers


def _answer(visit: Visit, heard: Heard, kind: str, **more: Any) -> None:  # noqa: ANN401  JSON
    """A short answer to the approver, if the address may be answered once more today."""
    approver = heard.question.approver
    if not visit.outbox.may_answer(approver):
        return
    context = letter_context(heard.case, visit.rules.settings.bot.name, recipient=approver, **more)
    about = About(heard.case.id, heard.mail_id, heard.question.id, thread=heard.thread)
    ident = f"{heard.question.id}.{heard.mail_id}"
    visit.outbox.put(kind, approver, ident, context, about)


def _settled(visit: Visit, heard: Heard) -> None:
    """Too late: say what became of the case."""
    expired = heard.question.expires_at <= visit.now
    _answer(visit, heard, "decider-settled", expired=expired, **tell.state_of(heard.case))
