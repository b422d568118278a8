"""Forks that stand by with a playbook loaded: the same runs as cold ones, and none that is stale."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controlplane.worker.server import LONG
from controlplane.worker.standby import MOST
from tests.support.deployment import until
from tests.support.runs import Runs, essence, timeless

STANDS_BY = """
- hosts: localhost
  gather_facts: false
  vars:
    word: of the playbook
  tasks:
    - name: Says
      tags: [said]
      debug: {msg: "{{ word }}, {{ 'x' | seen }}"}
    - name: Changes
      tags: [changed]
      file: {path: "{{ word }}", state: directory}
"""


@pytest.fixture
def standing_by(runs: Runs) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker that has a playbook loaded ahead, in forks that wait for their run."""
    (runs.folder / "project" / "playbooks" / "awaited.yml").write_text(STANDS_BY)
    # Before, for a folder that changes makes what was loaded stale.
    runs.book("long", SLEEPS)
    process = runs.start_worker(awaits=AWAITED_BOOK)
    until(lambda: standbys(process) == MOST, 20)
    yield process
    process.terminate()
    process.wait(10)
    assert process.stderr is not None
    process.stderr.close()


AWAITED_BOOK, SLEEPS = "playbooks/awaited.yml", "command: sleep 20"


def standbys(worker: "subprocess.Popen[bytes]") -> int:
    """How many forks wait."""
    return len(Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split())


@pytest.mark.parametrize(
    "options",
    [
        {"cmdline": "--check"},
        {"extravars": {"word": "of this run"}, "tags": "said"},
        {"extravars": {"word": "elsewhere"}, "cmdline": "--check --diff"},
        {"cmdline": "--tags=always"},
        {"cmdline": "--check --start-at-task=Changes"},
        {"cmdline": "--check", "verbosity": 1},
    ],
    ids=[
        "plain",
        "variables and tags",
        "variables and difference",
        "nothing to do",
        "an option that was not foreseen",
        "verbose",
    ],
)
def test_a_run_that_was_loaded_ahead_is_the_same(
    runs: Runs, standing_by: "subprocess.Popen[bytes]", no_cold: Path, options: dict[str, Any]
) -> None:
    ahead = runs.run(AWAITED_BOOK, no_cold, **options)
    runs.socket.rename(runs.socket.with_name("away"))
    cold = runs.run(AWAITED_BOOK, **options)
    assert "it started cold" not in ahead[2]
    assert ahead[0] == cold[0], ahead[2] + cold[2]
    assert essence(ahead[1]) == essence(cold[1])
    assert timeless(ahead[2]) == timeless(cold[2])


def test_of_what_was_loaded_ahead_each_run_gets_its_own(
    runs: Runs, standing_by: "subprocess.Popen[bytes]", no_cold: Path
) -> None:
    spoil = "{{ 'bad' | spoil }}"
    assert runs.message(AWAITED_BOOK, cold=no_cold, tags="said", extravars={"word": spoil}).startswith("bad")
    for number in range(2 * MOST):
        said = runs.message(AWAITED_BOOK, cold=no_cold, tags="said", extravars={"word": str(number)})
        assert said.startswith(f"{number}, [None, 5")
    until(lambda: standbys(standing_by) == MOST, 20)


def test_forks_stand_by_again_while_a_long_run_waits_for_something(
    runs: Runs, standing_by: "subprocess.Popen[bytes]", no_cold: Path
) -> None:
    long = threading.Thread(target=runs.run, args=(runs.book("long", SLEEPS),))
    long.start()
    time.sleep(LONG + 2)
    for _ in range(MOST):
        assert runs.message(AWAITED_BOOK, cold=no_cold, tags="said").startswith("of the playbook")
    # And the long run itself.
    until(lambda: standbys(standing_by) == MOST + 1, 10)
    assert long.is_alive()
    long.join()


@pytest.mark.parametrize("file", ["playbooks/awaited.yml", "playbooks/filter_plugins/hostile.py"])
def test_what_was_loaded_ahead_is_not_used_once_a_file_has_changed(
    runs: Runs, standing_by: "subprocess.Popen[bytes]", file: str
) -> None:
    changed = runs.folder / "project" / file
    changed.write_text(changed.read_text().replace("of the playbook", "of today").replace("return [", "return ['today', "))
    assert "today" in runs.message(AWAITED_BOOK, tags="said")


def test_a_playbook_that_cannot_be_loaded_ahead_runs_without_and_is_not_tried_again(runs: Runs, no_cold: Path) -> None:
    process = runs.start_worker(awaits="playbooks/later.yml")
    try:
        assert process.stderr is not None
        assert b"could not be prepared" in process.stderr.readline()
        assert runs.message(runs.book("later", "debug: {msg: here}"), cold=no_cold) == "here"
        until(lambda: standbys(process) == 0, 10)
    finally:
        process.terminate()
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()


def test_forks_that_stand_by_end_with_a_worker_that_is_killed(runs: Runs, standing_by: "subprocess.Popen[bytes]") -> None:
    waiting = Path(f"/proc/{standing_by.pid}/task/{standing_by.pid}/children").read_text().split()
    standing_by.kill()
    until(lambda: not any(_is_running(pid) for pid in waiting), 10)


def _is_running(pid: str) -> bool:
    try:
        return "worker" in Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
