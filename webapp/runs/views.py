"""Runs of playbooks, for administrators."""

from typing import Any

from apiflask import APIBlueprint

from controlplane import runs
from webapp.envelope import ok
from webapp.identity import admins_only
from webapp.runs import schemas
from webapp.transaction import db

bp = APIBlueprint("runs", __name__, url_prefix="/api/v0/runs", tag="Runs")


@bp.get("")
@bp.output(schemas.RunOut(many=True))
@admins_only
def list_runs() -> dict[str, Any]:
    """The newest runs."""
    return ok(runs.list_runs(db()))


@bp.get("/<run_id>")
@bp.output(schemas.RunWhole)
@admins_only
def get_run(run_id: str) -> dict[str, Any]:
    """One run, and how to repeat it by hand."""
    run = runs.get_run(db(), run_id)
    names = ("id", "playbook", "state", "started_at", "finished_at", "node_ids", "message", "inputs")
    return ok({name: getattr(run, name) for name in names} | {"command": runs.command_of(run)})


@bp.get("/<run_id>/events")
@bp.input(schemas.EventsQuery, location="query", arg_name="query")
@bp.output(schemas.RunEventOut(many=True))
@admins_only
def list_events(run_id: str, query: dict[str, int]) -> dict[str, Any]:
    """The run's events after a sequence number."""
    return ok(runs.events_after(db(), runs.get_run(db(), run_id), query["after"]))
