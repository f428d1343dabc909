"""Which cases an approver may ask after by mail, and what they are told. The DNI is masked."""

from mailbot.desk import Visit
from mailbot.masking import masked
from mailbot.model import Post
from mailbot.resolve.outcome import about
from mailbot.respond import lima
from mailbot.store import cases, prompts
from mailbot.store.tables import Case, CaseStatus
from mailbot.tell import STATE_WORDS


def seen(visit: Visit, number: int, who: str) -> Case | None:
    """A case, if somebody was asked about it, decided it or may decide it; else nothing is told."""
    case = cases.get(visit.tx, number)
    if case is None or case.section is None:
        return None
    was = case.decided_by == who or prompts.was_asked(visit.tx, who, number)
    return case if was or may_decide(visit, case, who) else None


def may_decide(visit: Visit, case: Case, who: str) -> bool:
    """Whether somebody may decide a case as things are now."""
    procedure = visit.rules.guide.procedures.get(case.section or "")
    role, office = case.record["role"], case.record["office"]
    if procedure is None or not role or not office:
        return False
    place = Post(role, office, case.record["nivel"])
    return who in {a.address for a in visit.approvers(procedure, place, case.record)}


def state_lines(visit: Visit, number: int, who: str) -> tuple[str, ...]:
    """How a case stands, in some lines."""
    case = seen(visit, number, who)
    if case is None:
        return (f"No hay un caso {number} que usted pueda consultar.",)
    dni = f" DNI {masked(case.dni)}." if case.dni else ""
    return (
        f"Caso {number}: {about(case.record)}.{dni}",
        f"Llegó el {lima(case.created_at.isoformat())}, de {case.asker}.",
        _stands(visit, case, who),
    )


def _stands(visit: Visit, case: Case, who: str) -> str:
    if case.status == CaseStatus.PENDING:
        asked = [q.approver for q in cases.open_questions(visit.tx, case.id)]
        if who in asked:
            return "Espera su decisión."
        return f"Espera la decisión de {', '.join(asked) or 'un administrador'}."
    by = f" por {case.decided_by}" if case.decided_by else ""
    at = f" el {lima(case.decided_at.isoformat())}" if case.decided_at else ""
    return f"El pedido {STATE_WORDS[case.status]}{by}{at}."
