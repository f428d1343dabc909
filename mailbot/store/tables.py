"""What the bot remembers, as tables. Times are UTC; secrets stand here only as hashes.

Letters hold what they are about, never a token or a password: those come into being when the
letter leaves. Everything that speaks of a person is encrypted: sealed, or veiled where it has to be
found by equality (see ``seal``).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mailbot.store.seal import SealedBytes, SealedJson, SealedText, Veiled
from mailbot.store.times import Utc

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_NEVER_AGAIN = {"sqlite_autoincrement": True}
"""A number once given is given to no other row: people quote it, and letters are named by it."""


class Table(DeclarativeBase):
    """The base of all tables. What changes here needs a step in ``migrations/versions``."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Utc, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class MailStatus(StrEnum):
    """new → done | set_aside. Only `new` has work to do."""

    NEW = "new"
    DONE = "done"  # answered, waiting in a case, or rightly ignored
    SET_ASIDE = "set_aside"  # a person has to look; `reason` says why


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


class AccountStatus(StrEnum):
    """prepared → active → closed. Only one prepared and one active account may hold a seat."""

    PREPARED = "prepared"  # approved, and not open yet in the directory
    ACTIVE = "active"
    CLOSED = "closed"


class Mail(Table):
    """A mail as it came, raw and whole."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("folder", "uidvalidity", "uid"),
        Index(
            "mails_to_process",
            "status",
            sqlite_where=text("status = 'new'"),
            postgresql_where=text("status = 'new'"),
        ),
        Index(
            "mails_set_aside",
            "received_at",
            sqlite_where=text("status = 'set_aside'"),
            postgresql_where=text("status = 'set_aside'"),
        ),
        Index(
            "mails_to_move",
            "folder",
            "uidvalidity",
            sqlite_where=text("moved_at IS NULL"),
            postgresql_where=text("moved_at IS NULL"),
        ),
        Index("mails_of_sender", "sender", "received_at"),
        _NEVER_AGAIN,
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
    __table_args__ = (Index("challenges_open", "status", "expires_at"), _NEVER_AGAIN)

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


class Case(Table):
    """One person × one action. `record` is what a decider is shown, `digest` its fingerprint."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_open", "status", "due_at"),
        Index("cases_seat", "seat"),
        _NEVER_AGAIN,
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
    __table_args__ = (Index("questions_open", "status", "expires_at"), _NEVER_AGAIN)

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
    __table_args__ = (_NEVER_AGAIN,)

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
    __table_args__ = (_NEVER_AGAIN,)

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


class Account(Table):
    """An account of the register. `seat` is what only one active account may hold."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "one_holder_per_seat",
            "seat",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("accounts_unused", "status", "must_change", "password_expires_at"),
        Index(
            "one_coming_per_seat",
            "seat",
            unique=True,
            sqlite_where=text("status = 'prepared'"),
            postgresql_where=text("status = 'prepared'"),
        ),
        _NEVER_AGAIN,
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
    __table_args__ = (Index("changes_due", "step", "due_at"), _NEVER_AGAIN)

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
    __table_args__ = (_NEVER_AGAIN,)

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
        Index(
            "one_wanted_item",
            "change_id",
            "account_id",
            unique=True,
            sqlite_where=text("status = 'wanted'"),
            postgresql_where=text("status = 'wanted'"),
        ),
        _NEVER_AGAIN,
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


class Letter(Table):
    """A letter in the outbox. `context` is what its template is filled with, secrets left out."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("letters_due", "status", "due_at"),
        Index("letters_to", "recipient", "created_at"),
        _NEVER_AGAIN,
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


class Paper(Table):
    """A paper some case was asked with: a document's sha256, or an oficio's office/number/year."""

    __tablename__ = "papers"

    mark: Mapped[str] = mapped_column(String(80), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    dossier_id: Mapped[int]


class School(Table):
    """A school service of the register, by código modular and anexo."""

    __tablename__ = "schools"

    codigo_modular: Mapped[str] = mapped_column(String(7), primary_key=True)
    anexo: Mapped[str] = mapped_column(String(1), primary_key=True)
    name: Mapped[str]
    nivel: Mapped[str] = mapped_column(String(40))
    ugel: Mapped[str] = mapped_column(String(6), index=True)


class SchoolAddress(Table):
    """An address that speaks for a school; one may speak for several."""

    __tablename__ = "school_addresses"

    email: Mapped[str] = mapped_column(primary_key=True)
    codigo_modular: Mapped[str] = mapped_column(String(7), primary_key=True, index=True)


class Mark(Table):
    """A small fact to remember: the day of the last digest, the schema's version."""

    __tablename__ = "marks"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Lease(Table):
    """Who works on what (``mail:12``, ``letter:7``), reads a mailbox, or is a worker at all.

    Times are the database's own. Whoever holds the token may commit; `epoch` counts the holders.
    """

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    holder: Mapped[str] = mapped_column(String(120))  # host and process
    since: Mapped[datetime]
    until: Mapped[datetime]
    epoch: Mapped[int] = mapped_column(BigInteger)
