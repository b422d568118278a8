"""The catalogue: what can be placed on a canvas."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controlplane import catalogue
from webapp.asking import ask_director
from webapp.envelope import ok
from webapp.identity import admins_only, logged_in
from webapp.rendered import rendered
from webapp.services import schemas
from webapp.transaction import db

bp = APIBlueprint("services", __name__, url_prefix="/api/v0/services", tag="Services")


@bp.get("")
@bp.output(schemas.ServiceOut(many=True))
@logged_in
def list_services() -> Response:
    """Every version of every service, by name, its newest version first. Has an ETag: ask with If-None-Match."""
    return rendered("services", catalogue.version(db()), lambda: ok(_services()))


def _services() -> list[dict[str, Any]]:
    return [schemas.service_out(row) for row in catalogue.list_services(db())]


@bp.get("/broken")
@bp.output(schemas.BrokenOut(many=True))
@admins_only
def list_broken() -> dict[str, Any]:
    """Images in the registry that are left out of the catalogue, and why; for administrators."""
    return ok([schemas.broken_out(row) for row in catalogue.list_broken(db())])


@bp.get("/sources")
@bp.output(schemas.SourcesOut)
@admins_only
def list_sources() -> dict[str, Any]:
    """What services can be built and published from; for administrators."""
    db().commit()
    return ok(ask_director("/internal/sources"))
