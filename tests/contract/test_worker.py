"""The warm worker: the same runs as cold ones, and nothing of one run in the next."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.deployment import until
from tests.support.runs import PLAYBOOKS, Runs, essence, timeless


@pytest.fixture
def worker(runs: Runs) -> Iterator["subprocess.Popen[bytes]"]:
    """A warm worker; a cold start is an error to these tests."""
    process = runs.start_worker()
    yield process
    process.terminate()
    process.wait(10)
    assert process.stderr is not None
    process.stderr.close()


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
    assert timeless(warm[2]) == timeless(cold[2])


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
