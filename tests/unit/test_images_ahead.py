"""The module of the role images_ahead: what it makes for a pull, how it tells that one is over, and that it leaves nothing."""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, NotFound

PATH = Path(__file__).resolve().parents[2] / "roles" / "images_ahead" / "library" / "images_ahead.py"


def pull(number: int = 1, host: str = "h1") -> dict[str, str]:
    """What is to be pulled."""
    name, image = f"unit_ahead_{number}", f"r/tool:{number}@sha256:{number}"
    return {"name": name, "image": image, "host": host, "host_name": f"host {host[1:]}"}


@dataclass
class Engine:
    """What the module asks of the engine; each service's task goes through the states that a test gives it."""

    fates: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    services: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def create_service(self, task: Any, name: str, **spec: Any) -> None:
        """As docker-py has it."""
        if name in self.refused:
            raise APIError("no", explanation="rpc error: it is full")
        self.services[name] = self.made[name] = {"task": task, **spec}

    def tasks(self, filters: dict[str, str]) -> list[Any]:
        """The one task of a service, one state further."""
        if filters["service"] not in self.services:
            return []
        fate = self.fates.setdefault(filters["service"], [("preparing", ""), ("starting", "")])
        state, words = fate.pop(0) if len(fate) > 1 else fate[0]
        return [{"CreatedAt": "1", "Status": {"State": state, "Err": words}}]

    def inspect_service(self, name: str) -> Any:
        """As docker-py has it."""
        if name not in self.services:
            raise NotFound("no")
        return self.services[name]

    def inspect_node(self, host: str) -> Any:
        """As docker-py has it."""
        return {"Status": {"State": "down" if host in self.down else "ready"}}

    def remove_service(self, name: str) -> None:
        """As docker-py has it."""
        if self.services.pop(name, None) is None:
            raise NotFound("no")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the role, as Python's; it does not wait."""
    spec = importlib.util.spec_from_file_location("images_ahead", PATH)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(made, "_PAUSE", 0)
    return made


def done(module: Any, engine: Engine, *present: dict[str, str], **asked: Any) -> dict[str, Any]:
    """What the module answers."""
    params = {"present": list(present), "absent": [], "patience": 60} | asked
    told = SimpleNamespace(params=params, check_mode=asked.get("check_mode", False))
    answer: dict[str, Any] = module.run(told, module.Pulls(engine, "unit"))
    return answer


def whys(answer: dict[str, Any]) -> list[Any]:
    """Why each is not there."""
    return [each["why"] for each in answer["images"]]


def test_a_pull_is_one_task_on_its_host_that_is_never_started_again_and_may_do_nothing(module: Any) -> None:
    engine = Engine()
    assert whys(done(module, engine, pull())) == [None]
    made = engine.made["unit_ahead_1"]
    assert made["labels"] == {"werkbank.stack": "unit", "werkbank.ahead": "r/tool:1"}
    assert made["task"]["Placement"] == {"Constraints": ["node.id==h1"]}
    assert made["task"]["RestartPolicy"] == {"Condition": "none"}
    container = made["task"]["ContainerSpec"]
    assert (container["Image"], container["Command"]) == ("r/tool:1@sha256:1", ["/werkbank-pulls-only"])
    assert (container["CapabilityDrop"], container["ReadOnly"]) == (["ALL"], True)
    assert engine.services == {}


@pytest.mark.parametrize("state", ["ready", "starting", "running", "complete", "failed"])
def test_the_image_is_there_once_the_task_is_past_preparing_whatever_comes_of_it(module: Any, state: str) -> None:
    engine = Engine({"unit_ahead_1": [("pending", ""), ("preparing", ""), (state, "exec: no such file")]})
    assert whys(done(module, engine, pull())) == [None]


@pytest.mark.parametrize(
    ("fate", "says"),
    [
        (("rejected", "No such image: r/tool:1"), "The host host 1 could not pull the image (No such image: r/tool:1)."),
        (("shutdown", ""), "could not pull the image (shutdown)"),
        (("pending", "no suitable node (1 node not available for new tasks)"), "takes no tasks any more"),
    ],
)
def test_what_cannot_be_pulled_says_why_and_keeps_no_other(module: Any, fate: tuple[str, str], says: str) -> None:
    engine = Engine({"unit_ahead_1": [("preparing", ""), fate]})
    first, second = whys(done(module, engine, pull(), pull(2, "h2")))
    assert says in first
    assert second is None
    assert engine.services == {}


def test_a_host_that_goes_is_not_waited_for(module: Any) -> None:
    engine = Engine({"unit_ahead_1": [("preparing", "")]}, down={"h1"})
    assert "takes no tasks any more" in whys(done(module, engine, pull()))[0]


def test_patience_has_an_end(module: Any) -> None:
    engine = Engine({"unit_ahead_1": [("preparing", "")]})
    assert "had not pulled the image after 0 s" in whys(done(module, engine, pull(), patience=0))[0]
    assert engine.services == {}


def test_what_the_swarm_refuses_to_make_is_told_and_keeps_no_other(module: Any) -> None:
    first, second = whys(done(module, Engine(refused={"unit_ahead_1"}), pull(), pull(2)))
    assert "it is full" in first
    assert second is None


def test_a_service_that_somebody_removed_is_not_waited_for(module: Any) -> None:
    engine = Engine({"unit_ahead_2": [("preparing", ""), ("preparing", ""), ("starting", "")]})
    engine.create_service = lambda task, name, **_: engine.services.update({name: task} if name.endswith("2") else {})  # type: ignore[method-assign]
    first, second = whys(done(module, engine, pull(), pull(2)))
    assert "Somebody removed the service" in first
    assert second is None


def test_nothing_is_left_when_the_manager_stops_answering(module: Any) -> None:
    engine = Engine()

    def silent(**_: Any) -> None:
        raise APIError("no")

    engine.tasks = silent  # type: ignore[method-assign, assignment]
    with pytest.raises(APIError):
        done(module, engine, pull(), pull(2))
    assert engine.services == {}


def test_what_was_left_goes_first_and_is_no_change_when_it_is_gone(module: Any) -> None:
    engine = Engine(services={"unit_ahead_0": {}})
    assert done(module, engine, absent=["unit_ahead_0"])["changed"]
    assert not done(module, engine, absent=["unit_ahead_0"])["changed"]


def test_a_rehearsal_makes_and_removes_nothing(module: Any) -> None:
    engine = Engine(services={"unit_ahead_0": {}})
    answer = done(module, engine, pull(), absent=["unit_ahead_0"], check_mode=True)
    assert (answer["changed"], answer["images"]) == (True, [])
    assert list(engine.services) == ["unit_ahead_0"]
