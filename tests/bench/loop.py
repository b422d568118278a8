"""Looks of the loop and passes of the reaper with many nodes, against few; on a fake swarm, for only the loop is meant."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from controlplane import catalogue, containers, presence, projects
from controlplane.accounts import add_user
from controlplane.clock import now
from controlplane.database import Database
from controlplane.model import Desired, Node, Observed, Project, Service, new_id, new_route
from controlplane.presence import LISTENERS
from controlplane.reaper import Reaper
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from controlplane.spec import node_specs
from tests.bench.figures import Row, against, timed
from tests.support.deployment import Deployment
from tests.support.fakes import FakeSwarm, fake_adapters

ROUNDS = 5
MANY, FEW, HOSTS, A_PROJECT = 10_000, 1_000, 500, 10
KEY, VERSION = "simcore/services/dynamic/echo", "1.0.0"


class World:
    """A loop over a database with so many nodes on so many hosts, all of which run."""

    def __init__(self, folder: Path, count: int):
        self.count = count
        self._settings = Settings(stack="bench")
        self.database, self._adapters = Database(f"sqlite:///{folder / 'rows.db'}"), fake_adapters()
        self.database.migrate()
        catalogue.refresh(self.database, self._adapters.registry)
        with self.database.begin() as session:
            self._fill(session)
        self.reconciler = Reconciler(self.database, self._adapters, self._settings)
        self.reaper = Reaper(self.database, self._adapters.prober, timedelta(seconds=120))
        self.reconciler.look()

    def _fill(self, session: Session) -> None:
        """Rows and services as a loop would have left them; one by one through the verbs it would take minutes."""
        user = add_user(session, "bench@werkbank.example", "only for this file")
        made = [projects.add_project(session, user, f"bench {number}") for number in range(self.count // A_PROJECT)]
        service = catalogue.find(session, KEY, VERSION)
        nodes = [_node(session, made[number % len(made)], service) for number in range(self.count)]
        session.add_all(nodes)
        session.flush()
        view = self._adapters.swarm.view()
        for number, node in enumerate(nodes):
            for spec in node_specs(session, node, self._settings, view):
                self._run(spec.network, node, spec, f"host-{number % HOSTS}")

    def _run(self, network: str, node: Node, spec, host: str) -> None:  # type: ignore[no-untyped-def]
        swarm = self._adapters.swarm
        assert isinstance(swarm, FakeSwarm)
        swarm.networks.add(network)
        swarm.on["gateway-1"].add(network)
        swarm.anchors["anchor-1"].add(network)
        swarm.create(spec)
        made, seen = swarm.services[spec.name]
        swarm.services[spec.name] = (made, replace(seen, host=host))

    def close_some(self, share: float) -> None:
        """Of so many nodes the service is to be closed."""
        running = select(Node.id).where(Node.desired == Desired.RUNNING).limit(int(self.count * share))
        with self.database.begin() as session:
            wish = update(Node).where(Node.id.in_(list(session.scalars(running))))
            session.execute(wish.values(desired=Desired.STOPPED, closed_because="bench"))

    def settle(self) -> None:
        """Until nothing is due any more."""
        while self.reconciler.look():
            self.reconciler.join()

    def hear(self) -> None:
        """The parts that hear people are alive, and every node's page was in use just now."""
        with self.database.begin() as session:
            for part in LISTENERS:
                presence.beat(session, part)
            session.execute(update(Node).values(used_at=now()))

    def end(self) -> None:
        """End its threads."""
        self.reconciler.close()
        self.database.engine.dispose()


def _node(session: Session, project: Project, service: Service) -> Node:
    node_id = new_id()
    wanted = containers.containers_of(session, service, node_id)
    main = containers.main_of(wanted)
    return Node(
        id=node_id,
        project_id=project.id,
        name="bench",
        service_key=KEY,
        service_version=VERSION,
        type="dynamic",
        desired=Desired.RUNNING,
        observed=Observed.RUNNING,
        route=new_route(),
        port=main.runtime.port,
        entry_point=main.runtime.entry_point,
        containers=containers.expected(wanted),
    )


@contextmanager
def world(count: int) -> Iterator[World]:
    """It, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="werkbank-bench-") as folder:
        there = World(Path(folder), count)
        yield there
        there.end()


def measure(deployment: Deployment) -> dict[str, Row]:
    """Ten times the nodes should cost at most ten times the look."""
    with world(MANY) as many, world(FEW) as few:
        idle = [(timed(many.reconciler.look), timed(few.reconciler.look)) for _ in range(ROUNDS)]
        due = [(_due(many), _due(few)) for _ in range(ROUNDS)]
        many.hear(), few.hear()
        reaps = [(timed(many.reaper.reap), timed(few.reaper.reap)) for _ in range(ROUNDS)]
    return {
        "idle_look": _row("an idle look", idle),
        "due_look": _row("a look with 1 % due", due),
        "reaper_pass": _row("a pass of the reaper", reaps),
    }


def _due(there: World) -> float:
    there.close_some(0.01)
    took = timed(there.reconciler.look)
    there.reconciler.join()
    there.settle()
    return took


def _row(what: str, pairs: list[tuple[float, float]]) -> Row:
    many, few = zip(*pairs, strict=True)
    return against(f"{what}, {MANY} nodes on {HOSTS} hosts", many, f"{FEW} nodes", few)
