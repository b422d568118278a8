"""What contract tests share."""

from collections.abc import Iterator

import pytest

from tests.support.lab import Lab, lab_swarm


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A swarm of two hosts of its own."""
    with lab_swarm(tmp_path_factory.mktemp("lab")) as swarm:
        yield swarm
