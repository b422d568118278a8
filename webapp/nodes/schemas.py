"""Shapes of nodes."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, Nested, String
from apiflask.validators import Length, OneOf

from controlplane.leases import Holder, Lease
from controlplane.model import Node
from controlplane.reconcile import STEPS_TOTAL

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
    inputs = Dict(keys=String())


class Progress(Schema):
    """How far a start has come, in words and steps."""

    step = String(required=True)
    steps_done = Integer(required=True)
    steps_total = Integer(required=True)


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
    details = String(required=True, allow_none=True)
    progress = Nested(Progress, required=True, allow_none=True)
    url = String(required=True, allow_none=True)
    inputs = Dict(keys=String(), required=True)
    outputs = Dict(keys=String(), required=True)
    position = Nested(Position, required=True)
    run_id = String(required=True, allow_none=True)
    lease = Nested(LeaseOut, required=True)


def node_out(node: Node, lease: Lease) -> dict[str, Any]:
    """A row as people see it."""
    names = ("id", "project_id", "name", "service_key", "service_version", "type", "state", "details", "url", "inputs")
    progress = {"step": node.step, "steps_done": node.steps_done, "steps_total": STEPS_TOTAL}
    return {name: getattr(node, name) for name in names} | {
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
