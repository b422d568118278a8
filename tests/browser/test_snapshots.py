"""Every main page looks as it did: light and dark, wide and narrow. The client is the deployment's; what the server says, the
clock and the zone stand still, so that only a change of the look changes a picture. `UPDATE_SNAPSHOTS=1` keeps new ones."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.pictures import KEPT, difference, held_against_kept, small
from tests.support.deployment import Deployment

NOW = datetime(2026, 11, 27, 19, tzinfo=UTC)
ANSWERS: dict[str, Any] = json.loads((KEPT / "answers.json").read_text())
SIZES = {1440: 900, 390: 844}
# Each page with what is there once it is drawn.
PAGES = {
    "login": ("/login", "[data-testid=login-submit]"),
    "projects": ("/", "[data-testid=project-card]"),
    "canvas": ("/projects/p1", "[data-testid=node-card] >> nth=3"),
    "node": ("/projects/p1?node=n1", "[data-testid=node-frame]"),
    "services": ("/services", "h1"),
    "runs": ("/runs", "[data-testid=run-row]"),
    "run": ("/runs/r1", "h1"),
    "cluster": ("/cluster", "[data-testid=host-card]"),
    "deploy": ("/deploy", "[data-testid=deployment-row]"),
    "registry": ("/registry", "[data-testid=image-row]"),
    "users": ("/users", "[data-testid=user-row]"),
    "reaper": ("/reaper", "h1"),
    "events": ("/events", "h1"),
    "settings": ("/settings", "h1"),
}
# No stream, no tour, no caret; what moves stands still.
STILL = """
globalThis.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() {
    super();
    setTimeout(() => this.onopen?.());
  }
  close() {}
};
const places = "projects canvas page runs cluster deploy services registry users reaper events settings";
localStorage.setItem("werkbank-tour", JSON.stringify(places.split(" ")));
globalThis.wear = (css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
};
const still = "animation: none !important; transition: none !important; caret-color: transparent !important;";
document.addEventListener("DOMContentLoaded", () => wear(`*, *::before, *::after { ${still} }`));
"""

Scheme = Literal["light", "dark"]


def answer(route: Route) -> None:
    """What the server would say: the same every time."""
    path = re.sub(r"\?.*", "", route.request.url.partition("/api/v0")[2])
    is_visitor = path == "/auth/me" and "/login" in (route.request.headers.get("referer") or "")
    body = {"data": None if is_visitor else ANSWERS.get(path), "error": None}
    route.fulfill(status=200 if path in ANSWERS else 404, content_type="application/json", body=json.dumps(body))


@contextmanager
def visitor(browser: Browser, deployment: Deployment, width: int, scheme: Scheme) -> Iterator[Page]:
    """Somebody for whom the world stands still."""
    context = browser.new_context(
        base_url=deployment.url,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    context.clock.set_fixed_time(NOW)
    context.add_init_script(STILL)
    context.route("**/api/v0/**", answer)
    context.route("**/x/**", lambda route: route.fulfill(content_type="text/html", body="<body style='background: #eef'></body>"))
    yield context.new_page()
    context.close()


def shot(page: Page, name: str) -> bytes:
    """The page once it is drawn and quiet."""
    path, landmark = PAGES[name]
    page.goto(path)
    page.locator(landmark).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    return page.screenshot()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_looks_as_it_did(browser: Browser, deployment: Deployment, scheme: Scheme, width: int) -> None:
    with visitor(browser, deployment, width, scheme) as page:
        found = [held_against_kept(f"{name}-{scheme}-{width}", shot(page, name)) for name in PAGES]
    differing = [sentence for sentence in found if sentence]
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("[data-testid=new-project] { background: #c3592b !important; }", id="another colour"),
        pytest.param("[data-testid=new-project] { position: relative; left: -24px; }", id="a button elsewhere"),
        pytest.param(":root { --dim: #9a9a94 !important; }", id="paler words"),
    ],
)
def test_a_change_of_the_look_is_seen(browser: Browser, deployment: Deployment, change: str) -> None:
    with visitor(browser, deployment, 1440, "light") as page:
        before = small(shot(page, "projects"))
        assert difference(small(shot(page, "projects")), before) is None
        page.evaluate("css => wear(css)", change)
        expect(page.get_by_test_id("new-project").first).to_be_visible()
        found = difference(small(page.screenshot()), before)
    assert found
    assert found.where[0] < found.where[2]
