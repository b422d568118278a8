"""Images on hosts over HTTP: administrators see what each host has, what comes, and what could not."""

from datetime import timedelta

from controlplane.ahead.model import HostImage
from controlplane.clock import now
from controlplane.database import Database
from tests.unit.test_api import Visitor, ada, bob, visitors

__all__ = ["ada", "bob", "visitors"]


def put(database: Database, host: str, name: str, **about: object) -> None:
    """What is known of an image on a host."""
    of = {"host_id": host, "host": host, "digest": name, "repository": name, "tag": "1.0.0", "image": f"r/{name}:1.0.0@{name}"}
    with database.begin() as session:
        session.add(HostImage(**of | about))


def test_administrators_see_them_by_host_the_likeliest_first(ada: Visitor, bob: Visitor, database: Database) -> None:
    put(database, "h2", "a", place=1, state="failed", failure="It could not.", next_attempt_at=now() + timedelta(minutes=1))
    put(database, "h2", "b", place=0, state="here")
    put(database, "h1", "a", place=1, state="pulling")
    found = ada.get("/hosts/images").json["data"]
    assert [(each["host"], each["repository"], each["state"]) for each in found] == [
        ("h1", "a", "pulling"),
        ("h2", "b", "here"),
        ("h2", "a", "failed"),
    ]
    assert (found[2]["reason"], found[1]["reason"]) == ("It could not.", None)
    assert found[2]["again_at"] > found[2]["since"]
    assert bob.get("/hosts/images").status_code == 403
