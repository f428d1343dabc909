"""The register of accounts: one active account for each seat, held by an index."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from mailbot import model
from mailbot.store import Tx
from mailbot.store.tables import Account, AccountStatus


def holder(tx: Tx, seat: str) -> model.Account | None:
    """The active holder of a seat."""
    row = tx.scalar(
        select(Account).where(Account.seat == seat, Account.status == AccountStatus.ACTIVE)
    )
    return shown(row) if row else None


def of_person(tx: Tx, dni: str, post: model.Post) -> tuple[model.Account, ...]:
    """A person's active accounts for a post; any nivel when the post names none."""
    rows = select(Account).where(
        Account.dni == dni,
        Account.role == post.role,
        Account.office == post.office,
        Account.status == AccountStatus.ACTIVE,
    )
    if post.nivel is not None:
        rows = rows.where(Account.nivel == post.nivel)
    return tuple(shown(row) for row in tx.scalars(rows))


def holders(tx: Tx, post: model.Post) -> tuple[model.Account, ...]:
    """The active holders of a post: those who decide, where a post decides."""
    rows = select(Account).where(
        Account.role == post.role,
        Account.office == post.office,
        Account.status == AccountStatus.ACTIVE,
    )
    return tuple(shown(row) for row in tx.scalars(rows))


def roles_of(tx: Tx, correo: str) -> set[str]:
    """The roles of the active accounts that use an address."""
    rows = select(Account.role).where(
        Account.correo == correo, Account.status == AccountStatus.ACTIVE
    )
    return set(tx.scalars(rows))


def everybody(tx: Tx, *, closed: bool = False) -> list[Account]:
    """Every active account, or every account."""
    rows = select(Account).order_by(Account.office, Account.role, Account.opened_at)
    return list(tx.scalars(rows if closed else rows.where(Account.status == AccountStatus.ACTIVE)))


def open_account(
    tx: Tx,
    step: model.Open,
    case_id: int | None,
    now: datetime,
    *,
    status: AccountStatus = AccountStatus.ACTIVE,
) -> int:
    """Open an account without a password: it gets one when its credentials leave.

    `case_id` is None for an account that was there before the bot; `status` is prepared for one
    that a directory elsewhere has still to open.
    """
    row = Account(
        username=step.dni,
        names=step.names,
        dni=step.dni,
        correo=step.correo,
        role=step.post.role,
        office=step.post.office,
        nivel=step.post.nivel,
        seat=step.seat,
        status=status,
        opened_at=now,
        opened_by=case_id,
    )
    tx.add(row)
    tx.flush()
    return row.id


def rename(tx: Tx, account_id: int, username: str, names: str | None = None) -> None:
    """Write down the user name, and perhaps the names, that the directory gave."""
    told = {"username": username, **({"names": names} if names else {})}
    tx.execute(update(Account).where(Account.id == account_id).values(told))


def activate(tx: Tx, account_id: int, now: datetime) -> bool:
    """Make a prepared account the active one of its seat; False when it is not prepared."""
    changed = tx.execute(
        update(Account)
        .where(Account.id == account_id, Account.status == AccountStatus.PREPARED)
        .values(status=AccountStatus.ACTIVE, opened_at=now)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def discard(tx: Tx, account_id: int, case_id: int, now: datetime) -> None:
    """Close an account that was prepared and never opened."""
    tx.execute(
        update(Account)
        .where(Account.id == account_id, Account.status == AccountStatus.PREPARED)
        .values(status=AccountStatus.CLOSED, closed_at=now, closed_by=case_id)
    )


def reopen(tx: Tx, account_id: int, case_id: int) -> None:
    """Undo the closing of an account by a case whose change could not be carried out."""
    tx.execute(
        update(Account)
        .where(
            Account.id == account_id,
            Account.status == AccountStatus.CLOSED,
            Account.closed_by == case_id,
        )
        .values(status=AccountStatus.ACTIVE, closed_at=None, closed_by=None)
    )


def close_account(tx: Tx, account_id: int, case_id: int | None, now: datetime) -> bool:
    """Close an active account and forget its password; False when it was closed already."""
    closed = tx.execute(
        update(Account)
        .where(Account.id == account_id, Account.status == AccountStatus.ACTIVE)
        .values(
            status=AccountStatus.CLOSED,
            closed_at=now,
            closed_by=case_id,
            password_hash=None,
            password_expires_at=None,
        )
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined]


def set_password(tx: Tx, account_id: int, hashed: str, expires_at: datetime) -> bool:
    """Give an active account a temporary password, as its hash; the last one dies with it."""
    changed = tx.execute(
        update(Account)
        .where(Account.id == account_id, Account.status == AccountStatus.ACTIVE)
        .values(password_hash=hashed, password_expires_at=expires_at, must_change=True)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


ELSEWHERE = "elsewhere"
"""Stands in place of a hash: the password, not changed as far as we know, is in a directory."""


def password_over(tx: Tx, account_id: int, *, used: bool) -> None:
    """The temporary password of an account elsewhere is gone: it was changed, or it lapsed."""
    gone = {"password_hash": None, "must_change": not used}
    tx.execute(update(Account).where(Account.id == account_id).values(gone))


def void_password(tx: Tx, account_id: int) -> bool:
    """Take an active account's password away; False when it has none."""
    changed = tx.execute(
        update(Account)
        .where(Account.id == account_id, Account.password_hash.is_not(None))
        .values(password_hash=None, password_expires_at=None)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def set_end(tx: Tx, account_id: int, end: date) -> None:
    """Keep the last day of an account's encargatura."""
    tx.get_one(Account, account_id).ends_on = end


def ending(tx: Tx, today: date, days: int) -> list[Account]:
    """The active accounts whose encargatura ends within some days from today."""
    rows = select(Account).where(
        Account.status == AccountStatus.ACTIVE,
        Account.ends_on >= today,
        Account.ends_on <= today + timedelta(days=days),
    )
    return list(tx.scalars(rows.order_by(Account.id)))


def opened_by(tx: Tx, case_id: int) -> int | None:
    """The active account a case opened."""
    rows = select(Account.id).where(
        Account.opened_by == case_id, Account.status == AccountStatus.ACTIVE
    )
    return tx.scalar(rows)


def by_id(tx: Tx, account_ids: Sequence[int]) -> list[Account]:
    """Accounts by their ids, in order."""
    return list(tx.scalars(select(Account).where(Account.id.in_(account_ids)).order_by(Account.id)))


def get(tx: Tx, account_id: int) -> model.Account:
    """An account by its id."""
    return shown(tx.get_one(Account, account_id))


def shown(row: Account) -> model.Account:
    """A row as the value that travels."""
    return model.Account(
        id=row.id,
        username=row.username,
        names=row.names,
        dni=row.dni,
        correo=row.correo,
        post=model.Post(row.role, row.office, row.nivel),
        opened=row.opened_at.date().isoformat(),
    )
