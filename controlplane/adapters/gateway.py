"""Asks a node's page through the gateway, the only part that sits on the project's network."""

import requests

from controlplane.settings import Settings


class GatewayProber:
    """Uses the gateway's listener for the platform's own questions (services/gateway)."""

    def __init__(self, settings: Settings):
        self._url = settings.gateway_url
        self._session = requests.Session()
        self._session.trust_env = False

    def answers(self, route: str, port: int, path: str) -> bool:
        """See ``ports.Prober.answers``."""
        headers = {"X-Werkbank-Upstream": f"{route}:{port}"}
        try:
            answer = self._session.get(f"{self._url}/probe{path}", headers=headers, timeout=1, allow_redirects=False)
        except requests.RequestException:
            return False
        return answer.status_code < 400
