"""The canvas moves as one picture: what a browser does for each new place is counted, not timed, for machines are noisy."""

import json
from collections import Counter

from playwright.sync_api import Browser, Page

from tests.browser.test_snapshots import shot, visitor
from tests.support.deployment import Deployment

MOVES = 24
# What Chromium calls the look through all parts of a page for what lies over what.
LOOK = "PaintArtifactCompositor::Update"


def test_a_move_of_the_canvas_looks_through_no_card_and_paints_none(browser: Browser, deployment: Deployment) -> None:
    with visitor(browser, deployment, 1440, "light") as page:
        shot(page, "canvas")
        _with_animations(page)
        pane = page.locator(".react-flow__pane").bounding_box()
        assert pane
        x, y = pane["x"] + pane["width"] / 2, pane["y"] + 40
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 8)
        page.wait_for_timeout(200)
        before = _place(page)
        done = _while_moved(browser, page, x, y)
        assert _place(page) != before
        page.mouse.up()
    # One move is one frame, and one look before; a clock on the page may tick meanwhile.
    assert done[LOOK] <= MOVES / 4
    assert done["Paint"] <= MOVES / 4


def _with_animations(page: Page) -> None:
    """As for most people; pictures are taken of a page that stands still."""
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate("document.adoptedStyleSheets = []")


def _place(page: Page) -> str:
    place: str = page.locator(".react-flow__viewport").evaluate("viewport => viewport.style.transform")
    return place


def _while_moved(browser: Browser, page: Page, x: float, y: float) -> Counter[str]:
    """What the browser did while the mouse led the canvas aside, by its own names."""
    browser.start_tracing(page=page, categories=["blink", "cc", "devtools.timeline", "toplevel"])
    for step in range(MOVES):
        page.mouse.move(x + step * 3, y + 8 + step * 2)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    return Counter(event["name"] for event in events if event["ph"] == "X")
