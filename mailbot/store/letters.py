"""The outbox: letters decided together with their cause, each under one Message-ID."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from mailbot.store import Tx
from mailbot.store.tables import Letter, LetterStatus


def add(tx: Tx, letter: Letter) -> bool:
    """Put a letter into the outbox; False when the same one is there already."""
    if tx.scalar(select(Letter.id).where(Letter.message_id == letter.message_id)):
        return False
    tx.add(letter)
    tx.flush()
    return True


def due(tx: Tx, now: datetime, limit: int = 100) -> list[int]:
    """The ids of letters to send now; those a crash left in the middle among them."""
    stuck = now - timedelta(minutes=10)
    rows = (
        select(Letter.id)
        .where(
            (Letter.status == LetterStatus.QUEUED) & (Letter.due_at <= now)
            | (Letter.status == LetterStatus.SENDING) & (Letter.due_at <= stuck)
        )
        .order_by(Letter.id)
        .limit(limit)
    )
    return list(tx.scalars(rows))


def begin(tx: Tx, letter_id: int, now: datetime) -> Letter | None:
    """Take a letter for sending; None when another sender has it."""
    stuck = now - timedelta(minutes=10)
    taken = tx.execute(
        update(Letter)
        .where(
            Letter.id == letter_id,
            (Letter.status == LetterStatus.QUEUED)
            | (Letter.status == LetterStatus.SENDING) & (Letter.due_at <= stuck),
        )
        .values(status=LetterStatus.SENDING, attempts=Letter.attempts + 1, due_at=now)
    )
    return tx.get(Letter, letter_id) if taken.rowcount else None  # type: ignore[attr-defined]


def sent(tx: Tx, letter_id: int, now: datetime) -> None:
    """Note that the server took a letter."""
    tx.execute(
        update(Letter)
        .where(Letter.id == letter_id)
        .values(status=LetterStatus.SENT, sent_at=now, error=None)
    )


def postpone(tx: Tx, letter_id: int, until: datetime, error: str) -> None:
    """Put a letter back into the queue for later."""
    tx.execute(
        update(Letter)
        .where(Letter.id == letter_id)
        .values(status=LetterStatus.QUEUED, due_at=until, error=error)
    )


def fail(tx: Tx, letter_id: int, error: str) -> None:
    """Give a letter up: a person has to look."""
    tx.execute(
        update(Letter).where(Letter.id == letter_id).values(status=LetterStatus.FAILED, error=error)
    )


def bounced(tx: Tx, message_ids: Sequence[str]) -> list[Letter]:
    """Note that letters came back; those that did."""
    found = list(tx.scalars(select(Letter).where(Letter.message_id.in_(message_ids))))
    for letter in found:
        letter.status = LetterStatus.BOUNCED
    return found


def is_ours(tx: Tx, message_id: str) -> bool:
    """Whether a Message-ID is one of a letter of ours."""
    return bool(tx.scalar(select(Letter.id).where(Letter.message_id == message_id)))


def written(tx: Tx, since: datetime, kinds: Sequence[str], recipient: str | None = None) -> int:
    """How many letters of some kinds were written since a time, to one address or to all."""
    rows = select(func.count(Letter.id)).where(Letter.created_at > since, Letter.kind.in_(kinds))
    if recipient is not None:
        rows = rows.where(Letter.recipient == recipient)
    return tx.scalar(rows) or 0


def about_account(tx: Tx, account_id: int, kinds: Sequence[str]) -> list[Letter]:
    """The letters of some kinds about an account."""
    rows = select(Letter).where(Letter.account_id == account_id, Letter.kind.in_(kinds))
    return list(tx.scalars(rows.order_by(Letter.id)))


def troubled(tx: Tx) -> list[Letter]:
    """Letters that did not reach anybody."""
    rows = select(Letter).where(Letter.status.in_((LetterStatus.FAILED, LetterStatus.BOUNCED)))
    return list(tx.scalars(rows.order_by(Letter.id)))
