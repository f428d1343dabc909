"""The monthly report: what was asked, done, observed and refused, and how long it took. Pure.

``material``  what it is made from and what it says, as values
``words``     the same in sentences and tables
``drawing``   the same as charts
``paper``     the same as a page, in files or in a letter

`for_month` makes the report from what ``store.tally`` gathered; nothing in it tells who anybody is.
"""

import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from mailbot import workdays
from mailbot.offices import Offices
from mailbot.procedures import OfficeType
from mailbot.report.material import (
    REFUSALS,
    Decided,
    Figures,
    Line,
    Material,
    Month,
    Observed,
    Report,
    Wait,
)
from mailbot.workdays import LIMA

__all__ = ["FEWEST", "Hours", "Known", "Material", "Month", "Report", "for_month"]

FEWEST = 5
"""Cases a line of the regions stands for at least: fewer tell who they were (Ley 29733)."""
_ENOUGH = 5
"""Decisions it takes to say what nine in ten needed."""
CENTRAL = "Sede central (MINEDU)"
UNKNOWN = "Sin oficina reconocida"


@dataclass(frozen=True, slots=True)
class Hours:
    """When offices work, Lima time; `holidays` besides the national ones."""

    opens: time = time(8, 30)
    closes: time = time(17, 30)
    holidays: Collection[date] = field(default=())

    def minutes(self, since: datetime, until: datetime) -> int:
        """The minutes of office hours between two moments."""
        hours = (self.opens, self.closes)
        return round(workdays.worked(since, until, hours, self.holidays).total_seconds() / 60)

    @property
    def day(self) -> int:
        """The minutes of one office day."""
        ends = (datetime.combine(date.min, t) for t in (self.closes, self.opens))
        closes, opens = ends
        return round((closes - opens).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class Known:
    """What names what is counted: the offices, the roles by their id; and when offices work."""

    offices: Offices
    roles: Mapping[str, str]
    hours: Hours = Hours()

    def role(self, id_: str | None) -> str:
        """How people call a role."""
        return self.roles.get(id_ or "", "Sin cargo reconocido")


def for_month(
    month: Month, material: Material, known: Known, *, now: datetime | None = None
) -> Report:
    """The report of a month; `now` tells whether the month has ended."""
    before, offices, hours = month.before, known.offices, known.hours
    done = [h for h in material.happened if h.name == "case_done" and month.holds(h.at)]
    regions, folded = _folded(_lines((_region(h.about.office, offices), h.about.action)
                                     for h in done))  # fmt: skip
    told = any(before.holds(at) for at in (*material.received, *(h.at for h in material.happened)))
    return Report(
        month=str(month),
        words=month.words,
        words_before=before.words,
        until=f"{now.astimezone(LIMA):%d/%m/%Y}" if now and month.holds(now) else None,
        now=_figures(month, material, hours),
        before=_figures(before, material, hours) if told else None,
        roles=_lines((known.role(h.about.role), h.about.action) for h in done),
        regions=regions,
        folded=folded,
        reasons=_reasons(o for o in material.observed if month.holds(o.at)),
        refusals=_refusals(month, material),
        day_minutes=hours.day,
    )


# ------------------------------------------------------------------ counting


def _figures(month: Month, material: Material, hours: Hours) -> Figures:
    happened = [h for h in material.happened if month.holds(h.at)]
    names = Counter(h.name for h in happened)
    done = Counter(h.about.action for h in happened if h.name == "case_done")
    decided = [d for d in material.decided if month.holds(d.decided)]
    observed = [o for o in material.observed if month.holds(o.at)]
    return Figures(
        received=sum(map(month.holds, material.received)),
        altas=done["alta"],
        bajas=done["baja"],
        replaced=sum(map(month.holds, material.replaced)),
        rejected=names["case_rejected"],
        refused=names["case_refused"],
        expired=names["case_expired"],
        observed=len(observed),
        unknown=sum(o.reasons is None for o in observed),
        unused=_unused([o.used for o in material.opened if month.holds(o.at)]),
        decider=_wait([(d.asked, d) for d in decided], hours),
        whole=_wait([(d.received, d) for d in decided], hours),
    )


def _unused(used: Sequence[bool | None]) -> int | None:
    """How many accounts nobody has used; None when that is not known of every one."""
    return None if None in used or not used else sum(not one for one in used)


def _wait(spans: Iterable[tuple[datetime | None, Decided]], hours: Hours) -> Wait | None:
    took = sorted(hours.minutes(since, d.decided) for since, d in spans if since is not None)
    if not took:
        return None
    most = statistics.quantiles(took, n=10, method="inclusive")[8] if len(took) >= _ENOUGH else None
    return Wait(len(took), round(statistics.median(took)), None if most is None else round(most))


def _lines(pairs: Iterable[tuple[str, str | None]]) -> tuple[Line, ...]:
    counted = Counter(pairs)
    names = {name for name, _ in counted}
    lines = (Line(n, counted[n, "alta"], counted[n, "baja"]) for n in names)
    return tuple(sorted(lines, key=lambda line: (-_total(line), line.name)))


def _total(line: Line) -> int:
    return line.altas + line.bajas


def _folded(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], int]:
    """The regions, those with few cases in one line; how many stand in it.

    One alone could be told by subtraction, and few together are few still: as many as it takes.
    """
    few = [line for line in lines if _total(line) < FEWEST]
    rest = [line for line in lines if _total(line) >= FEWEST]
    while few and rest and (len(few) < 2 or sum(map(_total, few)) < FEWEST):
        few.append(rest.pop())
    if not few:
        return lines, 0
    if not rest:
        return (), len(few)
    name = f"Otras {len(few)} regiones, con pocos casos"
    others = Line(name, sum(line.altas for line in few), sum(line.bajas for line in few))
    return (*rest, others), len(few)


def _region(code: str | None, offices: Offices) -> str:
    """The DRE an office belongs to, however deep below it."""
    if code == OfficeType.MINEDU:
        return CENTRAL
    office = offices.get(code)
    while office is not None and office.parent is not None:
        office = offices.get(office.parent)
    return office.name if office is not None else UNKNOWN


def _reasons(observed: Iterable[Observed]) -> tuple[tuple[str, int], ...]:
    return _ranked(Counter(reason for o in observed for reason in set(o.reasons or ())))


def _refusals(month: Month, material: Material) -> tuple[tuple[str, int], ...]:
    """Why a rule said no, the most frequent first."""
    codes = (h.detail for h in material.happened if h.name == "case_refused" and month.holds(h.at))
    return _ranked(Counter(REFUSALS.get(code, "Otro motivo de la guía") for code in codes))


def _ranked(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
