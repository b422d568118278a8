"""What is desired, what was observed, and who may say so."""

import enum
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from controlplane.clock import now


class Desired(enum.StrEnum):
    """What somebody wants of a node."""

    RUNNING = "running"
    STOPPED = "stopped"
    ABSENT = "absent"


class Observed(enum.StrEnum):
    """What was last seen of a node's service in the swarm."""

    ABSENT = "absent"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


class RunState(enum.StrEnum):
    """How a run ended, or that it has not yet."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Utc(TypeDecorator[datetime]):
    """A moment in UTC; a naive datetime is refused, for a wrong time zone would close work in progress."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: JSON, list[str]: JSON, list[dict[str, Any]]: JSON}  # noqa: RUF012


def new_id() -> str:
    """A fresh UUID as text."""
    return str(uuid.uuid4())


def new_route() -> str:
    """A fresh name for one incarnation of a node's page: 24 hexadecimal digits, fit for DNS, not to be guessed."""
    return secrets.token_hex(12)


class User(Base):
    """Somebody who may log in."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role in ('admin', 'user')", name="role"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(10), default="user")
    password_hash: Mapped[str] = mapped_column(String(200))  # empty: nobody has chosen a password yet
    created_at: Mapped[datetime] = mapped_column(default=now)
    logged_in_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # nobody logs in, and no token opens anything
    max_nodes: Mapped[int | None]  # a quota of their own, in place of the deployment's

    @property
    def state(self) -> str:
        """The one word that administrators see: active, invited or closed."""
        return "closed" if self.closed_at else "active" if self.password_hash else "invited"


class LoginSession(Base):
    """One login of one browser; deleting the row ends it."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    user: Mapped[User] = relationship(lazy="joined")


class AccessToken(Base):
    """A personal bearer token; only its hash is kept."""

    __tablename__ = "access_tokens"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


class Service(Base):
    """One version of a service, as the registry's image says in its labels; written by the director alone."""

    __tablename__ = "services"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    version: Mapped[str] = mapped_column(String(128), primary_key=True)
    image: Mapped[str] = mapped_column(String(1000))
    digest: Mapped[str] = mapped_column(String(100))
    broken: Mapped[str | None] = mapped_column(Text)
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    labels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # From when on nobody should start it any more (the label `werkbank.deprecated`).
    deprecated_at: Mapped[datetime | None]
    # Set while the registry is asked to delete it: nobody starts it any more, and what uses it already keeps it.
    leaving_at: Mapped[datetime | None]
    # Later than that of every row written before: the newest one and their number tell one catalogue from another.
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Project(Base):
    """A canvas of nodes and links, owned by a user."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    # Everybody may make a project of their own from it.
    is_template: Mapped[bool] = mapped_column(default=False)
    # Set while it is in the trash: its nodes are closed, and it is nowhere else.
    trashed_at: Mapped[datetime | None] = mapped_column(index=True)
    # Set when the project was removed for good: it is forgotten once its nodes are gone.
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    # What its network is named after, where that is not the project: a slot that was claimed for it brought the network.
    network_id: Mapped[str | None] = mapped_column(String(36))
    nodes: Mapped[list["Node"]] = relationship(back_populates="project", order_by="Node.created_at")
    links: Mapped[list["Link"]] = relationship(cascade="all, delete-orphan")


class Node(Base):
    """One box on a canvas. `desired` is written by verbs and the reaper, `observed` and what explains it by the loop."""

    __tablename__ = "nodes"
    __table_args__ = (
        CheckConstraint("desired in ('running', 'stopped', 'absent')", name="desired"),
        CheckConstraint("observed in ('absent', 'starting', 'running', 'failed')", name="observed"),
        Index("ix_nodes_desired_observed", "desired", "observed"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    service_key: Mapped[str] = mapped_column(String(300))
    service_version: Mapped[str] = mapped_column(String(100))
    type: Mapped[str] = mapped_column(String(20))
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    x: Mapped[float] = mapped_column(default=0.0)
    y: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(default=now)

    # Wishes.
    desired: Mapped[str] = mapped_column(String(10), default=Desired.STOPPED)
    desired_at: Mapped[datetime] = mapped_column(default=now)
    route: Mapped[str] = mapped_column(String(24), unique=True, default=new_route)
    base_path: Mapped[str | None] = mapped_column(String(200))  # asked for by a client of the v0 contract
    is_published: Mapped[bool] = mapped_column(default=False)  # v0 contract: reachable at a port of the host
    closed_because: Mapped[str | None] = mapped_column(Text)
    keep_until: Mapped[datetime | None]  # the user asked for it: the lease ends no earlier
    grace: Mapped[int | None]  # seconds; the service's own, else the deployment's
    # How the service is asked whether it is at work (controlplane/activity.py).
    activity: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    # Observations.
    observed: Mapped[str] = mapped_column(String(10), default=Observed.ABSENT)
    observed_at: Mapped[datetime] = mapped_column(default=now)
    host: Mapped[str | None] = mapped_column(String(200))
    published_port: Mapped[int | None]
    port: Mapped[int | None]
    entry_point: Mapped[str] = mapped_column(String(300), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(String(40))  # which kind of failure it was, for programs
    remedy: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    # Every container of the node: name, role, image, state, reason.
    containers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    # Signs that somebody or something uses it: a request through the gateway, and what the service says of itself.
    used_at: Mapped[datetime | None]
    active_at: Mapped[datetime | None]
    is_busy: Mapped[bool | None]
    # Since when this incarnation's page has been there: a crash before it is a failed start.
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    step: Mapped[str | None] = mapped_column(String(200))
    steps_done: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    project: Mapped[Project] = relationship(back_populates="nodes")

    @property
    def state(self) -> str:
        """The one word that people see: created, starting, running, stopping, stopped or failed."""
        match self.desired, self.observed:
            case Desired.RUNNING, _ if self.failure:
                return "failed"
            case Desired.RUNNING, Observed.RUNNING:
                return "running"
            case Desired.RUNNING, _:
                return "starting"
            case _, Observed.ABSENT if self.failure:
                return "failed"
            case _, Observed.ABSENT:
                return "stopped" if self.closed_because else "created"
            case _:
                return "stopping"

    @property
    def network_id(self) -> str:
        """What its project's network is named after."""
        return self.project.network_id or self.project_id

    @property
    def user_id(self) -> str | None:
        """Whose it is: the owner of its project."""
        return self.project.owner_id

    @property
    def path(self) -> str:
        """Where the gateway serves this incarnation's page."""
        return self.base_path or f"/x/{self.route}"

    @property
    def url(self) -> str | None:
        """The page's address below the gateway while it runs."""
        return f"/x/{self.route}/{self.entry_point.lstrip('/')}" if self.state == "running" else None


class Link(Base):
    """From an output of one node to an input of another."""

    __tablename__ = "links"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    source_node: Mapped[str] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    source_port: Mapped[str] = mapped_column(String(200))
    target_node: Mapped[str] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    target_port: Mapped[str] = mapped_column(String(200))


class Presence(Base):
    """One open tab that says "I am here"."""

    __tablename__ = "presences"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    last_seen_at: Mapped[datetime] = mapped_column(default=now)


class Heartbeat(Base):
    """Since when a part has been alive without a gap: evidence for the reaper that silence means silence."""

    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    alive_since: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Run(Base):
    """One execution of a playbook."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    playbook: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default=RunState.RUNNING)
    node_ids: Mapped[list[str]] = mapped_column(default=list)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(default=now, index=True)
    finished_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]

    @property
    def duration(self) -> float | None:
        """Seconds from its start to its end, once it has one."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class RunEvent(Base):
    """What one task did on one host, in order."""

    __tablename__ = "run_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(20))
    host: Mapped[str | None] = mapped_column(String(200))
    task: Mapped[str | None] = mapped_column(String(300))
    message: Mapped[str | None] = mapped_column(Text)
    changed: Mapped[bool] = mapped_column(default=False)
    # The node of a task that loops over nodes; seconds that the task took on the host.
    item: Mapped[str | None] = mapped_column(String(36))
    duration: Mapped[float | None]
