"""Items → orders: a letter to the person who works on them, reminders, and orders anew."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from mailbot import pause, secrecy, tell, workdays
from mailbot.actions.directory import is_by_hand
from mailbot.desk import Desk, Visit
from mailbot.orders.directory import Verb
from mailbot.respond import About, Thread, key
from mailbot.store import cases, orders
from mailbot.store.tables import Account, Change, ItemStatus, OrderItem, OrderStatus, WorkOrder

MOST_ITEMS = 20
"""In one order; what belongs to one change stays together all the same."""
NO_THREAD = Thread()
_MORNING = 9
_HELD_HOURS = 72
"""So long a typed password may wait for its letter; then it is forgotten, and handed over."""


def write_due(desk: Desk) -> int:
    """Write what is wanted and stands in no order yet; how many orders that made."""
    with desk.store.read() as tx:
        if not orders.unasked(tx, locked=False):
            return 0
    with desk.store.begin() as tx:
        visit = desk.at(tx)
        if pause.since(visit):
            return 0
        made = [_write(visit, *batch) for batch in _batches(visit, orders.unasked(tx))]
    return len(made)


def _batches(visit: Visit, items: Sequence[OrderItem]) -> Iterator[tuple[str, list[OrderItem]]]:
    """Who is asked for what, each change whole."""
    waiting: dict[str, list[OrderItem]] = {}
    rows = orders.accounts_of(visit.tx, items)
    for _, group in groupby(items, lambda item: item.change_id):
        together = list(group)
        worker = visit.rules.settings.directory.workorder.worker(rows[together[0].account_id].role)
        batch = waiting.setdefault(worker, [])
        if batch and len(batch) + len(together) > MOST_ITEMS:
            yield worker, batch
            batch = waiting[worker] = []
        batch += together
    yield from waiting.items()


def _write(visit: Visit, worker: str, items: Sequence[OrderItem]) -> WorkOrder:
    order = _order(visit, worker)
    for number, item in enumerate(items, 1):
        item.order_id, item.number = order.id, number
    visit.tx.flush()
    visit.note("work_written", "bot", detail=f"{order.id}: {len(items)} to {worker}")
    put(visit, order, "worker-order", str(order.id))
    return order


def _order(visit: Visit, worker: str) -> WorkOrder:
    settings = visit.rules.settings
    nonce, token_hash = secrecy.issued(key(settings))
    days = settings.directory.workorder.remind_working_days
    made = WorkOrder(
        worker=worker,
        nonce=nonce,
        token_hash=token_hash,
        created_at=visit.now,
        remind_at=_morning(visit, days),
        expires_at=_morning(visit, days * (settings.directory.workorder.reminders + 1)),
    )
    visit.tx.add(made)
    visit.tx.flush()
    return made


def _morning(visit: Visit, days: int) -> datetime:
    """Nine in the morning of the n-th working day from now, in Lima."""
    end = workdays.after(visit.now, days, visit.rules.settings.policy.holidays)
    return end.replace(hour=_MORNING, minute=0)


# ------------------------------------------------------------------ a letter about an order


def put(
    visit: Visit,
    order: WorkOrder,
    kind: str,
    ident: str,
    thread: Thread = NO_THREAD,
    **more: Any,  # noqa: ANN401  JSON
) -> None:
    """A letter to who works on an order, what is left of it at its end."""
    items = orders.of_order(visit.tx, order.id)
    left = [item for item in items if item.status == ItemStatus.WANTED]
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "order": order.id,
        "items": shown(visit, left),
        "opens": any(item.verb == Verb.OPEN for item in left),
        "typing": visit.rules.settings.directory.workorder.credentials == "reply",
        "written": order.created_at.isoformat(),
        **more,
    }
    visit.outbox.put(kind, order.worker, ident, context, About(order=order.id, thread=thread))


def shown(visit: Visit, items: Sequence[OrderItem]) -> list[dict[str, Any]]:
    """Some items as they are told: what, whose account, and what has to come first."""
    rows = orders.accounts_of(visit.tx, items)
    changes = orders.changes_of(visit.tx, items)
    before = _closings(items)
    return [
        {
            **_account(visit, rows[item.account_id]),
            "number": item.number,
            "verb": str(item.verb),
            "case": changes[item.change_id].case_id,
            "after": before.get(item.change_id, []) if item.verb == Verb.OPEN else [],
        }
        for item in items
    ]


def _closings(items: Sequence[OrderItem]) -> Mapping[int, list[int]]:
    """The numbers of what has to be closed first, by change."""
    found: dict[int, list[int]] = {}
    for item in items:
        if item.verb == Verb.CLOSE and item.number:
            found.setdefault(item.change_id, []).append(item.number)
    return found


def _account(visit: Visit, row: Account) -> dict[str, Any]:
    role = visit.rules.guide.roles.get(row.role)
    return {
        "names": row.names,
        "dni": row.dni,
        "username": row.username,
        "correo": row.correo,
        "role_name": role.name if role else row.role,
        "office": row.office,
        "office_name": visit.rules.offices.name(row.office),
        "nivel": row.nivel,
    }


# ------------------------------------------------------------------ what time brings


def remind(visit: Visit) -> None:
    """Orders that wait: a reminder each so many working days; at last one anew, and a word of it.

    And what somebody typed and could not be sent on is forgotten.
    """
    for order in orders.open_orders(visit.tx):
        if order.expires_at <= visit.now:
            _expire(visit, order)
        elif order.remind_at <= visit.now and not pause.since(visit):
            order.reminders += 1
            order.remind_at = _morning(
                visit, visit.rules.settings.directory.workorder.remind_working_days
            )
            put(visit, order, "worker-reminder", f"{order.id}.{order.reminders}")
    if not is_by_hand(visit.rules.settings):
        return
    for mail_id in orders.held_since(visit.tx, visit.now - timedelta(hours=_HELD_HOURS)):
        orders.forget_mail(visit.tx, mail_id)


def _expire(visit: Visit, order: WorkOrder) -> None:
    left = [i for i in orders.of_order(visit.tx, order.id) if i.status == ItemStatus.WANTED]
    if orders.end(visit.tx, order, OrderStatus.EXPIRED):
        visit.note("work_expired", order.worker, detail=str(order.id))
        alert(visit, order, left, "order-late")


def alert(
    visit: Visit, order: WorkOrder, left: Sequence[OrderItem], what: str, who: str = ""
) -> None:
    """Tell an administrator what is amiss with an order."""
    change = visit.tx.get(Change, left[0].change_id) if left else None
    case = cases.get(visit.tx, change.case_id) if change and change.case_id else None
    if case is not None:
        tell.alert(visit, case, what, f"order{order.id}", who=who or order.worker)
