"""Who asks, and for which office. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from mailbot.check.requirements import found, missing
from mailbot.check.stated import absent
from mailbot.check.subject import Subject
from mailbot.model import Finding, Outcome, Reading
from mailbot.offices import Office
from mailbot.procedures import SPECIAL_ASKERS, TITULAR, OfficeType
from mailbot.trust.lookalike import alike

_MODULAR = 7
"""Digits of a código modular: unlike a name that fits two offices, one is only read badly."""


def office(subject: Subject) -> Finding:
    """The office the account is for, told apart from its twins."""
    reading = subject.claim.office
    if reading is None:
        return absent(subject, "oficina")
    if reading.doubt and (len(reading.value) == _MODULAR or _may_be_misread(subject, reading)):
        return found("oficina", Outcome.UNREADABLE, reading, note=reading.doubt)
    if reading.doubt:
        return missing("oficina", reading.doubt, reading.evidence.place)
    return found("oficina", Outcome.MET, reading)


def _may_be_misread(subject: Subject, reading: Reading) -> bool:
    """Whether a picture may mean offices of several names: no twins, then."""
    names = {subject.rules.offices.name(code) for code in reading.value.split("|")}
    return len(names) > 1 and not reading.typed


def asker(subject: Subject) -> Finding:
    """That the sender speaks for who has to ask."""
    address = subject.request.sender.address
    asks = subject.procedure.asks
    if asks in SPECIAL_ASKERS:
        listed = subject.rules.settings.askers.get(asks, ())
        found = _asked_by(address, listed=not listed or address in listed, known=bool(listed))
    elif asks == TITULAR or subject.claim.office is None:
        found = _asked_by(address, listed=True, known=False)
    else:
        found = _asked_by_office(subject, address, subject.claim.office.value)
    return _with_look_alike(subject, found)


def _with_look_alike(subject: Subject, found: Finding) -> Finding:
    """A sender nobody registered whose domain looks like a registered one is pointed out."""
    if found.note is None or not found.value:
        return found
    domain = found.value.rpartition("@")[2]
    settings = subject.rules.settings
    listed = (*settings.askers.values(), *settings.approvers.values())
    known = {a.rpartition("@")[2].lower() for group in listed for a in group}
    twin = alike(domain, known | subject.rules.offices.domains())
    if twin is None:
        return found
    note = f"{found.note}; OJO: {domain} se parece a {twin}, que sí está registrado, y no es igual"
    return replace(found, note=note)


def _asked_by_office(subject: Subject, address: str, code: str) -> Finding:
    """An address registered for the office may ask; one of another office may not."""
    offices = subject.rules.offices
    registered = offices.of_address(address)
    if any(_speaks_for(o, offices.get(code)) for o in registered):
        return _asked_by(address, listed=True, known=True)
    if registered:
        note = f"{address} está registrada para {registered[0].name}"
        return Finding("solicitante", Outcome.CONFLICT, address, note=note)
    office = offices.get(code)
    return _asked_by(address, listed=not (office and office.emails), known=False)


def _speaks_for(asking: Office, office: Office | None) -> bool:
    """An office speaks for itself; a UGEL also passes on what its schools ask."""
    if office is None:
        return False
    passes_on = office.type is OfficeType.IE and asking.code == office.parent
    return asking.code == office.code or passes_on


def _asked_by(address: str, *, listed: bool, known: bool) -> Finding:
    unknown = "la dirección no está en el registro" if address else "no se sabe quién lo envía"
    note = None if known and listed else unknown
    outcome = Outcome.MET if listed else Outcome.CONFLICT
    return Finding("solicitante", outcome, address or None, note=note)


def excluded(subject: Subject) -> Iterable[Finding]:
    """What the guide keeps out: a PRONOEI gets no additional users (IV.8.f)."""
    office = subject.rules.offices.get(subject.claim.office.value if subject.claim.office else None)
    said = "\n".join(p.text.folded for p in subject.request.pieces) + subject.request.body.folded
    for excluded in subject.procedure.excludes:
        named = office is not None and excluded in (
            office.nivel or "",
            *office.name.upper().split(),
        )
        if named or (office is None and excluded.lower() in said):
            note = f"la guía (IV.8.f) no permite usuarios adicionales en un {excluded}"
            yield Finding(excluded.lower(), Outcome.CONFLICT, excluded, note=note)
