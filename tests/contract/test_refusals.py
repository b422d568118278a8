"""What cannot work ends with a sentence that says what to do, and the next `make up` goes on from there."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.certificates import authority, issue, written
from tests.support.deployment import ROOT, Deployment, make


@pytest.fixture
def other(deployment: Deployment, tmp_path: Path) -> Iterator[Path]:
    """The .env of a deployment that never comes to be; fails the test if anything of it did."""
    file = tmp_path / "env"
    file.write_text(deployment.env_file.read_text())
    for name, value in {"STACK": "werkbank-never", "PORT": "9191", "REGISTRY_PORT": "9192"}.items():
        setting(file, f"WERKBANK_{name}", value)
    yield file
    engine, label = deployment.engine, "werkbank.stack=werkbank-never"
    left = [engine.services(filters={"label": label}), engine.networks(filters={"label": label})]
    left += [engine.volumes(filters={"label": label})["Volumes"] or []]
    assert left == [[], [], []]


def setting(file: Path, name: str, value: str) -> None:
    """Write one setting anew."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{name}=")]
    file.write_text("\n".join([*lines, f"{name}={value}"]) + "\n")


def refused(*arguments: str, **told: str) -> str:
    """What a `make` that fails says."""
    done = subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))} | told,
        text=True,
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    return said


def refused_play(env_file: Path, playbook: str, **settings: object) -> str:
    """What a playbook that fails says."""
    extra = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
    done = subprocess.run(
        [str(ROOT / ".venv/bin/ansible-playbook"), playbook, *extra],
        cwd=ROOT,
        env=os.environ | {"WERKBANK_ENV_FILE": str(env_file), "ANSIBLE_STDOUT_CALLBACK": "steps"},
        text=True,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode != 0, done.stdout + done.stderr
    return done.stderr


def test_a_bad_value_is_named_before_anything_happens(other: Path) -> None:
    setting(other, "WERKBANK_LEASE_GRACE", "soon")
    said = refused("up", f"ENV_FILE={other}")
    assert "WERKBANK_LEASE_GRACE must be 10 to 86400 seconds, not 'soon'." in said
    assert "nothing was changed" in said


def test_a_certificate_with_anothers_key_is_refused_before_anything_happens(other: Path, tmp_path: Path) -> None:
    for name in ("own", "others"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, issue(authority()))
    setting(other, "WERKBANK_TLS_CERTIFICATE", str(tmp_path / "own/fullchain.pem"))
    setting(other, "WERKBANK_TLS_KEY", str(tmp_path / "others/key.pem"))
    said = refused("up", f"ENV_FILE={other}")
    assert f"The key {tmp_path}/others/key.pem belongs to another certificate" in said
    assert "Nothing was changed" in said
    assert "docker_engine" not in said


@pytest.mark.parametrize("name", ["WERKBANK_PORT", "WERKBANK_REGISTRY_PORT"])
def test_a_port_in_use_is_named_before_anything_is_built(other: Path, name: str) -> None:
    with closing(socket.create_server(("0.0.0.0", 0))) as holder:
        port = holder.getsockname()[1]
        setting(other, name, str(port))
        said = refused("up", f"ENV_FILE={other}")
    assert f"Port {port} of " in said
    assert "nothing was changed" in said
    assert f"choose another {name}" in said
    assert "service_image" not in said


def test_a_mirror_that_cannot_be_reached_is_named(other: Path) -> None:
    setting(other, "WERKBANK_DEBIAN_MIRROR", "http://127.0.0.1:9/debian")
    said = refused_play(other, "playbooks/base.yml")
    assert "see whether http://127.0.0.1:9/debian can be reached" in said


def test_an_engine_that_does_not_answer_is_named(other: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        settings = {"docker_engine_socket": tmp_path / "silent.sock", "docker_engine_answer_seconds": 1}
        said = refused_play(other, "playbooks/engine.yml", **settings)
    assert "gave no answer within 1 s" in said
    assert "restart it" in said


def test_another_engine_is_not_followed(other: Path) -> None:
    said = refused("up", f"ENV_FILE={other}", DOCKER_HOST="tcp://192.0.2.1:2375")
    assert "DOCKER_HOST names the engine tcp://192.0.2.1:2375" in said
    assert "unset DOCKER_HOST" in said


def test_a_disk_without_room_is_named(other: Path) -> None:
    said = refused_play(other, "playbooks/engine.yml", docker_engine_minimum_free_gib=1_000_000)
    assert "GiB free, and 1000000 GiB are wanted: make room" in said


def test_data_of_another_env_is_left_alone(deployment: Deployment, other: Path) -> None:
    setting(other, "WERKBANK_STACK", deployment.stack)
    setting(other, "WERKBANK_DATABASE_PASSWORD", "of-another-clone")
    said = refused("up", f"ENV_FILE={other}")
    assert "was made with another .env" in said
    assert "nothing was changed" in said


def interrupt(deployment: Deployment, play: str, by: signal.Signals) -> None:
    """Begin a `make up`, and end it a second into a play."""
    going = subprocess.Popen(
        ["make", "up", f"ENV_FILE={deployment.env_file}"],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert going.stdout
    assert any(line.rstrip().endswith(f"── {play}") for line in going.stdout), "it ended before"
    time.sleep(1)
    os.killpg(going.pid, by)
    going.stdout.close()
    assert going.wait(60) != 0


def test_an_up_that_was_interrupted_again_and_again_is_gone_on_with_by_the_next(deployment: Deployment) -> None:
    interrupt(deployment, "Swarm", signal.SIGINT)
    interrupt(deployment, "Images in the registry", signal.SIGKILL)
    interrupt(deployment, "Platform", signal.SIGINT)
    done = make("up", f"ENV_FILE={deployment.env_file}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert make("status", f"ENV_FILE={deployment.env_file}").returncode == 0
