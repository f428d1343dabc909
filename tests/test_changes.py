"""Changes in the store: taken by one, written by who has them, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from chamber import Chamber, record
from house import NOON
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from mailbot.actions.saga import ENDS, Result, Step, after
from mailbot.model import Open, Post
from mailbot.store import Store, accounts, changes, vitals
from mailbot.store.tables import Account, AccountStatus, Case, CaseStatus, Change

KEY = [SecretStr("una clave de prueba de mas de 32 caracteres")]
SEAT = "especialista-ugel/060004/"
MOMENT = timedelta(seconds=1)
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


# ------------------------------------------------------------------ row by row


def put(chamber: Chamber, step: Step = Step.CLOSE, **more: Any) -> int:  # noqa: ANN401  columns
    """A change at some step; its number."""
    with chamber.store.begin() as tx:
        row = Change(**{"step": step, "created_at": NOON, "due_at": NOON, **more})
        tx.add(row)
        tx.flush()
        return row.id


def hands(chamber: Chamber) -> list[int | None]:
    """The change that has each account in hand."""
    return [row.change_id for row in chamber.all(Account)]


def test_what_an_approval_asks_for_is_in_hand_until_it_ends(chamber: Chamber) -> None:
    """What it opens and what it closes, nothing else; and a worker is called."""
    told: list[tuple[str, int]] = []
    case = chamber.ask()
    old = chamber.seat("HUAMÁN, Luis", "40000001")
    other = chamber.seat("SOTO, Eva", "40000002", "estadistico-ugel")
    chamber.store.carry = lambda _, kind, number: told.append((kind, number))
    with chamber.store.begin() as tx:
        new = accounts.open_account(tx, OPENING, case, NOON, status=AccountStatus.PREPARED)
        first = changes.begin(tx, case, new, [old], NOON)
        second = changes.begin(tx, case, None, [other], NOON)
        assert [row.id for row in changes.of_case(tx, case)] == [first.id, second.id]
        assert changes.of_case(tx, case + 1) == []
    made = chamber.all(Change)
    assert [(c.case_id, c.account_id, c.closes) for c in made] == [
        (case, new, [old]),
        (case, None, [other]),
    ]
    assert {(c.step, c.created_at, c.due_at) for c in made} == {(Step.PREPARE, NOON, NOON)}
    assert told == [("change", first.id), ("change", second.id)]
    assert hands(chamber) == [first.id, second.id, first.id]
    with chamber.store.begin() as tx:
        changes.let_go(tx, first)
    assert hands(chamber) == [None, second.id, None]


def test_a_seat_and_an_account_are_busy_by_themselves(chamber: Chamber) -> None:
    """The seat while somebody is prepared for it; an account while a change has it in hand."""
    held = chamber.seat("HUAMÁN, Luis", "40000001")
    free = chamber.seat("SOTO, Eva", "40000002", "estadistico-ugel")

    def busy(seat: str, *closes: int) -> bool:
        with chamber.store.read() as tx:
            return changes.busy(tx, seat, closes)

    assert not busy(SEAT, held, free)
    with chamber.store.begin() as tx:
        tx.get_one(Account, held).change_id = 7
    assert [busy(SEAT, held, free), busy(SEAT, held), busy(SEAT, free)] == [True, True, False]
    with chamber.store.begin() as tx:
        accounts.open_account(tx, OPENING, None, NOON, status=AccountStatus.PREPARED)
    assert [busy(SEAT, free), busy("estadistico-ugel/060004/", free)] == [True, False]


def test_what_is_due_is_taken_as_it_came(chamber: Chamber) -> None:
    """Not before its time, not what waits to be told, has ended, or is in other hands."""
    first, later, _untold, _ended, leased, last = (
        put(chamber),
        put(chamber, due_at=NOON + MOMENT),
        put(chamber, due_at=None),
        put(chamber, Step.UNDONE),
        put(chamber, leased_until=NOON + MOMENT),
        put(chamber, leased_until=NOON),
    )
    with chamber.store.begin() as tx:
        assert changes.due(tx, NOON) == [first, last]
        assert changes.due(tx, NOON + MOMENT) == [first, later, leased, last]
        assert changes.due(tx, NOON + MOMENT, 2) == [first, later]
        assert [changes.take(tx, number, NOON) for number in (later, leased)] == [None, None]
        taken = changes.take(tx, last, NOON)
    assert taken is not None
    assert (taken.id, taken.fence, taken.leased_until) == (last, 1, NOON + changes.LEASE)
    assert [c.fence for c in chamber.all(Change)] == [0, 0, 0, 0, 0, 1]


def test_as_many_as_a_hundred_are_due_at_once(chamber: Chamber) -> None:
    """A pass has an end, however many wait."""
    with chamber.store.begin() as tx:
        tx.add_all(Change(step=Step.VOID, created_at=NOON, due_at=NOON) for _ in range(101))
        tx.flush()
        assert len(changes.due(tx, NOON)) == 100


def test_who_has_a_change_writes_what_came_of_the_step_they_took(chamber: Chamber) -> None:
    """Of that step, under that fence, on that row; then it is anybody's again."""
    number, other = put(chamber), put(chamber, leased_until=NOON, fence=1)
    with chamber.store.begin() as tx:
        taken = changes.take(tx, number, NOON)
        assert taken is not None
    for sooner in ({"fence": taken.fence + 1}, {"step": Step.ENABLE}):
        with chamber.store.begin() as tx:
            row = tx.get_one(Change, number)
            was = {name: getattr(row, name) for name in sooner}
            for name, value in sooner.items():
                setattr(row, name, value)
            tx.flush()
            assert not changes.move(tx, taken, step=Step.DONE)
            for name, value in was.items():
                setattr(row, name, value)
    with chamber.store.begin() as tx:
        assert changes.move(tx, taken, step=Step.ENABLE, attempts=2)
    moved, untouched = chamber.all(Change)
    assert (moved.step, moved.attempts, moved.leased_until) == (Step.ENABLE, 2, None)
    assert (untouched.id, untouched.step, untouched.leased_until) == (other, Step.CLOSE, NOON)


def test_a_password_kept_elsewhere_has_its_time(chamber: Chamber) -> None:
    """To the second; not of an account that is closed, nor one the directory is told of already."""
    case = chamber.ask()
    numbers = [chamber.seat("HUAMÁN, Luis", f"4000000{n}", f"puesto-{n}") for n in range(5)]
    due, second, closed, here, not_yet = numbers
    with chamber.store.begin() as tx:
        for number in numbers:
            hashed = "hash" if number == here else accounts.ELSEWHERE
            until = NOON + MOMENT if number == not_yet else NOON
            assert accounts.set_password(tx, number, hashed, until)
        tx.get_one(Account, closed).status = AccountStatus.CLOSED

    def outlived() -> list[int]:
        with chamber.store.read() as tx:
            return [account.id for account in changes.outlived(tx, NOON)]

    told: list[tuple[str, int]] = []
    chamber.store.carry = lambda _, kind, number: told.append((kind, number))
    assert outlived() == [due, second]
    put(chamber, Step.CLOSE, account_id=due)
    assert outlived() == [due, second]
    with chamber.store.begin() as tx:
        changes.void(tx, due, case, NOON)
    made = chamber.all(Change)[-1]
    assert (made.case_id, made.account_id, made.step) == (case, due, Step.VOID)
    assert (made.created_at, made.due_at, told) == (NOON, NOON, [("change", made.id)])
    assert outlived() == [second]


def test_another_password_takes_the_place_of_one_that_had_to_go(chamber: Chamber) -> None:
    """That change is over, whoever had it writes nothing more; every other goes on."""
    account, other = (chamber.seat("HUAMÁN, Luis", f"4000000{n}", f"puesto-{n}") for n in (1, 2))
    number = put(chamber, Step.VOID, account_id=account)
    put(chamber, Step.CLOSE, account_id=account)
    put(chamber, Step.VOID, account_id=other)
    with chamber.store.begin() as tx:
        taken = changes.take(tx, number, NOON)
        assert taken is not None
    with chamber.store.begin() as tx:
        changes.drop_void(tx, account)
        assert not changes.move(tx, taken, step=Step.VOID, due_at=NOON)
    rows = [(c.step, c.fence, c.leased_until) for c in chamber.all(Change)]
    assert rows == [(Step.DONE, 2, None), (Step.CLOSE, 0, None), (Step.VOID, 0, None)]


def test_what_waits_is_what_goes_on_and_what_an_operator_may_try_again(chamber: Chamber) -> None:
    """Undone, of a case that is still approved, and not begun anew since."""
    approved, withdrawn, ended = (chamber.ask(record(dni=f"4333333{n}")) for n in range(3))
    with chamber.store.begin() as tx:
        for case in (approved, ended):
            tx.get_one(Case, case).status = CaseStatus.APPROVED
        tx.get_one(Case, withdrawn).status = CaseStatus.WITHDRAWN
    put(chamber, Step.UNDONE, case_id=approved)
    put(chamber, Step.UNDONE, case_id=withdrawn)
    put(chamber, Step.DONE, case_id=ended)
    again = put(chamber, Step.UNDONE, case_id=approved)
    put(chamber, Step.UNDONE, case_id=withdrawn)
    under_way = put(chamber, Step.VOID)
    with chamber.store.read() as tx:
        assert [c.id for c in changes.waiting(tx)] == [again, under_way]


def test_a_hold_stops_what_goes_on_and_nothing_that_has_ended(chamber: Chamber) -> None:
    """Each waits to be told, says why and since when; whoever had it writes nothing more."""
    put(chamber, leased_until=NOON)
    put(chamber, Step.DONE, error="x")
    with chamber.store.begin() as tx:
        changes.hold(tx, "restaurada", NOON + MOMENT)
    held, ended = chamber.all(Change)
    assert (held.due_at, held.error, held.told_at) == (None, "restaurada", NOON + MOMENT)
    assert (held.leased_until, held.fence) == (None, 1)
    assert (ended.due_at, ended.error, ended.told_at, ended.fence) == (NOON, "x", None, 0)


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
