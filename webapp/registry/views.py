"""The registry, for administrators: images with what uses each, and pruning what nothing uses."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from webapp.asking import ask_director
from webapp.envelope import ok
from webapp.identity import admins_only, identity
from webapp.registry import schemas
from webapp.transaction import db

bp = APIBlueprint("registry", __name__, url_prefix="/api/v0", tag="Registry")
# Seconds: each tag is asked for.
_TIMEOUT = 45.0


@bp.get("/registry")
@bp.input(schemas.RegistryQuery, location="query", arg_name="query")
@bp.output(schemas.RegistryOut)
@admins_only
def get_registry(query: dict[str, int]) -> dict[str, Any]:
    """All images with what uses each, and what a prune that keeps so many versions would remove."""
    # A connection of the pool is not held while the registry is asked.
    db().commit()
    found = ask_director(f"/internal/registry?keep={query['keep']}", timeout=_TIMEOUT)
    return ok(found | {"read_at": datetime.fromisoformat(found["read_at"])})


@bp.post("/registry/prune")
@bp.input(schemas.PruneIn, arg_name="wanted")
@bp.output(schemas.PruneOut, status_code=202)
@admins_only
def prune(wanted: dict[str, Any]) -> dict[str, Any]:
    """Remove exactly the images of a plan, by a run; 409 when the plan would be another by now."""
    token = identity().token
    actor = {"actor": identity().user.email, "actor_id": identity().user.id, "token": token.name if token else None}
    db().commit()
    return ok(ask_director("/internal/registry/prune", wanted | actor, timeout=_TIMEOUT))
