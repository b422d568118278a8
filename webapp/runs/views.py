"""Runs of playbooks, for administrators."""

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, request

from controlplane import masking, runs
from controlplane.errors import BadInput
from controlplane.model import Run
from webapp.envelope import ok
from webapp.identity import admins_only, identity
from webapp.runs import schemas
from webapp.runs.stream import MIMETYPE, frames
from webapp.transaction import database, db

bp = APIBlueprint("runs", __name__, url_prefix="/api/v0/runs", tag="Runs")


@bp.get("")
@bp.input(schemas.RunsQuery, location="query", arg_name="query")
@bp.output(schemas.RunOut(many=True))
@admins_only
def list_runs(query: dict[str, Any]) -> dict[str, Any]:
    """The newest runs; `before` takes the id of the last one of a page and gives the next page."""
    return ok(runs.list_runs(db(), **query))


@bp.get("/<run_id>")
@bp.output(schemas.RunWhole)
@admins_only
def get_run(run_id: str) -> dict[str, Any]:
    """One run, and how to repeat it by hand."""
    run = runs.get_run(db(), run_id)
    secrets = [{"variable": name, "places": places} for name, places in masking.secrets_in(run.inputs).items()]
    return ok(_head(run) | {"inputs": run.inputs, "command": runs.command_of(run), "secrets": secrets})


@bp.get("/<run_id>/inputs.json")
@bp.doc(responses={200: "The inputs as a file of variables for Ansible"})
@admins_only
def download_inputs(run_id: str) -> Response:
    """The file that the run's command reads. Secrets are not in it: they come from the environment variables it names."""
    text = json.dumps(runs.inputs_of(runs.get_run(db(), run_id)), indent=2, ensure_ascii=False) + "\n"
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="inputs.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@bp.post("/<run_id>/cancel")
@bp.output(schemas.RunOut, status_code=202)
@admins_only
def cancel_run(run_id: str) -> dict[str, Any]:
    """Ask a run to end; it is canceled a second or two later. What it had done stays."""
    return ok(_head(runs.ask_cancel(db(), runs.get_run(db(), run_id))))


@bp.get("/<run_id>/events")
@bp.input(schemas.EventsQuery, location="query", arg_name="query")
@bp.output(schemas.RunEventOut(many=True))
@admins_only
def list_events(run_id: str, query: dict[str, Any]) -> Any:
    """The run's events after a sequence number: as JSON, or as they happen, the run itself last."""
    run = runs.get_run(db(), run_id)
    if not query["stream"] and not _wants_stream():
        return ok(runs.events_after(db(), run, query["after"]))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    told = frames(database(), current_app.extensions["bell"], identity(), run.id, _last_seen(query["after"]))
    return Response(told, mimetype=MIMETYPE, headers=headers)


def _head(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in schemas.RunOut().fields}


def _wants_stream() -> bool:
    return request.accept_mimetypes.best_match(["application/json", MIMETYPE], default="application/json") == MIMETYPE


def _last_seen(after: int) -> int:
    """A browser that lost the stream says in a header how far it had come."""
    text = request.headers.get("Last-Event-ID", "").strip()
    if not text:
        return after
    if not text.isdecimal() or len(text) > 9:
        raise BadInput("Last-Event-ID must be the sequence number of an event of this run.")
    return int(text)
