"""Logs of a node: live ones while its containers are there, and for an hour what one that failed said last."""

from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response

from controlplane import kept_logs, nodes
from controlplane.clock import now
from controlplane.errors import ControlPlaneError, DirectorAway
from controlplane.model import Node, Observed
from controlplane.records import KeptLog
from webapp.asking import ask_director
from webapp.envelope import ok
from webapp.identity import logged_in
from webapp.nodes import schemas
from webapp.projects.views import find
from webapp.transaction import db

bp = APIBlueprint("logs", __name__, url_prefix="/api/v0/projects/<project_id>/nodes", tag="Logs")


@bp.get("/<node_id>/logs")
@bp.input(schemas.LogsQuery, location="query", arg_name="query")
@bp.output(schemas.LogOut(many=True))
@logged_in
def get_logs(project_id: str, node_id: str, query: dict[str, Any]) -> Any:
    """The last lines of the node's containers, those that are there first; `?format=text` downloads them."""
    node = nodes.get_node(db(), find(project_id), node_id)
    kept = [_kept(row) for row in kept_logs.of_node(db(), node.id)]
    # A connection of the pool is not held while the engine is asked.
    db().commit()
    found = _live(node, query["tail"], has_more=bool(kept)) + kept
    if query["format"] == "text":
        return _as_file(node_id, found)
    return ok(found)


def _live(node: Node, tail: int, has_more: bool) -> list[dict[str, Any]]:
    if node.observed == Observed.ABSENT:
        return []
    try:
        found = ask_director(f"/internal/nodes/{quote(node.id)}/logs?tail={tail}")
    except ControlPlaneError as error:
        if has_more:
            return []
        raise DirectorAway from error
    return [log | {"at": now(), "is_live": True, "kept_until": None} for log in found]


def _kept(row: KeptLog) -> dict[str, Any]:
    names = ("container", "at", "text", "errors", "kept_until")
    return {name: getattr(row, name) for name in names} | {"is_live": False}


def _as_file(node_id: str, found: list[dict[str, Any]]) -> Response:
    """Plain text: each container under a heading, the engine's errors first."""
    parts = []
    for log in found:
        errors = "".join(f"engine: {error}\n" for error in log["errors"])
        parts.append(f"=== {log['container']}, {log['at']:%Y-%m-%d %H:%M:%S} UTC\n{errors}{log['text'].rstrip()}\n")
    name = f'attachment; filename="node-{node_id}.log"'
    return Response("\n".join(parts), mimetype="text/plain", headers={"Content-Disposition": name, "Cache-Control": "no-store"})
