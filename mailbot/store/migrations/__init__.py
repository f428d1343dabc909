"""The history of the schema: one file a step in ``versions``, for SQLite and PostgreSQL alike."""
