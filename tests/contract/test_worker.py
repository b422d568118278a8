"""The warm worker: the same runs as cold ones, and nothing of one run in the next."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import ansible_runner
import pytest

from controlplane.worker import AWAITED
from controlplane.worker.server import LONG
from controlplane.worker.standby import MOST
from controlplane.worker.supervisor import told
from tests.support.deployment import ROOT, until

BIN = Path(sys.executable).parent

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


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Playbooks with a plugin that spoils whatever it can."""
    for name in ("run", "project/playbooks/filter_plugins"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "project" / "playbooks" / "filter_plugins" / "hostile.py").write_text(HOSTILE)
    copyfile(ROOT / "ansible.cfg", tmp_path / "project" / "ansible.cfg")
    runs = Runs(tmp_path, tmp_path / "worker" / "socket")
    for name, module in PLAYBOOKS.items():
        runs.book(name, module)
    return runs


@pytest.fixture
def worker(runs: Runs) -> Iterator["subprocess.Popen[bytes]"]:
    """A warm worker; a cold start is an error to these tests."""
    process = runs.start_worker()
    yield process
    process.terminate()
    process.wait(10)
    assert process.stderr is not None
    process.stderr.close()


@pytest.fixture
def no_cold(tmp_path: Path) -> Path:
    """In place of the cold ansible-playbook: a program that fails, so that a test sees when it was needed."""
    program = tmp_path / "cold"
    program.write_text("#!/bin/sh\necho it started cold\nexit 9\n")
    program.chmod(0o755)
    return program


def essence(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What of events does not depend on the moment."""
    names = ("task", "host", "task_action", "play", "name")
    return [(e["event"], *(str(e.get("event_data", {}).get(n)) for n in names), _result(e)) for e in events]


def _result(event: dict[str, Any]) -> str:
    result = dict(event.get("event_data", {}).get("res") or {})
    for name in ("start", "end", "delta", "_ansible_no_log"):
        result.pop(name, None)
    return str(result)


PLAYBOOKS = {
    "says": "debug: {msg: here}",
    "runs": "command: {cmd: echo one two}",
    "fails": "command: {cmd: 'false'}",
    "refuses": "assert: {that: [1 == 2], fail_msg: not so}",
    "templates": "debug: {msg: \"{{ [3, 1, 2] | sort | join(',') }} {{ lookup('env', 'HOME') }}\"}",
}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook_gives_the_same_events_and_output_warm_and_cold(
    runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path, name: str
) -> None:
    book = runs.book(name, PLAYBOOKS[name])
    warm = runs.run(book, no_cold)
    runs.socket.rename(runs.socket.with_name("away"))
    cold = runs.run(book)
    runs.socket.with_name("away").rename(runs.socket)
    assert "it started cold" not in warm[2]
    assert warm[0] == cold[0], cold[2]
    assert essence(warm[1]) == essence(cold[1])
    assert _timeless(warm[2]) == _timeless(cold[2])


def _timeless(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if not any(word in line for word in ("delta", "start:", "end:")))


def test_what_the_worker_has_read_is_read_again_when_it_has_changed(
    runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path
) -> None:
    file = runs.folder / "project" / runs.book("says", PLAYBOOKS["says"])
    as_it_was = file.stat().st_mtime_ns
    file.write_text(file.read_text().replace("here", "away"))
    os.utime(file, ns=(as_it_was, as_it_was))
    assert runs.message("playbooks/says.yml", cold=no_cold) == "here"
    os.utime(file)
    assert runs.message("playbooks/says.yml", cold=no_cold) == "away"


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
    assert _timeless(ahead[2]) == _timeless(cold[2])


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


def test_nothing_leaks_from_a_hostile_run_into_the_next(runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path) -> None:
    look = runs.book("look", "debug: {msg: \"{{ 'x' | seen }}\"}")
    spoil = runs.book("spoil", "debug: {msg: \"{{ 'bad' | spoil }}\"}")
    before = runs.message(look, cold=no_cold)
    assert runs.message(spoil, cold=no_cold) == "bad"
    assert runs.message(look, cold=no_cold) == before
    assert before[0] is None


def test_a_run_gets_its_own_environment_and_folder(runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path) -> None:
    book = runs.book("told", "debug: {msg: \"{{ lookup('env', 'OF_THIS_RUN') }}\"}")
    assert runs.message(book, cold=no_cold, envvars={"OF_THIS_RUN": "one"}) == "one"
    assert runs.message(book, cold=no_cold) == ""


def test_a_run_with_other_settings_than_the_workers_starts_cold(
    runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path
) -> None:
    book = runs.book("other", "debug: {msg: here}")
    _, _, output = runs.run(book, no_cold, envvars={"ANSIBLE_FORKS": "3"})
    assert "it started cold" in output


def test_without_a_worker_runs_start_cold(runs: Runs) -> None:
    assert runs.message(runs.book("alone", "debug: {msg: here}")) == "here"


def test_a_run_whose_worker_dies_is_done_again_cold(runs: Runs, worker: "subprocess.Popen[bytes]") -> None:
    marks = runs.folder / "marks"
    book = runs.book("slow", f"shell: {{cmd: echo x >> {marks}; sleep 1}}")

    def kill() -> bool:
        if marks.exists() and worker.poll() is None:
            worker.kill()
        return False

    status, _, output = runs.run(book, cancel_callback=kill)
    assert status == "successful", output


def test_a_cancelled_run_leaves_no_process(runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path) -> None:
    mark = runs.folder / "started"
    book = runs.book("long", f"shell: {{cmd: 'echo $$ > {mark}; sleep 300'}}")
    status, _, output = runs.run(book, no_cold, cancel_callback=mark.exists)
    assert status == "canceled", output
    pid = int(mark.read_text())
    until(lambda: not _is_alive(pid), 10)
    assert worker.poll() is None


def _is_alive(pid: int) -> bool:
    try:
        return "sleep" in Path(f"/proc/{pid}/cmdline").read_text() or "sh" in Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_worker_that_has_served_its_runs_begins_anew_and_keeps_whoever_waits(runs: Runs, no_cold: Path) -> None:
    process = runs.start_worker("1")
    book = runs.book("again", "debug: {msg: here}")
    try:
        for _ in range(3):
            assert runs.message(book, cold=no_cold) == "here"
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_nobody_else_can_ask_the_worker(runs: Runs, worker: "subprocess.Popen[bytes]") -> None:
    runs.socket.chmod(0o777)
    for folder in (runs.socket.parent, *runs.socket.parents):
        with suppress(PermissionError):
            if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
                folder.chmod(0o755)
    # The worker may hang up before the question is sent, while it is, or after: none of them is an answer.
    ask = (
        "import os, socket, sys; os.setuid(65534); s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "s.sendall(b'x' * 8); sys.exit(0 if s.recv(1) == b'' else 1)"
    )
    asked = subprocess.run([sys.executable, "-c", ask, str(runs.socket)], capture_output=True, text=True, timeout=20, check=False)
    was_hung_up_on = any(name in asked.stderr for name in ("ConnectionResetError", "BrokenPipeError"))
    assert asked.returncode == 0 or was_hung_up_on, asked.stderr
    assert worker.stderr is not None
    assert b"Somebody else" in worker.stderr.readline()


def test_a_message_that_is_none_does_not_end_the_worker(runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path) -> None:
    import socket

    for nonsense in (b"", b"\0" * 8, b"\xff" * 100):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(runs.socket))
            stranger.sendall(nonsense)
    assert runs.message(runs.book("after", "debug: {msg: here}"), cold=no_cold) == "here"


def test_sigterm_ends_the_worker_and_its_runs(runs: Runs, worker: "subprocess.Popen[bytes]", no_cold: Path) -> None:
    worker.send_signal(signal.SIGTERM)
    until(lambda: worker.poll() is not None, 5)
    assert "it started cold" in runs.run(runs.book("end", "debug: {msg: here}"), no_cold)[2]
