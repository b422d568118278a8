"""Build and deploy where nothing has changed, against a playbook of as many tasks that say a word."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Row, against, in_turn, timed
from tests.support.deployment import ROOT, Deployment

ROUNDS = 3
# About what the playbooks of `make up` have for one host.
TASKS = 200
BOOK = "- hosts: localhost\n  gather_facts: false\n  tasks:\n" + TASKS * "    - debug: {msg: here}\n"


def measure(deployment: Deployment) -> dict[str, Row]:
    """All three in turn. The deployment is that of this checkout, which `make bench` has just brought up to date."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "says.yml"
        book.write_text(BOOK)
        kept = in_turn(ROUNDS, lambda: one_round(deployment, book))
    words = f"a playbook of {TASKS} tasks that say a word"
    seconds = {name: [value / 1000 for value in values] for name, values in kept.items()}
    return {
        "build": against("make build, nothing has changed", seconds["build"], words, seconds["says"], "s"),
        "up": against("make up, nothing has changed", seconds["up"], words, seconds["says"], "s"),
    }


def one_round(deployment: Deployment, book: Path) -> dict[str, float]:
    """Milliseconds of each."""
    return {
        "build": timed(lambda: make("build", deployment)),
        "up": timed(lambda: make("up", deployment)),
        "says": timed(lambda: run(str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory/local", str(book))),
    }


def make(target: str, deployment: Deployment) -> None:
    """As whoever deploys does. Raises ``CalledProcessError``."""
    run("make", "--no-print-directory", target, f"ENV_FILE={deployment.env_file}")


def run(*command: str) -> None:
    """Its output is nobody's here."""
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
