"""A page that is to come is noticed within a moment, and nobody waits for one that is slow."""

import threading
import time as clock
from collections.abc import Callable, Iterator, Sequence

import pytest

from controlplane.loop import run_loop
from controlplane.pages import Page, Pages
from controlplane.ports import Activity, Answer
from tests.support.deployment import until
from tests.unit.conftest import World

THERE, AWAY = Answer(True, "its last answer was 200 OK"), Answer(False, "the connection was refused")


class Scripted:
    """Answers as a test says, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.of: Callable[[str], Answer] = lambda _: AWAY

    def answers(self, route: str, port: int, path: str) -> Answer:
        """See ``ports.Prober.answers``."""
        self.asked.append(route)
        return self.of(route)

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """Nothing is said."""
        return None


class Room:
    """Pages, whom they ask, and whether they have called."""

    def __init__(self) -> None:
        self.prober, self.called = Scripted(), threading.Event()
        self.pages = Pages(self.prober, self.called.set)

    def look(self, *routes: str) -> dict[str, Answer]:
        """What the loop does."""
        return self.pages.answers([Page(route, 8888, "/lab") for route in routes])


@pytest.fixture
def room() -> Iterator[Room]:
    """Closed at the end."""
    made = Room()
    yield made
    made.pages.close()


def test_a_page_that_is_there_is_seen_by_the_first_look(room: Room) -> None:
    room.prober.of = lambda _: THERE
    assert room.look("a") == {"a": THERE}


def test_a_page_that_comes_calls_for_a_look_that_sees_it(room: Room) -> None:
    assert room.look("a") == {"a": AWAY}
    room.prober.of = lambda _: THERE
    assert room.called.wait(5)
    assert room.look("a") == {"a": THERE}


def test_a_page_that_is_there_is_not_asked_again(room: Room) -> None:
    room.prober.of = lambda _: THERE
    room.look("a")
    clock.sleep(0.2)
    room.look("a")
    assert room.prober.asked == ["a"]


def test_a_slow_page_holds_up_neither_the_look_nor_the_others(room: Room) -> None:
    release = threading.Event()
    room.prober.of = lambda route: (release.wait(30) and AWAY) or AWAY if route == "slow" else THERE
    began = clock.monotonic()
    seen = room.look("slow", "quick")
    assert clock.monotonic() - began < 5
    assert (seen["quick"], seen["slow"].is_there) == (THERE, False)
    release.set()


def test_a_page_that_nobody_waits_for_is_not_asked_any_more(room: Room) -> None:
    room.look("a")
    room.look()
    clock.sleep(0.1)
    asked = len(room.prober.asked)
    clock.sleep(0.3)
    assert len(room.prober.asked) == asked


def test_a_page_is_asked_only_once_its_service_has_started(world: World) -> None:
    prober = Scripted()
    world.reconciler._pages._prober = prober  # type: ignore[assignment]
    world.add_node()
    world.reconciler.look()
    assert prober.asked == []
    world.reconciler.join()
    world.reconciler.look()
    assert prober.asked != []


def test_the_loop_sees_a_page_that_comes_without_waiting_for_its_next_look(world: World) -> None:
    prober = Scripted()
    world.reconciler._pages._prober = prober  # type: ignore[assignment]
    node_id, stop = world.add_node(), threading.Event()
    thread = threading.Thread(target=run_loop, args=(world.reconciler, stop, 30, 30))
    thread.start()
    until(lambda: prober.asked)
    prober.of = lambda _: THERE
    until(lambda: world.node(node_id).state == "running")
    stop.set()
    world.reconciler.wake.set()
    thread.join()
