"""All there is to read of one request: its documents and the words of its mail. Pure."""

from dataclasses import dataclass
from functools import cached_property

from mailbot.model import PageKind, Sender
from mailbot.parsers import people, tables
from mailbot.parsers.mention import Seen
from mailbot.parsers.pieces import Piece
from mailbot.parsers.text import Text
from mailbot.parsers.zones import Zones, zones

ASKING = (PageKind.OFICIO, PageKind.SOLICITUD)


@dataclass(frozen=True)
class Source:
    """Something to read from: a document, or the words of a mail (`piece` is None).

    `raw` is a mail's text with the blanks that set its columns apart.
    """

    text: Text
    kind: PageKind | None
    piece: Piece | None = None
    raw: str = ""

    @cached_property
    def zones(self) -> Zones:
        """Its parts."""
        return zones(self.text, self.kind)

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """The people it names where it counts."""
        if self.piece is None:
            tabled = tables.in_mail(self.text.source, self.raw)
            return tabled or people.in_passage(self.zones.main)
        return tables.in_piece(self.piece)

    def place(self, seen: Seen) -> int | None:
        """Where a person stands in its text: a row of a table is found by its first word."""
        if seen.context.text is self.text:
            return seen.at
        first = next((placed for line in seen.context.text.lines for placed in line), None)
        return self.text.place(first) if first else None

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Where the people it names stand, from the first to the last."""
        return tuple(sorted(p for seen in self.seen if (p := self.place(seen)) is not None))

    @property
    def signed(self) -> tuple[Seen, ...]:
        """The person who signs it, for letters in which people ask for themselves."""
        return people.in_passage(self.zones.tail)[:1]


@dataclass(frozen=True)
class Material:
    """All there is to read of one request."""

    sender: Sender
    subject: Text
    body: Source
    forwarded: Source
    pieces: tuple[Source, ...]

    def of(self, *kinds: PageKind) -> tuple[Source, ...]:
        """The documents of some kinds."""
        return tuple(s for s in self.pieces if s.kind in kinds)

    @property
    def askers(self) -> tuple[Source, ...]:
        """The texts that ask, the most formal first."""
        return (*self.of(*ASKING), self.body)

    @property
    def ordered(self) -> tuple[Source, ...]:
        """All texts, those that ask before those that prove."""
        proving = self.of(PageKind.RD, PageKind.S09, PageKind.DNI, PageKind.OTHER)
        return (*self.askers, self.forwarded, *proving)
