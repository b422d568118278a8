"""Shapes of runs and their events."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range

from controlplane.model import RunState

STATES = [state.value for state in RunState]


class RunsQuery(Schema):
    """How many, older than which run, in which state, about which node."""

    limit = Integer(load_default=200, validate=Range(1, 1000))
    before = String(load_default=None, validate=Length(1, 36))
    state = String(load_default=None, validate=OneOf(STATES))
    node_id = String(load_default=None, validate=Length(1, 36))


class RunOut(Schema):
    """One execution of a playbook; `duration` in seconds, once it has ended."""

    id = String(required=True)
    playbook = String(required=True)
    state = String(required=True, validate=OneOf(STATES))
    started_at = DateTime(required=True)
    finished_at = DateTime(required=True, allow_none=True)
    duration = Float(required=True, allow_none=True)
    cancel_asked_at = DateTime(required=True, allow_none=True)
    node_ids = List(String(), required=True)
    message = String(required=True, allow_none=True)


class RunSecret(Schema):
    """A secret that is stored nowhere: the environment variable to set, and the places where its value belongs."""

    variable = String(required=True)
    places = List(String(), required=True)


class RunWhole(RunOut):
    """A run with what it takes to repeat it by hand: save inputs.json beside a checkout and run `command` (docs/runs.md)."""

    command = String(required=True)
    inputs = Dict(keys=String(), required=True)
    secrets = List(Nested(RunSecret), required=True)


class EventsQuery(Schema):
    """From where on; `stream=1` gives server-sent events, as does `Accept: text/event-stream`."""

    after = Integer(load_default=0, validate=Range(0, 2**31 - 1))
    stream = Boolean(load_default=False)


class RunEventOut(Schema):
    """What one task did on one host; `seq` has no gaps, `item` is the node, `duration` in seconds."""

    seq = Integer(required=True)
    at = DateTime(required=True)
    kind = String(required=True)
    host = String(required=True, allow_none=True)
    task = String(required=True, allow_none=True)
    item = String(required=True, allow_none=True)
    message = String(required=True, allow_none=True)
    changed = Boolean(required=True)
    duration = Float(required=True, allow_none=True)
