"""A request against its procedure → findings, all of them. Pure: no mail, no database, no clock.

Every requirement has a function that looks for it (`_LOOK`) and a row that says what people call it
and how to mend it (`requirements`). What is missing for certain carries the mend and goes back to
the asker; what is unreadable, in conflict or a matter of judgement goes to the person who decides.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mailbot.check import asked, attached, spelled, stated
from mailbot.check.requirements import REQUIREMENTS, found
from mailbot.check.subject import Subject
from mailbot.lexicon import Lexicon
from mailbot.model import Action, Claim, Finding, Outcome, PageKind
from mailbot.parsers.parse import Request
from mailbot.procedures import Procedure
from mailbot.rules import Rules


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

    @property
    def excluded(self) -> Finding | None:
        """The finding that the guide keeps this case out altogether, if it does."""
        kept_out = {e.lower() for e in self.procedure.excludes} if self.procedure else set()
        return next((f for f in self.findings if f.requirement in kept_out), None)

    @cached_property
    def holder(self) -> Holder:
        """The person, by the findings."""
        found = {f.requirement: f.value for f in self.findings}
        return Holder(found.get("nombres"), found.get("dni"), found.get("correo"))


_LOOK: Mapping[str, Callable[[Subject], Finding]] = {
    "nombres": spelled.names,
    "dni": stated.dni,
    "correo": stated.correo,
    "nivel": stated.nivel,
    "oficio": attached.oficio,
    "rd": attached.rd,
    "s09": attached.s09,
    "copia-dni": attached.dni_copy,
    "firmante": attached.signatory,
    "oficina": asked.office,
    "solicitante": asked.asker,
}


def check(request: Request, rules: Rules) -> tuple[Case, ...]:
    """Hold every claim of a request against its procedure."""
    return tuple(check_claim(claim, request, rules) for claim in request.claims)


def check_claim(claim: Claim, request: Request, rules: Rules) -> Case:
    """Hold one claim against its procedure; without one, say what is needed to know it."""
    action = Action(claim.action.value) if claim.action else None
    procedure = rules.guide.procedure(claim.role.value if claim.role else None, action)
    if procedure is None:
        return Case(claim, None, tuple(_unknown(claim, request, rules.lexicon)))
    subject = Subject(claim, request, procedure, rules)
    wanted = [name for name in procedure.requirements if name != "firmante" or _has_oficio(request)]
    found = [_LOOK[name](subject) for name in wanted]
    excluded = asked.excluded(subject)
    return Case(claim, procedure, (*found, *excluded))


def _has_oficio(request: Request) -> bool:
    return any(p.kind is PageKind.OFICIO for p in request.pieces)


def _unknown(claim: Claim, request: Request, lexicon: Lexicon) -> Iterable[Finding]:
    for name, reading in (("accion", claim.action), ("rol", claim.role)):
        yield found(name, Outcome.MET, reading) if reading else stated.unseen(request, name)
    for name, readings in (("nombres", claim.names), ("dni", claim.dnis)):
        likely = (r for r in readings if r.typed or not spelled.unlikely(lexicon, r.value))
        typed_first = sorted(likely, key=lambda r: not r.typed)
        sure = next((r for r in typed_first if stated.certain(name, r, readings)), None)
        if sure:
            yield found(name, Outcome.MET, sure)
        elif readings:
            mend = REQUIREMENTS[name].mend
            yield found(name, Outcome.UNREADABLE, *readings, mend=mend)
        else:
            yield stated.unseen(request, name)
