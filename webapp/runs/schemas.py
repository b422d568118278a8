"""Shapes of runs and their events."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Integer, List, String
from apiflask.validators import OneOf

from controlplane.model import RunState


class RunOut(Schema):
    """One execution of a playbook."""

    id = String(required=True)
    playbook = String(required=True)
    state = String(required=True, validate=OneOf([state.value for state in RunState]))
    started_at = DateTime(required=True)
    finished_at = DateTime(required=True, allow_none=True)
    node_ids = List(String(), required=True)
    message = String(required=True, allow_none=True)


class RunWhole(RunOut):
    """A run with what it takes to repeat it by hand: save `inputs` as inputs.json and run `command`."""

    command = String(required=True)
    inputs = Dict(keys=String(), required=True)


class EventsQuery(Schema):
    """From where on."""

    after = Integer(load_default=0)


class RunEventOut(Schema):
    """What one task did on one host; `seq` has no gaps."""

    seq = Integer(required=True)
    at = DateTime(required=True)
    kind = String(required=True)
    host = String(required=True, allow_none=True)
    task = String(required=True, allow_none=True)
    message = String(required=True, allow_none=True)
    changed = Boolean(required=True)
