"""Cases and the questions about them. Every change of state is conditional: who is late, loses."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, select, update

from mailbot.store import Tx, journal
from mailbot.store.journal import Told
from mailbot.store.tables import OPEN, Case, CaseStatus, Letter, Prompt, Question, QuestionStatus


def of_dossier(tx: Tx, dossier_id: int) -> list[Case]:
    """The cases a request mail made."""
    return list(tx.scalars(select(Case).where(Case.dossier_id == dossier_id).order_by(Case.id)))


def pending(tx: Tx) -> list[Case]:
    """The cases that wait for somebody, the longest waiting first."""
    return list(tx.scalars(select(Case).where(Case.status.in_(OPEN)).order_by(Case.created_at)))


def asked_from(tx: Tx, addresses: Sequence[str]) -> list[Case]:
    """The cases asked for from some addresses, oldest first."""
    rows = select(Case).where(Case.asker.in_(addresses))
    return list(tx.scalars(rows.order_by(Case.id)))


def get(tx: Tx, case_id: int) -> Case | None:
    """A case by its number."""
    return tx.get(Case, case_id)


def story(tx: Tx, case_id: int) -> tuple[list[Told], list[Letter]]:
    """What happened to a case, and the letters about it, in order."""
    sent = select(Letter).where(Letter.case_id == case_id).order_by(Letter.id)
    return journal.of_case(tx, case_id), list(tx.scalars(sent))


def waiting_on(tx: Tx, seats: Sequence[str]) -> list[Case]:
    """Pending cases about some seats."""
    rows = select(Case).where(Case.status == CaseStatus.PENDING, Case.seat.in_(seats))
    return list(tx.scalars(rows.order_by(Case.id)))


def pending_sections(tx: Tx, sections: Sequence[str]) -> list[Case]:
    """Pending cases of some procedures."""
    rows = select(Case).where(Case.status == CaseStatus.PENDING, Case.section.in_(sections))
    return list(tx.scalars(rows.order_by(Case.id)))


def move(tx: Tx, case: Case, to: CaseStatus, now: datetime, *, reason: str | None = None) -> bool:
    """Change a case's status if nobody changed the case since it was read."""
    changed = tx.execute(
        update(Case)
        .where(Case.id == case.id, Case.status == case.status, Case.revision == case.revision)
        .values(status=to, updated_at=now, reason=reason)
    )
    tx.refresh(case)
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def overdue(tx: Tx, now: datetime) -> list[Case]:
    """Observed cases whose time to be completed has passed."""
    rows = select(Case).where(Case.status == CaseStatus.OBSERVED, Case.due_at <= now)
    return list(tx.scalars(rows))


# ------------------------------------------------------------------ questions


def question(tx: Tx, token_hash: str) -> Question | None:
    """The question a token belongs to."""
    return tx.scalar(select(Question).where(Question.token_hash == token_hash))


def question_written(tx: Tx, message_ids: Sequence[str]) -> Question | None:
    """The question one of some letters of ours asked."""
    rows = (
        select(Question)
        .join(Letter, Letter.question_id == Question.id)
        .where(Letter.message_id.in_(message_ids))
        .order_by(Question.id.desc())
    )
    return tx.scalar(rows.limit(1))


def open_questions(tx: Tx, case_id: int) -> list[Question]:
    """The questions about a case that can still be answered."""
    rows = select(Question).where(
        Question.case_id == case_id, Question.status == QuestionStatus.OPEN
    )
    return list(tx.scalars(rows))


def rounds(tx: Tx, case_id: int, revision: int) -> int:
    """How often a revision has been asked."""
    rows = select(Question.round).where(Question.case_id == case_id, Question.revision == revision)
    return max(tx.scalars(rows), default=0)


def supersede(tx: Tx, case_id: int, status: QuestionStatus = QuestionStatus.SUPERSEDED) -> None:
    """Close every open question about a case."""
    tx.execute(
        update(Question)
        .where(Question.case_id == case_id, Question.status == QuestionStatus.OPEN)
        .values(status=status)
    )


def claim(  # noqa: PLR0913  each is a condition or what is noted
    tx: Tx, question_id: int, digest: str, reply_id: int, now: datetime, *, approves: bool = False
) -> bool:
    """Use a question up: it must be open, unexpired and about exactly this content."""
    used = tx.execute(
        update(Question)
        .where(
            Question.id == question_id,
            Question.status == QuestionStatus.OPEN,
            Question.expires_at > now,
            Question.digest == digest,
        )
        .values(status=QuestionStatus.USED, reply_id=reply_id, approves=approves)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def lock(tx: Tx, case: Case) -> None:
    """Make others who decide on a case wait for the end of this transaction."""
    tx.refresh(case, with_for_update=True)


def approvals(tx: Tx, case_id: int, revision: int) -> set[str]:
    """Who has said yes to a revision."""
    rows = select(Question.approver).where(
        Question.case_id == case_id, Question.revision == revision, Question.approves
    )
    return set(tx.scalars(rows))


def wrong_codes(tx: Tx, approver: str, since: datetime, enrolled: datetime) -> int:
    """How many wrong codes an approver sent to what was open after some time.

    Those to what was asked before the approver was enrolled (again) do not count.
    """
    return sum(_tries(tx, kind, approver, since, enrolled) for kind in (Question, Prompt))


def _tries(
    tx: Tx, kind: type[Question | Prompt], approver: str, since: datetime, enrolled: datetime
) -> int:
    rows = select(func.sum(kind.tries)).where(
        kind.approver == approver, kind.expires_at > since, kind.created_at >= enrolled
    )
    return tx.scalar(rows) or 0


def expired(tx: Tx, now: datetime) -> list[Question]:
    """Open questions whose time has passed."""
    rows = select(Question).where(
        Question.status == QuestionStatus.OPEN, Question.expires_at <= now
    )
    return list(tx.scalars(rows))


def to_remind(tx: Tx, before: datetime) -> list[Question]:
    """Open questions asked before a time and not yet reminded of."""
    rows = select(Question).where(
        Question.status == QuestionStatus.OPEN,
        Question.created_at <= before,
        Question.reminded_at.is_(None),
    )
    return list(tx.scalars(rows))


def to_escalate(tx: Tx) -> list[tuple[Question, datetime]]:
    """Open questions of which nobody else was told, and when their approver was first asked.

    What was escalated in an earlier round of the same revision is not there again.
    """
    whose = (Question.case_id, Question.revision, Question.approver)
    since, told = func.min(Question.created_at), func.max(Question.escalated_at)
    asked = select(Question.case_id).where(Question.status == QuestionStatus.OPEN)
    rounds_ = select(*whose, since.label("since"), told.label("told"))
    all_ = rounds_.where(Question.case_id.in_(asked)).group_by(*whose).subquery()
    same = and_(*(column == all_.c[column.key] for column in whose))
    rows = select(Question, all_.c.since).join(all_, same)
    waiting = rows.where(Question.status == QuestionStatus.OPEN, all_.c.told.is_(None))
    return [(question, first) for question, first in tx.execute(waiting.order_by(Question.id))]
