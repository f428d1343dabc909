"""The mails set aside are found by when they came.

Revision ID: 0004_set_aside
Revises: 0003_named
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_set_aside"
down_revision = "0003_named"


def upgrade() -> None:
    """One index more, of those mails alone."""
    only = sa.text("status = 'set_aside'")
    op.create_index(
        "mails_set_aside", "mails", ["received_at"], sqlite_where=only, postgresql_where=only
    )
