"""Runs of a real deployment: followed through the gateway, canceled, repeated by hand; and its event log."""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.deployment import ECHO_KEY, ROOT, Deployment, Person, presence, until
from tests.support.fakes import image


@pytest.fixture(scope="module")
def admin(deployment: Deployment) -> Person:
    """The first login."""
    return deployment.admin()


@contextmanager
def project(deployment: Deployment, person: Person, name: str) -> Iterator[str]:
    """A project with an open tab; its id."""
    project_id = person.call("POST", "/projects", {"name": name})["id"]
    with presence(deployment, project_id):
        yield project_id
    person.call("DELETE", f"/projects/{project_id}")


def repeat(deployment: Deployment, person: Person, run_id: str, **secrets: str) -> subprocess.CompletedProcess[str]:
    """Do what docs/runs.md tells a person to do."""
    run = person.call("GET", f"/runs/{run_id}")
    words = [word for word in shlex.split(run["command"]) if not word.startswith("WERKBANK_SECRET_")]
    file = ROOT / "inputs.json"
    file.write_text(person.page(f"/api/v0/runs/{run_id}/inputs.json").text)
    given = {"WERKBANK_ENV_FILE": str(deployment.env_file), "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"} | secrets
    try:
        return subprocess.run(words, cwd=ROOT, env=os.environ | given, capture_output=True, text=True, check=False, timeout=180)
    finally:
        file.unlink()


def frames(person: Person, run_id: str, **headers: str) -> Iterator[dict[str, Any]]:
    """The frames of a run's stream as they come."""
    headers = {"Accept": "text/event-stream"} | headers
    with person.session.get(f"{person.url}/api/v0/runs/{run_id}/events", headers=headers, stream=True, timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        frame: dict[str, Any] = {}
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            name, _, value = line.partition(": ")
            if line and name:
                frame[name] = value
            elif not line and "event" in frame:
                yield frame
                frame = {}


def run_under_way(person: Person, node_id: str) -> str:
    """The id of the node's run, as soon as there is one."""
    return str(until(lambda: person.call("GET", f"/runs?state=running&node_id={node_id}"), 30, 0.05)[0]["id"])


def test_a_run_is_followed_live_and_repeated_by_hand_without_a_change(deployment: Deployment, admin: Person) -> None:
    with project(deployment, admin, "followed") as project_id:
        node = admin.add_node(project_id, ECHO_KEY)
        run_id = run_under_way(admin, node["id"])
        arrivals, kinds, numbers = [], [], []
        for frame in frames(admin, run_id):
            arrivals.append(time.monotonic())
            kinds.append(frame["event"])
            numbers += [int(frame["id"])] if "id" in frame else []
        assert kinds[-1] == "run"
        assert numbers == list(range(1, len(numbers) + 1))
        assert arrivals[-1] - arrivals[0] > 0.5, "they came all together: something on the way held them back"
        later = [int(f["id"]) for f in frames(admin, run_id, **{"Last-Event-ID": "3"}) if "id" in f]
        assert later == numbers[3:]
        events = admin.call("GET", f"/runs/{run_id}/events")
        assert any(event["duration"] for event in events if event["kind"] == "ok")
        assert node["id"] in {event["item"] for event in events}

        admin.wait_for(project_id, node["id"], "running")
        done = repeat(deployment, admin, run_id)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "changed=0" in done.stdout, done.stdout


def test_a_secret_of_a_node_is_stored_nowhere_and_supplied_to_repeat_its_run(deployment: Deployment, admin: Person) -> None:
    version, secret = "1.0.7", "hunter22-of-the-lab"
    port = {"name": "ports", "type": "int", "value": 8888}
    # To Ansible the text would be a comment; what looks like a template to the swarm, the swarm fills in itself.
    env = {"name": "env", "type": "string", "value": [f"LAB_TOKEN={secret}", "TEXT={# kept #}"]}
    deployment.publish_echo(version, **{"simcore.service.settings": json.dumps([port, env])})
    deployment.wait_for_service(admin, ECHO_KEY, version)
    with project(deployment, admin, "secretive") as project_id:
        node = admin.wait_for(project_id, admin.add_node(project_id, ECHO_KEY, version)["id"], "running")
        told = admin.page(node["url"]).json()["environment"]
        assert (told["LAB_TOKEN"], told["TEXT"]) == (secret, "{# kept #}")
        run = admin.call("GET", f"/runs/{node['run_id']}")
        assert secret not in str(run)
        assert [s["variable"] for s in run["secrets"]] == ["WERKBANK_SECRET_1"]
        refused = repeat(deployment, admin, run["id"])
        assert refused.returncode != 0
        assert "Set WERKBANK_SECRET_1" in refused.stdout + refused.stderr
        done = repeat(deployment, admin, run["id"], WERKBANK_SECRET_1=secret)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "changed=0" in done.stdout, done.stdout


def test_a_canceled_run_leaves_no_process_and_the_node_runs_later(deployment: Deployment, admin: Person) -> None:
    with project(deployment, admin, "canceled") as project_id:
        node = admin.add_node(project_id, ECHO_KEY)
        run_id = run_under_way(admin, node["id"])
        admin.call("POST", f"/runs/{run_id}/cancel", expect=202)
        ended = until(lambda: r if (r := admin.call("GET", f"/runs/{run_id}"))["state"] != "running" else None, 20)
        assert ended["state"] == "canceled"
        assert ended["duration"] < 20
        director = deployment.container(**{"werkbank.part": "director"})
        processes = deployment.engine.top(director, ps_args="-eo pid,args")["Processes"]
        assert not [process for process in processes if "ansible-playbook" in process[-1]]
        admin.wait_for(project_id, node["id"], "running", 90)


_REWRITE = """
from sqlalchemy import text
from controlplane.database import Database
from controlplane.settings import settings
database = Database(settings().database)
for act in ("update event_log set actor = 'nobody'", "delete from event_log", "truncate event_log"):
    try:
        with database.begin() as session:
            session.execute(text(act))
        print("done")
    except Exception as error:
        print(str(error).splitlines()[0])
"""


def test_the_event_log_cannot_be_rewritten_even_by_the_platform_itself(deployment: Deployment, admin: Person) -> None:
    count = len(admin.page("/api/v0/events?format=jsonl&kind=user").text.splitlines())
    director = deployment.container(**{"werkbank.part": "director"})
    command = ["/usr/bin/docker", "exec", director, "python", "-c", _REWRITE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == 3
    assert all("the event log is append-only" in line for line in said), said
    assert len(admin.page("/api/v0/events?format=jsonl&kind=user").text.splitlines()) >= count > 0


def test_the_event_log_tells_who_made_a_node_and_what_became_of_it(deployment: Deployment, admin: Person) -> None:
    email = deployment.values["WERKBANK_ADMIN_EMAIL"]
    with project(deployment, admin, "told") as project_id:
        node = admin.wait_for(project_id, admin.add_node(project_id, ECHO_KEY)["id"], "running")
        admin.call("POST", f"/projects/{project_id}/nodes/{node['id']}/stop")
        admin.wait_for(project_id, node["id"], "stopped")
        told = [(entry["actor"], entry["action"]) for entry in reversed(admin.call("GET", f"/projects/{project_id}/history"))]
    assert told == [(email, "add"), (email, "add"), ("director", "running"), (email, "stop"), ("director", "stopped")]


def test_the_catalogue_notes_the_images_it_met(admin: Person) -> None:
    found = admin.call("GET", "/events?kind=image&action=appear")
    assert image().repository in {entry["name"] for entry in found}
