"""The outbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.seal import SealedJson, SealedText, Veiled
from mailbot.store.tables.table import NEVER_AGAIN, Table


class LetterStatus(StrEnum):
    """queued → sending → sent | failed | uncertain → sending … A sent letter may come back.

    A refusal that passes puts it back into the queue. Nobody knows whether an uncertain letter
    left: the connection was lost, or the program died, once its text had begun to flow. It is sent
    again under the same Message-ID, a password made anew.
    """

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"  # the server took it; `queue_id` is its name for it
    FAILED = "failed"  # refused for good; `error` says why, and a person has to look
    BOUNCED = "bounced"  # accepted and then returned
    WITHHELD = "withheld"  # written by a shadow: it never leaves


class Letter(Table):
    """A letter in the outbox. `context` is what its template is filled with, secrets left out."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("letters_due", "status", "due_at"),
        Index("letters_to", "recipient", "created_at"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(Veiled("address"))
    context: Mapped[dict[str, Any]] = mapped_column(SealedJson("letters.context"))
    in_reply_to: Mapped[str | None]
    references: Mapped[list[str]] = mapped_column(default=list)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(Integer)  # a work order, for its token
    status: Mapped[LetterStatus] = mapped_column(String(16), default=LetterStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(SealedText("letters.error"))
    queue_id: Mapped[str | None] = mapped_column(SealedText("letters.queue_id"))
