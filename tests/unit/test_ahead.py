"""Images are on hosts before a node needs them there: which, where, in which order, and what is known of each."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update

from controlplane.ahead import plan
from controlplane.ahead.model import HostImage
from controlplane.ahead.plan import Candidate, HostTraits, Image
from controlplane.ahead.pulls import Ahead, list_host_images
from controlplane.model import Node, Observed, Run, Service
from controlplane.ports import FoundImage
from controlplane.settings import Settings
from tests.support.fake_host_images import FakeHostImages
from tests.support.fakes import image
from tests.unit.conftest import ECHO, Time, World

MOMENT = datetime(2026, 11, 28, tzinfo=UTC)
OTHER = "simcore/services/dynamic/other"
WORKER = HostTraits("h2", "host-2", labels={"gpu": "yes"}, engine_labels={"storage": "ssd"})


@pytest.fixture
def ahead(world: World, settings: Settings) -> Ahead:
    """The director's, in a swarm of two hosts of which its own has the image."""
    hosts(world).machines.append(WORKER)
    hosts(world).has["h1"] = {each.image for each in world.adapters.registry.found}  # type: ignore[attr-defined]
    return Ahead(world.database, world.adapters, settings)


def hosts(world: World) -> FakeHostImages:
    """The fake."""
    return world.adapters.host_images  # type: ignore[return-value]


def rows(world: World) -> dict[tuple[str, str], HostImage]:
    """What is known, by host and repository."""
    with world.database.begin() as session:
        return {(row.host_id, row.repository): row for row in list_host_images(session)}


def states(world: World) -> dict[tuple[str, str], str]:
    """The state alone."""
    return {key: row.state for key, row in rows(world).items()}


def look(ahead: Ahead) -> None:
    """One look, and what it begins to its end."""
    ahead.look()
    ahead.join()


def plays(world: World) -> list[dict[str, Any]]:
    """The variables of each run."""
    played = world.adapters.provisioner.played  # type: ignore[attr-defined]
    return [extravars for playbook, extravars in played if playbook == "playbooks/images_ahead.yml"]


def pinned(constraint: str, key: str = ECHO, version: str = "1.0.0") -> FoundImage:
    """An image that asks something of its host."""
    asked = f'[{{"name": "ports", "value": 8888}}, {{"name": "constraints", "value": ["{constraint}"]}}]'
    return image(key, version, **{"simcore.service.settings": asked})


# Pulling ----------------------------------------------------------------------------------------------------------


def test_an_image_comes_to_each_host_that_lacks_it_and_then_nothing_is_done(world: World, ahead: Ahead) -> None:
    for _ in range(3):
        look(ahead)
    assert [host for host, _ in hosts(world).pulls] == ["h2"]
    assert states(world) == {("h1", ECHO): "here", ("h2", ECHO): "here"}
    assert len(plays(world)) == 1


def test_what_is_pulled_is_a_run_that_its_row_names(world: World, ahead: Ahead) -> None:
    look(ahead)
    with world.database.begin() as session:
        run = session.get_one(Run, rows(world)["h2", ECHO].run_id)
    assert (run.playbook, run.state) == ("images_ahead.yml", "succeeded")


def test_a_push_is_followed_by_a_pull(world: World, ahead: Ahead) -> None:
    look(ahead)
    world.push(image(ECHO, "1.1.0"))
    look(ahead)
    assert sorted(host for host, pulled in hosts(world).pulls if ":1.1.0@" in pulled) == ["h1", "h2"]
    assert {row.tag for row in rows(world).values()} == {"1.1.0"}


def test_a_host_that_takes_no_tasks_is_not_asked_and_is_once_it_does(world: World, ahead: Ahead) -> None:
    for kind in ({"availability": "drain"}, {"availability": "pause"}, {"state": "down"}):
        hosts(world).machines[1] = HostTraits("h2", "host-2", **kind)
        look(ahead)
    assert states(world) == {("h1", ECHO): "here"}
    assert plays(world) == []
    hosts(world).machines[1] = WORKER
    look(ahead)
    assert hosts(world).pulls
    assert states(world)["h2", ECHO] == "here"


def test_what_is_gone_from_swarm_or_registry_is_forgotten(world: World, ahead: Ahead) -> None:
    look(ahead)
    del hosts(world).machines[1]
    look(ahead)
    assert set(states(world)) == {("h1", ECHO)}
    with world.database.begin() as session:
        session.execute(update(Service).values(leaving_at=MOMENT))
    look(ahead)
    assert states(world) == {}


def test_what_somebody_removed_from_the_directors_host_is_pulled_again(world: World, ahead: Ahead) -> None:
    look(ahead)
    hosts(world).has["h1"].clear()
    look(ahead)
    assert [host for host, _ in hosts(world).pulls] == ["h2", "h1"]


def test_while_somebody_waits_for_a_node_nothing_is_begun(world: World, ahead: Ahead) -> None:
    node_id = world.add_node()
    look(ahead)
    assert plays(world) == []
    assert states(world)["h2", ECHO] == "waiting"
    world.settle()
    assert world.node(node_id).observed == Observed.RUNNING
    look(ahead)
    assert states(world)["h2", ECHO] == "here"


def test_a_failed_start_keeps_nobody_waiting(world: World, ahead: Ahead) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        session.get_one(Node, node_id).failure = "it could not"
    look(ahead)
    assert states(world)["h2", ECHO] == "here"


def test_a_failure_is_told_and_tried_again_ever_more_rarely(world: World, ahead: Ahead, time: Time) -> None:
    hosts(world).wrong["h2"] = "The host host-2 could not pull the image (no space left on device)."
    look(ahead)
    look(ahead)
    assert len(plays(world)) == 1
    row = rows(world)["h2", ECHO]
    assert (row.state, row.failure) == ("failed", hosts(world).wrong["h2"])
    time.pass_by(seconds=70)
    look(ahead)
    time.pass_by(seconds=70)
    look(ahead)
    assert len(plays(world)) == 2
    hosts(world).wrong.clear()
    time.pass_by(seconds=70)
    look(ahead)
    row = rows(world)["h2", ECHO]
    assert (row.state, row.failure, row.attempts) == ("here", None, 0)


def test_a_canceled_run_says_so_and_comes_again_later(world: World, ahead: Ahead) -> None:
    def cancel() -> None:
        with world.database.begin() as session:
            session.execute(update(Run).values(cancel_asked_at=MOMENT))

    world.adapters.provisioner.on_the_way = cancel  # type: ignore[attr-defined]
    look(ahead)
    row = rows(world)["h2", ECHO]
    assert row.state == "failed"
    assert "canceled" in str(row.failure)
    assert row.next_attempt_at is not None


def test_a_run_that_cannot_be_made_is_a_failure(world: World, ahead: Ahead) -> None:
    def fall() -> None:
        raise OSError("no fork")

    world.adapters.provisioner.on_the_way = fall  # type: ignore[attr-defined]
    look(ahead)
    assert "no fork" in str(rows(world)["h2", ECHO].failure)


def test_one_run_at_a_time_and_what_it_pulls_is_shown(world: World, ahead: Ahead) -> None:
    going, may_end = threading.Event(), threading.Event()

    def wait() -> None:
        going.set()
        may_end.wait(5)

    world.adapters.provisioner.on_the_way = wait  # type: ignore[attr-defined]
    ahead.look()
    going.wait(5)
    ahead.look()
    assert states(world)["h2", ECHO] == "pulling"
    may_end.set()
    ahead.join()
    assert states(world)["h2", ECHO] == "here"
    assert len(plays(world)) == 1


def test_what_a_killed_director_had_begun_is_removed_and_begun_anew(world: World, ahead: Ahead) -> None:
    look(ahead)
    with world.database.begin() as session:
        session.execute(update(HostImage).where(HostImage.host_id == "h2").values(state="pulling"))
    hosts(world).left = {"unit_ahead_0123456789abcdef"}
    look(ahead)
    assert plays(world)[-1]["images_ahead_absent"] == ["unit_ahead_0123456789abcdef"]
    assert hosts(world).left == set()
    assert states(world)["h2", ECHO] == "here"


def test_without_a_setting_nothing_is_pulled_and_what_is_left_goes(world: World, settings: Settings) -> None:
    ahead = Ahead(world.database, world.adapters, settings.model_copy(update={"images_ahead": 0}))
    look(ahead)
    assert plays(world) == []
    hosts(world).left = {"unit_ahead_0123456789abcdef"}
    look(ahead)
    assert [(each["images_ahead_present"], len(each["images_ahead_absent"])) for each in plays(world)] == [([], 1)]
    assert states(world) == {}


def test_another_director_decides_nothing_and_a_silent_swarm_is_not_judged(world: World, ahead: Ahead) -> None:
    ahead.look(lambda: False)
    assert states(world) == {}
    look(ahead)
    hosts(world).is_away = True
    look(ahead)
    assert set(states(world).values()) == {"here"}


def test_a_service_is_pulled_only_where_it_may_be_placed(world: World, ahead: Ahead) -> None:
    world.push(pinned("node.role==manager"), pinned("node.labels.gpu==yes", OTHER))
    look(ahead)
    look(ahead)
    assert set(states(world)) == {("h1", ECHO), ("h2", OTHER)}


def test_a_version_that_a_node_runs_is_wanted_beside_the_newest(world: World, ahead: Ahead) -> None:
    world.add_node()
    world.settle()
    world.push(image(ECHO, "2.0.0"))
    for _ in range(3):
        look(ahead)
    with world.database.begin() as session:
        assert [(row.host_id, row.tag) for row in list_host_images(session)] == [
            ("h1", "1.0.0"),
            ("h1", "2.0.0"),
            ("h2", "1.0.0"),
            ("h2", "2.0.0"),
        ]


def test_all_images_of_a_service_come_and_those_of_batch_services_do_not(world: World, ahead: Ahead) -> None:
    needs = {"simcore.service.dependencies": '[{"key": "simcore/services/comp/solver", "tag": "1.0.0"}]'}
    world.push(image("simcore/services/comp/solver"), image("simcore/services/comp/sweep"), image(OTHER, **needs))
    look(ahead)
    repositories = {repository for _, repository in rows(world)}
    assert repositories == {ECHO, OTHER, "simcore/services/comp/solver"}


# Planning ---------------------------------------------------------------------------------------------------------


def one(name: str, tag: str = "1.0.0") -> Image:
    """An image, its digest told by its name."""
    return Image(name, tag, f"sha256:{name}{tag}", f"r/{name}:{tag}@sha256:{name}{tag}")


def of(name: str, *more: str, hours: int | None = None, runs: bool = False) -> Candidate:
    """A service of one or more images, wanted so many hours ago."""
    used_at = None if hours is None else MOMENT - timedelta(hours=hours)
    return Candidate(name, "1.0.0", tuple(map(one, (name, *more))), used_at, runs)


def test_what_runs_comes_first_then_what_was_wanted_last_then_the_rest_by_name() -> None:
    candidates = [of("d"), of("b", hours=5), of("c"), of("a", hours=9), of("e", hours=50, runs=True)]
    assert [each.repository for each in plan.wanted(candidates, 10)] == ["e", "b", "a", "c", "d"]


def test_a_service_that_does_not_fit_whole_makes_room_for_the_next() -> None:
    candidates = [of("a", hours=1), of("b", "b2", "b3", hours=2), of("c", "a", hours=3)]
    assert [each.repository for each in plan.wanted(candidates, 3)] == ["a", "c"]


names = some.sampled_from("abcdef")


@given(some.lists(some.builds(of, names, names, runs=some.booleans())), some.integers(0, 6))
def test_never_more_than_the_setting_and_none_twice(candidates: list[Candidate], most: int) -> None:
    digests = [each.digest for each in plan.wanted(candidates, most)]
    assert len(digests) == len(set(digests)) <= most


@pytest.mark.parametrize(
    ("constraint", "is_met"),
    [
        ("node.role==worker", True),
        (" node.role == Worker ", True),
        ("node.role!=worker", False),
        ("node.hostname==host-2", True),
        ("node.id!=h1", True),
        ("node.labels.gpu==yes", True),
        ("node.labels.GPU==yes", False),
        ("node.labels.other!=yes", True),
        ("engine.labels.storage==ssd", True),
        ("node.platform.os==linux", True),
        ("node.platform.arch==aarch64", False),
        ("node.ip==10.0.0.1", False),
        ("node.ip!=10.0.0.1", False),
        ("gibberish", False),
    ],
)
def test_a_constraint_is_read_as_the_swarm_reads_it(constraint: str, is_met: bool) -> None:
    assert plan.fits(constraint, WORKER) is is_met


def row(name: str, host: str, **values: Any) -> HostImage:
    """What is known of one pair."""
    return HostImage(**{"host_id": host, "host": host, "digest": name, "state": "waiting", "attempts": 0, "place": 0} | values)


def test_one_image_is_pulled_by_some_hosts_at_once_and_by_each_once() -> None:
    due = [row("a", f"h{number}") for number in range(9)] + [row("b", "h1", place=1)]
    found = plan.batch(due, MOMENT)
    assert {each.digest for each in found} == {"a"}
    assert len({each.host_id for each in found}) == len(found) == plan.AT_ONCE


def test_what_failed_waits_behind_what_was_not_tried_yet() -> None:
    soon = MOMENT + timedelta(seconds=1)
    rows = [
        row("a", "h1", state="failed", attempts=1),
        row("b", "h1", place=1),
        row("c", "h1", state="failed", attempts=1, next_attempt_at=soon),
        row("d", "h1", state="here"),
        row("e", "h1", state="pulling"),
    ]
    order = []
    while found := plan.batch(rows, MOMENT):
        order += [each.digest for each in found]
        rows = [each for each in rows if each not in found]
    assert order == ["b", "a"]


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [plan.pause(attempts).total_seconds() for attempts in range(1, 99)]
    assert pauses[:3] == [60, 120, 240]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600
