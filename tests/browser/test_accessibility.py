"""Nothing that axe calls serious or critical, on any page, in light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import log_in
from tests.support.deployment import ECHO_KEY, Deployment, presence

# What a visitor sees once the page is there, by the page's path.
PAGES = {
    "/": "new-project",
    "/projects/{project}": "node-card",
    "/projects/{project}?node={node}": "node-frame",
    "/projects/{project}/nodes/{node}/page": "node-frame",
    "/projects/{project}/nodes/{closed}/page": "own-page",
    "/projects/{project}/nodes/no-such-node/page": None,
    "/runs": "run-row",
    "/runs/{run}": None,
    "/cluster": "host-card",
    "/deploy": "deployment-row",
    "/services": None,
    "/reaper": None,
    "/events": None,
    "/registry": "image-row",
    "/users": "user-row",
    "/users?new=user": "user-submit",
    "/invite#no-such-link": None,
    "/settings": None,
    "/no/such/page": None,
}


@pytest.fixture(scope="module")
def names(deployment: Deployment) -> Iterator[dict[str, str]]:
    """A canvas with a node that runs and one that was closed, and the run that started the first."""
    person = deployment.admin()
    project = person.call("POST", "/projects", {"name": "For every eye"})["id"]
    node, closed = (person.add_node(project, ECHO_KEY)["id"] for _ in range(2))
    run = person.wait_for(project, node, "running")["run_id"]
    person.wait_for(project, closed, "running")
    person.call("POST", f"/projects/{project}/nodes/{closed}/stop")
    with presence(deployment, project):
        yield {"project": project, "node": node, "closed": closed, "run": run}
    person.call("DELETE", f"/projects/{project}")


@pytest.fixture(scope="module", params=["light", "dark"])
def visitor(request: pytest.FixtureRequest, browser: Browser, deployment: Deployment) -> Iterator[Page]:
    """Somebody whose system is light, or dark."""
    context = browser.new_context(base_url=deployment.url, color_scheme=request.param, reduced_motion="reduce")
    page = context.new_page()
    yield page
    context.close()


def complaints(page: Page) -> list[str]:
    """What axe finds that keeps people out: rule, impact, where, and why."""
    page.wait_for_timeout(400)
    # The page of a node is its program's, not ours.
    found: Any = Axe().run(page, options={"resultTypes": ["violations"], "iframes": False}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}) at {node['target']}: {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_the_login_keeps_nobody_out(visitor: Page) -> None:
    visitor.goto("/login")
    expect(visitor.get_by_test_id("login-submit")).to_be_visible()
    assert not complaints(visitor)


def test_no_page_keeps_anybody_out(visitor: Page, deployment: Deployment, names: dict[str, str]) -> None:
    visitor.context.clear_cookies()
    log_in(visitor, deployment)
    found = {}
    for path, landmark in PAGES.items():
        visitor.goto(path.format(**names))
        if landmark:
            visitor.get_by_test_id(landmark).first.wait_for()
        visitor.locator("main, [role=main]").first.wait_for()
        found[path] = complaints(visitor)
    assert not [f"{path}: {said}" for path, all_said in found.items() for said in all_said]
