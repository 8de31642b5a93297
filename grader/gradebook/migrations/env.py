"""Alembic runs this: on the connection that it is given, in the transaction that is open there."""

from alembic import context

from grader.gradebook.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
