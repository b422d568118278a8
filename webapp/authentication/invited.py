"""What somebody does with a link: look whom it is for, and set the password. Nobody has logged in here yet."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controlplane import invitations
from webapp.authentication import schemas
from webapp.authentication.limits import by_address
from webapp.authentication.views import open_session
from webapp.envelope import ok
from webapp.transaction import db

bp = APIBlueprint("invitations", __name__, url_prefix="/api/v0", tag="Invitations")


@bp.post("/auth/invitation")
@by_address
@bp.input(schemas.InvitationSecret, arg_name="link")
@bp.output(schemas.InvitationOut)
def look(link: dict[str, str]) -> dict[str, Any]:
    """Whom a link is for, and until when it is good; nothing is changed."""
    row = invitations.look(db(), link["token"])
    return ok({"email": row.user.email, "name": row.user.name, "purpose": row.purpose, "expires_at": row.expires_at})


@bp.post("/auth/invitation/accept")
@by_address
@bp.input(schemas.Acceptance, arg_name="link")
@bp.output(schemas.Me)
def accept(link: dict[str, str]) -> Response:
    """Set the password, and log in with it: sets the cookie, as the login does."""
    return open_session(invitations.accept(db(), link["token"], link["password"], link["name"]))
