"""How often somebody may be wrong before further attempts are refused."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def _rate() -> str:
    return str(current_app.config["LOGIN_RATE"])


def _is_failure(*codes: int) -> Callable[[Response], bool]:
    """Only attempts that failed count towards the limit."""
    return lambda response: response.status_code in codes


def _who_tries() -> str:
    """One limit for each address and login name: a guesser cannot lock out the owner from elsewhere."""
    body = request.get_json(silent=True)
    email = body.get("email") if isinstance(body, dict) else ""
    return f"{get_remote_address()} {str(email).lower()[:254]}"


by_login: Callable[[Any], Any] = limiter.limit(_rate, deduct_when=_is_failure(401), key_func=_who_tries)
by_address: Callable[[Any], Any] = limiter.limit(_rate, deduct_when=_is_failure(400, 404))
