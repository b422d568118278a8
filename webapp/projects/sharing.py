"""With whom a project is shared; and the project as a file."""

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from werkzeug.datastructures import FileStorage

from controlplane import copies, project_file, sharing
from controlplane.access import Right
from controlplane.shares import Share
from webapp import wellformed
from webapp.envelope import ok
from webapp.identity import logged_in, me
from webapp.projects import schemas
from webapp.projects.shown import whole
from webapp.projects.views import find
from webapp.transaction import db

bp = APIBlueprint("sharing", __name__, url_prefix="/api/v0/projects", tag="Sharing")


def _shown(row: Share) -> dict[str, Any]:
    about = {"name": row.user.name, "email": row.user.email}
    return about | {name: getattr(row, name) for name in ("user_id", "role", "created_at")}


@bp.get("/<project_id>/shares")
@bp.output(schemas.ShareOut(many=True))
@logged_in
def list_shares(project_id: str) -> dict[str, Any]:
    """With whom a project is shared; for all who see it."""
    return ok([_shown(row) for row in sharing.list_shares(db(), find(project_id))])


@bp.post("/<project_id>/shares")
@bp.input(schemas.ShareIn, arg_name="wanted")
@bp.output(schemas.ShareOut, status_code=201)
@logged_in
def share_project(project_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Let a user see or change the project; again with another role changes it. The owner's to do."""
    return ok(_shown(sharing.share(db(), find(project_id, Right.OWN), **wanted)))


@bp.delete("/<project_id>/shares/<user_id>")
@bp.output({}, status_code=204)
@logged_in
def unshare_project(project_id: str, user_id: str) -> str:
    """Take it back: at once, the user's open streams included. The owner's to do; others may only leave themselves."""
    right = Right.VIEW if user_id == me().id else Right.OWN
    sharing.unshare(db(), find(project_id, right), user_id)
    return ""


@bp.get("/<project_id>/export")
@bp.doc(responses={200: "A zip with project.json"})
@logged_in
def export_project(project_id: str) -> Response:
    """The project as one file: canvas, links, inputs and services. What its nodes have saved is not in it."""
    project = find(project_id)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", project.name).strip("-.") or "project"
    headers = {"Content-Disposition": f'attachment; filename="{name}.werkbank.zip"', "Cache-Control": "no-store"}
    return Response(project_file.write(copies.describe(project)), mimetype="application/zip", headers=headers)


@bp.post("/import")
@bp.input(schemas.ImportIn, location="files", arg_name="sent")
@bp.output(schemas.ImportOut, status_code=201)
@logged_in
def import_project(sent: dict[str, FileStorage]) -> dict[str, Any]:
    """A new project from such a file (field `file`); a file that is wrong changes nothing. Nothing starts by itself."""
    document = project_file.read(sent["file"].read())
    wellformed.check(document)
    project = copies.import_project(db(), me(), document)
    return ok({"project": whole(project), "missing_services": copies.missing_services(db(), project.nodes)})
