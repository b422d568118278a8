"""Slots, and the network that a claimed one brings to its project."""

import sqlalchemy as sa
from alembic import op

import controlplane.model

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "slots",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_key", sa.String(length=300), nullable=False),
        sa.Column("service_version", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.String(length=24), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("entry_point", sa.String(length=300), nullable=False),
        sa.Column("created_at", controlplane.model.Utc(timezone=True), nullable=False),
        sa.Column("desired", sa.String(length=10), nullable=False),
        sa.Column("wished_at", controlplane.model.Utc(timezone=True), nullable=False),
        sa.Column("ready_at", controlplane.model.Utc(timezone=True), nullable=True),
        sa.Column("host", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", controlplane.model.Utc(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("rests_until", controlplane.model.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("desired in ('running', 'absent')", name=op.f("ck_slots_desired")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("route", name=op.f("uq_slots_route")),
    )
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slots_service_key"), ["service_key"], unique=False)
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("network_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_column("network_id")
    op.drop_table("slots")
