"""The routes of the first director, beside /v0, for clients that are older still."""

from typing import Any

from flask import Blueprint, jsonify, request

from controlplane import catalogue
from controlplane.errors import BadInput
from webapp.director import running
from webapp.transaction import db

bp = Blueprint("first", __name__)


def _body(*names: str) -> dict[str, str]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) and body[name] for name in names):
        raise BadInput(f"The body must be a JSON object with {' and '.join(names)}.")
    return body


@bp.get("/list_interactive_services")
def list_interactive_services() -> Any:
    """The names of the services that can be started."""
    return jsonify(sorted({row.key for row in catalogue.list_services(db(), "dynamic")}))


@bp.post("/start_service")
def start_service() -> Any:
    """Start a service by its name."""
    body = _body("service_name", "service_uuid")
    node = running.start("", body["service_name"], body.get("tag"), body["service_uuid"], None)
    container = {"container_id": node.host or "", "published_ports": [node.published_port]}
    answer = {"service_name": body["service_name"], "service_uuid": body["service_uuid"], "containers": [container]}
    return jsonify(answer), 201


@bp.post("/stop_service")
def stop_service() -> Any:
    """Close a service; an unknown uuid is no error, as it never was."""
    body = _body("service_uuid")
    running.stop(body["service_uuid"])
    return jsonify({"service_uuid": body["service_uuid"]}), 201
