"""The gateway with a certificate of its own: TLS, HTTP/2, a renewal, and back to plain HTTP."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from controlplane.deploy.address import ends, unchecked
from controlplane.deploy.environment import read
from tests.contract.test_refusals import refused, setting
from tests.support.certificates import Pair, authority, issue, written
from tests.support.deployment import ECHO_KEY, Deployment, presence

# A host asks itself: its certificate is for the name that people use.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
# More than a browser opens of connections to one place.
MANY = 8


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificate and its key are, as an infrastructure team leaves them."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def by(files: Path) -> Pair:
    """Who issues certificates here."""
    made = authority()
    written(files, issue(made))
    return made


@pytest.fixture(scope="module")
def secured(deployment: Deployment, files: Path, by: Pair) -> Iterator[Deployment]:
    """The deployment with that certificate; what follows finds it as it was."""
    before = deployment.env_file.read_text()
    setting(deployment.env_file, "WERKBANK_TLS_CERTIFICATE", str(files / "fullchain.pem"))
    setting(deployment.env_file, "WERKBANK_TLS_KEY", str(files / "key.pem"))
    try:
        said = up(deployment)
        assert f"The workbench is at https://lab.example:{deployment.values['WERKBANK_PORT']}" in said
        yield Deployment(deployment.env_file, read(deployment.env_file))
    finally:
        deployment.env_file.write_text(before)
        up(deployment)
    assert requests.get(f"{deployment.url}/healthz", timeout=5).status_code == 200
    assert not secrets(deployment), "a key that nothing uses stayed in the swarm"


def up(deployment: Deployment) -> str:
    """`make up`; what it said."""
    done = deployment.make("up")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def secrets(deployment: Deployment) -> list[str]:
    """The secrets of the swarm that hold a certificate of the gateway's, or its key."""
    named = deployment.engine.secrets(filters={"name": f"{deployment.stack}_tls_"})
    return sorted(each["Spec"]["Name"] for each in named)


def port(deployment: Deployment) -> int:
    """The gateway's."""
    return int(deployment.values["WERKBANK_PORT"])


def gateway(deployment: Deployment) -> Any:
    """Its service, as the swarm has it."""
    [service] = deployment.engine.services(filters={"name": f"{deployment.stack}_gateway"})
    return service


def shake_hands(deployment: Deployment, context: ssl.SSLContext) -> ssl.SSLSocket:
    """A connection with TLS."""
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port(deployment)), 5), server_hostname="127.0.0.1")


def test_whoever_trusts_the_authority_trusts_the_gateway_and_gets_http_2(secured: Deployment, files: Path, by: Pair) -> None:
    context = ssl.create_default_context(cafile=str(files / "fullchain.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with shake_hands(secured, context) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert connection.version() == "TLSv1.3"


def test_old_tls_is_refused(secured: Deployment) -> None:
    context = unchecked()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with shake_hands(secured, context) as connection:
        assert connection.cipher()[0].startswith("ECDHE-")  # type: ignore[index]
    context.set_ciphers("AES128-GCM-SHA256")
    with pytest.raises(ssl.SSLError):
        shake_hands(secured, context)


def test_who_comes_without_tls_is_sent_on_and_not_for_good(secured: Deployment) -> None:
    at = f"127.0.0.1:{port(secured)}"
    answer = requests.get(f"http://{at}/projects?tag=a", allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"https://{at}/projects?tag=a")
    # It would hold for every port of the host.
    assert "Strict-Transport-Security" not in secured.admin().page("/").headers


def test_the_cookie_never_goes_without_tls(secured: Deployment) -> None:
    assert [each.secure for each in secured.admin().session.cookies] == [True]


def test_parts_ask_the_gateway_and_a_node_is_told_how_people_come(secured: Deployment) -> None:
    assert f"https://lab.example:{port(secured)} answers: 200" in secured.make("status").stdout
    person = secured.admin()
    project = person.call("POST", "/projects", {"name": "tls"})["id"]
    with presence(secured, project):
        node = person.wait_for(project, person.add_node(project, ECHO_KEY)["id"], "running")
        told = person.page(node["url"], headers={"X-Forwarded-Proto": "http"}).json()["headers"]
    person.call("DELETE", f"/projects/{project}")
    assert told["X-Forwarded-Proto"] == "https"


def test_more_canvases_than_a_browser_has_connections_stay_live_over_http_2(secured: Deployment, browser: Browser) -> None:
    person = secured.admin()
    project = person.call("POST", "/projects", {"name": "tls"})["id"]
    context = browser.new_context(base_url=secured.url)
    cookies = [{"name": each.name, "value": each.value or "", "url": secured.url} for each in person.session.cookies]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    tabs = [context.new_page() for _ in range(MANY)]
    for tab in tabs:
        tab.goto(f"/projects/{project}")
        tab.get_by_test_id("palette-search").wait_for()
    assert tabs[-1].evaluate("fetch('/api/v0/auth/me').then(answer => answer.status)") == 200
    protocols = tabs[-1].evaluate("performance.getEntriesByType('resource').map(each => each.nextHopProtocol)")
    assert set(protocols) == {"h2"}
    context.close()
    person.call("DELETE", f"/projects/{project}")


def test_a_bad_pair_changes_nothing(secured: Deployment, files: Path, by: Pair) -> None:
    before, key = gateway(secured)["Version"], (files / "key.pem").read_bytes()
    written(files, issue(by, days=(-90, -1)))
    try:
        assert "ended on" in refused("up", f"ENV_FILE={secured.env_file}")
    finally:
        (files / "key.pem").write_bytes(key)
    assert "belongs to another certificate" in refused("up", f"ENV_FILE={secured.env_file}")
    assert gateway(secured)["Version"] == before
    assert secured.admin().page("/healthz").status_code == 200


def test_a_renewal_is_served_and_said_and_nobody_is_logged_out(secured: Deployment, files: Path, by: Pair) -> None:
    person, before = secured.admin(), ends(port(secured))
    written(files, issue(by, days=(-1, 20)))
    said = up(secured)
    assert "Gateway gets a new certificate: the gateway starts anew with it" in said
    assert "Certificate ends soon: 19 days are left" in said
    assert ends(port(secured)) < before
    assert person.page("/api/v0/auth/me").status_code == 200
    assert len(secrets(secured)) == 2 * len(gateway(secured)["Spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"])
