"""The schema of the third version as it was released: where the first steps lead. Never change it.

Who writes a step today does not look here but at ``tables``.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from mailbot.store.seal import SealedBytes, SealedJson, SealedText, Veiled

TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _where(condition: str) -> dict[str, Any]:
    """A condition of an index, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


Table(
    "aliases",
    TABLES,
    Column("pseudonym", String(40), primary_key=True),
    Column("shown", SealedText("aliases.shown"), nullable=False),
    Column("last_at", DateTime, nullable=False, index=True),
)
Table(
    "authenticators",
    TABLES,
    Column("address", Veiled("address"), primary_key=True),
    Column("secret", SealedText("authenticators.secret"), nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("enrolled_at", DateTime, nullable=False),
)
Table(
    "mails",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("raw", SealedBytes("mails.raw")),
    Column("size", Integer, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("status", String(16), nullable=False),
    Column("kind", String(16)),
    Column("reason", SealedText("mails.reason")),
    Column("attempts", Integer, nullable=False),
    Column("message_id", String, index=True),
    Column("sender", Veiled("address")),
    Column("authenticated", Boolean),
    Column("vouched_by", SealedText("mails.vouched_by")),
    Column("dossier_id", Integer, ForeignKey("mails.id"), index=True),
    Column("moved_at", DateTime),
    UniqueConstraint("folder", "uidvalidity", "uid"),
    Index("mails_to_move", "folder", "uidvalidity", **_where("moved_at IS NULL")),
    Index("mails_to_process", "status", **_where("status = 'new'")),
    sqlite_autoincrement=True,
)
Table(
    "marks",
    TABLES,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
Table(
    "school_addresses",
    TABLES,
    Column("email", String, primary_key=True),
    Column("codigo_modular", String(7), primary_key=True, index=True),
)
Table(
    "schools",
    TABLES,
    Column("codigo_modular", String(7), primary_key=True),
    Column("anexo", String(1), primary_key=True),
    Column("name", String, nullable=False),
    Column("nivel", String(40), nullable=False),
    Column("ugel", String(6), nullable=False, index=True),
)
Table(
    "cases",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("dossier_id", Integer, ForeignKey("mails.id"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("section", String(8)),
    Column("dni", Veiled("dni"), index=True),
    Column("names", SealedText("cases.names")),
    Column("seat", Veiled("seat")),
    Column("asker", Veiled("address"), nullable=False),
    Column("record", SealedJson("cases.record"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("corrections", SealedJson("cases.corrections"), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    Column("due_at", DateTime),
    Column("reminded_at", DateTime),
    Column("reason", SealedText("cases.reason")),
    Column("decided_by", Veiled("address")),
    Column("decided_at", DateTime),
    Index("cases_open", "status", "due_at"),
    Index("cases_seat", "seat"),
    sqlite_autoincrement=True,
)
Table(
    "challenges",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("mail_id", Integer, ForeignKey("mails.id"), nullable=False, unique=True),
    Column("office", String(16), nullable=False, index=True),
    Column("address", Veiled("address"), nullable=False, index=True),
    Column("nonce", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False, index=True),
    Column("reply_id", Integer, ForeignKey("mails.id")),
    sqlite_autoincrement=True,
)
Table(
    "verdicts",
    TABLES,
    Column("mail_id", Integer, ForeignKey("mails.id"), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("address", Veiled("address"), nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("with_token", Boolean, nullable=False),
    Column("reason", SealedText("verdicts.reason"), nullable=False),
)
Table(
    "accounts",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("username", Veiled("dni"), nullable=False, index=True),
    Column("names", SealedText("accounts.names"), nullable=False),
    Column("dni", Veiled("dni"), nullable=False, index=True),
    Column("correo", Veiled("address")),
    Column("role", String(40), nullable=False),
    Column("office", String(16), nullable=False, index=True),
    Column("nivel", String(20)),
    Column("seat", Veiled("seat"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Column("opened_by", Integer, ForeignKey("cases.id")),
    Column("closed_by", Integer, ForeignKey("cases.id")),
    Column("password_hash", String),
    Column("password_expires_at", DateTime),
    Column("must_change", Boolean, nullable=False),
    Index("one_holder_per_seat", "seat", unique=True, **_where("status = 'active'")),
    sqlite_autoincrement=True,
)
Table(
    "events",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("name", String(40), nullable=False),
    Column("actor", String(40), nullable=False),
    Column("case_id", Integer, ForeignKey("cases.id"), index=True),
    Column("mail_id", Integer, ForeignKey("mails.id"), index=True),
    Column("mail_sha256", String(64)),
    Column("detail", String),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)
Table(
    "papers",
    TABLES,
    Column("mark", String(80), primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("dossier_id", Integer, nullable=False),
)
Table(
    "questions",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("approver", Veiled("address"), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False, index=True),
    Column("reminded_at", DateTime),
    Column("reply_id", Integer, ForeignKey("mails.id")),
    Column("tries", Integer, nullable=False),
    Column("approves", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Table(
    "letters",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("recipient", Veiled("address"), nullable=False, index=True),
    Column("context", SealedJson("letters.context"), nullable=False),
    Column("in_reply_to", String),
    Column("references", JSON, nullable=False),
    Column("case_id", Integer, ForeignKey("cases.id"), index=True),
    Column("mail_id", Integer, ForeignKey("mails.id"), index=True),
    Column("question_id", Integer, ForeignKey("questions.id")),
    Column("account_id", Integer, ForeignKey("accounts.id")),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("sent_at", DateTime),
    Column("error", SealedText("letters.error")),
    Index("letters_due", "status", "due_at"),
    sqlite_autoincrement=True,
)
