"""With whom a project is shared: one row for each other user who may see or change it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from controlplane.clock import now
from controlplane.model import Base, User


class Share(Base):
    """What one user may do in somebody else's project; deleting the row ends it at once."""

    __tablename__ = "shares"
    __table_args__ = (CheckConstraint("role in ('view', 'edit')", name="role"),)

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=now)
    user: Mapped[User] = relationship(lazy="joined")
