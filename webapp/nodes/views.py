"""Nodes: put on the canvas, read, change, open, close, take off."""

from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from controlplane import leases, nodes, sharing
from controlplane.access import Right
from controlplane.model import Node
from webapp.envelope import ok
from webapp.identity import logged_in, me
from webapp.nodes import schemas
from webapp.projects.shown import grace
from webapp.projects.views import find
from webapp.transaction import db

bp = APIBlueprint("nodes", __name__, url_prefix="/api/v0/projects/<project_id>/nodes", tag="Nodes")


def _shown(node: Node) -> dict[str, Any]:
    return schemas.node_out(node, leases.of_nodes(db(), [node], grace())[node.id])


@bp.post("")
@bp.input(schemas.NodeIn, arg_name="wanted")
@bp.output(schemas.NodeOut, status_code=201)
@logged_in
def add_node(project_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Put a node on the canvas; a dynamic one starts. Answers before it runs: follow its state."""
    return ok(_shown(nodes.add_node(db(), find(project_id, Right.EDIT), **wanted, quota=current_app.config["QUOTA"])))


@bp.get("/<node_id>")
@bp.output(schemas.NodeOut)
@logged_in
def get_node(project_id: str, node_id: str) -> dict[str, Any]:
    """A node and what is known of its service."""
    return ok(_shown(nodes.get_node(db(), find(project_id), node_id)))


@bp.patch("/<node_id>")
@bp.input(schemas.NodeChange, arg_name="changes")
@bp.output(schemas.NodeOut)
@logged_in
def change_node(project_id: str, node_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, position or inputs."""
    project = find(project_id, Right.EDIT)
    node = nodes.get_node(db(), project, node_id)
    return ok(_shown(nodes.change_node(db(), project, node, changes)))


@bp.delete("/<node_id>")
@bp.output({}, status_code=204)
@logged_in
def remove_node(project_id: str, node_id: str) -> str:
    """Take a node off the canvas; its service is closed."""
    project = find(project_id, Right.EDIT)
    nodes.remove_node(db(), project, nodes.get_node(db(), project, node_id))
    return ""


@bp.post("/<node_id>/start")
@bp.output(schemas.NodeOut)
@logged_in
def start_node(project_id: str, node_id: str) -> dict[str, Any]:
    """Open the node's service; nothing happens when it runs already."""
    project = find(project_id, Right.EDIT)
    node = nodes.get_node(db(), project, node_id)
    return ok(_shown(nodes.start_node(db(), project, node, current_app.config["QUOTA"])))


@bp.post("/<node_id>/keep")
@bp.input(schemas.KeepIn, arg_name="wanted")
@bp.output(schemas.NodeOut)
@logged_in
def keep_node(project_id: str, node_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Keep the node running until a moment, at most 7 days ahead, whether a tab is open or not."""
    project = find(project_id, Right.EDIT)
    return ok(_shown(leases.keep(db(), project, nodes.get_node(db(), project, node_id), wanted["until"])))


@bp.post("/<node_id>/stop")
@bp.output(schemas.NodeOut)
@logged_in
def stop_node(project_id: str, node_id: str) -> dict[str, Any]:
    """Close the node's service; the node and its files stay."""
    project = find(project_id, Right.EDIT)
    node = nodes.get_node(db(), project, node_id)
    return ok(_shown(nodes.stop_node(db(), project, node, sharing.closed_by(db(), project, me()))))
