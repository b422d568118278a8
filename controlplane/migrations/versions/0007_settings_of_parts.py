"""Settings that a deploy gave to the platform's parts, so that what was changed by hand can be told."""

import sqlalchemy as sa
from alembic import op

import controlplane.model

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "part_settings",
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("deployed", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("at", controlplane.model.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_part_settings")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("part_settings")
