"""The yes: only on exactly what was shown, by whom the guide and the operator want, and once."""

from datetime import timedelta

from pydantic import SecretStr

from mailbot import decide, second_factor, tell
from mailbot.actions import directory, perform
from mailbot.addresses import mailbox
from mailbot.desk import Visit
from mailbot.resolve.anew import as_of_now, renew
from mailbot.resolve.finish import finish, hand_over
from mailbot.resolve.heard import Heard, answer, end_wait, settled
from mailbot.store import authenticators, cases, changes
from mailbot.store.tables import Authenticator, CaseStatus, QuestionStatus

MAX_TRIES = 5
"""Wrong codes an approver may send to one question; then it is closed and people are told."""
MOST_WRONG = 15
"""And to all their questions together: who reads their mail can have new ones asked at will."""


def approve(visit: Visit, heard: Heard) -> None:
    """Check what a yes needs, in order; the last thing is to use the question up."""
    if missing := decide.lacking(heard.case.record):
        answer(visit, heard, "decider-lacking", lacking=missing)
    elif not _unchanged(visit, heard):
        renew(visit, heard.case)
        settled(visit, heard)
    elif changes.busy(visit.tx, heard.case.seat or "", _closing(heard)):
        answer(visit, heard, "decider-busy")
    elif problem := _second_factor(visit, heard):
        answer(visit, heard, "decider-code", problem=problem)
    elif not _claimed(visit, heard):
        settled(visit, heard)
    else:
        _count(visit, heard)


def _closing(heard: Heard) -> list[int]:
    return [account["id"] for account in heard.case.record["closes"]]


def _claimed(visit: Visit, heard: Heard) -> bool:
    question, digest = heard.question.id, heard.case.digest
    return cases.claim(visit.tx, question, digest, heard.mail_id, visit.now, approves=True)


def _unchanged(visit: Visit, heard: Heard) -> bool:
    """Whether doing it now would do what was shown, and this approver may still say so."""
    current, approvers = as_of_now(visit, heard.case)
    may = heard.question.approver in {a.address for a in approvers}
    return may and decide.digest(current) == heard.question.digest


# ------------------------------------------------------------------ the second factor


def _second_factor(visit: Visit, heard: Heard) -> str:
    """Why the code does not do, in Spanish; nothing when it does or none is wanted."""
    enrolled = authenticators.get(visit.tx, heard.question.approver)
    if enrolled is None:
        wanted = heard.case.section in visit.rules.settings.decisions.code_for
        return _NOT_ENROLLED if wanted else ""
    if not heard.decision.code:
        return _NO_CODE
    if _guesses(visit, enrolled) >= MOST_WRONG:
        return _lock(visit, heard)
    secret = SecretStr(enrolled.secret)
    step = second_factor.step_of(secret, heard.decision.code, visit.now)
    if step is not None and authenticators.use(visit.tx, enrolled.address, step):
        return ""
    return _wrong(visit, heard)


_NOT_ENROLLED = (
    "Esta decisión pide además un código de 6 cifras y usted todavía no tiene con qué generarlo. "
    "Pida al operador del buzón que lo inscriba"
)
_NO_CODE = "Falta su código de 6 cifras. Escríbalo después de la palabra, en la misma línea"


def _wrong(visit: Visit, heard: Heard) -> str:
    """Count a wrong (or used) code; at the fifth the question is closed and people are told."""
    question = heard.question
    question.tries += 1
    visit.note("code_wrong", question.approver, case=heard.case.id, mail=heard.mail_id)
    if question.tries >= MAX_TRIES:
        return _lock(visit, heard)
    return (
        f"El código no es correcto o ya se usó ({question.tries} de {MAX_TRIES} intentos). "
        "Espere el siguiente código de su aplicación y responda de nuevo"
    )


def _guesses(visit: Visit, enrolled: Authenticator) -> int:
    """Wrong codes of an approver to all questions of late; enrolling anew begins at nothing."""
    since = visit.now - timedelta(days=1)
    return cases.wrong_codes(visit.tx, enrolled.address, since, enrolled.enrolled_at)


def _lock(visit: Visit, heard: Heard) -> str:
    """Close the question: neither a guess nor the right code serves it any more."""
    question = heard.question
    question.status = QuestionStatus.LOCKED
    tell.alert(visit, heard.case, "locked", f"{question.id}", who=question.approver)
    return (
        "El código no es correcto y se agotaron los intentos: esta pregunta quedó cerrada. "
        "El operador del buzón puede volver a preguntarle"
    )


# ------------------------------------------------------------------ one yes, or the last of two


def _count(visit: Visit, heard: Heard) -> None:
    """Do it, if this yes is the last one wanted; else wait for another person's."""
    case = heard.case
    cases.lock(visit.tx, case)
    wanted = 2 if case.section in visit.rules.settings.decisions.two_approvers_for else 1
    people = set(map(mailbox, cases.approvals(visit.tx, case.id, case.revision)))
    if len(people) < wanted:
        visit.note("case_half_approved", heard.question.approver, case=case.id, mail=heard.mail_id)
        answer(visit, heard, "decider-half")
    elif end_wait(visit, heard, CaseStatus.APPROVED):
        _carry_out(visit, heard)
    else:
        settled(visit, heard)


def _carry_out(visit: Visit, heard: Heard) -> None:
    """The steps, and the letters that follow; a directory elsewhere takes them later."""
    case = heard.case
    procedure = visit.rules.guide.procedures[case.section or ""]
    if directory.is_embedded(visit.rules.settings):
        steps = decide.plan(case.record, procedure)
        finish(visit, case, perform(steps, visit.register, case.id))
    else:
        hand_over(visit, case)
