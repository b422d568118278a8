"""The question that the gateway asks before every request to a node or to the director.

The gateway keeps the answer 200 about a node for a moment (controlplane/answers.py): it may rest on nothing but the
headers Cookie and Authorization, the route, and the rows that are watched there.

Answers 200 with the way to go in `X-Werkbank-Upstream` and whose node it is in `X-Werkbank-User`, 401 without a login, or
403 with the reason in `X-Werkbank-Why`: `closed` (this incarnation is over) or `forbidden`. nginx's auth_request knows
only these codes.
"""

import re
from datetime import timedelta

from flask import Blueprint, Response, request
from sqlalchemy import select

from controlplane import access
from controlplane.clock import now
from controlplane.errors import ControlPlaneError
from controlplane.model import Node, Observed
from webapp.identity import check_csrf, identity
from webapp.transaction import db

bp = Blueprint("gate", __name__, url_prefix="/gate")
# The gateway keeps an answer for up to 6 s, so a page in use is noted every 14 s at the latest.
_NOTE_AGAIN = timedelta(seconds=8)
_ROUTE = re.compile(r"^/x/([0-9a-f]{24})(?:/|$)")


@bp.get("/node")
def node() -> Response:
    """May this request go to the node whose route is in X-Original-URI?"""
    if not identity().is_authenticated:
        return Response(status=401)
    found = _ROUTE.match(request.headers.get("X-Original-URI", ""))
    row = db().scalar(select(Node).where(Node.route == found[1])) if found else None
    # Somebody else's page and a page that never was look the same from outside.
    if row is None or not access.may_open(db(), identity().user, row.project):
        return _no("closed")
    if row.observed != Observed.RUNNING or row.state != "running":
        return _no("closed")
    _note_use(row)
    return Response(
        status=200, headers={"X-Werkbank-Upstream": f"{row.route}:{row.port}", "X-Werkbank-User": row.project.owner_id}
    )


@bp.get("/admin")
def admin() -> Response:
    """May this request go to a place for administrators?"""
    if not identity().is_authenticated:
        return Response(status=401)
    try:
        check_csrf(request.headers.get("X-Original-Method", "GET"))
    except ControlPlaneError:
        return _no("csrf")
    return Response(status=200) if identity().user.role == "admin" else _no("forbidden")


def _note_use(row: Node) -> None:
    """A request to its page is a sign that the node is needed; once in a while is enough. When another has the row just
    now the next request notes it: none waits for that."""
    if row.used_at is not None and now() - row.used_at < _NOTE_AGAIN:
        return
    lock = select(Node).where(Node.id == row.id).with_for_update(skip_locked=True, of=Node)
    if (locked := db().scalar(lock)) is not None:
        locked.used_at = now()


def _no(why: str) -> Response:
    return Response(status=403, headers={"X-Werkbank-Why": why})
