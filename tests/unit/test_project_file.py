"""A project as a file: what goes out comes in again, and what is wrong changes nothing."""

import io
import json
import zipfile
from typing import Any

import pytest

from controlplane.database import Database
from controlplane.model import Project
from controlplane.project_file import LARGEST
from tests.unit.test_api import NODE, Visitor, ada, bob, visitors  # noqa: F401  fixtures

GOOD: dict[str, Any] = {
    "format": "werkbank-project",
    "version": 1,
    "name": "Bone",
    "nodes": [
        {
            "id": "a",
            "name": "Source",
            "service_key": "simcore/services/dynamic/echo",
            "service_version": "1.0.0",
            "type": "dynamic",
            "x": 1,
            "y": 2,
        },
        {
            "id": "b",
            "name": "Gone",
            "service_key": "simcore/services/dynamic/gone",
            "service_version": "2.0.0",
            "type": "dynamic",
            "inputs": {"any": "thing"},
            "x": 3,
            "y": 4,
        },
    ],
    "links": [{"source_node": "a", "source_port": "out", "target_node": "b", "target_port": "in"}],
}


def packed(document: Any, name: str = "project.json") -> bytes:
    """A file with this document."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, document if isinstance(document, str | bytes) else json.dumps(document))
    return target.getvalue()


def bring(person: Visitor, content: bytes) -> Any:
    """Import a file."""
    return person.web.post(
        "/api/v0/projects/import",
        data={"file": (io.BytesIO(content), "bone.zip")},
        content_type="multipart/form-data",
        headers={"X-CSRF-Token": person.csrf},
    )


def test_what_was_exported_comes_in_again_as_a_project_of_ones_own(ada: Visitor, bob: Visitor) -> None:  # noqa: F811
    there = ada.post("/projects", name="Bone / plate", description="Stress", tags=["2026"]).json["data"]["id"]
    first, second = (ada.post(f"/projects/{there}/nodes", **NODE).json["data"]["id"] for _ in range(2))
    link = {"source_node": first, "source_port": "out", "target_node": second, "target_port": "in"}
    assert ada.post(f"/projects/{there}/links", **link).status_code == 201
    file = ada.web.get(f"/api/v0/projects/{there}/export")
    assert 'filename="Bone-plate.werkbank.zip"' in file.headers["Content-Disposition"]

    answer = bring(bob, file.data)
    assert answer.status_code == 201
    project = answer.json["data"]["project"]
    assert (project["name"], project["description"], project["tags"]) == ("Bone / plate", "Stress", ["2026"])
    assert project["owner"]["email"] == "bob@werkbank.example"
    assert [(node["state"], node["service_key"]) for node in project["nodes"]] == [("created", NODE["service_key"])] * 2
    assert {project["links"][0]["source_node"], project["links"][0]["target_node"]} == {n["id"] for n in project["nodes"]}
    assert not {first, second} & {node["id"] for node in project["nodes"]}
    assert answer.json["data"]["missing_services"] == []


def test_services_that_the_catalogue_lacks_stay_on_the_canvas_and_are_named(ada: Visitor) -> None:  # noqa: F811
    said = bring(ada, packed(GOOD)).json["data"]
    assert said["missing_services"] == [{"key": "simcore/services/dynamic/gone", "version": "2.0.0"}]
    gone = next(node for node in said["project"]["nodes"] if node["name"] == "Gone")
    assert gone["inputs"] == {"any": "thing"}
    start = ada.post(f"/projects/{said['project']['id']}/nodes/{gone['id']}/start")
    assert (start.status_code, start.json["error"]["errors"]) == (404, [{"code": "ServiceNotFound"}])


NODES = GOOD["nodes"]
WRONG = {
    "no zip": (b"not a zip", "must be a zip"),
    "another zip": (packed(GOOD, "other.json"), "must be a zip that holds project.json"),
    "no JSON": (packed("{"), "is not JSON"),
    "too deep": (packed("[" * 200_000), "is not JSON"),
    "no object": (packed([1]), "does not hold a project"),
    "another format": (packed(GOOD | {"format": "notebook"}), "does not hold a project"),
    "a later version": (packed(GOOD | {"version": 2}), "version 2 of the format, and this Werkbank reads version 1"),
    "no name": (packed(GOOD | {"name": " "}), "wrong at name"),
    "unknown parts": (packed(GOOD | {"surprise": 1}), "wrong at surprise"),
    "a link to nowhere": (packed(GOOD | {"nodes": NODES[:1]}), "does not join two different nodes"),
    "a node twice": (packed(GOOD | {"nodes": [*NODES, NODES[0]]}), "two nodes have the same id"),
    "two links at one input": (packed(GOOD | {"links": GOOD["links"] * 2}), "end at the same input"),
    "no number": (packed(GOOD | {"nodes": [NODES[0] | {"x": float("nan")}], "links": []}), "number that is none"),
    "no key of a service": (packed(GOOD | {"nodes": [NODES[0] | {"service_key": "../etc"}], "links": []}), "service_key"),
    "an input that does not fit": (packed(GOOD | {"nodes": [NODES[0] | {"inputs": {"no": 1}}], "links": []}), "has no input"),
    "a NUL": (packed(GOOD | {"name": "a\0b"}), "NUL"),
    "a bomb": (packed(b" " * (LARGEST + 1)), "larger than 8 MiB"),
}


@pytest.mark.parametrize(("content", "words"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_wrong_is_refused_with_the_reason(
    ada: Visitor,  # noqa: F811
    database: Database,
    content: bytes,
    words: str,
) -> None:
    answer = bring(ada, content)
    assert answer.status_code == 400
    assert words in answer.json["error"]["message"]
    assert "Nothing was imported" in answer.json["error"]["message"] or "nothing was changed" in answer.json["error"]["message"]
    with database.begin() as session:
        assert session.query(Project).count() == 0


def test_without_a_file_nothing_is_imported(ada: Visitor) -> None:  # noqa: F811
    answer = ada.web.post("/api/v0/projects/import", data={}, headers={"X-CSRF-Token": ada.csrf})
    assert answer.status_code == 400
