"""Alembic's entry: runs the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from controlplane import invitations, jobs_model, records, shares, slots_model  # noqa: F401  their tables belong to the metadata, too
from controlplane.ahead import model as ahead_model  # noqa: F401
from controlplane.model import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
