"""The way of a newcomer: from the login to a cell that ran, and back to an empty swarm."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in, new_project
from tests.support.deployment import Deployment, until

JUPYTER = "simcore/services/dynamic/jupyter"


def add_jupyter(page: Page) -> None:
    """Find the service in the palette and place it."""
    page.keyboard.press("/")
    page.get_by_test_id("palette-search").fill("jupyter")
    page.locator(f'[data-testid="palette-item"][data-service-key="{JUPYTER}"]').first.click()
    expect(page.get_by_test_id("node-card")).to_have_count(1)


def run_cell(page: Page, code: str, wanted: str) -> None:
    """Make a notebook in the node's page, run a cell, see its output."""
    frame = page.frame_locator('[data-testid="node-frame"]')
    frame.locator('.jp-LauncherCard[data-category="Notebook"]').first.click(timeout=60_000)
    cell = frame.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first
    expect(frame.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first).to_be_attached(timeout=60_000)
    # The page takes the focus once the kernel is there; whoever clicks after that keeps it.
    page.wait_for_timeout(2_000)
    cell.click(timeout=60_000)
    page.keyboard.type(code)
    page.keyboard.press("Shift+Enter")
    expect(frame.locator(".jp-OutputArea-output").first).to_contain_text(wanted, timeout=60_000)


def test_a_notebook_opens_in_the_page_runs_a_cell_and_leaves_nothing_behind(page: Page, deployment: Deployment) -> None:
    log_in(page, deployment)
    project_id = new_project(page, "Bone plate study")
    add_jupyter(page)
    card = page.get_by_test_id("node-card")
    expect(card).to_have_attribute("data-state", "starting")
    expect(card).to_have_attribute("data-state", "running", timeout=90_000)
    page.get_by_test_id("node-open").click()
    run_cell(page, "import numpy; print('the sum is', numpy.arange(5).sum())", "the sum is 10")

    page.get_by_test_id("node-close").first.click()
    expect(page.get_by_test_id("node-frame")).to_have_count(0)
    expect(page.get_by_test_id("node-reason").first).to_contain_text("You closed it")
    until(lambda: JUPYTER.rsplit("/", 1)[-1] not in str([s["Spec"]["Name"] for s in deployment.node_services()]), 30)
    # The network is ready for the next start as long as somebody has the project open.
    page.goto("about:blank")
    until(lambda: project_id.replace("-", "") not in str([n["Name"] for n in deployment.project_networks()]), 90)


def test_closing_the_tab_closes_the_node_after_the_grace(page: Page, deployment: Deployment) -> None:
    log_in(page, deployment)
    project_id = new_project(page, "Left open")
    add_jupyter(page)
    expect(page.get_by_test_id("node-card")).to_have_attribute("data-state", "running", timeout=90_000)
    page.wait_for_timeout(20_000)
    expect(page.get_by_test_id("node-card")).to_have_attribute("data-state", "running")
    page.close()
    person = deployment.admin()
    [node] = person.call("GET", f"/projects/{project_id}")["nodes"]
    until(lambda: person.node(project_id, node["id"])["state"] == "stopped", 60, 0.5)
    assert "no tab of this project open since" in person.node(project_id, node["id"])["reason"]
    person.call("DELETE", f"/projects/{project_id}")


def test_a_wrong_password_is_said_beside_the_form(page: Page, deployment: Deployment) -> None:
    page.goto("/")
    page.get_by_test_id("login-email").fill("somebody@werkbank.example")
    page.get_by_test_id("login-password").fill("wrong")
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_text(re.compile("wrong"))).to_be_visible()
