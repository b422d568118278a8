"""Why a node failed: from what the engine says of its tasks to a code, a sentence and a remedy (docs/failures.md)."""

import re
from dataclasses import dataclass
from typing import Any

from controlplane.errors import ControlPlaneError, LabelError, ServiceNotFound

KEPT = "the node's files are kept"


@dataclass(frozen=True)
class Failure:
    """Which kind of failure it was, for programs; what happened and what to do, for people."""

    code: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Told:
    """What is known of the task of a service that failed last.

    ``state`` and ``words`` are the engine's; ``failures`` counts the tasks that failed so far. ``log`` are the last lines
    of its log, ``is_out_of_memory`` what the host says of the container (None: it cannot be asked), ``registry`` what the
    registry answers when it is asked for the image: nothing when it has it, None when it was not asked.
    """

    state: str
    words: str
    image: str
    exit_code: int = 0
    failures: int = 1
    memory_bytes: int = 0
    log: str = ""
    is_out_of_memory: bool | None = None
    registry: str | None = None


# What each code means and what helps. `{name}` is filled in by `failure`.
_SENTENCES: dict[str, tuple[str, str]] = {
    "image-missing": (
        "The registry has no image {image}, so nothing was started; {kept}.",
        "Push the image to the registry, or choose another service: the catalogue lists what there is.",
    ),
    "tag-missing": (
        "The registry has the image {name}, but not in this version any more ({tag}), so nothing was started; {kept}.",
        "Choose another version from the catalogue, or push this one again and start the node once more.",
    ),
    "registry-auth": (
        "The registry refused to hand out the image {image} ({words}), so nothing was started; {kept}.",
        "Ask an administrator to check the registry's login (WERKBANK_REGISTRY_PASSWORD in .env) and to run make up again.",
    ),
    "registry-away": (
        "The registry of the image {image} does not answer ({words}), so nothing was started; {kept}.",
        "Start the node again in a minute; when the registry stays away, an administrator finds its log with make logs.",
    ),
    "fetch-failed": (
        "The host could not fetch the image {image}, though nothing is known to be wrong with it ({words}); {kept}.",
        "Start the node again; when it happens twice, ask an administrator whether that host reaches the registry.",
    ),
    "entry-point-missing": (
        "The image's own start command does not exist in it or cannot be executed ({words}); {kept}.",
        "Tell the image's authors, whom the catalogue names; another version of the service may work.",
    ),
    "crashed": (
        "Its program ended with exit code {exit_code} while it started; {kept}.",
        "Read the last lines of its log, which say what it missed; start it again once that is mended.",
    ),
    "crash-loop": (
        "Its program ended {failures} times, the last time with exit code {exit_code}, and is not started any more; {kept}.",
        "Read the last lines of its log for what ends it; start it again once that is mended.",
    ),
    "ended": (
        "Its program ended by itself, without an error, although it should serve a page; {kept}.",
        "Tell the image's authors, whom the catalogue names: an interactive service has to stay until it is stopped.",
    ),
    "killed": (
        "Its program was stopped from outside ({words}), not by lack of memory as far as its host knows; {kept}.",
        "Start it again; when it happens twice, ask an administrator what ends programs on that host.",
    ),
    "out-of-memory": (
        "It {surely}needed more memory than its limit of {memory} and was ended by its host; {kept}.",
        "Work with less data at once, or ask for a higher limit: WERKBANK_NODE_MEMORY_MIB in .env, or the image's Resources.",
    ),
    "port-silent": (
        "The service runs, but its page did not answer on port {port} within {seconds} s ({answer}); {kept}.",
        "Check the port and the entry point in the image's labels against what its log below says; then start it again.",
    ),
    "start-too-slow": (
        "No host had it running within {seconds} s (the engine is at: {words}); {kept}.",
        "Start it again: a large image may be there by now. If not, ask an administrator for the state of the hosts.",
    ),
    "no-host-fits": (
        "No host of the swarm meets what the image asks of its host ({words}), so nothing was started; {kept}.",
        "Ask an administrator to label a host accordingly ({constraints}), or choose another service.",
    ),
    "not-enough-resources": (
        "No host of the swarm has what the image reserves left ({words}), so nothing was started; {kept}.",
        "Close nodes that you do not need and start this one again, or ask an administrator for a larger host.",
    ),
    "no-host-ready": (
        "No host of the swarm takes new services at the moment ({words}); {kept}.",
        "Start it again in a minute; when that does not help, ask an administrator whether hosts are down or drained.",
    ),
    "port-taken": (
        "The port that the service is to be published at is taken on every host that fits ({words}); {kept}.",
        "Stop what uses the port, or ask an administrator for another host; then start the node again.",
    ),
    "wrong-platform": (
        "The image was made for another kind of processor than the hosts have ({words}), so nothing was started; {kept}.",
        "Ask the image's authors for one that fits, or an administrator for a host of that kind.",
    ),
    "volume-failed": (
        "A volume could not be mounted ({words}), so nothing was started; what is on the volume was not touched.",
        "Ask an administrator to check the volume and what it is stored on; then start the node again.",
    ),
    "host-refused": (
        "The host could not start the container ({words}); {kept}.",
        "Start it again; when it happens twice, show this sentence to an administrator.",
    ),
    "labels-refused": (
        "{words}",
        "Ask the image's authors, whom the catalogue names, to correct its labels (docs/labels.md).",
    ),
    "not-startable": (
        "{words}",
        "Choose another service or version from the catalogue, or ask an administrator of this deployment.",
    ),
    "run-failed": (
        "The playbook that starts it failed: {words}; {kept}.",
        "Start it again; when it happens twice, show the node's run, which names the failing task, to an administrator.",
    ),
}
CODES = frozenset(_SENTENCES)
# The engine's own restarts may help against these; not while a page has never answered, except for a few.
MAY_PASS = frozenset({"killed", "host-refused", "fetch-failed"})
CRASHES = frozenset({"crashed", "crash-loop", "out-of-memory", "entry-point-missing"})
# Not a failure until the start's bound has passed: hosts come back.
PATIENT = frozenset({"no-host-ready"})

# What swarmkit's scheduler says of hosts that do not fit, the most telling first (manager/scheduler/filter.go).
_HOSTS = (
    ("insufficient resources", "not-enough-resources"),
    ("missing plugin", "volume-failed"),
    ("host-mode port already in use", "port-taken"),
    ("unsupported platform", "wrong-platform"),
    ("scheduling constraints not satisfied", "no-host-fits"),
    ("not available for new tasks", "no-host-ready"),
)
_ON_THE_HOST = (
    (
        re.compile(r"mounting volume|mount local volume|invalid mount config|volume plugin|VolumeDriver|invalid volume", re.I),
        "volume-failed",
    ),
    (re.compile(r"address already in use|port is already allocated"), "port-taken"),
    # Without an init process the engine says it, with one the program's log does.
    (re.compile(r"exec: \"|executable file not found"), "entry-point-missing"),
    (re.compile(r"starting container failed"), "host-refused"),
)
_NO_ENTRY_IN_LOG = re.compile(
    r"\[FATAL tini \(\d+\)\] (exec .* failed: .*)|^(exec .*: (?:no such file or directory|exec format error))", re.M
)
_AUTH = re.compile(r"unauthorized|no basic auth|authentication required|denied", re.I)
_NOT_FOUND = re.compile(r"manifest unknown|name unknown|not found", re.I)
_KILLED = (137, 143)
# The engine's own code for a container that it could not start, or that it lost while it started.
_NOT_STARTED = 128
_REFERENCE = re.compile(r"^(?P<name>.+?)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:\w+))?$")
TAG_MISSING = "tag unknown"


def failure(code: str, **words: Any) -> Failure:
    """The failure of that code, its sentence filled in with ``words``."""
    why, remedy = _SENTENCES[code]
    words = {"kept": KEPT, "words": "nothing more is known", "constraints": "its label `constraints` says how"} | words
    return Failure(code, why.format_map(words), remedy.format_map(words))


def of_error(error: ControlPlaneError) -> Failure:
    """Why a start was not even asked for: the service has left the catalogue, or its labels ask for what cannot be."""
    if isinstance(error, ServiceNotFound) and error.key:
        code = "tag-missing" if error.has_others else "image-missing"
        return failure(code, image=f"{error.key}:{error.version}", name=error.key, tag=error.version)
    return failure("labels-refused" if isinstance(error, LabelError) else "not-startable", words=str(error))


def is_refused(message: str) -> bool:
    """The engine called the order itself wrong: asking for the same again would be refused again."""
    return "InvalidArgument" in message or "400 Client Error" in message


def cause_of(told: Told) -> Failure:
    """What the failed task amounts to."""
    code, words = _code(told)
    named = _REFERENCE.match(told.image)
    return failure(
        code,
        words=words or "the engine gave no reason",
        image=told.image.partition("@")[0],
        name=named["name"] if named else told.image,
        tag=_version(named) if named else told.image,
        exit_code=told.exit_code,
        failures=told.failures,
        surely="" if told.is_out_of_memory else "most probably ",
        memory=f"{told.memory_bytes / 2**20:.0f} MiB" if told.memory_bytes else "its host",
    )


def _version(named: "re.Match[str]") -> str:
    return " with ".join(part for part in (named["tag"], named["digest"] and named["digest"][:19]) if part)


def _code(told: Told) -> tuple[str, str]:
    """The code, and the words that tell most."""
    words = told.words.strip().rstrip(".")
    if told.state == "pending":
        code = next((code for said, code in _HOSTS if said in words), "no-host-fits")
        return code, words.removeprefix("no suitable node").strip(" ()")
    if "No such image" in words:
        return _of_image(told.registry)
    telling = words.removeprefix("starting container failed: ")
    for said, code in _ON_THE_HOST:
        if said.search(words):
            return code, telling.rpartition("unable to start container process: ")[2]
    return ("host-refused", telling) if told.state == "rejected" else _of_program(told, words)


def _of_program(told: Told, words: str) -> tuple[str, str]:
    """Its program has run, and ended."""
    if told.is_out_of_memory or (told.exit_code == 137 and told.is_out_of_memory is None):
        return "out-of-memory", words
    if missing := _NO_ENTRY_IN_LOG.search(told.log):
        return "entry-point-missing", missing[1] or missing[2]
    if told.state == "complete":
        return "ended", words
    if told.exit_code == _NOT_STARTED:
        return "host-refused", words
    if told.exit_code in _KILLED or not told.exit_code:
        return "killed", words
    return ("crash-loop" if told.failures > 1 else "crashed"), words


def _of_image(registry: str | None) -> tuple[str, str]:
    """The host could not fetch the image; every reason reads alike there, so the registry's own answer decides."""
    match registry:
        case None:
            return "fetch-failed", "the registry was not asked in time"
        case "":
            return "fetch-failed", "the registry has it"
    if registry == TAG_MISSING:
        return "tag-missing", registry
    if _NOT_FOUND.search(registry) and "lookup" not in registry:
        return "image-missing", registry
    if _AUTH.search(registry):
        return "registry-auth", registry
    return "registry-away", registry
