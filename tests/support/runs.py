"""Runs through ansible-runner's own interface, with a warm worker or without."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_runner

from controlplane.worker import AWAITED
from controlplane.worker.supervisor import told
from tests.support.deployment import ROOT

BIN = Path(sys.executable).parent

PLAYBOOKS = {
    "says": "debug: {msg: here}",
    "runs": "command: {cmd: echo one two}",
    "fails": "command: {cmd: 'false'}",
    "refuses": "assert: {that: [1 == 2], fail_msg: not so}",
    "templates": "debug: {msg: \"{{ [3, 1, 2] | sort | join(',') }} {{ lookup('env', 'HOME') }}\"}",
}

HOSTILE = """
import os
from ansible import constants
from ansible.plugins.loader import callback_loader

def spoil(word):
    os.environ["SPOILED"] = word
    constants.DEFAULT_FORKS = 99
    constants.ANSIBLE_FORCE_COLOR = True
    callback_loader.add_directory("/nowhere/callbacks")
    open(os.path.join(constants.DEFAULT_LOCAL_TMP, "left"), "w").close()
    return word

def seen(_):
    return [os.environ.get("SPOILED"), constants.DEFAULT_FORKS, "/nowhere/callbacks" in callback_loader._extra_dirs,
            os.path.exists(os.path.join(constants.DEFAULT_LOCAL_TMP, "left")), "SPOILED_FACT" in globals()]

class FilterModule:
    def filters(self):
        return {"spoil": spoil, "seen": seen}
"""

BOOK = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: {name}
      ansible.builtin.{module}
"""


@dataclass
class Runs:
    """A folder with playbooks, and a worker for them."""

    folder: Path
    socket: Path

    def environment(self, cold: Path = BIN / "ansible-playbook") -> dict[str, str]:
        """What a run is told."""
        told_cold = {
            "ANSIBLE_CONFIG": str(self.folder / "project" / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }
        return told(told_cold, self.socket, cold)

    def start_worker(self, *arguments: str, awaits: str | None = None) -> "subprocess.Popen[bytes]":
        """A worker with the settings that these runs have; ready when this returns. ``awaits``: the playbook that it is to
        have loaded ahead."""
        asked = self._asked(awaits or "any.yml")
        config = ansible_runner.RunnerConfig(str(self.folder / "run"), **asked, envvars=self.environment())
        config.prepare()
        environment = {name: value for name, value in config.env.items() if name != "ANSIBLE_CACHE_PLUGIN_CONNECTION"}
        if awaits:
            environment[AWAITED] = json.dumps({"folder": config.cwd, "argv": config.command[1:]})
        command = [sys.executable, "-m", "controlplane.worker.server", str(self.socket), *arguments]
        process = subprocess.Popen(command, env=environment | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, stderr=subprocess.PIPE)
        self.environment_of_worker = environment
        assert process.stderr is not None
        assert b"Ansible is warm" in process.stderr.readline()
        return process

    def _asked(self, book: str) -> dict[str, str]:
        hosts = self.folder / "project" / "hosts"
        if not hosts.exists():
            hosts.write_text(f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n")
        return {"project_dir": str(self.folder / "project"), "playbook": book, "inventory": str(hosts)}

    def book(self, name: str, module: str) -> str:
        """A playbook of one task."""
        file, text = self.folder / "project" / "playbooks" / f"{name}.yml", BOOK.format(name=name, module=module)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        return f"playbooks/{name}.yml"

    def run(self, book: str, cold: Path = BIN / "ansible-playbook", **options: Any) -> tuple[str, list[dict[str, Any]], str]:
        """Status, events and output of a run through ansible-runner's own interface."""
        events: list[dict[str, Any]] = []
        environment = self.environment(cold) | {"PYTHONPATH": str(ROOT)} | options.pop("envvars", {})
        result = ansible_runner.run(
            private_data_dir=tempfile.mkdtemp(dir=self.folder),
            **self._asked(book),
            envvars=environment,
            settings={"suppress_env_files": True},
            event_handler=lambda event: events.append(event) or True,
            quiet=True,
            **({"cancel_callback": lambda: False} | options),
        )
        with result.stdout as output:
            return result.status, events, output.read()

    def message(self, book: str, **options: Any) -> Any:
        """What the one task of a playbook said."""
        _, events, output = self.run(book, **options)
        said = [e["event_data"]["res"].get("msg") for e in events if e["event"] == "runner_on_ok"]
        assert said, output
        return said[0]


def essence(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What of events does not depend on the moment."""
    names = ("task", "host", "task_action", "play", "name")
    return [(e["event"], *(str(e.get("event_data", {}).get(n)) for n in names), _result(e)) for e in events]


def _result(event: dict[str, Any]) -> str:
    result = dict(event.get("event_data", {}).get("res") or {})
    for name in ("start", "end", "delta", "_ansible_no_log"):
        result.pop(name, None)
    return str(result)


def timeless(output: str) -> str:
    """What of an output does not depend on the moment."""
    return "\n".join(line for line in output.splitlines() if not any(word in line for word in ("delta", "start:", "end:")))
