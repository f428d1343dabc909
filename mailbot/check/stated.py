"""Data that must be stated: names, DNI, address, nivel — where the guide wants them, undisputed.

Pure.
"""

from collections.abc import Callable

from mailbot.check.papers import Paper
from mailbot.check.requirements import REQUIREMENTS, found, missing
from mailbot.check.subject import ASKING, Subject
from mailbot.model import Finding, Method, Outcome, PageKind, Reading
from mailbot.parsers.claims import agree, compatible

SURE = 0.75
"""Below this confidence a value that only a picture shows is not relied on."""


_IN = {"correo": "el correo", "oficio": "el oficio", "solicitud": "la solicitud"}


def names(subject: Subject) -> Finding:
    """The names: a shorter form contradicts nothing."""
    asked = [r for r in subject.claim.names if r.kind in ASKING] or list(subject.claim.names)
    return _stated(subject, "nombres", asked, compatible)


def dni(subject: Subject) -> Finding:
    """Numbers must be equal wherever the same person is named."""
    strangers = {
        _where(r) for r in subject.claim.names if subject.name and not agree(r, subject.name)
    }
    counted = [r for r in subject.claim.dnis if r.kind in ASKING or _where(r) not in strangers]
    return _stated(subject, "dni", counted, _equal)


def _where(reading: Reading) -> tuple[str, int | None]:
    return reading.evidence.source, reading.evidence.page


def correo(subject: Subject) -> Finding:
    """The address the credentials will go to."""
    return _stated(subject, "correo", list(subject.claim.correos), _equal)


def _equal(one: Reading, other: Reading) -> bool:
    return one.value == other.value


def _stated(
    subject: Subject,
    name: str,
    readings: list[Reading],
    same: Callable[[Reading, Reading], bool],
) -> Finding:
    """A datum the prescribed document has to state, and no other source may contradict."""
    lead = subject.lead(readings)
    if lead is None:
        return _absent(subject, name)
    if lead.kind not in subject.primary and _has_primary(subject):
        return _elsewhere(subject, name, lead)
    others = [r for r in readings if r is not lead and r.doubt is None]
    if lead.doubt:
        return _doubtful(name, lead, others, same)
    if apart := [r for r in others if not same(lead, r)]:
        return found(name, Outcome.CONFLICT, lead, *apart, note=_compared(lead, *apart))
    if not _reliable(lead, others):
        return found(name, Outcome.UNREADABLE, lead, note="se lee con dificultad")
    return found(name, Outcome.MET, lead, *others)


def _has_primary(subject: Subject) -> bool:
    return None in subject.primary or any(p.kind in subject.primary for p in subject.request.pieces)


def _absent(subject: Subject, name: str) -> Finding:
    """Nowhere to be found: missing for certain only if what could hold it was read well."""
    pages = [p for p in subject.request.pieces if p.kind in (*subject.primary, PageKind.OTHER)]
    dim = [Paper(p).sight for p in pages if not p.legible]
    if dim and None not in subject.primary:
        note = "no se pudo leer en lo escaneado"
        return Finding(name, Outcome.UNREADABLE, note=note, readings=tuple(dim[:2]))
    return missing(name)


def _elsewhere(subject: Subject, name: str, lead: Reading) -> Finding:
    """Stated, but not where the guide wants it: for certain only if that was read well."""
    where, place = _IN[subject.procedure.where], lead.evidence.place
    if all(p.legible for p in subject.request.pieces if p.kind in subject.primary):
        note = f"figura en {place}, pero la guía pide que conste en {where}"
        mend = REQUIREMENTS[name].mend
        return found(name, Outcome.MISSING, lead, note=note, mend=mend)
    note = f"no se pudo leer en {where}; figura en {place}"
    return found(name, Outcome.UNREADABLE, lead, note=note)


def _doubtful(
    name: str,
    lead: Reading,
    others: list[Reading],
    same: Callable[[Reading, Reading], bool],
) -> Finding:
    """A reading with a doubt holds only when another source says the same."""
    confirmed = lead.evidence.method is Method.OCR and any(same(lead, r) for r in others)
    if confirmed and all(same(lead, r) for r in others):
        return found(name, Outcome.MET, lead, *others)
    theirs = lead.evidence.method is not Method.OCR and "cifras" in (lead.doubt or "")
    mend = REQUIREMENTS[name].mend if theirs else None
    note = f"{lead.doubt}" + (f"; {_compared(lead, *others)}" if others else "")
    return found(name, Outcome.UNREADABLE, lead, *others, note=note, mend=mend)


def _reliable(lead: Reading, others: list[Reading]) -> bool:
    return (
        lead.evidence.method is not Method.OCR or lead.evidence.confidence >= SURE or bool(others)
    )


def _compared(*readings: Reading) -> str:
    return "; ".join(dict.fromkeys(f"{r.evidence.place}: {r.value}" for r in readings))


def nivel(subject: Subject) -> Finding:
    """The one nivel the seat is for."""
    reading = subject.claim.nivel
    if reading is None:
        return missing("nivel")
    if reading.doubt:
        return found("nivel", Outcome.CONFLICT, reading, note=reading.doubt)
    return found("nivel", Outcome.MET, reading)
