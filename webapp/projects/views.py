"""Projects: list, make, read, change, remove; and presence."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from controlplane import leases, presence, projects
from controlplane.leases import Lease
from controlplane.model import Project
from webapp.envelope import ok
from webapp.identity import logged_in, me
from webapp.nodes.schemas import node_out
from webapp.projects import schemas
from webapp.transaction import db

bp = APIBlueprint("projects", __name__, url_prefix="/api/v0/projects", tag="Projects")


def find(project_id: str) -> Project:
    """The project, if the user who asks may see it."""
    return projects.get_project(db(), me(), project_id)


def grace() -> timedelta:
    """The deployment's grace period."""
    return timedelta(seconds=current_app.config["LEASE_GRACE"])


def _summary(project: Project, found: dict[str, Lease]) -> dict[str, Any]:
    nodes = projects.visible_nodes(project)
    running = sum(node.state in ("running", "starting") for node in nodes)
    ending = [found[node.id].expires_at for node in nodes if found[node.id].is_ending]
    counts = {"node_count": len(nodes), "running_count": running}
    return _head(project) | counts | {"ending_at": min(filter(None, ending), default=None)}


def _head(project: Project) -> dict[str, Any]:
    names = ("id", "name", "description", "created_at", "changed_at")
    return {name: getattr(project, name) for name in names}


def _whole(project: Project) -> dict[str, Any]:
    found = leases.of_nodes(db(), project.nodes, grace())
    nodes = [node_out(node, found[node.id]) for node in projects.visible_nodes(project)]
    return _head(project) | {"nodes": nodes, "links": project.links}


@bp.get("")
@bp.output(schemas.ProjectSummary(many=True))
@logged_in
def list_projects() -> dict[str, Any]:
    """The user's projects, the last changed first."""
    listed = projects.list_projects(db(), me())
    found = leases.of_nodes(db(), [node for project in listed for node in project.nodes], grace())
    return ok([_summary(project, found) for project in listed])


@bp.post("")
@bp.input(schemas.ProjectIn, arg_name="wanted")
@bp.output(schemas.ProjectOut, status_code=201)
@logged_in
def add_project(wanted: dict[str, str]) -> dict[str, Any]:
    """Make a new, empty canvas."""
    return ok(_whole(projects.add_project(db(), me(), **wanted)))


@bp.get("/<project_id>")
@bp.output(schemas.ProjectOut)
@logged_in
def get_project(project_id: str) -> dict[str, Any]:
    """A canvas with all that is on it."""
    return ok(_whole(find(project_id)))


@bp.patch("/<project_id>")
@bp.input(schemas.ProjectChange, arg_name="changes")
@bp.output(schemas.ProjectOut)
@logged_in
def change_project(project_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, description or links."""
    project = projects.change_project(db(), find(project_id), changes)
    db().flush()
    return ok(_whole(project))


@bp.delete("/<project_id>")
@bp.output({}, status_code=204)
@logged_in
def remove_project(project_id: str) -> str:
    """Remove a project; its nodes are closed."""
    projects.remove_project(db(), find(project_id))
    return ""


@bp.post("/<project_id>/presence")
@bp.input(schemas.PresenceIn, arg_name="wanted")
@bp.output(schemas.PresenceOut)
@logged_in
def note_presence(project_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """ "I am here", of one tab; repeat it well within the grace period."""
    presence.note_presence(db(), me(), find(project_id), wanted["tab"])
    return ok({"grace_seconds": current_app.config["LEASE_GRACE"]})
