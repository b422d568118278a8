"""Projects as people see them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app

from controlplane import access, leases, projects
from controlplane.access import Right
from controlplane.leases import Lease
from controlplane.model import Link, Node, Project, User
from webapp.identity import me
from webapp.nodes.schemas import node_out
from webapp.transaction import db

_MOST_SHOWN = 100


def grace() -> timedelta:
    """The deployment's grace period."""
    return timedelta(seconds=current_app.config["LEASE_GRACE"])


def whole(project: Project) -> dict[str, Any]:
    """A canvas with all that is on it."""
    found = leases.of_nodes(db(), project.nodes, grace())
    nodes = [node_out(node, found[node.id]) for node in projects.visible_nodes(project)]
    right = access.right_of(db(), me(), project)
    return _head(project, right) | {"nodes": nodes, "links": project.links}


def summaries(listed: Sequence[Project]) -> list[dict[str, Any]]:
    """Projects in a list."""
    found = leases.of_nodes(db(), [node for project in listed for node in project.nodes], grace())
    rights = access.rights_of(db(), me(), listed)
    return [_summary(project, found, rights.get(project.id)) for project in listed]


def _summary(project: Project, found: dict[str, Lease], right: Right | None) -> dict[str, Any]:
    nodes = projects.visible_nodes(project)
    seen = _seen(nodes, found) if right else {"running_count": 0, "ending_at": None}
    days = timedelta(days=current_app.config["TRASH_DAYS"])
    return (
        _head(project, right)
        | seen
        | {
            "node_count": len(nodes),
            "trashed_at": project.trashed_at,
            "forgotten_at": project.trashed_at and project.trashed_at + days,
            "thumbnail": _thumbnail(nodes[:_MOST_SHOWN], project.links, has_states=right is not None),
        }
    )


def _seen(nodes: Sequence[Node], found: dict[str, Lease]) -> dict[str, Any]:
    """How its nodes are: for those who may look into it, not for all who may copy it."""
    running = sum(node.state in ("running", "starting") for node in nodes)
    ending = [found[node.id].expires_at for node in nodes if found[node.id].is_ending]
    return {"running_count": running, "ending_at": min(filter(None, ending), default=None)}


def _head(project: Project, right: Right | None) -> dict[str, Any]:
    names = ("id", "name", "description", "tags", "is_template", "created_at", "changed_at")
    owner = db().get_one(User, project.owner_id)
    whose = {name: getattr(owner, name) for name in ("id", "name", "email")}
    return {name: getattr(project, name) for name in names} | {"owner": whose, "right": right.word if right else None}


def _thumbnail(nodes: Sequence[Node], links: Sequence[Link], has_states: bool) -> dict[str, Any]:
    at = {node.id: place for place, node in enumerate(nodes)}
    joined = [link for link in links if link.source_node in at and link.target_node in at]
    return {
        "nodes": [{"x": node.x, "y": node.y, "state": node.state if has_states else "created"} for node in nodes],
        "links": [{"source": at[link.source_node], "target": at[link.target_node]} for link in joined],
    }
