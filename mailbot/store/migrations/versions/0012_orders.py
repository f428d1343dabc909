"""Work orders: what a person is asked to do in SIAGIE, and what was answered.

Revision ID: 0012_orders
Revises: 0011_indexes
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_orders"
down_revision = "0011_indexes"


def upgrade() -> None:
    """Two tables more; a letter can be about an order."""
    _orders()
    _items()
    op.add_column("letters", sa.Column("order_id", sa.Integer(), nullable=True))


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("remind_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("token_hash", name="uq_orders_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_expires_at", "orders", ["expires_at"])


def _items() -> None:
    op.create_table(
        "order_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_order_items_{column}_{table}"
            )
            for column, table in (
                ("change_id", "changes"),
                ("account_id", "accounts"),
                ("order_id", "orders"),
                ("report_id", "mails"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_order_items"),
        sqlite_autoincrement=True,
    )
    for column in ("change_id", "account_id", "order_id"):
        op.create_index(f"ix_order_items_{column}", "order_items", [column])
    wanted = sa.text("status = 'wanted'")
    op.create_index(
        "one_wanted_item",
        "order_items",
        ["change_id", "account_id"],
        unique=True,
        sqlite_where=wanted,
        postgresql_where=wanted,
    )
