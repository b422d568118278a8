"""Shapes of nodes."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range

from controlplane.judging import STEPS_TOTAL
from controlplane.leases import Holder, Lease
from controlplane.model import Node, Observed

STATES = ["created", "queued", "starting", "running", "stopping", "stopped", "succeeded", "failed", "cancelled"]


class Position(Schema):
    """Where the node stands on the canvas, in canvas units."""

    x = Float(required=True)
    y = Float(required=True)


class NodeIn(Schema):
    """A node to be; a dynamic one starts at once."""

    service_key = String(required=True, validate=Length(1, 300))
    service_version = String(required=True, validate=Length(1, 100))
    name = String(validate=Length(1, 200))
    position = Nested(Position)
    inputs = Dict(keys=String())


class NodeChange(Schema):
    """What is to change; what is not named stays."""

    name = String(validate=Length(1, 200))
    position = Nested(Position)
    inputs = Dict(keys=String(), metadata={"description": "All inputs; those that are not named go back to their defaults."})
    some_inputs = Dict(
        keys=String(), metadata={"description": "Inputs that change, the others stay; null puts one back to its default."}
    )


class Progress(Schema):
    """How far a start has come, in words and steps."""

    step = String(required=True)
    steps_done = Integer(required=True)
    steps_total = Integer(required=True)


class Container(Schema):
    """One of the containers that a node is made of."""

    name = String(required=True)
    role = String(required=True, validate=OneOf(["main", "dependency"]))
    image = String(required=True)
    state = String(required=True, validate=OneOf([state.value for state in Observed]))
    reason = String(required=True, allow_none=True)


class LeaseOut(Schema):
    """Until when the node is known to be needed: `expires_at` is null while `held_by` says what keeps it running."""

    grace_seconds = Integer(required=True)
    expires_at = DateTime(required=True, allow_none=True)
    keep_until = DateTime(required=True, allow_none=True)
    held_by = String(required=True, allow_none=True, validate=OneOf([str(holder) for holder in Holder]))
    is_ending = Boolean(required=True)


class KeepIn(Schema):
    """Until when the node is to run whoever looks; null gives it back to its lease."""

    until = DateTime(required=True, allow_none=True)


class NodeOut(Schema):
    """A node and what is known of its service."""

    id = String(required=True)
    project_id = String(required=True)
    name = String(required=True)
    service_key = String(required=True)
    service_version = String(required=True)
    type = String(required=True, validate=OneOf(["dynamic", "computational"]))
    state = String(required=True, validate=OneOf(STATES))
    state_since = DateTime(required=True)
    reason = String(required=True, allow_none=True)
    cause = String(required=True, allow_none=True)
    remedy = String(required=True, allow_none=True)
    details = String(required=True, allow_none=True)
    containers = List(Nested(Container), required=True)
    progress = Nested(Progress, required=True, allow_none=True)
    url = String(required=True, allow_none=True)
    inputs = Dict(keys=String(), required=True)
    outputs = Dict(keys=String(), required=True)
    position = Nested(Position, required=True)
    run_id = String(required=True, allow_none=True)
    lease = Nested(LeaseOut, required=True)


def node_out(node: Node, lease: Lease) -> dict[str, Any]:
    """A row as people see it."""
    names = ("id", "project_id", "name", "service_key", "service_version", "type", "state", "url", "inputs")
    explained = ("cause", "remedy", "details", "containers")
    progress = {"step": node.step, "steps_done": node.steps_done, "steps_total": STEPS_TOTAL}
    return {name: getattr(node, name) for name in names + explained} | {
        "outputs": node.outputs,
        "run_id": node.run_id,
        "state_since": max(node.desired_at, node.observed_at),
        "reason": node.failure or node.closed_because,
        "progress": progress if node.state == "starting" and node.step else None,
        "position": {"x": node.x, "y": node.y},
        "lease": _lease_out(lease),
    }


def _lease_out(lease: Lease) -> dict[str, Any]:
    names = ("expires_at", "keep_until", "held_by", "is_ending")
    return {name: getattr(lease, name) for name in names} | {"grace_seconds": int(lease.grace.total_seconds())}


class LogsQuery(Schema):
    """How much, and in which form: `format=text` is a file to keep."""

    tail = Integer(load_default=200, validate=Range(1, 5000))
    format = String(load_default="json", validate=OneOf(["json", "text"]))


class LogOut(Schema):
    """The last lines of one container, and what the engine said of its tasks; `kept_until` when it has ended."""

    container = String(required=True)
    at = DateTime(required=True)
    text = String(required=True)
    errors = List(String(), required=True)
    is_live = Boolean(required=True)
    kept_until = DateTime(required=True, allow_none=True)


_PATH = {"description": "Names with / between them, below the volume; empty for the volume itself."}
_VOLUME = {"description": "One of `volumes`; empty for the first."}


class FileQuery(Schema):
    """Where a file or folder is."""

    volume = String(load_default="", validate=Length(0, 1000), metadata=_VOLUME)
    path = String(load_default="", validate=Length(0, 4000), metadata=_PATH)


class UploadQuery(FileQuery):
    """Where a file is to be, and whether it may take the place of one of that name."""

    replace = Boolean(load_default=False)


class FileIn(Schema):
    """A folder to be."""

    volume = String(load_default="", validate=Length(0, 1000), metadata=_VOLUME)
    path = String(required=True, validate=Length(1, 4000), metadata=_PATH)


class FileChange(FileIn):
    """Where something is, and where it is to be."""

    to = String(required=True, validate=Length(1, 4000), metadata=_PATH)


class FileOut(Schema):
    """A file or folder; `leads_to` says what a link is to the reader. One that is not `is_usable` has a name that is no text:
    it is shown as well as can be, and can only be renamed in the node."""

    name = String(required=True)
    kind = String(required=True, validate=OneOf(["folder", "file", "link", "other"]))
    size = Integer(required=True, allow_none=True)
    modified = String(required=True, metadata={"format": "date-time"})
    is_usable = Boolean(required=True)
    leads_to = String(required=True, allow_none=True, validate=OneOf(["folder", "file"]))


class FolderOut(Schema):
    """What is in a folder. `volumes` are the folders that the node keeps; without any nothing of it is kept. Until the node
    has run once they are not made (`is_made`)."""

    volumes = List(String(), required=True)
    volume = String(required=True)
    path = String(required=True)
    is_made = Boolean(required=True)
    count = Integer(required=True)
    entries = List(Nested(FileOut), required=True)
