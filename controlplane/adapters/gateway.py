"""Asks a node's page through the gateway, the only part that sits on the project's network."""

import requests

from controlplane.ports import Answer
from controlplane.settings import Settings


class GatewayProber:
    """Uses the gateway's listener for the platform's own questions (services/gateway)."""

    def __init__(self, settings: Settings):
        self._url = settings.gateway_url
        self._session = requests.Session()
        self._session.trust_env = False

    def answers(self, route: str, port: int, path: str) -> Answer:
        """See ``ports.Prober.answers``."""
        headers = {"X-Werkbank-Upstream": f"{route}:{port}"}
        try:
            answer = self._session.get(f"{self._url}/probe{path}", headers=headers, timeout=2, allow_redirects=False)
        except requests.RequestException:
            return Answer(False, "the gateway could not ask it")
        return Answer(answer.status_code < 400, said_of(answer))


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
