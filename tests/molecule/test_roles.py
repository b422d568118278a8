"""Every role is a promise with a public face, and Molecule proves it on a real engine."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.molecule.conftest import USED

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
# What takes longest comes first, so that no worker waits for the other at the end.
LONGEST = ("docker_engine", "swarm_member", "registry", "stack")
PROVEN = sorted(
    (role for role in ROLES if (ROOT / "roles" / role / "molecule/default/molecule.yml").exists()),
    key=lambda role: LONGEST.index(role) if role in LONGEST else len(LONGEST),
)
FACE = (
    "README.md",
    "defaults/main.yml",
    "meta/argument_specs.yml",
    "molecule/default/molecule.yml",
    "molecule/default/converge.yml",
    "molecule/default/verify.yml",
)
_SECONDS = 900
_LINES = 80


def run(log: Path, *command: str, cwd: Path) -> int | None:
    """The exit code of one of the environment's programs, its output in ``log``; ``None`` if it took too long and was ended."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    # Ansible's settings come from the scenario, not from whoever calls the tests.
    environment = {name: value for name, value in environment.items() if not name.startswith(("ANSIBLE_", "MOLECULE_"))}
    with (
        log.open("w") as output,
        subprocess.Popen(
            [BIN / command[0], *command[1:]], cwd=cwd, env=environment, stdout=output, stderr=output, start_new_session=True
        ) as program,
    ):
        try:
            return program.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            # Whatever it started ends with it, also when the tests are interrupted.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)


def end_of(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LINES:])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_a_public_face_and_a_proof(role: str) -> None:
    missing = [part for part in FACE if not (ROOT / "roles" / role / part).is_file()]
    assert not missing, f"roles/{role} lacks {', '.join(missing)}"


@pytest.mark.timeout(2 * _SECONDS)
@pytest.mark.parametrize("role", PROVEN)
def test_a_role_keeps_its_promise(engine: None, role: str, tmp_path: Path) -> None:
    USED.touch()
    log = tmp_path / "molecule.log"
    code = run(log, "molecule", "test", cwd=ROOT / "roles" / role)
    if code is None:
        run(tmp_path / "destroy.log", "molecule", "destroy", cwd=ROOT / "roles" / role)
    assert code == 0, f"{'took longer than ' + str(_SECONDS) + ' s' if code is None else code}\n{end_of(log)}"
