"""How many nodes may run."""

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

from controlplane.errors import QuotaExceeded
from controlplane.model import Node
from controlplane.quotas import Quota
from tests.unit.conftest import World


def count(world: World) -> int:
    """How many nodes there are."""
    with world.database.begin() as session:
        return session.query(Node).count()


@pytest.mark.parametrize(("quota", "word"), [(Quota(2, 9), "WERKBANK_USER_NODES"), (Quota(9, 2), "WERKBANK_PROJECT_NODES")])
def test_one_more_than_may_run_is_refused_with_the_quota_and_the_way_out(world: World, quota: Quota, word: str) -> None:
    for _ in range(2):
        world.add_node(quota=quota)
    with pytest.raises(QuotaExceeded, match=f"2 nodes .* at most 2 may; nothing was changed. Close one .*{word}"):
        world.add_node(quota=quota)
    assert count(world) == 2


def test_closed_and_failed_nodes_do_not_count(world: World) -> None:
    first, second = (world.add_node(quota=Quota(2, 2)) for _ in range(2))
    world.stop(first)
    with world.database.begin() as session:
        session.get_one(Node, second).failure = "Its program ended."
    for _ in range(2):
        world.add_node(quota=Quota(2, 2))
    with pytest.raises(QuotaExceeded):
        world.start(first, Quota(2, 2))
    assert world.node(first).state == "stopping" or world.node(first).state == "stopped"


def test_a_node_that_runs_may_be_started_again_whatever_the_quota(world: World) -> None:
    node_id = world.add_node()
    world.start(node_id, Quota(1, 1))
    assert world.node(node_id).state == "starting"


def test_requests_that_arrive_together_are_counted_one_after_the_other(world: World) -> None:
    statements: list[str] = []

    def note(context: object) -> None:
        statement = getattr(context, "statement", None)
        if statement is not None and getattr(context, "is_select", False):
            statements.append(str(statement.compile(dialect=postgresql.dialect())))

    with world.database.begin() as session:
        event.listen(session, "do_orm_execute", note)
        from controlplane import nodes

        nodes.add_node(session, world.project(session), "simcore/services/dynamic/echo", "1.0.0")
    [locked] = [number for number, text in enumerate(statements) if "FOR UPDATE" in text]
    counts = [number for number, text in enumerate(statements) if "count(" in text]
    assert "users" in statements[locked]
    assert counts
    assert all(number > locked for number in counts)
