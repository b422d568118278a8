"""Refuses what no database can keep and no other program can read, before any view sees it."""

import math
from typing import Any

from flask import Flask, request

from controlplane.errors import BadInput

_DEEPEST = 100
# What a signed integer of 64 bits holds.
_LARGEST = 2**63


def install(app: Flask) -> None:
    """Look at path, query and JSON body of every request."""

    @app.before_request
    def refuse() -> None:
        texts = [request.path, *request.args.keys(), *(value for _, value in request.args.items(multi=True))]
        for text in texts:
            check(text)
        # What a file holds is nobody's business here, whatever its sender calls it.
        if request.is_json and request.method != "PUT":
            check(_body())


def _body() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError as error:
        raise BadInput(f"The body is nested deeper than {_DEEPEST} levels; nothing was changed.") from error


def check(value: Any, depth: int = 0) -> None:
    """Raises ``BadInput`` for what no database can keep, anywhere in the value."""
    if depth > _DEEPEST:
        raise BadInput(f"The body is nested deeper than {_DEEPEST} levels; nothing was changed.")
    match value:
        case str():
            if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
                raise BadInput("The request holds a NUL character or half a character; nothing was changed.")
        case float() if not math.isfinite(value):
            raise BadInput("The request holds a number that is none (infinite, or not a number); nothing was changed.")
        case int() if not -_LARGEST <= value < _LARGEST:
            raise BadInput("The request holds an integer of more than 64 bits; nothing was changed.")
        case list():
            for item in value:
                check(item, depth + 1)
        case dict():
            for name, item in value.items():
                check(name, depth)
                check(item, depth + 1)
