"""Changes in the store: taken by one, written by who has them, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from house import NOON
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from mailbot.actions.saga import ENDS, Result, Step, after
from mailbot.model import Open, Post
from mailbot.store import Store, accounts, changes, vitals
from mailbot.store.tables import AccountStatus, Change

KEY = [SecretStr("una clave de prueba de mas de 32 caracteres")]
SEAT = "especialista-ugel/060004/"
OPENING = Open("QUISPE, Rosa", "42871359", None, Post("especialista-ugel", "060004"), SEAT)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A database with nothing in it."""
    with closing(Store(database, KEY)) as made:
        yield made


def begun(store: Store) -> int:
    """A change that is due."""
    with store.begin() as tx:
        row = Change(step=Step.VOID, created_at=NOON, due_at=NOON)
        tx.add(row)
        tx.flush()
        return row.id


@pytest.mark.both_databases
def test_of_many_that_take_a_change_one_has_it(store: Store) -> None:
    """And another only when the lease is over; who had it before can write nothing more."""
    number = begun(store)

    def take(late: timedelta) -> Change | None:
        with store.begin() as tx:
            return changes.take(tx, number, NOON + late)

    with ThreadPoolExecutor(8) as pool:
        taken = [found for found in pool.map(take, [timedelta()] * 8) if found]
    assert len(taken) == 1
    assert take(changes.LEASE - timedelta(seconds=1)) is None
    second = take(changes.LEASE)
    assert second is not None
    with store.begin() as tx:
        assert not changes.move(tx, taken[0], step=Step.UNDONE)
        assert changes.move(tx, second, step=Step.DONE)
        assert changes.due(tx, NOON + timedelta(days=9)) == []


@pytest.mark.both_databases
def test_a_seat_is_prepared_for_one_at_a_time(store: Store) -> None:
    """The index holds it, whoever forgot to ask whether it is busy."""
    with store.begin() as tx:
        assert not changes.busy(tx, SEAT, [])
        accounts.open_account(tx, OPENING, None, NOON, status=AccountStatus.PREPARED)
        assert changes.busy(tx, SEAT, [])
    with pytest.raises(IntegrityError), store.begin() as tx:
        accounts.open_account(tx, OPENING, None, NOON, status=AccountStatus.PREPARED)


@pytest.mark.both_databases
def test_what_is_under_way_is_counted(store: Store) -> None:
    """How many, since when, and how many an administrator was told of."""
    first, second = begun(store), begun(store)
    with store.begin() as tx:
        tx.get_one(Change, second).told_at = NOON
        counted = vitals.counts(tx, NOON)
        assert (counted.changes.count, counted.changes.oldest, counted.stuck) == (2, NOON, 1)
        changes.hold(tx, "restaurada", NOON)
    with store.begin() as tx:
        assert [c.id for c in changes.waiting(tx)] == [first, second]
        assert changes.due(tx, NOON + timedelta(days=9)) == []


def test_every_step_leads_to_an_end() -> None:
    """Taken on and on, from wherever: nothing goes round in circles."""
    for opens in (True, False):
        for begins in Step:
            step, seen = begins, [begins]
            while step not in ENDS:
                step = after(step, Result.TAKEN, opens=opens)
                assert step not in seen
                seen.append(step)
            if begins not in ENDS:
                assert after(begins, Result.LATER, opens=opens) is begins
