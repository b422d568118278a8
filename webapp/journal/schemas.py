"""Shapes of the event log."""

from apiflask import Schema
from apiflask.fields import DateTime, Dict, Integer, String
from apiflask.validators import OneOf, Range


class EntryOut(Schema):
    """Who did what to which project, node, image, run or user; `subject` is its id, `name` what people call it."""

    id = Integer(required=True)
    at = DateTime(required=True)
    actor = String(required=True)
    action = String(required=True)
    kind = String(required=True)
    subject = String(required=True)
    name = String(required=True)
    project_id = String(required=True, allow_none=True)
    node_id = String(required=True, allow_none=True)
    data = Dict(keys=String(), required=True)


class PageQuery(Schema):
    """How many, and older than which entry."""

    limit = Integer(load_default=100, validate=Range(1, 1000))
    before = Integer(load_default=None, allow_none=True, validate=Range(1, 2**63 - 1))


class EntriesQuery(PageQuery):
    """What to narrow to; a moment without a time zone is UTC. `format=jsonl` gives all that match, the oldest first."""

    actor = String()
    action = String()
    kind = String()
    subject = String()
    project_id = String()
    node_id = String()
    since = DateTime()
    until = DateTime()
    format = String(load_default="json", validate=OneOf(["json", "jsonl"]))
