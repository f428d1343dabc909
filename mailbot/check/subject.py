"""What a check looks at: a claim, its request, its procedure, the rules. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mailbot.check.papers import Paper
from mailbot.model import Claim, PageKind, Reading
from mailbot.parsers.parse import Request
from mailbot.procedures import Procedure
from mailbot.rules import Rules


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
        return STATED_IN[self.procedure.where]

    @cached_property
    def name(self) -> Reading | None:
        """The name that leads: as the prescribed document gives it."""
        return self.lead(self.claim.names)

    def lead(self, readings: Iterable[Reading]) -> Reading | None:
        """The reading of the prescribed document, else the first.

        One without a doubt leads, unless a doubted one stands before it in the same paper: where
        somebody was overlooked, what follows is theirs.
        """
        told = list(readings)
        ranked = sorted(told, key=lambda r: (r.kind not in self.primary, r.doubt is not None))
        return next((r for r in told if r.paper == ranked[0].paper), None)

    def papers(self, kind: PageKind) -> tuple[Paper, ...]:
        """The request's documents of a kind."""
        return tuple(Paper(p) for p in self.request.pieces if p.kind is kind)


STATED_IN: Mapping[str, frozenset[PageKind | None]] = {
    "correo": frozenset({None}),
    "oficio": frozenset({PageKind.OFICIO}),
    "solicitud": frozenset({None, PageKind.SOLICITUD, PageKind.OFICIO}),
}
ASKING = frozenset({None, PageKind.OFICIO, PageKind.SOLICITUD})
