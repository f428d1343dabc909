"""Work orders in the store: what is wanted of whom, what was answered, and which mail to forget."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from mailbot.store import Tx, calls
from mailbot.store.tables import (
    Account,
    Change,
    ItemStatus,
    Letter,
    Mail,
    MailStatus,
    OrderItem,
    OrderStatus,
    WorkOrder,
)

HELD, PURGED = "report_held", "report"
"""The kinds of a report's mail: a password in it has still to leave, and what it said is gone."""
FORGOTTEN = "(el bot borró este correo: podía llevar una contraseña)\n".encode()


# ------------------------------------------------------------------ items


def want(tx: Tx, change_id: int, account_id: int, verb: str, now: datetime) -> None:
    """Want something done, if it is not wanted already."""
    asked = select(OrderItem.id).where(
        OrderItem.change_id == change_id,
        OrderItem.account_id == account_id,
        OrderItem.status == ItemStatus.WANTED,
    )
    if tx.scalar(asked) is None:
        tx.add(OrderItem(change_id=change_id, account_id=account_id, verb=verb, created_at=now))
        tx.flush()


def last(tx: Tx, change_id: int, account_id: int) -> OrderItem | None:
    """The last that was wanted of an account for a change."""
    rows = select(OrderItem).where(
        OrderItem.change_id == change_id, OrderItem.account_id == account_id
    )
    return tx.scalar(rows.order_by(OrderItem.id.desc()).limit(1))


def refused(tx: Tx, change_id: int) -> OrderItem | None:
    """What could not be done for a change, if there is anything."""
    rows = select(OrderItem).where(
        OrderItem.change_id == change_id, OrderItem.status == ItemStatus.REFUSED
    )
    return tx.scalar(rows.order_by(OrderItem.id).limit(1))


def settle(  # noqa: PLR0913  what became of it, when, by which mail, and why
    tx: Tx,
    item: OrderItem,
    status: ItemStatus,
    now: datetime,
    report_id: int | None = None,
    *,
    reason: str | None = None,
    typed: bool = False,
) -> bool:
    """End an item; False when somebody else ended it first."""
    values = {"settled_at": now, "report_id": report_id, "reason": reason, "typed": typed}
    settled = tx.execute(
        update(OrderItem)
        .where(OrderItem.id == item.id, OrderItem.status == ItemStatus.WANTED)
        .values(status=status, **values)
    )
    return bool(settled.rowcount)  # type: ignore[attr-defined]


def forget_refusals(tx: Tx, change_id: int) -> None:
    """What could not be done for a change may be asked again."""
    refused = OrderItem.status == ItemStatus.REFUSED
    rows = update(OrderItem).where(OrderItem.change_id == change_id, refused)
    tx.execute(rows.values(status=ItemStatus.DROPPED))


def unasked(tx: Tx, *, locked: bool = True) -> list[OrderItem]:
    """What is wanted and stands in no order yet, what belongs together side by side, in order.

    `locked`: for who is about to write an order of it, and nobody besides.
    """
    rows = select(OrderItem).where(
        OrderItem.status == ItemStatus.WANTED, OrderItem.order_id.is_(None)
    )
    rows = rows.order_by(OrderItem.change_id, OrderItem.id)
    return list(tx.scalars(rows.with_for_update(skip_locked=True) if locked else rows))


def of_order(tx: Tx, order_id: int) -> list[OrderItem]:
    """An order's items, by number."""
    rows = select(OrderItem).where(OrderItem.order_id == order_id)
    return list(tx.scalars(rows.order_by(OrderItem.number)))


def typed_for(tx: Tx, account_id: int) -> OrderItem | None:
    """The item whose report brought what an account's holder is to enter with."""
    rows = select(OrderItem).where(OrderItem.account_id == account_id, OrderItem.typed)
    return tx.scalar(rows.order_by(OrderItem.id.desc()).limit(1))


def handed_over(tx: Tx, item_id: int, report_id: int) -> bool:
    """Note that what was typed for an item has left; whether all of its report has."""
    tx.execute(update(OrderItem).where(OrderItem.id == item_id).values(typed=False))
    left = select(OrderItem.id).where(OrderItem.report_id == report_id, OrderItem.typed)
    return tx.scalar(left.limit(1)) is None


def accounts_of(tx: Tx, items: Sequence[OrderItem]) -> dict[int, Account]:
    """The accounts some items are about, by id."""
    wanted = {item.account_id for item in items}
    return {row.id: row for row in tx.scalars(select(Account).where(Account.id.in_(wanted)))}


def changes_of(tx: Tx, items: Sequence[OrderItem]) -> dict[int, Change]:
    """The changes some items belong to, by id."""
    wanted = {item.change_id for item in items}
    return {row.id: row for row in tx.scalars(select(Change).where(Change.id.in_(wanted)))}


# ------------------------------------------------------------------ orders


def by_token(tx: Tx, token_hash: str) -> WorkOrder | None:
    """The order a token was made for."""
    return tx.scalar(select(WorkOrder).where(WorkOrder.token_hash == token_hash))


def written(tx: Tx, references: Sequence[str]) -> WorkOrder | None:
    """The last order that some letters of ours were about."""
    if not references:
        return None
    found = select(Letter.order_id).where(Letter.message_id.in_(references))
    rows = select(WorkOrder).where(WorkOrder.id.in_(found.where(Letter.order_id.is_not(None))))
    return tx.scalar(rows.order_by(WorkOrder.id.desc()).limit(1))


def open_orders(tx: Tx) -> list[WorkOrder]:
    """The orders that wait for an answer."""
    rows = select(WorkOrder).where(WorkOrder.status == OrderStatus.OPEN)
    return list(tx.scalars(rows.order_by(WorkOrder.id)))


def end(tx: Tx, order: WorkOrder, status: OrderStatus) -> bool:
    """End an open order, and let go what is left of it; False when it has ended already."""
    ended = tx.execute(
        update(WorkOrder)
        .where(WorkOrder.id == order.id, WorkOrder.status == OrderStatus.OPEN)
        .values(status=status)
    )
    left = OrderItem.status == ItemStatus.WANTED
    if ended.rowcount:  # type: ignore[attr-defined]
        rows = update(OrderItem).where(OrderItem.order_id == order.id, left)
        tx.execute(rows.values(order_id=None, number=None))
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def wake(tx: Tx, change_ids: Sequence[int], now: datetime) -> None:
    """Have some changes looked at now: what they wait for was answered."""
    tx.execute(update(Change).where(Change.id.in_(change_ids)).values(due_at=now))
    for change_id in change_ids:
        calls.call(tx, "change", change_id)


# ------------------------------------------------------------------ the mails of reports


def forget_mail(tx: Tx, mail_id: int) -> None:
    """Nothing of what a report's mail said stays; that it came does."""
    gone = {"raw": FORGOTTEN, "size": len(FORGOTTEN)}
    tx.execute(update(Mail).where(Mail.id == mail_id).values(gone))
    held = (Mail.id == mail_id) & (Mail.kind == HELD)
    tx.execute(update(Mail).where(held).values(kind=PURGED))


def held_since(tx: Tx, before: datetime) -> list[int]:
    """The mails whose password ought to have left before a time."""
    rows = select(Mail.id).where(Mail.kind == HELD, Mail.received_at < before)
    return list(tx.scalars(rows.where(Mail.status == MailStatus.DONE)))


def to_erase(tx: Tx, folder: str, uidvalidity: int) -> set[int]:
    """The UIDs of reports that lie in a folder still: they are erased there, not moved."""
    rows = select(Mail.uid).where(
        Mail.folder == folder,
        Mail.uidvalidity == uidvalidity,
        Mail.moved_at.is_(None),
        Mail.kind.in_((HELD, PURGED)),
    )
    return set(tx.scalars(rows))
