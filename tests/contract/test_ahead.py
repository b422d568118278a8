"""Images come to the hosts of a swarm before a node needs them there, by real runs of the real playbook."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docker.errors import ImageNotFound
from sqlalchemy import select, update

from controlplane import catalogue
from controlplane.adapters.host_images import DockerHostImages
from controlplane.ahead.model import HostImage
from controlplane.ahead.pulls import Ahead, list_host_images
from controlplane.database import Database
from controlplane.model import Run
from controlplane.ports import Adapters, FoundImage, Outcome
from tests.support.deployment import until
from tests.support.fakes import fake_adapters
from tests.support.lab import Lab, LabHost
from tests.support.shelf import Shelf, shelf_at


@dataclass
class Runner:
    """Runs the playbook here, for the swarm of the lab."""

    lab: Lab

    def run(self, playbook: str, extravars: dict[str, Any], *others: Any, **options: Any) -> Outcome:
        """See ``ports.Provisioner.run``."""
        told = extravars | {"images_ahead_socket": str(self.lab.manager.socket)}
        return self.lab.provisioner.run(playbook, told, *others, **options)


@dataclass
class Director:
    """What a director has of it, with rows of its own."""

    lab: Lab
    shelf: Shelf
    database: Database
    adapters: Adapters

    def ahead(self) -> Ahead:
        """One that has just begun."""
        return Ahead(self.database, self.adapters, self.lab.settings)

    def publish(self) -> FoundImage:
        """A service that nobody has seen before."""
        found = self.shelf.put(f"simcore/services/dynamic/lab-{uuid.uuid4().hex[:8]}")
        with self.database.begin() as session:
            catalogue.put(session, found)
        return found

    def row(self, image: FoundImage, host_id: str) -> HostImage | None:
        """What is known of it on a host."""
        with self.database.begin() as session:
            return session.get(HostImage, (host_id, image.digest))

    def runs(self) -> list[Run]:
        """All runs, the first first."""
        with self.database.begin() as session:
            return list(session.scalars(select(Run).order_by(Run.started_at)))


@pytest.fixture
def director(lab: Lab, tmp_path: Path) -> Iterator[Director]:
    """In a swarm without services that pull; none is left."""
    database = Database(f"sqlite:///{tmp_path}/rows.db")
    database.migrate()
    adapters = fake_adapters()
    adapters.host_images = DockerHostImages(lab.stack, f"unix://{lab.manager.socket}")
    adapters.provisioner = Runner(lab)  # type: ignore[assignment]
    assert services(lab) == []
    with shelf_at(lab.gateway) as shelf:
        yield Director(lab, shelf, database, adapters)
    assert services(lab) == []
    assert lab.worker.run("docker", "ps", "--all", "--quiet", "--filter", "label=werkbank.ahead") == ""
    database.engine.dispose()


def services(lab: Lab) -> list[str]:
    """What pulls."""
    found = lab.manager.engine.services(filters={"label": "werkbank.ahead"})
    return [service["Spec"]["Name"] for service in found]


def has(host: LabHost, image: FoundImage) -> bool:
    """Whether the host's engine has it."""
    try:
        host.engine.inspect_image(image.image)
    except ImageNotFound:
        return False
    return True


def test_after_a_push_every_host_has_the_image_and_nothing_else_is_left(lab: Lab, director: Director) -> None:
    ahead, image = director.ahead(), director.publish()
    assert not has(lab.worker, image)
    ahead.look()
    ahead.join()
    assert has(lab.worker, image)
    assert has(lab.manager, image)
    [run] = director.runs()
    assert (run.state, len(run.inputs["images_ahead_present"])) == ("succeeded", 2)
    with director.database.begin() as session:
        assert {row.state for row in list_host_images(session)} == {"here"}
    ahead.look()
    ahead.join()
    assert len(director.runs()) == 1


def test_a_drained_host_is_not_asked(lab: Lab, director: Director) -> None:
    ahead, image = director.ahead(), director.publish()
    with lab.worker_made("drain"):
        ahead.look()
        ahead.join()
    assert not has(lab.worker, image)
    assert director.row(image, lab.worker_id) is None
    ahead.look()
    ahead.join()
    assert has(lab.worker, image)


def test_an_image_that_the_registry_has_not_is_said_of_each_host(lab: Lab, director: Director) -> None:
    ahead, image = director.ahead(), director.publish()
    director.shelf.blobs.clear()
    ahead.look()
    ahead.join()
    row = director.row(image, lab.worker_id)
    assert row is not None
    assert row.state == "failed"
    assert str(row.failure).startswith("The host werkbank-lab-files-2 could not pull the image (No such image: ")
    [run] = director.runs()
    assert run.state == "failed"
    assert str(row.failure) in str(run.message)


def test_a_run_that_is_killed_in_the_middle_leaves_nothing(lab: Lab, director: Director) -> None:
    ahead, image = director.ahead(), director.publish()
    director.shelf.is_open.clear()
    ahead.look()
    until(lambda: len(services(lab)) == 2, 30)
    row = director.row(image, lab.worker_id)
    assert row is not None
    assert row.state == "pulling"
    with director.database.begin() as session:
        session.execute(update(Run).values(cancel_asked_at=row.since))
    ahead.join()
    assert len(services(lab)) == 2
    # As one that follows a director that was killed.
    following = director.ahead()
    following.look()
    following.join()
    assert services(lab) == []
    assert not has(lab.worker, image)
    director.shelf.is_open.set()


def test_a_host_that_goes_while_it_pulls_is_not_waited_for(lab: Lab, director: Director) -> None:
    ahead, image = director.ahead(), director.publish()
    director.shelf.is_open.clear()
    opens = threading.Timer(45, director.shelf.is_open.set)
    opens.start()
    ahead.look()
    until(lambda: len(services(lab)) == 2, 30)
    lab.cut_off_the_worker()
    try:
        until(lambda: len(services(lab)) == 1, 40)
    finally:
        director.shelf.is_open.set()
        opens.cancel()
        lab.bring_the_worker_back()
    ahead.join()
    row = director.row(image, lab.worker_id)
    assert row is not None
    assert "takes no tasks any more" in str(row.failure)
    assert has(lab.manager, image)
