"""Starts and closes nodes while parts of the platform and the engine are killed at random, then looks whether the swarm
holds exactly what is desired. Bounded, seeded, and it prints what it does: `make chaos SEED=7 STEPS=50`.

Uses a deployment of its own (tests/support/deployment.py) and leaves nothing behind.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import docker
import requests

from tests.support.deployment import ECHO_KEY, ROOT, SETTINGS, Deployment, Person, bring_up, presence, until

PARTS = ("director", "web", "authentication", "gateway", "postgres", "registry")
# Nodes on the canvas at most; the first of them are never touched: their programs must keep running.
MOST, WITNESSES = 12, 3
AWAY = (AssertionError, requests.RequestException)


def say(words: str) -> None:
    """One line, with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", flush=True)


@dataclass
class Chaos:
    """One session: a project, its nodes, and what was asked of them."""

    deployment: Deployment
    random: random.Random
    project_id: str = ""
    wanted: dict[str, str] = field(default_factory=dict)
    witnesses: dict[str, str] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def person(self) -> Person:
        """Somebody who is logged in; patient, for parts are being killed."""
        return until(self._logged_in, 120, 0.5)

    def _logged_in(self) -> Person | None:
        with suppress(*AWAY):
            return self.deployment.admin()
        return None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call that is repeated while parts are away; None when the thing is gone or there already."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                answer = self._session.session.request(method, f"{self._session.url}/api/v0{path}", json=body, timeout=10)
            except requests.RequestException:
                time.sleep(0.5)
                continue
            if answer.status_code < 500:
                return answer.json()["data"] if answer.ok and answer.content else None
            time.sleep(0.5)
        raise AssertionError(f"{method} {path} found nobody for 120 s")

    def prepare(self) -> None:
        """A project with nodes that are left in peace."""
        self._session = self.person()
        self.project_id = self.call("POST", "/projects", {"name": "chaos"})["id"]
        for _ in range(WITNESSES):
            node = self._session.add_node(self.project_id, ECHO_KEY)
            self._session.wait_for(self.project_id, node["id"], "running")
            self.witnesses[node["id"]] = self.deployment.container(**{"werkbank.node": node["id"]})
            self.wanted[node["id"]] = "running"

    def step(self, victims: tuple[str, ...]) -> None:
        """Ask for something; now and then kill something."""
        self.ask()
        if self.random.random() < 0.3:
            self.kill(self.random.choice(victims))
        time.sleep(self.random.uniform(0, 1.0))

    def ask(self) -> None:
        """One wish: a new node, or another state of one that is there."""
        others = [node for node in self.wanted if node not in self.witnesses]
        nodes = f"/projects/{self.project_id}/nodes"
        if len(self.wanted) < MOST and (not others or self.random.random() < 0.5):
            self.wanted[self._add()] = "running"
            return
        node_id = self.random.choice(others)
        act = self.random.choice(["start", "stop", "stop", "remove"])
        self.asked[act] += 1
        if act == "remove":
            self.call("DELETE", f"{nodes}/{node_id}")
            self.wanted.pop(node_id)
        else:
            self.call("POST", f"{nodes}/{node_id}/{act}")
            self.wanted[node_id] = "running" if act == "start" else "stopped"

    def _add(self) -> str:
        """A node, once: an answer that was lost on the way is no reason to ask for a second one."""
        self.asked["add"] += 1
        name = f"node {self.asked['add']}"
        wanted = {"service_key": ECHO_KEY, "service_version": "1.0.0", "name": name}
        while True:
            with suppress(*AWAY):
                return str(self._session.call("POST", f"/projects/{self.project_id}/nodes", wanted)["id"])
            time.sleep(0.5)
            found = [node for node in self.call("GET", f"/projects/{self.project_id}")["nodes"] if node["name"] == name]
            if found:
                return str(found[0]["id"])

    def kill(self, victim: str) -> None:
        """SIGKILL, as a crash would."""
        say(f"kill -9 {victim}")
        self.killed[victim] += 1
        if victim == "engine":
            kill_engine()
            return
        with suppress(IndexError, docker.errors.APIError):
            container = self.deployment.container(**{"werkbank.part": victim})
            subprocess.run(["/usr/bin/docker", "kill", container], check=False, capture_output=True)

    def verify(self) -> list[str]:
        """What is not as it must be once the loop had its time, a sentence each."""
        with suppress(AssertionError):
            until(lambda: not self._differences() + self._unwanted(), 180, 1)
        wrong = self._differences() + self._unwanted()
        wrong += [f"the run {run['id']} is stuck" for run in self._stuck_runs()]
        if not self.killed["engine"]:
            wrong += [f"{n} was restarted" for n, c in self.witnesses.items() if not self._still_runs(n, c)]
        return wrong

    def _differences(self) -> list[str]:
        project = self.call("GET", f"/projects/{self.project_id}") or {"nodes": []}
        states = {node["id"]: node["state"] for node in project["nodes"]}
        reasons = {node["id"]: f" ({node['reason']})" if node["reason"] else "" for node in project["nodes"]}
        accepted = {"running": ("running",), "stopped": ("stopped", "created")}
        return [
            f"{node} is {states.get(node)} and should be {wanted}{reasons.get(node, '')}"
            for node, wanted in self.wanted.items()
            if states.get(node) not in accepted[wanted]
        ] + [f"{node} should not be there" for node in states if node not in self.wanted]

    def _unwanted(self) -> list[str]:
        services = Counter(s["Spec"]["Labels"]["werkbank.node"] for s in self.deployment.node_services())
        twice = [f"{node} has {count} services" for node, count in services.items() if count > 1]
        unwanted = [node for node in services if self.wanted.get(node) != "running"]
        return twice + [f"the swarm has a service of {node}, which nobody wants" for node in unwanted]

    def _stuck_runs(self) -> list[Any]:
        runs = lambda: [run for run in self.call("GET", "/runs") or [] if run["state"] == "running"]  # noqa: E731
        with suppress(AssertionError):
            until(lambda: not runs(), 60, 1)
        return runs()

    def _still_runs(self, node_id: str, container: str) -> bool:
        with suppress(IndexError):
            return self.deployment.container(**{"werkbank.node": node_id}) == container
        return False


def kill_engine() -> None:
    """The engine's own process dies, and is started again the way the deploy starts it."""
    subprocess.run(["pkill", "-KILL", "-x", "dockerd"], check=False)
    time.sleep(1)
    playbook = [sys.executable.replace("python", "ansible-playbook"), "playbooks/engine.yml"]
    subprocess.run(playbook, cwd=ROOT, check=True, capture_output=True)
    until(engine_answers, 60, 0.5)


def engine_answers() -> bool:
    """Whether the swarm's manager is there again."""
    try:
        return bool(docker.from_env(timeout=5).api.info()["Swarm"]["ControlAvailable"])
    except (docker.errors.DockerException, requests.RequestException):
        return False


def main() -> None:
    """Cause it, look, tell."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    told.add_argument("--steps", type=int, default=50)
    told.add_argument("--no-engine", action="store_true", help="leave the engine alone")
    options = told.parse_args()
    say(f"seed {options.seed}, {options.steps} steps")
    # An engine that starts again is away for half a minute, and no tab is heard meanwhile: half the grace of a real deployment.
    SETTINGS.update({"WERKBANK_STACK": "werkbank-chaos", "WERKBANK_LEASE_GRACE": "60"})
    deployment = bring_up()
    deployment.publish_echo()
    deployment.wait_for_service(deployment.admin(), ECHO_KEY)
    chaos = Chaos(deployment, random.Random(options.seed))
    chaos.prepare()
    victims = PARTS if options.no_engine else (*PARTS, "engine")
    with presence(deployment, chaos.project_id):
        for _ in range(options.steps):
            chaos.step(victims)
        wrong = chaos.verify()
    say(f"asked: {dict(chaos.asked)}; killed: {dict(chaos.killed)}")
    with suppress(*AWAY):
        chaos.call("DELETE", f"/projects/{chaos.project_id}")
    if not os.environ.get("WERKBANK_KEEP"):
        deployment.make("clean-data", input=f"{deployment.stack}\n", timeout=600)
    for sentence in wrong:
        say(f"WRONG: {sentence}")
    sys.exit(f"seed {options.seed}: {len(wrong)} things are not as desired" if wrong else say("The swarm holds what is desired."))


if __name__ == "__main__":
    main()
