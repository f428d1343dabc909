"""What a directory elsewhere has still to do: each change taken by one worker at a time.

A worker takes a change with a conditional update and a lease, works outside any transaction, and
writes what came of it only if its fence still stands: who was thought dead can change nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from mailbot.actions.saga import ENDS, Step
from mailbot.store import Tx
from mailbot.store.accounts import ELSEWHERE
from mailbot.store.tables import Account, AccountStatus, Case, CaseStatus, Change

LEASE = timedelta(minutes=5)
"""Longer than all a worker may wait for a directory in one step: some dozen answers."""


def begin(
    tx: Tx, case_id: int, account_id: int | None, closes: Sequence[int], now: datetime
) -> Change:
    """Write down what a case's approval asks of the directory; its accounts are in hand from now.

    `busy` has to be asked first, in the same transaction.
    """
    row = Change(
        case_id=case_id,
        account_id=account_id,
        closes=list(closes),
        step=Step.PREPARE,
        created_at=now,
        due_at=now,
    )
    tx.add(row)
    tx.flush()
    hands = [*closes, *([account_id] if account_id else [])]
    tx.execute(update(Account).where(Account.id.in_(hands)).values(change_id=row.id))
    return row


def void(tx: Tx, account_id: int, case_id: int | None, now: datetime) -> None:
    """Write down that an account's temporary password has to go."""
    tx.add(
        Change(case_id=case_id, account_id=account_id, step=Step.VOID, created_at=now, due_at=now)
    )
    tx.flush()


def outlived(tx: Tx, now: datetime) -> list[Account]:
    """Active accounts whose temporary password, kept elsewhere, has had its time and still is."""
    going = exists().where(Change.account_id == Account.id, Change.step == Step.VOID)
    rows = select(Account).where(
        Account.status == AccountStatus.ACTIVE,
        Account.password_hash == ELSEWHERE,
        Account.password_expires_at <= now,
        ~going,
    )
    return list(tx.scalars(rows.order_by(Account.id)))


def drop_void(tx: Tx, account_id: int) -> None:
    """Another password takes the place of the one that had to go."""
    rows = update(Change).where(Change.account_id == account_id, Change.step == Step.VOID)
    tx.execute(rows.values(step=Step.DONE, fence=Change.fence + 1, leased_until=None))


def busy(tx: Tx, seat: str, closes: Sequence[int]) -> bool:
    """Whether another change has the seat, or one of some accounts, in hand."""
    coming = (Account.seat == seat) & (Account.status == AccountStatus.PREPARED)
    held = Account.id.in_(closes) & Account.change_id.is_not(None)
    return tx.scalar(select(Account.id).where(or_(coming, held)).limit(1)) is not None


def due(tx: Tx, now: datetime, limit: int = 100) -> list[int]:
    """The ids of the changes to advance now, oldest first."""
    rows = select(Change.id).where(*_free(now))
    return list(tx.scalars(rows.order_by(Change.id).limit(limit)))


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    leased = or_(Change.leased_until.is_(None), Change.leased_until <= now)
    return Change.step.not_in(ENDS), Change.due_at <= now, leased


def take(tx: Tx, change_id: int, now: datetime) -> Change | None:
    """Take a change that is due; None when another worker has it, or it has ended."""
    taken = tx.execute(
        update(Change)
        .where(Change.id == change_id, *_free(now))
        .values(fence=Change.fence + 1, leased_until=now + LEASE)
    )
    return tx.get(Change, change_id) if taken.rowcount else None  # type: ignore[attr-defined]


def move(tx: Tx, change: Change, **values: object) -> bool:
    """Write what came of a step and let the change go; False when it is not ours any more."""
    moved = tx.execute(
        update(Change)
        .where(Change.id == change.id, Change.fence == change.fence, Change.step == change.step)
        .values(leased_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def let_go(tx: Tx, change: Change) -> None:
    """A change has ended: its accounts are free for another."""
    tx.execute(update(Account).where(Account.change_id == change.id).values(change_id=None))


def of_case(tx: Tx, case_id: int) -> list[Change]:
    """The changes a case has asked for, oldest first."""
    return list(tx.scalars(select(Change).where(Change.case_id == case_id).order_by(Change.id)))


def standing() -> ColumnElement[bool]:
    """What picks the changes under way, and those undone that wait for an operator's word."""
    later = aliased(Change)
    overtaken = exists().where(later.case_id == Change.case_id, later.id > Change.id)
    approved = select(Case.id).where(Case.status == CaseStatus.APPROVED)
    waits = and_(Change.step == Step.UNDONE, Change.case_id.in_(approved), ~overtaken)
    return or_(Change.step.not_in(ENDS), waits)


def waiting(tx: Tx) -> list[Change]:
    """The changes under way and those that wait to be tried again, oldest first."""
    return list(tx.scalars(select(Change).where(standing()).order_by(Change.id)))


def hold(tx: Tx, why: str, now: datetime) -> None:
    """Have no change go on by itself: each waits to be told (see ``insist``)."""
    rows = update(Change).where(Change.step.not_in(ENDS))
    tx.execute(
        rows.values(due_at=None, error=why, told_at=now, leased_until=None, fence=Change.fence + 1)
    )
