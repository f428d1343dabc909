"""Mails as they came, who sent them, and whom the bot asked about that."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.seal import SealedBytes, SealedText, Veiled
from mailbot.store.tables.table import NEVER_AGAIN, Table, some


class MailStatus(StrEnum):
    """new → done | set_aside. Only `new` has work to do."""

    NEW = "new"
    DONE = "done"  # answered, waiting in a case, or rightly ignored
    SET_ASIDE = "set_aside"  # a person has to look; `reason` says why


class Mail(Table):
    """A mail as it came, raw and whole."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("folder", "uidvalidity", "uid"),
        some("mails_to_process", "status", where="status = 'new'"),
        some("mails_set_aside", "received_at", where="status = 'set_aside'"),
        some("mails_to_move", "folder", "uidvalidity", where="moved_at IS NULL"),
        Index("mails_of_sender", "sender", "received_at"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    raw: Mapped[bytes | None] = mapped_column(SealedBytes("mails.raw"), deferred=True)
    size: Mapped[int]
    folder: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)  # both go to 2**32 - 1 (RFC 3501)
    uid: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    status: Mapped[MailStatus] = mapped_column(String(16), default=MailStatus.NEW)
    kind: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(SealedText("mails.reason"))
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(index=True)
    sender: Mapped[str | None] = mapped_column(Veiled("address"))
    authenticated: Mapped[bool | None] = mapped_column(Boolean)
    vouched_by: Mapped[str | None] = mapped_column(SealedText("mails.vouched_by"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)
    moved_at: Mapped[datetime | None]


class Verdict(Table):
    """Who sent a mail, as it was found out once: keys and configuration change, mails do not."""

    __tablename__ = "verdicts"

    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(Veiled("address"))
    authenticated: Mapped[bool] = mapped_column(Boolean)
    whole: Mapped[bool] = mapped_column(Boolean)
    with_token: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(SealedText("verdicts.reason"))


class ChallengeStatus(StrEnum):
    """open → confirmed | denied | expired."""

    OPEN = "open"
    CONFIRMED = "confirmed"  # the office says the mail is its own: it is taken as vouched for
    DENIED = "denied"  # the office says it is not
    EXPIRED = "expired"  # nobody answered


class Challenge(Table):
    """An office is asked whether an unproven mail is its own. The token is kept as a hash only."""

    __tablename__ = "challenges"
    __table_args__ = (Index("challenges_open", "status", "expires_at"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"), unique=True)
    office: Mapped[str] = mapped_column(String(16), index=True)
    address: Mapped[str] = mapped_column(Veiled("address"), index=True)
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[ChallengeStatus] = mapped_column(String(16), default=ChallengeStatus.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"))
