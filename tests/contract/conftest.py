"""What contract tests share."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from tests.support.deployment import ROOT
from tests.support.lab import Lab, lab_swarm
from tests.support.runs import HOSTILE, PLAYBOOKS, Runs


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A swarm of two hosts of its own."""
    with lab_swarm(tmp_path_factory.mktemp("lab")) as swarm:
        yield swarm


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
def no_cold(tmp_path: Path) -> Path:
    """In place of the cold ansible-playbook: a program that fails, so that a test sees when it was needed."""
    program = tmp_path / "cold"
    program.write_text("#!/bin/sh\necho it started cold\nexit 9\n")
    program.chmod(0o755)
    return program
