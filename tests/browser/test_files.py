"""Files of a node in a real browser: uploaded in the page, there for JupyterLab, taken again with the node open and closed."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in, new_project
from tests.support.deployment import Deployment, presence

NAME = "plate ü 1.bin"


def saved(page: Page, name: str) -> bytes:
    """What the browser saves when somebody asks for a file."""
    with page.expect_download() as waiting:
        page.locator(f'[data-name="{name}"]').get_by_role("link", name=name, exact=True).click()
    assert waiting.value.suggested_filename == name
    return Path(waiting.value.path()).read_bytes()


def test_a_file_goes_into_a_node_and_comes_back_also_when_it_is_closed(
    page: Page, deployment: Deployment, tmp_path: Path
) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / NAME).write_bytes(data)
    (tmp_path / "page.html").write_text("<script>document.title = 'taken over'</script>")
    log_in(page, deployment)
    project_id = new_project(page, "Files")
    admin = deployment.admin()
    service = next(each for each in admin.call("GET", "/services") if each["key"].endswith("/jupyter"))
    node_id = admin.add_node(project_id, service["key"], service["version"])["id"]
    with presence(deployment, project_id):
        url = admin.wait_for(project_id, node_id, "running", 180)["url"]
        page.locator(f'.react-flow__node[data-id="{node_id}"]').click()
        page.get_by_test_id("node-files").click()
        page.get_by_test_id("files-input").set_input_files([tmp_path / NAME, tmp_path / "page.html"])
        expect(page.get_by_test_id("files-uploads")).to_contain_text("uploaded, 3.0 MB", timeout=30_000)
        expect(page.locator(f'[data-name="{NAME}"]')).to_contain_text("3.0 MB", timeout=30_000)

        route = "/".join(url.split("/")[:3])
        seen = admin.page(f"{route}/api/contents").json()["content"]
        assert NAME in [each["name"] for each in seen]
        assert saved(page, NAME) == data
        assert b"taken over" in saved(page, "page.html")

        admin.call("POST", f"/projects/{project_id}/nodes/{node_id}/stop")
        admin.wait_for(project_id, node_id, "stopped")
        assert saved(page, NAME) == data

        page.get_by_test_id("files-new-folder").click()
        page.get_by_test_id("files-name").fill("results")
        page.get_by_test_id("files-name-submit").click()
        page.get_by_role("button", name="results", exact=True).click()
        expect(page.get_by_text("Nothing is in this folder")).to_be_visible(timeout=30_000)
        page.get_by_role("navigation", name="Folders on the way").get_by_role("button").first.click()
        page.locator('[data-name="page.html"]').get_by_test_id("files-menu").click()
        page.get_by_role("menuitem", name="Delete").click()
        page.get_by_test_id("files-remove").click()
        expect(page.locator('[data-name="page.html"]')).to_have_count(0, timeout=30_000)
        page.get_by_test_id("files-panel").press("Escape")
        expect(page.get_by_test_id("files-panel")).to_have_count(0)


def test_a_file_that_is_there_is_replaced_only_when_somebody_says_so(page: Page, deployment: Deployment, tmp_path: Path) -> None:
    log_in(page, deployment)
    project_id = new_project(page, "Files, again")
    admin = deployment.admin()
    node_id = admin.add_node(project_id, "simcore/services/dynamic/echo")["id"]
    with presence(deployment, project_id):
        admin.wait_for(project_id, node_id, "running", 120)
    page.locator(f'.react-flow__node[data-id="{node_id}"]').click()
    page.get_by_test_id("node-files").click()
    for text in ("first", "second"):
        (tmp_path / "note.txt").write_text(text)
        page.get_by_test_id("files-input").set_input_files(tmp_path / "note.txt")
        page.locator('[data-name="note.txt"]').wait_for()
    uploads = page.get_by_test_id("files-uploads")
    expect(uploads).to_contain_text("is there already", timeout=30_000)
    assert saved(page, "note.txt") == b"first"
    uploads.get_by_role("button", name="Replace").click()
    expect(uploads).not_to_contain_text("is there already")
    expect(uploads.locator('[data-state="done"]')).to_have_count(2, timeout=30_000)
    assert saved(page, "note.txt") == b"second"
