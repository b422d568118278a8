"""The reaper: the scheduled job that wishes closed what provably nobody needs. It only changes *desired*."""

import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import presence
from controlplane.clock import now
from controlplane.database import Database, ring
from controlplane.model import Desired, Node
from controlplane.nodes import wish_stopped

log = logging.getLogger(__name__)


def reap(database: Database, grace: timedelta) -> list[str]:
    """Close the nodes whose lease has ended; their ids.

    The evidence is the silence of every tab for the whole grace period *while somebody was listening*: when the web
    part was not alive all that time, silence proves nothing, and nothing is closed. Nodes that clients of the v0
    contract started have no tabs; those clients close them.
    """
    closed = []
    with database.begin() as session:
        if not _was_heard(session, grace):
            return []
        wanted = select(Node).where(Node.desired == Desired.RUNNING, Node.is_published.is_(False))
        for node in session.scalars(wanted.with_for_update(skip_locked=True)):
            seen = presence.last_seen(session, node.project_id)
            if presence.lease_expires(node, seen, grace) <= now():
                since = seen or node.desired_at
                wish_stopped(
                    node,
                    f"Closed by itself: no tab of this project open since {since:%H:%M:%S} UTC. Its files are kept.",
                )
                ring(session, node.project_id)
                log.info("Node %s is closed: no sign of life since %s, grace %s.", node.id, since.isoformat(), grace)
                closed.append(node.id)
        presence.forget_old(session, grace + timedelta(hours=1))
    return closed


def _was_heard(session: Session, grace: timedelta) -> bool:
    since = presence.alive_since(session, "web")
    return since is not None and since <= now() - grace
