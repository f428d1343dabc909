"""The name a server keeps a letter under.

Revision ID: 0005_queue_id
Revises: 0004_set_aside
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_queue_id"
down_revision = "0004_set_aside"


def upgrade() -> None:
    """Unknown for the letters of before."""
    op.add_column("letters", sa.Column("queue_id", sa.Text(), nullable=True))
