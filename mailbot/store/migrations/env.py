"""What alembic runs: the steps, on the connection of who asked for them (see ``store.schema``)."""

from alembic import context

from mailbot.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
