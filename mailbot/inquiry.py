"""How things stand, for who asks: an office learns of its own cases, and of nobody else's.

Own is what was asked from the same address, or for the same office from another one registered for
it: that one may speak for more offices, whose cases are not told. A number of somebody else's is
answered as one that does not exist. Only proven senders get here.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from mailbot.decide import Record
from mailbot.desk import Visit, thread_of
from mailbot.model import Mail
from mailbot.parsers.inquiry import MOST, Inquiry, inquiry
from mailbot.parsers.parse import Request, Unrelated
from mailbot.respond import About
from mailbot.store import cases
from mailbot.store.tables import OPEN, Case, CaseStatus

_RECENT = timedelta(days=30)
_ACTIONS: Mapping[str | None, str] = {"alta": "Alta", "baja": "Baja"}
_DONE: Mapping[str | None, str] = {
    "alta": "Está hecha: el usuario se creó",
    "baja": "Está hecha: el usuario se dio de baja",
}


def alone(visit: Visit, mail: Mail, parsed: Request | Unrelated, *, fresh: bool) -> bool:
    """Whether a mail asks how things stand and nothing besides: no papers, nobody's data."""
    if _asked(visit, mail) is None:
        return False
    if isinstance(parsed, Unrelated):
        return True
    return fresh and not mail.attachments and not parsed.names_somebody


def _asked(visit: Visit, mail: Mail) -> Inquiry | None:
    """What a mail asks; an administrator is no office, and has other ways."""
    if mail.sender.address in visit.rules.settings.administrators:
        return None
    return inquiry(mail, visit.rules.wording)


def answer_besides(visit: Visit, mail_id: int, mail: Mail) -> None:
    """For a mail that asked for something else, too: of the cases it names, once that is done."""
    asked = _asked(visit, mail)
    if asked is not None and asked.numbers:
        answer(visit, mail_id, mail)


def answer(visit: Visit, mail_id: int, mail: Mail) -> None:
    """One letter with what is asked, if the address may be answered once more today."""
    asked, sender = _asked(visit, mail), mail.sender.address
    if asked is None or not visit.may_answer(sender):
        return
    own = {case.id: case for case in _own(visit, sender)}
    found = [own[n] for n in asked.numbers if n in own] if asked.numbers else _of_late(visit, own)
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "cases": [_told(case) for case in found[:MOST]],
        "more": max(0, len(found) - MOST),
        "unknown": [n for n in asked.numbers if n not in own],
    }
    thread = thread_of(mail.message_id, mail.references, mail.subject)
    about = About(mail=mail_id, thread=thread)
    visit.outbox.put("asker-status", sender, str(mail_id), context, about)


def _own(visit: Visit, sender: str) -> list[Case]:
    """A sender's own cases, oldest first."""
    offices = visit.rules.offices.of_address(sender)
    addresses = dict.fromkeys([sender, *(a.lower() for o in offices for a in o.emails)])
    found = cases.asked_from(visit.tx, list(addresses))
    return [case for case in found if case.asker == sender or _is_shared(visit, case, sender)]


def _is_shared(visit: Visit, case: Case, sender: str) -> bool:
    """Whether a sender speaks for whom another asked: for all they speak for, or the very one.

    A UGEL's own are its schools' cases, too.
    """
    offices = visit.rules.offices
    mine = {o.code for o in offices.of_address(sender)}
    if {o.code for o in offices.of_address(case.asker)} <= mine:
        return True
    about = offices.get(case.record["office"])
    return about is not None and bool({about.code, about.parent} & mine)


def _of_late(visit: Visit, own: Mapping[int, Case]) -> Sequence[Case]:
    """What is open, and what ended not long ago, the newest first."""
    since = visit.now - _RECENT
    found = [c for c in own.values() if c.status in OPEN or c.updated_at >= since]
    return sorted(found, key=lambda case: -case.id)


# ------------------------------------------------------------------ in words

_STATES: Mapping[CaseStatus, str] = {
    CaseStatus.OBSERVED: "Falta completarla. Responda al correo en que se lo pedimos",
    CaseStatus.PENDING: "Está completa y espera la decisión de quien corresponde según la guía",
    CaseStatus.APPROVED: "Ya se aprobó y se está ejecutando",
    CaseStatus.REJECTED: "No fue aceptada. El motivo está en el correo que le enviamos",
    CaseStatus.EXPIRED: "Se tuvo por no presentada: venció el plazo. Puede enviarla otra vez",
    CaseStatus.WITHDRAWN: "La reemplazó otra solicitud de su oficina",
}


def _told(case: Case) -> Record:
    """A case as its office is told of it: the person by initials and the DNI's last figures."""
    record, status = case.record, CaseStatus(case.status)
    observed = status is CaseStatus.OBSERVED
    mends = [f["mend"] for f in record["findings"] if f["mend"]] if observed else []
    return {
        "number": case.id,
        "action_words": _ACTIONS.get(record["action"], "Solicitud"),
        "role_name": record["role_name"],
        "office_name": record["office_name"],
        "who": _masked(case.names, case.dni),
        "received": case.created_at.isoformat(),
        "state_words": _STATES.get(status) or _DONE[record["action"]],
        "when": _when(case, status),
        "mend": mends,
    }


def _when(case: Case, status: CaseStatus) -> list[str] | None:
    """A date of interest, with the word before it: ``hasta el`` or ``el``."""
    if status is CaseStatus.OBSERVED and case.due_at:
        return ["hasta el", case.due_at.isoformat()]
    ended = case.decided_at or case.updated_at
    return None if status in OPEN else ["el", ended.isoformat()]


def _masked(names: str | None, dni: str | None) -> str:
    """Enough to tell who is meant for who knows them: ``Q. M., R. E. (DNI *****359)``."""
    words = (names or "").split()
    initials = " ".join(f"{word[0].upper()}.{',' if word.endswith(',') else ''}" for word in words)
    known = [*([initials] if initials else []), *([f"(DNI *****{dni[-3:]})"] if dni else [])]
    return " ".join(known)
