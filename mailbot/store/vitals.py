"""What stands and what waits, as numbers: quick to count whatever the mails weigh.

Rows of mails are large: what is counted here is found through indexes, never by reading them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, text

from mailbot.actions.saga import Step
from mailbot.store import Tx, changes
from mailbot.store.tables import (
    OPEN,
    Account,
    AccountStatus,
    Case,
    Change,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
    Question,
    QuestionStatus,
)

_LEAVING = ("queued", "sending", "uncertain")
"""The states of letters that still have to leave."""
_DOUBTFUL = (LetterStatus.UNCERTAIN, LetterStatus.FAILED, LetterStatus.BOUNCED)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and since when the oldest does."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database holds, in numbers."""

    waiting: Queue  # mails to be processed
    aside: Queue
    unmoved: Queue  # done, but still in the inbox
    cases: Mapping[str, Queue]  # open ones, by status
    questions: Queue  # open ones
    unsent: Queue  # letters
    letters: Mapping[str, int]  # those that may not have arrived, by status
    failed: int  # letters given up or returned in the last day
    last_sent: datetime | None
    unused: int  # active accounts whose temporary password ran out unused
    database_bytes: int | None
    changes: Queue = Queue()  # a directory elsewhere has still to do
    stuck: int = 0  # of those, the ones an administrator was told of


def counts(tx: Tx, now: datetime) -> Counts:
    """Count everything, at one moment."""
    return Counts(
        waiting=_queue(tx, select(Mail.received_at).where(Mail.status == MailStatus.NEW)),
        aside=_queue(tx, select(Mail.received_at).where(Mail.status == MailStatus.SET_ASIDE)),
        unmoved=_queue(tx, _unmoved()),
        cases=_open_cases(tx),
        questions=_queue(
            tx, select(Question.created_at).where(Question.status == QuestionStatus.OPEN)
        ),
        unsent=_queue(tx, select(Letter.created_at).where(Letter.status.in_(_LEAVING))),
        letters=_doubtful(tx),
        failed=_failed(tx, now - timedelta(days=1)),
        last_sent=tx.scalar(
            select(Letter.sent_at)
            .where(Letter.sent_at.is_not(None))
            .order_by(Letter.id.desc())
            .limit(1)
        ),
        unused=_unused(tx, now),
        database_bytes=_size(tx),
        changes=_queue(tx, select(Change.created_at).where(changes.standing())),
        stuck=_stuck(tx),
    )


def letters_by_kind(tx: Tx) -> list[tuple[str, str, int]]:
    """How many letters of each kind are in each status."""
    rows = select(Letter.kind, Letter.status, func.count(Letter.id))
    found = tx.execute(rows.group_by(Letter.kind, Letter.status))
    return [(kind, str(status), count) for kind, status, count in found]


def cases_by_status(tx: Tx) -> dict[str, int]:
    """How many cases there are of each status, whatever became of them."""
    rows = tx.execute(select(Case.status, func.count(Case.id)).group_by(Case.status))
    return {str(status): count for status, count in rows}


def handled(tx: Tx, mail_id: int) -> tuple[MailStatus, str]:
    """A mail's status and kind: what came of an attempt."""
    rows = select(Mail.status, Mail.kind).where(Mail.id == mail_id)
    status, kind = tx.execute(rows).one()
    return MailStatus(status), kind or ""


def stayed(tx: Tx, folder: str, uidvalidity: int, uids: Sequence[int]) -> int:
    """How many of the mails that lie in a folder were noted as moved out of it."""
    found = 0
    for first in range(0, len(uids), 500):
        rows = select(func.count(Mail.id)).where(
            Mail.folder == folder,
            Mail.uidvalidity == uidvalidity,
            Mail.uid.in_(uids[first : first + 500]),
            Mail.moved_at.is_not(None),
        )
        found += tx.scalar(rows) or 0
    return found


# ------------------------------------------------------------------ counting


def _queue(tx: Tx, times: Select[datetime]) -> Queue:
    moments = times.subquery()
    column = moments.c[0]
    count, oldest = tx.execute(select(func.count(column), func.min(column))).one()
    return Queue(count, oldest)


def _unmoved() -> Select[datetime]:
    return select(Mail.received_at).where(Mail.moved_at.is_(None), Mail.status != MailStatus.NEW)


def _open_cases(tx: Tx) -> dict[str, Queue]:
    rows = select(Case.status, func.count(Case.id), func.min(Case.created_at))
    found = tx.execute(rows.where(Case.status.in_(OPEN)).group_by(Case.status))
    return {str(status): Queue(count, oldest) for status, count, oldest in found}


def _doubtful(tx: Tx) -> dict[str, int]:
    rows = select(Letter.status, func.count(Letter.id)).where(Letter.status.in_(_DOUBTFUL))
    return {str(status): count for status, count in tx.execute(rows.group_by(Letter.status))}


def _failed(tx: Tx, since: datetime) -> int:
    """A letter's last attempt is when it was due: those given up since a time."""
    lost = Letter.status.in_((LetterStatus.FAILED, LetterStatus.BOUNCED))
    return tx.scalar(select(func.count(Letter.id)).where(lost, Letter.due_at > since)) or 0


def _unused(tx: Tx, now: datetime) -> int:
    rows = select(func.count(Account.id)).where(
        Account.status == AccountStatus.ACTIVE,
        Account.must_change,
        Account.password_expires_at < now,
    )
    return tx.scalar(rows) or 0


def _stuck(tx: Tx) -> int:
    told = or_(Change.told_at.is_not(None), Change.step == Step.UNDONE)
    rows = select(func.count(Change.id)).where(changes.standing(), told)
    return tx.scalar(rows) or 0


def _size(tx: Tx) -> int | None:
    """The bytes of the database itself, as it says; None where it cannot be asked."""
    dialect = tx.get_bind().dialect.name
    sql = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }.get(dialect)
    return tx.scalar(text(sql)) if sql else None
