"""Slots: services that are started ahead of need, and wait to become somebody's node."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.clock import now
from controlplane.model import Base, new_id, new_route


class Slot(Base):
    """One slot. Its id is that of the node that it becomes; whoever claims it deletes the row in the same transaction."""

    __tablename__ = "slots"
    __table_args__ = (CheckConstraint("desired in ('running', 'absent')", name="desired"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_key: Mapped[str] = mapped_column(String(300), index=True)
    service_version: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(100))
    # What the service was asked for with, as one word: another one makes the slot outdated.
    fingerprint: Mapped[str] = mapped_column(String(64))
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    route: Mapped[str] = mapped_column(String(24), unique=True, default=new_route)
    port: Mapped[int]
    entry_point: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    desired: Mapped[str] = mapped_column(String(10), default="running")
    wished_at: Mapped[datetime] = mapped_column(default=now)  # since when this try to start it goes on

    # Since when its page has been there: only then it can be claimed.
    ready_at: Mapped[datetime | None]
    host: Mapped[str | None] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    rests_until: Mapped[datetime | None]  # after a failure: then it is tried again

    @property
    def state(self) -> str:
        """The one word that administrators see: starting, ready, failed or closing."""
        if self.desired != "running":
            return "closing"
        return "failed" if self.failure else "ready" if self.ready_at else "starting"

    @property
    def path(self) -> str:
        """Where the gateway serves its page."""
        return f"/x/{self.route}"

    @property
    def project_id(self) -> str:
        """It is in no project; its network is named after itself, and becomes that of the project that claims it."""
        return self.id

    @property
    def network_id(self) -> str:
        """What its network is named after."""
        return self.id

    @property
    def is_published(self) -> bool:
        """Nobody reaches it but through the gateway."""
        return False

    @property
    def user_id(self) -> None:
        """Nobody's yet."""
        return
