"""One database transaction for each request: it commits when the answer is a success, and else changes nothing."""

from flask import Flask, Response, current_app, g
from sqlalchemy.orm import Session

from controlplane.database import Database


def install(app: Flask, database: Database) -> None:
    """Open, commit and close with the request."""
    app.extensions["database"] = database

    @app.after_request
    def commit(response: Response) -> Response:
        session: Session | None = g.get("session")
        if session is not None:
            if response.status_code < 400:
                session.commit()
            else:
                session.rollback()
        return response

    @app.teardown_request
    def close(_: BaseException | None) -> None:
        session: Session | None = g.pop("session", None)
        if session is not None:
            session.close()


def database() -> Database:
    """The application's database."""
    return current_app.extensions["database"]  # type: ignore[no-any-return]


def db() -> Session:
    """The request's session."""
    if "session" not in g:
        g.session = database().session()
    return g.session  # type: ignore[no-any-return]
