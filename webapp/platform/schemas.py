"""Shapes of hosts, parts and deployments."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import OneOf

from controlplane.cluster import AVAILABILITIES


class MovedOut(Schema):
    """A node of somebody's; `name` and `project` are empty for one that is on no canvas any more."""

    id = String(required=True)
    name = String(required=True)
    project = String(required=True)
    owner = String(required=True)


class TaskOut(Schema):
    """A task on a host, of a part or of a node; `state` is the engine's word."""

    service = String(required=True)
    state = String(required=True)
    part = String(required=True, allow_none=True)
    node = Nested(MovedOut, required=True, allow_none=True)
    is_pinned = Boolean(required=True)
    is_ours = Boolean(required=True)


class HostOut(Schema):
    """A machine of the swarm. `reserved_*` is what services on it have reserved, `used_*` is null where nobody knows.

    `cannot_drain` is the sentence that refuses to drain it; `moves` are the nodes that would start anew elsewhere.
    """

    id = String(required=True)
    name = String(required=True)
    role = String(required=True, validate=OneOf(["manager", "worker"]))
    state = String(required=True)
    availability = String(required=True, validate=OneOf(["active", "pause", "drain"]))
    address = String(required=True)
    engine = String(required=True)
    is_leader = Boolean(required=True)
    cpus = Float(required=True)
    memory_bytes = Integer(required=True)
    reserved_cpus = Float(required=True)
    reserved_memory_bytes = Integer(required=True)
    used_cpus = Float(required=True, allow_none=True)
    used_memory_bytes = Integer(required=True, allow_none=True)
    tasks = List(Nested(TaskOut), required=True)
    cannot_drain = String(required=True, allow_none=True)
    moves = List(Nested(MovedOut), required=True)


class AvailabilityIn(Schema):
    """What a host is to be: active, or drained."""

    availability = String(required=True, validate=OneOf(AVAILABILITIES))


class OptionOut(Schema):
    """An image in the registry that a part could have."""

    tag = String(required=True)
    image = String(required=True)
    made_at = DateTime(required=True, allow_none=True)
    is_current = Boolean(required=True)


class PartOut(Schema):
    """A part of the platform, its image and what the registry offers; `problem` says why it offers nothing.

    `drift` says in words which of its settings somebody changed by hand since its deploy.
    """

    name = String(required=True)
    image = String(required=True)
    update = String(required=True)
    is_running = Boolean(required=True)
    options = List(Nested(OptionOut), required=True)
    drift = List(String(), required=True)
    problem = String(required=True, allow_none=True)


class DeploymentOut(Schema):
    """Which image each part had from a moment on; the newest is what runs now."""

    id = String(required=True)
    at = DateTime(required=True)
    by = String(required=True)
    job_id = String(required=True, allow_none=True)
    images = Dict(keys=String(), values=String(), required=True)
    outcome = String(required=True, validate=OneOf(["succeeded", "failed"]))
    message = String(required=True, allow_none=True)
