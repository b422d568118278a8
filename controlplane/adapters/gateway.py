"""Asks a node's page through the gateway, the only part that sits on the project's network."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from controlplane.activity import read
from controlplane.clock import now
from controlplane.ports import Activity, Answer
from controlplane.settings import Settings

# What a service may say of itself, in bytes, and seconds that it may take for each path.
_LONGEST = 256 * 1024
_PATIENCE = 3.0


class GatewayProber:
    """Uses the gateway's listener for the platform's own questions (services/gateway)."""

    def __init__(self, settings: Settings):
        self._url = settings.gateway_url
        self._session = requests.Session()
        self._session.trust_env = False
        # As many as ask at the same time: pages that start (controlplane/pages.py), and the reaper.
        self._session.mount("http://", HTTPAdapter(pool_maxsize=32))

    def answers(self, route: str, port: int, path: str) -> Answer:
        """See ``ports.Prober.answers``."""
        headers = {"X-Werkbank-Upstream": f"{route}:{port}"}
        try:
            answer = self._session.get(f"{self._url}/probe{path}", headers=headers, timeout=2, allow_redirects=False)
        except requests.RequestException:
            return Answer(False, "the gateway could not ask it")
        return Answer(answer.status_code < 400, said_of(answer))

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """See ``ports.Prober.activity``."""
        headers = {"X-Werkbank-Upstream": f"{route}:{port}", "Accept": "application/json", "Accept-Encoding": "identity"}
        answers, served_at = [], now()
        try:
            for path in paths:
                url = f"{self._url}/probe{path}"
                with self._session.get(url, headers=headers, timeout=2, allow_redirects=False, stream=True) as answer:
                    if answer.status_code != 200:
                        return None
                    answers.append(_json(answer))
                    served_at = _served_at(answer)
        except (requests.RequestException, OSError, ValueError):
            return None
        return read(form, answers, served_at, now())

    def is_open(self) -> bool:
        """See ``ports.Prober.is_open``."""
        try:
            return self._session.get(f"{self._url}/open", timeout=3, allow_redirects=False).ok
        except requests.RequestException:
            return False


def _json(answer: requests.Response) -> Any:
    """The body, up to a length and a time: what a service sends is not ours. Raises ``ValueError``."""
    deadline, body = time.monotonic() + _PATIENCE, b""
    # One byte at a time costs little for a few kilobytes from a buffer, and no service can hold us by dripping.
    for piece in answer.iter_content(1):
        body += piece
        if len(body) > _LONGEST or time.monotonic() > deadline:
            raise ValueError("the answer is too long, or takes too long")
    return json.loads(body)


def _served_at(answer: requests.Response) -> datetime:
    """The moment of the answer by the service's own clock; by ours when it does not say. Raises ``ValueError``."""
    date = answer.headers.get("Date")
    return parsedate_to_datetime(date).astimezone(UTC) if date else now()


def said_of(answer: requests.Response) -> str:
    """The page's own code, or how far the gateway came: it reports what it had of the page in a header."""
    if "X-Werkbank-Received" not in answer.headers:
        return "the gateway does not find it by its name"
    if answer.headers["X-Werkbank-Received"] not in ("0", "-", ""):
        return f"its last answer was {answer.status_code} {answer.reason}"
    if answer.headers.get("X-Werkbank-Connected", "-") not in ("-", ""):
        return "it takes connections, but does not answer"
    if answer.status_code == 504:
        return "nothing takes the connection"
    return "the connection was refused"
