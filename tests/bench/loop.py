"""One look of the loop when nothing is due, with many nodes against few; on a fake swarm, for only the loop is meant."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controlplane import catalogue, nodes, projects
from controlplane.accounts import add_user
from controlplane.database import Database
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from tests.bench.figures import Row, against, timed
from tests.support.deployment import Deployment
from tests.support.fakes import fake_adapters

ROUNDS = 5
MANY, FEW = 1000, 100


def measure(deployment: Deployment) -> dict[str, Row]:
    """Ten times the nodes should cost at most ten times the look."""
    with idle_loop(MANY) as many, idle_loop(FEW) as few:
        pairs = [(timed(many.look), timed(few.look)) for _ in range(ROUNDS)]
    looks, limits = ([pair[place] for pair in pairs] for place in (0, 1))
    return {"idle_look": against(f"an idle look at {MANY} nodes", looks, f"at {FEW} nodes", limits)}


@contextmanager
def idle_loop(count: int) -> Iterator[Reconciler]:
    """A loop over a database with so many nodes, all of which run."""
    with tempfile.TemporaryDirectory(prefix="werkbank-bench-") as folder:
        database, adapters = Database(f"sqlite:///{Path(folder) / 'rows.db'}"), fake_adapters()
        database.migrate()
        catalogue.refresh(database, adapters.registry)
        with database.begin() as session:
            project = projects.add_project(session, add_user(session, "bench@werkbank.example", "only for this file"), "bench")
            for _ in range(count):
                nodes.add_node(session, project, "simcore/services/dynamic/echo", "1.0.0")
        reconciler = Reconciler(database, adapters, Settings(stack="bench"))
        for _ in range(4):
            reconciler.look()
            reconciler.join()
        yield reconciler
        reconciler.close()
        database.engine.dispose()
