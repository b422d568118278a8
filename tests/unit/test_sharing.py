"""Sharing: who may do what with somebody else's project, through every door."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from controlplane import accounts, catalogue
from controlplane.database import Database
from controlplane.model import Node, Observed, Project, User
from controlplane.settings import Settings
from tests.support.fakes import FakeRegistry, image
from tests.unit.test_api import NODE, PASSWORD, Visitor

CHANGES = [
    ("patch", "", {"name": "Mine now"}),
    ("post", "/nodes", NODE),
    ("patch", "/nodes/{node}", {"name": "x"}),
    ("delete", "/nodes/{node}", {}),
    ("post", "/nodes/{node}/start", {}),
    ("post", "/nodes/{node}/stop", {}),
    ("post", "/nodes/{node}/keep", {"until": None}),
    ("post", "/links", {"source_node": "a", "source_port": "o", "target_node": "b", "target_port": "i"}),
    ("delete", "/links/none", {}),
]
OWNERS = [
    ("post", "/shares", {"email": "bob@werkbank.example", "role": "edit"}),
    ("delete", "", {}),
    ("delete", "?forever=true", {}),
    ("post", "/restore", {}),
    ("patch", "", {"is_template": True}),
    ("delete", "/shares/{cleo}", {}),
]
LOOKS = ["", "/nodes/{node}", "/nodes/{node}/logs", "/reaps", "/history", "/shares", "/export"]


class Person(Visitor):
    """A visitor who knows all verbs."""

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Any change with the page's token."""
        client = getattr(self.web, method)
        return client(f"/api/v0{path}", json=body, headers={"X-CSRF-Token": self.csrf})


@pytest.fixture
def people(database: Database, settings: Settings) -> Iterator[dict[str, Person]]:
    """Ada has a project with a node; Bob, Cleo and nobody else are there."""
    names = ("ada", "bob", "cleo")
    with database.begin() as session:
        for name in names:
            accounts.add_user(session, f"{name}@werkbank.example", PASSWORD)
    catalogue.refresh(database, FakeRegistry([image()]))
    found = {name: Person(database, settings) for name in names}
    for name, person in found.items():
        person.log_in(f"{name}@werkbank.example")
    yield found


@pytest.fixture
def ada(people: dict[str, Person]) -> Person:
    """The owner."""
    return people["ada"]


@pytest.fixture
def bob(people: dict[str, Person]) -> Person:
    """Somebody else."""
    return people["bob"]


@pytest.fixture
def at(ada: Person, database: Database) -> dict[str, str]:
    """Where the project and its node are, and Cleo's id: she may see it from the start."""
    project = ada.post("/projects", name="Bone").json["data"]["id"]
    node = ada.post(f"/projects/{project}/nodes", **NODE).json["data"]["id"]
    cleo = ada.post(f"/projects/{project}/shares", email="cleo@werkbank.example", role="view").json["data"]["user_id"]
    return {"project": project, "node": node, "cleo": cleo}


def share(ada: Person, at: dict[str, str], role: str) -> Any:
    """Ada lets Bob in."""
    answer = ada.post(f"/projects/{at['project']}/shares", email="Bob@werkbank.example", role=role)
    assert answer.status_code == 201
    return answer.json["data"]


def try_all(person: Person, at: dict[str, str], calls: list[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    """The answers to every call."""
    return [person.call(method, f"/projects/{at['project']}{path.format(**at)}", **body) for method, path, body in calls]


def test_a_stranger_does_not_learn_that_the_project_exists(bob: Person, at: dict[str, str]) -> None:
    looks = [bob.get(f"/projects/{at['project']}{path.format(**at)}") for path in LOOKS]
    never = bob.get("/projects/00000000-0000-0000-0000-000000000000")
    answers = [*looks, *try_all(bob, at, CHANGES + OWNERS), bob.call("post", f"/projects/{at['project']}/duplicate")]
    assert {(answer.status_code, json.dumps(answer.json)) for answer in answers} == {(404, json.dumps(never.json))}


def test_a_viewer_sees_everything_and_changes_nothing_and_is_told_so(ada: Person, bob: Person, at: dict[str, str]) -> None:
    before = ada.get(f"/projects/{at['project']}").json["data"]["nodes"]
    share(ada, at, "view")
    assert {bob.get(f"/projects/{at['project']}{path.format(**at)}").status_code for path in LOOKS} == {200}
    answers = try_all(bob, at, CHANGES)
    assert {answer.status_code for answer in answers} == {403}
    assert "may look at this project, but not change it" in answers[0].json["error"]["message"]
    assert ada.get(f"/projects/{at['project']}").json["data"]["nodes"] == before


def test_an_editor_changes_the_canvas_but_does_not_do_what_is_the_owners(ada: Person, bob: Person, at: dict[str, str]) -> None:
    share(ada, at, "edit")
    assert {answer.status_code for answer in try_all(bob, at, CHANGES)} <= {200, 201, 204, 400, 404}
    assert bob.call("post", f"/projects/{at['project']}/nodes", **NODE).status_code == 201
    answers = try_all(bob, at, OWNERS)
    assert {answer.status_code for answer in answers} == {403}
    assert "Only the owner" in answers[0].json["error"]["message"]
    assert ada.get(f"/projects/{at['project']}").status_code == 200


def test_what_is_shared_is_on_the_dashboard_with_its_owner_and_the_right(ada: Person, bob: Person, at: dict[str, str]) -> None:
    assert bob.get("/projects").json["data"] == []
    share(ada, at, "view")
    [listed] = bob.get("/projects").json["data"]
    assert (listed["id"], listed["right"], listed["owner"]["email"]) == (at["project"], "view", "ada@werkbank.example")
    assert ada.get("/projects").json["data"][0]["right"] == "own"


def test_sharing_again_with_another_role_changes_it(ada: Person, bob: Person, at: dict[str, str]) -> None:
    share(ada, at, "view")
    assert share(ada, at, "edit")["role"] == "edit"
    shares = ada.get(f"/projects/{at['project']}/shares").json["data"]
    assert [(each["email"], each["role"]) for each in shares] == [
        ("cleo@werkbank.example", "view"),
        ("bob@werkbank.example", "edit"),
    ]
    assert bob.call("patch", f"/projects/{at['project']}", name="Hip").status_code == 200


def test_who_is_no_user_or_the_owner_gets_no_share_and_the_reason(ada: Person, at: dict[str, str]) -> None:
    nobody = ada.post(f"/projects/{at['project']}/shares", email="eve@werkbank.example", role="view")
    assert (nobody.status_code, "Nobody here has the address" in nobody.json["error"]["message"]) == (404, True)
    owner = ada.post(f"/projects/{at['project']}/shares", email="ada@werkbank.example", role="view")
    assert (owner.status_code, "theirs already" in owner.json["error"]["message"]) == (400, True)
    assert ada.post(f"/projects/{at['project']}/shares", email="bob@werkbank.example", role="own").status_code == 400


def test_revoking_cuts_off_at_the_next_request_and_ends_the_open_stream(ada: Person, bob: Person, at: dict[str, str]) -> None:
    user_id = share(ada, at, "edit")["user_id"]
    frames = bob.web.get(f"/api/v0/projects/{at['project']}/events?tab=bob").response
    told = iter(frames)
    assert "retry" in next(told).decode()
    assert '"right": "edit"' in next(told).decode()
    assert ada.call("delete", f"/projects/{at['project']}/shares/{user_id}").status_code == 204
    assert list(told) == []
    assert bob.get(f"/projects/{at['project']}").status_code == 404
    assert bob.get("/projects").json["data"] == []


def test_a_guest_may_leave_by_themselves_and_send_nobody_else_away(people: dict[str, Person], at: dict[str, str]) -> None:
    bob_id = share(people["ada"], at, "view")["user_id"]
    assert people["bob"].call("delete", f"/projects/{at['project']}/shares/{at['cleo']}").status_code == 403
    assert people["bob"].call("delete", f"/projects/{at['project']}/shares/{bob_id}").status_code == 204
    assert people["bob"].get(f"/projects/{at['project']}").status_code == 404


def test_the_gate_opens_a_nodes_page_to_owner_and_editors_and_to_no_viewer(
    people: dict[str, Person], at: dict[str, str], database: Database
) -> None:
    with database.begin() as session:
        row = session.get_one(Node, at["node"])
        row.observed, row.port = Observed.RUNNING, 8080
        uri = f"/x/{row.route}/lab"

    def asked(name: str) -> int:
        return int(people[name].authentication.get("/gate/node", headers={"X-Original-URI": uri}).status_code)

    user_id = share(people["ada"], at, "edit")["user_id"]
    assert (asked("ada"), asked("bob"), asked("cleo")) == (200, 200, 403)
    people["ada"].call("delete", f"/projects/{at['project']}/shares/{user_id}")
    assert (asked("ada"), asked("bob")) == (200, 403)


def test_who_is_here_is_told_by_name_once_for_all_their_tabs(ada: Person, bob: Person, at: dict[str, str]) -> None:
    share(ada, at, "view")
    for person, tab in ((ada, "one"), (ada, "two"), (bob, "three")):
        assert person.post(f"/projects/{at['project']}/presence", tab=tab).status_code == 200
    told = iter(ada.web.get(f"/api/v0/projects/{at['project']}/events?tab=one").response)
    next(told)
    [here] = [frame for frame in next(told).decode().split("\n\n") if frame.startswith("event: here")]
    said = json.loads(here.split("data: ")[1])
    assert said["tabs"] == 3
    assert [(each["name"], each["tabs"]) for each in said["people"]] == [("ada", 2), ("bob", 1)]


def test_shares_go_with_their_project(database: Database, ada: Person, at: dict[str, str]) -> None:
    with database.begin() as session:
        for node in session.query(Node):
            session.delete(node)
        session.delete(session.get_one(Project, at["project"]))
    with database.begin() as session:
        assert session.query(User).count() == 3
        assert session.connection().exec_driver_sql("select count(*) from shares").scalar() == 0


def test_every_share_and_its_end_is_in_the_history(ada: Person, at: dict[str, str]) -> None:
    ada.call("delete", f"/projects/{at['project']}/shares/{at['cleo']}")
    history = ada.get(f"/projects/{at['project']}/history").json["data"]
    said = [(each["action"], each["data"]) for each in history if each["action"] in ("share", "unshare")]
    assert said == [
        ("unshare", {"with": "cleo@werkbank.example"}),
        ("share", {"role": "view", "with": "cleo@werkbank.example"}),
    ]


def test_in_a_shared_project_a_closed_node_says_by_name_who_closed_it(ada: Person, bob: Person, at: dict[str, str]) -> None:
    share(ada, at, "edit")
    bob.call("post", f"/projects/{at['project']}/nodes/{at['node']}/stop")
    assert ada.get(f"/projects/{at['project']}/nodes/{at['node']}").json["data"]["reason"] == "bob closed it."
    alone = ada.post("/projects", name="Alone").json["data"]["id"]
    node = ada.post(f"/projects/{alone}/nodes", **NODE).json["data"]["id"]
    assert ada.call("post", f"/projects/{alone}/nodes/{node}/stop").json["data"]["reason"] == "You closed it."


def test_a_template_tells_strangers_nothing_of_how_its_nodes_are(ada: Person, bob: Person, at: dict[str, str]) -> None:
    assert ada.call("patch", f"/projects/{at['project']}", is_template=True).status_code == 200
    [mine], [theirs] = (person.get("/projects?place=templates").json["data"] for person in (ada, bob))
    assert (mine["right"], mine["running_count"], mine["thumbnail"]["nodes"][0]["state"]) == ("own", 1, "starting")
    assert (theirs["right"], theirs["running_count"], theirs["thumbnail"]["nodes"][0]["state"]) == (None, 0, "created")
    assert bob.get(f"/projects/{at['project']}").status_code == 404
    copy = bob.call("post", f"/projects/{at['project']}/duplicate")
    assert (copy.status_code, copy.json["data"]["owner"]["email"]) == (201, "bob@werkbank.example")
