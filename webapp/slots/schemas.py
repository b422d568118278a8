"""Shape of a slot."""

from apiflask import Schema
from apiflask.fields import DateTime, Integer, String
from apiflask.validators import OneOf


class SlotOut(Schema):
    """A service started ahead of need; `memory_mib` is its limit, `reason` why it failed, `since` from when it is ready."""

    id = String(required=True)
    service_key = String(required=True)
    service_version = String(required=True)
    state = String(required=True, validate=OneOf(["starting", "ready", "failed", "closing"]))
    memory_mib = Integer(required=True)
    reason = String(required=True, allow_none=True)
    since = DateTime(required=True, allow_none=True)
