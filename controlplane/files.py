"""Verbs about the files of a node: what its volumes hold, whether it runs or not (docs/files.md)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from controlplane import containers, journal, spec
from controlplane.database import Database
from controlplane.errors import FileNotThere, NodeNotFound, NoFilesYet, UploadBroken
from controlplane.model import Node
from controlplane.porter.carrier import Carrier, Carriers
from controlplane.porter.ports import Place, Porters, Volume

KIND = "file"


def place_of(session: Session, node: Node, stack: str) -> Place:
    """Where the files of a node are. Raises ``ServiceNotFound`` and ``LabelError``, for the image says which folders are
    kept."""
    found: dict[str, Volume] = {}
    for container in containers.of_node(session, node)[::-1]:
        prefix = "" if container.role == "main" else f"{container.alias}:"
        for mount in spec.mounts(spec.volume_name(stack, node.id), container):
            if mount["type"] == "volume":
                found.setdefault(mount["source"], Volume(prefix + mount["target"], mount["source"], mount["target"]))
    return Place(tuple(found.values()), node.host)


class Download:
    """A file or an archive that comes in pieces; closed when nobody wants the rest."""

    def __init__(self, held: AbstractContextManager[Carrier], order: Callable[[Carrier], dict[str, Any]]):
        self._held = held
        self._carrier = held.__enter__()
        try:
            self.about = order(self._carrier)
        except BaseException as error:
            held.__exit__(type(error), error, error.__traceback__)
            raise
        self._pieces: Iterator[bytes] = self._carrier.pieces()
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self._end(None)
            raise
        except BaseException as error:
            self._end(error)
            raise

    def close(self) -> None:
        """The rest is not wanted: the porter is in the middle of it, and ends."""
        self._end(GeneratorExit())

    def _end(self, error: BaseException | None) -> None:
        if self._is_open:
            self._is_open = False
            self._held.__exit__(type(error) if error else None, error, None)


class Files:
    """The files of all nodes. Paths are relative to a volume of the node; the first one if ``volume`` is empty."""

    def __init__(self, database: Database, porters: Porters, stack: str):
        self._database, self._stack = database, stack
        self._carriers = Carriers(porters)

    def close(self) -> None:
        """The porters that wait for the next question end."""
        self._carriers.close()

    def list(self, node_id: str, volume: str, path: str) -> dict[str, Any]:
        """What is in a folder: ``volumes`` and which of them it is, ``entries`` by name, and their ``count``."""
        place = self._place(node_id)
        found = {"volumes": [each.id for each in place.volumes], "volume": "", "path": path, "entries": [], "count": 0}
        if not place.volumes:
            return found | {"is_made": False}
        asked = _volume(place, volume)
        try:
            with self._carriers.at(place) as carrier:
                shown = carrier.ask("list", volume=asked.id, path=path)
        except NoFilesYet:
            return found | {"volume": asked.id, "is_made": False}
        entries = [_shown(entry) for entry in shown["entries"]]
        return found | {"volume": asked.id, "is_made": True, "entries": entries, "count": shown["count"]}

    def read(self, node_id: str, volume: str, path: str) -> Download:
        """A file; ``about`` says how long it is."""
        place = self._place(node_id)
        asked = _volume(place, volume)
        return Download(self._carriers.at(place), lambda porter: _shown(porter.ask("read", volume=asked.id, path=path)))

    def archive(self, node_id: str, volume: str, path: str) -> Download:
        """A folder with all that is in it, as a tar."""
        place = self._place(node_id)
        asked = _volume(place, volume)
        name = f"{asked.target}/{path}".rstrip("/").rpartition("/")[2] or "files"

        def order(porter: Carrier) -> dict[str, Any]:
            return porter.ask("archive", volume=asked.id, path=path, name=name) | {"name": name}

        return Download(self._carriers.at(place), order)

    def write(  # noqa: PLR0913  where, what, and how much it should be
        self, node_id: str, volume: str, path: str, pieces: Iterable[bytes], size: int | None, *, may_replace: bool
    ) -> dict[str, Any]:
        """Takes a file in; it is there whole or not at all. ``size`` in bytes, None when nobody knows it before."""
        place = self._place(node_id)
        asked = _volume(place, volume)
        with self._carriers.at(place) as carrier:
            carrier.ask("write", volume=asked.id, path=path, size=size, may_replace=may_replace)
            carrier.send(pieces)
            count = carrier.answer()["size"]
            if size is not None and count != size:
                raise UploadBroken
            about = {"bytes": count} | ({"may_replace": True} if may_replace else {})
            return self._noted(journal.Action.ADD, node_id, asked, path, lambda: carrier.ask("keep"), **about)

    def make_folder(self, node_id: str, volume: str, path: str) -> dict[str, Any]:
        """A new folder."""
        return self._change(journal.Action.ADD, "folder", node_id, volume, path)

    def rename(self, node_id: str, volume: str, path: str, to: str) -> dict[str, Any]:
        """Another name, or another folder of the same volume."""
        return self._change(journal.Action.CHANGE, "rename", node_id, volume, path, to=to)

    def remove(self, node_id: str, volume: str, path: str) -> dict[str, Any]:
        """A file, or a folder with all that is in it, for good."""
        return self._change(journal.Action.REMOVE, "remove", node_id, volume, path)

    def _change(self, action: str, act: str, node_id: str, volume: str, path: str, **words: Any) -> dict[str, Any]:
        place = self._place(node_id)
        asked = _volume(place, volume)
        with self._carriers.at(place) as carrier:

            def done() -> dict[str, Any]:
                return carrier.ask(act, volume=asked.id, path=path, **words)

            return self._noted(action, node_id, asked, path, done, **words)

    def _noted(
        self, action: str, node_id: str, volume: Volume, path: str, act: Callable[[], dict[str, Any]], **about: Any
    ) -> dict[str, Any]:
        """The act with its entry: a refused one leaves none."""
        with self._database.begin() as session:
            node = session.get_one(Node, node_id)
            journal.note(
                session,
                action,
                KIND,
                path,
                name=f"{volume.id}/{path}",
                project_id=node.project_id,
                node_id=node.id,
                node=node.name,
                **about,
            )
            session.flush()
            return _shown(act())

    def _place(self, node_id: str) -> Place:
        with self._database.begin() as session:
            node = session.get(Node, node_id)
            if node is None:
                raise NodeNotFound
            return place_of(session, node, self._stack)


def _volume(place: Place, wanted: str) -> Volume:
    for volume in place.volumes:
        if wanted in ("", volume.id):
            return volume
    if not place.volumes:
        raise FileNotThere("This service keeps no files: its image names no folder to keep.")
    raise FileNotThere(
        f"This node keeps no folder {wanted!r}; nothing was changed. It keeps {', '.join(each.id for each in place.volumes)}."
    )


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with its moment as one."""
    if "modified" in entry:
        return entry | {"modified": datetime.fromtimestamp(entry["modified"], UTC).isoformat()}
    return entry
