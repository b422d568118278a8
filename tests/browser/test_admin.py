"""The way of an administrator: publishing a service, deploying another version, and going back."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from docker.errors import ImageNotFound
from playwright.sync_api import Page, expect
from requests import RequestException

from tests.browser.conftest import log_in, new_project
from tests.support.deployment import Deployment, until
from tests.support.repository import Repository, served

TINY = "simcore/services/dynamic/tiny"
OTHER = "journey"
# Milliseconds for what takes seconds on a machine that has nothing else to do.
PATIENCE = 240_000


@pytest.fixture
def repository(deployment: Deployment, tmp_path: Path) -> Iterator[Repository]:
    """A service that nobody has published yet."""
    with served(tmp_path, TINY) as made:
        made.commit("1.0.0", "RUN echo this is said while it is built", **{"io.simcore.name": '{"name": "Tiny"}'})
        yield made
    with suppress(ImageNotFound):  # it was not published
        deployment.forget_image("1.0.0", TINY)


@pytest.fixture
def other_web(deployment: Deployment) -> Iterator[str]:
    """Another version of web in the registry, and the one that runs back at the end; what runs before."""
    engine, name = deployment.engine, f"{deployment.registry}/werkbank/web"
    before = image_of_web(deployment)
    container = engine.create_container(before)
    engine.commit(container, name, OTHER, changes="LABEL werkbank.journey=1")
    engine.remove_container(container)
    login = {"username": deployment.values["WERKBANK_REGISTRY_USER"], "password": deployment.values["WERKBANK_REGISTRY_PASSWORD"]}
    for line in engine.push(name, OTHER, stream=True, decode=True, auth_config=login):
        assert "error" not in line, line
    yield before
    # A deployment that is under way still, because the test gave up on it, would change the image after the look at it.
    until(lambda: is_at_rest(deployment), 400, 1)
    if image_of_web(deployment) != before:
        assert deployment.make("up").returncode == 0
    deployment.forget_image(OTHER, "werkbank/web")


def is_at_rest(deployment: Deployment) -> bool:
    """Whether no job is under way; not known while web restarts."""
    with suppress(RequestException, AssertionError):
        return {"waiting", "running"}.isdisjoint(job["state"] for job in deployment.admin().call("GET", "/jobs"))
    return False


def image_of_web(deployment: Deployment) -> str:
    """What the swarm is to run."""
    return str(deployment.engine.inspect_service(f"{deployment.stack}_web")["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])


def apply_plan(page: Page) -> None:
    """Look at what restarts, and apply it; the page goes through web's own restart."""
    plan = page.get_by_test_id("plan")
    row = plan.get_by_role("row").filter(has=page.get_by_role("rowheader", name="web", exact=True))
    expect(row).to_contain_text("restarts", timeout=PATIENCE)
    expect(plan).to_contain_text("No user's node restarts.")
    plan.get_by_role("button", name="Apply this plan").click()
    # "Deploying…" is there for a moment only, or never, for web is away then.
    expect(plan).to_contain_text("Deployed. This is what runs now.", timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_service_is_published_from_a_repository_and_can_be_placed(
    page: Page, deployment: Deployment, repository: Repository
) -> None:
    log_in(page, deployment)
    page.goto("/services")
    page.get_by_test_id("publish-open").click()
    page.get_by_text("Git repository").click()
    page.get_by_test_id("publish-url").fill(repository.url.replace("://", "://ada:secret@"))
    expect(page.get_by_test_id("publish-submit")).to_be_disabled()
    page.get_by_test_id("publish-url").fill(repository.url)
    page.get_by_test_id("publish-ref").fill("v1.0.0")
    page.get_by_test_id("publish-submit").click()
    outcome = page.get_by_test_id("publish-outcome")
    follow = outcome.get_by_role("link", name="Follow the run")
    expect(follow).to_be_visible(timeout=PATIENCE)
    follow.click()
    expect(page.get_by_text("this is said while it is built").first).to_be_visible(timeout=PATIENCE)
    page.go_back()
    expect(outcome).to_contain_text(
        f"Published {TINY} 1.0.0, from commit {repository.git('rev-parse', 'HEAD')[:12]}", timeout=PATIENCE
    )
    row = page.locator(f'[data-testid="service-row"][data-service-key="{TINY}"]')
    expect(row).to_contain_text("just published")
    new_project_with_palette(page)
    page.get_by_test_id("palette-search").fill("Tiny")
    expect(page.locator(f'[data-testid="palette-item"][data-service-key="{TINY}"]').first).to_be_visible()


def new_project_with_palette(page: Page) -> None:
    """A canvas to put services on."""
    page.goto("/")
    new_project(page, "To try what was published")


def test_another_version_is_planned_applied_and_gone_back_from(page: Page, deployment: Deployment, other_web: str) -> None:
    # The director notes what runs; without that there is nothing to go back to.
    until(lambda: deployment.admin().call("GET", "/deployments"), 60)
    log_in(page, deployment)
    page.goto("/deploy")
    choice = page.get_by_label("Version of web")
    choice.select_option(label=choice.locator("option", has_text=OTHER).inner_text())
    page.get_by_role("button", name="Show what would change").click()
    apply_plan(page)
    image = image_of_web(deployment)
    assert image != other_web
    # The plan that was applied stays until the new one is asked for, and the history is as it was until it is read anew.
    applied, history = page.url, page.get_by_test_id("deployment-row")
    expect(history.first).to_contain_text(image)
    history.nth(1).get_by_role("button", name="Plan a roll back").click()
    page.wait_for_url(lambda url: url != applied)
    apply_plan(page)
    assert image_of_web(deployment) == other_web
