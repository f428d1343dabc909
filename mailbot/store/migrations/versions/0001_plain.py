"""The first schema, as it was released. None is made anew: an empty database begins at the third.

Revision ID: 0001_plain
"""

revision = "0001_plain"
down_revision = None


def upgrade() -> None:
    """Nothing: where it is found it is there already."""
