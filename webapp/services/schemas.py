"""Shapes of the catalogue."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, List, Nested, String
from marshmallow import INCLUDE

from controlplane.catalogue import Listed, is_deprecated
from controlplane.model import Service


class Author(Schema):
    """Who made a service."""

    class Meta:
        """Authors may say more of themselves."""

        unknown = INCLUDE

    name = String(required=True)
    email = String(allow_none=True)
    affiliation = String(allow_none=True)


class ServiceOut(Schema):
    """One version of a service: the metadata of its `io.simcore` labels."""

    key = String(required=True)
    version = String(required=True)
    type = String(required=True)
    name = String(required=True)
    description = String(required=True)
    authors = List(Nested(Author), required=True)
    contact = String(required=True)
    inputs = Dict(keys=String(), required=True)
    outputs = Dict(keys=String(), required=True)
    thumbnail = String()
    deprecated_at = DateTime(
        required=True, allow_none=True, metadata={"description": "From then on nobody should start it; it starts all the same."}
    )
    is_deprecated = Boolean(required=True, metadata={"description": "Whether that day has come."})


class BrokenOut(Schema):
    """An image that is left out of the catalogue."""

    key = String(required=True)
    version = String(required=True)
    image = String(required=True, metadata={"description": "Its name for engines, with its digest."})
    digest = String(required=True)
    reason = String(required=True)


class SourcesOut(Schema):
    """What services can be published from, by a job of the kind `publish` (docs/publish.md)."""

    folders = List(String(), required=True, metadata={"description": "Folders of services/ in the director's checkout."})
    protocols = List(String(), required=True, metadata={"description": "How git repositories may be fetched."})


def service_out(row: Listed) -> dict[str, Any]:
    """A row as people see it: the metadata as it is, and what the platform knows beside it."""
    at = row.deprecated_at.isoformat() if row.deprecated_at else None
    return row.metadata_ | {"deprecated_at": at, "is_deprecated": is_deprecated(row)}


def broken_out(row: Service) -> dict[str, Any]:
    """A row that is broken."""
    names = ("key", "version", "image", "digest")
    return {name: getattr(row, name) for name in names} | {"reason": row.broken}
