"""Screenshots of every page in light and dark and at three widths, kept in docs/img."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.support.deployment import ECHO_KEY, Deployment, presence

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "img"
WIDTHS = {1440: 900, 1024: 768, 390: 844}


@pytest.fixture(scope="module")
def project_id(deployment: Deployment) -> Iterator[str]:
    """A canvas worth looking at: one node that runs, one that was closed."""
    person = deployment.admin()
    project = person.call("POST", "/projects", {"name": "Bone plate study", "description": "Stress in a plate on bone"})["id"]
    jupyter = "simcore/services/dynamic/jupyter"
    node = person.call(
        "POST",
        f"/projects/{project}/nodes",
        {"service_key": jupyter, "service_version": "1.0.0", "name": "Analysis", "position": {"x": 460, "y": 160}},
    )
    echo = person.call(
        "POST",
        f"/projects/{project}/nodes",
        {"service_key": ECHO_KEY, "service_version": "1.0.0", "name": "Source", "position": {"x": 120, "y": 220}},
    )
    person.wait_for(project, node["id"], "running")
    person.wait_for(project, echo["id"], "running")
    person.call("POST", f"/projects/{project}/nodes/{echo['id']}/stop")
    person.wait_for(project, echo["id"], "stopped")
    with presence(deployment, project):
        yield str(project)
    person.call("DELETE", f"/projects/{project}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_looked_at(browser: Browser, deployment: Deployment, project_id: str, scheme: str) -> None:
    for width, height in WIDTHS.items():
        context = browser.new_context(
            base_url=deployment.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()

        def shot(name: str, page: Page = page, width: int = width) -> None:
            page.wait_for_timeout(400)
            page.screenshot(path=IMAGES / f"{name}-{scheme}-{width}.png")

        page.goto("/login")
        expect(page.get_by_test_id("login-submit")).to_be_visible()
        shot("login")
        log_in(page, deployment)
        shot("projects")
        page.goto(f"/projects/{project_id}")
        expect(page.get_by_test_id("node-card").first).to_be_visible()
        shot("canvas")
        page.goto("/runs")
        expect(page.get_by_test_id("run-row").first).to_be_visible()
        shot("runs")
        for part in ("cluster", "deploy", "services", "registry", "users", "reaper", "events", "settings"):
            page.goto(f"/{part}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_load_state("load")
            shot(part)
        context.close()
