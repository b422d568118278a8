"""Images that are to be on hosts before a node needs them there, with what is known of each."""

import sqlalchemy as sa
from alembic import op

import controlplane.model

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "host_images",
        sa.Column("host_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("repository", sa.String(length=300), nullable=False),
        sa.Column("tag", sa.String(length=128), nullable=False),
        sa.Column("image", sa.String(length=1000), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", controlplane.model.Utc(timezone=True), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", controlplane.model.Utc(timezone=True), nullable=True),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'pulling', 'here', 'failed')", name=op.f("ck_host_images_state")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_host_images_run_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("host_id", "digest", name=op.f("pk_host_images")),
    )
    with op.batch_alter_table("host_images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_host_images_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("host_images")
