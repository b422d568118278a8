"""A project as one file: a zip with `project.json`, and what is refused when somebody brings one."""

import io
import json
import zipfile
import zlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from controlplane.errors import BadInput

FORMAT = "werkbank-project"
VERSION = 1
MEMBER = "project.json"
LARGEST = 8 * 1024 * 1024
_LONGEST_COORDINATE = 1e7
_NOTHING = "Nothing was imported."

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Port = Annotated[str, StringConstraints(max_length=200)]
Place = Annotated[float, Field(ge=-_LONGEST_COORDINATE, le=_LONGEST_COORDINATE)]


class _Part(BaseModel):
    """Anything that it does not know is a mistake: what is silently dropped would be missed later."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Node(_Part):
    id: Id
    name: Name
    service_key: Annotated[str, StringConstraints(pattern=r"^simcore/services/(comp|dynamic)(/[^\s/]+)+$", max_length=300)]
    service_version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    type: Literal["dynamic", "computational"]
    inputs: dict[str, Any] = Field(default_factory=dict, max_length=1000)
    x: Place
    y: Place


class _Link(_Part):
    source_node: Id
    source_port: Port
    target_node: Id
    target_port: Port


class _Project(_Part):
    format: Literal["werkbank-project"]
    version: Literal[1]
    name: Name
    description: Annotated[str, StringConstraints(max_length=10_000)] = ""
    tags: list[Annotated[str, StringConstraints(max_length=40)]] = Field(default_factory=list, max_length=20)
    nodes: list[_Node] = Field(max_length=1000)
    links: list[_Link] = Field(max_length=5000)

    @model_validator(mode="after")
    def joins_its_own_nodes(self) -> "_Project":
        """Each node once; links between different nodes of the file; an input takes one."""
        ids = {node.id for node in self.nodes}
        if len(ids) != len(self.nodes):
            raise ValueError("two nodes have the same id")
        for link in self.links:
            if not {link.source_node, link.target_node} <= ids or link.source_node == link.target_node:
                raise ValueError("a link does not join two different nodes of the file")
        if len({(link.target_node, link.target_port) for link in self.links}) != len(self.links):
            raise ValueError("two links end at the same input")
        return self


def write(described: dict[str, Any]) -> bytes:
    """The file of a description (`copies.describe`)."""
    text = json.dumps({"format": FORMAT, "version": VERSION} | described, indent=2, ensure_ascii=False) + "\n"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(MEMBER, text)
    return target.getvalue()


def read(content: bytes) -> Any:
    """What `project.json` says, not checked yet. Raises ``BadInput``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open(MEMBER) as member:
            # A small file may unpack to a very large one.
            text = member.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise BadInput(f"This is no project's file: it must be a zip that holds {MEMBER}. {_NOTHING}") from error
    if len(text) > LARGEST:
        raise BadInput(f"{MEMBER} is larger than {LARGEST // 2**20} MiB. {_NOTHING}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{MEMBER} is not JSON. {_NOTHING}") from error


def checked(document: Any) -> dict[str, Any]:
    """The description in a document. Raises ``BadInput`` naming the first thing that is wrong."""
    said = document if isinstance(document, dict) else {}
    if said.get("format") != FORMAT:
        raise BadInput(f"This file does not hold a project of a Werkbank. {_NOTHING}")
    if said.get("version") != VERSION:
        raise BadInput(
            f"This file has version {said.get('version')!r} of the format, and this Werkbank reads version {VERSION}. {_NOTHING}"
        )
    try:
        return _Project.model_validate(document).model_dump(exclude={"format", "version"})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{MEMBER} is wrong at {where or 'the whole'}: {first['msg']}. {_NOTHING}") from error
