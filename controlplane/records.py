"""What happened: rows that are added and read, and never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.clock import now
from controlplane.model import Base, new_id

_SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Reap(Base):
    """One decision of the reaper, with the evidence it was made on."""

    __tablename__ = "reaps"

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    kind: Mapped[str] = mapped_column(String(20))  # node, service or network
    name: Mapped[str] = mapped_column(String(200))
    node_id: Mapped[str | None] = mapped_column(String(36), index=True)
    project_id: Mapped[str | None] = mapped_column(String(36), index=True)
    sentence: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)


class KeptLog(Base):
    """The last words of a node's container that failed, and its tasks' errors; kept for a while after the failure."""

    __tablename__ = "kept_logs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    node_id: Mapped[str] = mapped_column(String(36), index=True)
    route: Mapped[str] = mapped_column(String(24))
    container: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    errors: Mapped[list[str]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(default=now)
    kept_until: Mapped[datetime] = mapped_column(index=True)


class Entry(Base):
    """One line of the event log: who did what to which project, node, image, host, run or user. Append-only."""

    __tablename__ = "event_log"

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(String(254))  # a user's e-mail address, or "director", "reaper"
    actor_id: Mapped[str | None] = mapped_column(String(36), index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    project_id: Mapped[str | None] = mapped_column(String(36), index=True)
    node_id: Mapped[str | None] = mapped_column(String(36), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
