"""Porters on other hosts: who may speak with one, and which of them are removed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from controlplane.errors import FilesUnreachable
from controlplane.porter import proof, remote
from controlplane.porter.carrier import Carrier
from controlplane.porter.ports import Place, Volume
from controlplane.porter.remote import PorterTask, RemotePorters
from controlplane.ports import Host, Order, Outcome
from tests.support.deployment import until
from tests.support.fake_porters import FakePorterServices

PLACE = Place((Volume("/state", "volume", "/state"),), "h2")


@pytest.fixture
def services(tmp_path: Path) -> FakePorterServices:
    """A swarm with one other host, which has the volume."""
    (tmp_path / "hosts" / "h2" / "volume").mkdir(parents=True)
    return FakePorterServices(tmp_path / "hosts", [Host("h2", "host-2", "worker", "ready", "active")])


@pytest.fixture
def porters(services: FakePorterServices, tmp_path: Path) -> RemotePorters:
    """A director's."""
    return RemotePorters("unit", services, services.write, tmp_path / "own", services.dial)


@pytest.fixture
def orders(services: FakePorterServices, porters: RemotePorters) -> list[Order]:
    """What the director asks of the swarm from here on."""
    asked: list[Order] = []

    def write(order: Order) -> Outcome:
        asked.append(order)
        return services.write(order)

    porters._write = write
    return asked


def proven(director: bytes, porter: bytes) -> list[str]:
    """Which side believes the other."""
    ours, theirs = socket.socketpair()
    found: list[str] = []

    def answer() -> None:
        with theirs, suppress(proof.Unproven):
            proof.accept(theirs, porter)
            found.append("porter")

    thread = threading.Thread(target=answer)
    thread.start()
    with ours, suppress(proof.Unproven):
        proof.approach(ours, director)
        found.append("director")
    thread.join()
    return sorted(found)


def test_both_sides_prove_that_they_have_the_token() -> None:
    assert proven(b"token", b"token") == ["director", "porter"]
    assert proven(b"token", b"another") == []


def test_nobody_gets_a_proof_who_has_not_proven_himself() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(bytes(64))
        with pytest.raises(proof.Unproven):
            proof.accept(theirs, b"token")
        theirs.close()
        assert len(ours.recv(1024)) == 32  # its nonce, and nothing that was made with the token


def test_a_proof_of_another_time_proves_nothing() -> None:
    said: list[bytes] = []

    def listen(token: bytes) -> None:
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=lambda: proof.approach(ours, token))
        thread.start()
        nonce = bytes(32)
        theirs.sendall(nonce)
        said.append(theirs.recv(32) + theirs.recv(32))
        theirs.sendall(proof._digest(token, b"porter", said[0][:32], nonce))
        thread.join()
        ours.close()
        theirs.close()

    listen(b"token")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(said[0])
        with pytest.raises(proof.Unproven):
            proof.accept(theirs, b"token")


def test_who_answers_without_the_token_gets_no_order(
    services: FakePorterServices, porters: RemotePorters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_PATIENCE", 0.3)
    services.is_stranger = True
    with pytest.raises(FilesUnreachable):
        porters.open(PLACE)


def test_a_token_is_in_no_order_and_its_file_does_not_stay(porters: RemotePorters, orders: list[Order], tmp_path: Path) -> None:
    channel = porters.open(PLACE)
    (spec,) = orders[0].porters
    assert spec.mounts == ({"source": "volume", "target": "/volumes/0"},)
    assert list((tmp_path / "own").iterdir()) == []
    channel.close()


def test_a_porter_that_is_used_stays_and_one_that_has_ended_goes(porters: RemotePorters, orders: list[Order]) -> None:
    channel = porters.open(PLACE)
    for _ in range(3):
        porters.sweep()
    assert [order.porters_absent for order in orders] == [()]
    assert Carrier(channel).ask("list", volume="/state", path="")["entries"] == []
    channel.close()
    until(lambda: porters.sweep() or orders[1:], 5)
    porters.sweep()
    assert [order.porters_absent for order in orders] == [(), (orders[0].porters[0].name,)]


@pytest.fixture
def left(services: FakePorterServices, tmp_path: Path) -> Iterator[str]:
    """The porter of a director that was killed: it has a connection that nobody uses."""
    killed = RemotePorters("unit", services, services.write, tmp_path / "killed", services.dial)
    channel = killed.open(PLACE)
    yield services.made[-1].name
    channel.close()


def test_what_a_killed_director_left_goes_at_the_second_look(left: str, porters: RemotePorters, orders: list[Order]) -> None:
    porters.sweep()
    assert orders == []
    porters.sweep()
    assert [order.porters_absent for order in orders] == [(left,)]


def test_what_the_swarm_does_not_tell_is_no_orphan(
    left: str, services: FakePorterServices, porters: RemotePorters, orders: list[Order]
) -> None:
    services.is_away = True
    for _ in range(3):
        porters.sweep()
    with pytest.raises(FilesUnreachable):
        porters.open(PLACE)
    assert orders == []


def test_what_is_named_otherwise_is_left_alone(
    left: str, services: FakePorterServices, porters: RemotePorters, orders: list[Order]
) -> None:
    for name in ("unit_porter_mine", "other_porter_0123456789abcdef", "unit_gateway"):
        services._there[name] = services._there[left]
    for _ in range(3):
        porters.sweep()
    assert [order.porters_absent for order in orders] == [(left,)]


def test_a_porter_whose_image_takes_long_is_met_at_the_next_question(
    services: FakePorterServices, porters: RemotePorters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_PATIENCE", 0.2)
    services.fate = PorterTask("preparing")
    with pytest.raises(FilesUnreachable, match="fetching"):
        porters.open(PLACE)
    for _ in range(3):
        porters.sweep()
    services.fate = None
    porters.open(PLACE).close()
    assert len(services.made) == 1


def test_a_porter_that_nobody_came_for_in_time_is_not_waited_for(
    services: FakePorterServices, porters: RemotePorters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_PATIENCE", 0.2)
    services.fate = PorterTask("preparing")
    with pytest.raises(FilesUnreachable):
        porters.open(PLACE)
    services.fate = None
    services._there.clear()
    porters.open(PLACE).close()
    assert len(services.made) == 2


def test_a_porter_that_could_not_be_made_is_said_so(services: FakePorterServices, tmp_path: Path) -> None:
    porters = RemotePorters("unit", services, lambda _: Outcome(False, "no network"), tmp_path / "own", services.dial)
    with pytest.raises(FilesUnreachable, match="no network"):
        porters.open(PLACE)
    assert list((tmp_path / "own").iterdir()) == []


def test_a_task_that_did_not_start_is_told_with_the_engines_words(services: FakePorterServices, porters: RemotePorters) -> None:
    services.fate = PorterTask("rejected", "No such image: x", is_over=True)
    with pytest.raises(FilesUnreachable, match="cannot fetch"):
        porters.open(PLACE)
    services.fate = PorterTask("failed", "out of inodes", is_over=True)
    with pytest.raises(FilesUnreachable, match="out of inodes"):
        porters.open(PLACE)


def test_a_slow_disk_is_waited_for_and_a_host_that_is_down_is_not(
    services: FakePorterServices, porters: RemotePorters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_ASK_AFTER", 0.05)
    channel = porters.open(PLACE)
    threading.Timer(0.3, services.machines.clear).start()
    with pytest.raises(FilesUnreachable, match="went away"):
        channel.receive(1)
    assert services.machines == []
    channel.close()
