"""Login, logout, sessions and tokens."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify, make_response, request

from controlplane import accounts, journal
from controlplane.errors import WrongLogin
from controlplane.model import LoginSession, User
from webapp.authentication import schemas
from webapp.authentication.limits import by_address, by_login
from webapp.envelope import ok
from webapp.identity import COOKIE, identity, logged_in, me
from webapp.transaction import database, db

bp = APIBlueprint("authentication", __name__, url_prefix="/api/v0", tag="Authentication")


def _is_secure() -> bool:
    """Whether the cookie may travel by TLS alone."""
    return bool(request.is_secure or current_app.config["SECURE_COOKIES"])


@bp.post("/auth/login")
@by_login
@bp.input(schemas.Login, arg_name="login")
@bp.output(schemas.Me)
def login(login: dict[str, str]) -> Response:
    """Open a session: sets the cookie and answers who is logged in."""
    return open_session(_check_password(login["email"], login["password"]))


def open_session(user: User) -> Response:
    """The answer to somebody who has proved who they are."""
    lifetime = timedelta(seconds=current_app.config["SESSION_LIFETIME"])
    secret, row = accounts.open_session(db(), user, lifetime, request.remote_addr or "", request.user_agent.string)
    answer = make_response(jsonify(ok(schemas.Me().dump({"user": user, "csrf_token": row.csrf_token}))))
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=lifetime,
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
    )
    return answer


def _check_password(email: str, password: str) -> User:
    try:
        return accounts.check_password(db(), email, password)
    except WrongLogin:
        # In a transaction of its own: the request's is rolled back.
        with database().begin() as session:
            journal.note_failed_login(session, email, request.remote_addr or "")
        raise


@bp.post("/auth/logout")
@bp.output({}, status_code=204)
@logged_in
def logout() -> Response:
    """End this session at once."""
    if (row := identity().login) is not None:
        accounts.close_session(db(), row)
    answer = current_app.response_class(status=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=_is_secure())
    return answer


@bp.get("/auth/me")
@bp.output(schemas.Me)
@logged_in
def who_am_i() -> dict[str, Any]:
    """Who is logged in."""
    return who_am_i_out()


def who_am_i_out() -> dict[str, Any]:
    """This user and, for a login with a cookie, its token."""
    row = identity().login
    return ok({"user": me(), "csrf_token": row.csrf_token if row else ""})


@bp.patch("/auth/me")
@bp.input(schemas.MeChange, arg_name="changes")
@bp.output(schemas.Me)
@logged_in
def change_me(changes: dict[str, str]) -> dict[str, Any]:
    """Change how this user is called."""
    accounts.change_name(db(), me(), changes["name"])
    return who_am_i_out()


@bp.post("/auth/password")
@by_address
@bp.input(schemas.PasswordChange, arg_name="change")
@bp.output({}, status_code=204)
@logged_in
def change_password(change: dict[str, str]) -> str:
    """Change this user's password; every other login of the user ends at once, tokens stay."""
    accounts.change_password(db(), me(), change["present"], change["password"], keep=identity().login)
    return ""


@bp.get("/auth/sessions")
@bp.output(schemas.SessionOut(many=True))
@logged_in
def list_sessions() -> dict[str, Any]:
    """The logins of this user."""
    return ok(sessions_out(accounts.sessions_of(db(), me())))


def sessions_out(rows: list[LoginSession]) -> list[dict[str, Any]]:
    """Logins, each with whether it is the one that asks."""
    current = identity().login
    names = ("id", "created_at", "last_seen_at", "ip", "user_agent")
    return [{n: getattr(r, n) for n in names} | {"current": bool(current and r.id == current.id)} for r in rows]


@bp.delete("/auth/sessions/<session_id>")
@bp.output({}, status_code=204)
@logged_in
def end_session(session_id: str) -> str:
    """End one login at once, wherever it is."""
    accounts.revoke_session(db(), me(), session_id)
    return ""


@bp.get("/tokens")
@bp.output(schemas.TokenOut(many=True))
@logged_in
def list_tokens() -> dict[str, Any]:
    """The personal access tokens of this user, without their texts."""
    return ok(accounts.tokens_of(db(), me()))


@bp.post("/tokens")
@bp.input(schemas.TokenIn, arg_name="token")
@bp.output(schemas.NewToken, status_code=201)
@logged_in
def create_token(token: dict[str, str]) -> dict[str, Any]:
    """Make a personal access token; its text is shown this once."""
    secret, row = accounts.create_token(db(), me(), token["name"])
    return ok({"id": row.id, "name": row.name, "token": secret})


@bp.delete("/tokens/<token_id>")
@bp.output({}, status_code=204)
@logged_in
def revoke_token(token_id: str) -> str:
    """Revoke a token at once."""
    accounts.revoke_token(db(), me(), token_id)
    return ""
