"""The director's contract `/v0`, for clients that exist."""

import re
import uuid as uuids
from typing import Any

from flask import Blueprint, jsonify, request

from controlplane import __version__, catalogue
from controlplane.errors import BadInput, NotFound
from webapp.director import running
from webapp.envelope import ok
from webapp.transaction import db

bp = Blueprint("v0", __name__, url_prefix="/v0")
_TYPES = {None: None, "": None, "computational": "computational", "interactive": "dynamic", "dynamic": "dynamic"}


@bp.get("/")
def root() -> Any:
    """The director answers."""
    status = {"name": "director", "status": "SERVICE_RUNNING", "api_version": "v0", "version": __version__}
    return jsonify(ok(status))


@bp.get("/services")
def list_services() -> Any:
    """The catalogue; `?service_type=computational|interactive` narrows it."""
    wanted = request.args.get("service_type")
    if wanted not in _TYPES:
        raise BadInput(f"service_type must be computational or interactive, not {wanted!r}.")
    return jsonify(ok([row.metadata_ for row in catalogue.list_services(db(), _TYPES[wanted])]))


@bp.get("/services/<path:key>/<version>")
def get_service(key: str, version: str) -> Any:
    """One version of one service, in a list; the key's slashes plain or encoded."""
    return jsonify(ok([catalogue.find(db(), key.replace("%2F", "/").replace("%2f", "/"), version).metadata_]))


def _uuid(text: str) -> str:
    try:
        return str(uuids.UUID(text))
    except ValueError as error:
        raise BadInput(f"{text!r} is not a UUID.") from error


@bp.post("/running_interactive_services")
def start() -> Any:
    """Start a service; answers when it runs, or fails with the reason."""
    given = {name: request.args.get(name, "").strip() for name in ("user_id", "service_key", "service_uuid")}
    if missing := [name for name, value in given.items() if not value]:
        raise BadInput(f"The query parameter {missing[0]} is missing.")
    base_path = request.args.get("service_basepath", "").rstrip("/") or None
    if base_path and not re.fullmatch(r"(/[\w.~-]+)+", base_path):
        raise BadInput("service_basepath must be a path such as /x/abc.")
    tag = request.args.get("service_tag") or None
    node = running.start(given["user_id"], given["service_key"], tag, _uuid(given["service_uuid"]), base_path)
    return jsonify(ok(running.described(node))), 201


@bp.get("/running_interactive_services/<service_uuid>")
def get(service_uuid: str) -> Any:
    """A running service."""
    node = running.get(_uuid(service_uuid))
    if node is None:
        raise NotFound(f"No service {service_uuid} runs.")
    return jsonify(ok(running.described(node)))


@bp.delete("/running_interactive_services/<service_uuid>")
def stop(service_uuid: str) -> Any:
    """Close a service."""
    if not running.stop(_uuid(service_uuid)):
        raise NotFound(f"No service {service_uuid} runs.")
    return "", 204
