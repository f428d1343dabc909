"""Killed at any point, the bot goes on as if nothing had happened.

The whole matrix is ``make crashes``; here are the list of points, and some cells of it.
"""

from collections.abc import Iterator
from pathlib import Path

import crash_matrix
import failpoints
import pytest
import servers as mail_servers
from crash_matrix import Kill
from crashing import Stage
from scenarios import SCENARIOS, UNREACHED

SCENARIO = "credentials-resend"
SOME = (
    "after pipeline._take.2",
    "after delivery._send_text:send",
    "after actions.perform:open",
)


@pytest.fixture(scope="module")
def stage(
    servers: mail_servers.MailServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """What all worlds of the module share."""
    folder = tmp_path_factory.mktemp("crashes")
    with Stage.set_up(mail_servers.Post(servers), folder) as made:
        yield made


def test_every_site_is_reached_by_a_scenario_or_has_its_reason() -> None:
    """Which sites there are follows from the code; which are reached stands in REACHED_BY.

    A new commit is on the first list by itself and on no other: this fails until a scenario is
    shown to get there, or why none does.
    """
    names = {site.name for site in failpoints.sites()}
    assert len(names) > 40
    assert set(crash_matrix.REACHED_BY) | set(UNREACHED) == names
    assert not set(crash_matrix.REACHED_BY) & set(UNREACHED)
    assert set(crash_matrix.REACHED_BY.values()) <= set(SCENARIOS)


def test_a_new_commit_is_found_by_itself(tmp_path: Path) -> None:
    """Commits, effects on servers and directories; what only asks is none."""
    path = failpoints.PROGRAM / "new.py"
    text = (
        "import smtplib\nfrom imapclient import IMAPClient\n"
        "class A:\n"
        "    def f(self, store, client, server, register):\n"
        "        with store.begin() as tx:\n            letters.begin(tx, 1)\n"
        "        with store.read() as tx: pass\n"
        "        with store.begin(): register.open(1, 2)\n"
        "        client.search('ALL'); client.move([1], 'x'); client.append('x', b'')\n"
        "        server.noop(); server.send_message(1); server.data(b'')\n"
    )
    found = [site.name for site in failpoints.sites_of(path, text)]
    assert found == [
        "new.A.f",
        "new.A.f.2",
        "new.A.f:open",
        "new.A.f:move",
        "new.A.f:append",
        "new.A.f:send_message",
        "new.A.f:data",
    ]
    del tmp_path


@pytest.mark.timeout(600)
def test_killed_at_some_points_it_ends_as_if_it_had_not_been(stage: Stage, tmp_path: Path) -> None:
    """A slice of the matrix: the last time each of some points is reached, before and after."""
    calm = crash_matrix.undisturbed(stage, SCENARIO, tmp_path)
    kills = {kill.name: kill for kill in calm.kills()}
    assert set(SOME) <= set(kills)
    for number, name in enumerate(SOME):
        crash_matrix.cell(stage, calm, kills[name], tmp_path / str(number))


@pytest.mark.timeout(600)
def test_killed_and_killed_again_it_still_ends_the_same(stage: Stage, tmp_path: Path) -> None:
    """Also while it makes good what the first kill left."""
    calm = crash_matrix.undisturbed(stage, "rejection", tmp_path)
    (first, *_) = [k for k in calm.kills() if k.name == "after pipeline.handle"]
    again = Kill(first.run, first.point, first.name, again=6)
    crash_matrix.cell(stage, calm, again, tmp_path / "again")
