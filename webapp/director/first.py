"""The routes of the first director, beside /v0, for clients that are older still."""

from typing import Any

from apiflask import APIBlueprint
from flask import jsonify

from controlplane import catalogue
from webapp.director import running, schemas
from webapp.transaction import db

bp = APIBlueprint("first", __name__, tag="First director")


@bp.get("/list_interactive_services")
@bp.doc(responses=schemas.NAMES)
def list_interactive_services() -> Any:
    """The names of the services that can be started."""
    return jsonify(sorted({row.key for row in catalogue.list_services(db(), "dynamic")}))


@bp.post("/start_service")
@bp.input(schemas.FirstStart, arg_name="wanted")
@bp.doc(responses=schemas.STARTED)
def start_service(wanted: dict[str, str]) -> Any:
    """Start a service by its name; answers when it runs, or fails with the reason."""
    node = running.start("", wanted["service_name"], wanted["tag"] or None, wanted["service_uuid"], None)
    ports = [node.published_port] if node.published_port else []
    container = {"container_id": running.container_of(node), "published_ports": ports}
    answer = {"service_name": wanted["service_name"], "service_uuid": wanted["service_uuid"], "containers": [container]}
    return jsonify(answer), 201


@bp.post("/stop_service")
@bp.input(schemas.FirstStop, arg_name="wanted")
@bp.doc(responses=schemas.STOPPED)
def stop_service(wanted: dict[str, str]) -> Any:
    """Close a service; an unknown uuid is no error, as it never was."""
    running.stop(wanted["service_uuid"])
    return jsonify({"service_uuid": wanted["service_uuid"]}), 201
