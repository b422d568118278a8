"""Promises of porters: what they do to the files of a volume, and that they never leave it; fake and real engine."""

import io
import os
import subprocess
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from controlplane.adapters.porters import DockerPorters
from controlplane.errors import (
    FileExists,
    FileNotThere,
    FileRefused,
    FilesUnreachable,
    NoFilesYet,
)
from controlplane.files import Download
from controlplane.porter.carrier import Carrier, Carriers
from controlplane.porter.ports import Place, Porters, Volume
from tests.support.deployment import Deployment, until
from tests.support.fake_porters import FakePorters

TARGET = "/home/jovyan"
ODD = "a b\n\t'\"*ü"


@dataclass
class World:
    """A volume with some files, and a way to do to it what a node would do."""

    porters: Porters
    place: Place
    shell: Callable[[str], str]
    running: Callable[[], int]
    carriers: Carriers

    def ask(self, act: str, **words: Any) -> Any:
        """One act."""
        with self.carriers.at(self.place) as carrier:
            return carrier.ask(act, volume=TARGET, **words)

    def names(self, path: str = "") -> list[str]:
        """What is in a folder."""
        return [entry["name"] for entry in self.ask("list", path=path)["entries"]]

    def entry(self, name: str) -> Any:
        """One of the top."""
        return next(entry for entry in self.ask("list", path="")["entries"] if entry["name"] == name)

    def read(self, path: str) -> bytes:
        """A whole file."""
        return b"".join(Download(self.carriers.at(self.place), lambda porter: porter.ask("read", volume=TARGET, path=path)))

    def write(self, path: str, data: bytes, *, may_replace: bool = False) -> Any:
        """A whole file."""
        with self.carriers.at(self.place) as carrier:
            self.begin(carrier, path, may_replace=may_replace)
            carrier.send([data])
            assert carrier.answer()["size"] == len(data)
            return carrier.ask("keep")

    @staticmethod
    def begin(carrier: Carrier, path: str, *, may_replace: bool = False, size: int | None = None) -> None:
        """An upload, its first step."""
        carrier.ask("write", volume=TARGET, path=path, size=size, may_replace=may_replace)


def fake_world(root: Path) -> Iterator[World]:
    """A folder of this machine."""
    (root / "volume").mkdir()

    def shell(command: str) -> str:
        done = subprocess.run(["sh", "-ec", command], cwd=root / "volume", check=True, capture_output=True, text=True)
        return done.stdout

    porters = FakePorters(root, here="here")
    carriers = Carriers(porters)
    place = Place((Volume(TARGET, "volume", TARGET),), "here")
    yield World(porters, place, shell, lambda: 0, carriers)
    carriers.close()


def real_world(deployment: Deployment) -> Iterator[World]:
    """A volume of this machine's engine."""
    engine, name = deployment.engine, f"{deployment.stack}_files_{uuid.uuid4().hex[:8]}"
    labels = {"werkbank.stack": deployment.stack}
    engine.create_volume(name, labels=labels)
    image = deployment.base_image()

    def shell(command: str) -> str:
        run = ["/usr/bin/docker", "run", "--rm", "--network=none", f"--volume={name}:/volume", "--workdir=/volume", image]
        return subprocess.run([*run, "sh", "-ec", command], check=True, capture_output=True, text=True).stdout

    def running() -> int:
        return len(engine.containers(all=True, filters={"volume": name}))

    porters = DockerPorters(deployment.stack, image)
    carriers = Carriers(porters)
    try:
        shell("chown 1000:100 .")
        yield World(porters, Place((Volume(TARGET, name, TARGET),)), shell, running, carriers)
    finally:
        carriers.close()
        until(lambda: not running(), 30)
        engine.remove_volume(name)


@pytest.fixture(scope="module", params=["fake", "real"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Each promise is checked against both, and in test_elsewhere.py on another host."""
    if request.param == "fake":
        yield from fake_world(tmp_path_factory.mktemp("files"))
    else:
        yield from real_world(request.getfixturevalue("deployment"))


@pytest.fixture
def tree(world: World) -> World:
    """The same files before each test."""
    world.shell(
        """
        find . -mindepth 1 -delete
        mkdir -p data/deep; printf 'one' > data/one.txt; printf 'two' > data/deep/two.txt; printf 'top' > Top.txt
        ln -s data inside; ln -s /home/jovyan/data/one.txt to-one; ln -s /etc outside; ln -s ../.. above; ln -s loop loop
        ln -s data/../../etc sly; ln -s nowhere dangling; mkfifo pipe
        """
    )
    return world


def test_a_folder_is_listed_by_name_with_kind_size_and_moment(tree: World) -> None:
    names = ["above", "dangling", "data", "inside", "loop", "outside", "pipe", "sly", "to-one", "Top.txt"]
    assert tree.names() == names
    top, data = tree.entry("Top.txt"), tree.entry("data")
    assert (top["kind"], top["size"], data["kind"], data["size"]) == ("file", 3, "folder", None)
    assert abs(top["modified"] - time.time()) < 600
    assert tree.entry("pipe")["kind"] == "other"
    leads = {name: tree.entry(name)["leads_to"] for name in ("inside", "to-one", "outside", "above", "loop", "sly", "dangling")}
    assert leads == dict.fromkeys(leads) | {"inside": "folder", "to-one": "file"}


def test_a_file_is_read_whole_also_through_a_link_that_stays_inside(tree: World) -> None:
    assert tree.read("data/one.txt") == b"one"
    assert tree.read("inside/deep/two.txt") == b"two"
    assert tree.read("to-one") == b"one"
    assert tree.names("inside/deep") == ["two.txt"]


@pytest.mark.parametrize("path", ["outside", "outside/passwd", "above", "above/etc", "sly/passwd", "loop", "loop/x"])
def test_no_link_leads_out(tree: World, path: str) -> None:
    for act in (lambda: tree.ask("list", path=path), lambda: tree.read(path), lambda: tree.ask("folder", path=f"{path}/new")):
        with pytest.raises((FileRefused, FileNotThere)):
            act()


@pytest.mark.parametrize("path", ["..", "../x", "data/../../x", "/etc/passwd", "data//one.txt", "./Top.txt", "data/", "a\0b"])
def test_a_path_is_names_below_the_volume_and_nothing_else(tree: World, path: str) -> None:
    before = tree.shell("find . | sort")
    for act in ("list", "read", "archive", "folder", "remove"):
        with pytest.raises(FileRefused):
            tree.ask(act, path=path, name="x")
    for words in ({"path": "Top.txt", "to": path}, {"path": path, "to": "x"}):
        with pytest.raises(FileRefused):
            tree.ask("rename", **words)
    with pytest.raises(FileRefused):
        tree.write(path, b"")
    assert tree.shell("find . | sort") == before


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "\x7f", "n" * 256, "ü" * 128, ".werkbank-upload-1"])
def test_a_new_name_is_one_that_people_can_read(tree: World, name: str) -> None:
    before = tree.shell("find . | sort")
    for act in (
        lambda: tree.write(name, b""),
        lambda: tree.ask("folder", path=name),
        lambda: tree.ask("rename", path="data", to=name),
    ):
        with pytest.raises(FileRefused):
            act()
    assert tree.shell("find . | sort") == before


def test_an_odd_name_that_is_there_is_shown_read_and_removed(tree: World) -> None:
    tree.shell("""python3 -c "import os; open('a b\\n\\t\\x27\\x22*ü', 'w').write('odd'); open(b'\\xff\\xfe', 'w').close()" """)
    assert tree.entry(ODD)["is_usable"]
    assert tree.read(ODD) == b"odd"
    assert not tree.entry("��")["is_usable"]
    assert tree.ask("rename", path=ODD, to="even")["name"] == "even"
    tree.ask("remove", path="even")
    assert "even" not in tree.names()


def test_a_file_is_written_whole_and_belongs_to_whom_its_folder_belongs_to(tree: World) -> None:
    data = os.urandom(3 * 1024 * 1024 + 17)
    entry = tree.write("data/new.bin", data)
    assert (entry["name"], entry["kind"], entry["size"]) == ("new.bin", "file", len(data))
    assert tree.read("data/new.bin") == data
    tree.ask("folder", path="data/folder")
    owners = tree.shell("stat -c '%u:%g' . data; stat -c '%u:%g %a' data/new.bin data/folder").split("\n")
    assert owners[2:4] == [f"{owners[1]} 644", f"{owners[1]} 755"]


def test_what_is_there_stays_unless_it_is_to_be_replaced(tree: World) -> None:
    tree.shell("chmod 600 Top.txt")
    with pytest.raises(FileExists):
        tree.write("Top.txt", b"new")
    assert tree.read("Top.txt") == b"top"
    tree.write("Top.txt", b"new", may_replace=True)
    assert tree.read("Top.txt") == b"new"
    assert tree.shell("stat -c %a Top.txt").strip() == "600"
    with pytest.raises(FileRefused):
        tree.write("data", b"new", may_replace=True)


def test_a_link_is_replaced_and_not_what_it_leads_to(tree: World) -> None:
    tree.write("to-one", b"new", may_replace=True)
    assert tree.shell("cat data/one.txt; cat to-one") == "onenew"


def test_two_who_write_the_same_name_get_one_file_and_one_refusal(tree: World) -> None:
    with tree.carriers.at(tree.place) as first, tree.carriers.at(tree.place) as second:
        for carrier in (first, second):
            tree.begin(carrier, "both")
            carrier.send([b"mine"])
            carrier.answer()
        first.ask("keep")
        with pytest.raises(FileExists):
            second.ask("keep")
    assert tree.names().count("both") == 1
    assert not tree.shell("find . -name '.werkbank*'")


def test_of_a_file_that_does_not_come_whole_nothing_is_kept(tree: World) -> None:
    with pytest.raises(ZeroDivisionError), tree.carriers.at(tree.place) as carrier:
        tree.begin(carrier, "half")
        carrier.send(b"x" * 1024 if count < 3 else bytes(1 // 0) for count in range(9))
    until(lambda: not tree.shell("find . -name half -o -name '.werkbank*'"), 30)


def test_what_a_crash_left_of_an_upload_is_not_shown_and_goes_later(tree: World) -> None:
    tree.shell("touch -d '2 days ago' .werkbank-upload-old; touch .werkbank-upload-new")
    assert not [name for name in tree.names() if name.startswith(".werkbank")]
    tree.write("fresh", b"")
    assert tree.shell("ls -A | grep werkbank").split() == [".werkbank-upload-new"]


def test_a_rename_never_takes_the_place_of_something(tree: World) -> None:
    for there in ("Top.txt", "data", "dangling"):
        with pytest.raises(FileExists):
            tree.ask("rename", path="data/one.txt", to=there)
    with pytest.raises(FileRefused):
        tree.ask("rename", path="data", to="data/deep/data")
    tree.ask("rename", path="data/one.txt", to="moved.txt")
    assert tree.read("moved.txt") == b"one"


def test_a_folder_goes_with_all_that_is_in_it_and_a_link_alone(tree: World) -> None:
    tree.ask("remove", path="inside")
    assert tree.names("data") == ["deep", "one.txt"]
    tree.shell("ln -s /etc data/deep/out; ln -s ../../Top.txt data/deep/up")
    tree.ask("remove", path="data")
    assert "data" not in tree.names()
    assert tree.read("Top.txt") == b"top"


def test_the_top_stays(tree: World) -> None:
    for act, words in (("remove", {}), ("rename", {"to": "x"}), ("folder", {}), ("read", {})):
        with pytest.raises(FileRefused):
            tree.ask(act, path="", **words)


@pytest.mark.parametrize("act", ["list", "read", "remove", "archive"])
def test_what_is_not_there_is_said_so(tree: World, act: str) -> None:
    with pytest.raises(FileNotThere):
        tree.ask(act, path="data/nothing", name="x")


def test_what_is_no_file_is_not_waited_for(tree: World) -> None:
    with pytest.raises(FileRefused, match="pipe"):
        tree.read("pipe")
    with pytest.raises(FileRefused, match="archive"):
        tree.read("data")


def test_a_folder_comes_as_a_tar_with_links_as_links(tree: World) -> None:
    big = os.urandom(700_001)
    tree.write("data/deep/big.bin", big)
    tree.shell("ln -s /etc/passwd data/secret; mkdir data/empty; mkfifo data/pipe")
    ask = {"volume": TARGET, "path": "data", "name": "data"}
    packed = b"".join(Download(tree.carriers.at(tree.place), lambda porter: porter.ask("archive", **ask)))
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        names = ["data", "data/deep", "data/deep/big.bin", "data/deep/two.txt", "data/empty", "data/one.txt", "data/secret"]
        assert tar.getnames() == names
        assert tar.getmember("data/secret").linkname == "/etc/passwd"
        assert tar.getmember("data/secret").issym()
        found = tar.extractfile("data/deep/big.bin")
        assert found is not None
        assert found.read() == big


def test_a_porter_waits_for_the_next_order_and_ends_when_nobody_has_one(tree: World) -> None:
    tree.names()
    before = tree.running()
    tree.names()
    assert tree.running() == before
    download = Download(tree.carriers.at(tree.place), lambda porter: porter.ask("read", volume=TARGET, path="Top.txt"))
    download.close()
    tree.carriers.close()
    until(lambda: tree.running() == 0, 30)


def test_a_download_that_nobody_wants_any_more_ends_its_porter(tree: World) -> None:
    tree.shell("truncate -s 2G zeros")
    tree.carriers.close()
    until(lambda: tree.running() == 0, 30)
    download = Download(tree.carriers.at(tree.place), lambda porter: porter.ask("read", volume=TARGET, path="zeros"))
    assert next(download)
    download.close()
    until(lambda: tree.running() == 0, 30)


def test_a_volume_that_is_not_made_yet_is_not_made_by_looking(world: World) -> None:
    volume = Volume(TARGET, f"nowhere-{uuid.uuid4().hex}", TARGET)
    for _ in range(2):
        with pytest.raises(NoFilesYet):
            world.porters.open(replace(world.place, volumes=(volume,)))


def test_a_porter_that_has_gone_is_an_error_and_no_answer(tree: World) -> None:
    channel = tree.porters.open(tree.place)
    carrier = Carrier(channel)
    assert carrier.ask("list", volume=TARGET, path="")
    channel.close()
    with pytest.raises(FilesUnreachable):
        carrier.ask("list", volume=TARGET, path="")
