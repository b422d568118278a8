"""Shapes of jobs."""

from apiflask import Schema
from apiflask.fields import DateTime, Dict, Integer, String
from apiflask.validators import Length, OneOf, Range

from controlplane.jobs_model import JobState

STATES = [state.value for state in JobState]


class JobsQuery(Schema):
    """How many, older than which job, of which kind, in which state."""

    limit = Integer(load_default=100, validate=Range(1, 500))
    before = String(load_default=None, validate=Length(1, 36))
    kind = String(load_default=None, validate=Length(1, 40))
    state = String(load_default=None, validate=OneOf(STATES))


class JobIn(Schema):
    """What is to be done; each kind says which inputs it takes (docs/jobs.md)."""

    kind = String(required=True, validate=Length(1, 40))
    inputs = Dict(keys=String(), load_default=dict)


class JobOut(Schema):
    """A job; `run_id` is its run once it has begun, `result` what its kind keeps, `message` why it failed."""

    id = String(required=True)
    kind = String(required=True)
    state = String(required=True, validate=OneOf(STATES))
    inputs = Dict(keys=String(), required=True)
    asked_by = String(required=True)
    asked_at = DateTime(required=True)
    started_at = DateTime(required=True, allow_none=True)
    finished_at = DateTime(required=True, allow_none=True)
    run_id = String(required=True, allow_none=True)
    result = Dict(keys=String(), required=True, allow_none=True)
    message = String(required=True, allow_none=True)
