"""What the reaper closed and removed, and why: of a project for those who see it, all of it for administrators."""

from typing import Any

from apiflask import APIBlueprint

from controlplane import reaps
from webapp.envelope import ok
from webapp.identity import admins_only, logged_in
from webapp.projects.views import find
from webapp.reaps import schemas
from webapp.transaction import db

bp = APIBlueprint("reaps", __name__, url_prefix="/api/v0", tag="Reaps")


@bp.get("/projects/<project_id>/reaps")
@bp.input(schemas.ReapsQuery, location="query", arg_name="query")
@bp.output(schemas.ReapOut(many=True))
@logged_in
def list_project_reaps(project_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """What was closed in a project because nobody needed it, the newest first; kept for 90 days."""
    return ok(reaps.list_reaps(db(), find(project_id).id, **query))


@bp.get("/reaps")
@bp.input(schemas.ReapsQuery, location="query", arg_name="query")
@bp.output(schemas.ReapOut(many=True))
@admins_only
def list_reaps(query: dict[str, Any]) -> dict[str, Any]:
    """What the reaper closed and removed in the whole deployment, the newest first; kept for 90 days."""
    return ok(reaps.list_reaps(db(), **query))
