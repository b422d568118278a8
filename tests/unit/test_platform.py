"""Hosts and deployments: who may be drained, what a plan says, and that it is applied as shown or not at all."""

import http.client
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from controlplane import deployments, drift
from controlplane.cluster import Machine, Part, Placed, moved, why_not_drain
from controlplane.database import newest_schema
from controlplane.errors import BadInput, SwarmUnreadable
from controlplane.job_kinds import KINDS
from controlplane.jobs_model import JobState
from controlplane.platform import Platform
from controlplane.ports import Outcome
from controlplane.settings import Settings
from tests.support.fakes import FakeCluster, image
from tests.unit.conftest import Time, World
from tests.unit.test_api import Visitor, visitors  # noqa: F401  fixtures
from tests.unit.test_jobs import Desk
from webapp.director import Outside, create_app
from webapp.platform import views

H1, H2 = "a" * 12, "b" * 12
HERE = Machine(H1, "host-1", "manager", "ready", "active", "10.0.0.1", "26.1.5", True, 2, 8 * 2**30)
THERE = Machine(H2, "host-2", "manager", "ready", "active", "10.0.0.2", "26.1.5", False, 4, 8 * 2**30)
KNOWS = {deployments.SCHEMA_LABEL: newest_schema()}
# As `make up` deploys them: by digest alone.
OLD, NEW = (
    replace(each, image=deployments.by_digest(each.image, each.digest))
    for each in (image("werkbank/web", "0a1b", **KNOWS), image("werkbank/web", "2c3d", **KNOWS))
)
PARTS = [Part("web", "s1", 7, OLD.image), Part("director", "s2", 8, "127.0.0.1:1/werkbank/director:1@sha256:1")]


class Shop(Desk):
    """A desk with the platform's own kinds, two parts and a swarm that does what it is told."""

    def __init__(self, world: World, settings: Settings):
        super().__init__(world, settings, *KINDS.values())
        cluster: Any = world.adapters.cluster
        self.cluster: FakeCluster = cluster
        self.cluster.deployed, self.cluster.found = list(PARTS), [HERE, THERE]
        world.push(OLD, NEW)
        self.is_obeyed = True
        self.provisioner.plays["upgrade.yml"] = self.upgrade

    def upgrade(self, extravars: dict[str, Any]) -> Outcome:
        """What the role tells; the director's run changes the swarm, unless it only checks (then nobody obeys)."""
        told = []
        for item in extravars["platform_parts_images"]:
            part = next(each for each in self.cluster.deployed if each.name == item["name"])
            is_changed = part.image != item["image"] or bool(item["says"])
            told.append(
                {"name": part.name, "from": part.image, "to": item["image"], "is_changed": is_changed, "settings": item["says"]}
            )
            if self.is_obeyed:
                settings = item["settings"] or part.settings
                self.change(part.name, image=item["image"], version=part.version + 1, update="completed", settings=settings)
        return Outcome(True, told={"parts": told})

    def change(self, name: str, **what: Any) -> None:
        """Somebody changes a part."""
        self.cluster.deployed = [replace(part, **what) if part.name == name else part for part in self.cluster.deployed]

    def plan(self, **inputs: Any) -> str:
        """A plan; nothing changes."""
        self.is_obeyed = False
        plan = self.ask("deploy-plan", **(inputs or {"images": {"web": NEW.image}}))
        self.work()
        self.is_obeyed = True
        return plan

    def images(self) -> dict[str, str]:
        """What the parts have."""
        return {part.name: part.image for part in self.cluster.deployed}


@pytest.fixture
def shop(world: World, settings: Settings) -> Shop:
    """Web in an old version; the registry has a new one."""
    return Shop(world, settings)


# Hosts --------------------------------------------------------------------------------------------------------------


def test_a_host_with_pinned_parts_is_not_drained() -> None:
    pinned = replace(HERE, tasks=(Placed("w_postgres", "running", "postgres", is_pinned=True),))
    assert "postgres can run on no other host" in str(why_not_drain(pinned, (pinned, THERE)))


def test_the_last_active_manager_is_not_drained_and_another_may_be() -> None:
    worker = replace(THERE, role="worker")
    assert "last active manager" in str(why_not_drain(HERE, (HERE, worker)))
    assert "last active manager" in str(why_not_drain(HERE, (HERE, replace(THERE, availability="drain"))))
    assert why_not_drain(HERE, (HERE, THERE)) is None
    assert why_not_drain(worker, (HERE, worker)) is None


def test_the_nodes_that_move_are_those_of_this_deployment_that_run() -> None:
    tasks = (
        Placed("n1", "running", node_id="n1"),
        Placed("n2", "failed", node_id="n2"),
        Placed("n3", "running", node_id="n3", is_ours=False),
        Placed("w_web", "running", "web"),
    )
    assert moved(replace(HERE, tasks=tasks)) == ["n1"]


def test_draining_is_a_job_and_refused_by_the_director_too(shop: Shop) -> None:
    job_id = shop.ask("host", host=H2, availability="drain")
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED
    assert shop.provisioner.played[-1] == ("playbooks/host.yml", {"host_id": H2, "host_availability": "drain"})
    shop.cluster.found = [HERE]
    refused = shop.ask("host", host=H1, availability="drain")
    unknown = shop.ask("host", host="gone", availability="active")
    shop.work()
    assert "last active manager" in str(shop.job(refused).message)
    assert "no such host" in str(shop.job(unknown).message)
    assert len(shop.provisioner.played) == 1


@pytest.mark.parametrize(
    "inputs", [{}, {"host": H1}, {"host": H1, "availability": "pause"}, {"host": 1, "availability": "drain"}, {"x": 1}]
)
def test_a_host_takes_an_availability_and_nothing_else(shop: Shop, inputs: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        shop.ask("host", **inputs)


# Deployments --------------------------------------------------------------------------------------------------------


def test_a_plan_names_what_changes_and_no_node_and_changes_nothing(shop: Shop) -> None:
    job = shop.job(shop.plan())
    assert job.state == JobState.SUCCEEDED
    assert job.result is not None
    assert job.result["nodes"] == []
    [row] = job.result["parts"]
    assert (row["name"], row["from"], row["to"], row["is_restarted"]) == ("web", OLD.image, NEW.image, True)
    assert shop.images()["web"] == OLD.image


def test_a_plan_is_applied_as_it_was_shown_and_recorded(shop: Shop) -> None:
    job_id = shop.ask("deploy", plan=shop.plan())
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED
    assert shop.images()["web"] == NEW.image
    with shop.world.database.begin() as session:
        [row] = deployments.list_deployments(session)
    assert (row.images, row.by, row.job_id, row.outcome) == (shop.images(), "ada@werkbank.example", job_id, "succeeded")


@pytest.mark.parametrize("what", [{"version": 99}, {"image": "127.0.0.1:1/werkbank/director:2"}, {"service": "new"}])
def test_a_plan_is_refused_when_the_world_moved_since(shop: Shop, what: dict[str, Any]) -> None:
    plan = shop.plan()
    shop.change("director", **what)
    job_id = shop.ask("deploy", plan=plan)
    shop.work()
    assert (shop.job(job_id).state, shop.job(job_id).message) == (JobState.FAILED, deployments.MOVED)
    assert shop.images()["web"] == OLD.image


def test_a_plan_cannot_be_applied_twice_and_what_is_no_plan_not_at_all(shop: Shop) -> None:
    plan = shop.plan()
    first, second, none = shop.ask("deploy", plan=plan), shop.ask("deploy", plan=plan), shop.ask("deploy", plan="x")
    for _ in range(3):
        shop.work()
    assert [shop.job(each).state for each in (first, second, none)] == ["succeeded", "failed", "failed"]


def test_a_part_that_was_changed_while_the_plan_was_made_makes_it_worthless(shop: Shop) -> None:
    told = {"name": "web", "from": "something else", "to": NEW.image, "is_changed": True}
    shop.provisioner.plays["upgrade.yml"] = lambda _: Outcome(True, told={"parts": [told]})
    job_id = shop.ask("deploy", plan=shop.plan())
    shop.work()
    assert shop.job(job_id).message == deployments.MOVED


def test_an_image_is_deployed_in_the_form_of_make_up_however_it_was_named(shop: Shop) -> None:
    for name in (f"127.0.0.1:1/werkbank/web:{NEW.tag}", f"127.0.0.1:1/werkbank/web:{NEW.tag}@{NEW.digest}"):
        shop.plan(images={"web": name})
        assert shop.provisioner.played[-1][1]["platform_parts_images"][0]["image"] == NEW.image
    part = shop.cluster.deployed[0]
    assert [option["image"] for option in deployments.options(part, shop.world.adapters.registry)] == [OLD.image, NEW.image]


@pytest.mark.parametrize(
    ("schema", "says"), [("0001", "older than migration"), (None, "older than migration"), ("9999", "Choose the director")]
)
def test_a_version_that_does_not_know_the_database_as_it_is_is_refused(shop: Shop, schema: str | None, says: str) -> None:
    other = image("werkbank/web", "4e5f", **({deployments.SCHEMA_LABEL: schema} if schema else {}))
    shop.world.push(other)
    plan = shop.plan(images={"web": other.image})
    assert shop.job(plan).state == JobState.FAILED
    assert says in str(shop.job(plan).message)
    assert not shop.provisioner.played


def test_a_newer_version_comes_with_the_director_that_knows_its_database(shop: Shop) -> None:
    newer = {deployments.SCHEMA_LABEL: "9999"}
    web, director = image("werkbank/web", "4e5f", **newer), image("werkbank/director", "4e5f", **newer)
    shop.world.push(web, director)
    assert shop.job(shop.plan(images={"web": web.image, "director": director.image})).state == JobState.SUCCEEDED


def test_a_run_that_failed_midway_is_recorded_with_who_asked_for_it(shop: Shop) -> None:
    plan = shop.plan()

    def fail(_: dict[str, Any]) -> Outcome:
        shop.change("web", image=NEW.image, version=8)
        return Outcome(False, "The new gateway did not become healthy; the swarm went back to the old one.")

    shop.provisioner.plays["upgrade.yml"] = fail
    job_id = shop.ask("deploy", plan=plan)
    shop.work()
    deployments.note_outside(shop.world.database, shop.cluster)
    assert "gateway did not become healthy" in str(shop.job(job_id).message)
    with shop.world.database.begin() as session:
        [row] = deployments.list_deployments(session)
    assert (row.by, row.outcome, row.images["web"]) == ("ada@werkbank.example", "failed", NEW.image)


def test_a_run_that_failed_without_a_change_is_no_deployment(shop: Shop) -> None:
    deployments.note_outside(shop.world.database, shop.cluster)
    plan = shop.plan()
    shop.provisioner.plays["upgrade.yml"] = lambda _: Outcome(False, "The engine refused it.")
    shop.ask("deploy", plan=plan)
    shop.work()
    with shop.world.database.begin() as session:
        assert [row.by for row in deployments.list_deployments(session)] == [deployments.OUTSIDE]


def test_patience_begins_when_the_run_has_ended(shop: Shop, time: Time) -> None:
    plan = shop.plan()

    def take_long(_: dict[str, Any]) -> Outcome:
        time.pass_by(minutes=7)
        shop.change("web", image=NEW.image, version=8, update="updating")
        return Outcome(True, told={})

    shop.provisioner.plays["upgrade.yml"] = take_long
    job_id = shop.ask("deploy", plan=plan)
    shop.work()
    assert shop.job(job_id).state == JobState.RUNNING
    shop.change("web", update="completed")
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED


def test_the_director_that_deploys_itself_is_judged_by_the_next_one(shop: Shop) -> None:
    plan = shop.plan()
    job_id = shop.ask("deploy", plan=plan)
    shop.cut_off(job_id, run_id="r")
    shop.work()
    assert shop.job(job_id).state == JobState.RUNNING
    shop.change("web", image=NEW.image, update="updating")
    shop.work()
    assert shop.job(job_id).state == JobState.RUNNING
    shop.change("web", update="completed")
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED


def test_a_part_that_the_swarm_took_back_fails_the_deployment(shop: Shop) -> None:
    job_id = shop.ask("deploy", plan=shop.plan())
    shop.cut_off(job_id, run_id="r")
    shop.change("web", update="rollback_completed")
    shop.work()
    assert "web did not become healthy" in str(shop.job(job_id).message)
    with shop.world.database.begin() as session:
        assert [row.outcome for row in deployments.list_deployments(session)] == ["failed"]


def test_a_deployment_that_never_comes_about_ends(shop: Shop, time: Time) -> None:
    job_id = shop.ask("deploy", plan=shop.plan())
    shop.cut_off(job_id, run_id="r")
    time.pass_by(minutes=7)
    shop.work()
    assert "web did not run as planned" in str(shop.job(job_id).message)


def test_what_runs_can_be_named_by_its_digest_alone(shop: Shop) -> None:
    shop.change("web", image=deployments.by_digest(OLD.image, OLD.digest))
    job_id = shop.ask("deploy", plan=shop.plan(images={"web": deployments.by_digest(OLD.image, NEW.digest)}))
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED
    assert shop.images()["web"] == f"127.0.0.1:1/werkbank/web@{NEW.digest}"


def test_the_director_and_the_database_are_changed_last(shop: Shop) -> None:
    shop.cluster.deployed.append(Part("postgres", "s3", 9, OLD.image))
    images = {part.name: part.image for part in shop.cluster.deployed}
    shop.plan(images=images)
    items = shop.provisioner.played[-1][1]["platform_parts_images"]
    assert [(item["name"], item["is_last"]) for item in items] == [("web", False), ("postgres", True), ("director", True)]


def test_only_images_of_the_part_that_the_registry_has_are_planned(shop: Shop) -> None:
    other = shop.plan(images={"director": NEW.image})
    gone = shop.plan(images={"web": "127.0.0.1:1/werkbank/web:gone"})
    forged = shop.plan(images={"web": "127.0.0.1:1/werkbank/web@sha256:0"})
    foreign = shop.plan(images={"web": NEW.image.replace("127.0.0.1:1", "evil.example")})
    assert "no image of the part" in str(shop.job(other).message)
    assert "no image of the part" in str(shop.job(foreign).message)
    for each in (gone, forged):
        assert "The registry has no image" in str(shop.job(each).message)
    assert shop.provisioner.played == []


@pytest.mark.parametrize(
    "inputs",
    [{}, {"images": {"x": "y"}}, {"images": {"web": 1}}, {"images": [1]}, {"deployment": 1}, {"mend": 1}, {"mend": False}],
)
def test_a_plan_takes_images_of_parts_or_a_deployment(shop: Shop, inputs: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        shop.ask("deploy-plan", **inputs)


def test_what_was_deployed_otherwise_is_noted_once_and_can_be_gone_back_to(shop: Shop) -> None:
    database, cluster = shop.world.database, shop.cluster
    for _ in range(2):
        deployments.note_outside(database, cluster)
    shop.ask("deploy", plan=shop.plan())
    shop.work()
    deployments.note_outside(database, cluster)
    with database.begin() as session:
        newest, oldest = deployments.list_deployments(session)
    assert (oldest.by, oldest.images["web"], newest.images["web"]) == (deployments.OUTSIDE, OLD.image, NEW.image)
    shop.ask("deploy", plan=shop.plan(deployment=oldest.id))
    shop.work()
    assert shop.images()["web"] == OLD.image


def test_parts_that_are_being_changed_are_not_noted_yet(shop: Shop) -> None:
    shop.change("web", update="updating")
    deployments.note_outside(shop.world.database, shop.cluster)
    with shop.world.database.begin() as session:
        assert deployments.list_deployments(session) == []


def test_the_last_ten_deployments_are_kept(shop: Shop, time: Time) -> None:
    with shop.world.database.begin() as session:
        for number in range(12):
            time.pass_by(seconds=1)
            deployments.record(session, {"web": Part("web", "s", number, f"image {number}")}, "ada@werkbank.example")
        found = deployments.list_deployments(session, 100)
    assert [row.images["web"] for row in found] == [f"image {number}" for number in range(11, 1, -1)]


# Settings that were changed by hand ---------------------------------------------------------------------------------


def given(grace: str = "120") -> dict[str, Any]:
    """Settings of a part."""
    container = {"Env": [f"WERKBANK_LEASE_GRACE={grace}"], "Image": "r/web:1"}
    return drift.settings_of({"Name": "u_web", "TaskTemplate": {"ContainerSpec": container, "ForceUpdate": 3}})


def deployed(shop: Shop) -> None:
    """`make up` has given web its settings, and the director has seen them."""
    shop.change("web", settings=given(), deployed="0a1b")
    deployments.note_settings(shop.world.database, shop.cluster)


def test_a_setting_that_was_changed_by_hand_is_said_and_mended_with_the_next_plan(shop: Shop) -> None:
    deployed(shop)
    shop.change("web", settings=given("10"), version=8)
    plan = shop.plan(mend=True)
    assert shop.job(plan).result["parts"] == [
        {
            "name": "web",
            "from": OLD.image,
            "to": OLD.image,
            "is_changed": True,
            "is_restarted": True,
            "settings": ["variable WERKBANK_LEASE_GRACE is 10, was 120"],
        }
    ]
    job_id = shop.ask("deploy", plan=plan)
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED
    assert (shop.cluster.deployed[0].settings, shop.images()["web"]) == (given(), OLD.image)


def test_a_plan_of_other_versions_mends_what_was_changed_by_hand_as_well(shop: Shop) -> None:
    deployed(shop)
    shop.change("web", settings=given("10"), version=8)
    job_id = shop.ask("deploy", plan=shop.plan())
    shop.work()
    assert shop.job(job_id).state == JobState.SUCCEEDED
    assert (shop.cluster.deployed[0].settings, shop.images()["web"]) == (given(), NEW.image)


def test_a_deployment_that_leaves_a_changed_setting_is_not_over(shop: Shop) -> None:
    deployed(shop)
    shop.change("web", settings=given("10"), version=8)
    job_id = shop.ask("deploy", plan=shop.plan(mend=True))
    shop.cut_off(job_id, run_id="r")
    shop.work()
    assert shop.job(job_id).state == JobState.RUNNING


def test_settings_of_another_deploy_are_no_drift(shop: Shop) -> None:
    deployed(shop)
    shop.change("web", settings=given("30"), deployed="2c3d", version=8)
    plan = shop.plan()
    assert shop.job(plan).result["parts"][0]["settings"] == []
    deployments.note_settings(shop.world.database, shop.cluster)
    shop.change("web", settings=given("120"), version=9)
    assert shop.job(shop.plan()).result["parts"][0]["settings"] == ["variable WERKBANK_LEASE_GRACE is 120, was 30"]


def test_parts_that_an_older_deploy_made_are_left_alone(shop: Shop) -> None:
    deployments.note_settings(shop.world.database, shop.cluster)
    shop.change("web", settings=given("10"))
    assert deployments.drifted(shop.world.database, deployments.ours(shop.cluster)) == {}


def test_differences_are_said_in_words_and_no_secret_is() -> None:
    was = {
        "TaskTemplate": {"ContainerSpec": {"Env": ["A=1", "B=2"], "Mounts": [{"Type": "volume", "Source": "v", "Target": "/s"}]}}
    }
    was["TaskTemplate"] |= {"Resources": {"Limits": {"MemoryBytes": 2**29, "NanoCPUs": 2 * 10**9}}}
    is_now: dict[str, Any] = {"TaskTemplate": {"ContainerSpec": {"Env": ["A=1", "DB_PASSWORD=hidden"], "User": "root"}}}
    is_now["TaskTemplate"] |= {"Resources": {"Limits": {"MemoryBytes": 2**30, "NanoCPUs": 2 * 10**9}}}
    assert drift.words(was, is_now) == [
        'TaskTemplate.ContainerSpec.User was added ("root")',
        "memory limit is 1024 MiB, was 512 MiB",
        "mount /s is missing",
        "variable B is missing",
        "variable DB_PASSWORD was added",
    ]
    other = {"TaskTemplate": {"ContainerSpec": {"Env": ["DB_PASSWORD=other"]}}}
    assert "hidden" not in str(drift.words(is_now, other)) + str(drift.words(other, is_now))
    assert drift.words({"Env": ["DB_PASSWORD=a"]}, {"Env": ["DB_PASSWORD=a"]}) == []


# The API ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The director's own interface; `web` reaches it."""
    platform = Platform(shop.world.adapters, settings, shop.world.database)
    app = create_app(settings, shop.world.database, Outside(lambda: None, logs=lambda *_: (), platform=platform))
    client = app.test_client()

    def ask(path: str, **_: float) -> Any:
        answer = client.get(path)
        if answer.status_code != 200:
            raise SwarmUnreadable(answer.json["error"]["message"])
        return answer.json["data"]

    monkeypatch.setattr(views, "ask_director", ask)
    return client


@pytest.fixture
def admin(world: World, settings: Settings) -> Visitor:
    """Ada, with her browser."""
    visitor = Visitor(world.database, settings)
    assert visitor.log_in("ada@werkbank.example").status_code == 200
    return visitor


def test_hosts_name_their_nodes_and_why_they_cannot_be_drained(shop: Shop, admin: Visitor, asked: FlaskClient) -> None:
    node_id = shop.world.add_node()
    shop.cluster.found = [replace(HERE, tasks=(Placed("n", "running", node_id=node_id),)), replace(THERE, role="worker")]
    host, _ = admin.get("/hosts").json["data"]
    assert [(node["project"], node["owner"]) for node in host["moves"]] == [("Bone plate study", "ada@werkbank.example")]
    assert host["tasks"][0]["node"]["id"] == node_id
    assert "last active manager" in host["cannot_drain"]
    refused = admin.post(f"/hosts/{H1}/availability", availability="drain")
    assert (refused.status_code, refused.json["error"]["message"]) == (409, host["cannot_drain"])
    assert admin.post(f"/hosts/{H2}/availability", availability="drain").status_code == 202
    assert admin.post("/hosts/none/availability", availability="drain").status_code == 404


def test_parts_show_what_the_registry_has_for_them(shop: Shop, admin: Visitor, asked: FlaskClient) -> None:
    director, web = sorted(admin.get("/parts").json["data"], key=lambda part: part["name"])
    assert [(option["tag"], option["is_current"]) for option in web["options"]] == [("0a1b", True), ("2c3d", False)]
    # By digest alone, as the deploy names them: the same image has one name, and is no change.
    assert [option["image"] for option in web["options"]] == [f"127.0.0.1:1/werkbank/web@{each.digest}" for each in (OLD, NEW)]
    assert director["options"] == []
    registry: Any = shop.world.adapters.registry
    registry.is_away = True
    assert "registry" in admin.get("/parts").json["data"][0]["problem"]


def test_a_swarm_that_cannot_be_read_is_said_in_a_sentence(shop: Shop, admin: Visitor, asked: FlaskClient) -> None:
    shop.cluster.is_away = True
    for path in ("/hosts", "/parts"):
        answer = admin.get(path)
        assert answer.status_code == 503
        assert "did not answer" in answer.json["error"]["message"]


def test_a_director_that_is_away_is_said_in_a_sentence(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: http.client.HTTPConnection) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(http.client.HTTPConnection, "connect", refuse)
    assert admin.get("/hosts").status_code == 503


def test_hosts_parts_and_deployments_are_for_administrators(visitors: tuple[Visitor, Visitor]) -> None:  # noqa: F811
    ada, bob = visitors
    assert [bob.get(path).status_code for path in ("/hosts", "/parts", "/deployments")] == [403] * 3
    assert bob.post(f"/hosts/{H1}/availability", availability="drain").status_code == 403
    assert ada.get("/deployments").json["data"] == []
