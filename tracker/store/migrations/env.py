"""Alembic's door: one transaction for all steps, on the connection it is given."""

from alembic import context

from tracker.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.MetaRow.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
