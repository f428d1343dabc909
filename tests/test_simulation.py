"""Histories at random keep every promise; and the simulation can tell a broken promise.

``make simulate`` plays as many as it is told, ``make soak`` a million.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
import simulation
from simulation import Stage, Step, Tally, World

SLICE = int(os.environ.get("SIM_N", "10000"))
SEED = os.environ.get("SEED", "1")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The program with lists in the place of everything outside, until the module is done."""
    with Stage.set_up(tmp_path_factory.mktemp("simulation")) as made:
        yield made


@pytest.fixture(scope="module")
def played(stage: Stage) -> tuple[str, Tally]:
    """The slice of the suite: what was found, and what was played."""
    tally = Tally()
    return simulation.find(stage, SEED, SLICE, tally=tally), tally


@pytest.mark.timeout(900)
def test_no_history_breaks_a_promise(played: tuple[str, Tally]) -> None:
    """The invariants of the design hold after every step of every history."""
    found, tally = played
    assert found == ""
    assert tally.played >= SLICE


def test_histories_get_somewhere(played: tuple[str, Tally]) -> None:
    """They differ, accounts are opened, cases rejected and observed, the bot killed meanwhile."""
    tally, left = played[1], played[1].letters
    assert tally.trunks >= SLICE / 200
    assert tally.rested >= SLICE / 50
    assert tally.kills > tally.rested
    assert left["decider-question"] > tally.rested
    assert left["holder-credentials"] > tally.rested / 20
    assert left["asker-observed"] > 0
    assert left["asker-rejected"] > 0


SHAPE = "SELECT 'mail', id, status, moved_at FROM mails UNION SELECT 'letter', id, status, due_at"
SHAPE += " FROM letters UNION SELECT 'case', id, status, digest FROM cases"
SHAPE += (
    " UNION SELECT 'event', id, name, at FROM events UNION SELECT 'mark', 0, key, '' FROM marks"
)


def shape(world: World) -> tuple[object, ...]:
    """What does not depend on chance of what is in the store and outside it."""
    with world.stage.store.engine.connect() as db:
        rows = sorted(map(tuple, db.exec_driver_sql(SHAPE)))
    lying = {name: [raw for _, raw in held] for name, held in world.imap.folders.items()}
    return rows, lying, [(x.message_id, x.kind) for x in world.smtp.taken]


def test_what_is_looked_at_on_the_spot_is_what_a_kill_leaves(stage: Stage) -> None:
    """Each point of a pass: seen while it goes on, and killed there in a world of its own."""
    asked = (Step("request", word="minedu-ida", way="right"), Step("poll"))
    steps = (*asked, Step("reply", 0.0, "APROBAR", "right"))
    world, seen = World.begin(stage), dict[int, object]()
    for step in steps:
        world.do(step)
    world.looks = lambda at: seen.update({at: shape(world)}) if stage.commits() else None
    world.do(Step("poll"))
    assert len(seen) > 12
    for point in list(seen)[::2]:
        again = World.begin(stage)
        for step in (*steps, Step("poll", way=f"dies {point}")):
            again.do(step)
        assert (again.kills, shape(again)) == (1, seen[point])


def test_only_a_kill_at_its_moment_shows_some_broken_promises(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds after every pass and not in its middle is found, and told with the moment."""

    def none_on_its_way(_world: World, rows: simulation.Rows) -> None:
        going = [r for r in rows["letters"] if r["status"] == "sending"]
        simulation._must(not going, "on its way")  # noqa: SLF001  the tests' own

    monkeypatch.setattr(simulation, "_seats", none_on_its_way)
    found = simulation.find(stage, SEED, 100)
    assert f"seed «{SEED} 0»: on its way" in found
    assert " dies " in found.splitlines()[-1]


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
