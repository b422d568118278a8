"""Publishing: what may be asked for, what the director makes of it, and which images are not pushed."""

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from controlplane import judge, publishing
from controlplane.adapters.ansible import _Listener
from controlplane.errors import BadInput
from controlplane.job_kinds import KINDS
from controlplane.jobs_model import JobState
from controlplane.ports import Event, Outcome
from controlplane.settings import Settings
from tests.support.fakes import image
from tests.unit.conftest import World
from tests.unit.test_jobs import Desk

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "service_publish"
BASE = "werkbank/base:0123456789abcdef"
DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY server.py /server.py
LABEL io.simcore.key="{\\"key\\": \\"simcore/services/dynamic/tiny\\"}" io.simcore.version="{\\"version\\": \\"1.2.3\\"}"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one service, and a folder that holds none."""
    folder = tmp_path / "checkout"
    for name, text in {"dy-tiny": DOCKERFILE, "web": "FROM scratch\n"}.items():
        (folder / "services" / name).mkdir(parents=True)
        (folder / "services" / name / "Dockerfile").write_text(text)
    (folder / "services" / "dy-tiny" / "server.py").write_text("print()\n")
    return folder


@pytest.fixture
def desk(world: World, settings: Settings, checkout: Path) -> Desk:
    """A director that knows its base image and has a checkout."""
    told = {"build_base": BASE, "checkout_dir": checkout}
    return Desk(world, settings.model_copy(update=told), *KINDS.values())


def ask(desk: Desk, **inputs: Any) -> tuple[Any, dict[str, Any]]:
    """The job once it is over, and the variables of its run."""
    job_id = desk.ask("publish", **inputs)
    desk.work()
    return desk.job(job_id), desk.provisioner.played[-1][1] if desk.provisioner.played else {}


# What may be asked for ----------------------------------------------------------------------------------------------


def test_a_folder_of_the_checkout_is_published_with_the_platforms_base_image(desk: Desk, checkout: Path) -> None:
    desk.provisioner.plays["publish.yml"] = lambda _: Outcome(True, told={"key": "k", "version": "1.2.3", "is_new": True})
    job, variables = ask(desk, folder="dy-tiny")
    assert (job.state, job.result["version"]) == (JobState.SUCCEEDED, "1.2.3")
    assert variables["service_publish_root"] == str(checkout)
    assert variables["service_publish_folder"] == "services/dy-tiny"
    assert variables["service_publish_base"] == BASE
    assert variables["service_publish_labels"] == {"werkbank.stack": desk.settings.stack}


def test_a_repository_is_published_by_its_ref_and_folder(desk: Desk) -> None:
    job, variables = ask(desk, url="https://git.example/group/tiny.git", ref="v1.2", folder="services/tiny/")
    assert job.inputs == {"url": "https://git.example/group/tiny.git", "ref": "v1.2", "folder": "services/tiny"}
    assert [variables[f"service_publish_{name}"] for name in ("url", "ref", "folder", "protocols")] == [
        "https://git.example/group/tiny.git",
        "v1.2",
        "services/tiny",
        ["https"],
    ]


def test_no_ref_means_the_repositorys_own_choice(desk: Desk) -> None:
    assert ask(desk, url="https://git.example/tiny")[1]["service_publish_ref"] == "HEAD"


@pytest.mark.parametrize("url", ["https://ada:secret@git.example/tiny", "https://token@git.example/tiny"])
def test_an_address_with_a_login_is_refused_and_not_stored(desk: Desk, url: str) -> None:
    with pytest.raises(BadInput, match="name or a password"):
        desk.ask("publish", url=url)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"folder": ""},
        {"folder": "services/dy-tiny"},
        {"folder": "../secrets"},
        {"folder": "dy-tiny", "ref": "main"},
        {"folder": 3},
        {"folder": "dy-tiny", "push": "no"},
        {"url": "file:///etc"},
        {"url": "ssh://git.example/tiny"},
        {"url": "git.example/tiny"},
        {"url": "https://git.example/tiny?token=1"},
        {"url": "https://git.example/ti ny"},
        {"url": "--upload-pack=true"},
        {"url": "https://git.example/tiny", "ref": "--force"},
        {"url": "https://git.example/tiny", "ref": "a:b"},
        {"url": "https://git.example/tiny", "ref": "a..b"},
        {"url": "https://git.example/tiny", "folder": "a/../../b"},
    ],
)
def test_what_is_no_folder_and_no_repository_is_refused(desk: Desk, inputs: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        desk.ask("publish", **inputs)


def test_a_protocol_that_the_site_does_not_allow_is_refused_before_any_run(desk: Desk) -> None:
    job, variables = ask(desk, url="git://git.example/tiny")
    assert (job.state, variables) == (JobState.FAILED, {})
    assert "WERKBANK_GIT_PROTOCOLS" in job.message


def test_a_folder_that_holds_no_service_is_refused_with_those_that_do(desk: Desk) -> None:
    job, variables = ask(desk, folder="web")
    assert (job.state, variables) == (JobState.FAILED, {})
    assert "It has: dy-tiny" in job.message


def test_a_deployment_that_does_not_know_its_base_image_builds_nothing(world: World, settings: Settings) -> None:
    job, _ = ask(Desk(world, settings, *KINDS.values()), folder="dy-tiny")
    assert "make up" in job.message


def test_a_build_that_a_crash_cut_off_is_done_anew(desk: Desk) -> None:
    job_id = desk.ask("publish", folder="dy-tiny")
    desk.cut_off(job_id, run_id="gone")
    desk.work()
    assert (desk.job(job_id).state, desk.job(job_id).attempts) == (JobState.SUCCEEDED, 2)


# Which images are not pushed ----------------------------------------------------------------------------------------


def judged(**labels: str) -> str | None:
    """What is said of a good image with some labels changed."""
    good = image("simcore/services/dynamic/tiny", "1.0.0")
    said = {"repository": good.repository, "tag": good.tag, "labels": good.labels | labels}
    return judge.reason(json.dumps(said))


def test_an_image_is_judged_as_the_catalogue_judges_it() -> None:
    assert judged() is None
    assert "io.simcore.name is not JSON text" in str(judged(**{"io.simcore.name": "no JSON"}))
    assert "The labels name" in str(judged(**{"io.simcore.version": '{"version": "2.0.0"}'}))


# What is built from what --------------------------------------------------------------------------------------------


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The plan of the role's module; Ansible gives modules what other roles share, here the test does."""
    for name, file in {
        "ansible.module_utils.service_image": ROOT / "roles/service_image/module_utils/service_image.py",
        "service_publish_plan": ROLE / "library" / "service_publish_plan.py",
    }.items():
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
    module = sys.modules["service_publish_plan"]

    def made(root: Path, folder: str = "", **options: Any) -> Any:
        return module.plan(**{"root": root, "folder": folder, "base": BASE, "target": "production", "labels": {}} | options)

    made.CannotPlan = module.CannotPlan  # type: ignore[attr-defined]
    return made


def test_the_context_is_the_folder_when_all_is_there_and_the_root_else(plan: Any, checkout: Path) -> None:
    tiny = plan(checkout, "services/dy-tiny")
    assert tiny["context"] == str(checkout / "services" / "dy-tiny")
    assert (tiny["key"], tiny["version"], tiny["args"]) == ("simcore/services/dynamic/tiny", "1.2.3", {"BASE_IMAGE": BASE})
    file = checkout / "services" / "dy-tiny" / "Dockerfile"
    file.write_text(DOCKERFILE.replace("COPY server.py", "COPY services/dy-tiny/server.py"))
    assert plan(checkout, "services/dy-tiny")["context"] == str(checkout)


def test_the_hash_follows_what_goes_into_the_image(plan: Any, checkout: Path) -> None:
    before = plan(checkout, "services/dy-tiny")["hash"]
    (checkout / "README.md").write_text("other\n")
    assert plan(checkout, "services/dy-tiny")["hash"] == before
    (checkout / "services" / "dy-tiny" / "server.py").write_text("print(2)\n")
    assert plan(checkout, "services/dy-tiny")["hash"] != before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FROM python:3.13\n", "stands on python:3.13"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY --from=127.0.0.1:9082/werkbank/director /app /app\n", "stands on 127.0.0.1"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN --mount=type=bind,from=alpine true\n", "stands on alpine"),
        ("# syntax=docker/dockerfile:1\nARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n", "builder of its own"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n", "no label io.simcore.key"),
        ("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY nothing /\n", "takes nothing, which is not in"),
        ("RUN true\n", "has no FROM"),
    ],
)
def test_a_dockerfile_that_cannot_be_built_here_is_refused_with_the_reason(
    plan: Any, checkout: Path, text: str, says: str
) -> None:
    (checkout / "services" / "dy-tiny" / "Dockerfile").write_text(text)
    with pytest.raises(plan.CannotPlan, match=says):
        plan(checkout, "services/dy-tiny")


def test_links_in_the_sources_lead_nowhere(plan: Any, checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden\n")
    folder = checkout / "services" / "dy-tiny"
    (folder / ".dockerignore").symlink_to(tmp_path / "secret")
    with pytest.raises(plan.CannotPlan, match="is a link"):
        plan(checkout, "services/dy-tiny")
    (folder / "Dockerfile").unlink()
    (folder / "Dockerfile").symlink_to(tmp_path / "secret")
    with pytest.raises(plan.CannotPlan, match="is a link"):
        plan(checkout, "services/dy-tiny")
    (checkout / "out").symlink_to(tmp_path)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    with pytest.raises(plan.CannotPlan, match="is a link"):
        plan(checkout, "out")


def test_every_service_of_this_repository_is_in_the_directors_checkout_with_all_that_it_takes(plan: Any) -> None:
    copied = (ROOT / "services" / "director" / "Dockerfile").read_text()
    for folder in publishing.folders(ROOT):
        assert f"COPY services/{folder} /app/checkout/services/{folder}" in copied
        module = sys.modules["ansible.module_utils.service_image"]
        file = module.Dockerfile(ROOT / "services" / folder / "Dockerfile", folder)
        for source in file.sources(file.stages):
            assert source.startswith(f"services/{folder}") or f"COPY {source} /app/checkout/{source}" in copied, source


# Watching a build ---------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class that runs a program for the role, without Ansible: that looks for a socket when it is imported."""
    for name, wanted in {"ansible.errors": "AnsibleActionFail", "ansible.plugins.action": "ActionBase"}.items():
        stand_in = ModuleType(name)
        setattr(stand_in, wanted, type(wanted, (), {}))
        monkeypatch.setitem(sys.modules, name, stand_in)
    spec = importlib.util.spec_from_file_location("watched", ROLE / "action_plugins" / "service_publish_watched.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Watched


def test_what_a_program_says_is_shown_while_it_runs(watched: Any) -> None:
    shown: list[str] = []
    one = watched(60)
    code = one.run(["/bin/sh", "-c", "echo one; sleep 1; echo two >&2; exit 3"], "/", {}, shown.append)
    assert (code, shown, list(one.tail), one.ended) == (3, ["│ one", "│ two"], ["one", "two"], "")


def test_what_a_program_says_at_once_is_shown_in_pieces_that_are_kept_whole(watched: Any) -> None:
    shown: list[str] = []
    watched(60).run(["/bin/sh", "-c", "seq 5000"], "/", {}, shown.append)
    assert max(map(len, shown)) <= 4000
    assert "\n".join(shown).count("\n") == 4999


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ((0,), "it took longer than 0 s"),
        ((60, 10**9), "of this host's memory were free"),
        ((60, 0, 10**12), "of the engine's disk were free"),
    ],
)
def test_a_program_ends_with_all_that_it_started_when_a_bound_is_met(watched: Any, bounds: tuple[int, ...], says: str) -> None:
    one = watched(*bounds)
    one.run(["/bin/sh", "-c", "sleep 424 & sleep 424"], "/", {}, lambda _: None)
    assert says in one.ended


def test_what_a_program_says_is_an_event_of_its_task_and_ansibles_own_words_are_none() -> None:
    heard: list[Event] = []
    listener = _Listener(heard.append)
    listener.hear({"event": "playbook_on_task_start", "event_data": {"task": "Image is built"}})
    listener.hear({"event": "verbose", "stdout": "│ one\r\n│ two"})
    listener.hear({"event": "verbose", "stdout": "[WARNING]: something of Ansible's"})
    assert heard[1:] == [Event("output", task="Image is built", message="one\ntwo")]
