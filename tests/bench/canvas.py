"""A canvas with 300 nodes in a browser: a frame while it is panned and while a card is dragged, and the longest task while
every node's state changes within a second. A frame stands beside one of the same page, left alone: 50 a second are 20 ms.

The client is the deployment's; the one project is made up in the browser, for no host is to start 300 nodes.
"""

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

from tests.bench.figures import Row, against
from tests.support.deployment import Deployment

CHROMIUM = "/usr/bin/chromium"
IN_PAGE = Path(__file__).with_suffix(".js").read_text()
COUNT, ROUNDS, SECONDS = 300, 5, 1.0
TASK_MS = 100.0
KEY, VERSION = "simcore/services/dynamic/bench", "1.0.0"


def measure(deployment: Deployment) -> dict[str, Row]:
    """Pan, drag and change, in turn. Needs Chromium; otherwise says so."""
    if not Path(CHROMIUM).exists():
        print(f"  There is no {CHROMIUM} (apt-get install chromium): the canvas is not measured.")
        return {}
    idle, pans, drags, tasks = [], [], [], []
    with _canvas(deployment) as page:
        for number in range(ROUNDS):
            idle.append(_still(page))
            pans.append(_moved(page, *_empty_spot(page)))
            drags.append(_moved(page, *_card(page)))
            state = "starting" if number % 2 == 0 else "stopping"
            tasks.append(page.evaluate("([nodes, ms]) => bench.change(nodes, ms)", [_nodes(state), SECONDS * 1000]))
    return {
        "canvas_pan": against(f"a frame while panning {COUNT} nodes", pans, "the same page, left alone", idle),
        "canvas_drag": against(f"a frame while dragging one of {COUNT} nodes", drags, "the same page, left alone", idle),
        "canvas_change": against(
            f"the longest task while {COUNT} states change in a second", tasks, "the promise", [TASK_MS] * ROUNDS
        ),
    }


@contextmanager
def _canvas(deployment: Deployment) -> Iterator[Page]:
    cookies = [
        {"name": each.name, "value": each.value or "", "url": deployment.url} for each in deployment.admin().session.cookies
    ]
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        context = browser.new_context(base_url=deployment.url, viewport={"width": 1440, "height": 900})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.add_init_script(IN_PAGE)
        page.route("**/api/v0/services", lambda route: _answer(route, [_service()]))
        page.route("**/api/v0/projects/bench**", _project_call)
        page.route("**/api/v0/projects/bench/**", _project_call)
        page.goto("/projects/bench")
        page.locator(f"[data-testid=node-card] >> nth={COUNT - 1}").wait_for()
        yield page
        browser.close()


def _still(page: Page) -> float:
    """What the machine gives a page that does nothing; milliseconds per frame."""
    page.evaluate("bench.startCount()")
    page.wait_for_timeout(SECONDS * 1000)
    took: float = page.evaluate("bench.perFrame()")
    return took


def _moved(page: Page, x: float, y: float) -> float:
    """Hold the mouse there and lead it in circles; milliseconds per frame."""
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("bench.startCount()")
    began = time.monotonic()
    while (passed := time.monotonic() - began) < SECONDS:
        turn = passed / SECONDS * 2 * math.pi
        page.mouse.move(x + 60 * math.sin(turn), y + 60 * (1 - math.cos(turn)))
    took: float = page.evaluate("bench.perFrame()")
    page.mouse.up()
    return took


def _empty_spot(page: Page) -> tuple[float, float]:
    box = page.locator(".react-flow__pane").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + 24


def _card(page: Page) -> tuple[float, float]:
    box = page.locator(f".react-flow__node >> nth={COUNT // 2}").bounding_box()
    assert box
    return box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.15


def _project_call(route: Route) -> None:
    path = route.request.url.split("/projects/bench")[1]
    if path.startswith("/presence"):
        return _answer(route, {"grace_seconds": 120})
    if path.startswith("/nodes/"):
        node = next(each for each in _nodes("running") if each["id"] == path.split("/")[2])
        return _answer(route, node | (route.request.post_data_json or {}))
    return _answer(route, [] if path.startswith("/") else _project())


def _answer(route: Route, data: Any) -> None:
    route.fulfill(content_type="application/json", body=json.dumps({"data": data, "error": None}))


def _project() -> dict[str, Any]:
    owner = {"id": "bench", "name": "Bench", "email": "bench@werkbank.example"}
    about = {"id": "bench", "name": "Bench", "description": "", "tags": [], "is_template": False, "right": "own", "owner": owner}
    return about | {"created_at": _now(), "changed_at": _now(), "nodes": _nodes("running"), "links": []}


def _nodes(state: str) -> list[dict[str, Any]]:
    lease = {"grace_seconds": 120, "expires_at": None, "held_by": "tab", "keep_until": None, "is_ending": False}
    nothing = dict.fromkeys(("reason", "details", "progress", "url", "run_id", "cause", "remedy"))
    same = {"project_id": "bench", "service_key": KEY, "service_version": VERSION, "type": "dynamic", "containers": []} | nothing
    same |= {"state": state, "state_since": _now(), "inputs": {}, "outputs": {}, "lease": lease}
    places = [{"x": number % 20 * 260, "y": number // 20 * 160} for number in range(COUNT)]
    return [same | {"id": f"n{number}", "name": f"Node {number}", "position": place} for number, place in enumerate(places)]


def _service() -> dict[str, Any]:
    ports = {
        name: {"displayOrder": order, "label": name.title(), "description": "", "type": "data:*/*"}
        for order, name in enumerate(("first", "second"))
    }
    about = {"key": KEY, "version": VERSION, "name": "Bench", "type": "dynamic", "description": "", "contact": ""}
    return about | {"authors": [], "inputs": ports, "outputs": ports, "deprecated_at": None, "is_deprecated": False}


def _now() -> str:
    return datetime.now(UTC).isoformat()
