"""Verbs about presence: who has a project open, and since when the parts that would know have been alive."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput
from controlplane.model import Heartbeat, Presence, Project, User

# Tabs are heard by web, requests to pages by authentication; both come through the gateway, and to it by the engine's ports.
LISTENERS = ("engine", "gateway", "web", "authentication")
# A part that was silent for longer than this may have missed somebody's sign of life.
HEARTBEAT_GAP = timedelta(seconds=20)
# A project that showed no sign of life for that long is being opened when it shows one.
RING_AGAIN = timedelta(seconds=15)
# No database takes a list of any length.
_AT_ONCE = 1000


def note_presence(session: Session, user: User, project: Project, tab: str) -> None:
    """One tab says "I am here"."""
    if not 0 < len(tab) <= 64:
        raise BadInput("A tab names itself with 1 to 64 characters.")
    seen_at = last_seen(session, project.id)
    if seen_at is None or now() - seen_at > RING_AGAIN:
        # Somebody opens the project: the loop prepares what a start would wait for.
        ring(session, project.id)
    # One statement: the tab's stream and its first word may arrive at the same moment.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = {"user_id": user.id, "last_seen_at": now()}
    wanted = insert(Presence).values(project_id=project.id, tab=tab, **said)
    session.execute(wanted.on_conflict_do_update(index_elements=["project_id", "tab"], set_=said))


def projects_seen(session: Session, within: timedelta) -> set[str]:
    """The projects that a tab has shown a sign of life of within the given time."""
    return set(session.scalars(select(Presence.project_id).where(Presence.last_seen_at > now() - within).distinct()))


def projects_maybe_open(session: Session, grace: timedelta) -> set[str]:
    """The projects that may be open still. While those who hear tabs have not been there for the whole grace period,
    these are all whose tabs are remembered: unknown is never idle."""
    heard = {row.part: row for row in session.scalars(select(Heartbeat).where(Heartbeat.part.in_(LISTENERS)))}
    heard_since = [_alive_since(heard.get(part)) for part in LISTENERS]
    is_deaf = any(since is None or since > now() - grace for since in heard_since)
    return set(session.scalars(select(Presence.project_id).distinct())) if is_deaf else projects_seen(session, grace)


def people(session: Session, project_id: str, within: timedelta) -> list[tuple[User, int]]:
    """Who has shown a sign of life within the given time, by name, and in how many tabs."""
    tabs = func.count().label("tabs")
    query = select(User, tabs).join(Presence, Presence.user_id == User.id).group_by(User.id)
    found = session.execute(query.where(Presence.project_id == project_id, Presence.last_seen_at > now() - within))
    return sorted(((user, count) for user, count in found), key=lambda each: (each[0].name.casefold(), each[0].id))


def last_seen(session: Session, project_id: str) -> datetime | None:
    """The project's last sign of life."""
    return last_seen_of(session, {project_id}).get(project_id)


def last_seen_of(session: Session, project_ids: Collection[str]) -> dict[str, datetime]:
    """The last sign of life of each project that has shown one."""
    query = select(Presence.project_id, func.max(Presence.last_seen_at)).group_by(Presence.project_id)
    found: dict[str, datetime] = {}
    for part in _parts(sorted(project_ids)):
        for project_id, at in session.execute(query.where(Presence.project_id.in_(part))):
            found[project_id] = at
    return found


def forget_old(session: Session, older_than: timedelta) -> None:
    """Forget tabs that were closed long ago."""
    session.execute(delete(Presence).where(Presence.last_seen_at < now() - older_than))


def beat(session: Session, part: str) -> None:
    """Note that a part is alive; a gap starts its count anew, and so does a clock that was set back."""
    row = session.get(Heartbeat, part)
    if row is None or abs(now() - row.last_seen_at) > HEARTBEAT_GAP or row.alive_since > now():
        begin(session, part)
    else:
        row.last_seen_at = now()


def begin(session: Session, part: str) -> None:
    """Note that a part has started: what it would have heard before is unknown."""
    session.merge(Heartbeat(part=part, alive_since=now(), last_seen_at=now()))


def alive_since(session: Session, part: str) -> datetime | None:
    """Since when a part has been alive without a gap; None when it is not now."""
    return _alive_since(session.get(Heartbeat, part))


def _alive_since(row: Heartbeat | None) -> datetime | None:
    return None if row is None or abs(now() - row.last_seen_at) > HEARTBEAT_GAP else row.alive_since


def _parts(items: list[str]) -> Iterator[list[str]]:
    return (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))
