"""Shapes of projects and links."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Email, File, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf

from controlplane.projects import LONGEST_TAG, MOST_TAGS, Place
from webapp.nodes.schemas import STATES, NodeOut


class LinkIn(Schema):
    """From an output of one node to an input of another."""

    source_node = String(required=True)
    source_port = String(required=True, validate=Length(0, 200))
    target_node = String(required=True)
    target_port = String(required=True, validate=Length(0, 200))


class LinkOut(LinkIn):
    """A link on the canvas."""

    id = String(required=True)


def _tags(**options: Any) -> Any:
    """Short words."""
    return List(String(validate=Length(0, LONGEST_TAG)), validate=Length(0, MOST_TAGS), **options)


class ProjectIn(Schema):
    """A new canvas."""

    name = String(required=True, validate=Length(1, 200))
    description = String(load_default="", validate=Length(0, 10_000))
    tags = _tags(load_default=list)


class ProjectChange(Schema):
    """What is to change; what is not named stays. `links` is the whole list."""

    name = String(validate=Length(1, 200))
    description = String(validate=Length(0, 10_000))
    links = List(Nested(LinkIn), validate=Length(0, 5000))
    tags = _tags()
    is_template = Boolean(metadata={"description": "Whether every user may make a project from it; the owner alone decides."})


class OwnerOut(Schema):
    """Whose a project is."""

    id = String(required=True)
    name = String(required=True)
    email = Email(required=True)


class ProjectHead(Schema):
    """What is known of a project wherever it is shown; `right` is what the user who asks may do."""

    id = String(required=True)
    name = String(required=True)
    description = String(required=True)
    tags = List(String(), required=True)
    is_template = Boolean(required=True)
    owner = Nested(OwnerOut, required=True)
    right = String(required=True, allow_none=True, validate=OneOf(["view", "edit", "own"]))
    created_at = DateTime(required=True)
    changed_at = DateTime(required=True)


class MiniNode(Schema):
    """A node of a thumbnail: where it stands, and how it is."""

    x = Float(required=True)
    y = Float(required=True)
    state = String(required=True, validate=OneOf(STATES))


class MiniLink(Schema):
    """A link of a thumbnail: which of its nodes it joins, by their place in the list."""

    source = Integer(required=True)
    target = Integer(required=True)


class Thumbnail(Schema):
    """A canvas at a glance: at most 100 of its nodes."""

    nodes = List(Nested(MiniNode), required=True)
    links = List(Nested(MiniLink), required=True)


class ProjectSummary(ProjectHead):
    """A project in a list."""

    trashed_at = DateTime(required=True, allow_none=True)
    # When the trash will be emptied of it.
    forgotten_at = DateTime(required=True, allow_none=True)
    thumbnail = Nested(Thumbnail, required=True)
    node_count = Integer(required=True)
    running_count = Integer(required=True)
    # When the first of its nodes will be closed because nobody has the project open; null while none is about to be.
    ending_at = DateTime(required=True, allow_none=True)


class ProjectOut(ProjectHead):
    """A canvas with all that is on it."""

    nodes = List(Nested(NodeOut), required=True)
    links = List(Nested(LinkOut), required=True)


class PresenceIn(Schema):
    """One tab's name for itself."""

    tab = String(required=True, validate=Length(1, 64))


class PresenceOut(Schema):
    """How long nodes keep running after the last sign of life, in seconds."""

    grace_seconds = Integer(required=True)


class PlaceQuery(Schema):
    """Where to look: one's own and shared projects, the templates, or the trash."""

    place = String(load_default=Place.PROJECTS, validate=OneOf([str(place) for place in Place]))


class RemovalQuery(Schema):
    """Into the trash, or for good."""

    forever = Boolean(load_default=False)


class CopyIn(Schema):
    """The copy's name; the source's when it is not given."""

    name = String(validate=Length(1, 200))


class ShareIn(Schema):
    """Who is let in, by e-mail address, and what they may do."""

    email = String(required=True, validate=Length(1, 254))
    role = String(required=True, validate=OneOf(["view", "edit"]))


class ShareOut(Schema):
    """Somebody with whom a project is shared."""

    user_id = String(required=True)
    name = String(required=True)
    email = Email(required=True)
    role = String(required=True, validate=OneOf(["view", "edit"]))
    created_at = DateTime(required=True)


class ImportIn(Schema):
    """A file that an export gave."""

    file = File(required=True)  # type: ignore[no-untyped-call]


class MissingService(Schema):
    """A service that a node needs and the catalogue lacks."""

    key = String(required=True)
    version = String(required=True)


class ImportOut(Schema):
    """The new project, and which of its services are not here: their nodes are on the canvas and cannot start."""

    project = Nested(ProjectOut, required=True)
    missing_services = List(Nested(MissingService), required=True)
