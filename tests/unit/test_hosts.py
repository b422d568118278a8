"""The event log says which hosts join, leave and change."""

from dataclasses import replace

import pytest

from controlplane import journal
from controlplane.errors import SwarmUnreadable
from controlplane.hosts import Hosts
from controlplane.ports import Host
from tests.unit.conftest import World

WORKER = Host("h2", "host-2", "worker", "ready", "active")


def said(world: World) -> list[tuple[str, str, str]]:
    """What is noted of hosts, the oldest first."""
    with world.database.begin() as session:
        entries = reversed(journal.entries(session, 100, kind="host"))
        return [(entry.action, entry.name, entry.data["state"]) for entry in entries]


def test_a_host_is_noted_when_it_joins_changes_and_leaves_and_not_otherwise(world: World) -> None:
    swarm, hosts = world.adapters.swarm, Hosts(world.database, world.adapters.swarm)
    for machines in ([WORKER], [WORKER], [replace(WORKER, state="down")], []):
        swarm.machines = machines
        hosts.look()
    assert said(world) == [("appear", "host-2", "ready"), ("change", "host-2", "down"), ("disappear", "host-2", "down")]


def test_a_restarted_director_notes_only_what_changed_meanwhile(world: World) -> None:
    world.adapters.swarm.machines = [WORKER]
    Hosts(world.database, world.adapters.swarm).look()
    Hosts(world.database, world.adapters.swarm).look()
    world.adapters.swarm.machines = []
    Hosts(world.database, world.adapters.swarm).look()
    Hosts(world.database, world.adapters.swarm).look()
    assert [action for action, _, _ in said(world)] == ["appear", "disappear"]


def test_an_unreadable_swarm_has_lost_no_host(world: World) -> None:
    hosts = Hosts(world.database, world.adapters.swarm)
    hosts.look()
    world.adapters.swarm.is_away = True
    with pytest.raises(SwarmUnreadable):
        hosts.look()
    assert [action for action, _, _ in said(world)] == ["appear"]
