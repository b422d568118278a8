"""`GET /healthz`: 200 when the part and what it needs are well."""

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.envelope import error_body, ok
from webapp.transaction import database


def install(app: Flask, part: str, *checks: Callable[[], str | None], more: Callable[[], dict[str, Any]] = lambda: {}) -> None:
    """Serve `/healthz`. A check answers None, or in a sentence what is wrong; ``more`` is for people who look."""

    @app.get("/healthz")
    def healthz() -> tuple[Any, int]:
        wrong = [said for said in (_database_answers(), *(check() for check in checks)) if said]
        if wrong:
            return jsonify(error_body(503, " ".join(wrong), "Unhealthy")), 503
        return jsonify(ok({"part": part, "status": "ok"} | more())), 200


def _database_answers() -> str | None:
    try:
        with database().engine.connect() as connection:
            connection.execute(text("select 1 from users limit 1"))
    except SQLAlchemyError as error:
        return f"The database does not answer ({type(error).__name__}); nothing is lost, requests fail until it does."
    return None
