"""A day of somebody who knows the way: comes back, starts two nodes, works beside each other, loses the network, undoes, looks
into a log, leaves; and finds everything where it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.conftest import log_in
from tests.support.deployment import ECHO_KEY, Deployment, until

PLACES = {"Notes": {"x": 80, "y": 120}, "Solver": {"x": 400, "y": 120}}


@pytest.fixture
def project_id(deployment: Deployment) -> Iterator[str]:
    """What was left yesterday: two nodes, closed."""
    person = deployment.admin()
    project = person.call("POST", "/projects", {"name": "Yesterday's study"})["id"]
    for name, position in PLACES.items():
        wanted = {"service_key": ECHO_KEY, "service_version": "1.0.0", "name": name, "position": position}
        node = person.call("POST", f"/projects/{project}/nodes", wanted)
        person.wait_for(project, node["id"], "running")
        person.call("POST", f"/projects/{project}/nodes/{node['id']}/stop")
        person.wait_for(project, node["id"], "stopped")
    yield str(project)
    person.call("DELETE", f"/projects/{project}?forever=true")


def card(page: Page, name: str) -> Locator:
    """A node on the canvas."""
    return page.get_by_test_id("node-card").filter(has_text=name)


def select(page: Page, name: str) -> None:
    """Its panel opens."""
    card(page, name).click(position={"x": 60, "y": 12})
    expect(page.get_by_role("complementary", name=f"About {name}")).to_be_visible()


def start(page: Page, name: str) -> None:
    """As one does after a night."""
    select(page, name)
    page.get_by_test_id("node-start").click()
    expect(card(page, name)).to_have_attribute("data-state", "running", timeout=90_000)


def frame(page: Page, name: str) -> FrameLocator:
    """A node's page."""
    return page.frame_locator(f'iframe[title="{name}"]')


def work(page: Page, name: str, note: str) -> None:
    """Something that is kept in the node's files."""
    expect(frame(page, name).locator("body")).to_contain_text('"note"', timeout=30_000)
    page.locator(f'iframe[title="{name}"]').evaluate(
        """(frame, note) => {
          const to = new URL(frame.contentWindow.location);
          to.searchParams.set("write", note);
          frame.contentWindow.location = to;
        }""",
        note,
    )
    expect(frame(page, name).locator("body")).to_contain_text(f'"note": "{note}"')


def lower(page: Page, name: str, other: str) -> float:
    """How much further down its card is than another's: what comes and goes above the canvas moves both."""
    one, two = card(page, name).bounding_box(), card(page, other).bounding_box()
    assert one
    assert two
    return one["y"] - two["y"]


def drag_down(page: Page, name: str, by: int) -> None:
    """By the mouse."""
    box = card(page, name).bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 12 + by / 2, steps=3)
    page.mouse.move(box["x"] + 60, box["y"] + 12 + by, steps=3)
    page.mouse.up()


def stored(deployment: Deployment, project_id: str, name: str) -> dict[str, float]:
    """Where the server has it."""
    nodes = deployment.admin().call("GET", f"/projects/{project_id}")["nodes"]
    return dict(next(node for node in nodes if node["name"] == name)["position"])


def test_a_day_ends_where_the_next_one_begins(page: Page, deployment: Deployment, project_id: str) -> None:
    person = deployment.admin()
    log_in(page, deployment)
    page.locator(f'[data-project-id="{project_id}"]').get_by_role("link", name="Yesterday's study").first.click()
    for name in PLACES:
        start(page, name)

    # Two pages side by side; the left one gets more room.
    page.get_by_role("button", name="Open Notes").click()
    page.get_by_test_id("page-beside").click()
    page.get_by_test_id("beside-node").filter(has_text="Solver").click()
    page.get_by_role("separator").press("Shift+ArrowRight")
    work(page, "Notes", "load case 3")
    expect(frame(page, "Solver").locator("body")).to_contain_text('"note": null')

    # Without a network: said, with what it means; meanwhile the world goes on; then it is there again by itself.
    said = page.get_by_test_id("connection")
    page.context.set_offline(True)
    expect(said).to_contain_text("Connection lost. Your nodes keep running", timeout=30_000)
    person.call(
        "POST", f"/projects/{project_id}/nodes", {"service_key": ECHO_KEY, "service_version": "1.0.0", "name": "From elsewhere"}
    )
    page.context.set_offline(False)
    expect(said).to_contain_text("Connected again", timeout=40_000)
    expect(frame(page, "Notes").locator("body")).to_contain_text('"note": "load case 3"')
    page.keyboard.press("Escape")
    expect(card(page, "From elsewhere")).to_be_visible()

    # On the canvas: moved, undone, done again, saved.
    before = lower(page, "Notes", "Solver")
    drag_down(page, "Notes", 160)
    until(lambda: stored(deployment, project_id, "Notes")["y"] > PLACES["Notes"]["y"] + 60, 20)
    page.locator(".react-flow__pane").click(position={"x": 500, "y": 600})
    page.keyboard.press("Control+z")
    until(lambda: stored(deployment, project_id, "Notes") == PLACES["Notes"], 20)
    until(lambda: abs(lower(page, "Notes", "Solver") - before) < 2, 10)
    page.keyboard.press("Control+Shift+z")
    until(lambda: stored(deployment, project_id, "Notes")["y"] > PLACES["Notes"]["y"] + 60, 20)
    moved = stored(deployment, project_id, "Notes")

    # What a node said.
    select(page, "Solver")
    page.get_by_test_id("node-log").click()
    log = page.get_by_test_id("log-panel")
    log.get_by_label("Search the log").fill("ECHO starts")
    expect(log.locator("mark")).to_have_text("echo starts")
    expect(log.get_by_test_id("log-matches")).to_have_text("1 of 1")
    with page.expect_download() as saving:
        log.get_by_role("button", name="Download").click()
    assert "echo starts" in saving.value.path().read_text()
    log.get_by_label("Search the log").press("Escape")
    page.keyboard.press("Escape")
    expect(log).to_have_count(0)

    # Leaves in the middle of it, and comes back.
    page.get_by_test_id("tab-node").filter(has_text="Notes").click()
    expect(page.get_by_role("separator")).to_have_attribute("aria-valuenow", "60")
    page.goto("about:blank")
    page.goto(f"/projects/{project_id}")
    expect(page.get_by_role("separator")).to_have_attribute("aria-valuenow", "60")
    expect(frame(page, "Notes").locator("body")).to_contain_text('"note": "load case 3"')
    page.keyboard.press("Escape")
    expect(card(page, "Notes")).to_be_visible()
    assert stored(deployment, project_id, "Notes") == moved
