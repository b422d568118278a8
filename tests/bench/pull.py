"""Adding a node whose image its host has not, against pulling that image and adding a node whose image is there."""

import os
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from docker.errors import APIError

from tests.bench.figures import Row, against, in_turn, timed
from tests.bench.starts import Tab
from tests.support.deployment import Deployment, Person, until
from tests.support.fakes import image

ROUNDS = 5
# Of bytes that nothing can make smaller: a layer that this image alone has.
LAYER_MIB = 200
VERSION = "1.0.0"


class OneImage:
    """A service that answers at once, with a large layer; this machine's engine is the only host."""

    def __init__(self, deployment: Deployment):
        self._deployment, self._engine = deployment, deployment.engine
        self.key = f"simcore/services/dynamic/pull-{uuid.uuid4().hex[:8]}"
        self._reference = f"{deployment.registry}/{self.key}:{VERSION}"

    def publish(self, person: Person) -> None:
        """Into the registry, and the catalogue."""
        self._deployment.publish_echo(VERSION, self.key)
        labels = [f"--label={name}={value}" for name, value in image(self.key, VERSION).labels.items()]
        labels += ["--label=simcore.service.bootsettings=[]", f"--label=werkbank.stack={self._deployment.stack}"]
        with TemporaryDirectory() as folder:
            (Path(folder) / "large").write_bytes(os.urandom(LAYER_MIB * 1024 * 1024))
            (Path(folder) / "Dockerfile").write_text(f"FROM {self._reference}\nCOPY large /large\n")
            # By the old builder: a cache of the new one would keep the layer here.
            build = ["/usr/bin/docker", "build", "--quiet", "--tag", self._reference, *labels, folder]
            subprocess.run(build, check=True, env=os.environ | {"DOCKER_BUILDKIT": "0"}, capture_output=True)
        self._deployment.push(self._reference)
        self._deployment.wait_for_service(person, self.key)

    def remove(self) -> None:
        """From this engine: the image of this benchmark, whatever it is called, and of others nothing."""
        until(self._is_removed, 60)

    def _is_removed(self) -> bool:
        """A container of a node that was closed has it, and its layers, for a moment longer: nothing is forced."""
        with suppress(APIError):
            for each in self._engine.images(name=self._reference.rpartition(":")[0]):
                self._engine.remove_image(each["Id"])
            return True
        return False

    def pull(self) -> None:
        """Back to this engine, as `docker pull` does it."""
        values = self._deployment.values
        login = {"username": values["WERKBANK_REGISTRY_USER"], "password": values["WERKBANK_REGISTRY_PASSWORD"]}
        for line in self._engine.pull(self._reference, stream=True, decode=True, auth_config=login):
            assert "error" not in line, line

    def forget(self) -> None:
        """From the registry, too: it is nobody's service."""
        self.remove()
        self.pull()
        self._deployment.forget_image(VERSION, self.key)


class Node:
    """From the click to the page, and then it is gone."""

    def __init__(self, person: Person, project_id: str, tab: Tab, key: str):
        self._person, self._project_id, self._tab, self._key = person, project_id, tab, key

    def start(self) -> None:
        """Until its page is there."""
        self._node = self._person.add_node(self._project_id, self._key, VERSION)
        self._node = self._tab.wait_for(self._node["id"], "running")
        assert self._person.page(self._node["url"]).status_code == 200

    def stop(self) -> None:
        """Until nothing of it is left."""
        self._person.call("POST", f"/projects/{self._project_id}/nodes/{self._node['id']}/stop")
        self._tab.wait_for(self._node["id"], "stopped")
        self._person.call("DELETE", f"/projects/{self._project_id}/nodes/{self._node['id']}")


def measure(deployment: Deployment) -> dict[str, Row]:
    """Both in turn, in a project that is open. Images are pulled ahead meanwhile as always: not while a start is waited for."""
    person, own = deployment.admin(), OneImage(deployment)
    own.publish(person)
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    tab = Tab(deployment, project_id)
    try:
        kept = in_turn(ROUNDS, lambda: one_round(own, Node(person, project_id, tab, own.key)))
    finally:
        tab.close()
        person.call("DELETE", f"/projects/{project_id}?forever=true")
        own.forget()
    limits = [pulled + started for pulled, started in zip(kept["pull"], kept["start"], strict=True)]
    return {"node_pull": against("add node to first page, image not there", kept["both"], "docker pull, then the same", limits)}


def one_round(own: OneImage, node: Node) -> dict[str, float]:
    """Milliseconds of a start that pulls, of the pull alone, and of a start whose image is there."""
    own.remove()
    took = {"both": timed(node.start)}
    node.stop()
    own.remove()
    took["pull"] = timed(own.pull)
    took["start"] = timed(node.start)
    node.stop()
    return took
