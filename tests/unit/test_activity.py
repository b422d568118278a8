"""What a service says of itself, and what its labels say about asking it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.activity import CALLBACKS, INACTIVITY, JUPYTER, LABEL, UNCLEAR, asked_of, read
from controlplane.ports import Activity

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["execution_state", "last_activity"]), inner),
    max_leaves=8,
)


def kernel(state: str = "idle", at: str = "2026-01-01T11:00:00.000000Z", connections: int = 0) -> dict[str, Any]:
    """As Jupyter lists it."""
    return {"id": "1", "execution_state": state, "last_activity": at, "connections": connections}


def test_no_kernel_is_no_activity() -> None:
    assert read(JUPYTER, [[]], AT, AT) == Activity(False)


def test_one_busy_kernel_among_idle_ones_is_at_work() -> None:
    said = read(JUPYTER, [[kernel(), kernel("busy"), kernel(at="2026-01-01T11:30:00Z", connections=2)]], AT, AT)
    assert said == Activity(True, datetime(2026, 1, 1, 11, 30, tzinfo=UTC), 2)


def test_a_terminal_that_printed_something_was_active() -> None:
    said = read(JUPYTER, [[], [{"name": "1", "last_activity": "2026-01-01T11:59:00Z"}]], AT, AT)
    assert said == Activity(False, AT - timedelta(minutes=1))


def test_times_past_are_moved_from_the_services_clock_to_ours() -> None:
    """Its host is an hour late; its kernel worked a minute ago."""
    said = read(JUPYTER, [[kernel(at="2026-01-01T10:59:00Z")]], AT - timedelta(hours=1), AT)
    assert said == Activity(False, AT - timedelta(minutes=1))


def test_a_moment_to_come_is_now() -> None:
    assert read(JUPYTER, [[kernel(at="2030-01-01T00:00:00Z")]], AT, AT) == Activity(False, AT)


@pytest.mark.parametrize(
    "answer", [{}, [kernel("dancing")], [{"execution_state": "idle"}], [kernel(at="2026-01-01T11:00:00")], "idle", [7], None]
)
def test_what_jupyter_never_says_is_unknown(answer: Any) -> None:
    assert read(JUPYTER, [answer], AT, AT) is None


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ({"is_inactive": False, "seconds_inactive": None}, Activity(True)),
        ({"is_inactive": True, "seconds_inactive": 90}, Activity(False, AT - timedelta(seconds=90))),
        ({"seconds_inactive": 1.5}, Activity(False, AT - timedelta(seconds=1.5))),
        ({"is_inactive": True}, Activity(False)),
        ({}, None),
        ({"is_inactive": "no"}, None),
        ({"seconds_inactive": -1}, None),
        ({"seconds_inactive": float("nan")}, None),
        ({"seconds_inactive": 1e300}, None),
        ([], None),
    ],
)
def test_the_inactivity_of_a_service(answer: Any, meaning: Activity | None) -> None:
    assert read(INACTIVITY, [answer], AT, AT) == meaning


@given(form=st.sampled_from([JUPYTER, INACTIVITY, UNCLEAR]), answers=st.lists(ANYTHING, max_size=3))
def test_no_answer_whatever_raises(form: str, answers: list[Any]) -> None:
    said = read(form, answers, AT, AT)
    assert said is None or said.last_at is None or said.last_at <= AT


@given(text=st.text() | ANYTHING.map(json.dumps), name=st.sampled_from([LABEL, CALLBACKS]))
def test_no_label_whatever_raises(text: str, name: str) -> None:
    asked = asked_of({name: text})
    assert asked is None or asked["format"] in (JUPYTER, INACTIVITY, UNCLEAR)


@pytest.mark.parametrize(
    ("labels", "asked"),
    [
        ({}, None),
        ({LABEL: '{"path": "api/kernels", "format": "jupyter"}'}, {"paths": ["api/kernels"], "format": "jupyter"}),
        ({LABEL: '{"path": ["/a", "b"], "format": "jupyter"}'}, {"paths": ["a", "b"], "format": "jupyter"}),
        ({LABEL: '{"path": "x", "format": "of tomorrow"}'}, {"paths": [], "format": "unclear"}),
        ({LABEL: "no JSON"}, {"paths": [], "format": "unclear"}),
        ({LABEL: "{}"}, {"paths": [], "format": "unclear"}),
        ({CALLBACKS: '{"inactivity": {"path": "idle"}}'}, {"paths": ["idle"], "format": "inactivity"}),
        ({CALLBACKS: '{"inactivity": {"service": "container", "command": "curl"}}'}, None),
        ({CALLBACKS: "{}"}, None),
    ],
)
def test_how_a_service_is_asked_is_in_its_labels(labels: dict[str, str], asked: Any) -> None:
    assert asked_of(labels) == asked
