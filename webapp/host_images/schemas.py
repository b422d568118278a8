"""Shape of an image on a host."""

from apiflask import Schema
from apiflask.fields import DateTime, String
from apiflask.validators import OneOf

from controlplane.ahead.model import STATES


class HostImageOut(Schema):
    """An image that a host is to have; `reason` says why it has not, `again_at` when it is tried again, `run_id` is the
    run that pulls it or did so last."""

    host_id = String(required=True)
    host = String(required=True)
    repository = String(required=True)
    tag = String(required=True)
    state = String(required=True, validate=OneOf(STATES))
    since = DateTime(required=True)
    reason = String(required=True, allow_none=True)
    again_at = DateTime(required=True, allow_none=True)
    run_id = String(required=True, allow_none=True)
