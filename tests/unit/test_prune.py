"""The rules of pruning the registry: what stays, what is counted, and that exactly the plan is applied."""

from datetime import timedelta

import pytest

from controlplane import accounts, catalogue, journal, nodes
from controlplane.errors import Conflict, ServiceNotFound, SwarmUnreadable, WorldMoved
from controlplane.model import Node, Run, Service
from controlplane.ports import FoundImage, Outcome, ServiceImage
from controlplane.prune import Pruner
from controlplane.settings import Settings
from controlplane.stock import Use
from tests.support.fakes import image
from tests.unit.conftest import ECHO, Time, World
from tests.unit.test_api import PASSWORD, Visitor, beside
from webapp.director import Outside, create_app

SOLVER = "simcore/services/dynamic/solver"
PLATFORM = "werkbank/web"


@pytest.fixture
def pruner(world: World, settings: Settings) -> Pruner:
    """The director's."""
    return Pruner(world.database, world.adapters, settings)


@pytest.fixture
def old(world: World, monkeypatch: pytest.MonkeyPatch) -> list[FoundImage]:
    """Five versions of a service, of which nobody uses any; pushed days ago."""
    images = [image(SOLVER, version) for version in ("0.9.0", "0.10.0", "1.0.0", "1.1.0", "2.0.0")]
    world.push(*images)
    Time(monkeypatch).pass_by(days=2)
    return images


def going(pruner: Pruner, keep: int = 3) -> list[str]:
    """The tags that the plan removes."""
    return [tag for item in pruner.look(keep).plan.items for tag in item.image.tags]


def uses(pruner: Pruner, version: str, key: str = SOLVER) -> list[Use]:
    """What uses a version."""
    [found] = [item for item in pruner.look(1).items if item.image.repository == key and version in item.image.tags]
    return list(found.uses)


def test_of_what_nobody_uses_the_newest_versions_stay(pruner: Pruner, old: list[FoundImage]) -> None:
    # 0.10 is newer than 0.9: versions are no texts.
    assert going(pruner, 3) == ["0.10.0", "0.9.0"]
    assert going(pruner, 4) == ["0.9.0"]
    assert going(pruner, 5) == []


def test_what_was_pushed_today_stays(pruner: Pruner, world: World) -> None:
    world.push(*(image(SOLVER, f"1.{minor}.0") for minor in range(4)))
    assert going(pruner, 1) == []
    assert uses(pruner, "1.0.0") == [Use("recent", "1.0.0")]


@pytest.mark.parametrize("state", ["running", "stopped", "removed with its project"])
def test_what_a_node_was_made_of_stays_whether_it_runs_or_not(
    pruner: Pruner, world: World, old: list[FoundImage], state: str
) -> None:
    with world.database.begin() as session:
        node = nodes.add_node(session, world.project(session), SOLVER, "0.9.0")
        if state != "running":
            nodes.stop_node(session, node.project, node)
        if state == "removed with its project":
            node.project.removed_at = node.created_at
    assert "0.9.0" not in going(pruner, 1)
    assert uses(pruner, "0.9.0") == [Use("project", "Bone plate study")]


@pytest.mark.parametrize("named", ["by digest", "by tag", "at another address"])
def test_what_runs_or_may_be_gone_back_to_stays(pruner: Pruner, world: World, old: list[FoundImage], named: str) -> None:
    digest = f"@{old[0].digest}"
    reference = {
        "by digest": f"r:1/{SOLVER}{digest}",
        "by tag": f"r:1/{SOLVER}:0.9.0",
        "at another address": f"10.0.0.1:1/{SOLVER}:x{digest}",
    }
    world.adapters.swarm.others = (
        ServiceImage("other_solver", reference[named]),
        ServiceImage("back", f"r:1/{SOLVER}:0.10.0", True),
    )
    assert going(pruner, 3) == []
    assert uses(pruner, "0.9.0") == [Use("running", "other_solver")]
    assert uses(pruner, "0.10.0") == [Use("rollback", "back")]


def test_an_image_that_another_cannot_run_without_stays_with_it(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    needs = '[{"key": "%s", "tag": "%s"}]'
    first = image("simcore/services/dynamic/first", **{"simcore.service.dependencies": needs % (SOLVER, "0.10.0")})
    world.push(first)
    assert going(pruner, 3) == ["0.9.0"]
    assert uses(pruner, "0.10.0") == [Use("member", "simcore/services/dynamic/first:1.0.0")]


@pytest.mark.parametrize("repository", [PLATFORM, "somebody/elses"])
def test_what_is_no_service_stays(pruner: Pruner, world: World, old: list[FoundImage], repository: str) -> None:
    world.adapters.registry.found.append(image(repository, "0123abcd"))
    assert going(pruner, 5) == []


def test_what_the_catalogue_has_not_read_stays(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    moved = image(SOLVER, "0.9.0")
    world.adapters.registry.found = [moved, *(each for each in world.adapters.registry.found if each != old[0])]
    assert going(pruner, 3) == ["0.10.0"]


def test_a_swarm_or_a_registry_that_does_not_answer_makes_no_plan(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    world.adapters.swarm.is_away = True
    with pytest.raises(SwarmUnreadable):
        pruner.look(3)


def test_bytes_are_those_that_only_the_plan_holds(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    # Each has 1 byte of manifest and 100 of its own; all share a layer of 1000.
    assert pruner.look(3).plan.bytes == 202
    twin = FoundImage(ECHO, "9.0.0", "r:1/x", old[0].digest, image(ECHO, "9.0.0").labels)
    world.push(twin)
    assert pruner.look(3).plan.bytes == 101
    item = next(item for item in pruner.look(3).items if item.image.tags == ("0.10.0",))
    assert (item.bytes, item.own_bytes) == (1101, 101)


def test_exactly_the_plan_is_applied(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    plan = pruner.look(3).plan
    run_id = pruner.apply(plan.id, 3)
    pruner.join()
    left = {found.tag for found in world.adapters.registry.found if found.repository == SOLVER}
    assert left == {"1.0.0", "1.1.0", "2.0.0"}
    with world.database.begin() as session:
        run = session.get_one(Run, run_id)
        assert (run.playbook, run.state) == ("registry_prune.yml", "succeeded")
        assert session.get(Service, (SOLVER, "0.9.0")) is None
        assert not session.query(Service).filter(Service.leaving_at.is_not(None)).count()
        noted = journal.entries(session, kind="image", action="remove")
        assert [entry.data["tags"] for entry in noted] == [["0.9.0"], ["0.10.0"]]


def test_a_plan_of_a_world_that_moved_is_refused(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    plan = pruner.look(3).plan
    with world.database.begin() as session:
        nodes.add_node(session, world.project(session), SOLVER, "0.9.0")
    before = list(world.adapters.registry.found)
    with pytest.raises(WorldMoved):
        pruner.apply(plan.id, 3)
    assert world.adapters.registry.found == before
    with pytest.raises(WorldMoved):
        pruner.apply("another", 3)


def test_nothing_is_begun_when_nothing_is_without_use(pruner: Pruner, old: list[FoundImage]) -> None:
    with pytest.raises(Conflict, match="without use"):
        pruner.apply(pruner.look(9).plan.id, 9)


def test_nobody_gets_an_image_that_is_leaving(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    def come_late() -> None:
        with world.database.begin() as session:
            with pytest.raises(ServiceNotFound, match=r"is being removed .*; nothing was started"):
                nodes.add_node(session, world.project(session), SOLVER, "0.9.0")
            assert "0.9.0" not in [row.version for row in catalogue.list_services(session)]

    world.adapters.provisioner.on_the_way = come_late
    pruner.apply(pruner.look(3).plan.id, 3)
    pruner.join()
    with world.database.begin() as session:
        assert not session.query(Node).count()


def test_a_node_that_came_between_the_two_looks_keeps_its_image(
    pruner: Pruner, world: World, old: list[FoundImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    withdraw = pruner._withdraw

    def somebody_was_first(plan: object) -> None:
        with world.database.begin() as session:
            nodes.add_node(session, world.project(session), SOLVER, "0.9.0")
        withdraw(plan)  # type: ignore[arg-type]

    monkeypatch.setattr(pruner, "_withdraw", somebody_was_first)
    with pytest.raises(WorldMoved):
        pruner.apply(pruner.look(3).plan.id, 3)
    with world.database.begin() as session:
        assert catalogue.hold(session, SOLVER, "0.10.0").leaving_at is None


def test_what_a_run_that_failed_left_is_offered_again(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    plays = world.adapters.provisioner.plays
    delete, plays["registry_prune.yml"] = plays["registry_prune.yml"], lambda _: Outcome(False, "It did not answer.")
    pruner.apply(pruner.look(3).plan.id, 3)
    pruner.join()
    plays["registry_prune.yml"] = delete
    with world.database.begin() as session:
        assert catalogue.hold(session, SOLVER, "0.9.0")
    pruner.apply(pruner.look(3).plan.id, 3)
    pruner.join()
    assert going(pruner, 3) == []


def test_a_director_that_was_killed_gives_back_what_it_had_withdrawn(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    with world.database.begin() as session:
        row = session.get_one(Service, (SOLVER, "0.9.0"))
        row.leaving_at = row.changed_at + timedelta(seconds=1)
        before = catalogue.version(session)
    pruner.forget_interrupted()
    with world.database.begin() as session:
        assert catalogue.hold(session, SOLVER, "0.9.0")
        assert catalogue.version(session) != before


def test_one_prune_at_a_time(pruner: Pruner, world: World, old: list[FoundImage]) -> None:
    refused = []

    def again() -> None:
        try:
            pruner.apply("any", 3)
        except Conflict as error:
            refused.append(str(error))

    world.adapters.provisioner.on_the_way = again
    pruner.apply(pruner.look(3).plan.id, 3)
    pruner.join()
    assert refused == ["Images are being removed just now; nothing was changed. Wait for that run to end."]


# Over HTTP.


@pytest.fixture
def ada(world: World, settings: Settings, pruner: Pruner) -> Visitor:
    """The administrator, with a director beside web."""
    director = create_app(settings, world.database, Outside(lambda: None, pruner=pruner))
    visitor = Visitor(world.database, settings, beside(director))
    visitor.log_in("ada@werkbank.example", "a good password")
    return visitor


def test_an_administrator_sees_the_registry_and_applies_the_plan(
    ada: Visitor, world: World, pruner: Pruner, old: list[FoundImage]
) -> None:
    ada.log_in("ada@werkbank.example", "a good password")
    seen = ada.get("/registry").json["data"]
    assert seen["plan"] | {"id": ""} == {"id": "", "keep": 3, "bytes": 202, "images": 2}
    assert seen["bytes"] == 1000 + 6 * 101
    assert [image["uses"] for image in seen["images"] if image["tags"] == ["0.9.0"]] == [[]]
    answer = ada.post("/registry/prune", plan=seen["plan"]["id"], keep=3)
    assert answer.status_code == 202
    pruner.join()
    assert ada.get(f"/runs/{answer.json['data']['run_id']}").json["data"]["state"] == "succeeded"
    with world.database.begin() as session:
        assert {entry.actor for entry in journal.entries(session, kind="image", action="remove")} == {"ada@werkbank.example"}
    again = ada.post("/registry/prune", plan=seen["plan"]["id"], keep=3)
    assert (again.status_code, again.json["error"]["errors"]) == (409, [{"code": "WorldMoved"}])


def test_the_registry_is_for_administrators(ada: Visitor, world: World, settings: Settings) -> None:
    with world.database.begin() as session:
        accounts.add_user(session, "bob@werkbank.example", PASSWORD)
    bob = Visitor(world.database, settings)
    bob.log_in("bob@werkbank.example")
    assert bob.get("/registry").status_code == 403
    assert bob.post("/registry/prune", plan="x", keep=3).status_code == 403


def test_a_director_that_is_away_is_said_so(world: World, settings: Settings) -> None:
    def away(*_: object) -> bytes:
        raise ConnectionRefusedError

    visitor = Visitor(world.database, settings, away)
    visitor.log_in("ada@werkbank.example", "a good password")
    answer = visitor.get("/registry")
    assert (answer.status_code, answer.json["error"]["errors"]) == (503, [{"code": "DirectorAway"}])


def test_the_gateway_gets_nothing_of_the_registry_from_the_director(world: World, settings: Settings, pruner: Pruner) -> None:
    http = create_app(settings, world.database, Outside(lambda: None, pruner=pruner)).test_client()
    assert http.get("/internal/registry").status_code == 200
    assert http.get("/internal/registry", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    assert http.get("/internal/registry?keep=0").status_code == 400
    assert http.post("/internal/registry/prune", json=[]).status_code == 400
