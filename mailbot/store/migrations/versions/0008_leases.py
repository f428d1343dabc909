"""Who works on what, for how long: workers on several machines.

Revision ID: 0008_leases
Revises: 0007_changes
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_leases"
down_revision = "0007_changes"


def upgrade() -> None:
    """Nobody works yet."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
