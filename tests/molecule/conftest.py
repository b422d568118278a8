"""Scenarios with hosts of their own share images; when all have ended, somebody turns off the light."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.deployment import CACHE, ROOT

# There once a scenario has begun.
USED = CACHE / "lab"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What starts the workers of a session, or is the only one, ends last."""
    if hasattr(session.config, "workerinput") or not USED.exists():
        return
    clean = [Path(sys.executable).parent / "ansible-playbook", "tests/lab/clean.yml"]
    done = subprocess.run(clean, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        print("The images of the lab's hosts could not be removed; the next session removes them.", done.stdout[-2000:])
    else:
        USED.unlink()
