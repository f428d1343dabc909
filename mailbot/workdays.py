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
