"""Shapes of the registry's images and of a plan to prune them."""

from apiflask import Schema
from apiflask.fields import DateTime, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range

_KINDS = ["running", "rollback", "project", "member", "newest", "recent", "platform", "unknown"]
_KEEP = Range(1, 1000)


class RegistryQuery(Schema):
    """How many of the newest versions of each service stay though nothing uses them."""

    keep = Integer(load_default=3, validate=_KEEP)


class UseOut(Schema):
    """Why an image stays, and what it is that uses it."""

    kind = String(required=True, validate=OneOf(_KINDS))
    name = String(required=True)


class StoredImageOut(Schema):
    """An image. `bytes` are all that it is made of, compressed; `own_bytes` are in no other; without uses it can go."""

    repository = String(required=True)
    tags = List(String(), required=True)
    digest = String(required=True)
    bytes = Integer(required=True)
    own_bytes = Integer(required=True)
    problem = String(required=True, allow_none=True)
    uses = List(Nested(UseOut), required=True)


class PlanOut(Schema):
    """What pruning would remove: the images without uses, and the bytes that only they hold."""

    id = String(required=True)
    keep = Integer(required=True)
    bytes = Integer(required=True)
    images = Integer(required=True)


class RegistryOut(Schema):
    """All images, each blob counted once in `bytes`, and the plan."""

    read_at = DateTime(required=True)
    bytes = Integer(required=True)
    images = List(Nested(StoredImageOut), required=True)
    plan = Nested(PlanOut, required=True)


class PruneIn(Schema):
    """The plan that was shown."""

    plan = String(required=True, validate=Length(1, 64))
    keep = Integer(required=True, validate=_KEEP)


class PruneOut(Schema):
    """The run that removes the images."""

    run_id = String(required=True)
