"""Files on another host of a swarm: every promise of porters is kept there, too; what keeps a director from them is said,
and nothing stays half or behind."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.errors import FilesElsewhere, FilesUnreachable, NoFilesYet
from controlplane.porter.carrier import Carrier, Carriers
from controlplane.porter.ports import Place, Volume
from controlplane.porter.remote import RemotePorters
from tests.contract.test_files import *  # noqa: F403  these promises are collected here once more, and find the world below
from tests.contract.test_files import TARGET, World
from tests.support.deployment import until
from tests.support.lab import Lab, remote_on, services_on


@pytest.fixture(scope="module")
def world(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A volume of the other host, for the promises of test_files.py."""
    name = f"{lab.stack}_files_{uuid.uuid4().hex[:8]}"
    top = lab.worker.make_volume(name)
    porters = remote_on(lab, tmp_path_factory.mktemp("elsewhere"))
    carriers = Carriers(porters)
    place = Place((Volume(TARGET, name, TARGET),), lab.worker_id)
    yield World(porters, place, lambda command: lab.worker.shell(top, command), lambda: lab.porters_of(name), carriers)
    carriers.close()
    remove_all(lab, porters)


@pytest.fixture
def porters(lab: Lab, tmp_path: Path) -> Iterator[RemotePorters]:
    """A director's; no other porter is there before it, and none is left."""
    there = remote_on(lab, tmp_path)
    remove_all(lab, there)
    yield there
    remove_all(lab, there)


@pytest.fixture
def place(lab: Lab) -> Place:
    """A volume with one file on the other host."""
    name = f"{lab.stack}_node_{uuid.uuid4().hex[:8]}"
    lab.worker.shell(lab.worker.make_volume(name), "printf 1 > one.txt")
    return Place((Volume(TARGET, name, TARGET),), lab.worker_id)


def shown(lab: Lab) -> dict[str, bool]:
    """The porters of the swarm."""
    return services_on(lab).shown()


def remove_all(lab: Lab, porters: RemotePorters) -> None:
    """As the director does, look by look."""

    def look() -> bool:
        porters.sweep()
        return not shown(lab)

    until(look, 60)


def names(carrier: Carrier, path: str = "") -> list[str]:
    """What is in a folder."""
    return [entry["name"] for entry in carrier.ask("list", volume=TARGET, path=path)["entries"]]


def test_a_porter_has_the_volumes_a_token_and_nothing_else(lab: Lab, porters: RemotePorters, place: Place) -> None:
    carrier = Carrier(porters.open(place))
    assert names(carrier) == ["one.txt"]
    (name,) = shown(lab)
    service = lab.manager.engine.inspect_service(name)["Spec"]
    container = lab.worker.engine.inspect_container(lab.worker.run("docker", "ps", "--quiet", "--filter", f"name={name}"))
    host = container["HostConfig"]
    assert (host["ReadonlyRootfs"], host["Memory"], host["PidsLimit"]) == (True, 128 * 1024 * 1024, 16)
    assert (host["CapDrop"], sorted(host["CapAdd"])) == (["ALL"], ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"])
    assert list(container["NetworkSettings"]["Networks"]) == [f"{lab.stack}_porters"]
    kept = [mount for mount in container["Mounts"] if mount["Destination"] != "/run/secrets/porter"]
    assert [mount["Name"] for mount in kept] == [place.volumes[0].name]
    token = lab.worker.run("docker", "exec", container["Id"], "cat", "/run/secrets/porter")
    assert len(token) == 64
    assert token not in json.dumps([service, container]) + lab.worker.run("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    carrier.close()


def test_a_volume_that_is_not_on_the_host_is_not_made_by_looking(lab: Lab, porters: RemotePorters) -> None:
    gone = f"nowhere-{uuid.uuid4().hex[:8]}"
    with pytest.raises(NoFilesYet, match="werkbank-lab-files-2"):
        porters.open(Place((Volume(TARGET, gone, TARGET),), lab.worker_id))
    assert gone not in lab.worker.run("docker", "volume", "ls", "--quiet").split()


def test_a_host_that_takes_no_work_is_named(lab: Lab, porters: RemotePorters, place: Place) -> None:
    with lab.worker_made("drain"), pytest.raises(FilesElsewhere, match="takes no work"):
        porters.open(place)
    with pytest.raises(FilesElsewhere, match="not in the swarm"):
        porters.open(Place(place.volumes, "0" * 25))
    assert shown(lab) == {}


def test_an_image_that_the_host_cannot_fetch_is_said_so(lab: Lab, tmp_path: Path, place: Place) -> None:
    porters = remote_on(lab, tmp_path, services_on(lab, "127.0.0.1:9382/werkbank-lab-files/none:1"))
    with pytest.raises(FilesUnreachable, match="cannot fetch"):
        porters.open(place)
    remove_all(lab, porters)


def test_what_a_director_left_that_was_killed_is_removed_by_the_next(lab: Lab, tmp_path: Path, place: Place) -> None:
    killed, following = remote_on(lab, tmp_path / "1"), remote_on(lab, tmp_path / "2")
    left, used = Carrier(killed.open(place)), Carrier(following.open(place))
    assert len(shown(lab)) == 2
    following.sweep()
    following.sweep()
    assert len(shown(lab)) == 1
    assert names(used) == ["one.txt"]
    until(lambda: lab.porters_of(place.volumes[0].name) == 1, 30)
    for carrier in (left, used):
        carrier.close()
    remove_all(lab, following)


def test_an_upload_is_not_half_there_when_its_host_is_cut_off(lab: Lab, porters: RemotePorters, place: Place) -> None:
    carrier, cut = Carrier(porters.open(place)), threading.Event()
    carrier.ask("write", volume=TARGET, path="half", size=None, may_replace=False)

    def pieces() -> Iterator[bytes]:
        for number in range(100_000):
            if number == 10:
                lab.cut_off_the_worker()
                cut.set()
            yield bytes(64 * 1024)

    began = time.monotonic()
    try:
        with pytest.raises(FilesUnreachable, match="half"):
            carrier.send(pieces())
        assert time.monotonic() - began < 60
        carrier.close()
        with pytest.raises(FilesElsewhere, match="does not answer"):
            porters.open(place)
        # It ends by itself, before the swarm can tell it anything.
        until(lambda: lab.porters_of(place.volumes[0].name) == 0, 60)
    finally:
        lab.bring_the_worker_back()
    assert cut.is_set()
    again = Carrier(porters.open(place))
    assert names(again) == ["one.txt"]
    folder = lab.worker.run("docker", "volume", "inspect", "--format", "{{ .Mountpoint }}", place.volumes[0].name)
    assert lab.worker.shell(folder, "ls -A") == "one.txt"
    again.close()
