"""Who is asking: a session's cookie, or a bearer token; and for cookies, whether the change came from our own page."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import flask_login
from flask import Flask, Request, request
from sqlalchemy.orm import Session

from controlplane import accounts, journal
from controlplane.errors import CsrfMismatch, Forbidden, NotLoggedIn
from controlplane.model import AccessToken, LoginSession, User
from webapp.transaction import db

COOKIE = "werkbank_session"
NOBODY = "nobody"
View = TypeVar("View", bound=Callable[..., Any])
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Identity(flask_login.UserMixin):
    """Who asks, and by which login or token."""

    def __init__(self, user: User, login: LoginSession | None, token: AccessToken | None = None):
        self.user, self.login, self.token, self.id = user, login, token, user.id
        journal.act_as(user.email, user.id, token.name if token else None)

    def still_holds(self, session: Session) -> bool:
        """Whether the login or token has not been revoked meanwhile: what answers for long asks now and then."""
        row = self.login or self.token
        return row is not None and session.get(type(row), row.id) is not None


def install(app: Flask) -> None:
    """Load the identity from each request; nothing is kept in Flask's own session."""
    manager = flask_login.LoginManager(app)
    manager.session_protection = None

    @app.before_request
    def forget() -> None:
        # Threads serve one request after the other: who acted in the last one does not in this.
        journal.act_as(NOBODY)

    @manager.request_loader
    def load(incoming: Request) -> Identity | None:
        if (header := incoming.headers.get("Authorization", "")).startswith("Bearer "):
            token = accounts.find_token(db(), header.removeprefix("Bearer ").strip())
            return Identity(token.user, None, token) if token else None
        if secret := incoming.cookies.get(COOKIE):
            login = accounts.find_session(db(), secret)
            return Identity(login.user, login) if login else None
        return None

    @manager.unauthorized_handler
    def refuse() -> None:
        raise NotLoggedIn


def check_csrf(method: str) -> None:
    """A change made with a cookie must carry the session's token. Raises ``CsrfMismatch``."""
    login = identity().login
    if method in _SAFE or login is None:
        return
    if not hmac.compare_digest(request.headers.get("X-CSRF-Token", "").encode(), login.csrf_token.encode()):
        raise CsrfMismatch


def logged_in(view: View) -> View:
    """The view needs a login, and a change by cookie the CSRF token."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        check_csrf(request.method)
        return view(*args, **kwargs)

    return cast("View", flask_login.login_required(checked))


def admins_only(view: View) -> View:
    """The view needs an administrator's login."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        require_admin()
        return view(*args, **kwargs)

    return logged_in(cast("View", checked))


def require_admin() -> None:
    """Raises ``Forbidden`` for everybody but administrators."""
    if me().role != "admin":
        raise Forbidden


def identity() -> Identity:
    """Who asks. Only within views that are `logged_in`."""
    # The object, not the proxy for it: a stream asks it after its request is over.
    return cast("Identity", flask_login.current_user._get_current_object())


def me() -> User:
    """The user who asks."""
    return identity().user


def security(kind: str = "session") -> dict[str, Any]:
    """The OpenAPI scheme's name and shape."""
    return {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "token": {"type": "http", "scheme": "bearer"},
    }[kind]
