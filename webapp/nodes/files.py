"""Files of a node: looked through, downloaded, uploaded, renamed and removed, whether it runs or not."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import BadRequest

from controlplane import journal, nodes
from controlplane.access import Right
from controlplane.errors import UploadBroken
from webapp.asking import ask_director
from webapp.carrying import ACTOR, ANY_SIZE, PIECE, Stream, deliver, fetch
from webapp.envelope import ok
from webapp.identity import logged_in
from webapp.nodes import schemas
from webapp.projects.views import find
from webapp.transaction import db

bp = APIBlueprint("files", __name__, url_prefix="/api/v0/projects/<project_id>/nodes/<node_id>/files", tag="Files")
# A folder of many files takes some time; an engine with much to do as well.
_PATIENCE = 60.0
_LONG_PATIENCE = 330.0
# Whatever a node's file holds, a browser saves it, and never shows it as a page of ours.
_SAVED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    # The gateway compresses nothing of it, and keeps nothing back.
    "X-Accel-Buffering": "no",
}


@bp.get("")
@bp.input(schemas.FileQuery, location="query", arg_name="where")
@bp.output(schemas.FolderOut)
@logged_in
def list_files(project_id: str, node_id: str, where: dict[str, str]) -> dict[str, Any]:
    """What is in a folder of the node, by name: at most the first 5000 of `count`."""
    address = _address(project_id, node_id)
    return ok(ask_director(f"{address}?volume={quote(where['volume'])}&path={quote(where['path'])}", timeout=_PATIENCE))


@bp.get("/content")
@bp.input(schemas.FileQuery, location="query", arg_name="where")
@bp.doc(responses={200: "The file, as an attachment"})
@logged_in
def read_file(project_id: str, node_id: str, where: dict[str, str]) -> Response:
    """Download one file. A connection that ends before `Content-Length` bytes means that it did not come whole."""
    found = fetch(f"{_address(project_id, node_id)}/content", where)
    return _saved(found, where["path"].rpartition("/")[2])


@bp.get("/archive")
@bp.input(schemas.FileQuery, location="query", arg_name="where")
@bp.doc(responses={200: "A tar, as an attachment"})
@logged_in
def read_folder(project_id: str, node_id: str, where: dict[str, str]) -> Response:
    """Download a folder with all that is in it, as a tar; links are in it as links."""
    found = fetch(f"{_address(project_id, node_id)}/archive", where)
    return _saved(found, f"{found.about['name']}.tar")


@bp.put("/content")
@bp.input(schemas.UploadQuery, location="query", arg_name="where")
@bp.output(schemas.FileOut, status_code=201)
@bp.doc(description="The body is the file, of any size. It is there whole, or not at all.")
@logged_in
def write_file(project_id: str, node_id: str, where: dict[str, Any]) -> dict[str, Any]:
    """Upload one file; what is there of that name stays, unless `replace=true`."""
    address = _address(project_id, node_id, Right.EDIT)
    size = str(request.content_length) if request.content_length is not None else ""
    asked = {"volume": where["volume"], "path": where["path"], "size": size, "replace": str(where["replace"]).lower()}
    return ok(deliver(f"{address}/content", asked, _pieces(), {ACTOR: json.dumps(asdict(journal.actor()))}))


@bp.post("/folders")
@bp.input(schemas.FileIn, arg_name="wanted")
@bp.output(schemas.FileOut, status_code=201)
@logged_in
def make_folder(project_id: str, node_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Make a folder."""
    return _change(project_id, node_id, "folder", wanted)


@bp.patch("")
@bp.input(schemas.FileChange, arg_name="wanted")
@bp.output(schemas.FileOut)
@logged_in
def rename_file(project_id: str, node_id: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Give a file or folder another name, or another place in the same volume; never in place of something else."""
    return _change(project_id, node_id, "rename", wanted)


@bp.delete("")
@bp.input(schemas.FileQuery, location="query", arg_name="where")
@bp.output({}, status_code=204)
@logged_in
def remove_file(project_id: str, node_id: str, where: dict[str, str]) -> str:
    """Remove a file, or a folder with all that is in it. There is no way back."""
    _change(project_id, node_id, "remove", where)
    return ""


def _address(project_id: str, node_id: str, right: Right = Right.VIEW) -> str:
    """Where the director has the node's files, for somebody who may do this with them."""
    node = nodes.get_node(db(), find(project_id, right), node_id)
    address = f"/internal/nodes/{quote(node.id)}/files"
    # A connection of the pool is not held while files are under way.
    db().commit()
    return address


def _change(project_id: str, node_id: str, act: str, told: dict[str, str]) -> dict[str, Any]:
    address = _address(project_id, node_id, Right.EDIT)
    return ok(ask_director(f"{address}/{act}", {**told, "actor": asdict(journal.actor())}, timeout=_LONG_PATIENCE))


def _pieces() -> Iterator[bytes]:
    """The body as it comes. Raises ``UploadBroken`` when its sender has gone before its end."""
    request.max_content_length = ANY_SIZE
    left = request.content_length
    try:
        while piece := request.stream.read(PIECE):
            left = None if left is None else left - len(piece)
            yield piece
    except (OSError, BadRequest) as error:
        raise UploadBroken from error
    if left:
        raise UploadBroken


def _saved(found: Stream, name: str) -> Response:
    """An attachment; its name in the form that every browser knows, and whole in that of RFC 6266."""
    plain = re.sub(r"[^\w.() -]", "_", name, flags=re.ASCII).strip() or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer = Response(found, mimetype="application/octet-stream", headers=_SAVED | {"Content-Disposition": disposition})
    if "size" in found.about:
        answer.content_length = found.about["size"]
    return answer
