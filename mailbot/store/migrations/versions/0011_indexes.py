"""What is asked again and again is found through indexes, however long the history.

Revision ID: 0011_indexes
Revises: 0009_prompts
"""

from alembic import op

revision = "0011_indexes"
down_revision = "0009_prompts"

_NEW = (
    ("mails_of_sender", "mails", ("sender", "received_at")),
    ("challenges_open", "challenges", ("status", "expires_at")),
    ("ix_cases_asker", "cases", ("asker",)),
    ("questions_open", "questions", ("status", "expires_at")),
    ("ix_questions_reply_id", "questions", ("reply_id",)),
    ("accounts_unused", "accounts", ("status", "must_change", "password_expires_at")),
    ("ix_accounts_correo", "accounts", ("correo",)),
    ("letters_to", "letters", ("recipient", "created_at")),
    ("ix_letters_created_at", "letters", ("created_at",)),
    ("ix_letters_account_id", "letters", ("account_id",)),
    ("ix_letters_question_id", "letters", ("question_id",)),
)


def upgrade() -> None:
    """Indexes only: no row changes."""
    for name, table, columns in _NEW:
        op.create_index(name, table, list(columns))
    op.drop_index("ix_letters_recipient", "letters")  # letters_to begins with it
