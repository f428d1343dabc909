"""The second factor of an answer: the six digits, how often they may be wrong, and what follows."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from mailbot import second_factor, tell
from mailbot.desk import Visit
from mailbot.store import authenticators, cases
from mailbot.store.tables import Authenticator, Case, Prompt, Question, QuestionStatus

MAX_TRIES = 5
"""Wrong codes an approver may send to one question; then it is closed and people are told."""
MOST_WRONG = 15
"""And to all their questions together: who reads their mail can have new ones asked at will."""


@dataclass(frozen=True)
class Try:
    """A code as given in answer to something, by which mail; `case` is what it is about, if any."""

    asked: Question | Prompt
    code: str | None
    mail_id: int
    case: Case | None = None


def problem_with(visit: Visit, tried: Try, *, wanted: bool) -> str:
    """Why a code does not do, in Spanish; nothing when it does or none is wanted.

    An approver who has an authenticator always needs it; `wanted` has everybody need one.
    """
    enrolled = authenticators.get(visit.tx, tried.asked.approver)
    if enrolled is None:
        return _NOT_ENROLLED if wanted else ""
    if not tried.code:
        return _NO_CODE
    if _guesses(visit, enrolled) >= MOST_WRONG:
        return _lock(visit, tried)
    step = second_factor.step_of(SecretStr(enrolled.secret), tried.code, visit.now)
    if step is not None and authenticators.use(visit.tx, enrolled.address, step):
        return ""
    return _wrong(visit, tried)


_NOT_ENROLLED = (
    "Esta decisión pide además un código de 6 cifras y usted todavía no tiene con qué generarlo. "
    "Pida al operador del buzón que lo inscriba"
)
_NO_CODE = "Falta su código de 6 cifras. Escríbalo después de la palabra, en la misma línea"


def _wrong(visit: Visit, tried: Try) -> str:
    """Count a wrong (or used) code; at the fifth the question is closed and people are told."""
    asked = tried.asked
    asked.tries += 1
    case = tried.case.id if tried.case else None
    visit.note("code_wrong", asked.approver, case=case, mail=tried.mail_id)
    if asked.tries >= MAX_TRIES:
        return _lock(visit, tried)
    return (
        f"El código no es correcto o ya se usó ({asked.tries} de {MAX_TRIES} intentos). "
        "Espere el siguiente código de su aplicación y responda de nuevo"
    )


def _guesses(visit: Visit, enrolled: Authenticator) -> int:
    """Wrong codes of an approver to all questions of late; enrolling anew begins at nothing."""
    since = visit.now - timedelta(days=1)
    return cases.wrong_codes(visit.tx, enrolled.address, since, enrolled.enrolled_at)


def _lock(visit: Visit, tried: Try) -> str:
    """Close the question: neither a guess nor the right code serves it any more."""
    asked = tried.asked
    asked.status = QuestionStatus.LOCKED
    if isinstance(asked, Prompt):
        tell.misused(visit, asked, "locked", who=asked.approver)
    elif tried.case:
        tell.alert(visit, tried.case, "locked", f"{asked.id}", who=asked.approver)
    return (
        "El código no es correcto y se agotaron los intentos: esta pregunta quedó cerrada. "
        "El operador del buzón puede volver a preguntarle"
    )
