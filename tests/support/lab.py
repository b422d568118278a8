"""Two hosts of a swarm of their own, as containers of this machine's engine (tests/lab)."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.porter_services import DockerPorterServices
from controlplane.porter.remote import RemotePorters
from controlplane.ports import Order, Outcome
from controlplane.settings import Settings
from controlplane.spec import tags_of, variables
from tests.support.deployment import CACHE, ROOT, one_at_a_time, until

DOCKER = "/usr/bin/docker"
NAME = "werkbank-lab-files"
# There once the images of the lab's hosts are (tests/molecule/conftest.py).
USED = CACHE / "lab"
# A name that no registry answers to: an engine asks it, and uses what it has when that fails at once.
IMAGE = "127.0.0.1:9382/werkbank-lab-files/base:1"
# Reached from here, and content with a registry of a test's.
_OPTIONS = "-H unix:///var/lib/docker/engine.sock --insecure-registry=0.0.0.0/0"
_PLATFORMS = [{"name": f"{NAME}-{number}", "engine": True} for number in (1, 2)]


@dataclass
class LabHost:
    """One of the hosts; its engine answers at a socket on its disk, which is a volume of this machine's engine."""

    name: str
    socket: Path

    @property
    def engine(self) -> docker.APIClient:
        """For looking and doing."""
        return docker.APIClient(base_url=f"unix://{self.socket}", version="auto", timeout=30)

    def make_volume(self, name: str) -> str:
        """A volume, as a node's container has made it; its folder on the host."""
        self.run("docker", "volume", "create", name)
        folder = self.run("docker", "volume", "inspect", "--format", "{{ .Mountpoint }}", name)
        self.run("chown", "1000:100", folder)
        return folder

    def shell(self, folder: str, command: str) -> str:
        """What a node would do there."""
        return _run(DOCKER, "exec", "--workdir", folder, self.name, "sh", "-ec", command)

    def run(self, *command: str) -> str:
        """A command on it; its output."""
        return _run(DOCKER, "exec", self.name, *command)


@dataclass
class Lab:
    """The swarm: a manager, where a director would be, and a worker."""

    manager: LabHost
    worker: LabHost
    worker_id: str
    provisioner: AnsibleProvisioner
    settings: Settings

    @property
    def stack(self) -> str:
        """The deployment's name."""
        return self.settings.stack

    @property
    def gateway(self) -> str:
        """The address at which its hosts reach this machine."""
        return _run(DOCKER, "network", "inspect", "--format", "{{ (index .IPAM.Config 0).Gateway }}", NAME)

    @contextmanager
    def worker_made(self, availability: str) -> Iterator[None]:
        """Drained or paused, as long as the block lasts."""
        self.manager.run("docker", "node", "update", "--availability", availability, self.worker_id)
        try:
            yield
        finally:
            self.manager.run("docker", "node", "update", "--availability=active", self.worker_id)

    def cut_off_the_worker(self) -> None:
        """No network for it."""
        self.worker.run("ip", "link", "set", "eth0", "down")

    def bring_the_worker_back(self) -> None:
        """Into the network and the swarm."""
        self.worker.run("ip", "link", "set", "eth0", "up")
        # Or it waits ever longer between two tries to join.
        self.worker.run("systemctl", "restart", "docker")
        until(lambda: self._state() == "ready", 60)

    def _state(self) -> str:
        return str(self.manager.engine.inspect_node(self.worker_id)["Status"]["State"])

    def porters_of(self, volume: str) -> int:
        """How many are at work on a volume."""
        return len(self.worker.run("docker", "ps", "--quiet", "--filter", f"volume={volume}").split())

    def dial(self, address: str, port: int) -> socket.socket:
        """A connection from where the director would be: from a container on the porters' network."""
        ours, theirs = socket.socketpair()
        command = [DOCKER, f"--host=unix://{self.manager.socket}", "exec", "--interactive", "relay", "python3", "-c", _RELAY]
        with theirs:
            process = subprocess.Popen([*command, address, str(port)], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
        threading.Thread(target=process.wait, daemon=True).start()
        return ours


_RELAY = """
import os, socket, sys, threading
far = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1)
far.settimeout(None)
def back():
    try:
        while data := far.recv(1 << 16):
            while data:
                data = data[os.write(1, data):]
    finally:
        os._exit(0)
threading.Thread(target=back, daemon=True).start()
while data := os.read(0, 1 << 16):
    far.sendall(data)
os._exit(0)
"""


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr[-1000:]}"
    return done.stdout.strip()


def remote_on(lab: Lab, folder: Path, services: DockerPorterServices | None = None) -> RemotePorters:
    """Porters as the director of ``lab.stack`` would have them, with the real playbook."""

    def write(order: Order) -> Outcome:
        told = variables(order, lab.settings) | {"node_service_socket": str(lab.manager.socket)}
        return lab.provisioner.run("playbooks/node_apply.yml", told, lambda _: None, tags=tags_of(told))

    return RemotePorters(lab.stack, services or services_on(lab), write, folder, lab.dial)


def services_on(lab: Lab, image: str = IMAGE) -> DockerPorterServices:
    """What the swarm shows of them."""
    return DockerPorterServices(lab.stack, image, f"unix://{lab.manager.socket}")


@contextmanager
def lab_swarm(folder: Path) -> Iterator[Lab]:
    """Both hosts, with the base image as their only one, and the network of a deployment's porters."""
    with one_at_a_time("engine"):
        USED.touch()
        _remove()
        _create()
    settings = Settings(stack="lab", project_dir=ROOT, runner_dir=folder, database_url=f"sqlite:///{folder}/rows.db")
    provisioner = AnsibleProvisioner(settings)
    provisioner.warm_up()
    try:
        yield _joined(provisioner, settings)
    finally:
        provisioner.close()
        _remove()


def _create() -> None:
    told = json.dumps({"molecule_yml": {"platforms": _PLATFORMS}, "lab_name": NAME, "ansible_python_interpreter": sys.executable})
    environment = os.environ | {"ANSIBLE_ROLES_PATH": str(ROOT / "roles"), "ANSIBLE_LOCALHOST_WARNING": "false"}
    command = [Path(sys.executable).parent / "ansible-playbook", "tests/lab/create.yml", "-e", told]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def _remove() -> None:
    """All that has the lab's label, as tests/lab/destroy.yml does."""
    label = f"label=werkbank.lab={NAME}"
    for kind, ls, rm in (("container", "ls --all", "rm --force --volumes"), ("volume", "ls", "rm"), ("network", "ls", "rm")):
        if found := _run(DOCKER, kind, *ls.split(), "--quiet", "--filter", label).split():
            _run(DOCKER, kind, *rm.split(), *found)


def _joined(provisioner: AnsibleProvisioner, settings: Settings) -> Lab:
    manager, worker = (LabHost(each["name"], _disk(each["name"]) / "engine.sock") for each in _PLATFORMS)
    for host in (manager, worker):
        host.run(
            "sh",
            "-c",
            "echo 'DOCKER_OPTS=\"-H unix:///var/lib/docker/engine.sock --insecure-registry=0.0.0.0/0\"' > /etc/default/docker",
        )
        host.run("systemctl", "restart", "docker")
    _load_image(manager, worker)
    manager.run("docker", "swarm", "init", "--advertise-addr", _address(manager))
    token = manager.run("docker", "swarm", "join-token", "--quiet", "worker")
    worker.run("docker", "swarm", "join", "--advertise-addr", _address(worker), "--token", token, _address(manager))
    lab = Lab(manager, worker, str(worker.engine.info()["Swarm"]["NodeID"]), provisioner, settings)
    network = f"{lab.stack}_porters"
    manager.run("docker", "network", "create", "--driver=overlay", "--attachable", "--internal", network)
    manager.run("docker", "run", "--detach", "--init", "--name=relay", "--network", network, IMAGE, "sleep", "infinity")
    return lab


def _load_image(*hosts: LabHost) -> None:
    """The base image of the lab's hosts."""
    image = _run(DOCKER, "images", "--format", "{{ .Repository }}:{{ .Tag }}", "werkbank-lab/base").split()[0]
    ways = " ".join(f">({DOCKER} exec --interactive {host.name} docker load --quiet)" for host in hosts)
    _run("bash", "-c", f"{DOCKER} save {image} | tee {ways} | tail --bytes=1 > /dev/null")
    for host in hosts:
        until(lambda host=host: host.run("docker", "images", "--quiet", image), 60)  # type: ignore[misc]
        host.run("docker", "tag", image, IMAGE)


def _disk(name: str) -> Path:
    return Path(_run(DOCKER, "volume", "inspect", "--format", "{{ .Mountpoint }}", f"{name}-docker"))


def _address(host: LabHost) -> str:
    return _run(DOCKER, "inspect", "--format", "{{ range .NetworkSettings.Networks }}{{ .IPAddress }}{{ end }}", host.name)
