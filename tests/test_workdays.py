"""Deadlines count the days on which offices work."""

from datetime import date, datetime
from pathlib import Path

import pytest
from house import write_config

from mailbot import workdays
from mailbot.errors import ConfigError
from mailbot.rules import read_rules

THURSDAY = datetime(2026, 12, 3, 15, 0, tzinfo=workdays.LIMA)


@pytest.mark.parametrize(
    ("besides", "due"),
    [
        ((), "2026-12-07"),  # Friday, then Monday
        ((date(2026, 12, 7),), "2026-12-10"),  # the 8th and 9th are national holidays
    ],
)
def test_a_day_off_of_the_operators_own_is_no_working_day(
    besides: tuple[date, ...], due: str
) -> None:
    """Two working days after a Thursday, with and without a bridge before the holidays."""
    assert workdays.after(THURSDAY, 2, besides).date().isoformat() == due


def test_own_days_off_are_read_from_the_configuration(tmp_path: Path) -> None:
    """A list of dates; anything else is named, with an example."""
    folder = write_config(tmp_path, None, holidays='["2026-12-07"]')
    assert read_rules(folder).settings.policy.holidays == (date(2026, 12, 7),)
    write_config(tmp_path, None, holidays='["7 de diciembre"]')
    with pytest.raises(ConfigError, match=r"policy\.holidays.*se esperaba una fecha"):
        read_rules(folder)
