"""A slice of the fault matrix: every row once, in a state that changes from row to row.

Of PostgreSQL's rows some, in two states.
"""

from collections.abc import Iterator

import faults
import faults_database
import postgres
import pytest
from faults import CELLS, ROWS, STATES, Cell, Laboratory
from faults_database import COMMIT, DatabaseCell, DatabaseLaboratory
from servers import MailServers, Post

SLICE = 36
"""Cells in this run, at the least; ``make faults`` runs all."""


@pytest.fixture(scope="module")
def lab(servers: MailServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with faults.laboratory(Post(servers), tmp_path_factory.mktemp("faults")) as made:
        yield made


def chosen() -> list[Cell]:
    """Two of three rows without a silence in them, the states taken in turn."""
    quick = [row for row in ROWS if "mute" not in row.fault.how]
    rows = [row for n, row in enumerate(quick) if n % 3 or row.refused or row.twice]
    picked = []
    for n, row in enumerate(rows):
        states = [state for state in STATES if state.fetches or not row.fetching]
        picked.append(Cell(states[n % len(states)], row))
    return sorted(picked, key=lambda cell: STATES.index(cell.state))


def test_the_matrix_is_as_large_as_it_says() -> None:
    """At least 300 cells, each once; every verb and every way to fail is among them."""
    assert len({cell.name for cell in CELLS}) == len(CELLS) >= 300
    assert len(STATES) == 10
    ways = {row.fault.how for row in ROWS}
    assert ways == {
        *("drop", "mute", "slow", "truncate"),
        *("drop-after", "mute-after", "answer"),
    }


def test_the_slice_is_no_empty_promise() -> None:
    """It has its cells, every state, and every cost a row may have."""
    cells = chosen()
    assert len(cells) >= SLICE
    assert {cell.state for cell in cells} == {*STATES}
    assert {cell.row.refused for cell in cells} == {True, False}
    assert {cell.row.twice for cell in cells} == {0, 1}


@pytest.mark.parametrize("cell", chosen(), ids=lambda cell: cell.name)
def test_a_fault_costs_what_its_row_says_and_no_more(lab: Laboratory, cell: Cell) -> None:
    """Lost 0; twice 0, but for letters in doubt, which come again under the same Message-ID."""
    assert lab.run(cell) == []


# ------------------------------------------------------------------ PostgreSQL


@pytest.fixture(scope="module")
def database_lab(
    servers: MailServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseLaboratory]:
    if postgres.folder() is None:
        pytest.skip("there is no PostgreSQL")
    place = tmp_path_factory.mktemp("faults")
    with faults_database.laboratory(Post(servers), place) as made:
        yield made


def of_the_database() -> list[DatabaseCell]:
    """Every way to fail once or twice, half of them at a commit."""
    picked: dict[object, DatabaseCell] = {}
    for cell in faults_database.CELLS:
        state, fault = cell.state.name, cell.row.fault
        if state == "approval in the inbox" and "mute" not in fault.how:
            picked[fault.how, fault.verb == COMMIT] = cell
        elif state == "question queued" and fault.how == "mute-after":
            picked[fault.how] = cell
    return list(picked.values())


def test_the_database_has_its_rows_in_every_state() -> None:
    """Every verb and way to fail; a commit is lost before it was made and after."""
    rows = faults_database.ROWS
    assert len({cell.name for cell in faults_database.CELLS}) == len(rows) * len(STATES) >= 400
    ways = {(row.fault.verb == COMMIT, row.fault.how) for row in rows}
    assert {(True, how) for how in ("drop", "drop-after", "restart", "restart-after")} <= ways
    assert {row.share for row in rows if row.fault.verb == COMMIT} >= {0, 0.35, 0.7, 1}


@pytest.mark.parametrize("cell", of_the_database(), ids=lambda cell: cell.name)
def test_a_fault_of_the_database_costs_nothing(
    database_lab: DatabaseLaboratory, cell: DatabaseCell
) -> None:
    """Lost 0; twice 0, but for a letter whose text had left and which was not noted yet."""
    assert database_lab.run_cell(cell) == []
