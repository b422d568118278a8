"""Accounts: who there is, what they may, and how they get in."""

from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from controlplane import accounts, invitations, users
from controlplane.model import User
from controlplane.users import Account
from webapp.authentication.schemas import SessionOut, TokenOut
from webapp.authentication.views import sessions_out
from webapp.envelope import ok
from webapp.identity import admins_only, me
from webapp.transaction import db
from webapp.users import schemas

bp = APIBlueprint("users", __name__, url_prefix="/api/v0", tag="Users")


@bp.get("/users")
@bp.input(schemas.UsersQuery, location="query", arg_name="query")
@bp.output(schemas.AccountOut(many=True))
@admins_only
def list_users(query: dict[str, str]) -> dict[str, Any]:
    """The users whose name or address holds `q`."""
    return ok([_out(account) for account in users.list_users(db(), **query)])


@bp.post("/users")
@bp.input(schemas.UserIn, arg_name="wanted")
@bp.output(schemas.NewUser, status_code=201)
@admins_only
def create_user(wanted: dict[str, Any]) -> dict[str, Any]:
    """Add a user who may log in at once; a password that was made up is shown this once."""
    user, password = users.create_user(db(), **wanted)
    return ok({"user": _account(user), "password": password})


@bp.post("/users/invitations")
@bp.input(schemas.InvitationIn, arg_name="wanted")
@bp.output(schemas.NewInvitation, status_code=201)
@admins_only
def invite(wanted: dict[str, str]) -> dict[str, Any]:
    """Add a user who chooses the password with a link, which is shown this once: hand it over."""
    return _link(*users.invite_user(db(), **wanted))


@bp.get("/users/<user_id>")
@bp.output(schemas.AccountOut)
@admins_only
def get_user(user_id: str) -> dict[str, Any]:
    """One user."""
    return ok(_account(_find(user_id)))


@bp.patch("/users/<user_id>")
@bp.input(schemas.UserChange, arg_name="changes")
@bp.output(schemas.AccountOut)
@admins_only
def change_user(user_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, role or quota; close or open the account. Closing ends its sessions and tokens at once."""
    user = _find(user_id)
    users.change_user(db(), user, changes, me())
    return ok(_account(user))


@bp.post("/users/<user_id>/invitation")
@bp.output(schemas.NewInvitation, status_code=201)
@admins_only
def make_link(user_id: str) -> dict[str, Any]:
    """A link to set the password with, in place of the one before; the present password holds until it is used."""
    return _link(*invitations.invite(db(), _find(user_id)))


@bp.delete("/users/<user_id>/invitation")
@bp.output({}, status_code=204)
@admins_only
def withdraw_link(user_id: str) -> str:
    """The user's link is good no more."""
    invitations.withdraw(db(), _find(user_id))
    return ""


@bp.get("/users/<user_id>/sessions")
@bp.output(SessionOut(many=True))
@admins_only
def list_sessions(user_id: str) -> dict[str, Any]:
    """The logins of a user."""
    return ok(sessions_out(accounts.sessions_of(db(), _find(user_id))))


@bp.delete("/users/<user_id>/sessions")
@bp.output(schemas.Ended)
@admins_only
def end_sessions(user_id: str) -> dict[str, Any]:
    """End all logins of a user at once."""
    return ok({"ended": accounts.end_sessions(db(), _find(user_id))})


@bp.delete("/users/<user_id>/sessions/<session_id>")
@bp.output({}, status_code=204)
@admins_only
def end_session(user_id: str, session_id: str) -> str:
    """End one login of a user at once."""
    accounts.revoke_session(db(), _find(user_id), session_id)
    return ""


@bp.get("/users/<user_id>/tokens")
@bp.output(TokenOut(many=True))
@admins_only
def list_tokens(user_id: str) -> dict[str, Any]:
    """The personal access tokens of a user, without their texts."""
    return ok(accounts.tokens_of(db(), _find(user_id)))


@bp.delete("/users/<user_id>/tokens")
@bp.output(schemas.Ended)
@admins_only
def revoke_tokens(user_id: str) -> dict[str, Any]:
    """Revoke all tokens of a user at once."""
    return ok({"ended": accounts.revoke_tokens(db(), _find(user_id))})


@bp.delete("/users/<user_id>/tokens/<token_id>")
@bp.output({}, status_code=204)
@admins_only
def revoke_token(user_id: str, token_id: str) -> str:
    """Revoke one token of a user at once."""
    accounts.revoke_token(db(), _find(user_id), token_id)
    return ""


def _find(user_id: str) -> User:
    return users.get_user(db(), user_id)


def _account(user: User) -> dict[str, Any]:
    db().flush()
    return _out(users.account_of(db(), user))


def _out(account: Account) -> dict[str, Any]:
    user = account.user
    names = ("id", "email", "name", "role", "state", "created_at", "closed_at", "max_nodes")
    default = current_app.config["QUOTA"].user_nodes
    return {name: getattr(user, name) for name in names} | {
        "may_run": default if user.max_nodes is None else user.max_nodes,
        "seen_at": account.seen_at,
        "running_nodes": account.running_nodes,
        "invitation": account.invitation,
    }


def _link(secret: str, row: invitations.Invitation) -> dict[str, Any]:
    # What follows the # is never sent to a server: it is in no log on the way.
    path = f"/invite#{secret}"
    return ok({"user": _account(row.user), "purpose": row.purpose, "path": path, "expires_at": row.expires_at})
