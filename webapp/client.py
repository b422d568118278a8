"""Serves the front end's files, and its page for every path that is none."""

from functools import cache
from pathlib import Path

from flask import Flask, Response, jsonify, send_from_directory

from webapp.envelope import error_body

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)


def install(app: Flask, folder: Path) -> None:
    """Serve what the front end's build left in ``folder``, and the API's document."""
    page = folder / "index.html"

    @app.get("/api/v0/openapi.json")
    def document() -> Response:
        return jsonify(_openapi())

    @app.get("/")
    @app.get("/<path:path>")
    def client(path: str = "") -> Response | tuple[Response, int]:
        if path.startswith("api/"):
            return jsonify(error_body(404, f"There is no /{path} in this API.", "NotFound")), 404
        if path and (folder / path).is_file():
            # The build puts a hash of the content into the names below assets/.
            is_hashed = path.startswith("assets/")
            answer = send_from_directory(folder, path, max_age=31_536_000 if is_hashed else 300)
            answer.cache_control.immutable = is_hashed
            return _safe(answer)
        return _safe(send_from_directory(folder, page.name, max_age=0))


@cache
def _openapi() -> object:
    from webapp.app import openapi  # noqa: PLC0415  the document describes the app that serves it

    return openapi()


def _safe(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
