"""A read of the API through the gateway, against a static file that comes the same way."""

from tests.bench.figures import Row, against, timed
from tests.support.deployment import Deployment

ROUNDS = 100


def measure(deployment: Deployment) -> dict[str, Row]:
    """Through nginx to web: the list of projects, with its session looked up, and an icon."""
    person = deployment.admin()
    reads, limits = [], []
    for _ in range(ROUNDS):
        reads.append(timed(lambda: person.call("GET", "/projects")))
        limits.append(timed(lambda: person.page("/icon.svg")))
    return {"api_read": against("a read of the API", reads, "a static file of the same part", limits)}
