"""The crash matrix: SIGKILL at every point of every scenario, and what is so afterwards.

An undisturbed run of a scenario says which points it reaches, in order. A cell of the matrix is the
same scenario with the process killed at one of them (and perhaps once more in the run after); in
the end everything must be as after the undisturbed run: accounts, cases, questions, letters by
their Message-ID, mails and folders, and the journal row for row.

    python tests/crash_matrix.py [SCENARIO…]     the whole matrix, or some scenarios of it
"""

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import crashing
import failpoints
import servers
from crashing import Kept, Outcome, Stage, World
from scenarios import SCENARIOS

SMTP = "after delivery._send_text:"
TWICE = float(os.environ.get("TWICE", "0.25"))
"""The share of kills that are played a second time with another kill in the run after."""

REACHED_BY: Mapping[str, str] = {
    "alarm.Watch._keep": "alta",
    "vigil.compare_inbox": "alta",
    "vigil.note_verified": "alta",
    "vigil.watched.2": "alta",
    "actions.perform:close": "replacement",
    "actions.perform:open": "alta",
    "backup.daily": "alta",
    "chores.do_chores": "alta",
    "chores.forget_daily": "alta",
    "cli.custody._forget:scrub": "operator",
    "cli.looking.pending": "operator",
    "cli.looking.case": "operator",
    "cli.accounting._list": "operator",
    "cli.mending.ask": "operator",
    "cli.mending.resend": "credentials-resend",
    "cli.opening.note_look": "operator",
    "mailbox.Mailbox._move:move": "alta",
    "mailbox._make_folder:create_folder": "alta",
    "mailbox._make_folder:subscribe_folder": "alta",
    "ingest._keep": "alta",
    "ingest._remember": "alta",
    "ingest._keep_head": "oddities",
    "ingest.tidy_inbox": "alta",
    "pipeline.handle": "alta",
    "pipeline._put_aside": "oddities",
    "pipeline._take": "alta",
    "pipeline._take.2": "alta",
    "pipeline._waits": "no-dns",
    "pipeline.retry": "oddities",
    "register._keep": "operator",
    "retention.forget:scrub": "forgetting",
    "retention._batch": "forgetting",
    "send._send": "alta",
    "delivery._send_text:send": "alta",
    "send._sent": "alta",
    "send._give_up": "refused",
    "send._wait": "put-off",
    "store.schema._create:create_all": "alta",
    "store.Store._prepare": "alta",
    "store.Store.rewrap": "operator",
    "store.rotate.rotate:scrub": "operator",
    "store.rotate._batch": "operator",
}
"""A scenario that reaches each site; the whole matrix finds out whether that is so."""


@dataclass(frozen=True, slots=True)
class Kill:
    """Die in a run of the bot (counted from the beginning) at a point of it, and perhaps again."""

    run: int
    point: int
    name: str
    again: int | None = None

    def __str__(self) -> str:
        more = "" if self.again is None else f", again at {self.again}"
        return f"run {self.run}, point {self.point} ({self.name}){more}"


@dataclass(frozen=True)
class Undisturbed:
    """A scenario as it goes when nothing happens: the points of each run, and the end.

    `starts` is the world before each act: a cell begins with the act it is killed in, as nothing
    is other before.
    """

    scenario: str
    reached: tuple[tuple[str, ...], ...]
    end: Outcome
    starts: tuple[Kept, ...]

    def kills(self) -> Iterator[Kill]:
        """Every point of every run."""
        for run, points in enumerate(self.reached):
            for point, name in enumerate(points):
                yield Kill(run, point, name)

    def in_window(self, kill: Kill) -> bool:
        """Whether a letter may have left without our knowing: after the server took it."""
        points = self.reached[kill.run][: kill.point + 1]
        for name in reversed(points):
            if name.startswith("after "):
                return name.startswith(SMTP)
        return False


def _act_out(world: World, scenario: str, begun: int = 0) -> Iterator[int]:
    """Play the acts of a scenario from one of them on; tells of each before it begins."""
    for number, act in enumerate(SCENARIOS[scenario][begun:], start=begun):
        yield number
        act(world)
        world.settle()


def undisturbed(stage: Stage, scenario: str, folder: Path) -> Undisturbed:
    """Play a scenario with nothing happening."""
    world, starts = World(stage, folder / scenario), []
    for number in _act_out(world, scenario):
        place = folder / f"{scenario} before {number}"
        place.mkdir()
        starts.append(world.keep(place))
    reached = tuple(ran.reached for ran in world.runs)
    return Undisturbed(scenario, reached, crashing.outcome(world), tuple(starts))


def play(stage: Stage, calm: Undisturbed, kill: Kill, folder: Path) -> World:
    """Play a scenario killed as told, from the act on that the kill falls into."""
    at = {kill.run: kill.point}
    if kill.again is not None:
        at[kill.run + 1] = kill.again
    begun = max(n for n, kept in enumerate(calm.starts) if len(kept.runs) <= kill.run)
    world = World.again(stage, calm.starts[begun], folder, at)
    for _ in _act_out(world, calm.scenario, begun):
        pass
    return world


def cell(stage: Stage, calm: Undisturbed, kill: Kill, folder: Path) -> Outcome:
    """Play a scenario with a kill, and hold its end against the undisturbed one."""
    world = play(stage, calm, kill, folder)
    assert world.runs[kill.run].reached[-1] == kill.name, "not the point that was meant"
    found = crashing.outcome(world)
    resent = found.sent - calm.end.sent
    again = found.credentials - calm.end.credentials
    doubtful = calm.in_window(kill) or kill.again is not None
    most = 1 if kill.again is None else 2
    assert resent.total() + again.total() <= (most if doubtful else 0), (resent, again)
    assert set(found.sent) == set(calm.end.sent)
    assert not calm.end.credentials - found.credentials
    assert replace(found, sent=calm.end.sent, credentials=calm.end.credentials) == calm.end
    return found


def again(calm: Undisturbed, kill: Kill, random: Random) -> Kill:
    """The same kill and another one soon after the next start."""
    return replace(kill, again=random.randrange(min(8, len(calm.reached[kill.run]))))


# ------------------------------------------------------------------ the whole of it


def main(names: Sequence[str]) -> int:
    """Play the whole matrix and print its figures; 1 when a cell does not hold."""
    seed = int(os.environ.get("SEED", "1"))
    chosen = names or list(SCENARIOS)
    reached: set[str] = set()
    failures, cells, resent = 0, 0, Counter[str]()
    began = time.monotonic()
    with servers.running() as running, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Stage.set_up(servers.Post(running), folder) as stage:
            for scenario in chosen:
                calm = undisturbed(stage, scenario, folder)
                reached |= {point for run in calm.reached for point in run}
                wrong, played, twice = _row(stage, calm, folder, Random(f"{seed} {scenario}"))
                failures, cells, resent = failures + wrong, cells + played, resent + twice
                print(  # noqa: T201  the figures are what this is run for
                    f"{scenario}: {len(calm.reached)} runs, {played} cells, {wrong} wrong",
                    flush=True,
                )
    minutes = (time.monotonic() - began) / 60
    points = {f"{when} {s.name}" for s in failpoints.sites() for when in ("before", "after")}
    print(  # noqa: T201
        f"{cells} cells, {failures} wrong (lost 0, twice 0 in the others); seed {seed}; "
        f"{len(reached)} of {len(points)} points; letters that left again: {resent.total()}; "
        f"{minutes:.0f} minutes"
    )
    return int(failures > 0)


def _row(
    stage: Stage, calm: Undisturbed, folder: Path, random: Random
) -> tuple[int, int, Counter[str]]:
    wrong, played, resent = 0, 0, Counter[str]()
    for kill in calm.kills():
        for one in (kill, again(calm, kill, random)) if random.random() < TWICE else (kill,):
            played += 1
            place = folder / f"{calm.scenario}-{played}"
            try:
                found = cell(stage, calm, one, place)
                resent += found.sent - calm.end.sent
                shutil.rmtree(place)
            except (AssertionError, IndexError) as error:
                wrong += 1
                print(f"{calm.scenario}, {one}: {error}"[:1500], flush=True)  # noqa: T201
    return wrong, played, resent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
