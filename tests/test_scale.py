"""The simulation of March agrees with what can be reckoned by hand."""

import statistics

import pytest

from benchmarks.scale import HOURS, WORKING_DAYS, Costs, March, Office, arrivals

MARCH = March(requests=2000, scanned=1.0, pages=(2,))


def test_workers_are_as_busy_as_the_work_there_is() -> None:
    """Every request's seconds are spent, no more and no less: pages vary by 0.6 to 1.6."""
    costs = Costs()
    seen = Office(costs, MARCH, workers=2, seed=3).run()
    each = costs.base + 2 * costs.scanned_page * (0.6 + 1.6) / 2 + costs.reply
    assert seen.busy["worker"] == pytest.approx(MARCH.requests * each, rel=0.02)
    assert seen.busy["reader"] == pytest.approx(MARCH.requests * costs.fetch)
    assert len(seen.waits) == MARCH.requests


def test_with_workers_to_spare_nobody_waits_for_another() -> None:
    """Then a wait is the work itself; with too few it is longer."""
    costs = Costs()
    spare = Office(costs, MARCH, workers=64, seed=3).run()
    few = Office(costs.times(25), MARCH, workers=1, seed=3).run()
    longest = costs.fetch + costs.base + 2 * 1.6 * costs.scanned_page + costs.letter * MARCH.letters
    assert max(spare.waits) <= longest + 3 * costs.fetch
    assert statistics.median(few.waits) > 20 * statistics.median(spare.waits)


def test_the_first_day_brings_more_than_the_last_and_the_night_nothing() -> None:
    """Requests come in working hours, most of them when the school year begins."""
    days = [int(moment // 86400) for moment in arrivals(Office(Costs(), MARCH, 1, 5).rng, MARCH)]
    hours = {int(m % 86400 // 3600) for m in arrivals(Office(Costs(), MARCH, 1, 5).rng, MARCH)}
    assert days.count(0) > 1.6 * days.count(WORKING_DAYS - 1)
    assert hours <= set(HOURS)
