"""What was under way when a copy was made: what may have happened since, without it knowing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from mailbot.store import Tx, changes
from mailbot.store.engine import SQLITE
from mailbot.store.tables import (
    OPEN,
    Case,
    CaseStatus,
    Challenge,
    ChallengeStatus,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
    Question,
    QuestionStatus,
    Table,
)

_GONE = (LetterStatus.SENT, LetterStatus.FAILED, LetterStatus.BOUNCED)
_APART = 10_000
"""How far the numbers jump: those given since the copy must not be given to others."""

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
    late = (Case.status == CaseStatus.OBSERVED) & (Case.due_at <= now)
    tx.execute(update(Case).where(late).values(due_at=None))
    _set_apart(tx)


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
