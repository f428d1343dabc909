"""A request against its procedure → findings, all of them. Pure: no mail, no database, no clock.

A requirement is a row of `REQUIREMENTS`: what people call it, how to mend it, and the function that
looks for it. What is missing for certain carries the mend and goes back to the asker; what is
unreadable, in conflict or a matter of judgement goes to the person who decides.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from mailbot import papers
from mailbot.model import Action, Claim, Finding, Method, Outcome, PageKind, Reading
from mailbot.offices import Office
from mailbot.parsers import names
from mailbot.parsers.claims import agree, compatible
from mailbot.parsers.parse import Request
from mailbot.procedures import SPECIAL_ASKERS, TITULAR, OfficeType, Procedure
from mailbot.rules import Rules

_SURE = 0.75
"""Below this confidence a value that only a picture shows is not relied on."""


@dataclass(frozen=True)
class Holder:
    """The person a case is about, as shown to people; what is unknown is None."""

    apellidos_y_nombres: str | None
    dni: str | None
    correo: str | None


@dataclass(frozen=True)
class Case:
    """A claim held against its procedure."""

    claim: Claim
    procedure: Procedure | None
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether every requirement is met."""
        return self.procedure is not None and all(f.outcome is Outcome.MET for f in self.findings)

    @property
    def to_mend(self) -> tuple[Finding, ...]:
        """What the asker has to mend before anybody decides."""
        return tuple(f for f in self.findings if f.mend)

    @cached_property
    def holder(self) -> Holder:
        """The person, by the findings."""
        found = {f.requirement: f.value for f in self.findings}
        return Holder(found.get("nombres"), found.get("dni"), found.get("correo"))


@dataclass(frozen=True)
class Subject:
    """What the functions of the table look at."""

    claim: Claim
    request: Request
    procedure: Procedure
    rules: Rules

    @property
    def primary(self) -> frozenset[PageKind | None]:
        """Where the procedure wants the person's data to be stated."""
        return _STATED_IN[self.procedure.where]

    @cached_property
    def name(self) -> Reading | None:
        """The name that leads: as the prescribed document gives it."""
        return self.lead(self.claim.names)

    def lead(self, readings: Iterable[Reading]) -> Reading | None:
        """The reading of the prescribed document, else the first."""
        ordered = sorted(readings, key=lambda r: (r.kind not in self.primary, r.doubt is not None))
        return ordered[0] if ordered else None

    def papers(self, kind: PageKind) -> tuple[papers.Paper, ...]:
        """The request's documents of a kind."""
        return tuple(papers.read(p) for p in self.request.pieces if p.kind is kind)


_STATED_IN: Mapping[str, frozenset[PageKind | None]] = {
    "correo": frozenset({None}),
    "oficio": frozenset({PageKind.OFICIO}),
    "solicitud": frozenset({None, PageKind.SOLICITUD, PageKind.OFICIO}),
}
_ASKING = frozenset({None, PageKind.OFICIO, PageKind.SOLICITUD})


def check(request: Request, rules: Rules) -> tuple[Case, ...]:
    """Hold every claim of a request against its procedure."""
    return tuple(check_claim(claim, request, rules) for claim in request.claims)


def check_claim(claim: Claim, request: Request, rules: Rules) -> Case:
    """Hold one claim against its procedure; without one, say what is needed to know it."""
    action = Action(claim.action.value) if claim.action else None
    procedure = rules.guide.procedure(claim.role.value if claim.role else None, action)
    if procedure is None:
        return Case(claim, None, tuple(_unknown(claim)))
    subject = Subject(claim, request, procedure, rules)
    wanted = [name for name in procedure.requirements if name != "firmante" or _has_oficio(request)]
    found = [REQUIREMENTS[name].look(subject) for name in wanted]
    excluded = _excluded(subject)
    return Case(claim, procedure, (*found, *excluded))


def _has_oficio(request: Request) -> bool:
    return any(p.kind is PageKind.OFICIO for p in request.pieces)


def _unknown(claim: Claim) -> Iterable[Finding]:
    for name, reading in (("accion", claim.action), ("rol", claim.role)):
        outcome = Outcome.MET if reading else Outcome.MISSING
        yield _found(name, outcome, reading, mend=None if reading else REQUIREMENTS[name].mend)
    for name, readings in (("nombres", claim.names), ("dni", claim.dnis)):
        sure = next((r for r in readings if r.doubt is None), None)
        outcome = Outcome.MET if sure else Outcome.MISSING
        yield _found(name, outcome, sure, mend=None if sure else REQUIREMENTS[name].mend)


def _found(
    requirement: str,
    outcome: Outcome,
    reading: Reading | None = None,
    *more: Reading,
    note: str | None = None,
    mend: str | None = None,
) -> Finding:
    readings = (reading, *more) if reading else more
    return Finding(
        requirement=requirement,
        outcome=outcome,
        value=reading.value if reading else None,
        places=tuple(dict.fromkeys(r.evidence.place for r in readings)),
        note=note,
        mend=mend,
        readings=readings,
    )


# ------------------------------------------------------------------ data that must be stated


def _names(subject: Subject) -> Finding:
    asked = [r for r in subject.claim.names if r.kind in _ASKING] or list(subject.claim.names)
    return _stated(subject, "nombres", asked, compatible)


def _dni(subject: Subject) -> Finding:
    """Numbers must be equal wherever the same person is named."""
    strangers = {_where(r) for r in subject.claim.names if subject.name and not agree(r, subject.name)}
    counted = [r for r in subject.claim.dnis if r.kind in _ASKING or _where(r) not in strangers]
    return _stated(subject, "dni", counted, _equal)


def _where(reading: Reading) -> tuple[str, int | None]:
    return reading.evidence.source, reading.evidence.page


def _correo(subject: Subject) -> Finding:
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
        return _found(name, Outcome.CONFLICT, lead, *apart, note=_compared(lead, *apart))
    if not _reliable(lead, others):
        return _found(name, Outcome.UNREADABLE, lead, note="se lee con dificultad")
    return _found(name, Outcome.MET, lead, *others)


def _has_primary(subject: Subject) -> bool:
    return None in subject.primary or any(p.kind in subject.primary for p in subject.request.pieces)


def _absent(subject: Subject, name: str) -> Finding:
    """Nowhere to be found: missing for certain only if what could hold it was read well."""
    pages = [p for p in subject.request.pieces if p.kind in (*subject.primary, PageKind.OTHER)]
    if not all(p.legible for p in pages) and None not in subject.primary:
        return Finding(name, Outcome.UNREADABLE, note="no se pudo leer en lo escaneado")
    return Finding(name, Outcome.MISSING, mend=REQUIREMENTS[name].mend)


def _elsewhere(subject: Subject, name: str, lead: Reading) -> Finding:
    """Stated, but not where the guide wants it."""
    where = subject.procedure.where
    legible = all(p.legible for p in subject.request.pieces if p.kind in subject.primary)
    if legible and lead.kind is None:
        note = f"figura en {lead.evidence.place}, pero la guía pide que conste en el {where}"
        return _found(name, Outcome.MISSING, lead, note=note, mend=REQUIREMENTS[name].mend)
    note = f"no se pudo leer en el {where}; figura en {lead.evidence.place}"
    return _found(name, Outcome.UNREADABLE, lead, note=note)


def _doubtful(
    name: str,
    lead: Reading,
    others: list[Reading],
    same: Callable[[Reading, Reading], bool],
) -> Finding:
    """A reading with a doubt holds only when another source says the same."""
    confirmed = lead.evidence.method is Method.OCR and any(same(lead, r) for r in others)
    if confirmed and all(same(lead, r) for r in others):
        return _found(name, Outcome.MET, lead, *others)
    theirs = lead.evidence.method is not Method.OCR and "cifras" in (lead.doubt or "")
    mend = REQUIREMENTS[name].mend if theirs else None
    note = f"{lead.doubt}" + (f"; {_compared(lead, *others)}" if others else "")
    return _found(name, Outcome.UNREADABLE, lead, *others, note=note, mend=mend)


def _reliable(lead: Reading, others: list[Reading]) -> bool:
    return lead.evidence.method is not Method.OCR or lead.evidence.confidence >= _SURE or bool(others)


def _compared(*readings: Reading) -> str:
    return "; ".join(dict.fromkeys(f"{r.evidence.place}: {r.value}" for r in readings))


def _nivel(subject: Subject) -> Finding:
    reading = subject.claim.nivel
    if reading is None:
        return Finding("nivel", Outcome.MISSING, mend=REQUIREMENTS["nivel"].mend)
    if reading.doubt:
        return _found("nivel", Outcome.CONFLICT, reading, note=reading.doubt)
    return _found("nivel", Outcome.MET, reading)


# ------------------------------------------------------------------ papers that must be attached


def _oficio(subject: Subject) -> Finding:
    found = subject.papers(PageKind.OFICIO)
    if not found:
        return _no_paper(subject, "oficio")
    names_person = [r for r in (*subject.claim.names, *subject.claim.dnis) if r.kind is PageKind.OFICIO]
    if names_person or not subject.claim.names:
        return _paper("oficio", Outcome.MET, found[0])
    note = "no nombra a la persona" if found[0].legible else "no se pudo leer a quién nombra"
    outcome = Outcome.CONFLICT if found[0].legible else Outcome.UNREADABLE
    return _paper("oficio", outcome, found[0], note=note)


def _rd(subject: Subject) -> Finding:
    return _proof(subject, "rd", PageKind.RD)


def _s09(subject: Subject) -> Finding:
    return _proof(subject, "s09", PageKind.S09)


def _dni_copy(subject: Subject) -> Finding:
    return _proof(subject, "copia-dni", PageKind.DNI)


def _proof(subject: Subject, name: str, kind: PageKind) -> Finding:
    """A paper that has to be about the person: unread is unreadable, another's is a conflict."""
    found = subject.papers(kind)
    if not found:
        return _no_paper(subject, name)
    named = [r for r in subject.claim.names if r.kind is kind]
    numbers = [r for r in subject.claim.dnis if r.kind is kind]
    if subject.name and any(agree(subject.name, r) for r in named):
        return _paper(name, Outcome.MET, found[0], note=found[0].remark)
    if named:
        note = f"nombra a {named[0].value}"
        return _paper(name, Outcome.CONFLICT, found[0], note=note)
    return _unnamed(subject, name, found[0], numbers)


def _unnamed(
    subject: Subject, name: str, paper: papers.Paper, numbers: list[Reading]
) -> Finding:
    """A paper on which no name of the person was read: its number may still tell."""
    asked = {r.value for r in subject.claim.dnis if r.kind in _ASKING and r.doubt is None}
    if any(r.value in asked for r in numbers):
        return _paper(name, Outcome.MET, paper)
    if any(r.doubt is None for r in numbers):
        return _paper(name, Outcome.CONFLICT, paper, note=f"lleva el DNI {numbers[0].value}")
    if paper.legible and paper.names_somebody:
        return _paper(name, Outcome.CONFLICT, paper, note="no nombra a la persona")
    return _paper(name, Outcome.UNREADABLE, paper, note="no se pudo leer a quién nombra")


def _paper(
    name: str, outcome: Outcome, paper: papers.Paper, note: str | None = None
) -> Finding:
    return Finding(name, outcome, value=paper.number, places=(paper.place,), note=note)


def _no_paper(subject: Subject, name: str) -> Finding:
    """No such paper among what was read; perhaps it is what could not be."""
    closed = [d for d in subject.request.documents if d.problem and papers.may_be(d.name, name)]
    if closed:
        note = "; ".join(f"{d.name}: {d.problem}" for d in closed)
        places = tuple(d.name for d in closed)
        mend = REQUIREMENTS[name].mend
        return Finding(name, Outcome.UNREADABLE, places=places, note=note, mend=mend)
    dim = [p for p in subject.request.pieces if p.kind is PageKind.OTHER and not p.legible]
    if dim:
        note = "hay páginas que no se pudieron reconocer"
        return Finding(name, Outcome.UNREADABLE, places=(papers.read(dim[0]).place,), note=note)
    return Finding(name, Outcome.MISSING, mend=REQUIREMENTS[name].mend)


def _signatory(subject: Subject) -> Finding:
    """The oficio must be signed by a post the guide allows (VI); whether it is, a person sees."""
    found = subject.papers(PageKind.OFICIO)
    paper = next((p for p in found if p.signatory), found[0])
    if paper.signatory is None and paper.legible:
        return Finding("firmante", Outcome.MISSING, mend=REQUIREMENTS["firmante"].mend)
    if paper.signatory is None:
        return _paper("firmante", Outcome.UNREADABLE, paper, note="no se pudo leer quién firma")
    finding = _found("firmante", Outcome.MET, paper.signatory)
    if paper.signatory.doubt:
        return replace(finding, outcome=Outcome.CONFLICT, note=paper.signatory.doubt)
    return finding


# ------------------------------------------------------------------ who asks


def _office(subject: Subject) -> Finding:
    reading = subject.claim.office
    if reading is None or reading.doubt:
        note = reading.doubt if reading else None
        return replace(
            Finding("oficina", Outcome.MISSING, note=note, mend=REQUIREMENTS["oficina"].mend),
            places=(reading.evidence.place,) if reading else (),
        )
    return _found("oficina", Outcome.MET, reading)


def _asker(subject: Subject) -> Finding:
    address = subject.request.sender.address
    asks = subject.procedure.asks
    if asks in SPECIAL_ASKERS:
        listed = subject.rules.settings.askers.get(asks, ())
        return _asked_by(address, listed=not listed or address in listed, known=bool(listed))
    if asks == TITULAR or subject.claim.office is None:
        return _asked_by(address, listed=True, known=False)
    return _asked_by_office(subject, address, subject.claim.office.value)


def _asked_by_office(subject: Subject, address: str, code: str) -> Finding:
    """An address registered for the office may ask; one of another office may not."""
    offices = subject.rules.offices
    registered = offices.of_address(address)
    if any(_speaks_for(o, offices.get(code)) for o in registered):
        return _asked_by(address, listed=True, known=True)
    if registered:
        note = f"{address} está registrada para {registered[0].name}"
        return Finding("solicitante", Outcome.CONFLICT, address, ("remitente",), note)
    office = offices.get(code)
    return _asked_by(address, listed=not (office and office.emails), known=False)


def _speaks_for(asking: Office, office: Office | None) -> bool:
    """An office speaks for itself; a UGEL also passes on what its schools ask."""
    if office is None:
        return False
    passes_on = office.type is OfficeType.IE and asking.code == office.parent
    return asking.code == office.code or passes_on


def _asked_by(address: str, *, listed: bool, known: bool) -> Finding:
    note = None if known and listed else f"{address or 'el remitente'} no está en el registro"
    outcome = Outcome.MET if listed else Outcome.CONFLICT
    return Finding("solicitante", outcome, address or None, ("remitente",), note)


def _excluded(subject: Subject) -> Iterable[Finding]:
    """What the guide keeps out: a PRONOEI gets no additional users (IV.8.f)."""
    office = subject.rules.offices.get(subject.claim.office.value if subject.claim.office else None)
    said = "\n".join(p.text.folded for p in subject.request.pieces) + subject.request.body.folded
    for excluded in subject.procedure.excludes:
        named = office is not None and excluded in (office.nivel or "", *office.name.upper().split())
        if named or (office is None and excluded.lower() in said):
            note = f"la guía (IV.8.f) no permite usuarios adicionales en un {excluded}"
            yield Finding(excluded.lower(), Outcome.CONFLICT, excluded, note=note)


# ------------------------------------------------------------------ the table


@dataclass(frozen=True)
class Requirement:
    """A row of the table: what people call it, how the asker mends it, the function that looks."""

    label: str
    mend: str
    look: Callable[[Subject], Finding]


def _never(subject: Subject) -> Finding:
    raise NotImplementedError(subject)  # known only while the procedure is not


REQUIREMENTS: Mapping[str, Requirement] = {
    "accion": Requirement(
        "qué se solicita", "Indique si solicita el alta o la baja del usuario.", _never
    ),
    "rol": Requirement(
        "cargo", "Indique para qué cargo es el usuario (por ejemplo: Especialista SIAGIE UGEL).", _never
    ),
    "nombres": Requirement(
        "apellidos y nombres", "Consigne los apellidos y nombres completos de la persona.", _names
    ),
    "dni": Requirement(
        "número de DNI", "Consigne el número de DNI de la persona, con sus 8 cifras.", _dni
    ),
    "correo": Requirement(
        "correo electrónico",
        "Consigne el correo electrónico de la persona, a donde se enviará su usuario.",
        _correo,
    ),
    "nivel": Requirement(
        "nivel educativo",
        "Indique el nivel: EBR Inicial, EBR Primaria, EBR Secundaria, EBE Inicial o EBE Primaria.",
        _nivel,
    ),
    "oficio": Requirement("oficio", "Adjunte el oficio escaneado, completo y legible.", _oficio),
    "rd": Requirement(
        "resolución de designación", "Adjunte la Resolución Directoral de designación.", _rd
    ),
    "s09": Requirement("formulario S09", "Adjunte el formulario S09.", _s09),
    "copia-dni": Requirement("copia del DNI", "Adjunte una copia legible del DNI.", _dni_copy),
    "firmante": Requirement(
        "firma autorizada",
        "El oficio debe llevar la firma y el cargo del Director o del Jefe del área.",
        _signatory,
    ),
    "oficina": Requirement(
        "oficina",
        "Indique la DRE o UGEL con su región o, si es una IE, su código modular de 7 cifras.",
        _office,
    ),
    "solicitante": Requirement(
        "quién solicita", "La solicitud debe venir de la oficina a la que corresponde.", _asker
    ),
}


def name_tokens(case: Case) -> frozenset[str]:
    """The words that tell the holder of a case from another person."""
    return names.tokens(case.holder.apellidos_y_nombres or "")
