"""Images that are to be on hosts before a node needs them there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.clock import now
from controlplane.model import Base

STATES = ("waiting", "pulling", "here", "failed")


class HostImage(Base):
    """One image that one host is to have: a row is there for as long as that is so. Written by the director alone."""

    __tablename__ = "host_images"
    __table_args__ = (CheckConstraint("state in ('waiting', 'pulling', 'here', 'failed')", name="state"),)

    host_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))  # its name
    repository: Mapped[str] = mapped_column(String(300))
    tag: Mapped[str] = mapped_column(String(128))
    image: Mapped[str] = mapped_column(String(1000))
    # What is most likely to be started has the lowest number, and its turn first.
    place: Mapped[int] = mapped_column(default=0)

    state: Mapped[str] = mapped_column(String(10), default="waiting")
    since: Mapped[datetime] = mapped_column(default=now)
    failure: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
