"""Shapes of the director's contracts."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Dict, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Regexp

from webapp.services.schemas import Author

_KEY = r"^(simcore)/(services)/(comp|dynamic)(/[^\s/]+)+\Z"
_UUID = r"^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\Z"


class StatusOut(Schema):
    """The director answers."""

    name = String(required=True)
    status = String(required=True, validate=OneOf(["SERVICE_RUNNING"]))
    api_version = String(required=True)
    version = String(required=True)


class ServicesQuery(Schema):
    """Which services."""

    service_type = String(load_default="", validate=OneOf(["", "computational", "interactive", "dynamic"]))


class MetadataOut(Schema):
    """The metadata of a service's `io.simcore` labels."""

    key = String(required=True)
    version = String(required=True)
    type = String(required=True)
    name = String(required=True)
    description = String(required=True)
    authors = List(Nested(Author), required=True)
    contact = String(required=True)
    inputs = Dict(keys=String(), required=True)
    outputs = Dict(keys=String(), required=True)
    thumbnail = String()


class StartQuery(Schema):
    """The service to be started. Without a tag the newest version is."""

    user_id = String(required=True, validate=Length(1, 200))
    service_key = String(required=True, validate=[Length(1, 300), Regexp(_KEY, error="is no key of a service")])
    service_uuid = String(required=True, validate=Regexp(_UUID, error="is not a UUID"))
    service_tag = String(load_default="", validate=Length(0, 128))
    service_basepath = String(
        load_default="", validate=[Length(0, 200), Regexp(r"^((/[\w.~-]+)*/?)?\Z", error="must be a path such as /x/abc")]
    )


class RunningOut(Schema):
    """A service that runs."""

    published_port = Integer(required=True, allow_none=True)
    entry_point = String(required=True)
    service_uuid = String(required=True)
    service_key = String(required=True)
    service_version = String(required=True)
    service_host = String(required=True)
    service_port = Integer(required=True)
    service_basepath = String(required=True)


class FirstStart(Schema):
    """What the first director was told."""

    service_name = String(required=True, validate=Length(1, 300))
    service_uuid = String(required=True, validate=Regexp(_UUID, error="is not a UUID"))
    tag = String(load_default="", allow_none=True, validate=Length(0, 128))


class FirstStop(Schema):
    """What the first director was told."""

    service_uuid = String(required=True, validate=Length(1, 1000))


Answer = dict[str, str | dict[str, dict[str, Any]]]


def plain(description: str, schema: dict[str, Any]) -> Answer:
    """An answer without the envelope, for a document."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_TEXT = {"type": "string"}
_CONTAINER = {
    "type": "object",
    "properties": {"container_id": _TEXT, "published_ports": {"type": "array", "items": {"type": "integer"}}},
}
_STARTED = {"service_name": _TEXT, "service_uuid": _TEXT, "containers": {"type": "array", "items": _CONTAINER}}
_NO_SERVICE: Answer = {"description": "No such service"}
_RUNS_ALREADY: Answer = {"description": "The uuid runs already"}
NAMES: dict[int | str, Answer] = {"200": plain("Names of services", {"type": "array", "items": _TEXT})}
STARTED: dict[int | str, Answer] = {
    "201": plain("It runs", {"type": "object", "properties": _STARTED}),
    "404": _NO_SERVICE,
    "409": _RUNS_ALREADY,
}
STOPPED: dict[int | str, Answer] = {
    "201": plain("Closed, or never there", {"type": "object", "properties": {"service_uuid": _TEXT}})
}
