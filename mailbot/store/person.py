"""Everything that is kept about one person, found by DNI."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from mailbot.store import Tx, journal
from mailbot.store.journal import Told
from mailbot.store.tables import (
    Account,
    Case,
    Change,
    Event,
    Letter,
    Mail,
    OrderItem,
    Question,
    WorkOrder,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows about a person; `others`: their mails and orders are about other people, too."""

    cases: Sequence[Case]
    accounts: Sequence[Account]
    letters: Sequence[Letter]
    mails: Sequence[Mail]
    events: Sequence[Told]
    items: Sequence[OrderItem]
    orders: Sequence[WorkOrder]
    others: bool


def kept(tx: Tx, dni: str, also: Sequence[int] = ()) -> Kept:
    """What is kept about a DNI; `also` are mails that name it without having made a case."""
    mine = _cases(tx, dni)
    ids = [case.id for case in mine]
    held = list(tx.scalars(select(Account).where(Account.dni == dni).order_by(Account.id)))
    dossiers = {case.dossier_id for case in mine}
    beside = select(Case.id).where(Case.dossier_id.in_(dossiers), Case.id.not_in(ids))
    items = _items(tx, ids, [account.id for account in held])
    reports = [item.report_id for item in items if item.report_id]
    mails = _mails(tx, dossiers, ids, [*also, *reports])
    return Kept(
        cases=mine,
        accounts=held,
        letters=_letters(tx, dni, ids, [account.id for account in held]),
        mails=mails,
        events=_events(tx, dni, ids),
        items=items,
        orders=_orders(tx, items),
        others=tx.scalar(beside.limit(1)) is not None or _with_others(tx, items),
    )


def _cases(tx: Tx, dni: str) -> list[Case]:
    """The cases of a person, and those whose record names them: a displaced holder."""
    rows = tx.scalars(select(Case).order_by(Case.id).execution_options(yield_per=200))
    return [case for case in rows if case.dni == dni or _names(case.record, dni)]


def _names(value: Any, dni: str) -> bool:  # noqa: ANN401  JSON
    return dni in json.dumps(value, ensure_ascii=False)


def _letters(tx: Tx, dni: str, cases: Sequence[int], accounts: Sequence[int]) -> list[Letter]:
    rows = select(Letter).order_by(Letter.id).execution_options(yield_per=200)
    return [
        letter
        for letter in tx.scalars(rows)
        if letter.case_id in cases or letter.account_id in accounts or _names(letter.context, dni)
    ]


def _items(tx: Tx, cases: Sequence[int], accounts: Sequence[int]) -> list[OrderItem]:
    """What somebody was asked to do in SIAGIE about a person's accounts, and answered."""
    theirs = select(Change.id).where(Change.case_id.in_(cases))
    about = or_(OrderItem.account_id.in_(accounts), OrderItem.change_id.in_(theirs))
    return list(tx.scalars(select(OrderItem).where(about).order_by(OrderItem.id)))


def _orders(tx: Tx, items: Sequence[OrderItem]) -> list[WorkOrder]:
    wanted = {item.order_id for item in items}
    return list(tx.scalars(select(WorkOrder).where(WorkOrder.id.in_(wanted))))


def _with_others(tx: Tx, items: Sequence[OrderItem]) -> bool:
    """Whether the orders of some items ask for more than these: an order's letter names all."""
    wanted, own = {i.order_id for i in items if i.order_id}, {i.id for i in items}
    rows = select(OrderItem.id).where(OrderItem.order_id.in_(wanted), OrderItem.id.not_in(own))
    return tx.scalar(rows.limit(1)) is not None


def _mails(tx: Tx, dossiers: set[int], cases: Sequence[int], also: Sequence[int]) -> list[Mail]:
    """The mails of the dossiers, the replies to the questions, and those found by their words."""
    replies = select(Question.reply_id).where(Question.case_id.in_(cases))
    rows = select(Mail).where(
        or_(
            Mail.id.in_(dossiers),
            Mail.dossier_id.in_(dossiers),
            Mail.id.in_(replies),
            Mail.id.in_(also),
        )
    )
    return list(tx.scalars(rows.order_by(Mail.id).options(undefer(Mail.raw))))


def _events(tx: Tx, dni: str, cases: Sequence[int]) -> list[Told]:
    named = Event.detail.contains(journal.ring(tx).pseudonym(dni))
    return journal.told(tx, select(Event).where(or_(Event.case_id.in_(cases), named)))


def unfiled(tx: Tx) -> list[int]:
    """The mails that made no case and are still whole: somebody may be named in them."""
    made = select(Case.id).where(
        or_(Case.dossier_id == Mail.id, Case.dossier_id == Mail.dossier_id)
    )
    return list(tx.scalars(select(Mail.id).where(Mail.raw.is_not(None), ~made.exists())))
