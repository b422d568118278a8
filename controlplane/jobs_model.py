"""Rows of jobs, which are playbooks that administrators ask for."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.clock import now
from controlplane.model import Base, new_id


class JobState(StrEnum):
    """Where a job is. One that waits was not begun; the last three are for good."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Job(Base):
    """A playbook that somebody asked for; the director carries it out in a run.

    ``result`` is what its kind keeps of what the playbook told; ``attempts`` counts how often it was begun.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(10), default=JobState.WAITING, index=True)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(default=now, index=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    # Not a foreign key: old runs are forgotten, and the job outlives its run.
    run_id: Mapped[str | None] = mapped_column(String(36), index=True)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    message: Mapped[str | None] = mapped_column(Text)

    @property
    def has_ended(self) -> bool:
        """Whether nothing comes after this."""
        return self.state not in (JobState.WAITING, JobState.RUNNING)


class PartSettings(Base):
    """The settings that a deploy gave to a part of the platform, as the director saw them first."""

    __tablename__ = "part_settings"

    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    # The service's id and its label werkbank.settings: with others they are another deploy's.
    deployed: Mapped[str] = mapped_column(String(64))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)


class Deployment(Base):
    """Which image each part of the platform had from a moment on, and by whom; the newest says what should be there."""

    __tablename__ = "deployments"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    by: Mapped[str] = mapped_column(String(254))
    job_id: Mapped[str | None] = mapped_column(String(36))
    # The image of each part: {"web": reference, ...}.
    images: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[str] = mapped_column(String(10))  # succeeded or failed
    message: Mapped[str | None] = mapped_column(Text)
