"""How web asks the director, inside the platform's network."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

from controlplane import errors
from controlplane.errors import ControlPlaneError, DirectorAway

# Path, body (None: a GET, else a POST of JSON) and seconds of patience; the answer's body.
Transport = Callable[[str, Any, float], bytes]


def install(app: Flask, url: str, transport: Transport | None = None) -> None:
    """The director of this application is at ``url``, or reached by another way."""
    app.extensions["director"] = transport or _by_http(url)


def ask_director(path: str, body: Any = None, timeout: float = 8.0) -> Any:
    """The data of its answer to a GET, or with a ``body`` to a POST.

    Raises the error that it answers, and ``DirectorAway`` when it does not answer within ``timeout`` seconds, for the
    connection and for the answer each.
    """
    transport: Transport = current_app.extensions["director"]
    try:
        answer = json.loads(transport(path, body, timeout))
        if answer["error"] is None:
            return answer["data"]
        error = _error(answer["error"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as failure:
        raise DirectorAway from failure
    raise error


def error_in(body: bytes) -> ControlPlaneError:
    """The error that an answer of the director's tells."""
    try:
        return _error(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return DirectorAway()


def _by_http(url: str) -> Transport:
    address = urlsplit(url)

    def send(path: str, body: Any, timeout: float) -> bytes:
        connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=timeout)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()

    return send


def _error(said: dict[str, Any]) -> ControlPlaneError:
    kind = getattr(errors, str(said["errors"][0]["code"]), None)
    is_known = isinstance(kind, type) and issubclass(kind, ControlPlaneError)
    return kind(str(said["message"])) if is_known else DirectorAway()  # type: ignore[misc]
