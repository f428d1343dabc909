"""Cases, the questions about them, what approvers are shown and order besides, and who decides."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.seal import SealedJson, SealedText, Veiled
from mailbot.store.tables.table import NEVER_AGAIN, Table


class CaseStatus(StrEnum):
    """observed → pending → approved → done, or an end before that.

    A case begins observed (something is missing: it waits for the asker) or pending (it waits for
    the person who decides). A pending case may be observed again. rejected, expired (the asker did
    not complete it) and withdrawn are ends; approved lasts until the directory has done its part.
    """

    OBSERVED = "observed"
    PENDING = "pending"
    APPROVED = "approved"
    DONE = "done"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


UNDECIDED = (CaseStatus.OBSERVED, CaseStatus.PENDING)
"""What a further mail may still complete: an approved case is what was approved."""

OPEN = (*UNDECIDED, CaseStatus.APPROVED)


class QuestionStatus(StrEnum):
    """open → used | superseded | expired | revoked | locked."""

    OPEN = "open"
    USED = "used"
    SUPERSEDED = "superseded"  # a newer revision or another approver's answer took its place
    EXPIRED = "expired"
    REVOKED = "revoked"  # somebody else answered with its token
    LOCKED = "locked"  # too many wrong codes


class Case(Table):
    """One person × one action. `record` is what a decider is shown, `digest` its fingerprint."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_open", "status", "due_at"),
        Index("cases_seat", "seat"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("mails.id"), index=True)
    status: Mapped[CaseStatus] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=1)
    section: Mapped[str | None] = mapped_column(String(8))
    dni: Mapped[str | None] = mapped_column(Veiled("dni"), index=True)
    names: Mapped[str | None] = mapped_column(SealedText("cases.names"))
    seat: Mapped[str | None] = mapped_column(Veiled("seat"))
    asker: Mapped[str] = mapped_column(Veiled("address"), index=True)
    record: Mapped[dict[str, Any]] = mapped_column(SealedJson("cases.record"))
    digest: Mapped[str] = mapped_column(String(64))
    corrections: Mapped[dict[str, Any]] = mapped_column(
        SealedJson("cases.corrections"), default=dict
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(SealedText("cases.reason"))
    decided_by: Mapped[str | None] = mapped_column(Veiled("address"))
    decided_at: Mapped[datetime | None]


class Question(Table):
    """A question to one approver about one revision. The token is kept as a keyed hash only."""

    __tablename__ = "questions"
    __table_args__ = (Index("questions_open", "status", "expires_at"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    revision: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    approver: Mapped[str] = mapped_column(Veiled("address"))
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[QuestionStatus] = mapped_column(String(16), default=QuestionStatus.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    approves: Mapped[bool] = mapped_column(default=False)


class PromptKind(StrEnum):
    """What an approver is shown and may answer besides a question."""

    DIGEST = "digest"  # what waits for them, numbered: answered as often as they like
    DELEGATE = "delegate"
    PAUSE = "pause"
    RESUME = "resume"
    RESEND = "resend"


class Prompt(Table):
    """A digest, or an order that waits for its CONFIRMO: shown to one approver, under one token.

    `content` is what an answer is held against, by ids and numbers; `digest` the fingerprint of
    what was shown. The token is kept as a keyed hash only.
    """

    __tablename__ = "prompts"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PromptKind] = mapped_column(String(16))
    approver: Mapped[str] = mapped_column(Veiled("address"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("prompts.content"))
    digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[QuestionStatus] = mapped_column(String(16), default=QuestionStatus.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"))
    tries: Mapped[int] = mapped_column(default=0)


class Deputation(Table):
    """Somebody who decides in an approver's place for a time.

    `cause`: they were named (delegated), the approver is away (absent) or silent (unanswered).
    """

    __tablename__ = "deputations"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    approver: Mapped[str] = mapped_column(Veiled("address"), index=True)
    deputy: Mapped[str] = mapped_column(Veiled("address"), index=True)
    cause: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Authenticator(Table):
    """An approver's second factor: its secret, and the last time step that was used."""

    __tablename__ = "authenticators"

    address: Mapped[str] = mapped_column(Veiled("address"), primary_key=True)
    secret: Mapped[str] = mapped_column(SealedText("authenticators.secret"))
    last_step: Mapped[int]
    enrolled_at: Mapped[datetime]


class Paper(Table):
    """A paper some case was asked with: a document's sha256, or an oficio's office/number/year."""

    __tablename__ = "papers"

    mark: Mapped[str] = mapped_column(String(80), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    dossier_id: Mapped[int]
