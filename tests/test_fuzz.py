"""A slice of ``make fuzz``: the same targets, the same examples every time, and every old find."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz import FINDS, TARGETS, finds, target
from hypothesis import HealthCheck, given, settings

OLD = [(name, path) for name in TARGETS for path in finds(name)]


@pytest.mark.parametrize("name", TARGETS)
def test_what_must_hold_of_any_bytes_holds_of_some(name: str) -> None:
    """Each target over hundreds of examples, of which at least 200 are tried."""
    it, tried = target(name), 0

    def holds(data: bytes) -> None:
        nonlocal tried
        tried += 1
        it.check(data)

    _searched(given(it.inputs)(holds))()
    assert tried >= 200


def _searched(test: Callable[[], None]) -> Callable[[], None]:
    how = settings(
        max_examples=300,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    return how(test)


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_begins_with_holds(name: str) -> None:
    """The seeds themselves: there are some, and nothing is amiss with them."""
    it = target(name)
    for seed in it.seeds:
        it.check(seed)
    assert len(it.seeds) >= 20
    assert len(it.words) >= 15


@pytest.mark.parametrize(("name", "path"), OLD, ids=[f"{n}-{p.name}" for n, p in OLD])
def test_what_was_once_found_is_mended(name: str, path: Path) -> None:
    """Every input that a run of ``make fuzz`` once broke something with."""
    target(name).check(path.read_bytes())


def test_no_find_belongs_to_nobody() -> None:
    """A folder of finds is named after a target, or it would never be tried."""
    assert {p.name for p in FINDS.iterdir() if p.is_dir()} <= set(TARGETS)
