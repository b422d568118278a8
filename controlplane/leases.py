"""Until when somebody is known to need a running node: one verb, for the reaper that decides and the pages that warn."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from controlplane import journal, presence
from controlplane.activity import asked_of
from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput, Conflict, LabelError
from controlplane.model import Desired, Node, Observed, Project

GRACE_LABEL = "werkbank.grace"
SHORTEST, LONGEST = 10, 86_400
LONGEST_KEEP = timedelta(days=7)
# A tab whose stream is open says so every 5 s.
TAB_IS_OPEN = timedelta(seconds=15)
# An answer of the service is good for that long; after it the service's state is unknown.
ANSWER_HOLDS = timedelta(seconds=30)
_LONGEST_WARNING = timedelta(minutes=5)


class Holder(StrEnum):
    """What keeps a node running whose lease has no end yet."""

    TAB = "tab"  # its project is open
    BUSY = "busy"  # it computes
    CONNECTED = "connected"  # a page is connected to it
    UNKNOWN = "unknown"  # it has not said whether it computes
    CLIENT = "client"  # a client of the v0 contract closes it


@dataclass(frozen=True)
class Lease:
    """``expires_at`` is None while ``held_by`` says what keeps the node, and for nodes that do not run."""

    grace: timedelta
    expires_at: datetime | None = None
    keep_until: datetime | None = None
    held_by: Holder | None = None
    is_ending: bool = False

    def is_over(self, at: datetime) -> bool:
        """Whether nobody is known to need the node any more."""
        return self.expires_at is not None and self.expires_at <= at


def of_nodes(session: Session, nodes: Iterable[Node], grace: timedelta, at: datetime | None = None) -> dict[str, Lease]:
    """The lease of each node by its id; ``grace`` is the deployment's."""
    nodes = list(nodes)
    seen = presence.last_seen_of(session, {node.project_id for node in nodes if is_leased(node)})
    return {node.id: lease_of(node, seen.get(node.project_id), grace, at or now()) for node in nodes}


def lease_of(node: Node, seen_at: datetime | None, grace: timedelta, at: datetime) -> Lease:
    """The lease of one node, whose project showed its last sign of life at ``seen_at``.

    Raises ``ValueError`` for a naive datetime: a wrong time zone would close work in progress.
    """
    grace = grace_of(node, grace)
    keep_until = node.keep_until if node.keep_until and node.keep_until > at else None
    if not is_leased(node):
        is_client = node.is_published and node.desired == Desired.RUNNING
        return Lease(grace, None, keep_until, Holder.CLIENT if is_client else None)
    if seen_at is not None and at - seen_at < min(TAB_IS_OPEN, grace):
        return Lease(grace, None, keep_until, Holder.TAB)
    ends_at = max([silent_since(node, seen_at) + grace] + ([node.keep_until] if node.keep_until else []))
    if node.activity and (holder := _said(node, ends_at, at)):
        return Lease(grace, None, keep_until, holder)
    if node.activity and node.active_at:
        ends_at = max(ends_at, node.active_at + grace)
    return Lease(grace, ends_at, keep_until, None, at >= ends_at - warning(grace))


def _said(node: Node, ends_at: datetime, at: datetime) -> Holder | None:
    """What the service's last answer means for the lease, if that answer is fresh; without one it is not idle."""
    is_fresh = node.asked_at is not None and abs(at - node.asked_at) <= ANSWER_HOLDS
    if is_fresh and node.is_busy:
        return Holder.BUSY
    if is_fresh and node.is_busy is not None:
        is_connected = node.active_at is not None and node.asked_at is not None and node.active_at >= node.asked_at
        return Holder.CONNECTED if is_connected else None
    # Long before its end nobody asks.
    return Holder.UNKNOWN if at >= ends_at else None


def silent_since(node: Node, seen_at: datetime | None) -> datetime:
    """The last sign that came by itself: the wish to run, a tab of the project, or a request to the page (UTC)."""
    moments = [moment for moment in (node.desired_at, seen_at, node.used_at) if moment]
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a lease needs moments with their time zone")
    return max(moments)


def warning(grace: timedelta) -> timedelta:
    """How long before its end a lease counts as ending: half the grace, five minutes at most."""
    return min(grace / 2, _LONGEST_WARNING)


def is_leased(node: Node) -> bool:
    """Whether the node runs, or starts, on a lease."""
    return node.desired == Desired.RUNNING and node.type == "dynamic" and not node.failure and not node.is_published


def grace_of(node: Node, grace: timedelta) -> timedelta:
    """The node's own grace, or else the deployment's."""
    return timedelta(seconds=node.grace) if node.grace else grace


def label_of(labels: dict[str, str]) -> int | None:
    """The service's own grace in seconds. Raises ``LabelError``."""
    try:
        seconds = json.loads(labels.get(GRACE_LABEL) or "null")
    except ValueError:
        seconds = ""
    if seconds is not None and (type(seconds) not in (int, float) or not SHORTEST <= seconds <= LONGEST):
        raise LabelError(f"The label {GRACE_LABEL} must be a number of seconds from {SHORTEST} to {LONGEST}.")
    return None if seconds is None else int(seconds)


def begin(node: Node, labels: dict[str, str]) -> None:
    """A new wish to run begins a new lease, on the terms of the service's labels."""
    node.grace, node.activity = label_of(labels), asked_of(labels)
    node.keep_until = node.used_at = node.active_at = node.is_busy = node.asked_at = None


def keep(session: Session, project: Project, node: Node, until: datetime | None) -> Node:
    """Keep the node running until a moment, whoever looks; None gives it back to its lease.

    Raises ``BadInput`` for a moment that is over, without its time zone or more than a week ahead, ``Conflict`` for a node
    that does not run.
    """
    if until is not None:
        if until.tzinfo is None:
            raise BadInput("The moment needs its time zone, as in 2026-01-31T18:00:00Z; nothing was changed.")
        if not now() < until <= now() + LONGEST_KEEP:
            raise BadInput("A node can be kept until a moment within the next 7 days; nothing was changed.")
        if not is_leased(node):
            raise Conflict("The node does not run, so there is nothing to keep. Start it first.")
    node.keep_until = until
    journal.note_node(session, journal.Action.KEEP, node, until=until.isoformat() if until else None)
    ring(session, project.id)
    return node


def can_be_asked(node: Node) -> bool:
    """Whether the node's service is there to say what it does."""
    return bool(node.activity and node.activity["paths"]) and node.observed == Observed.RUNNING and node.port is not None
