"""What every test may use; sockets are shut in unit tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's kind is the folder it lies in."""
    for item in items:
        kind = item.path.parent.name
        if kind in ("unit", "contract", "browser", "molecule"):
            item.add_marker(kind)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests meet no network."""
    if item.get_closest_marker("unit"):
        from pytest_socket import disable_socket

        disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Others may."""
    from pytest_socket import enable_socket

    enable_socket()
