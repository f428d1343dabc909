"""What happened, and who is who in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.seal import SealedText
from mailbot.store.tables.table import Table


class Event(Table):
    """What happened, in order: who did what to which case, from which mail.

    Each row carries the hash of the one before and its own (see ``journal``): no row can be
    changed, and none is ever purged. So it holds no personal data: actors and addresses stand
    here as pseudonyms, which the aliases tell.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)
    mail_sha256: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None]
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


class Alias(Table):
    """Who a pseudonym of the journal is, as long as that may be known."""

    __tablename__ = "aliases"

    pseudonym: Mapped[str] = mapped_column(String(40), primary_key=True)
    shown: Mapped[str] = mapped_column(SealedText("aliases.shown"))
    last_at: Mapped[datetime] = mapped_column(index=True)
