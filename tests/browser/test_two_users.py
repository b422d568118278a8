"""Two users in one project at once: each sees what the other does, and no change of either is lost."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Colleague, add_colleague, log_in
from tests.support.deployment import Deployment, Person, until

KEY = "simcore/services/dynamic/pair"
PORTS = {
    "io.simcore.inputs": json.dumps(
        {
            "inputs": {
                "size": {"displayOrder": 1, "label": "Size", "type": "number"},
                "title": {"displayOrder": 2, "label": "Title", "type": "string"},
                "words": {"displayOrder": 3, "label": "Words", "type": "string"},
            }
        }
    ),
    "io.simcore.outputs": json.dumps({"outputs": {"sum": {"displayOrder": 1, "label": "Sum", "type": "number"}}}),
}


@dataclass(frozen=True)
class Table:
    """A project with three closed nodes, and the two who sit at it."""

    project_id: str
    nodes: dict[str, str]
    owner: Person
    ada: Page
    bob: Page

    def project(self) -> Any:
        """As the server has it."""
        return self.owner.call("GET", f"/projects/{self.project_id}")

    def both(self) -> tuple[Page, Page]:
        """Their pages."""
        return self.ada, self.bob


@pytest.fixture(scope="module")
def colleague(deployment: Deployment) -> Colleague:
    """The second user."""
    return add_colleague(deployment)


@pytest.fixture(scope="module")
def pattern(deployment: Deployment) -> Iterator[str]:
    """A project with three nodes that have ports."""
    deployment.publish_echo("1.0.0", KEY, **PORTS)
    person = deployment.admin()
    deployment.wait_for_service(person, KEY)
    made = person.call("POST", "/projects", {"name": "Two at one table", "tags": ["together"]})
    for place, name in enumerate(("Source", "Left", "Right")):
        wanted = {"service_key": KEY, "service_version": "1.0.0", "name": name, "position": {"x": 40 + 280 * place, "y": 120}}
        person.call("POST", f"/projects/{made['id']}/nodes", wanted)
    yield made["id"]
    person.call("DELETE", f"/projects/{made['id']}?forever=true")


@pytest.fixture
def project(deployment: Deployment, pattern: str) -> Iterator[dict[str, Any]]:
    """A copy of it, so that nothing starts: this is about the canvas."""
    person = deployment.admin()
    made = person.call("POST", f"/projects/{pattern}/duplicate", {})
    nodes = {node["name"]: node["id"] for node in made["nodes"]}
    yield {"id": made["id"], "nodes": nodes, "owner": person}
    person.call("DELETE", f"/projects/{made['id']}?forever=true")


def tab(browser: Browser, deployment: Deployment) -> Page:
    """A browser of one's own."""
    context = browser.new_context(base_url=deployment.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    return context.new_page()


@pytest.fixture
def table(browser: Browser, deployment: Deployment, colleague: Colleague, project: dict[str, Any]) -> Iterator[Table]:
    """Ada has shared the project through its dialog, Bob has found it on his dashboard; both have it open."""
    ada, bob = tab(browser, deployment), tab(browser, deployment)
    log_in(ada, deployment)
    ada.goto(f"/projects/{project['id']}")
    share(ada, colleague.email, "edit")
    log_in(bob, deployment, colleague)
    card = bob.locator(f'[data-testid="project-card"][data-project-id="{project["id"]}"]')
    expect(card).to_contain_text("you may edit")
    card.get_by_role("link", name="Two at one table").click()
    for page in (ada, bob):
        expect(page.get_by_test_id("node-card")).to_have_count(3)
    yield Table(project["id"], project["nodes"], project["owner"], ada, bob)
    for page in (ada, bob):
        page.context.close()


def share(page: Page, email: str, role: str) -> None:
    """Through the dialog, as its owner."""
    page.get_by_test_id("share-project").click()
    page.get_by_test_id("share-email").fill(email)
    page.get_by_test_id("share-role").select_option(role)
    page.get_by_test_id("share-submit").click()
    expect(page.locator(f'[data-testid="share"][data-email="{email}"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("shares")).to_have_count(0)


def card(page: Page, node_id: str) -> Locator:
    """A node on the canvas."""
    return page.locator(f'[data-testid="node-card"][data-node-id="{node_id}"]')


def feed(page: Page, node_id: str, port: str, source: str) -> None:
    """Link an input in the node's panel."""
    card(page, node_id).click(position={"x": 60, "y": 12})
    page.get_by_label(f"What feeds {port}").select_option(label=source)


def drag(page: Page, node_id: str, down: int) -> None:
    """Move a card by hand."""
    box = card(page, node_id).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 12 + down, steps=6)
    page.mouse.up()


def test_what_two_do_at_the_same_moment_is_seen_by_both_and_nothing_is_lost(table: Table) -> None:
    nodes = table.nodes
    for page in table.both():
        expect(page.get_by_test_id("people")).to_contain_text("2 here")

    # Links: each makes one, with nothing between the two.
    feed(table.ada, nodes["Left"], "Size", "Source: Sum")
    feed(table.bob, nodes["Right"], "Size", "Source: Sum")
    for page in table.both():
        expect(page.locator(".react-flow__edge")).to_have_count(2)
    assert {link["target_node"] for link in table.project()["links"]} == {nodes["Left"], nodes["Right"]}

    # Parameters of one and the same node.
    for page in table.both():
        card(page, nodes["Source"]).click(position={"x": 60, "y": 12})
    table.ada.get_by_label("Title", exact=True).fill("by Ada")
    table.bob.get_by_label("Words", exact=True).fill("by Bob")
    table.ada.keyboard.press("Enter")
    table.bob.keyboard.press("Enter")
    for page in table.both():
        expect(page.get_by_label("Title", exact=True)).to_have_value("by Ada")
        expect(page.get_by_label("Words", exact=True)).to_have_value("by Bob")
    source = next(node for node in table.project()["nodes"] if node["id"] == nodes["Source"])
    assert source["inputs"] == {"title": "by Ada", "words": "by Bob"}

    # Places: each moves another card.
    drag(table.ada, nodes["Left"], 160)
    drag(table.bob, nodes["Right"], 240)
    until(lambda: sum(node["position"]["y"] > 200 for node in table.project()["nodes"]) == 2, 10)
    for page in table.both():
        until(lambda page=page: below(page, nodes["Left"], nodes["Source"]) and below(page, nodes["Right"], nodes["Left"]), 10)  # type: ignore[misc]

    # One's undo takes back one's own act alone.
    table.ada.locator(".react-flow__pane").click(position={"x": 700, "y": 600})
    table.ada.keyboard.press("Control+z")
    until(lambda: sum(node["position"]["y"] > 200 for node in table.project()["nodes"]) == 1, 10)
    assert len(table.project()["links"]) == 2


def below(page: Page, node_id: str, other: str) -> bool:
    """Whether one card stands lower than another."""
    one, two = card(page, node_id).bounding_box(), card(page, other).bounding_box()
    return one is not None and two is not None and one["y"] > two["y"] + 20


def test_who_may_only_view_sees_everything_live_and_can_do_nothing(table: Table, colleague: Colleague) -> None:
    share(table.ada, colleague.email, "view")
    expect(table.bob.get_by_test_id("view-only")).to_be_visible()
    expect(table.bob.get_by_test_id("palette-search")).to_have_count(0)
    card(table.bob, table.nodes["Source"]).click(position={"x": 60, "y": 12})
    expect(table.bob.get_by_label("Title", exact=True)).to_be_disabled()
    expect(table.bob.get_by_test_id("node-delete")).to_have_count(0)
    table.owner.call("PATCH", f"/projects/{table.project_id}/nodes/{table.nodes['Source']}", {"name": "Renamed by Ada"})
    expect(card(table.bob, table.nodes["Source"])).to_contain_text("Renamed by Ada")


def test_a_share_that_is_taken_back_cuts_off_the_open_page(table: Table, colleague: Colleague) -> None:
    table.ada.get_by_test_id("share-project").click()
    table.ada.locator(f'[data-testid="share"][data-email="{colleague.email}"]').get_by_test_id("unshare").click()
    expect(table.bob.get_by_text("This project is not here")).to_be_visible()
    table.bob.goto("/")
    expect(table.bob.locator(f'[data-project-id="{table.project_id}"]')).to_have_count(0)
