"""A service is asked what it does through the gateway; whatever is no clear answer is unknown."""

import io
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from controlplane.adapters.gateway import GatewayProber
from controlplane.ports import Activity
from controlplane.settings import Settings

IDLE = b'[{"execution_state": "idle", "last_activity": "2026-01-01T11:00:00Z"}]'


class Gateway(BaseAdapter):
    """Answers as the gateway's probe does."""

    def __init__(self, *answers: tuple[int, bytes] | Exception, date: str | None = None):
        super().__init__()
        self.answers, self.date = list(answers), date
        self.asked: list[tuple[str, str]] = []

    def send(self, request: Any, **options: Any) -> requests.Response:
        """The next answer."""
        assert options["timeout"], "no question waits for ever"
        self.asked.append((request.url, request.headers.get("X-Werkbank-Upstream", "")))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.status_code, body = answer
        response.raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        response.headers.update({"Date": self.date} if self.date else {})
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def prober(gateway: Gateway) -> GatewayProber:
    """It asks this gateway."""
    made = GatewayProber(Settings(gateway_url="http://gateway:8082"))
    made._session.mount("http://", gateway)
    return made


def ask(gateway: Gateway, *paths: str) -> Activity | None:
    """What is learned of a node."""
    return prober(gateway).activity("0123", 8888, paths or ("/x/0123/api/kernels",), "jupyter")


def test_a_service_is_asked_at_each_path_by_its_route() -> None:
    gateway = Gateway((200, IDLE), (200, b"[]"))
    said = ask(gateway, "/x/0123/api/kernels", "/x/0123/api/terminals")
    assert said is not None
    assert not said.is_busy
    assert gateway.asked == [
        ("http://gateway:8082/probe/x/0123/api/kernels", "0123:8888"),
        ("http://gateway:8082/probe/x/0123/api/terminals", "0123:8888"),
    ]


def test_a_service_with_a_slow_clock_is_understood() -> None:
    from datetime import timedelta

    from controlplane.clock import now

    said = ask(Gateway((200, IDLE), date="Thu, 01 Jan 2026 11:01:00 GMT"))
    assert said is not None
    assert said.last_at is not None
    assert abs(now() - said.last_at - timedelta(minutes=1)) < timedelta(seconds=10)


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"[]"),
        (302, b""),
        (502, b"<html>"),
        (200, b"<html>"),
        (200, b'{"not": "a list"}'),
        (200, b" " * (256 * 1024 + 1)),
        (200, b"\xff\xfe"),
        requests.ConnectionError("refused"),
        requests.Timeout("slow"),
    ],
)
def test_what_is_no_clear_answer_is_unknown(answer: Any) -> None:
    assert ask(Gateway(answer)) is None


def test_one_path_that_does_not_answer_makes_the_whole_unknown() -> None:
    assert ask(Gateway((200, IDLE), (404, b"")), "/a", "/b") is None


def test_a_date_that_is_none_makes_the_answer_unknown() -> None:
    assert ask(Gateway((200, IDLE), date="yesterday")) is None


@pytest.mark.parametrize(("answer", "is_open"), [((200, b"{}"), True), ((503, b"{}"), False), (requests.ConnectTimeout(), False)])
def test_the_workbench_is_open_when_what_people_ask_comes_through(answer: Any, is_open: bool) -> None:
    gateway = Gateway(answer)
    assert prober(gateway).is_open() is is_open
    assert gateway.asked == [("http://gateway:8082/open", "")]
