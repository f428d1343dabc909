"""Digests and orders shown to approvers, each found by its token."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from mailbot.store import Tx
from mailbot.store.tables import Case, CaseStatus, Prompt, Question, QuestionStatus


def by_token(tx: Tx, token_hash: str) -> Prompt | None:
    """The prompt a token was made for."""
    return tx.scalar(select(Prompt).where(Prompt.token_hash == token_hash))


def claim(tx: Tx, prompt_id: int, reply_id: int, now: datetime) -> bool:
    """Use an order up: it must be open and unexpired; the first answer wins."""
    used = tx.execute(
        update(Prompt)
        .where(
            Prompt.id == prompt_id, Prompt.status == QuestionStatus.OPEN, Prompt.expires_at > now
        )
        .values(status=QuestionStatus.USED, reply_id=reply_id)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def asked(tx: Tx, approver: str, now: datetime) -> Sequence[tuple[Question, Case]]:
    """The questions an approver can answer now, with their cases: the longest waiting first."""
    rows = (
        select(Question, Case)
        .join(Case, Case.id == Question.case_id)
        .where(
            Question.approver == approver,
            Question.status == QuestionStatus.OPEN,
            Question.expires_at > now,
            Question.revision == Case.revision,
            Case.status == CaseStatus.PENDING,
        )
        .order_by(Case.created_at, Case.id)
    )
    return [(question, case) for question, case in tx.execute(rows)]


def with_questions(tx: Tx, before: datetime) -> Sequence[str]:
    """Who has open questions that were asked before a time."""
    rows = select(Question.approver).where(
        Question.status == QuestionStatus.OPEN, Question.created_at < before
    )
    return sorted(set(tx.scalars(rows)))


def was_asked(tx: Tx, approver: str, case_id: int) -> bool:
    """Whether a case was ever asked of an approver."""
    rows = select(Question.id).where(Question.approver == approver, Question.case_id == case_id)
    return tx.scalar(rows.limit(1)) is not None


def is_asked(tx: Tx, approver: str) -> bool:
    """Whether anything is asked of an approver now."""
    rows = select(Question.id).where(
        Question.approver == approver, Question.status == QuestionStatus.OPEN
    )
    return tx.scalar(rows.limit(1)) is not None
