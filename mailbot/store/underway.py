"""What was under way when a copy was made: what may have happened since, without it knowing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text, update

from mailbot.store import Tx, changes
from mailbot.store.engine import SQLITE
from mailbot.store.tables import (
    OPEN,
    Case,
    CaseStatus,
    Challenge,
    ChallengeStatus,
    ItemStatus,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
    OrderItem,
    OrderStatus,
    Question,
    QuestionStatus,
    Table,
    WorkOrder,
)

_GONE = (
    *(LetterStatus.SENT, LetterStatus.FAILED, LetterStatus.BOUNCED),
    LetterStatus.WITHHELD,
)
_APART = 10_000
"""How far the numbers jump: those given since the copy must not be given to others."""

_AGAIN = timedelta(days=7)
"""So long who works on an order is left in peace: the answer may lie among the mails handled."""

UNKNOWN = "la base se restauró de una copia: no se sabe si salió después de hecha"
HELD = "la base se restauró de una copia: no se sabe qué se hizo después en el directorio"
LATE = "la base se restauró de una copia: pudo atenderse después de hecha"


@dataclass(frozen=True, slots=True)
class Underway:
    """The letters not yet sent, the mails not yet read, the cases not yet ended."""

    letters: Sequence[Letter]
    mails: Sequence[Mail]
    cases: Sequence[Case]


def found(tx: Tx) -> Underway:
    """What the copy believes to be under way."""
    return Underway(
        list(tx.scalars(select(Letter).where(Letter.status.not_in(_GONE)).order_by(Letter.id))),
        list(tx.scalars(select(Mail).where(Mail.status == MailStatus.NEW).order_by(Mail.id))),
        list(tx.scalars(select(Case).where(Case.status.in_(OPEN)).order_by(Case.id))),
    )


def settle(tx: Tx, now: datetime) -> None:
    """Have nothing of it go on by itself: whatever time alone would do again waits for a person.

    Questions stay open, for whoever holds their token; they are not repeated.
    """
    unsent = Letter.status.not_in(_GONE)
    tx.execute(update(Letter).where(unsent).values(status=LetterStatus.FAILED, error=UNKNOWN))
    tx.execute(
        update(Mail)
        .where(Mail.status == MailStatus.NEW)
        .values(status=MailStatus.SET_ASIDE, kind="restored", reason=LATE)
    )
    tx.execute(
        update(Question).where(Question.status == QuestionStatus.OPEN).values(reminded_at=now)
    )
    tx.execute(
        update(Challenge)
        .where(Challenge.status == ChallengeStatus.OPEN, Challenge.expires_at <= now)
        .values(status=ChallengeStatus.EXPIRED)
    )
    changes.hold(tx, HELD, now)
    _settle_orders(tx, now)
    late = (Case.status == CaseStatus.OBSERVED) & (Case.due_at <= now)
    tx.execute(update(Case).where(late).values(due_at=None))
    _set_apart(tx)


def _settle_orders(tx: Tx, now: datetime) -> None:
    """An order is not repeated at once; what stands in none is asked for with its change.

    Nothing is lost by it: all that is wanted for a change stands in one order or in none, the
    change itself is held, and its step, told to go on, wants what was dropped once more. So does
    the way back: the holder to reopen is known by the closing that was done, which stays.
    """
    wanted = (OrderItem.status == ItemStatus.WANTED) & OrderItem.order_id.is_(None)
    tx.execute(update(OrderItem).where(wanted).values(status=ItemStatus.DROPPED))
    late = (WorkOrder.status == OrderStatus.OPEN) & (WorkOrder.remind_at <= now)
    times = {"remind_at": now + _AGAIN, "expires_at": now + 2 * _AGAIN}
    tx.execute(update(WorkOrder).where(late).values(times))


def _set_apart(tx: Tx) -> None:
    """Give no number twice: letters are named by them, and people quote them."""
    tables = Table.metadata.sorted_tables
    sqlite = tx.get_bind().dialect.name == SQLITE
    write = text(_JUMP_SQLITE if sqlite else _JUMP_POSTGRESQL)
    for table in (t for t in tables if t.dialect_options["sqlite"]["autoincrement"]):
        tx.execute(write, {"name": table.name, "apart": _APART})


_JUMP_SQLITE = "UPDATE sqlite_sequence SET seq = seq + :apart WHERE name = :name"
_JUMP_POSTGRESQL = """
    SELECT setval(own, nextval(own) + :apart)
    FROM (SELECT CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS own) AS sequence"""
