"""Shapes of the catalogue."""

from apiflask import Schema
from apiflask.fields import Dict, List, Nested, String
from marshmallow import INCLUDE


class Author(Schema):
    """Who made a service."""

    class Meta:
        """Authors may say more of themselves."""

        unknown = INCLUDE

    name = String(required=True)
    email = String()
    affiliation = String()


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
