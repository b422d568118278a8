"""The director's contract `/v0`, for clients that exist."""

import uuid as uuids
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from controlplane import __version__, catalogue
from controlplane.errors import BadInput, NotFound
from webapp.director import running, schemas
from webapp.envelope import ok
from webapp.rendered import rendered
from webapp.transaction import db

bp = APIBlueprint("v0", __name__, url_prefix="/v0", tag="Director")
_TYPES = {"": None, "computational": "computational", "interactive": "dynamic", "dynamic": "dynamic"}
_REFUSALS = {404: "No such service", 409: "The uuid runs already", 500: "It did not start", 504: "Nor within its time"}


@bp.get("/")
@bp.output(schemas.StatusOut)
def root() -> dict[str, Any]:
    """The director answers."""
    return ok({"name": "director", "status": "SERVICE_RUNNING", "api_version": "v0", "version": __version__})


@bp.get("")
@bp.doc(hide=True)
def root_without_slash() -> Any:
    """The same, for clients that leave the slash out."""
    return root()


@bp.get("/openapi.json")
@bp.doc(hide=True)
def openapi() -> Response:
    """The document of this contract."""
    from webapp.director import openapi as written  # noqa: PLC0415  the document describes the app that serves it

    return jsonify(written())


@bp.get("/services")
@bp.input(schemas.ServicesQuery, location="query", arg_name="query")
@bp.output(schemas.MetadataOut(many=True))
def list_services(query: dict[str, str]) -> Response:
    """The catalogue; `service_type` narrows it."""
    kind = _TYPES[query["service_type"]]
    return rendered(
        f"v0 {kind}", catalogue.version(db()), lambda: ok([row.metadata_ for row in catalogue.list_services(db(), kind)])
    )


@bp.get("/services/<path:key>/<version>")
@bp.output(schemas.MetadataOut(many=True))
@bp.doc(responses={404: "No such service, or not in this version"})
def get_service(key: str, version: str) -> dict[str, Any]:
    """One version of one service, in a list; the key's slashes plain or encoded."""
    return ok([catalogue.find(db(), key.replace("%2F", "/").replace("%2f", "/"), version).metadata_])


def _uuid(text: str) -> str:
    try:
        return str(uuids.UUID(text))
    except ValueError as error:
        raise BadInput(f"{text!r} is not a UUID.") from error


@bp.post("/running_interactive_services")
@bp.input(schemas.StartQuery, location="query", arg_name="query")
@bp.output(schemas.RunningOut, status_code=201)
@bp.doc(responses=_REFUSALS)
def start(query: dict[str, str]) -> dict[str, Any]:
    """Start a service; answers when it runs, or fails with the reason."""
    base_path = query["service_basepath"].rstrip("/") or None
    uuid, tag = _uuid(query["service_uuid"]), query["service_tag"] or None
    return ok(running.described(running.start(query["user_id"], query["service_key"], tag, uuid, base_path)))


@bp.get("/running_interactive_services/<service_uuid>")
@bp.output(schemas.RunningOut)
@bp.doc(responses={400: "Not a UUID", 404: "No such service runs"})
def get(service_uuid: str) -> dict[str, Any]:
    """A running service."""
    node = running.get(_uuid(service_uuid))
    if node is None:
        raise NotFound(f"No service {service_uuid} runs.")
    return ok(running.described(node))


@bp.delete("/running_interactive_services/<service_uuid>")
@bp.output({}, status_code=204)
@bp.doc(responses={400: "Not a UUID", 404: "No such service runs"})
def stop(service_uuid: str) -> str:
    """Close a service; answers when it is gone."""
    if not running.stop(_uuid(service_uuid)):
        raise NotFound(f"No service {service_uuid} runs.")
    return ""
