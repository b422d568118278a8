"""Projects: list, make, read, change, remove; their links; and presence."""

from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from controlplane import access, copies, links, presence, projects
from controlplane.access import Right
from controlplane.model import Project
from webapp.envelope import ok
from webapp.identity import logged_in, me
from webapp.projects import schemas
from webapp.projects.shown import summaries, whole
from webapp.transaction import db

bp = APIBlueprint("projects", __name__, url_prefix="/api/v0/projects", tag="Projects")


def find(project_id: str, right: Right = Right.VIEW) -> Project:
    """The project, if the user who asks may do this with it."""
    return access.get_project(db(), me(), project_id, right)


@bp.get("")
@bp.input(schemas.PlaceQuery, location="query", arg_name="query")
@bp.output(schemas.ProjectSummary(many=True))
@logged_in
def list_projects(query: dict[str, str]) -> dict[str, Any]:
    """The user's own and shared projects, the templates, or the user's trash; the last changed first."""
    return ok(summaries(projects.list_projects(db(), me(), query["place"])))


@bp.post("")
@bp.input(schemas.ProjectIn, arg_name="wanted")
@bp.output(schemas.ProjectOut, status_code=201)
@logged_in
def add_project(wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a new, empty canvas."""
    return ok(whole(projects.add_project(db(), me(), **wanted)))


@bp.get("/<project_id>")
@bp.output(schemas.ProjectOut)
@logged_in
def get_project(project_id: str) -> dict[str, Any]:
    """A canvas with all that is on it."""
    return ok(whole(find(project_id)))


@bp.patch("/<project_id>")
@bp.input(schemas.ProjectChange, arg_name="changes")
@bp.output(schemas.ProjectOut)
@logged_in
def change_project(project_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, description, tags or links; the owner may publish it as a template."""
    right = Right.OWN if "is_template" in changes else Right.EDIT
    project = projects.change_project(db(), find(project_id, right), changes)
    db().flush()
    return ok(whole(project))


@bp.delete("/<project_id>")
@bp.input(schemas.RemovalQuery, location="query", arg_name="query")
@bp.output({}, status_code=204)
@logged_in
def remove_project(project_id: str, query: dict[str, bool]) -> str:
    """Close a project's nodes and move it to the trash; with `forever=true` remove it for good, from there or from here."""
    if query["forever"]:
        projects.remove_project(db(), access.get_own(db(), me(), project_id))
    else:
        projects.trash_project(db(), find(project_id, Right.OWN))
    return ""


@bp.post("/<project_id>/restore")
@bp.output(schemas.ProjectOut)
@logged_in
def restore_project(project_id: str) -> dict[str, Any]:
    """Bring a project back from the trash, its nodes closed."""
    return ok(whole(projects.restore_project(db(), access.get_own(db(), me(), project_id))))


@bp.post("/<project_id>/duplicate")
@bp.input(schemas.CopyIn, arg_name="wanted")
@bp.output(schemas.ProjectOut, status_code=201)
@logged_in
def duplicate_project(project_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """A copy of a project or template that is yours: nodes, links, places and inputs. Nothing of it starts by itself."""
    source = access.get_to_copy(db(), me(), project_id)
    return ok(whole(copies.duplicate(db(), me(), source, wanted.get("name"))))


@bp.post("/<project_id>/links")
@bp.input(schemas.LinkIn, arg_name="wanted")
@bp.output(schemas.LinkOut, status_code=201)
@logged_in
def add_link(project_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Join an output to an input; an input takes one link, so the one that was there goes. The others stay."""
    return ok(links.add_link(db(), find(project_id, Right.EDIT), wanted))


@bp.delete("/<project_id>/links/<link_id>")
@bp.output({}, status_code=204)
@logged_in
def remove_link(project_id: str, link_id: str) -> str:
    """Take one link away."""
    links.remove_link(db(), find(project_id, Right.EDIT), link_id)
    return ""


@bp.post("/<project_id>/presence")
@bp.input(schemas.PresenceIn, arg_name="wanted")
@bp.output(schemas.PresenceOut)
@logged_in
def note_presence(project_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """ "I am here", of one tab; repeat it well within the grace period."""
    presence.note_presence(db(), me(), find(project_id), wanted["tab"])
    return ok({"grace_seconds": current_app.config["LEASE_GRACE"]})
