"""The envelope of every answer: `{"data": ..., "error": null | {"status", "message", "errors": [{"code"}]}}`."""

import logging
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask, HTTPError, Schema
from apiflask.fields import Field, Integer, List, Nested, String
from flask import Flask, Response, jsonify
from sqlalchemy.exc import DataError, IntegrityError
from werkzeug.exceptions import HTTPException

from controlplane.errors import ControlPlaneError, QuotaExceeded

log = logging.getLogger(__name__)


class Code(Schema):
    """What a program may branch on."""

    code = String(required=True)


class ErrorBody(Schema):
    """What went wrong, in a sentence for people and a code for programs."""

    status = Integer(required=True)
    message = String(required=True)
    errors = List(Nested(Code), required=True)


class Envelope(Schema):
    """Every answer."""

    data: "Field[Any]" = Field(required=True)
    error = Nested(ErrorBody, allow_none=True, required=True)


class ErrorEnvelope(Schema):
    """Every answer that is an error."""

    data: "Field[Any]" = Field(required=True, allow_none=True)
    error = Nested(ErrorBody, required=True)


def ok(data: Any) -> dict[str, Any]:
    """A successful answer."""
    return {"data": data, "error": None}


def error_body(status: int, message: str, code: str) -> dict[str, Any]:
    """An answer that says what went wrong."""
    return {"data": None, "error": {"status": status, "message": message, "errors": [{"code": code}]}}


def _first_words(detail: Any, path: str = "") -> str:
    """The first complaint of a validation, with the field it is about."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        places = ("json", "query", "path", "_schema", "json_or_form")
        return _first_words(inner, path if name in places else f"{path}.{name}".strip("."))
    words = detail[0] if isinstance(detail, list) and detail else detail
    return f"{path}: {words}" if path else str(words)


def _install_of_database(app: Flask) -> None:
    """What the database refuses is the request's fault, or the moment's."""

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def of_data(error: Exception) -> tuple[Response, int]:
        log.info("The database refused a value: %s", error)
        message = "The request holds a value that is too large or too long to be kept; nothing was changed."
        return jsonify(error_body(400, message, "BadInput")), 400

    @app.errorhandler(IntegrityError)
    def of_haste_by_two(error: IntegrityError) -> tuple[Response, int]:
        log.info("Two requests at once: %s", error)
        message = "Another request changed the same thing at the same moment; nothing was changed. Look again, then try again."
        return jsonify(error_body(409, message, "Conflict")), 409


def install(app: Flask) -> None:
    """One handler that maps every error to its HTTP code and envelope."""

    @app.errorhandler(ControlPlaneError)
    def of_control_plane(error: ControlPlaneError) -> tuple[Response, int]:
        if error.status >= 500:
            log.error("%s: %s", type(error).__name__, error)
        answer = jsonify(error_body(error.status, str(error), type(error).__name__))
        if isinstance(error, QuotaExceeded):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer, error.status

    _install_of_database(app)

    @app.errorhandler(Exception)
    def of_anything_else(error: Exception) -> tuple[Response, int]:
        if isinstance(error, HTTPException):
            code = error.code or 500
            return jsonify(error_body(code, error.description or error.name, error.name.replace(" ", ""))), code
        log.exception("An error that nobody foresaw.")
        message = "The server met an error that nobody foresaw; nothing was changed. Its log has the details."
        return jsonify(error_body(500, message, "InternalError")), 500

    @app.errorhandler(429)
    def of_haste(_: HTTPException) -> tuple[Response, int]:
        message = "Too many attempts. Wait a minute before the next one; nothing was changed."
        return jsonify(error_body(429, message, "TooManyRequests")), 429

    @app.errorhandler(405)
    def of_method(error: HTTPException) -> tuple[Response, int, list[tuple[str, str]]]:
        kept = [header for header in error.get_headers() if header[0] == "Allow"]
        return jsonify(error_body(405, str(error.description), "MethodNotAllowed")), 405, kept

    if isinstance(app, APIFlask):

        @app.error_processor
        def of_apiflask(error: HTTPError) -> tuple[dict[str, Any], int, Any]:
            if error.detail:
                message = f"The request is not well-formed: {_first_words(error.detail).rstrip('.')}. Nothing was changed."
                return error_body(400, message, "BadInput"), 400, error.headers
            code = HTTPStatus(error.status_code).phrase.replace(" ", "")
            said = "There is nothing at this address." if error.status_code == 404 else error.message
            return error_body(error.status_code, said or code, code), error.status_code, error.headers
