"""What a monthly report is made from, and what it says, as values: no names, no DNI, no address."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.workdays import LIMA

NAMES = (
    "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre"
).split()


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of Lima's calendar. Written ``2026-11``."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def words(self) -> str:
        """As people say it: ``noviembre de 2026``."""
        return f"{NAMES[self.number - 1]} de {self.year}"

    @property
    def before(self) -> "Month":
        """The month before."""
        last = date(self.year, self.number, 1) - timedelta(days=1)
        return Month(last.year, last.month)

    @property
    def first(self) -> datetime:
        """Its first moment, Lima time."""
        return datetime(self.year, self.number, 1, tzinfo=LIMA)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.first + timedelta(days=calendar.monthrange(self.year, self.number)[1])

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is in it."""
        return self.first <= moment < self.end


def month_of(day: datetime) -> Month:
    """The month a moment is in, Lima time."""
    local = day.astimezone(LIMA)
    return Month(local.year, local.month)


def parsed(text: str) -> Month | None:
    """``2026-11`` as a month; None when it is none."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text.strip())
    return Month(int(found[1]), int(found[2])) if found else None


# ------------------------------------------------------------------ what it is made from


@dataclass(frozen=True, slots=True)
class About:
    """What a case is about, as far as it may be counted. `office` is a code of the register."""

    role: str | None
    action: str | None
    office: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that befell a case: the journal's name for it, and its reason where it is a code.

    ``case_done``, ``case_rejected``, ``case_refused``, ``case_expired``.
    """

    at: datetime
    name: str
    detail: str
    about: About


@dataclass(frozen=True, slots=True)
class Decided:
    """When a case that was decided had come, was asked about as it then stood, and was decided."""

    received: datetime
    asked: datetime | None
    decided: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """One case observed in a letter: what it lacked; None where the letter was forgotten."""

    at: datetime
    reasons: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An account opened, and whether its holder has come in: None when nobody can tell."""

    at: datetime
    used: bool | None


@dataclass(frozen=True, slots=True)
class Material:
    """All that happened in two months, in any order."""

    received: tuple[datetime, ...] = ()
    happened: tuple[Happened, ...] = ()
    decided: tuple[Decided, ...] = ()
    observed: tuple[Observed, ...] = ()
    opened: tuple[Opened, ...] = ()
    replaced: tuple[datetime, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.received or self.happened)


# ------------------------------------------------------------------ what it says


@dataclass(frozen=True, slots=True)
class Line:
    """Altas and bajas of one role or region."""

    name: str
    altas: int
    bajas: int


@dataclass(frozen=True, slots=True)
class Wait:
    """How long decisions took, in minutes of office hours.

    `most` is what nine in ten needed; None for fewer decisions than it takes to say so.
    """

    decisions: int
    median: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one month.

    `decider` counts from the question to the decision, `whole` from the mail to the decision.
    `unused` is None when the directory cannot tell. `unknown` observations no longer say why.
    """

    received: int
    altas: int
    bajas: int
    replaced: int
    rejected: int
    refused: int
    expired: int
    observed: int
    unknown: int
    unused: int | None
    decider: Wait | None
    whole: Wait | None


@dataclass(frozen=True, slots=True)
class Report:
    """A month and the one before; lines and reasons are the month's own, the most frequent first.

    `before` is None when nothing is known of that month. `folded` is how many regions stand
    together in one line, because few cases tell who they were. `day_minutes` is an office day.
    """

    month: str
    words: str
    words_before: str
    until: str | None
    now: Figures
    before: Figures | None
    roles: tuple[Line, ...]
    regions: tuple[Line, ...]
    folded: int
    reasons: tuple[tuple[str, int], ...]
    refusals: tuple[tuple[str, int], ...]
    day_minutes: int


REFUSALS: Mapping[str, str] = {
    "already": "La persona ya tenía el usuario",
    "nobody": "No había usuario que dar de baja",
    "waiting": "Lo mismo ya estaba en trámite",
    "served": "Cargo que este buzón no atiende",
    "pronoei": "PRONOEI: la guía no lo permite",
}
"""Why a rule and no person said no, by the journal's code."""
