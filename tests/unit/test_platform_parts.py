"""The module of the role platform_parts: it changes images of parts, and nothing else."""

import copy
import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.auth import AuthConfig

PATH = Path(__file__).resolve().parents[2] / "roles" / "platform_parts" / "library" / "platform_parts_images.py"
WEB = {"name": "web", "service": "s1", "version": 7, "image": "r/web@sha256:2", "is_last": False}
DIRECTOR = {"name": "director", "service": "s2", "version": 8, "image": "r/director@sha256:2", "is_last": True}


class Engine:
    """What the module asks of the engine: services with all that a deploy gave them."""

    def __init__(self) -> None:
        self.services = {item["service"]: service_of(item) for item in (WEB, DIRECTOR)}
        self.changed: list[str] = []
        self.then = "completed"
        self._auth_configs: Any = AuthConfig({})
        self.credstore_env: dict[str, str] = {}

    def inspect_service(self, service: Any) -> Any:
        """As docker-py has it."""
        return copy.deepcopy(self.services[str(service)])

    def _url(self, path: str, service: str) -> str:
        return service

    def _post_json(self, url: str, data: Any, params: Any, headers: Any) -> None:
        assert params["version"] == self.services[url]["Version"]["Index"]
        self.services[url] |= {"Spec": data, "UpdateStatus": {"State": self.then}, "Version": {"Index": 99}}
        self.changed.append(url)

    def _raise_for_status(self, answer: None) -> None:
        """It went well."""


def service_of(item: dict[str, Any]) -> dict[str, Any]:
    """A service with secrets and settings."""
    container = {"Image": f"r/{item['name']}@sha256:1", "Env": ["A=b"], "Secrets": [{"SecretID": "x"}]}
    labels = {"werkbank.stack": "unit", "werkbank.part": item["name"]}
    spec = {"Name": item["name"], "Labels": labels, "TaskTemplate": {"ContainerSpec": container, "ForceUpdate": 0}}
    return {"ID": item["service"], "Version": {"Index": item["version"]}, "Spec": spec}


@pytest.fixture
def module() -> Any:
    """The module of the role, as Python's."""
    spec = importlib.util.spec_from_file_location("platform_parts_images", PATH)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def play(module: Any, engine: Engine, *parts: dict[str, Any], is_check: bool = False) -> Any:
    """One task."""
    asked = SimpleNamespace(params={"parts": list(parts), "patience": 1}, check_mode=is_check)
    return module.run(asked, module.Parts(engine, "unit"))


def test_the_module_changes_images_and_nothing_else_the_director_last(module: Any) -> None:
    engine = Engine()
    before = copy.deepcopy(engine.services)
    done = play(module, engine, DIRECTOR, WEB)
    assert (done["changed"], engine.changed) == (True, ["s1", "s2"])
    for item in (WEB, DIRECTOR):
        expected = before[item["service"]]["Spec"]
        expected["TaskTemplate"]["ContainerSpec"]["Image"] = item["image"]
        assert engine.services[item["service"]]["Spec"] == expected


def test_the_module_changes_nothing_in_check_mode_and_says_what_it_would(module: Any) -> None:
    engine = Engine()
    done = play(module, engine, WEB, is_check=True)
    assert (done["changed"], engine.changed) == (True, [])
    assert done["diff"]["prepared"].splitlines()[-2:] == ["-web: r/web@sha256:1", "+web: r/web@sha256:2"]


def test_the_module_leaves_what_is_so_already(module: Any) -> None:
    engine = Engine()
    done = play(module, engine, WEB | {"image": "r/web@sha256:1"})
    assert (done["changed"], engine.changed, done["diff"]["prepared"]) == (False, [], "")


@pytest.mark.parametrize("wrong", [{"version": 6}, {"name": "gateway"}])
def test_the_module_touches_nothing_when_one_part_is_not_as_planned(module: Any, wrong: dict[str, Any]) -> None:
    engine = Engine()
    with pytest.raises(module.CannotChange):
        play(module, engine, DIRECTOR, WEB | wrong)
    assert engine.changed == []


def test_the_module_ends_at_a_part_that_the_swarm_took_back(module: Any) -> None:
    engine = Engine()
    engine.then = "rollback_completed"
    with pytest.raises(module.CannotChange, match="did not become healthy"):
        play(module, engine, WEB, DIRECTOR)
    assert engine.changed == ["s1"]


def test_the_module_puts_the_settings_of_a_deploy_back_and_keeps_how_often_it_was_forced(module: Any) -> None:
    engine = Engine()
    engine.services["s1"]["Spec"]["TaskTemplate"]["ForceUpdate"] = 4
    given = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Env": ["A=c"]}}}
    done = play(module, engine, WEB | {"image": "r/web@sha256:1", "settings": given, "says": ["variable A is b, was c"]})
    assert (done["changed"], done["parts"][0]["settings"]) == (True, ["variable A is b, was c"])
    assert "web: variable A is b, was c" in done["diff"]["prepared"]
    spec = engine.services["s1"]["Spec"]
    assert spec["TaskTemplate"] == {"ContainerSpec": {"Env": ["A=c"], "Image": "r/web@sha256:1"}, "ForceUpdate": 4}
