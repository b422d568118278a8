"""Which values of a run are secrets, and what a person must supply to repeat it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.masking import Mask, is_secret, literal, repeatable, secrets_in


@pytest.mark.parametrize(
    "key", ["API_TOKEN", "DBPASSWORD", "dbPassword", "AWS_SECRET_ACCESS_KEY", "apikey", "CREDENTIALS", "KEY"]
)
def test_a_key_that_looks_like_a_secrets_is_one(key: str) -> None:
    assert is_secret(key)


@pytest.mark.parametrize("key", ["PATH", "MONKEY", "KEYBOARD", "service_key", "PUBLIC_KEY", "SIMCORE_NODE_UUID", "name"])
def test_a_key_of_everyday_life_is_none(key: str) -> None:
    assert not is_secret(key)


def test_a_secret_is_replaced_wherever_it_stands_also_before_it_is_named() -> None:
    masked = Mask().inputs({"url": "https://u:hunter22@host", "DB_PASSWORD": "hunter22"})
    assert masked == {"url": "https://u:<secret 1>@host", "DB_PASSWORD": "<secret 1>"}


def test_a_marked_value_is_a_secret_under_any_key() -> None:
    mask = Mask(marked=("the-deployments-own",))
    assert mask.inputs({"env": {"URL": "x:the-deployments-own"}}) == {"env": {"URL": "x:<secret 1>"}}


def test_what_a_task_says_is_masked_too() -> None:
    mask = Mask()
    mask.inputs({"API_TOKEN": "abc-123"})
    assert mask.text("refused: abc-123 is no token") == "refused: <secret 1> is no token"


def test_the_places_to_fill_in_are_named() -> None:
    masked = Mask().inputs({"present": [{"env": {"A_TOKEN": "abcd", "B_KEY": "efgh"}}, {"env": {"A_TOKEN": "abcd"}}]})
    assert secrets_in(masked) == {
        "WERKBANK_SECRET_1": ["present.0.env.A_TOKEN", "present.1.env.A_TOKEN"],
        "WERKBANK_SECRET_2": ["present.0.env.B_KEY"],
    }


def test_a_repeated_run_takes_secrets_from_the_environment() -> None:
    text = repeatable({"A_TOKEN": "<secret 1>"})["A_TOKEN"]
    assert text.startswith("{{ lookup('ansible.builtin.env', 'WERKBANK_SECRET_1'")
    assert "undef" in text


def test_text_of_an_image_that_looks_like_a_template_is_data() -> None:
    assert literal({"X": "{{ lookup('pipe', 'id') }}"}) == {"X": {"__ansible_unsafe": "{{ lookup('pipe', 'id') }}"}}
    assert "lookup('pipe'" not in repeatable("<secret 1>{{ lookup('pipe', 'id') }}").replace(
        "{{ '{' }}{{ '{' }} lookup('pipe'", ""
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["TOKEN", "a", "b"]), inner, max_size=3),
    max_leaves=12,
)


@given(inputs=values, secret=st.text("abcdef", min_size=8, max_size=12))
def test_a_secret_is_nowhere_in_what_is_stored(inputs: Any, secret: str) -> None:
    masked = Mask().inputs({"x": [inputs, secret], "PASSWORD": secret})
    assert secret not in str(masked)


@given(inputs=values)
def test_without_secrets_a_run_is_stored_as_it_is(inputs: Any) -> None:
    without = {"x": str(inputs).replace("<secret", "")}
    assert Mask().inputs(without) == without
    assert secrets_in(without) == {}
