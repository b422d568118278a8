"""The pages of nodes: beside each other, on the whole screen, in their own browser tab; and what they say of a closed node."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import log_in
from tests.support.deployment import ECHO_KEY, Deployment, Person, presence


@dataclass(frozen=True)
class Two:
    """A project with two nodes that run."""

    project: str
    left: str
    right: str
    owner: Person


@pytest.fixture(scope="module")
def two(deployment: Deployment) -> Iterator[Two]:
    """Nodes whose page is there at once, and somebody who needs them."""
    made = two_nodes(deployment)
    with presence(deployment, made.project):
        yield made
    made.owner.call("DELETE", f"/projects/{made.project}?forever=true")


def two_nodes(deployment: Deployment) -> Two:
    """A project with two nodes that run."""
    person = deployment.admin()
    project = person.call("POST", "/projects", {"name": "Two pages"})["id"]
    wanted = {"service_key": ECHO_KEY, "service_version": "1.0.0"}
    left, right = (person.call("POST", f"/projects/{project}/nodes", wanted | {"name": name})["id"] for name in ("Left", "Right"))
    for node in (left, right):
        person.wait_for(project, node, "running")
    return Two(project, left, right, person)


def pane(page: Page, node: str) -> Locator:
    """Where a node's page is shown."""
    return page.locator(f'[data-testid="pane"][data-node-id="{node}"]')


def tab(page: Page, node: str) -> Locator:
    """Its tab."""
    return page.locator(f'[data-testid="tab-node"][data-node-id="{node}"]')


def open_both(page: Page, deployment: Deployment, two: Two) -> None:
    """Both as tabs, the right one shown; what their programs keep in memory is marked."""
    log_in(page, deployment)
    for node in (two.left, two.right):
        page.goto(f"/projects/{two.project}?node={node}")
        expect(tab(page, node)).to_be_visible()
    tab(page, two.left).click()
    expect(pane(page, two.left)).to_be_visible()
    for node in (two.left, two.right):
        mark(page, node)


def mark(page: Page, node: str) -> None:
    """Something that is lost when the page loads anew."""
    frame = pane(page, node).locator("iframe")
    frame.wait_for(state="attached")
    frame.evaluate(
        """frame => new Promise(done => {
          const look = () => (frame.contentDocument?.body?.textContent ? done() : setTimeout(look, 50));
          look();
        })"""
    )
    frame.evaluate("frame => { frame.contentWindow.mark = 'kept'; }")


def is_kept(page: Page, node: str) -> bool:
    """Whether it is still there."""
    return bool(pane(page, node).locator("iframe").evaluate("frame => frame.contentWindow.mark === 'kept'"))


def widths(page: Page, two: Two) -> tuple[float, float]:
    """Of the two pages, from left to right."""
    boxes = [pane(page, node).bounding_box() for node in (two.left, two.right)]
    assert boxes[0] and boxes[1]
    assert boxes[0]["x"] < boxes[1]["x"]
    return boxes[0]["width"], boxes[1]["width"]


def split(page: Page, two: Two) -> None:
    """By the menu, so that the right one comes to the right."""
    tab(page, two.left).click()
    page.get_by_test_id("page-beside").click()
    page.get_by_test_id("beside-node").filter(has_text="Right").click()
    expect(page.get_by_test_id("divider")).to_be_visible()


def test_pages_stand_side_by_side_and_none_loads_anew(page: Page, deployment: Deployment, two: Two) -> None:
    open_both(page, deployment, two)
    split(page, two)
    expect(pane(page, two.left)).to_be_visible()
    expect(pane(page, two.right)).to_be_visible()
    left, right = widths(page, two)
    assert abs(left - right) < 2

    # The arrow keys move the divider; the value is said.
    divider = page.get_by_role("separator")
    divider.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "60")
    page.keyboard.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "20")
    page.keyboard.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "20")
    page.keyboard.press("Enter")
    expect(divider).to_have_attribute("aria-valuenow", "50")

    # The mouse moves it, also fast and far over the frames.
    box = divider.bounding_box()
    assert box
    page.mouse.move(box["x"] + 3, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] - 280, box["y"] + 260, steps=3)
    page.mouse.up()
    left, right = widths(page, two)
    assert left < right - 400

    # There and back again, whichever way.
    page.keyboard.press("Escape")
    expect(page.get_by_role("application")).to_be_visible()
    tab(page, two.right).click()
    expect(pane(page, two.left)).to_be_visible()
    pane(page, two.left).get_by_test_id("page-alone").click()
    expect(pane(page, two.right)).to_be_hidden()
    assert is_kept(page, two.left)
    assert is_kept(page, two.right)


def test_a_tab_is_dragged_to_an_edge_and_the_project_remembers_it(page: Page, deployment: Deployment, two: Two) -> None:
    open_both(page, deployment, two)
    tab(page, two.right).hover()
    page.mouse.down()
    page.mouse.move(700, 300, steps=3)
    zone = page.get_by_test_id("drop-right")
    expect(zone).to_be_visible()
    box = zone.bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=3)
    expect(zone).to_have_attribute("data-over", "true")
    page.mouse.up()
    expect(zone).to_have_count(0)
    widths(page, two)
    assert is_kept(page, two.left)
    assert is_kept(page, two.right)

    # The other way round, and it is so after coming back.
    tab(page, two.right).drag_to(page.get_by_test_id("pane").first, target_position={"x": 60, "y": 200}, force=True)
    page.goto("/")
    page.goto(f"/projects/{two.project}")
    expect(pane(page, two.left)).to_be_visible()
    expect(pane(page, two.right)).to_be_visible()
    boxes = [pane(page, node).bounding_box() for node in (two.left, two.right)]
    assert boxes[0] and boxes[1]
    assert boxes[0]["x"] > boxes[1]["x"]


def test_a_narrow_page_has_tabs_and_no_halves(page: Page, deployment: Deployment, two: Two) -> None:
    open_both(page, deployment, two)
    split(page, two)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_test_id("divider")).to_have_count(0)
    expect(page.get_by_test_id("page-beside")).to_have_count(0)
    assert [pane(page, node).is_visible() for node in (two.left, two.right)].count(True) == 1
    page.set_viewport_size({"width": 1440, "height": 900})
    widths(page, two)
    assert is_kept(page, two.left)
    assert is_kept(page, two.right)


def test_a_page_takes_the_whole_screen_and_shows_the_way_out(page: Page, deployment: Deployment, two: Two) -> None:
    open_both(page, deployment, two)
    page.get_by_test_id("page-fullScreen").click()
    out = page.get_by_test_id("leave-full-screen")
    expect(out).to_be_visible()
    assert page.evaluate("document.fullscreenElement.dataset.nodeId") == two.left
    out.click()
    expect(out).to_have_count(0)
    assert page.evaluate("document.fullscreenElement") is None
    expect(pane(page, two.left)).to_be_visible()
    assert is_kept(page, two.left)


def test_its_own_browser_tab_keeps_its_address_and_says_when_the_node_is_closed(
    page: Page, deployment: Deployment, two: Two
) -> None:
    open_both(page, deployment, two)
    with page.context.expect_page() as opening:
        page.get_by_test_id("own-tab").click()
    own = opening.value
    assert own.url == f"{deployment.url}/projects/{two.project}/nodes/{two.left}/page"
    expect(own.get_by_test_id("node-frame")).to_be_visible()
    expect(own).to_have_title("Left · Two pages")
    route = own.get_by_test_id("node-frame").get_attribute("src")
    split(page, two)

    # Closed in one place, it is closed in each, and the words stand where the page was.
    own.get_by_test_id("node-close").click()
    for shown in (own.get_by_test_id("own-page"), pane(page, two.left)):
        expect(shown.locator("iframe")).to_have_count(0)
        expect(shown.get_by_role("heading", name="This node was closed")).to_be_visible(timeout=30_000)
    expect(pane(page, two.right).locator("iframe")).to_be_visible()

    # Started again there, it is here too, by a new route under the same address.
    own.get_by_test_id("node-start").click()
    expect(own.get_by_test_id("node-frame")).to_be_visible(timeout=60_000)
    assert own.get_by_test_id("node-frame").get_attribute("src") != route
    expect(pane(page, two.left).locator("iframe")).to_be_visible()
    own.reload()
    expect(own.get_by_test_id("node-frame")).to_be_visible()

    page.goto("about:blank")
    own.goto(f"/projects/{two.project}/nodes/00000000-0000-4000-8000-000000000000/page")
    expect(own.get_by_text("not on its canvas any more")).to_be_visible()
    own.context.clear_cookies()
    own.goto(f"/projects/{two.project}/nodes/{two.left}/page")
    expect(own.get_by_test_id("login-submit")).to_be_visible()
    assert "next=" in own.url


def test_its_own_browser_tab_alone_keeps_the_nodes_of_its_project(page: Page, deployment: Deployment) -> None:
    alone = two_nodes(deployment)
    log_in(page, deployment)
    page.goto(f"/projects/{alone.project}/nodes/{alone.left}/page")
    expect(page.get_by_test_id("node-frame")).to_be_visible()
    # Nothing else needs the other one, whose page is shown nowhere.
    page.wait_for_timeout((int(deployment.values["WERKBANK_LEASE_GRACE"]) + 12) * 1000)
    assert alone.owner.node(alone.project, alone.right)["state"] == "running"
    alone.owner.call("DELETE", f"/projects/{alone.project}?forever=true")
