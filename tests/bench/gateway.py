"""What the gateway adds: its question who may open a node's page, against the same nginx without it; and a read of the API
through it, against a static file that comes the same way."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import docker

from tests.bench.figures import Row, against, in_turn, timed
from tests.support.deployment import ROOT, Deployment, Person

READS, ROUNDS, SECONDS, AT_ONCE = 100, 5, 2, 16
KEY, VERSION = "simcore/services/dynamic/still", "1.0.0"
NAME = "werkbank-bench-wrk"
# Where the gateway's container has its nginx once more, which asks nobody.
OPEN_PORT = 18080


def measure(deployment: Deployment) -> dict[str, Row]:
    """Requests a second by wrk, within the gateway's container; and single reads from outside."""
    person = deployment.admin()
    deployment.publish(KEY, VERSION, (ROOT / "tests/bench/still_image/Dockerfile").read_text())
    deployment.wait_for_service(person, KEY)
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    url = person.wait_for(project_id, person.add_node(project_id, KEY)["id"], "running")["url"]
    gateway = deployment.container(werkbank__part="gateway")
    with _open(deployment, gateway, url), _wrk(deployment, gateway, person) as rate:
        rates = in_turn(ROUNDS, lambda: {"asking": rate(8080, url), "open": rate(OPEN_PORT, url)}, "requests/s")
    person.call("DELETE", f"/projects/{project_id}")
    page = against("requests of a node's page", rates["asking"], "the same nginx, without authorisation", rates["open"], "/s")
    return {"node_page": page, "api_read": _reads(person)}


def _reads(person: Person) -> Row:
    """Through nginx to web: the list of projects, with its session looked up, and an icon."""
    reads, limits = [], []
    for _ in range(READS):
        reads.append(timed(lambda: person.call("GET", "/projects")))
        limits.append(timed(lambda: person.page("/icon.svg")))
    return against("a read of the API", reads, "a static file of the same part", limits)


@contextmanager
def _open(deployment: Deployment, gateway: str, url: str) -> Iterator[None]:
    """The gateway's nginx a second time in its container, with its own configuration but for the question, as long as the
    block lasts: what authentication would answer is written down."""
    engine, known = deployment.engine, f"set $upstream {url.split('/')[2]}:8888; set $user bench;"
    text = _said(engine, gateway, "cat", "/tmp/nginx.conf")
    text = re.sub(r"auth_request /_gate/node;\s*(auth_request_set [^;]+;\s*)+", known, text)
    # One listener; the others, for the platform's own questions, are somewhere.
    ports = iter(range(OPEN_PORT + 1, OPEN_PORT + 100))
    text = re.sub(r"listen (?!127\.0\.0\.1:8080)[0-9.]+:[0-9]+", lambda _: f"listen 127.0.0.1:{next(ports)}", text)
    text = text.replace("listen 127.0.0.1:8080", f"listen 127.0.0.1:{OPEN_PORT}")
    text = text.replace("/tmp/nginx.pid", "/tmp/open.pid").replace("/tmp/answers", "/tmp/open-answers")
    begin = "printf %s \"$1\" > /tmp/open.conf && exec nginx -e stderr -c /tmp/open.conf -g 'daemon off;'"
    engine.exec_start(engine.exec_create(gateway, ["sh", "-c", begin, "sh", text])["Id"], detach=True)
    try:
        yield
    finally:
        _said(engine, gateway, "sh", "-c", "kill -QUIT $(cat /tmp/open.pid); rm -rf /tmp/open.conf /tmp/open-answers")


@contextmanager
def _wrk(deployment: Deployment, gateway: str, person: Person) -> Iterator[Callable[[int, str], float]]:
    """Asks for requests a second of a page at a port of the gateway's container."""
    engine, scheme = deployment.engine, deployment.url.partition(":")[0]
    container = engine.create_container(
        f"{deployment.registry}/{KEY}:{VERSION}",
        ["sleep", "1d"],
        name=NAME,
        labels={"werkbank.stack": deployment.stack},
        host_config=engine.create_host_config(network_mode=f"container:{gateway}", init=True, auto_remove=True),
    )["Id"]
    engine.start(container)
    cookie = "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)

    def rate(port: int, url: str) -> float:
        at = f"{scheme}://127.0.0.1:{port}{url}"
        words = ["wrk", "-t1", f"-c{AT_ONCE}", f"-d{SECONDS}s", "-H", f"Cookie: {cookie}", at]
        said = _said(engine, container, *words)
        assert "Non-2xx" not in said and "Socket errors" not in said, said
        return float(re.findall(r"Requests/sec:\s*([0-9.]+)", said)[0])

    try:
        yield rate
    finally:
        engine.kill(container)


def _said(engine: docker.APIClient, container: str, *words: str) -> str:
    made: Any = engine.exec_create(container, list(words))
    return bytes(engine.exec_start(made["Id"])).decode()
