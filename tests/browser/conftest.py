"""A real browser on the real stack."""

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.support.deployment import Deployment


@pytest.fixture
def page(browser: Browser, deployment: Deployment) -> Iterator[Page]:
    """A fresh visitor's tab. What the page says went wrong fails the test."""
    context = browser.new_context(base_url=deployment.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    tab = context.new_page()
    wrong: list[str] = []
    foreign: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on(
        "request",
        lambda request: foreign.append(request.url) if not request.url.startswith((deployment.url, "data:", "blob:")) else None,
    )
    yield tab
    context.close()
    assert not wrong
    assert not foreign, "the page asked another site"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With a failure stands what its page showed."""
    report = yield
    tab = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and not report.passed and tab is not None:
        with suppress(Error):  # the tab is gone
            report.sections.append((f"The page {tab.url}", tab.inner_text("body", timeout=1_000)[:4_000]))
    return report


def log_in(page: Page, deployment: Deployment, who: "Colleague | None" = None) -> None:
    """As a person would; the administrator if nobody else is named."""
    page.goto("/")
    page.get_by_test_id("login-email").fill(who.email if who else deployment.values["WERKBANK_ADMIN_EMAIL"])
    page.get_by_test_id("login-password").fill(who.password if who else deployment.values["WERKBANK_ADMIN_PASSWORD"])
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("new-project").first.wait_for()


def new_project(page: Page, name: str) -> str:
    """A new canvas; its id."""
    page.get_by_test_id("new-project").first.click()
    page.get_by_test_id("project-name-input").fill(name)
    page.get_by_test_id("create-project").click()
    page.wait_for_url("**/projects/*")
    page.get_by_test_id("palette-search").wait_for()
    return page.url.split("?")[0].rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Colleague:
    """Somebody beside the administrator who may log in."""

    name: str
    email: str
    password: str


def add_colleague(deployment: Deployment) -> Colleague:
    """A second user, made once in a deployment, however often the tests run on it."""
    colleague = Colleague("Bob Jones", "bob@werkbank.example", "a good password for tests")
    answer = deployment.admin().session.post(
        f"{deployment.url}/api/v0/users",
        json={"email": colleague.email, "name": colleague.name, "role": "user", "password": colleague.password},
        timeout=30,
    )
    assert answer.status_code in (201, 409), answer.text
    return colleague
