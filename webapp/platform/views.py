"""The cockpit's hosts and deployments, for administrators."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from sqlalchemy import select

from controlplane import cluster, deployments, jobs
from controlplane.errors import Conflict, NotFound
from controlplane.model import Node, Project, User
from webapp.asking import ask_director
from webapp.envelope import ok
from webapp.identity import admins_only, me
from webapp.jobs.schemas import JobOut
from webapp.platform import schemas
from webapp.transaction import db

# Seconds: the engine and the registry are asked anew each time.
_TIMEOUT = 20.0

bp = APIBlueprint("platform", __name__, url_prefix="/api/v0", tag="Platform")


@bp.get("/hosts")
@bp.output(schemas.HostOut(many=True))
@admins_only
def list_hosts() -> dict[str, Any]:
    """The hosts of the swarm: what they have, what is reserved, what runs where."""
    # A connection of the pool is not held while the engine is asked.
    db().commit()
    hosts = ask_director("/internal/machines", timeout=_TIMEOUT)
    wanted = {task["node_id"] for host in hosts for task in host["tasks"] if task["node_id"]}
    names = _names(wanted)
    return ok([_named(host, names) for host in hosts])


@bp.post("/hosts/<host_id>/availability")
@bp.input(schemas.AvailabilityIn, arg_name="wanted")
@bp.output(JobOut, status_code=202)
@admins_only
def change_availability(host_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Drain a host, or let it take services again: a job. 409 with the reason when it cannot be drained."""
    db().commit()
    host = next((each for each in ask_director("/internal/machines", timeout=_TIMEOUT) if each["id"] == host_id), None)
    if host is None:
        raise NotFound(f"There is no host {quote(host_id)[:64]} in the swarm; nothing was changed.")
    if wanted["availability"] == "drain" and host["cannot_drain"]:
        raise Conflict(host["cannot_drain"])
    return ok(jobs.ask(db(), cluster.HOST, {"host": host_id, **wanted}, me().email))


@bp.get("/parts")
@bp.output(schemas.PartOut(many=True))
@admins_only
def list_parts() -> dict[str, Any]:
    """The platform's parts with their images, and the images that the registry has for them."""
    db().commit()
    parts = ask_director("/internal/parts", timeout=_TIMEOUT)
    for option in (option for part in parts for option in part["options"]):
        option["made_at"] = option["made_at"] and datetime.fromisoformat(option["made_at"])
    return ok(parts)


@bp.get("/deployments")
@bp.output(schemas.DeploymentOut(many=True))
@admins_only
def list_deployments() -> dict[str, Any]:
    """The last ten deployments, the newest first; a plan can be made to go back to each."""
    return ok(deployments.list_deployments(db()))


def _names(node_ids: set[str]) -> dict[str, dict[str, str]]:
    query = select(Node.id, Node.name, Project.name, User.email)
    query = query.join(Project, Node.project_id == Project.id).join(User, Project.owner_id == User.id)
    rows = db().execute(query.where(Node.id.in_(node_ids)))
    return {row[0]: {"id": row[0], "name": row[1], "project": row[2], "owner": row[3]} for row in rows}


def _named(host: dict[str, Any], names: dict[str, dict[str, str]]) -> dict[str, Any]:
    def named(node_id: str) -> dict[str, str]:
        return names.get(node_id) or {"id": node_id, "name": "", "project": "", "owner": ""}

    tasks = [task | {"node": named(task["node_id"]) if task["node_id"] else None} for task in host["tasks"]]
    return host | {"tasks": tasks, "moves": [named(node_id) for node_id in host["moves"]]}
