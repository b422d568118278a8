"""How many slots there should be of each service."""

from hypothesis import given
from hypothesis import strategies as st

from controlplane.slots_plan import Demand, room, shares

MIB = 1024 * 1024


def jupyter(opens: int = 0, most: int = 1000) -> Demand:
    """Two GiB each."""
    return Demand("jupyter", 2048 * MIB, opens, most)


def viewer(opens: int = 0) -> Demand:
    """A quarter of that."""
    return Demand("viewer", 512 * MIB, opens)


def test_without_memory_there_are_none() -> None:
    assert shares([jupyter(5)], 0) == {"jupyter": 0}
    assert shares([jupyter(5)], 2047 * MIB) == {"jupyter": 0}


def test_a_service_that_nobody_opened_lately_has_one_for_whoever_comes_next() -> None:
    assert shares([jupyter()], 100_000 * MIB) == {"jupyter": 1}


def test_there_are_as_many_as_were_opened_lately() -> None:
    assert shares([jupyter(7)], 100_000 * MIB) == {"jupyter": 7}


def test_an_image_may_allow_fewer() -> None:
    assert shares([jupyter(7, most=3)], 100_000 * MIB) == {"jupyter": 3}
    assert shares([jupyter(7, most=0)], 100_000 * MIB) == {"jupyter": 0}


def test_each_gets_its_first_before_any_gets_a_second() -> None:
    assert shares([jupyter(9), viewer()], 2560 * MIB) == {"jupyter": 1, "viewer": 1}


def test_with_memory_for_one_the_one_that_is_opened_more_has_it() -> None:
    assert shares([jupyter(1), viewer(5)], 2048 * MIB) == {"jupyter": 0, "viewer": 4}
    assert shares([jupyter(5), viewer(1)], 2048 * MIB) == {"jupyter": 1, "viewer": 0}


def test_what_is_left_goes_by_how_often_each_is_opened() -> None:
    assert shares([Demand("a", 1, 30), Demand("b", 1, 10)], 8) == {"a": 6, "b": 2}


demands = st.lists(
    st.builds(Demand, st.text("abcdef", min_size=1, max_size=3), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)),
    max_size=6,
    unique_by=lambda demand: demand.key,
)


@given(demands, st.integers(0, 500))
def test_the_budget_is_never_exceeded_and_no_wish_is(wanted: list[Demand], budget: int) -> None:
    given_to = shares(wanted, budget)
    assert sum(given_to[each.key] * each.memory_bytes for each in wanted) <= budget
    assert all(0 <= given_to[each.key] <= each.wish for each in wanted)
    left = budget - sum(given_to[each.key] * each.memory_bytes for each in wanted)
    assert not [each for each in wanted if given_to[each.key] < each.wish and 0 < each.memory_bytes <= left]


@given(st.integers(0, 1000), st.lists(st.integers(0, 300), max_size=5), st.integers(0, 100))
def test_new_ones_fit_beside_all_that_is_there(budget: int, taken: list[int], memory: int) -> None:
    fitting = room(budget, taken, memory)
    assert fitting >= 0
    assert fitting == 0 or sum(taken) + fitting * memory <= budget
