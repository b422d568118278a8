"""Reads Dockerfiles under services/ and hashes what goes into each image."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
from pathlib import Path, PurePosixPath

_PARENT = re.compile(r"^([A-Z][A-Z0-9_]*)_IMAGE$")
_KEY = re.compile(r"^simcore/services/(comp|dynamic)(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$")
_VARIABLE = re.compile(r"^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$")


class CannotPlan(Exception):
    """A Dockerfile or a name that cannot be built from."""


class Stage:
    """One FROM with its instructions."""

    def __init__(self, number, value):
        words = [word for word in value.split() if not word.startswith("--")]
        self.parent = words[0]
        self.name = words[2] if len(words) > 2 else ""
        self.number = number
        self.instructions = [("FROM", value)]

    @property
    def needs(self):
        """Names or numbers of the stages that this one is made from."""
        found = {self.parent}
        for instruction, value in self.instructions:
            if instruction in ("COPY", "ADD"):
                found |= {word.partition("=")[2] for word in value.split() if word.startswith("--from=")}
            elif instruction == "RUN":
                found |= {mount["from"] for mount in _mounts(value) if "from" in mount}
        return found


class Dockerfile:
    """What one Dockerfile says about parents, stages, files and labels."""

    def __init__(self, path, shown):
        from dockerfile_parse import DockerfileParser  # noqa: PLC0415  the module says in a sentence when it is missing

        # How people know it.
        self.shown = shown
        parser = DockerfileParser(fileobj=io.BytesIO(path.read_bytes()))
        self.args, self.stages = {}, []
        for entry in parser.structure:
            instruction, value = entry["instruction"].upper(), entry["value"]
            if instruction == "FROM":
                self.stages.append(Stage(len(self.stages), value))
            elif instruction == "ARG" and not self.stages:
                self.args.update(_assignment(value))
            elif instruction != "COMMENT" and self.stages:
                self.stages[-1].instructions.append((instruction, value))
        if not self.stages:
            raise CannotPlan(f"{shown} has no FROM: begin with ARG BASE_IMAGE and FROM ${{BASE_IMAGE}}.")

    def stage(self, target):
        """The stage to build for ``target``."""
        named = {stage.name: stage for stage in self.stages if stage.name}
        return named.get(target) or named.get("production") or self.stages[-1]

    def needed(self, stage):
        """``stage`` and all stages it is made from, in the file's order."""
        found, waiting = {}, [stage]
        while waiting:
            one = waiting.pop()
            found[one.number] = one
            for other in self.stages[: one.number]:
                if other.number not in found and {other.name, str(other.number)} & (one.needs - {""}):
                    waiting.append(other)
        return [found[number] for number in sorted(found)]

    def parents(self, stages):
        """Build arguments `<NAME>_IMAGE` that the stages stand on, as {argument: service}; BASE_IMAGE is "base"."""
        used = {match[1] for stage in stages for need in stage.needs if (match := _VARIABLE.match(need))}
        return {arg: match[1].lower().replace("_", "-") for arg in self.args if arg in used and (match := _PARENT.match(arg))}

    def declared(self, stages):
        """Names of all build arguments that the stages can see."""
        inner = [_assignment(value) for stage in stages for word, value in stage.instructions if word == "ARG"]
        return set(self.args).union(*inner)

    def labels(self, stages, stage):
        """Labels of the image itself: those of ``stage`` and of the stages it continues."""
        from dockerfile_parse import DockerfileParser  # noqa: PLC0415  the module says in a sentence when it is missing

        chain, names = [stage], {one.name: one for one in stages if one.name}
        while chain[0].parent in names and names[chain[0].parent].number < chain[0].number:
            chain.insert(0, names[chain[0].parent])
        lines = [f"{word} {value}" for one in chain for word, value in one.instructions if word in ("LABEL", "ENV")]
        return dict(DockerfileParser(fileobj=io.BytesIO("\n".join(["FROM scratch", *lines, ""]).encode())).labels)

    def sources(self, stages):
        """What the stages take from the checkout."""
        for stage in stages:
            for instruction, value in stage.instructions:
                for source in _sources(instruction, value):
                    if "$" in source:
                        raise CannotPlan(
                            f"{self.shown} takes {source} from the checkout: name files without "
                            "variables, so that it can be known what goes into the image."
                        )
                    yield source


def _assignment(value):
    found = {}
    for word in shlex.split(value):
        name, _, default = word.partition("=")
        found[name] = default
    return found


def _mounts(value):
    for word in re.findall(r"--mount=(\S+)", value):
        pairs = (pair.partition("=") for pair in word.split(","))
        yield {"source" if name == "src" else name: content for name, _, content in pairs}


def _sources(instruction, value):
    if instruction == "RUN":
        for mount in _mounts(value):
            if mount.get("type", "bind") == "bind" and "from" not in mount:
                yield mount.get("source", ".")
        return
    if instruction not in ("COPY", "ADD") or "--from=" in value:
        return
    rest = re.sub(r"^(\s*--\S+)+", "", value).strip()
    words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
    yield from (word for word in words[:-1] if not re.match(r"^(https?|git)[:@]", word))


class Context:
    """The checkout as the builder sees it: without what .dockerignore names."""

    def __init__(self, root):
        from docker.utils.build import exclude_paths  # noqa: PLC0415  as above

        self.root = root
        ignore = root / ".dockerignore"
        lines = ignore.read_text().splitlines() if ignore.is_file() else []
        patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        paths = (PurePosixPath(path) for path in exclude_paths(str(root), patterns))
        self.files = {path for path in paths if (root / path).is_symlink() or (root / path).is_file()}
        self._digests = {}

    def taken(self, source):
        """Files that ``source`` (a file, a folder or a pattern) stands for."""
        pattern = PurePosixPath(source.lstrip("/"))
        if pattern == PurePosixPath("."):
            return self.files
        depth = len(pattern.parts)
        return {
            path for path in self.files if len(path.parts) >= depth and PurePosixPath(*path.parts[:depth]).match(str(pattern))
        }

    def digest(self, path):
        """Hash of one file: what it holds, and whether it may be executed."""
        if path not in self._digests:
            file = self.root / path
            if file.is_symlink():
                kind, content = "link", str(file.readlink()).encode()
            else:
                kind, content = "x" if file.stat().st_mode & 0o100 else "-", file.read_bytes()
            self._digests[path] = f"{kind} {hashlib.sha256(content).hexdigest()} {path}"
        return self._digests[path]


class Planner:
    """Plans images, each after its parents."""

    def __init__(self, *, root, services, registry, base, target, labels, build_args):  # noqa: PLR0913  the module's options
        self.root, self.registry, self.base, self.target = Path(root), registry, base, target
        self.services, self.labels_wanted, self.build_args = services, labels, build_args
        if not (self.root / "services").is_dir():
            raise CannotPlan(f"There is no folder {self.root}/services on this host: service_image_root must be a checkout.")
        self.known = sorted(path.parent.name for path in self.root.glob("services/*/Dockerfile"))
        self.context = Context(self.root)
        self.images, self._begun = {}, []

    def plan(self):
        """All images, parents before children."""
        for name in self.services or self.known:
            self._add(name, f"There is no services/{name}/Dockerfile. There are: {', '.join(self.known) or 'none'}.")
        return sorted(self.images.values(), key=lambda image: (image["wave"], image["name"]))

    def _add(self, name, unknown):
        if name not in self.known:
            raise CannotPlan(unknown)
        if name in self._begun:
            raise CannotPlan(f"Images stand on each other in a circle: {' -> '.join([*self._begun, name])}.")
        if name not in self.images:
            self._begun.append(name)
            self.images[name] = self._image(name)
            self._begun.pop()
        return self.images[name]

    def _image(self, name):
        file = Dockerfile(self.root / "services" / name / "Dockerfile", f"services/{name}/Dockerfile")
        stage = file.stage(self.target)
        stages = file.needed(stage)
        parents = file.parents(stages)
        unknown = "services/{0}/Dockerfile stands on {1}, but there is no services/{2}/Dockerfile."
        images = {
            arg: self._add(parent, unknown.format(name, arg, parent)) for arg, parent in parents.items() if parent != "base"
        }
        declared = file.declared(stages)
        args = {key: str(value) for key, value in self.build_args.items() if key in declared}
        args |= {arg: self.base for arg, parent in parents.items() if parent == "base"}
        hashes = {arg: image["hash"] for arg, image in images.items()}
        content = content_hash(file, stages, args | hashes, self.context, self.labels_wanted)
        args |= {arg: image["ref"] for arg, image in images.items()}
        return {
            "name": name,
            "ref": f"{self.registry}/{service_name(file, stages, stage) or f'werkbank/{name}:{content}'}",
            "hash": content,
            "stage": stage.name,
            "args": args,
            "labels": {key: str(value) for key, value in self.labels_wanted.items()} | {"werkbank.content": content},
            "parents": sorted(image["name"] for image in images.values()),
            "wave": 1 + max((image["wave"] for image in images.values()), default=-1),
        }


def content_hash(file, stages, args, context, labels):
    """The hash of all that goes into an image: 16 hexadecimal digits."""
    taken = set()
    for source in file.sources(stages):
        found = context.taken(source)
        if not found:
            raise CannotPlan(f"{file.shown} takes {source}, which is not in {context.root} or is left out by .dockerignore.")
        taken |= found
    parts = {
        "instructions": [stage.instructions for stage in stages],
        "files": sorted(context.digest(path) for path in taken),
        "args": args | {"": sorted(file.args.items())},
        "labels": labels,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def service_name(file, stages, stage):
    """`<key>:<version>` of a service, as its labels say; empty for an image that is none."""
    labels = file.labels(stages, stage)
    if "io.simcore.key" not in labels:
        return ""
    try:
        key = json.loads(labels["io.simcore.key"])["key"]
        version = json.loads(labels["io.simcore.version"])["version"]
    except (KeyError, TypeError, ValueError) as error:
        raise CannotPlan(
            f'{file.shown}: io.simcore.key and io.simcore.version must be JSON text such as {{"key": '
            f'"simcore/services/dynamic/name"}} and {{"version": "1.0.0"}} ({error!r}).'
        ) from error
    if not _KEY.match(str(key)):
        raise CannotPlan(f"{file.shown}: {key} must look like simcore/services/dynamic/name.")
    return f"{key}:{version}"


def plan(**options):
    """See the module service_image_plan, whose options these are."""
    return Planner(**options).plan()
