"""Files of nodes, for web: what is asked and done at once, and what streams in or out; the gateway lets nobody else come here."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import BadRequest

from controlplane import journal
from controlplane.errors import BadInput, UploadBroken
from controlplane.files import Download, Files
from webapp.carrying import ABOUT, ACTOR, ANY_SIZE, PIECE
from webapp.director.internal import refuse_the_gateway
from webapp.envelope import ok

bp = Blueprint("files", __name__, url_prefix="/internal/nodes/<node_id>/files")
bp.before_request(refuse_the_gateway)


@bp.get("")
def list_files(node_id: str) -> Any:
    """What is in a folder."""
    return jsonify(ok(_files().list(node_id, *_where())))


@bp.get("/content")
def read_file(node_id: str) -> Response:
    """A file."""
    return _sent(_files().read(node_id, *_where()))


@bp.get("/archive")
def read_folder(node_id: str) -> Response:
    """A folder as a tar."""
    return _sent(_files().archive(node_id, *_where()))


@bp.put("/content")
def write_file(node_id: str) -> Any:
    """A file, as it comes; its length is told in the query, where it is known."""
    request.max_content_length = ANY_SIZE
    size = request.args.get("size", "")
    _act_as(json.loads(request.headers[ACTOR]))
    is_replacing = request.args.get("replace") == "true"
    return jsonify(ok(_files().write(node_id, *_where(), _pieces(), int(size) if size else None, may_replace=is_replacing)))


@bp.post("/<act>")
def change_files(node_id: str, act: str) -> Any:
    """Make a folder, rename or remove, in somebody's name."""
    told: dict[str, Any] = request.get_json()
    _act_as(told["actor"])
    where = (node_id, told["volume"], told["path"])
    match act:
        case "folder":
            return jsonify(ok(_files().make_folder(*where)))
        case "rename":
            return jsonify(ok(_files().rename(*where, told["to"])))
        case "remove":
            return jsonify(ok(_files().remove(*where)))
    raise BadInput


def _files() -> Files:
    files: Files = current_app.extensions["files"]
    return files


def _where() -> tuple[str, str]:
    return request.args.get("volume", ""), request.args.get("path", "")


def _act_as(actor: dict[str, Any]) -> None:
    journal.act_as(str(actor["name"]), actor["user_id"], actor["token"])


def _pieces() -> Iterator[bytes]:
    """The body; raises ``UploadBroken`` when it ends before its end."""
    try:
        while piece := request.stream.read(PIECE):
            yield piece
    except (OSError, BadRequest) as error:
        raise UploadBroken from error


def _sent(found: Download) -> Response:
    answer = Response(found, mimetype="application/octet-stream", headers={ABOUT: json.dumps(found.about)})
    if "size" in found.about:
        answer.content_length = found.about["size"]
    return answer
