"""The event log for administrators, and a project's own entries for those who may see the project."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from controlplane import journal
from controlplane.database import Database
from webapp.envelope import ok
from webapp.identity import admins_only, logged_in
from webapp.journal import schemas
from webapp.projects.views import find
from webapp.transaction import database, db

bp = APIBlueprint("journal", __name__, url_prefix="/api/v0", tag="Event log")
_LINES = "application/x-ndjson"


@bp.get("/events")
@bp.input(schemas.EntriesQuery, location="query", arg_name="query")
@bp.output(schemas.EntryOut(many=True))
@admins_only
def list_entries(query: dict[str, Any]) -> Any:
    """The newest entries that match; with `Accept: application/x-ndjson` or `?format=jsonl` all of them as JSON lines."""
    limit, before, form = query.pop("limit"), query.pop("before"), query.pop("format")
    wanted = {name: _in_utc(value) if isinstance(value, datetime) else value for name, value in query.items()}
    if form == "jsonl" or _wants_lines():
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="events.jsonl"'}
        return Response(_lines(database(), wanted), mimetype=_LINES, headers=headers)
    return ok(journal.entries(db(), limit, before, **wanted))


@bp.get("/projects/<project_id>/history")
@bp.input(schemas.PageQuery, location="query", arg_name="query")
@bp.output(schemas.EntryOut(many=True))
@logged_in
def list_history(project_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """What was done in the project, the newest first."""
    return ok(journal.entries(db(), project_id=find(project_id).id, **query))


def _wants_lines() -> bool:
    return request.accept_mimetypes.best_match(["application/json", _LINES], default="application/json") == _LINES


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _lines(rows: Database, wanted: dict[str, Any]) -> Iterator[str]:
    """In pieces, each with a short transaction of its own: an export may take longer than the database likes to wait."""
    schema, seen = schemas.EntryOut(), 0
    with rows.begin() as session:
        upto = journal.newest_id(session)
    while True:
        with rows.begin() as session:
            found = journal.entries_after(session, seen, upto, **wanted)
        if not found:
            return
        yield "".join(json.dumps(schema.dump(entry), ensure_ascii=False) + "\n" for entry in found)
        seen = found[-1].id
