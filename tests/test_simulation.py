"""Histories at random keep every promise; and the simulation can tell a broken promise.

The slice of the suite is small, a history takes tenths of a second; ``make simulate`` plays more.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
import simulation
from simulation import Stage, Step, World

SLICE = int(os.environ.get("SIM_N", "120"))
SEED = os.environ.get("SEED", "1")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The program with lists in the place of everything outside, until the module is done."""
    with Stage.set_up(tmp_path_factory.mktemp("simulation")) as made:
        yield made


@pytest.mark.timeout(900)
def test_no_history_breaks_a_promise(stage: Stage) -> None:
    """The invariants of the design hold after every step of every history."""
    assert simulation.find(stage, SEED, SLICE) == ""


def test_one_seed_makes_one_history() -> None:
    """What a failure prints can be played again."""
    assert simulation.history("1 7") == simulation.history("1 7") != simulation.history("1 8")


def test_histories_hold_every_kind_of_step() -> None:
    """Every step there is happens, and every sort of request, reply and fault."""
    steps = [step for n in range(400) for step in simulation.history(f"1 {n}")]
    assert {step.what for step in steps} == set(simulation._KINDS)  # noqa: SLF001  the tests' own
    by_word = Counter((step.what, step.word) for step in steps)
    by_way = Counter((step.what, step.way) for step in steps)
    assert all(
        by_way["reply", way] for way in ("right", "unproven", "stranger", "other", "no-token")
    )
    assert all(by_word["smtp", mood] for mood in ("451", "554", "lost", "gone"))


def test_histories_get_somewhere(stage: Stage) -> None:
    """Accounts are opened, cases rejected and observed, and the bot is killed all the while."""
    seen = Counter[str]()
    for number in range(40):
        world = World.begin(stage)
        for step in simulation.history(f"{SEED} {number}"):
            world.do(step)
        seen.update(letter.kind for letter in world.smtp.taken)
        seen["kills"] += world.kills
        stage.live = None
    assert seen["holder-credentials"] >= 3
    assert seen["asker-observed"] + seen["asker-rejected"] >= 1
    assert seen["decider-question"] > 40
    assert seen["kills"] >= 8


def test_a_history_that_breaks_a_promise_is_shortened(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the steps that are needed are printed, with the seed."""

    def never_told(_world: World, rows: simulation.Rows) -> None:
        simulation._must(not rows["cases"], "a case")  # noqa: SLF001  the tests' own

    monkeypatch.setattr(simulation, "_seats", never_told)
    found = simulation.find(stage, SEED, 1)
    assert f"seed «{SEED} 0»: a case" in found
    assert len(found.splitlines()) == 2
    assert simulation.shortened(stage, simulation.history(f"{SEED} 0"))[0].what == "request"


def test_a_step_reads_as_it_is_written() -> None:
    """A printed history can be typed into a test."""
    assert str(Step("reply", 0.25, "APROBAR", "right")) == "reply 0.250 APROBAR right"
