"""What a directory elsewhere has still to do.

Revision ID: 0007_changes
Revises: 0005_queue_id
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_changes"
down_revision = "0005_queue_id"


def upgrade() -> None:
    """One table more; an account can be prepared, and in the hands of a change."""
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("closes", sa.JSON(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_changes_case_id_cases"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_changes_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_due", "changes", ["step", "due_at"])
    op.create_index("ix_changes_case_id", "changes", ["case_id"])
    op.create_index("ix_changes_account_id", "changes", ["account_id"])
    op.add_column("accounts", sa.Column("change_id", sa.Integer(), nullable=True))
    only = sa.text("status = 'prepared'")
    op.create_index(
        "one_coming_per_seat",
        "accounts",
        ["seat"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
