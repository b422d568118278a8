"""Shapes of projects and links."""

from apiflask import Schema
from apiflask.fields import DateTime, Integer, List, Nested, String
from apiflask.validators import Length

from webapp.nodes.schemas import NodeOut


class LinkIn(Schema):
    """From an output of one node to an input of another."""

    source_node = String(required=True)
    source_port = String(required=True, validate=Length(0, 200))
    target_node = String(required=True)
    target_port = String(required=True, validate=Length(0, 200))


class LinkOut(LinkIn):
    """A link on the canvas."""

    id = String(required=True)


class ProjectIn(Schema):
    """A new canvas."""

    name = String(required=True, validate=Length(1, 200))
    description = String(load_default="", validate=Length(0, 10_000))


class ProjectChange(Schema):
    """What is to change; what is not named stays. `links` is the whole list."""

    name = String(validate=Length(1, 200))
    description = String(validate=Length(0, 10_000))
    links = List(Nested(LinkIn), validate=Length(0, 5000))


class ProjectSummary(Schema):
    """A project in a list."""

    id = String(required=True)
    name = String(required=True)
    description = String(required=True)
    created_at = DateTime(required=True)
    changed_at = DateTime(required=True)
    node_count = Integer(required=True)
    running_count = Integer(required=True)
    # When the first of its nodes will be closed because nobody has the project open; null while none is about to be.
    ending_at = DateTime(required=True, allow_none=True)


class ProjectOut(Schema):
    """A canvas with all that is on it."""

    id = String(required=True)
    name = String(required=True)
    description = String(required=True)
    created_at = DateTime(required=True)
    changed_at = DateTime(required=True)
    nodes = List(Nested(NodeOut), required=True)
    links = List(Nested(LinkOut), required=True)


class PresenceIn(Schema):
    """One tab's name for itself."""

    tab = String(required=True, validate=Length(1, 64))


class PresenceOut(Schema):
    """How long nodes keep running after the last sign of life, in seconds."""

    grace_seconds = Integer(required=True)
