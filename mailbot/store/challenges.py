"""Offices asked whether an unproven mail is their own."""

from datetime import datetime

from sqlalchemy import func, or_, select, update

from mailbot.store import Tx
from mailbot.store.tables import Challenge, ChallengeStatus


def of_mail(tx: Tx, mail_id: int) -> Challenge | None:
    """The challenge about a mail."""
    return tx.scalar(select(Challenge).where(Challenge.mail_id == mail_id))


def confirmed_by(tx: Tx, mail_id: int) -> str | None:
    """The registered address that said that a mail is its office's own; None when none did."""
    found = of_mail(tx, mail_id)
    return found.address if found and found.status == ChallengeStatus.CONFIRMED else None


def by_token(tx: Tx, token_hash: str) -> Challenge | None:
    """The challenge a token was made for."""
    return tx.scalar(select(Challenge).where(Challenge.token_hash == token_hash))


def since(tx: Tx, start: datetime, office: str = "", address: str = "") -> int:
    """How often an office, or an address that speaks for several, was asked; all, if none named."""
    rows = select(func.count(Challenge.id)).where(Challenge.created_at >= start)
    if office:
        rows = rows.where(or_(Challenge.office == office, Challenge.address == address))
    return tx.scalar(rows) or 0


def settle(
    tx: Tx, challenge_id: int, status: ChallengeStatus, now: datetime, reply_id: int | None
) -> bool:
    """Use an open challenge up; False when it is used, or its time is over: the first wins."""
    in_time = Challenge.expires_at > now if reply_id else Challenge.expires_at <= now
    settled = tx.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.status == ChallengeStatus.OPEN, in_time)
        .values(status=status, reply_id=reply_id)
    )
    return bool(settled.rowcount)  # type: ignore[attr-defined]


def overdue(tx: Tx, now: datetime) -> list[Challenge]:
    """Challenges nobody answered in time."""
    rows = select(Challenge).where(
        Challenge.status == ChallengeStatus.OPEN, Challenge.expires_at <= now
    )
    return list(tx.scalars(rows.order_by(Challenge.id)))
