"""Slots: made ahead of need, claimed once, seen by everything that sees nodes."""

import threading
from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from controlplane import accounts, catalogue, nodes, projects, reaps, settled, slots, slots_loop, slots_offers, stock
from controlplane.database import Database
from controlplane.errors import LabelError, QuotaExceeded
from controlplane.model import Node, Observed, Project, Service, User
from controlplane.ports import FoundImage, Outcome, ServiceImage
from controlplane.quotas import Quota
from controlplane.reconcile import Reconciler
from controlplane.records import Entry
from controlplane.settings import Settings
from controlplane.slots_model import Slot
from controlplane.spec import network_name
from tests.support.fakes import FakeSwarm, fake_adapters, image
from tests.unit.conftest import ECHO, Time, World

MIB = 1024 * 1024
LIMIT = '[{"name": "ports", "value": 8888}, {"name": "Resources", "value": {"Limits": {"MemoryBytes": %d}}}]'


def willing(version: str = "1.0.0", memory_mib: int = 512, allowed: str = "true", **labels: str) -> FoundImage:
    """An image that allows slots."""
    given = {"werkbank.slots": allowed, "simcore.service.settings": LIMIT % (memory_mib * MIB)}
    return image(ECHO, version, **given | labels)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Memory for four slots of the test's image."""
    return settings.model_copy(update={"slots_memory_mib": 2048})


@pytest.fixture(autouse=True)
def no_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to come in a claimed one's place comes at the next look, which counts anew."""
    monkeypatch.setattr(slots_loop, "QUIET", timedelta())
    monkeypatch.setattr(slots_offers, "COUNT_AGAIN", timedelta(seconds=-1))


@pytest.fixture
def world(world: World) -> World:
    """Its one service allows slots, and one is ready."""
    world.push(willing())
    world.settle()
    return world


def swarm(world: World) -> FakeSwarm:
    """The fake."""
    return world.adapters.swarm  # type: ignore[return-value]


def rows(world: World) -> list[Slot]:
    """All slots, oldest first."""
    with world.database.begin() as session:
        return list(session.scalars(select(Slot).order_by(Slot.created_at)))


def entries(world: World, action: str) -> list[Entry]:
    """What the event log has of slots."""
    with world.database.begin() as session:
        return list(session.scalars(select(Entry).where(Entry.kind == "slot", Entry.action == action)))


def another_project(world: World, name: str = "another") -> str:
    """One more of the same user's; its id."""
    with world.database.begin() as session:
        return projects.add_project(session, session.get_one(User, world.user_id), name).id


def add(world: World, project_id: str, **options: object) -> Node:
    """A node of the service in that project."""
    with world.database.begin() as session:
        return nodes.add_node(session, session.get_one(Project, project_id), ECHO, "1.0.0", **options)


def settle(world: World, looks: int = 8) -> None:
    """Until nothing is on its way."""
    world.settle(looks)


# Making ------------------------------------------------------------------------------------------------------------


def test_one_is_ready_before_anybody_asks(world: World) -> None:
    [slot] = rows(world)
    assert slot.ready_at is not None
    assert swarm(world).starts == [slot.id]
    assert network_name("unit", slot.id) in swarm(world).attached


def test_it_is_told_all_but_whose_it_is(world: World) -> None:
    [slot] = rows(world)
    [(spec, _)] = swarm(world).services.values()
    assert spec.env == {"SIMCORE_NODE_UUID": slot.id, "SIMCORE_NODE_BASEPATH": f"/x/{slot.route}"}


def test_without_a_budget_there_are_none(database: Database, settings: Settings) -> None:
    adapters = fake_adapters()
    adapters.registry.found = [willing()]  # type: ignore[attr-defined]
    catalogue.refresh(database, adapters.registry)
    reconciler = Reconciler(database, adapters, settings.model_copy(update={"slots_memory_mib": 0}))
    assert reconciler.look() is False
    reconciler.close()
    assert adapters.provisioner.orders == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "unfit",
    [
        image(),
        willing(allowed="false"),
        willing(allowed="0"),
        willing(**{"simcore.service.dependencies": f'[{{"key": "{ECHO}", "tag": "0.9.0"}}]'}),
        willing(**{"werkbank.deprecated": '"2020-01-01"'}),
        willing(memory_mib=4096),
    ],
    ids=["no label", "false", "none", "several images", "deprecated", "too big"],
)
def test_some_services_have_none(world: World, unfit: FoundImage) -> None:
    world.push(image(version="0.9.0"), unfit)
    settle(world, 10)
    assert rows(world) == []
    assert swarm(world).services == {}


@pytest.mark.parametrize("label", ['"many"', "-1", "1.5", "[]", "1001", "{"])
def test_a_label_that_is_none_breaks_the_image(label: str) -> None:
    with pytest.raises(LabelError):
        slots.most_of({"werkbank.slots": label})


def test_opens_make_more_and_the_budget_bounds_them(world: World) -> None:
    for number in range(7):
        add(world, another_project(world, str(number)))
    settle(world, 20)
    assert len([slot for slot in rows(world) if slot.ready_at]) == 4
    assert sum(slot.memory_bytes for slot in rows(world)) == 2048 * MIB


def test_when_the_rush_is_over_they_go_with_their_volumes_and_networks(world: World, time: Time) -> None:
    for number in range(3):
        add(world, another_project(world, str(number)))
    settle(world, 20)
    assert len(rows(world)) == 3
    time.pass_by(minutes=11)
    settle(world, 20)
    [left] = rows(world)
    nodes_there = {node_id for node_id in swarm(world).starts if world_has(world, node_id)}
    assert {spec.node_id for spec, _ in swarm(world).services.values()} == nodes_there | {left.id}
    assert swarm(world).volumes == {f"unit_node_{node_id}" for node_id in nodes_there | {left.id}}
    assert len(entries(world, "close")) == 2


def world_has(world: World, node_id: str) -> bool:
    """Whether it is a node by now."""
    return not world.is_forgotten(node_id)


def test_while_one_goes_its_memory_is_not_given_away(world: World) -> None:
    """All rows together are within the budget at every look, whatever is on its way out."""
    for number in range(6):
        add(world, another_project(world, str(number)))
    settle(world, 16)
    world.push(willing("1.1.0"))
    for _ in range(12):
        world.settle(1)
        assert sum(slot.memory_bytes for slot in rows(world)) <= 2048 * MIB
    assert {slot.service_version for slot in rows(world) if slot.ready_at} == {"1.1.0"}


@pytest.mark.parametrize(
    "change", [willing("1.1.0"), willing("1.0.0"), willing(memory_mib=256)], ids=["newer", "again", "smaller"]
)
def test_one_of_an_image_that_is_not_the_newest_any_more_is_replaced(world: World, change: FoundImage) -> None:
    [before] = rows(world)
    world.push(change)
    settle(world, 12)
    [after] = rows(world)
    assert after.id != before.id
    assert (after.digest, bool(after.ready_at)) == (change.digest, True)


def test_a_version_that_was_withdrawn_leaves_none(world: World) -> None:
    world.adapters.registry.found = []  # type: ignore[attr-defined]
    catalogue.refresh(world.database, world.adapters.registry)
    settle(world, 10)
    assert (rows(world), swarm(world).services, swarm(world).networks, swarm(world).volumes) == ([], {}, set(), set())


def test_a_loop_that_begins_anew_finds_them(world: World, settings: Settings) -> None:
    [slot] = rows(world)
    again = Reconciler(world.database, world.adapters, settings)
    again.look()
    again.join()
    again.close()
    assert [each.id for each in rows(world)] == [slot.id]
    assert swarm(world).starts == [slot.id]


def test_while_people_come_nothing_is_started_in_their_place(world: World, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots_loop, "QUIET", timedelta(seconds=1.5))
    world.add_node()
    world.settle(3)
    assert rows(world) == []
    assert world.reconciler.look() is True, "it looks again soon"
    time.pass_by(seconds=2)
    settle(world)
    assert len(rows(world)) == 1


def test_a_rush_that_does_not_end_is_followed_all_the_same(world: World, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots_loop, "QUIET", timedelta(seconds=1.5))
    for number in range(8):
        add(world, another_project(world, str(number)))
        world.settle(1)
        time.pass_by(seconds=1)
    settle(world)
    assert len(rows(world)) > 1


def test_other_settings_replace_them(world: World, settings: Settings) -> None:
    [slot] = rows(world)
    again = Reconciler(world.database, world.adapters, settings.model_copy(update={"node_internet": True}))
    for _ in range(8):
        again.look()
        again.join()
    again.close()
    assert slot.id not in [each.id for each in rows(world)]


def test_nothing_is_done_when_nothing_is_due(world: World) -> None:
    orders = len(world.adapters.provisioner.orders)  # type: ignore[attr-defined]
    assert world.reconciler.look() is False
    assert len(world.adapters.provisioner.orders) == orders  # type: ignore[attr-defined]


# Claiming ----------------------------------------------------------------------------------------------------------


def test_whoever_adds_a_node_has_it_at_once(world: World) -> None:
    [slot] = rows(world)
    node = world.node(world.add_node())
    assert (node.id, node.state, node.url) == (slot.id, "running", f"/x/{slot.route}/lab")
    assert (node.containers[0]["state"], node.host) == ("running", "host-1")
    assert rows(world) == []


def test_the_loop_goes_on_with_it_as_with_any_node(world: World) -> None:
    node_id = world.add_node()
    settle(world, 12)
    assert world.node(node_id).state == "running"
    assert swarm(world).updates == []
    assert swarm(world).starts.count(node_id) == 1
    assert [bool(slot.ready_at) for slot in rows(world)] == [True], "another has taken its place"


def test_its_end_is_any_nodes_and_its_volume_stays(world: World) -> None:
    node_id = world.add_node()
    settle(world, 12)
    world.stop(node_id)
    settle(world)
    assert world.node(node_id).state == "stopped"
    assert node_id not in {spec.node_id for spec, _ in swarm(world).services.values()}
    assert f"unit_node_{node_id}" in swarm(world).volumes
    assert network_name("unit", node_id) not in swarm(world).networks


def test_one_that_was_stopped_starts_with_its_own_volume(world: World) -> None:
    node_id = world.add_node()
    settle(world, 12)
    [slot] = rows(world)
    world.stop(node_id)
    settle(world)
    world.start(node_id)
    assert world.node(node_id).state == "starting"
    settle(world)
    assert world.node(node_id).state == "running"
    assert [each.id for each in rows(world)] == [slot.id], "nobody took it"


def test_its_network_becomes_the_projects_for_the_nodes_that_follow(world: World) -> None:
    first = world.add_node()
    second = world.add_node()
    settle(world, 12)
    networks = {spec.network for spec, _ in swarm(world).services.values() if spec.node_id in (first, second)}
    assert networks == {network_name("unit", first)}
    assert world.node(second).state == "running"


def test_a_project_with_a_service_takes_none_for_they_would_not_meet(world: World) -> None:
    other = image("simcore/services/dynamic/other")
    world.push(other)
    world.add_node("simcore/services/dynamic/other")
    [slot] = rows(world)
    assert world.node(world.add_node()).state == "starting"
    assert [each.id for each in rows(world)] == [slot.id]


def test_a_project_takes_another_once_all_its_nodes_are_closed(world: World) -> None:
    first = world.add_node()
    settle(world, 12)
    world.stop(first)
    settle(world)
    [slot] = rows(world)
    assert world.add_node() == slot.id
    settle(world, 12)
    assert network_name("unit", slot.id) in swarm(world).networks
    world.start(first)
    settle(world)
    assert {spec.network for spec, _ in swarm(world).services.values() if spec.node_id == first} == {
        network_name("unit", slot.id)
    }


@pytest.mark.parametrize(
    "options",
    [
        {"node_id": "6d1f2f3a-0000-4000-8000-000000000001"},
        {"base_path": "/x/mine"},
        {"is_published": True},
        {"inputs": {"size": 3}},
    ],
)
def test_what_is_told_something_at_its_start_takes_none(world: World, options: dict[str, object]) -> None:
    node = add(world, world.project_id, **options)
    assert node.state == "starting"
    assert len(rows(world)) == 1


def test_one_that_is_not_ready_is_nobodys(world: World) -> None:
    [slot] = rows(world)
    swarm(world).settle(f"echo_{slot.id}", Observed.STARTING)
    world.settle(1)
    assert world.node(world.add_node()).state == "starting"


def test_a_quota_holds_for_it_too(world: World) -> None:
    with pytest.raises(QuotaExceeded):
        world.add_node(quota=Quota(0, 0))
    assert len(rows(world)) == 1


def test_what_was_rolled_back_is_free_again(world: World) -> None:
    [slot] = rows(world)
    with pytest.raises(RuntimeError), world.database.begin() as session:
        nodes.add_node(session, world.project(session), ECHO, "1.0.0")
        raise RuntimeError
    assert [each.id for each in rows(world)] == [slot.id]


def test_slots_count_towards_nobodys_quota(world: World) -> None:
    assert world.node(world.add_node(quota=Quota(1, 1))).state == "running"


def test_two_claims_never_get_one(world: World) -> None:
    """Side by side on one database: as many run at once as there were slots, and all ids differ."""
    for number in range(4):
        add(world, another_project(world, str(number)))
    settle(world, 20)
    ready = {slot.id for slot in rows(world) if slot.ready_at}
    places = [another_project(world, f"late {number}") for number in range(8)]
    taken: list[Node] = []

    def claim(project_id: str) -> None:
        taken.append(add(world, project_id))

    threads = [threading.Thread(target=claim, args=(each,)) for each in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({node.id for node in taken}) == 8
    assert {node.id for node in taken if node.state == "running"} == ready
    with world.database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Slot).where(Slot.id.in_(ready))) == 0


def test_a_claim_passes_over_what_another_takes(world: World) -> None:
    from sqlalchemy import event

    said: list[str] = []

    def note(state: object) -> None:
        statement = getattr(state, "statement", None)
        said.append(str(statement.compile(dialect=postgresql.dialect())) if statement is not None else "")

    with world.database.begin() as session:
        event.listen(session, "do_orm_execute", note)
        nodes.add_node(session, world.project(session), ECHO, "1.0.0")
    [chosen] = [text for text in said if "FROM slots" in text and text.startswith("SELECT")]
    assert chosen.endswith("FOR UPDATE SKIP LOCKED")


def test_one_that_is_claimed_while_the_loop_looks_is_a_node(world: World) -> None:
    """The row is read as a slot, and gone when the loop writes."""
    [slot] = rows(world)
    world.push(willing("1.1.0"))
    view = world.adapters.swarm.view
    claimed: list[str] = []

    def look_and_lose() -> object:
        found = view()
        if not claimed:
            claimed.append(world.add_node())
        return found

    world.adapters.swarm.view = look_and_lose  # type: ignore[method-assign,assignment]
    settle(world, 12)
    assert claimed == [slot.id]
    assert world.node(slot.id).state == "running"
    assert slot.id not in swarm(world).removals


@pytest.mark.parametrize("change", [willing("1.1.0"), None], ids=["outdated", "its service seems to be gone"])
def test_one_that_is_claimed_before_the_loop_writes_keeps_its_service(
    world: World, monkeypatch: pytest.MonkeyPatch, change: FoundImage | None
) -> None:
    """All rows are read, and it is to be closed: then somebody claims it."""
    [slot] = rows(world)
    if change:
        world.push(change)
    else:
        swarm(world).crash(f"echo_{slot.id}")
    read, claimed = settled.read, list[str]()

    def read_and_lose(session: Session, seen: Iterable[str]) -> dict[str, settled.Row]:
        found = read(session, seen)
        if not claimed:
            claimed.append(world.add_node())
        return found

    monkeypatch.setattr(settled, "read", read_and_lose)
    world.settle(1)
    assert claimed == [slot.id]
    assert swarm(world).removals == []
    settle(world, 12)
    assert slot.id not in {each.id for each in rows(world)}
    assert f"unit_node_{slot.id}" in swarm(world).volumes
    if change:
        assert (world.node(slot.id).state, swarm(world).removals) == ("running", [])


# Failing -----------------------------------------------------------------------------------------------------------


def test_one_that_crashes_goes_and_is_tried_again_after_a_pause(world: World, time: Time) -> None:
    [slot] = rows(world)
    swarm(world).crash(f"echo_{slot.id}")
    settle(world)
    [failed] = rows(world)
    assert (failed.id, failed.ready_at, bool(failed.failure)) == (slot.id, None, True)
    assert swarm(world).services == {}
    assert len(entries(world, "failed")) == 1
    assert world.node(world.add_node()).state == "starting"
    time.pass_by(seconds=11)
    settle(world)
    assert slot.id in {each.id for each in rows(world) if each.ready_at}


def test_an_image_that_cannot_start_is_tried_ever_more_rarely(world: World, time: Time) -> None:
    broken = willing("1.1.0")
    swarm(world).fates[broken.image.split("@")[0]] = "It ended with code 3."
    world.push(broken)
    settle(world, 12)
    tried = len(swarm(world).starts)
    settle(world, 10)
    assert len(swarm(world).starts) == tried
    for _ in range(20):
        time.pass_by(minutes=11)
        settle(world, 4)
    assert tried + 15 <= len(swarm(world).starts) <= tried + 20


def test_a_page_that_never_answers_is_a_failure(world: World, time: Time) -> None:
    world.adapters.prober.is_there = False  # type: ignore[attr-defined]
    world.push(willing("1.1.0"))
    settle(world, 10)
    [slot] = [each for each in rows(world) if each.service_version == "1.1.0"]
    assert slot.ready_at is None
    time.pass_by(minutes=3)
    settle(world, 3)
    assert "did not answer" in entries(world, "failed")[-1].data["reason"]


def test_a_run_that_fails_is_tried_again_after_a_pause(database: Database, settings: Settings, time: Time) -> None:
    adapters = fake_adapters()
    adapters.registry.found = [willing()]  # type: ignore[attr-defined]
    adapters.provisioner.failures = ["The engine is busy."]  # type: ignore[attr-defined]
    catalogue.refresh(database, adapters.registry)
    reconciler = Reconciler(database, adapters, settings)
    for _ in range(4):
        reconciler.look()
        reconciler.join()
    assert adapters.swarm.starts == []  # type: ignore[attr-defined]
    time.pass_by(seconds=11)
    for _ in range(4):
        reconciler.look()
        reconciler.join()
    reconciler.close()
    assert len(adapters.swarm.starts) == 1  # type: ignore[attr-defined]


def test_a_volume_that_cannot_go_yet_keeps_its_row(world: World, time: Time) -> None:
    [slot] = rows(world)
    provisioner = world.adapters.provisioner
    apply = provisioner.apply

    def refuse(order: object, *rest: object) -> Outcome:
        if order.volumes_absent:  # type: ignore[attr-defined]
            return Outcome(False, failed={slot.id: "volume is in use"})
        return apply(order, *rest)  # type: ignore[arg-type]

    provisioner.apply = refuse  # type: ignore[method-assign,assignment]
    world.adapters.registry.found = []  # type: ignore[attr-defined]
    catalogue.refresh(world.database, world.adapters.registry)
    settle(world, 10)
    assert [each.desired for each in rows(world)] == ["absent"]
    provisioner.apply = apply  # type: ignore[method-assign]
    time.pass_by(seconds=11)
    settle(world)
    assert (rows(world), swarm(world).volumes) == ([], set())


def test_a_service_that_somebody_removed_is_made_again(world: World) -> None:
    [slot] = rows(world)
    swarm(world).services.clear()
    settle(world)
    assert [each.id for each in rows(world) if each.ready_at] == [slot.id]
    assert swarm(world).starts == [slot.id, slot.id]


# Others ------------------------------------------------------------------------------------------------------------


def test_a_slot_is_no_orphan(world: World, time: Time) -> None:
    [slot] = rows(world)
    for _ in range(4):
        time.pass_by(seconds=31)
        world.settle(2)
    assert [each.id for each in rows(world)] == [slot.id]
    with world.database.begin() as session:
        assert reaps.list_reaps(session) == []


def test_the_service_of_a_slot_that_has_no_row_is_an_orphan(world: World, time: Time) -> None:
    [slot] = rows(world)
    with world.database.begin() as session:
        session.delete(session.get_one(Slot, slot.id))
    world.settle(2)
    time.pass_by(seconds=31)
    settle(world)
    assert slot.id not in {spec.node_id for spec, _ in swarm(world).services.values()}


def test_a_gateway_that_moved_is_put_on_their_networks_again(world: World) -> None:
    [slot] = rows(world)
    swarm(world).replace_gateway()
    settle(world)
    assert network_name("unit", slot.id) in swarm(world).attached


def test_an_image_that_a_slot_runs_is_in_use(world: World) -> None:
    with world.database.begin() as session:
        service = session.get_one(Service, (ECHO, "1.0.0"))
        stored = world.adapters.registry.stored()
        in_swarm = [each for each in world.adapters.swarm.images() if isinstance(each, ServiceImage)]
        [item] = stock.weigh(session, stored, in_swarm, keep=0)
    assert "running" in {use.kind for use in item.uses}
    assert item.image.digest == service.digest


def test_people_wait_for_no_slot(world: World) -> None:
    """Nodes and slots that come due together are in runs of their own, the nodes' first."""
    for number in range(3):
        add(world, another_project(world, str(number)))
    world.settle(1)
    world.push(image("simcore/services/dynamic/other"))
    with world.database.begin() as session:
        for number in range(2):
            place = projects.add_project(session, session.get_one(User, world.user_id), f"cold {number}")
            nodes.add_node(session, place, "simcore/services/dynamic/other", "1.0.0")
    before = len(world.adapters.provisioner.orders)  # type: ignore[attr-defined]
    settle(world, 3)
    mixed = [
        {spec.image.partition(":")[2].partition("@")[0].rpartition("/")[2] for spec in order.present}
        for order in world.adapters.provisioner.orders[before:]  # type: ignore[attr-defined]
        if order.present
    ]
    assert all(len(names) == 1 for names in mixed)


def test_somebody_elses_project_claims_as_well(world: World) -> None:
    with world.database.begin() as session:
        bob = accounts.add_user(session, "bob@werkbank.example", "a good password")
        place = projects.add_project(session, bob, "his")
        assert nodes.add_node(session, place, ECHO, "1.0.0").state == "running"
