"""Digests and orders by mail, deputies, and the end of an encargatura.

Revision ID: 0009_prompts
Revises: 0008_leases
"""

import sqlalchemy as sa
from alembic import op

from mailbot.store.seal import SealedJson, Veiled
from mailbot.store.times import Utc

revision = "0009_prompts"
down_revision = "0008_leases"

_NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Two tables more; nothing of before was shown in a digest, escalated or ends."""
    _prompts()
    _deputations()
    op.add_column("questions", sa.Column("escalated_at", Utc(), nullable=True))
    op.add_column("accounts", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("accounts", sa.Column("end_warned", sa.Integer(), nullable=True))


def _prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("approver", Veiled("address"), nullable=False),
        sa.Column("content", SealedJson("prompts.content"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("reply_id", sa.Integer(), sa.ForeignKey("mails.id"), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        **_NEVER_AGAIN,
    )
    op.create_index("ix_prompts_approver", "prompts", ["approver"])
    op.create_index("ix_prompts_expires_at", "prompts", ["expires_at"])


def _deputations() -> None:
    op.create_table(
        "deputations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("approver", Veiled("address"), nullable=False),
        sa.Column("deputy", Veiled("address"), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        **_NEVER_AGAIN,
    )
    for column in ("approver", "deputy", "until"):
        op.create_index(f"ix_deputations_{column}", "deputations", [column])
