"""Shapes of the reaper's decisions."""

from apiflask import Schema
from apiflask.fields import DateTime, Dict, Integer, String
from apiflask.validators import OneOf, Range


class ReapsQuery(Schema):
    """Which part of the list: as many, older than an id."""

    limit = Integer(load_default=100, validate=Range(1, 500))
    before = Integer(load_default=None, validate=Range(1, 2**63 - 1))


class ReapOut(Schema):
    """One decision in a sentence, and the evidence it was made on: moments in UTC, null for what never was."""

    id = Integer(required=True)
    at = DateTime(required=True)
    kind = String(required=True, validate=OneOf(["node", "service", "network"]))
    name = String(required=True)
    node_id = String(required=True, allow_none=True)
    project_id = String(required=True, allow_none=True)
    sentence = String(required=True)
    evidence = Dict(keys=String(), required=True)
