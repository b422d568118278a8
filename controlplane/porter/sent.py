"""The porter's program as it is sent along, for a container that has Python and some volumes."""

import json
from pathlib import Path

from controlplane.porter import program
from controlplane.porter.ports import Place

_LOADER = """
import sys, types
for name in ("controlplane", "controlplane.porter"):
    sys.modules[name] = types.ModuleType(name)
for name, text in {sources!r}:
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
module.main()
"""


def mounts_of(place: Place) -> list[tuple[str, str]]:
    """The volumes, each with where a porter has it."""
    return [(volume.name, f"/volumes/{number}") for number, volume in enumerate(place.volumes)]


def command_for(place: Place, token_file: str | None = None) -> list[str]:
    """What a porter runs; with a ``token_file`` in its container one that is reached by TCP."""
    folders = {volume.id: (here, volume.target) for volume, (_, here) in zip(place.volumes, mounts_of(place), strict=True)}
    command = ["python3", "-I", "-X", "utf8", "-c", _source(), json.dumps(folders)]
    return [*command, token_file] if token_file else command


def _source() -> str:
    """The program with the modules that it imports, as one text."""
    folder = Path(str(program.__file__)).parent
    sources = [(f"controlplane.porter.{name}", (folder / f"{name}.py").read_text()) for name in program.SOURCES]
    return _LOADER.format(sources=sources)
