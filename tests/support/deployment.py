"""A real deployment for tests: its own name, ports, .env and data, made by `make up` and removed at the end."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import docker
import requests
import urllib3
from filelock import BaseFileLock, FileLock

from controlplane.deploy.address import here
from controlplane.deploy.environment import ensure, read

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "test"
ECHO_KEY = "simcore/services/dynamic/echo"
# Sessions side by side on one machine choose other names and ports.
_PORT = int(os.environ.get("WERKBANK_TEST_PORT", "9181"))
SETTINGS = {
    "WERKBANK_STACK": os.environ.get("WERKBANK_TEST_STACK", "werkbank-test"),
    "WERKBANK_PORT": str(_PORT),
    "WERKBANK_REGISTRY_PORT": str(_PORT + 1),
    "WERKBANK_LEASE_GRACE": "15",
    # More than any host has: what an image asks for comes to the engine.
    "WERKBANK_NODE_MEMORY_MAX_MIB": "10000000",
    # Services are published from repositories that the tests serve.
    "WERKBANK_GIT_PROTOCOLS": "https,git",
    # Room for slots of the tests' own small services, and for none of JupyterLab.
    "WERKBANK_SLOTS_MEMORY_MIB": "600",
}
Found = TypeVar("Found")
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def until(look: Callable[[], Found], seconds: float = 60, pause: float = 0.1) -> Found:
    """What ``look`` gives as soon as it gives something true. Raises ``AssertionError`` with the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(pause)


@dataclass
class Person:
    """Somebody who uses the API."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        # A host asks itself: its certificate is for the name that people use.
        self.session.verify = self.url.startswith("http://")

    def log_in(self, email: str, password: str) -> "Person":
        """Open a session."""
        answer = self.call("POST", "/auth/login", {"email": email, "password": password})
        self.session.headers["X-CSRF-Token"] = answer["csrf_token"]
        return self

    def call(self, method: str, path: str, body: Any = None, expect: int | None = None) -> Any:
        """One call of /api/v0; its data. Raises ``AssertionError`` for an unexpected code."""
        answer = self.session.request(method, f"{self.url}/api/v0{path}", json=body, timeout=30)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        else:
            assert answer.ok, f"{answer.status_code} {answer.text}"
        return answer.json()["data"] if answer.content else None

    def page(self, path: str, **options: Any) -> requests.Response:
        """One request at the gateway."""
        return self.session.get(f"{self.url}{path}", timeout=30, allow_redirects=False, **options)

    def node(self, project_id: str, node_id: str) -> Any:
        """The node as the API shows it."""
        return self.call("GET", f"/projects/{project_id}/nodes/{node_id}")

    def add_node(self, project_id: str, key: str, version: str = "1.0.0") -> Any:
        """A node on the canvas."""
        return self.call("POST", f"/projects/{project_id}/nodes", {"service_key": key, "service_version": version})

    def wait_for(self, project_id: str, node_id: str, state: str, seconds: float = 90) -> Any:
        """The node once it is in a state; a failure on the way is an error at once."""

        def look() -> Any:
            node = self.node(project_id, node_id)
            assert state == "failed" or node["state"] != "failed", node
            self.call("POST", f"/projects/{project_id}/presence", {"tab": "test"})
            return node if node["state"] == state else None

        return until(look, seconds)


@contextmanager
def presence(deployment: "Deployment", project_id: str) -> Iterator[None]:
    """An open tab, as long as the block lasts."""
    person, gone = deployment.admin(), threading.Event()

    def be_there() -> None:
        """As a page does: what does not answer soon is asked again."""
        while not gone.wait(3):
            with suppress(requests.RequestException):
                url = f"{person.url}/api/v0/projects/{project_id}/presence"
                person.session.post(url, json={"tab": "presence"}, timeout=3)

    thread = threading.Thread(target=be_there, daemon=True)
    thread.start()
    yield
    gone.set()
    thread.join()


@dataclass
class Deployment:
    """A deployment that runs."""

    env_file: Path
    values: dict[str, str]

    @property
    def stack(self) -> str:
        """Its name."""
        return self.values["WERKBANK_STACK"]

    @property
    def url(self) -> str:
        """Where its gateway is."""
        return here(self.values)

    @property
    def registry(self) -> str:
        """Its registry, as engines name it."""
        return f"127.0.0.1:{self.values['WERKBANK_REGISTRY_PORT']}"

    @property
    def engine(self) -> docker.APIClient:
        """This machine's engine, for looking."""
        return docker.APIClient(version=_api_version(), timeout=30)

    def admin(self) -> Person:
        """The first login."""
        return Person(self.url).log_in(self.values["WERKBANK_ADMIN_EMAIL"], self.values["WERKBANK_ADMIN_PASSWORD"])

    def node_services(self, project_id: str | None = None) -> list[Any]:
        """The swarm's services of its nodes and slots, or of the nodes of one project."""
        project = [f"werkbank.project={project_id}"] if project_id else []
        return self.engine.services(filters={"label": [f"werkbank.stack={self.stack}", "werkbank.node", *project]})

    def project_networks(self) -> list[Any]:
        """The networks of its projects."""
        return self.engine.networks(filters={"label": [f"werkbank.stack={self.stack}", "werkbank.project"]})

    def container(self, **labels: str) -> str:
        """The id of the one running container with these labels."""
        wanted = [f"{name.replace('__', '.')}={value}" for name, value in labels.items()]
        wanted.append(f"werkbank.stack={self.stack}")
        return str(self.engine.containers(filters={"label": wanted, "status": "running"})[0]["Id"])

    def make(self, target: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """One of the checkout's make targets on this deployment."""
        return make(target, f"ENV_FILE={self.env_file}", *arguments, **options)

    def publish_echo(
        self, version: str = "1.0.0", key: str = ECHO_KEY, broken: str = "", command: str = "", **labels: str
    ) -> None:
        """Put a test service into its registry; ``command`` replaces the program that the image starts."""
        dockerfile = (ROOT / "tests/support/echo/Dockerfile").read_text() + (f'CMD ["{command}"]\n' if command else "")
        labels = {"simcore.service.paths-mapping": '{"state_paths": ["/state"]}'} | labels
        self.publish(key, version, dockerfile.replace("ARG BROKEN=\n", f"ARG BROKEN={broken}\n"), **labels)

    def publish(self, key: str, version: str, dockerfile: str, **labels: str) -> None:
        """Build a service for tests and put it into its registry."""
        from tests.support.fakes import image

        all_labels = image(key, version).labels | {"simcore.service.bootsettings": "[]", "werkbank.stack": self.stack} | labels
        reference = f"{self.registry}/{key}:{version}"
        build = ["/usr/bin/docker", "build", "--quiet", "--file", "-", "--tag", reference]
        build += ["--build-arg", f"BASE_IMAGE={self.base_image()}"]
        for name, value in all_labels.items():
            build += ["--label", f"{name}={value}"]
        told = os.environ | {"DOCKER_BUILDKIT": "1"}
        subprocess.run([*build, "."], cwd=ROOT, check=True, env=told, capture_output=True, input=dockerfile.encode())
        self.push(reference)

    def push(self, reference: str) -> None:
        """Push an image to its registry."""
        login = {"username": self.values["WERKBANK_REGISTRY_USER"], "password": self.values["WERKBANK_REGISTRY_PASSWORD"]}
        for line in self.engine.push(reference, stream=True, decode=True, auth_config=login):
            assert "error" not in line, line

    def forget_image(self, version: str, key: str = ECHO_KEY) -> None:
        """Delete a version from its registry, and from this machine's engine."""
        reference, login = (
            f"{self.registry}/{key}:{version}",
            (
                self.values["WERKBANK_REGISTRY_USER"],
                self.values["WERKBANK_REGISTRY_PASSWORD"],
            ),
        )
        digest = self.engine.inspect_image(reference)["RepoDigests"][0].partition("@")[2]
        self.engine.remove_image(reference, force=True)
        # Engines find its authority there.
        url = f"https://{self.registry}/v2/{key}/manifests/{digest}"
        answer = requests.delete(url, auth=login, verify=f"/etc/docker/certs.d/{self.registry}/ca.crt", timeout=10)
        assert answer.status_code == 202, answer.text

    def base_image(self) -> str:
        """The parent of all images."""
        tags = [tag for image in self.engine.images("werkbank/base") for tag in image["RepoTags"] or []]
        return str(tags[0])

    def wait_for_service(self, person: Person, key: str, version: str = "1.0.0") -> None:
        """Until the catalogue shows a service."""
        until(lambda: [s for s in person.call("GET", "/services") if (s["key"], s["version"]) == (key, version)], 30)


@cache
def _api_version() -> str:
    """Asked for once: an engine starts two programs to answer that, and benchmarks look at it often."""
    return str(docker.APIClient(version="auto").api_version)


def one_at_a_time(what: str) -> BaseFileLock:
    """For what processes of one test session must not do at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    return FileLock(CACHE / f"{what}.lock")


def make(target: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a make target of the checkout; its output is kept."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    options = {"capture_output": True, "text": True, "timeout": 1500} | options
    return subprocess.run(["make", target, *arguments], cwd=ROOT, env=environment, check=False, **options)


def bring_up() -> Deployment:
    """`make up` with the tests' own settings. Raises ``AssertionError`` with its output."""
    # Side by side, each has its own.
    env_file = CACHE / f"{SETTINGS['WERKBANK_STACK']}.env"
    ensure(ROOT / ".env-devel", env_file)
    if read(env_file) != read(env_file) | SETTINGS:
        lines = [line for line in env_file.read_text().splitlines() if line.split("=")[0] not in SETTINGS]
        env_file.write_text("\n".join(lines + [f"{name}={value}" for name, value in SETTINGS.items()]) + "\n")
    done = make("up", f"ENV_FILE={env_file}")
    if "was made with another .env" in done.stdout + done.stderr:
        # What an interrupted session of another checkout left behind.
        make("clean-data", f"ENV_FILE={env_file}", input=f"{SETTINGS['WERKBANK_STACK']}\n")
        done = make("up", f"ENV_FILE={env_file}")
    (CACHE / "up.log").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return Deployment(env_file, read(env_file))
