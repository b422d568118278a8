"""Jobs, for administrators."""

from typing import Any

from apiflask import APIBlueprint

from controlplane import jobs
from controlplane.job_kinds import kind_of
from webapp.envelope import ok
from webapp.identity import admins_only, me
from webapp.jobs import schemas
from webapp.transaction import db

bp = APIBlueprint("jobs", __name__, url_prefix="/api/v0/jobs", tag="Jobs")


@bp.get("")
@bp.input(schemas.JobsQuery, location="query", arg_name="query")
@bp.output(schemas.JobOut(many=True))
@admins_only
def list_jobs(query: dict[str, Any]) -> dict[str, Any]:
    """The newest jobs; `before` takes the id of the last one of a page and gives the next page."""
    return ok(jobs.list_jobs(db(), **query))


@bp.post("")
@bp.input(schemas.JobIn, arg_name="wanted")
@bp.output(schemas.JobOut, status_code=202)
@admins_only
def add_job(wanted: dict[str, Any]) -> dict[str, Any]:
    """Ask for a job; the director begins it within a second or two, one of a kind at a time."""
    return ok(jobs.ask(db(), kind_of(wanted["kind"]), wanted["inputs"], me().email))


@bp.get("/<job_id>")
@bp.output(schemas.JobOut)
@admins_only
def get_job(job_id: str) -> dict[str, Any]:
    """One job: where it is, and what came of it."""
    return ok(jobs.get_job(db(), job_id))


@bp.post("/<job_id>/cancel")
@bp.output(schemas.JobOut, status_code=202)
@admins_only
def cancel_job(job_id: str) -> dict[str, Any]:
    """Cancel a job: one that waits at once, one under way with its run. What it had done stays."""
    return ok(jobs.ask_cancel(db(), jobs.get_job(db(), job_id)))
