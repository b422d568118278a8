"""Decisions of the reaper with their evidence: noted, listed, and forgotten after a while."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.leases import silent_since
from controlplane.model import Node
from controlplane.records import Reap

KEPT_FOR = timedelta(days=90)
NODE, SERVICE, NETWORK = "node", "service", "network"


def note(session: Session, kind: str, name: str, sentence: str, evidence: dict[str, Any], **of: str | None) -> Reap:
    """Add a decision to the transaction that carries it out; ``of``: ``node_id``, ``project_id``."""
    row = Reap(at=now(), kind=kind, name=name[:200], sentence=sentence, evidence=_plain(evidence), **of)
    session.add(row)
    return row


def list_reaps(session: Session, project_id: str | None = None, limit: int = 100, before: int | None = None) -> list[Reap]:
    """The newest decisions, of a project if given, before an id if given."""
    query = select(Reap).order_by(Reap.id.desc()).limit(limit)
    if project_id is not None:
        query = query.where(Reap.project_id == project_id)
    return list(session.scalars(query if before is None else query.where(Reap.id < before)))


def forget_old(session: Session) -> None:
    """Forget decisions after 90 days."""
    session.execute(delete(Reap).where(Reap.at < now() - KEPT_FOR))


def evidence_of(node: Node, seen_at: datetime | None, grace: timedelta, listening_since: datetime | None) -> dict[str, Any]:
    """What a node's lease was decided on: moments in UTC, None for what never was."""
    return {
        "grace_seconds": int(grace.total_seconds()),
        "started_at": node.desired_at,
        "last_tab_at": seen_at,
        "last_request_at": node.used_at,
        "kept_until": node.keep_until,
        "activity": node.activity["format"] if node.activity else None,
        "is_busy": node.is_busy if node.activity else None,
        "last_activity_at": node.active_at,
        "asked_at": node.asked_at,
        "listening_since": listening_since,
    }


def sentence_of(node: Node, seen_at: datetime | None, at: datetime) -> str:
    """Why the node was closed, as its user reads it."""
    said = [f"no tab of this project open since {_clock(seen_at or node.desired_at, at)}"]
    if node.used_at and node.used_at == silent_since(node, seen_at):
        said.append(f"its page not used since {_clock(node.used_at, at)}")
    if node.activity:
        what = "kernel" if node.activity["format"] == "jupyter" else "service"
        said.append(f"{what} idle since {_clock(node.active_at, at)}" if node.active_at else f"no {what} at work")
    if node.keep_until:
        said.append(f"kept until {_clock(node.keep_until, at)} as you asked")
    return f"Closed at {at:%H:%M} UTC: {', '.join(said)}. Its files are kept."


def _clock(moment: datetime, at: datetime) -> str:
    """The time of day, with its date when that is another."""
    return f"{moment:%H:%M}" if moment.date() == at.date() else f"{moment:%Y-%m-%d %H:%M}"


def _plain(evidence: dict[str, Any]) -> dict[str, Any]:
    """JSON: moments as ISO text."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in evidence.items()}
