"""Slots on a real deployment: claimed in the database alone, and seen to the end."""

import os
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.test_reaper import JUPYTER_KEY, Notebook
from tests.support.deployment import ROOT, Deployment, Person, presence, until

KEY = "simcore/services/dynamic/eager"
NOTEBOOK_KEY = "simcore/services/dynamic/eager-notebook"
# Three of them fit into the tests' budget beside one notebook.
_SMALL = '[{"name": "ports", "value": 8888}, {"name": "Resources", "value": {"Limits": {"MemoryBytes": %d}}}]'
_MIB = 1024 * 1024


def ready(person: Person, key: str) -> list[Any]:
    """The slots of a service that can be claimed."""
    return [slot for slot in person.call("GET", "/slots") if slot["service_key"] == key and slot["state"] == "ready"]


@pytest.fixture(scope="module")
def person(deployment: Deployment) -> Iterator[Person]:
    """The administrator, and a service whose slots wait; afterwards there are none."""
    somebody = deployment.admin()
    labels = {"werkbank.slots": "3", "simcore.service.settings": _SMALL % (64 * _MIB)}
    deployment.publish_echo(key=KEY, **labels)
    until(lambda: ready(somebody, KEY), 120)
    yield somebody
    deployment.forget_image("1.0.0", KEY)
    ours = {KEY, NOTEBOOK_KEY}
    until(lambda: not [slot for slot in somebody.call("GET", "/slots") if slot["service_key"] in ours], 120)


@pytest.fixture
def project(person: Person) -> Iterator[str]:
    """A project that nobody has opened."""
    project_id = person.call("POST", "/projects", {"name": "eager"})["id"]
    yield project_id
    person.call("DELETE", f"/projects/{project_id}")


def add(person: Person, project_id: str, key: str = KEY) -> Any:
    """A node, added while a slot is ready."""
    until(lambda: ready(person, key), 120)
    return person.add_node(project_id, key)


def test_a_node_runs_in_the_answer_and_its_page_is_there(deployment: Deployment, person: Person, project: str) -> None:
    [slot, *_] = until(lambda: ready(person, KEY), 120)
    node = person.add_node(project, KEY)
    assert (node["id"], node["state"]) == (slot["id"], "running")
    answer = person.page(node["url"])
    assert answer.status_code == 200
    told = answer.json()
    assert told["environment"]["SIMCORE_NODE_UUID"] == node["id"]
    assert "SIMCORE_USER_ID" not in told["environment"]


def test_the_service_learns_whose_it_is_with_each_request(person: Person, project: str) -> None:
    node = add(person, project)
    me = person.call("GET", "/auth/me")["user"]["id"]
    forged = person.page(node["url"], headers={"X-Werkbank-User": "somebody-else"})
    assert forged.json()["headers"]["X-Werkbank-User"] == me


def test_it_goes_on_as_any_node_and_another_takes_its_place(deployment: Deployment, person: Person, project: str) -> None:
    node = add(person, project)
    until(lambda: ready(person, KEY), 120)
    with presence(deployment, project):
        assert person.node(project, node["id"])["state"] == "running"
        person.page(f"{node['url']}?write=mine")
        person.call("POST", f"/projects/{project}/nodes/{node['id']}/stop")
        person.wait_for(project, node["id"], "stopped")
        gone = {"label": [f"werkbank.stack={deployment.stack}", f"werkbank.node={node['id']}"]}
        assert deployment.engine.services(filters=gone) == []
        person.call("POST", f"/projects/{project}/nodes/{node['id']}/start")
        again = person.wait_for(project, node["id"], "running")
    assert again["url"] != node["url"]
    assert person.page(node["url"]).status_code == 410
    assert person.page(again["url"]).json()["note"] == "mine", "the slot's volume is the node's"


def test_the_nodes_of_a_project_reach_each_other_and_no_slot(deployment: Deployment, person: Person, project: str) -> None:
    first = add(person, project)
    second = person.add_node(project, KEY)
    second = person.wait_for(project, second["id"], "running")
    [slot, *_] = until(lambda: ready(person, KEY), 120)
    routes = {each["id"]: each["url"].split("/")[2] for each in (first, second)}
    for one, other in ((first, second), (second, first)):
        assert person.page(f"{one['url']}?reach={routes[other['id']]}:8888").json()["reach"] == "reached"
    services = deployment.engine.services(filters={"label": [f"werkbank.node={slot['id']}"]})
    route = services[0]["Spec"]["Labels"]["werkbank.route"]
    assert person.page(f"{first['url']}?reach={route}:8888").json()["reach"].startswith("not reached")


def test_two_claims_never_get_one(deployment: Deployment, person: Person) -> None:
    """Side by side, in as many projects, on the real database: more claims than slots."""
    projects = [person.call("POST", "/projects", {"name": f"rush {number}"})["id"] for number in range(6)]
    tabs = [deployment.admin() for _ in projects]
    until(lambda: ready(person, KEY), 120)
    before = {slot["id"] for slot in ready(person, KEY)}
    taken: list[Any] = []

    def claim(tab: Person, project_id: str) -> None:
        taken.append(tab.add_node(project_id, KEY))

    threads = [threading.Thread(target=claim, args=each) for each in zip(tabs, projects, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({node["id"] for node in taken}) == len(projects)
    running = {node["id"] for node in taken if node["state"] == "running"}
    assert running >= before
    assert not running & {slot["id"] for slot in person.call("GET", "/slots")}
    for project_id in projects:
        person.call("DELETE", f"/projects/{project_id}")


def test_an_outdated_one_leaves_nothing(deployment: Deployment, person: Person) -> None:
    [slot, *_] = until(lambda: ready(person, KEY), 120)
    labels = {"werkbank.slots": "1", "simcore.service.settings": _SMALL % (80 * _MIB)}
    deployment.publish_echo(key=KEY, **labels)
    until(lambda: slot["id"] not in {each["id"] for each in person.call("GET", "/slots")}, 120)
    mine = {"label": [f"werkbank.node={slot['id']}"]}
    assert deployment.engine.services(filters=mine) == []
    assert (deployment.engine.volumes(filters=mine)["Volumes"] or []) == []
    assert [n for n in deployment.project_networks() if slot["id"].replace("-", "") in n["Name"]] == []
    until(lambda: ready(person, KEY), 120)


@pytest.fixture
def notebook_service(deployment: Deployment, person: Person) -> Iterator[None]:
    """JupyterLab under another name, with a limit that fits into the tests' budget."""
    reference = f"{deployment.registry}/{NOTEBOOK_KEY}:1.0.0"
    labels = {"io.simcore.key": f'{{"key": "{NOTEBOOK_KEY}"}}', "simcore.service.settings": _SMALL % (350 * _MIB)}
    build = ["/usr/bin/docker", "build", "--quiet", "--file", "-", "--tag", reference]
    for name, value in labels.items():
        build += ["--label", f"{name}={value}"]
    dockerfile = f"FROM {deployment.registry}/{JUPYTER_KEY}:1.0.0\n".encode()
    told = os.environ | {"DOCKER_BUILDKIT": "1"}
    subprocess.run([*build, "."], cwd=ROOT / "tests/support/echo", check=True, env=told, capture_output=True, input=dockerfile)
    deployment.push(reference)
    until(lambda: ready(person, NOTEBOOK_KEY), 180)
    yield
    deployment.forget_image("1.0.0", NOTEBOOK_KEY)


@pytest.mark.usefixtures("notebook_service")
def test_a_kernel_starts_in_a_claimed_notebook_and_only_with_its_token(person: Person, project: str) -> None:
    node = person.add_node(project, NOTEBOOK_KEY)
    assert node["state"] == "running"
    notebook = Notebook(person, node)
    notebook.execute(notebook.start_kernel(), "import time; time.sleep(2)")
    kernels = f"{person.url}{node['url'].removesuffix('/lab')}/api/kernels"
    assert person.session.post(kernels, json={}, timeout=30).status_code == 403, "Jupyter's own check is on"
