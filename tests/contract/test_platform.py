"""The platform as a whole, through its gateway: what works, and what must not."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from controlplane import accounts
from tests.support.deployment import ECHO_KEY, Deployment, Person, presence, until


@dataclass
class Running:
    """A project of the administrator's with a node that runs."""

    person: Person
    project_id: str
    node: Any

    def ask(self, **query: str) -> Any:
        """Send the node on an errand; what it answers."""
        answer = self.person.page(self.node["url"], params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def start_echo(person: Person, name: str) -> Running:
    """A new project with the echo service, running."""
    project_id = person.call("POST", "/projects", {"name": name})["id"]
    node = person.add_node(project_id, ECHO_KEY)
    return Running(person, project_id, person.wait_for(project_id, node["id"], "running"))


@pytest.fixture(scope="module")
def admin(deployment: Deployment) -> Person:
    """The first login."""
    return deployment.admin()


@pytest.fixture(scope="module")
def running(deployment: Deployment, admin: Person) -> Iterator[Running]:
    """One node that runs while this module's tests do, because a tab is open."""
    there = start_echo(admin, "echo")
    with presence(deployment, there.project_id):
        yield there
    admin.call("DELETE", f"/projects/{there.project_id}")


def test_every_part_is_there_and_healthy(deployment: Deployment) -> None:
    services = deployment.engine.services(filters={"label": [f"werkbank.stack={deployment.stack}", "werkbank.part"]}, status=True)
    counts = {service["Spec"]["Labels"]["werkbank.part"]: service["ServiceStatus"]["RunningTasks"] for service in services}
    assert counts == dict.fromkeys(("authentication", "director", "gateway", "postgres", "registry", "web"), 1)
    assert requests.get(f"{deployment.url}/healthz", timeout=5).status_code == 200


def test_only_the_gateway_and_the_registry_publish_a_port(deployment: Deployment, running: Running) -> None:
    services = deployment.engine.services(filters={"label": f"werkbank.stack={deployment.stack}"})
    publishing = {service["Spec"]["Name"] for service in services if service["Endpoint"].get("Ports")}
    assert publishing == {f"{deployment.stack}_gateway", f"{deployment.stack}_registry"}


def test_everything_of_the_deployment_carries_its_label(deployment: Deployment, running: Running) -> None:
    engine, prefix = deployment.engine, f"{deployment.stack}_"
    named = [n for n in engine.networks() if n["Name"].startswith(prefix)]
    named += [v for v in engine.volumes()["Volumes"] if v["Name"].startswith(prefix)]
    labels = [thing["Labels"] for thing in named]
    labels += [s["Spec"]["Labels"] for s in engine.services() if s["Spec"]["Name"].startswith(prefix)]
    labels += [s["Spec"]["Labels"] for s in engine.secrets() if s["Spec"]["Name"].startswith(prefix)]
    assert len(labels) > 15
    assert all((label or {}).get("werkbank.stack") == deployment.stack for label in labels)


@pytest.mark.parametrize("part", ["authentication", "director", "gateway", "postgres", "registry", "web"])
def test_a_part_runs_without_root_without_capabilities_and_on_a_read_only_root(deployment: Deployment, part: str) -> None:
    container = deployment.engine.inspect_container(deployment.container(**{"werkbank.part": part}))
    user = subprocess.run(
        ["/usr/bin/docker", "exec", container["Id"], "sh", "-c", "grep ^Uid: /proc/[1-9]*/status | awk '$2 == 0' | wc -l"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert container["HostConfig"]["ReadonlyRootfs"]
    assert container["HostConfig"]["CapDrop"] == ["ALL"]
    assert container["Config"]["User"] not in ("", "root", "0")
    assert container["HostConfig"]["Memory"] > 0
    assert user.returncode == 0


def test_no_secret_is_in_an_environment_a_label_or_a_command(deployment: Deployment, running: Running) -> None:
    # The certificate's key is a file; here is only where it lies.
    named = {name: value for name, value in deployment.values.items() if name.endswith(("_PASSWORD", "_KEY"))}
    secrets = [value for name, value in named.items() if name != "WERKBANK_TLS_KEY"]
    assert all(secrets)
    engine = deployment.engine
    told = str(engine.services(filters={"label": f"werkbank.stack={deployment.stack}"})) + str(
        [engine.inspect_container(c["Id"]) for c in engine.containers(filters={"label": f"werkbank.stack={deployment.stack}"})]
    )
    assert not [secret for secret in secrets if secret in told]


def test_a_nodes_page_is_told_where_it_is_and_nothing_of_the_session(deployment: Deployment, running: Running) -> None:
    running.person.session.cookies.set("other", "1")
    answer = running.ask()
    assert answer["path"].startswith(running.node["url"].rstrip("/"))
    assert answer["environment"]["SIMCORE_NODE_BASEPATH"] == running.node["url"].rstrip("/")
    assert answer["environment"]["SIMCORE_NODE_UUID"] == running.node["id"]
    cookie = answer["headers"].get("Cookie", "")
    assert "other=1" in cookie
    assert "werkbank_session" not in cookie


def test_a_bearer_token_is_not_handed_to_a_node(running: Running) -> None:
    token = running.person.call("POST", "/tokens", {"name": "test"})["token"]
    answer = requests.get(f"{running.person.url}{running.node['url']}", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 200
    assert token not in answer.text


def test_no_page_of_a_node_opens_without_a_session_that_may_see_it(deployment: Deployment, running: Running) -> None:
    url = f"{deployment.url}{running.node['url']}"
    assert requests.get(url, timeout=10).status_code == 401
    assert requests.get(url, cookies={"werkbank_session": "guessed"}, timeout=10).status_code == 401
    person = requests.get(url, headers={"Sec-Fetch-Mode": "navigate"}, allow_redirects=False, timeout=10)
    assert person.headers["Location"].startswith("/login?next=/x/")
    traversal = requests.get(f"{deployment.url}/x/{'0' * 24}/../{running.node['url']}", timeout=10)
    assert "SIMCORE_NODE_UUID" not in traversal.text


@pytest.mark.parametrize("part", ["authentication", "director", "gateway", "postgres", "registry", "web"])
def test_a_node_reaches_no_part_of_the_platform(deployment: Deployment, running: Running, part: str) -> None:
    ports = {"authentication": 8000, "director": 8001, "gateway": 8080, "postgres": 5432, "registry": 5000, "web": 8000}
    container = deployment.engine.inspect_container(deployment.container(**{"werkbank.part": part}))
    for network, settings in container["NetworkSettings"]["Networks"].items():
        for port in {ports[part], 8082, 8083}:
            said = running.ask(reach=f"{settings['IPAddress']}:{port}")["reach"]
            assert said.startswith("not reached"), f"{part} at {network}: {said}"
    for name in (part, f"{deployment.stack}_{part}", f"tasks.{deployment.stack}_{part}"):
        assert running.ask(resolve=name)["resolve"].startswith("unknown"), name


def test_a_node_reaches_neither_its_host_nor_the_world(deployment: Deployment, running: Running) -> None:
    bridge = deployment.engine.inspect_network("docker_gwbridge")["IPAM"]["Config"][0]["Gateway"]
    for address in (f"{bridge}:{deployment.values['WERKBANK_PORT']}", f"{bridge}:22", "192.0.2.1:80"):
        assert running.ask(reach=address)["reach"].startswith("not reached")


def test_a_node_reaches_its_own_projects_nodes_and_no_other_projects(deployment: Deployment, running: Running) -> None:
    person = running.person
    friend = person.add_node(running.project_id, ECHO_KEY)
    friend = person.wait_for(running.project_id, friend["id"], "running")
    stranger = start_echo(person, "another project")
    try:
        assert running.ask(reach=f"echo_{friend['id']}:8888")["reach"] == "reached"
        container = deployment.engine.inspect_container(deployment.container(**{"werkbank.node": stranger.node["id"]}))
        for settings in container["NetworkSettings"]["Networks"].values():
            assert running.ask(reach=f"{settings['IPAddress']}:8888")["reach"].startswith("not reached")
        assert running.ask(resolve=f"echo_{stranger.node['id']}")["resolve"].startswith("unknown")
    finally:
        person.call("DELETE", f"/projects/{stranger.project_id}")
        person.call("DELETE", f"/projects/{running.project_id}/nodes/{friend['id']}")


def test_a_closed_nodes_service_network_and_route_are_gone_and_its_files_are_there_again(deployment: Deployment) -> None:
    there = start_echo(deployment.admin(), "close and open")
    person, path = there.person, f"/projects/{there.project_id}/nodes/{there.node['id']}"
    there.ask(write="kept")
    person.call("POST", f"{path}/stop")
    assert person.page(there.node["url"]).status_code == 410
    stopped = person.wait_for(there.project_id, there.node["id"], "stopped")
    assert (stopped["url"], stopped["reason"]) == (None, "You closed it.")
    network = f"{deployment.stack}_project_{there.project_id.replace('-', '')}"
    assert there.node["id"] not in str(deployment.node_services())
    until(lambda: network not in str(deployment.project_networks()), 20)
    person.call("POST", f"{path}/start")
    again = Running(person, there.project_id, person.wait_for(there.project_id, there.node["id"], "running"))
    assert again.node["url"] != there.node["url"]
    assert again.ask()["note"] == "kept"
    assert person.page(there.node["url"]).status_code == 410
    person.call("DELETE", f"/projects/{there.project_id}")


def test_the_very_next_request_to_a_nodes_page_after_logout_is_refused(deployment: Deployment, running: Running) -> None:
    for _ in range(5):
        person = deployment.admin()
        assert [person.page(running.node["url"]).status_code for _ in range(3)] == [200, 200, 200]
        cookies = dict(person.session.cookies)
        person.call("POST", "/auth/logout")
        assert requests.get(f"{deployment.url}{running.node['url']}", cookies=cookies, timeout=10).status_code == 401


def test_the_very_next_request_with_a_revoked_token_is_refused(deployment: Deployment, running: Running) -> None:
    token = running.person.call("POST", "/tokens", {"name": "short"})
    url, headers = f"{deployment.url}{running.node['url']}", {"Authorization": f"Bearer {token['token']}"}
    assert [requests.get(url, headers=headers, timeout=10).status_code for _ in range(3)] == [200, 200, 200]
    running.person.call("DELETE", f"/tokens/{token['id']}")
    assert requests.get(url, headers=headers, timeout=10).status_code == 401


def test_the_very_next_request_to_a_closed_nodes_page_is_refused(deployment: Deployment) -> None:
    there = start_echo(deployment.admin(), "read and close")
    assert [there.person.page(there.node["url"]).status_code for _ in range(3)] == [200, 200, 200]
    there.person.call("POST", f"/projects/{there.project_id}/nodes/{there.node['id']}/stop")
    assert there.person.page(there.node["url"]).status_code == 410
    there.person.call("DELETE", f"/projects/{there.project_id}")


def test_nobody_outside_the_platform_makes_the_gateway_forget(deployment: Deployment) -> None:
    assert requests.post(f"{deployment.url}/forget", timeout=10).status_code in (404, 405)


def test_a_node_that_nobody_watches_is_closed_after_the_grace(deployment: Deployment) -> None:
    there = start_echo(deployment.admin(), "left alone")
    node = until(
        lambda: n if (n := there.person.node(there.project_id, there.node["id"]))["state"] == "stopped" else None, 60, 0.5
    )
    assert "no tab of this project open since" in node["reason"]
    assert there.node["id"] not in str(deployment.node_services())
    there.person.call("DELETE", f"/projects/{there.project_id}")


def test_a_program_that_crashes_at_once_says_why_with_its_last_words(deployment: Deployment, admin: Person) -> None:
    deployment.publish_echo("1.0.1", broken="crash")
    deployment.wait_for_service(admin, ECHO_KEY, "1.0.1")
    project_id = admin.call("POST", "/projects", {"name": "broken"})["id"]
    node = admin.add_node(project_id, ECHO_KEY, "1.0.1")
    failed = admin.wait_for(project_id, node["id"], "failed", 40)
    assert "exit code 3" in failed["reason"]
    assert "a message that explains it" in failed["details"]
    until(lambda: node["id"] not in str(deployment.node_services()), 20)
    admin.call("DELETE", f"/projects/{project_id}")


def test_a_constraint_that_no_host_meets_is_said(deployment: Deployment, admin: Person) -> None:
    port = {"name": "ports", "type": "int", "value": 8888}
    constraint = {"name": "constraints", "type": "string", "value": ["node.labels.gpu==yes"]}
    deployment.publish_echo("1.0.2", **{"simcore.service.settings": json.dumps([port, constraint])})
    deployment.wait_for_service(admin, ECHO_KEY, "1.0.2")
    project_id = admin.call("POST", "/projects", {"name": "nowhere"})["id"]
    node = admin.add_node(project_id, ECHO_KEY, "1.0.2")
    failed = admin.wait_for(project_id, node["id"], "failed", 40)
    assert failed["cause"] == "no-host-fits"
    assert "scheduling constraints not satisfied" in failed["reason"]
    admin.call("DELETE", f"/projects/{project_id}")


def test_the_run_of_a_start_is_stored_with_its_events_and_how_to_repeat_it(running: Running) -> None:
    run = running.person.call("GET", f"/runs/{running.node['run_id']}")
    assert (run["state"], run["playbook"]) == ("succeeded", "node_apply.yml")
    assert run["command"] == "ansible-playbook playbooks/node_apply.yml -e @inputs.json"
    assert running.node["id"] in str(run["inputs"])
    events = running.person.call("GET", f"/runs/{run['id']}/events")
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert any("Services of the nodes are there" in (event["task"] or "") for event in events)


def test_running_nodes_outlive_a_killed_director(deployment: Deployment, running: Running) -> None:
    container = deployment.container(**{"werkbank.part": "director"})
    before = deployment.container(**{"werkbank.node": running.node["id"]})
    subprocess.run(["/usr/bin/docker", "kill", container], check=True, capture_output=True)

    def is_back() -> bool:
        running.person.call("POST", f"/projects/{running.project_id}/presence", {"tab": "test"})
        found = deployment.engine.containers(filters={"label": "werkbank.part=director", "health": "healthy"})
        return any(c["Labels"]["werkbank.stack"] == deployment.stack and c["Id"] != container for c in found)

    until(is_back, 60, 0.5)
    assert running.ask()["environment"]["SIMCORE_NODE_UUID"] == running.node["id"]
    assert deployment.container(**{"werkbank.node": running.node["id"]}) == before


def test_a_replaced_gateway_finds_its_way_to_the_nodes_again(deployment: Deployment, running: Running) -> None:
    subprocess.run(
        ["/usr/bin/docker", "kill", deployment.container(**{"werkbank.part": "gateway"})], check=True, capture_output=True
    )

    def is_back() -> bool:
        try:
            return running.person.page(running.node["url"]).status_code == 200
        except requests.ConnectionError:
            return False

    until(is_back, 60, 0.5)


def test_v0_starts_and_stops_a_service_with_a_published_port(deployment: Deployment, admin: Person) -> None:
    uuid = "5ae1a0b0-1111-4000-8000-000000000001"
    query = {"user_id": "1", "service_key": ECHO_KEY, "service_uuid": uuid, "service_tag": "1.0.0"}
    base, session = f"{deployment.url}/director/v0", admin.session
    made = session.post(f"{base}/running_interactive_services", params=query, timeout=120)
    assert made.status_code == 201, made.text
    service = made.json()["data"]
    assert (service["service_uuid"], service["service_version"], service["service_port"]) == (uuid, "1.0.0", 8888)
    page = requests.get(f"http://127.0.0.1:{service['published_port']}/", timeout=10)
    assert page.json()["environment"]["SIMCORE_NODE_UUID"] == uuid
    assert session.post(f"{base}/running_interactive_services", params=query, timeout=60).status_code == 409
    assert session.get(f"{base}/running_interactive_services/{uuid}", timeout=10).json()["data"] == service
    assert session.delete(f"{base}/running_interactive_services/{uuid}", timeout=60).status_code == 204
    assert session.get(f"{base}/running_interactive_services/{uuid}", timeout=10).status_code == 404


def test_a_part_is_asked_for_its_health_often_until_it_is_well_and_seldom_then(deployment: Deployment) -> None:
    mark = "/dev/shm/healthy-test"
    web = ["/usr/bin/docker", "exec", "--env", f"HEALTHY_ONCE={mark}", deployment.container(werkbank__part="web"), "bash", "-c"]

    def is_well(script: str) -> bool:
        return subprocess.run([*web, script], timeout=10, check=False).returncode == 0

    assert is_well(f"rm -f {mark}; ! healthy 8000 /api/v0/nowhere && ! [ -e {mark} ]")
    assert is_well(f"healthy 8000 /healthz && [ -e {mark} ]")
    with pytest.raises(subprocess.TimeoutExpired):
        is_well("healthy 8000 /healthz")


def test_the_directors_interface_is_shut_to_the_world(deployment: Deployment) -> None:
    assert requests.get(f"{deployment.url}/director/v0/services", timeout=10).status_code == 401
    assert requests.get(f"{deployment.url}/gate/admin", timeout=10).headers["Content-Type"].startswith("text/html")
    assert requests.get(f"{deployment.url}/_gate/admin", timeout=10).status_code == 404


def test_passwords_are_kept_as_argon2_hashes() -> None:
    assert accounts._NOBODY.startswith("$argon2id$")


def test_a_second_make_up_changes_nothing(deployment: Deployment) -> None:
    done = deployment.make("up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed=0 failed=0" in done.stdout


def test_another_env_is_told_whose_data_this_is(deployment: Deployment, tmp_path: Any) -> None:
    other = tmp_path / "env"
    other.write_text(deployment.env_file.read_text().replace("WERKBANK_DATABASE_PASSWORD=", "WERKBANK_DATABASE_PASSWORD=other"))
    other.chmod(0o600)
    done = Deployment(other, deployment.values).make("up")
    assert done.returncode != 0
    assert "was made with another .env" in done.stdout + done.stderr
    assert requests.get(f"{deployment.url}/healthz", timeout=5).status_code == 200


def test_status_shows_the_parts_and_logs_show_their_words(deployment: Deployment) -> None:
    status = deployment.make("status")
    assert f"{deployment.stack}_web" in status.stdout
    assert "answers: 200" in status.stdout
    assert "The director is ready" in deployment.make("logs", "PART=director").stdout
