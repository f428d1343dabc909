"""Who decides in whose place, and until when."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from mailbot.store import Tx
from mailbot.store.tables import Deputation, Question, QuestionStatus


def in_force(tx: Tx, approvers: Collection[str], now: datetime) -> Sequence[Deputation]:
    """The deputations of some approvers that hold at a moment, in the order they began."""
    rows = select(Deputation).where(
        Deputation.approver.in_(list(approvers)),
        Deputation.ended_at.is_(None),
        Deputation.until > now,
    )
    return list(tx.scalars(rows.order_by(Deputation.id)))


def over(tx: Tx, now: datetime) -> Sequence[Deputation]:
    """Those whose time has passed and that nobody ended."""
    rows = select(Deputation).where(Deputation.ended_at.is_(None), Deputation.until <= now)
    return list(tx.scalars(rows.order_by(Deputation.id)))


def open_questions(tx: Tx, approver: str) -> Sequence[Question]:
    """Everything that is asked of an approver."""
    rows = select(Question).where(
        Question.approver == approver, Question.status == QuestionStatus.OPEN
    )
    return list(tx.scalars(rows.order_by(Question.id)))
