"""The reaper on a real deployment: what computes is needed, what is at rest is not, and one director decides."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import websocket

from tests.support.deployment import Deployment, Person, until

JUPYTER_KEY = "simcore/services/dynamic/jupyter"
COMPUTES_FOR = 50
WATCHED_FOR = 42


class Notebook:
    """JupyterLab's page of one node, as its browser would use it."""

    def __init__(self, person: Person, node: Any):
        self._person, self._base = person, node["url"].removesuffix("/lab")
        assert person.page(node["url"]).status_code == 200
        cookies = {cookie.name: cookie.value for cookie in person.session.cookies}
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._xsrf = cookies["_xsrf"]

    def start_kernel(self) -> str:
        """A kernel's id."""
        headers = {"X-XSRFToken": self._xsrf}
        answer = self._person.session.post(f"{self._person.url}{self._base}/api/kernels", json={}, headers=headers, timeout=60)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def execute(self, kernel: str, code: str) -> None:
        """Send a cell to the kernel and hang up once it is at work."""
        address = f"ws://{urlsplit(self._person.url).netloc}{self._base}/api/kernels/{kernel}/channels?session_id={uuid4().hex}"
        connection = websocket.create_connection(address, cookie=self._cookies, timeout=60)
        header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "username": "", "session": uuid4().hex, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
        connection.send(json.dumps(message))
        until(lambda: json.loads(connection.recv()).get("content", {}).get("execution_state") == "busy", 60, 0)
        until(lambda: self.state() == "busy", 30)
        connection.close()

    def state(self) -> str:
        """What the one kernel does."""
        [kernel] = self._person.page(f"{self._base}/api/kernels").json()
        return str(kernel["execution_state"])


@pytest.fixture
def project(deployment: Deployment) -> Iterator[tuple[Person, str]]:
    """A project of the administrator's that no tab has open."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "left computing"})["id"]
    yield person, project_id
    person.call("DELETE", f"/projects/{project_id}")


def test_a_node_is_kept_while_its_kernel_computes_and_closed_when_it_is_at_rest(project: tuple[Person, str]) -> None:
    person, project_id = project
    node = person.add_node(project_id, JUPYTER_KEY)
    node = person.wait_for(project_id, node["id"], "running")
    notebook = Notebook(person, node)
    notebook.execute(notebook.start_kernel(), f"import time; time.sleep({COMPUTES_FOR})")
    begun, holders = time.monotonic(), set()
    while time.monotonic() - begun < WATCHED_FOR:
        node = person.node(project_id, node["id"])
        assert node["state"] == "running", node
        holders.add(node["lease"]["held_by"])
        time.sleep(1)
    assert "busy" in holders
    closed = until(lambda: n if (n := person.node(project_id, node["id"]))["state"] == "stopped" else None, 90, 0.5)
    assert time.monotonic() - begun > COMPUTES_FOR
    assert "no tab of this project open since" in closed["reason"]
    assert "kernel idle since" in closed["reason"]
    [row] = person.call("GET", f"/projects/{project_id}/reaps")
    assert (row["kind"], row["node_id"], row["sentence"]) == ("node", node["id"], closed["reason"])
    assert row["evidence"]["is_busy"] is False
    assert row["id"] in [listed["id"] for listed in person.call("GET", "/reaps?limit=20")]


def test_a_director_that_lost_its_lock_ends_and_the_next_one_leads(deployment: Deployment) -> None:
    before = deployment.container(werkbank__part="director")
    end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'werkbank leader'"
    postgres = deployment.container(werkbank__part="postgres")
    command = ["docker", "exec", postgres, "psql", "-U", "postgres", "-d", "werkbank", "-c", end]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "(1 row)" in done.stdout

    def is_back() -> bool:
        try:
            return deployment.container(werkbank__part="director") != before
        except IndexError:
            return False

    until(is_back, 60)
    person = deployment.admin()
    until(lambda: person.page("/director/v0/").status_code == 200, 60)
