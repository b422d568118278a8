"""What every test may use; sockets are shut in unit tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.support.deployment import ECHO_KEY, ROOT, Deployment, bring_up, one_at_a_time

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What takes longest comes first, so that no worker waits for the other at the end; what needs an engine and no deployment
# comes when the deployment has most likely been set up.
KINDS = ("contract", "browser", "unit", "apart", "molecule")
# Debian's Chromium; the flags keep it from calling home, and let it take a certificate made for another name than this host's.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
]


def _turn(file: Path) -> str:
    """A file's kind; "apart" for contract tests that never name a deployment: they may run beside it."""
    kind = file.parent.name
    return "apart" if kind == "contract" and "Deployment" not in file.read_text() else kind


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's kind is the folder it lies in."""
    for item in items:
        kind = item.path.parent.name
        item.add_marker(kind)
        if kind != "unit":
            # These machines are shared and noisy: what fails on the real engine gets one more try, and pytest says so.
            item.add_marker(pytest.mark.flaky(reruns=1))
    turns = {file: KINDS.index(_turn(file)) for file in {item.path for item in items}}
    items.sort(key=lambda item: turns[item.path])


class _Apart(LoadScopeScheduling):
    """The tests on the real deployment stay together, one after the other; beside them run all others: unit tests and
    contract tests without a deployment (or on a swarm of their own) file by file, then the proofs of the roles one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        match _turn(ROOT / file):
            case "contract" | "browser":
                return "deployment"
            case "molecule":
                return nodeid
            case _:
                return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """For `pytest --numprocesses`."""
    config.option.loadscopereorder = False
    return _Apart(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A rerun hides nothing: why the first try failed is said, too."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"first try of {report.nodeid}", sep="-")
        terminalreporter.line(report.longreprtext[-3_000:])
        for name, text in report.sections:
            terminalreporter.line(f"{name}:\n{text[-3_000:]}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests meet no network."""
    if item.get_closest_marker("unit"):
        from pytest_socket import disable_socket

        disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Others may."""
    from pytest_socket import enable_socket

    enable_socket()


@pytest.fixture(scope="session")
def engine() -> None:
    """An engine that is a swarm; beside a deployment that is being set up, once that is done."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory/local"]
    command += ["playbooks/engine.yml", "playbooks/swarm.yml"]
    # Ansible's settings come from the checkout, not from whoever calls the tests.
    told = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    with one_at_a_time("engine"):
        done = subprocess.run(command, cwd=ROOT, env=told, text=True, capture_output=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]


@pytest.fixture(scope="session")
def deployment() -> Iterator[Deployment]:
    """One real deployment for all tests of a session; WERKBANK_KEEP=1 leaves it for the next."""
    with one_at_a_time("engine"):
        there = bring_up()
    there.publish_echo()
    there.wait_for_service(there.admin(), ECHO_KEY)
    yield there
    if not os.environ.get("WERKBANK_KEEP"):
        done = there.make("clean-data", input=f"{there.stack}\n", timeout=600)
        if done.returncode:
            print("The tests' deployment could not be removed; the next session removes it.", done.stdout[-2000:])


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, without a window; one for all tests, for Playwright begins once in a process."""
    from playwright.sync_api import sync_playwright

    program = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
    if program is None:
        pytest.fail("Chromium is not there. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield chromium
        chromium.close()
