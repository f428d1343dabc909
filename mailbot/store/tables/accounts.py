"""The register of accounts, and what a directory elsewhere still has to do about them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.seal import SealedText, Veiled
from mailbot.store.tables.table import NEVER_AGAIN, Table, some


class AccountStatus(StrEnum):
    """prepared → active → closed. Only one prepared and one active account may hold a seat."""

    PREPARED = "prepared"  # approved, and not open yet in the directory
    ACTIVE = "active"
    CLOSED = "closed"


class Account(Table):
    """An account of the register. `seat` is what only one active account may hold."""

    __tablename__ = "accounts"
    __table_args__ = (
        some("one_holder_per_seat", "seat", unique=True, where="status = 'active'"),
        Index("accounts_unused", "status", "must_change", "password_expires_at"),
        some("one_coming_per_seat", "seat", unique=True, where="status = 'prepared'"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(Veiled("dni"), index=True)
    names: Mapped[str] = mapped_column(SealedText("accounts.names"))
    dni: Mapped[str] = mapped_column(Veiled("dni"), index=True)
    correo: Mapped[str | None] = mapped_column(Veiled("address"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    office: Mapped[str] = mapped_column(String(16), index=True)
    nivel: Mapped[str | None] = mapped_column(String(20))
    seat: Mapped[str] = mapped_column(Veiled("seat"))
    status: Mapped[AccountStatus] = mapped_column(String(16), default=AccountStatus.ACTIVE)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    password_hash: Mapped[str | None]
    password_expires_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=True)
    ends_on: Mapped[date | None]  # the last day of an encargatura
    end_warned: Mapped[int | None]  # of which of the days before it was warned last
    change_id: Mapped[int | None] = mapped_column(Integer)  # the change that has it in hand


class Change(Table):
    """What a directory elsewhere still has to do about a case: its next step (see ``saga``).

    `closes` are the accounts to close, `standing` those of them that were enabled when it began.
    `fence` grows with each taking: who took it before can change nothing any more.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("changes_due", "step", "due_at"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    closes: Mapped[list[int]] = mapped_column(JSON, default=list)
    standing: Mapped[list[int]] = mapped_column(JSON, default=list)
    step: Mapped[str] = mapped_column(String(16))
    fence: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # None: it waits to be told
    error: Mapped[str | None] = mapped_column(SealedText("changes.error"))  # of the last try
    reason: Mapped[str | None] = mapped_column(SealedText("changes.reason"))  # why it goes back
    told_at: Mapped[datetime | None]


class OrderStatus(StrEnum):
    """open → done | expired | revoked."""

    OPEN = "open"
    DONE = "done"  # every item of it was answered, or is not wanted any more
    EXPIRED = "expired"  # not answered in time: what is left of it is asked anew
    REVOKED = "revoked"  # somebody else answered with its token


class WorkOrder(Table):
    """A letter that asks one person to do some things in SIAGIE. Its token is kept as a hash."""

    __tablename__ = "orders"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[str] = mapped_column(Veiled("address"))
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[OrderStatus] = mapped_column(String(16), default=OrderStatus.OPEN)
    created_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    reminders: Mapped[int] = mapped_column(default=0)


class ItemStatus(StrEnum):
    """wanted → done | refused | dropped."""

    WANTED = "wanted"
    DONE = "done"
    REFUSED = "refused"  # the person could not; `reason` says why
    DROPPED = "dropped"  # not wanted any more


class OrderItem(Table):
    """One thing to be done in SIAGIE for a change: an account opened, closed or opened again.

    `number` is its number in its order; without an order it has not been asked for yet. A password
    the person typed stands in the mail `report_id` alone, until its letter has left.
    """

    __tablename__ = "order_items"
    __table_args__ = (
        some("one_wanted_item", "change_id", "account_id", unique=True, where="status = 'wanted'"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    verb: Mapped[str] = mapped_column(String(16))
    status: Mapped[ItemStatus] = mapped_column(String(16), default=ItemStatus.WANTED)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    number: Mapped[int | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"))
    typed: Mapped[bool] = mapped_column(default=False)  # a password came with the report
    reason: Mapped[str | None] = mapped_column(SealedText("order_items.reason"))
