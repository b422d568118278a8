"""Slots over HTTP: a node runs in the answer that adds it, the gate opens it, administrators see what waits."""

from controlplane.clock import now
from controlplane.database import Database
from controlplane.model import Service, new_id
from controlplane.slots_model import Slot
from tests.unit.test_api import NODE, Visitor, ada, bob, gate, visitors

__all__ = ["ada", "bob", "visitors"]


def put(database: Database, **about: object) -> Slot:
    """A slot that is ready, of the tests' service, which allows it."""
    with database.begin() as session:
        service = session.get_one(Service, (NODE["service_key"], NODE["service_version"]))
        service.labels = service.labels | {"werkbank.slots": "true"}
        of = {"service_key": service.key, "service_version": service.version, "digest": service.digest}
        given = {"id": new_id(), "fingerprint": "f", "memory_bytes": 2**29, "port": 8888, "ready_at": now()}
        slot = Slot(**of | given | about)
        session.add(slot)
    return slot


def test_a_node_runs_in_the_answer_that_adds_it_and_its_page_opens(ada: Visitor, bob: Visitor, database: Database) -> None:
    slot = put(database)
    project = ada.post("/projects", name="Bone plate study").json["data"]
    node = ada.post(f"/projects/{project['id']}/nodes", **NODE).json["data"]
    assert (node["id"], node["state"], node["url"]) == (slot.id, "running", f"/x/{slot.route}/lab")
    opened = gate(ada, node["url"])
    assert opened.headers["X-Werkbank-Upstream"] == f"{slot.route}:8888"
    assert opened.headers["X-Werkbank-User"] == ada.get("/auth/me").json["data"]["user"]["id"]
    assert gate(bob, node["url"]).status_code == 403


def test_nobody_opens_the_page_of_a_slot(ada: Visitor, database: Database) -> None:
    slot = put(database)
    assert gate(ada, f"/x/{slot.route}/lab").status_code == 403


def test_administrators_see_what_waits(ada: Visitor, bob: Visitor, database: Database) -> None:
    put(database)
    put(database, ready_at=None, failure="It ended with code 3.")
    put(database, ready_at=None)
    put(database, desired="absent", ready_at=None)
    found = ada.get("/slots").json["data"]
    assert [each["state"] for each in found] == ["ready", "failed", "starting", "closing"]
    assert (found[0]["memory_mib"], found[1]["reason"]) == (512, "It ended with code 3.")
    assert bob.get("/slots").status_code == 403
