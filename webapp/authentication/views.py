"""Login, logout, sessions and tokens."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify, make_response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from controlplane import accounts, journal
from controlplane.errors import WrongLogin
from controlplane.model import User
from webapp.authentication import schemas
from webapp.envelope import ok
from webapp.identity import COOKIE, identity, logged_in, me
from webapp.transaction import database, db

bp = APIBlueprint("authentication", __name__, url_prefix="/api/v0", tag="Authentication")
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def _rate() -> str:
    return str(current_app.config["LOGIN_RATE"])


def _is_secure() -> bool:
    """Whether the cookie may travel by TLS alone."""
    return bool(request.is_secure or current_app.config["SECURE_COOKIES"])


def _is_success(response: Response) -> bool:
    """Only attempts that failed count towards the limit."""
    return response.status_code != 401


def _who_tries() -> str:
    """One limit for each address and login name: a guesser cannot lock out the owner from elsewhere."""
    body = request.get_json(silent=True)
    email = body.get("email") if isinstance(body, dict) else ""
    return f"{get_remote_address()} {str(email).lower()[:254]}"


@bp.post("/auth/login")
@limiter.limit(_rate, deduct_when=lambda response: not _is_success(response), key_func=_who_tries)
@bp.input(schemas.Login, arg_name="login")
@bp.output(schemas.Me)
def login(login: dict[str, str]) -> Response:
    """Open a session: sets the cookie and answers who is logged in."""
    user = _check_password(login["email"], login["password"])
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
    row = identity().login
    return ok({"user": me(), "csrf_token": row.csrf_token if row else ""})


@bp.get("/auth/sessions")
@bp.output(schemas.SessionOut(many=True))
@logged_in
def list_sessions() -> dict[str, Any]:
    """The logins of this user."""
    current = identity().login
    rows = accounts.sessions_of(db(), me())
    names = ("id", "created_at", "last_seen_at", "ip", "user_agent")
    return ok([{n: getattr(r, n) for n in names} | {"current": bool(current and r.id == current.id)} for r in rows])


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
