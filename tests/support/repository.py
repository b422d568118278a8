"""A git repository with a service, served so that a director in its container can fetch it."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker

from tests.support.deployment import ROOT
from tests.support.fakes import image

_ECHO = ROOT / "tests" / "support" / "echo"
_WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@werkbank.example"}
_WHO |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@werkbank.example"}


@dataclass
class Repository:
    """One repository of a service; `url` is its address for containers of this machine."""

    folder: Path
    url: str
    key: str

    def git(self, *words: str) -> str:
        """One command of git's; what it said."""
        environment = os.environ | _WHO | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *words], cwd=self.folder, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, version: str, more: str = "", **labels: str) -> str:
        """The service in this version, with ``more`` lines in its Dockerfile and some labels changed; the commit."""
        shutil.copy(_ECHO / "server.py", self.folder)
        text = (_ECHO / "Dockerfile").read_text().replace("tests/support/echo/", "")
        said = image(self.key, version).labels | {"simcore.service.bootsettings": "[]"} | labels
        lines = [f"LABEL {name}={json.dumps(value)}" for name, value in said.items()]
        (self.folder / "Dockerfile").write_text("\n".join([text, more, *lines, ""]))
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"Version {version}")
        self.git("tag", "--force", f"v{version}")
        return self.git("rev-parse", "HEAD")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(folder: Path, key: str) -> Iterator[Repository]:
    """A repository in ``folder``, served by git's own daemon as long as the block lasts."""
    # Where containers of the swarm's services reach their host.
    bridge = docker.APIClient(version="auto").inspect_network("docker_gwbridge")["IPAM"]["Config"][0]["Gateway"]
    port = _free_port()
    made = Repository(folder / "service", f"git://{bridge}:{port}/service", key)
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    options = [f"--base-path={folder}", "--export-all", "--reuseaddr", f"--listen={bridge}", f"--port={port}"]
    daemon = subprocess.Popen(["git", "daemon", *options], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex((bridge, port)) == 0:
                    break
            time.sleep(0.1)
        yield made
    finally:
        os.killpg(daemon.pid, 15)
        daemon.wait()
