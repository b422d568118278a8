"""What every test may use; sockets are shut in unit tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.support.deployment import ECHO_KEY, Deployment, bring_up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's kind is the folder it lies in."""
    for item in items:
        kind = item.path.parent.name
        if kind in ("unit", "contract", "browser", "molecule"):
            item.add_marker(kind)
        if kind in ("contract", "browser", "molecule"):
            # These machines are shared and noisy: what fails on the real engine gets one more try, and pytest says so.
            item.add_marker(pytest.mark.flaky(reruns=1))


class _Apart(LoadScopeScheduling):
    """Beside the tests on the real engine, which stay together in their order, run the unit tests, file by file."""

    def _split_scope(self, nodeid: str) -> str:
        kind = Path(nodeid.partition("::")[0]).parent.name
        return "engine" if kind in ("contract", "browser", "molecule") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """For `pytest --numprocesses`."""
    return _Apart(config, log)


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
def deployment() -> Iterator[Deployment]:
    """One real deployment for all tests of a session; WERKBANK_KEEP=1 leaves it for the next."""
    there = bring_up()
    there.publish_echo()
    there.wait_for_service(there.admin(), ECHO_KEY)
    yield there
    if not os.environ.get("WERKBANK_KEEP"):
        done = there.make("clean-data", input=f"{there.stack}\n", timeout=600)
        if done.returncode:
            print("The tests' deployment could not be removed; the next session removes it.", done.stdout[-2000:])
