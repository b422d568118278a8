"""The catalogue: what can be placed on a canvas."""

from typing import Any

from apiflask import APIBlueprint

from controlplane import catalogue
from webapp.envelope import ok
from webapp.identity import logged_in
from webapp.services import schemas
from webapp.transaction import db

bp = APIBlueprint("services", __name__, url_prefix="/api/v0/services", tag="Services")


@bp.get("")
@bp.output(schemas.ServiceOut(many=True))
@logged_in
def list_services() -> dict[str, Any]:
    """Every version of every service, by name, its newest version first."""
    return ok([row.metadata_ for row in catalogue.list_services(db())])
