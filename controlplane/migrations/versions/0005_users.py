"""Users: invitations, quotas of their own, and accounts that are closed. Images: those that are about to leave."""

import sqlalchemy as sa
from alembic import op

import controlplane.model

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("logged_in_at", controlplane.model.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closed_at", controlplane.model.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("max_nodes", sa.Integer(), nullable=True))
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leaving_at", controlplane.model.Utc(timezone=True), nullable=True))
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("created_at", controlplane.model.Utc(timezone=True), nullable=False),
        sa.Column("expires_at", controlplane.model.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitations_secret_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_invitations_user_id")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("invitations")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_column("leaving_at")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("max_nodes")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("logged_in_at")
