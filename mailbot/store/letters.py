"""The outbox: letters decided together with their cause, each under one Message-ID."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from mailbot.store import Tx, calls
from mailbot.store.tables import Letter, LetterStatus


def add(tx: Tx, letter: Letter) -> bool:
    """Put a letter into the outbox; False when the same one is there already."""
    if tx.scalar(select(Letter.id).where(Letter.message_id == letter.message_id)):
        return False
    tx.add(letter)
    tx.flush()
    calls.call(tx, "letter", letter.id)
    return True


_LEASE = timedelta(minutes=10)
"""How long a letter may be on its way before its sender is taken for dead."""

_WAITING = (LetterStatus.QUEUED, LetterStatus.UNCERTAIN)


def due(tx: Tx, now: datetime, limit: int = 100) -> list[int]:
    """The ids of letters to send now, oldest first."""
    rows = select(Letter.id).where(Letter.status.in_(_WAITING), Letter.due_at <= now)
    return list(tx.scalars(rows.order_by(Letter.id).limit(limit)))


def to_send(tx: Tx, now: datetime) -> tuple[int, ...]:
    """The ids of letters that are due, and of those under way, whose sender may be dead."""
    under_way = Letter.status == LetterStatus.SENDING
    waiting = Letter.status.in_(_WAITING) & (Letter.due_at <= now)
    return tuple(tx.scalars(select(Letter.id).where(under_way | waiting).order_by(Letter.id)))


def is_due(tx: Tx, letter_id: int, now: datetime) -> bool:
    """Whether a letter waits to be sent now."""
    rows = select(Letter.id).where(
        Letter.id == letter_id, Letter.status.in_(_WAITING), Letter.due_at <= now
    )
    return tx.scalar(rows) is not None


def under_way(tx: Tx, letter_id: int) -> Letter | None:
    """A letter that somebody began to send and did not end; None when it is not so."""
    rows = select(Letter).where(Letter.id == letter_id, Letter.status == LetterStatus.SENDING)
    return tx.scalar(rows)


def interrupted(tx: Tx, now: datetime) -> list[Letter]:
    """Letters whose sender died while it sent them."""
    rows = select(Letter).where(
        Letter.status == LetterStatus.SENDING, Letter.due_at <= now - _LEASE
    )
    return list(tx.scalars(rows.order_by(Letter.id)))


def begin(tx: Tx, letter_id: int, now: datetime) -> Letter | None:
    """Take a letter for sending; None when another sender has it.

    The attempt it is at says later whose it is: who was thought dead can change nothing any more.
    """
    taken = tx.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.status.in_(_WAITING), Letter.due_at <= now)
        .values(status=LetterStatus.SENDING, attempts=Letter.attempts + 1, due_at=now)
    )
    return tx.get(Letter, letter_id) if taken.rowcount else None  # type: ignore[attr-defined]


def sent(tx: Tx, letter: Letter, now: datetime, queue_id: str) -> bool:
    """Note that the server took a letter, and under which name; False when it is not ours."""
    return _move(
        tx, letter, status=LetterStatus.SENT, sent_at=now, error=None, queue_id=queue_id or None
    )


def put_back(  # noqa: PLR0913  as what, until when, why, and whether it counts
    tx: Tx,
    letter: Letter,
    status: LetterStatus,
    until: datetime,
    error: str,
    *,
    counted: bool = True,
) -> bool:
    """Put a letter back for later, queued or in doubt; False when it is not ours."""
    attempts = letter.attempts - (0 if counted else 1)
    return _move(tx, letter, status=status, due_at=until, error=error, attempts=attempts)


def fail(tx: Tx, letter: Letter, error: str) -> bool:
    """Give a letter up: a person has to look; False when it is not ours."""
    return _move(tx, letter, status=LetterStatus.FAILED, error=error)


def _move(tx: Tx, letter: Letter, **values: object) -> bool:
    """Change a letter that is on its way, if whoever took it has it still."""
    moved = tx.execute(
        update(Letter)
        .where(
            Letter.id == letter.id,
            Letter.status == LetterStatus.SENDING,
            Letter.attempts == letter.attempts,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def unsettled(tx: Tx) -> list[Letter]:
    """Letters that were tried and have neither left nor failed: they will be tried again."""
    rows = select(Letter).where(Letter.status.in_(_WAITING), Letter.error.is_not(None))
    return list(tx.scalars(rows.order_by(Letter.id)))


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
