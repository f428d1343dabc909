"""Working days in Peru: the national holidays, Lima time. The home of holidays. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LIMA = ZoneInfo("America/Lima")
_SATURDAY = 5


@lru_cache(maxsize=1)
def _peru() -> holidays.HolidayBase:
    return holidays.country_holidays("PE")


def is_working(day: date, besides: Collection[date] = ()) -> bool:
    """Whether offices work on a day; `besides` are days off that no calendar knows."""
    return day.weekday() < _SATURDAY and day not in _peru() and day not in besides


def begun(moment: datetime, hour: int, besides: Collection[date] = ()) -> date | None:
    """The day in Lima, if offices work on it and an hour of it has come."""
    local = moment.astimezone(LIMA)
    return local.date() if local.hour >= hour and is_working(local.date(), besides) else None


def after(moment: datetime, days: int, besides: Collection[date] = ()) -> datetime:
    """The end of the n-th working day after a moment, Lima time.

    >>> after(datetime(2026, 7, 24, 15, 0, tzinfo=LIMA), 2).isoformat()  # a Friday, then holidays
    '2026-07-30T23:59:00-05:00'
    """
    day = moment.astimezone(LIMA).date()
    while days:
        day += timedelta(days=1)
        days -= is_working(day, besides)
    return datetime.combine(day, time(23, 59), LIMA)


def worked(
    since: datetime, until: datetime, hours: tuple[time, time], besides: Collection[date] = ()
) -> timedelta:
    """How much of a span offices were open, Lima time; `hours` are when they open and close.

    >>> opens, closes = time(8, 30), time(17, 30)
    >>> friday, monday = (datetime(2026, 11, d, 12, 0, tzinfo=LIMA) for d in (6, 9))
    >>> str(worked(friday, monday, (opens, closes)))  # the afternoon, and the morning
    '9:00:00'
    """
    begin, end = since.astimezone(LIMA), until.astimezone(LIMA)
    total, day = timedelta(), begin.date()
    while day <= end.date():
        if is_working(day, besides):
            opens, closes = (datetime.combine(day, t, LIMA) for t in hours)
            total += max(timedelta(), min(end, closes) - max(begin, opens))
        day += timedelta(days=1)
    return total
