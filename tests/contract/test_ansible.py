"""Real runs of Ansible on this machine alone, without a deployment: what they tell, and how they end."""

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from controlplane.adapters import ansible
from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.ports import Event, Outcome
from controlplane.settings import Settings
from tests.support.deployment import ROOT, until

SLOW = """
- name: Slow
  hosts: localhost
  tasks:
    - name: The first is done
      ansible.builtin.debug:
        msg: first
    - name: Something takes its time
      ansible.builtin.command: sleep 424242
    - name: The last is never reached
      ansible.builtin.debug:
        msg: last
"""
QUIET = """
- name: Quiet
  hosts: localhost
  tasks:
    - name: A secret is used
      ansible.builtin.command: "false {{ given }}"
      no_log: true
      ignore_errors: true
    - name: Secrets are used
      ansible.builtin.command: "false {{ given }}"
      loop: [1, 2]
      no_log: true
"""
TAKES_TEXT = """
- name: Text
  hosts: localhost
  tasks:
    - name: What an image says comes out as it is
      ansible.builtin.assert:
        that: items[0].env.WORDS is search(expected)
        quiet: true
      vars:
        expected: "[{][{] lookup"
    - name: Each node has its turn
      ansible.builtin.command: sleep 0.2
      loop: "{{ items }}"
      loop_control:
        loop_var: node_service_item
"""


class Stage:
    """A checkout that holds one playbook."""

    def __init__(self, folder: Path):
        self.folder, self.events, self.is_canceled = folder, [], False
        shutil.copytree(ROOT / "inventory" / "local", folder / "inventory" / "local")
        shutil.copy(ROOT / "ansible.cfg", folder)
        self.runs = folder / "runs"
        self.provisioner = AnsibleProvisioner(Settings(project_dir=folder, runner_dir=self.runs))
        self.events: list[Event] = []

    def run(self, text: str, **inputs: Any) -> Outcome:
        """Run a playbook to its end."""
        (self.folder / "book.yml").write_text(text)
        return self.provisioner.run("book.yml", inputs, self.events.append, lambda: self.is_canceled)

    def has_begun(self, task: str) -> bool:
        """Whether a task is at work."""
        return any(event.kind == "task" and event.task == task for event in self.events)

    def processes(self) -> list[int]:
        """What of its runs is alive."""
        mark = f"{ansible._MARK}={self.runs}".encode()
        return [pid for pid in ansible._pids() if any(entry.startswith(mark) for entry in ansible._environment(pid))]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A fresh one."""
    return Stage(tmp_path)


def test_a_canceled_run_ends_within_seconds_and_leaves_no_process(stage: Stage) -> None:
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(stage.run(SLOW)))
    thread.start()
    until(lambda: stage.has_begun("Something takes its time"), 60)
    until(lambda: any(b"424242" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in stage.processes()), 20)
    began = time.monotonic()
    stage.is_canceled = True
    thread.join(30)
    assert not thread.is_alive()
    assert time.monotonic() - began < 10
    assert outcomes == [Outcome(False, is_canceled=True)]
    assert stage.processes() == []
    assert not stage.has_begun("The last is never reached")
    # What all runs share stays; the run's own folder does not.
    assert [folder.name for folder in stage.runs.iterdir() if folder.name not in ("home", "worker")] == []


def test_a_run_that_nobody_cancels_goes_on_to_its_end(stage: Stage) -> None:
    assert stage.run(SLOW.replace("424242", "0.1")) == Outcome(True)
    assert stage.has_begun("The last is never reached")
    assert stage.processes() == []


def test_what_a_task_hides_is_in_no_event(stage: Stage) -> None:
    outcome = stage.run(QUIET, given="hunter22-secret")
    assert not outcome.is_ok
    assert [event.kind for event in stage.events].count("failed") == 2
    assert "hunter22" not in f"{stage.events} {outcome}"


def test_an_images_text_is_never_evaluated_and_durations_are_told(stage: Stage) -> None:
    nodes = [{"node_id": f"n{number}", "env": {"WORDS": "{{ lookup('pipe', 'touch evaluated') }}"}} for number in range(2)]
    outcome = stage.run(TAKES_TEXT, items=nodes)
    assert outcome.is_ok, outcome
    assert not list(stage.folder.rglob("evaluated"))
    done = [event for event in stage.events if event.kind == "ok" and event.task == "Each node has its turn"]
    assert 0.4 <= (done[0].duration or 0) < 30
    assert [event.item for event in stage.events if event.kind == "item ok"] == ["n0", "n1"]
