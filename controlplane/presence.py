"""Verbs about presence: who has a project open, and since when the parts that would know have been alive."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.errors import BadInput
from controlplane.model import Heartbeat, Node, Presence, Project, User

# A part that was silent for longer than this may have missed somebody's sign of life.
HEARTBEAT_GAP = timedelta(seconds=20)


def note_presence(session: Session, user: User, project: Project, tab: str) -> None:
    """One tab says "I am here"."""
    if not 0 < len(tab) <= 64:
        raise BadInput("A tab names itself with 1 to 64 characters.")
    session.merge(Presence(project_id=project.id, tab=tab, user_id=user.id, last_seen_at=now()))


def count_tabs(session: Session, project_id: str, within: timedelta) -> int:
    """How many tabs have shown a sign of life within the given time."""
    query = select(func.count()).select_from(Presence)
    return session.scalar(query.where(Presence.project_id == project_id, Presence.last_seen_at > now() - within)) or 0


def last_seen(session: Session, project_id: str) -> datetime | None:
    """The project's last sign of life."""
    newest = select(Presence.last_seen_at).where(Presence.project_id == project_id)
    return session.scalar(newest.order_by(Presence.last_seen_at.desc()).limit(1))


def forget_old(session: Session, older_than: timedelta) -> None:
    """Forget tabs that were closed long ago."""
    session.execute(delete(Presence).where(Presence.last_seen_at < now() - older_than))


def beat(session: Session, part: str) -> None:
    """Note that a part is alive; a gap starts its count anew."""
    row = session.get(Heartbeat, part)
    if row is None or now() - row.last_seen_at > HEARTBEAT_GAP:
        session.merge(Heartbeat(part=part, alive_since=now(), last_seen_at=now()))
    else:
        row.last_seen_at = now()


def alive_since(session: Session, part: str) -> datetime | None:
    """Since when a part has been alive without a gap; None when it is not now."""
    row = session.get(Heartbeat, part)
    return None if row is None or now() - row.last_seen_at > HEARTBEAT_GAP else row.alive_since


def lease_expires(node: Node, seen_at: datetime | None, grace: timedelta) -> datetime:
    """When the node may be closed: ``grace`` after its project's last sign of life or the wish to run it (both UTC).

    Raises ``ValueError`` for a naive datetime: a wrong time zone would close work in progress.
    """
    moments = [node.desired_at] + ([seen_at] if seen_at else [])
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a lease needs moments with their time zone")
    return max(moments) + grace
