"""Keeps a worker running beside the director; while there is none, runs start cold."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from controlplane.worker import COLD, SOCKET

log = logging.getLogger(__name__)
# Found first on a run's PATH: the `ansible-playbook` that asks the worker.
FOLDER = Path(__file__).parent / "bin"
_PAUSE = 2.0


class WarmWorker:
    """One worker process with the settings that runs will have; started again whenever it ends."""

    def __init__(self, socket: Path, environment: dict[str, str]):
        self.socket, self._environment = socket, environment
        self._is_closed = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._is_closed.is_set():
            command = [sys.executable, "-m", "controlplane.worker.server", str(self.socket)]
            self._process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL)
            code = self._process.wait()
            if not self._is_closed.wait(_PAUSE):
                log.warning("The warm worker ended with code %s; runs start cold until it is back.", code)

    def close(self) -> None:
        """End it, and the runs that it has."""
        self._is_closed.set()
        if self._process:
            self._process.terminate()
        self._thread.join(5)


def told(environment: dict[str, str], socket: Path, cold: Path) -> dict[str, str]:
    """A run's environment so that it asks the worker first; ``cold`` is the ansible-playbook to become otherwise."""
    return environment | {SOCKET: str(socket), COLD: str(cold), "PATH": f"{FOLDER}:{environment['PATH']}"}
