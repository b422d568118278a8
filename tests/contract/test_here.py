"""Modules that run where Ansible runs give what they give the usual way."""

import itertools
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible_runner
import docker
import pytest

from tests.support.deployment import ROOT

pytestmark = pytest.mark.usefixtures("engine")
PLUGINS = ROOT / "roles/node_service/action_plugins"
# Found by every playbook beside it, first of all those of `make up`.
DEPLOY = ROOT / "playbooks/action_plugins"
NETWORK = "community.docker.docker_network"
SERVICE = "community.docker.docker_swarm_service"
# What of an answer is of the moment, or of the way.
MOMENT = {"exception", "invocation", "_ansible_no_log", "_ansible_verbose_override", "ansible_facts"}


class Play:
    """Runs a module both ways on this machine's engine."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.label = {"werkbank.stack": f"here-{uuid.uuid4().hex[:8]}"}

    def name(self) -> str:
        """A name that is nobody's yet."""
        return f"here-{uuid.uuid4().hex[:8]}"

    def here(self, module: str, *each: Any, options: str = "") -> Any:
        """In the controller's process; the whole answer."""
        return self._run({"node_service_here": {"module": module, "each": list(each)}}, options)

    def usual(self, module: str, arguments: Any, options: str = "") -> Any:
        """As everybody runs a module."""
        return self._run({module: arguments}, options)

    def tasks(self, tasks: list[dict[str, Any]], plugins: str = str(PLUGINS), options: str = "", **told: str) -> list[Any]:
        """One play; the answer of each of its tasks, also of those that fail."""
        return self._answers(
            [{"ignore_errors": True, "ignore_unreachable": True} | task for task in tasks], options, plugins, told
        )

    def _run(self, action: dict[str, Any], options: str) -> Any:
        return self._answers([action], options, str(PLUGINS), {})[-1]

    def _answers(self, tasks: list[dict[str, Any]], options: str, plugins: str, told: dict[str, str]) -> list[Any]:
        run = self._folder / uuid.uuid4().hex
        run.mkdir()
        results: list[Any] = []

        def hear(event: dict[str, Any]) -> bool:
            if event["event"] in ("runner_on_ok", "runner_on_failed", "runner_on_unreachable"):
                results.append(event["event_data"]["res"])
            return True

        result = ansible_runner.run(
            private_data_dir=str(run),
            project_dir=str(run),
            playbook=[{"hosts": "localhost", "gather_facts": False, "tasks": [{"name": "do"} | task for task in tasks]}],
            inventory=f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}",
            envvars={"ANSIBLE_ACTION_PLUGINS": plugins, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | told,
            cmdline=options or None,
            settings={"suppress_env_files": True},
            event_handler=hear,
            quiet=True,
        )
        with result.stdout as output:
            assert results, output.read()
        return results


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """A player; what it made is removed."""
    player = Play(tmp_path)
    yield player
    engine = docker.APIClient(version="auto")
    label = {"label": [f"werkbank.stack={player.label['werkbank.stack']}"]}
    for service in engine.services(filters=label):
        engine.remove_service(service["ID"])
    for network in engine.networks(filters=label):
        engine.remove_network(network["Id"])
    engine.close()


def essence(result: Any) -> Any:
    """What of a result does not depend on the moment or on names that the engine gives."""
    text = {key: value for key, value in result.items() if key in ("changed", "msg", "changes", "actions", "diff")}
    return {key: value for key, value in text.items() if value}


def network(play: Play, name: str, **more: Any) -> dict[str, Any]:
    """A network's arguments."""
    return {"name": name, "driver": "overlay", "scope": "swarm", "attachable": True, "labels": play.label} | more


def service(play: Play, name: str, **more: Any) -> dict[str, Any]:
    """A service's arguments; it never runs anywhere."""
    nowhere = {"constraints": ["node.labels.here==never"]}
    return {"name": name, "image": "here:none", "resolve_image": False, "placement": nowhere, "labels": play.label} | more


def same(play: Play, module: str, one: dict[str, Any], other: dict[str, Any], options: str = "") -> Any:
    """The answers of both ways, which must be alike; names differ."""
    mine = play.here(module, one, options=options)["results"][0]
    usual = play.usual(module, other, options)
    swapped = str(essence(usual)).replace(other["name"], one["name"])
    assert str(essence(mine)) == swapped
    return mine


@pytest.mark.parametrize("module", [NETWORK, SERVICE])
def test_a_module_gives_here_what_it_gives_the_usual_way(play: Play, module: str) -> None:
    make = network if module == NETWORK else service
    one, other = play.name(), play.name()
    planned = same(play, module, make(play, one), make(play, other), "--check --diff")
    assert planned["changed"]
    made = same(play, module, make(play, one), make(play, other), "--diff")
    assert made["changed"]
    again = same(play, module, make(play, one), make(play, other), "--diff")
    assert not again.get("changed")
    wrong = same(play, module, make(play, one, unheard="of"), make(play, other, unheard="of"))
    assert wrong["failed"]
    gone = same(play, module, {"name": one, "state": "absent"}, {"name": other, "state": "absent"})
    assert gone["changed"]


def test_each_has_its_own_answer_and_one_failure_is_its_own(play: Play) -> None:
    names = [play.name() for _ in range(20)]
    each = [network(play, name) for name in names]
    each[7]["driver"] = "no-such-driver"
    answer = play.here(NETWORK, *each)
    assert len(answer["results"]) == 20
    assert [bool(result.get("failed")) for result in answer["results"]] == [number == 7 for number in range(20)]
    assert "no-such-driver" in answer["msg"]


NUMBERED = """
from ansible.module_utils.basic import AnsibleModule
import os, signal

def main():
    module = AnsibleModule(argument_spec={"number": {"type": "int"}})
    number = module.params["number"]
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 14:
        raise RuntimeError("it fell")
    module.exit_json(number=number)
"""


def test_of_those_who_share_a_fork_each_fails_alone(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "numbered.py").write_text(NUMBERED)
    asked = [{"node_service_here": {"module": "numbered", "each": [{"number": number} for number in range(40)]}}]
    [answer] = play.tasks(asked, ANSIBLE_LIBRARY=str(folder))
    results = answer["results"]
    assert results[14]["failed"] and "it fell" in results[14]["msg"]
    whole = [number for number, result in enumerate(results) if not result.get("failed")]
    assert [results[number]["number"] for number in whole] == whole
    # The one that was killed takes with it what its fork had not come to, and nothing of another.
    lost = sorted(set(range(40)) - set(whole) - {14})
    assert lost[0] == 13 and len(lost) < 10
    assert len({later - one for one, later in itertools.pairwise(lost)}) <= 1


def questions(play: Play, name: str) -> list[dict[str, Any]]:
    """What a deploy does: looks, makes, makes again, removes; and what goes wrong."""
    return [
        {"community.docker.docker_volume_info": {"name": "nobodys"}},
        {"community.docker.docker_node_info": {"self": True}},
        {"community.docker.docker_secret": {"name": "nobodys", "state": "absent"}},
        {"community.docker.docker_login": {"username": "nobody"}},
        {"ansible.builtin.stat": {"path": str(ROOT / "Makefile"), "follow": True}},
        {"ansible.builtin.slurp": {"src": str(ROOT / "Makefile")}},
        {"ansible.builtin.slurp": {"src": "/nowhere"}},
        {"community.crypto.x509_certificate_info": {"path": "/nowhere"}},
        {NETWORK: network(play, name), "check_mode": True},
        *[{NETWORK: network(play, name)}] * 2,
        {NETWORK: {"name": name, "state": "absent"}},
        # The task's environment, and a Python of its own.
        {"community.docker.docker_volume_info": {"name": "nobodys"}, "environment": {"DOCKER_HOST": "unix:///nowhere.sock"}},
        {"ansible.builtin.stat": {"path": "/"}, "vars": {"ansible_python_interpreter": "/usr/bin/python3"}},
    ]


def test_a_deploys_questions_have_the_usual_answers(play: Play) -> None:
    name = play.name()
    usual = play.tasks(questions(play, name), options="--diff")
    answers = play.tasks(questions(play, name), f"{PLUGINS}:{DEPLOY}", "--diff")
    assert len(answers) == len(usual) == len(questions(play, name))
    for answer, other in zip(answers, usual, strict=True):
        assert lasting(answer) == lasting(other)
    assert "Error connecting" in answers[-2]["msg"]


def lasting(answer: Any) -> Any:
    """All of an answer that is no matter of the moment, or of the way."""
    text = {key: value for key, value in answer.items() if key not in MOMENT}
    # What the engine gives anew each time it makes something.
    text.pop("network", None)
    # A swarm writes down now and then how its hosts are.
    for host in text.get("nodes") or ():
        for name in ("Version", "UpdatedAt", "Status"):
            host.pop(name, None)
    return text


def test_a_deploy_starts_no_second_python_to_ask_the_engine(play: Play) -> None:
    # Whatever starts one puts the module there first.
    tasks: list[dict[str, Any]] = [
        {"community.docker.docker_volume_info": {"name": "nobodys"}},
        {"ansible.builtin.find": {"paths": "/nowhere"}},
    ]
    here, elsewhere = play.tasks(tasks, f"{PLUGINS}:{DEPLOY}", ANSIBLE_REMOTE_TMP="/dev/null/nowhere")
    assert here["exists"] is False
    assert elsewhere["unreachable"]


def test_a_call_that_names_no_module_is_refused(play: Play) -> None:
    assert "full name of a `module`" in play.here("docker.docker_network")["msg"]
    assert "There is no module" in play.here("docker_networks")["msg"]
