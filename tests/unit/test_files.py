"""Files of a node over the API: who may do what, what browsers are told, what the event log says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from controlplane import accounts, files, sharing
from controlplane.clock import now
from controlplane.errors import TooManyTransfers
from controlplane.files import Files
from controlplane.model import Node, Project
from controlplane.porter import carrier
from controlplane.porter.remote import AllPorters, RemotePorters
from controlplane.ports import Host
from controlplane.records import Entry
from controlplane.settings import Settings
from tests.support.fake_porters import FakePorters, FakePorterServices
from tests.support.fakes import image
from tests.unit.conftest import ECHO, World
from tests.unit.test_api import PASSWORD, Visitor, beside
from webapp.carrying import ABOUT, Carrying, Reply
from webapp.director import Outside, create_app

KEPT = {"simcore.service.paths-mapping": '{"state_paths": ["/home/jovyan", "/data"]}'}


def carried(director: Flask) -> Carrying:
    """The director's way for files, in the same process."""
    http = director.test_client()

    def carry(method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Reply:
        body = None if pieces is None else b"".join(pieces)
        answer = http.open(path, method=method, headers=headers, data=body)
        left = iter([answer.data])
        return Reply(answer.status_code, json.loads(answer.headers.get(ABOUT, "{}")), lambda _: next(left, b""), lambda: None)

    return carry


@dataclass
class Shelf:
    """A node with files, and people who come for them."""

    world: World
    node_id: str
    folder: Path
    ada: Visitor
    bob: Visitor
    porters: FakePorters
    services: FakePorterServices

    def move(self, host_id: str) -> Path:
        """The node has run on another host; its folder there."""
        with self.world.database.begin() as session:
            session.get_one(Node, self.node_id).host = host_id
        for name in (f"unit_node_{self.node_id}", f"unit_node_{self.node_id}_1"):
            (self.folder.parents[1] / "hosts" / host_id / name).mkdir(parents=True)
        return self.folder.parents[1] / "hosts" / host_id / self.folder.name

    @property
    def address(self) -> str:
        """Of its files."""
        return f"/projects/{self.world.project_id}/nodes/{self.node_id}/files"

    def put(self, path: str, data: bytes, who: Visitor | None = None, **query: str) -> Any:
        """An upload."""
        who = who or self.ada
        headers = {"X-CSRF-Token": who.csrf, "Content-Type": "application/json"}
        return who.web.put(f"/api/v0{self.address}/content", query_string={"path": path} | query, data=data, headers=headers)

    def tell(self, method: str, rest: str = "", who: Visitor | None = None, **body: str) -> Any:
        """A change."""
        who = who or self.ada
        return who.web.open(f"/api/v0{self.address}{rest}", method=method, json=body, headers={"X-CSRF-Token": who.csrf})

    def names(self, query: str = "") -> list[str]:
        """What is shown."""
        return [entry["name"] for entry in self.ada.get(self.address + query).json["data"]["entries"]]

    def entries(self) -> list[Entry]:
        """What the event log says of files."""
        with self.world.database.begin() as session:
            return list(session.scalars(select(Entry).where(Entry.kind == files.KIND).order_by(Entry.id)))


@pytest.fixture
def shelf(world: World, settings: Settings, tmp_path: Path) -> Iterator[Shelf]:
    """A node that has run, and two who look: Ada owns the project, Bob may view it."""
    found = image(ECHO)
    found.labels.update(KEPT)
    world.push(found)
    node_id = world.add_node()
    root = tmp_path / "volumes"
    folder = root / f"unit_node_{node_id}"
    folder.mkdir(parents=True)
    (root / f"unit_node_{node_id}_1").mkdir()
    porters, services = (
        FakePorters(root),
        FakePorterServices(tmp_path / "hosts", [Host("h2", "host-2", "worker", "ready", "active")]),
    )
    remote = RemotePorters("unit", services, services.write, tmp_path / "own", services.dial)
    kept = Files(world.database, AllPorters(porters, remote), "unit")
    director = create_app(settings, world.database, Outside(now, files=kept))
    director.config["MAX_CONTENT_LENGTH"] = 1024
    with world.database.begin() as session:
        bob = accounts.add_user(session, "bob@werkbank.example", PASSWORD)
        sharing.share(session, session.get_one(Project, world.project_id), bob.email, "view")
    visitors = [Visitor(world.database, settings, beside(director), carried(director)) for _ in range(2)]
    for visitor, name in zip(visitors, ("ada", "bob"), strict=True):
        assert visitor.log_in(f"{name}@werkbank.example").status_code == 200
    yield Shelf(world, node_id, folder, *visitors, porters, services)
    kept.close()


def code(answer: Any) -> tuple[int, str]:
    """What a client branches on."""
    return answer.status_code, answer.json["error"]["errors"][0]["code"]


def test_an_uploaded_file_is_listed_and_comes_back_the_same(shelf: Shelf) -> None:
    data = bytes(range(256)) * 5000
    answer = shelf.put("plate.bin", data)
    assert answer.status_code == 201
    assert (answer.json["data"]["name"], answer.json["data"]["size"]) == ("plate.bin", len(data))
    folder = shelf.ada.get(shelf.address).json["data"]
    assert (folder["volumes"], folder["volume"], folder["count"]) == (["/home/jovyan", "/data"], "/home/jovyan", 1)
    found = shelf.ada.get(f"{shelf.address}/content?path=plate.bin")
    assert (found.status_code, found.data, found.content_length) == (200, data, len(data))


def test_a_file_may_be_larger_than_any_other_request(shelf: Shelf) -> None:
    shelf.ada.web.application.config["MAX_CONTENT_LENGTH"] = 1024
    assert shelf.put("large", bytes(5000)).status_code == 201
    assert shelf.ada.post("/projects", name="x" * 5000).status_code == 413


def test_each_volume_is_one_of_its_own(shelf: Shelf) -> None:
    shelf.put("one", b"1", volume="/data")
    assert (shelf.names(), shelf.names("?volume=/data")) == ([], ["one"])
    assert code(shelf.ada.get(f"{shelf.address}?volume=/etc")) == (404, "FileNotThere")


@pytest.mark.parametrize("name", ["page.html", 'a"b\n.html', "größe.svg", "x;filename=y"])
def test_no_browser_shows_a_file_as_a_page_of_ours(shelf: Shelf, name: str) -> None:
    (shelf.folder / name).write_text("<script>alert(1)</script>")
    found = shelf.ada.web.get(f"/api/v0{shelf.address}/content", query_string={"path": name})
    assert found.status_code == 200
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Content-Security-Policy"].startswith("sandbox")
    assert found.headers["Content-Disposition"].startswith('attachment; filename="')
    assert found.headers["Content-Disposition"].count('"') == 2
    assert "filename*=UTF-8''" in found.headers["Content-Disposition"]


def test_a_folder_comes_as_a_tar(shelf: Shelf) -> None:
    (shelf.folder / "data").mkdir()
    found = shelf.ada.get(f"{shelf.address}/archive")
    assert found.headers["Content-Disposition"].startswith('attachment; filename="jovyan.tar"')
    assert b"jovyan/data" in found.data


def test_who_may_view_may_look_and_take_but_not_change(shelf: Shelf) -> None:
    shelf.put("one", b"1")
    assert shelf.bob.get(shelf.address).status_code == 200
    assert shelf.bob.get(f"{shelf.address}/content?path=one").data == b"1"
    assert shelf.bob.get(f"{shelf.address}/archive").status_code == 200
    refused = [
        shelf.put("two", b"2", shelf.bob),
        shelf.tell("POST", "/folders", shelf.bob, path="new"),
        shelf.tell("PATCH", "", shelf.bob, path="one", to="two"),
        shelf.bob.delete(f"{shelf.address}?path=one"),
    ]
    assert [code(answer) for answer in refused] == [(403, "ReadOnly")] * 4
    assert shelf.names() == ["one"]


def test_a_change_by_cookie_needs_the_pages_token(shelf: Shelf) -> None:
    shelf.ada.csrf = ""
    assert code(shelf.put("one", b"1")) == (403, "CsrfMismatch")
    assert shelf.names() == []


def test_to_a_stranger_the_files_are_not_there(shelf: Shelf, settings: Settings) -> None:
    with shelf.world.database.begin() as session:
        accounts.add_user(session, "eve@werkbank.example", PASSWORD)
    eve = Visitor(shelf.world.database, settings)
    eve.log_in("eve@werkbank.example")
    assert code(eve.get(shelf.address)) == (404, "ProjectNotFound")
    assert code(eve.get(f"{shelf.address}/content?path=x")) == (404, "ProjectNotFound")


def test_every_change_is_an_entry_in_the_name_of_who_made_it(shelf: Shelf) -> None:
    shelf.put("one", b"123")
    shelf.tell("POST", "/folders", path="new")
    shelf.tell("PATCH", path="one", to="new/two")
    assert shelf.ada.delete(f"{shelf.address}?path=new").status_code == 204
    assert [(entry.action, entry.subject) for entry in shelf.entries()] == [
        ("add", "one"),
        ("add", "new"),
        ("change", "one"),
        ("remove", "new"),
    ]
    first, _, third, _ = shelf.entries()
    assert (first.actor, first.node_id, first.project_id) == ("ada@werkbank.example", shelf.node_id, shelf.world.project_id)
    assert (first.name, first.data["bytes"], third.data["to"]) == ("/home/jovyan/one", 3, "new/two")
    assert shelf.names() == []


def test_what_was_refused_is_no_entry(shelf: Shelf) -> None:
    shelf.put("one", b"1")
    assert code(shelf.put("one", b"2")) == (409, "FileExists")
    assert code(shelf.put("../one", b"2")) == (400, "FileRefused")
    assert code(shelf.ada.delete(f"{shelf.address}?path=two")) == (404, "FileNotThere")
    assert code(shelf.tell("PATCH", path="two", to="three")) == (404, "FileNotThere")
    assert len(shelf.entries()) == 1
    assert shelf.put("one", b"2", replace="true").status_code == 201
    assert shelf.entries()[-1].data["may_replace"]


def test_an_upload_that_ends_early_leaves_nothing(shelf: Shelf) -> None:
    address = f"/api/v0{shelf.address}/content?path=half"
    headers = {"X-CSRF-Token": shelf.ada.csrf}
    answer = shelf.ada.web.put(address, data=b"12345", headers=headers, environ_overrides={"CONTENT_LENGTH": "10"})
    assert code(answer) == (400, "UploadBroken")
    assert (shelf.names(), shelf.entries()) == ([], [])


def test_before_its_first_start_a_node_has_no_files_yet(shelf: Shelf) -> None:
    shelf.folder.rmdir()
    folder = shelf.ada.get(shelf.address).json["data"]
    assert (folder["is_made"], folder["entries"], folder["volume"]) == (False, [], "/home/jovyan")
    assert code(shelf.put("one", b"1")) == (409, "NoFilesYet")


def test_a_service_that_keeps_nothing_says_so(shelf: Shelf) -> None:
    bare = image(ECHO)
    del bare.labels["simcore.service.paths-mapping"]
    shelf.world.push(bare)
    assert shelf.ada.get(shelf.address).json["data"]["volumes"] == []
    assert code(shelf.put("one", b"1")) == (404, "FileNotThere")


def test_files_on_another_host_are_as_those_here(shelf: Shelf) -> None:
    there = shelf.move("h2")
    (there / "one").write_bytes(b"1")
    assert shelf.names() == ["one"]
    assert shelf.put("two", b"22").status_code == 201
    assert (there / "two").read_bytes() == b"22"
    assert shelf.ada.get(f"{shelf.address}/content?path=two").data == b"22"
    assert code(shelf.put("two", b"3")) == (409, "FileExists")
    assert len(shelf.services.made) == 1
    assert shelf.porters.opened == 0


@pytest.mark.parametrize(
    ("state", "availability", "says"),
    [("down", "active", "does not answer"), ("ready", "drain", "takes no work"), (None, None, "not in the swarm")],
)
def test_of_a_host_that_cannot_be_reached_it_is_said_why_and_that_the_files_are_kept(
    shelf: Shelf, state: str | None, availability: str | None, says: str
) -> None:
    shelf.move("h2")
    shelf.services.machines = [Host("h2", "host-2", "worker", state, availability)] if state and availability else []
    answer = shelf.ada.get(shelf.address)
    assert code(answer) == (409, "FilesElsewhere")
    assert says in answer.json["error"]["message"]
    assert "kept" in answer.json["error"]["message"]
    assert shelf.services.made == []


def test_a_folder_that_is_not_on_its_host_is_shown_as_not_made(shelf: Shelf) -> None:
    shelf.move("h2").rmdir()
    assert shelf.ada.get(shelf.address).json["data"]["is_made"] is False
    assert code(shelf.put("one", b"1")) == (409, "NoFilesYet")


def test_porters_are_not_answered_by_the_director(shelf: Shelf, settings: Settings) -> None:
    director = create_app(settings, shelf.world.database, Outside(now, closed_to=("10.7.0.0/24",)))
    asked = [director.test_client().get("/v0/", environ_overrides={"REMOTE_ADDR": f"10.{net}.0.9"}).status_code for net in (7, 8)]
    assert asked == [404, 200]


def test_more_at_once_than_the_director_carries_is_refused(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "MOST", 0)
    assert code(shelf.ada.get(shelf.address)) == (TooManyTransfers.status, "TooManyTransfers")
    monkeypatch.setattr(carrier, "MOST", 1)
    assert [shelf.names() for _ in range(3)] == [[]] * 3


def test_questions_share_a_porter(shelf: Shelf) -> None:
    for _ in range(3):
        shelf.names()
    assert code(shelf.ada.get(f"{shelf.address}?path=nothing")) == (404, "FileNotThere")
    shelf.names()
    assert shelf.porters.opened == 1


def test_the_director_answers_nobody_who_came_by_the_gateway(shelf: Shelf, settings: Settings) -> None:
    kept = Files(shelf.world.database, shelf.porters, "unit")
    director = create_app(settings, shelf.world.database, Outside(now, files=kept))
    path = f"/internal/nodes/{shelf.node_id}/files"
    assert director.test_client().get(path).status_code == 200
    kept.close()
    assert director.test_client().get(path, headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404
