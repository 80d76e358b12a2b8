"""Alembic's door: one transaction for all steps, on the connection it is given."""

from alembic import context

from tracker.store import history, schema, tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.MetaRow.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
    if context.get_context().get_current_heads() == (schema.newest(),):
        history.install(connection)
