"""What the engine and the registry say becomes a cause, a sentence and a remedy.

The words are those of Docker 20.10.24 (Debian 12) with registry 2.8.3, recorded from services that were broken in that way.
"""

import re
import string
from pathlib import Path

import pytest

from controlplane import causes
from controlplane.causes import TAG_MISSING, Told, cause_of, failure

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "127.0.0.1:9082/simcore/services/dynamic/echo:1.0.0@sha256:" + "0" * 63 + "1"
NO_IMAGE = f"No such image: {IMAGE}"
TINI = "[FATAL tini (6)] exec /no/such/program failed: No such file or directory"
RUNC = (
    "starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "/no/such/program": stat /no/such/program: no such file or directory: unknown'
)
NOT_EXECUTABLE = RUNC.replace("stat /no/such/program: no such file or directory", "permission denied")
NFS = (
    "starting container failed: error while mounting volume '/var/lib/docker/volumes/cause_v2/_data': failed to mount local "
    "volume: mount :/nowhere:/var/lib/docker/volumes/cause_v2/_data, data: addr=127.0.0.1: no such device"
)
BIND = 'invalid mount config for type "bind": bind source path does not exist: /no/such/folder'
PORT = (
    "starting container failed: driver failed programming external connectivity on endpoint cause_hostport.1.cjds4z19uve933 "
    "(f28cf1d7e39d): Error starting userland proxy: listen tcp4 0.0.0.0:9392: bind: address already in use"
)
NO_USER = "starting container failed: unable to find user nobodyhere: no matching entries in passwd file"
NO_LOGIN = 'Head "http://127.0.0.1:9392/v2/c/ok/manifests/1": no basic auth credentials'
REFUSED = 'Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused'
UNKNOWN = 'Get "https://registry.invalid:5000/v2/": dial tcp: lookup registry.invalid on 192.0.2.53:53: no such host'
RECORDED = [
    ("image-missing", {"state": "rejected", "words": NO_IMAGE, "registry": "manifest unknown: manifest unknown"}),
    ("tag-missing", {"state": "rejected", "words": NO_IMAGE, "registry": TAG_MISSING}),
    ("registry-auth", {"state": "rejected", "words": NO_IMAGE, "registry": NO_LOGIN}),
    ("registry-auth", {"state": "rejected", "words": NO_IMAGE, "registry": "unauthorized: authentication required"}),
    ("registry-away", {"state": "rejected", "words": NO_IMAGE, "registry": REFUSED}),
    ("registry-away", {"state": "rejected", "words": NO_IMAGE, "registry": UNKNOWN}),
    ("registry-away", {"state": "rejected", "words": NO_IMAGE, "registry": "no answer within 2.5 s"}),
    ("fetch-failed", {"state": "rejected", "words": NO_IMAGE, "registry": ""}),
    ("fetch-failed", {"state": "rejected", "words": NO_IMAGE, "registry": None}),
    ("entry-point-missing", {"state": "failed", "words": "task: non-zero exit (127)", "exit_code": 127, "log": TINI}),
    ("entry-point-missing", {"state": "failed", "words": RUNC, "exit_code": 127}),
    ("entry-point-missing", {"state": "failed", "words": NOT_EXECUTABLE, "exit_code": 126}),
    ("entry-point-missing", {"state": "failed", "words": "task: non-zero exit (1)", "exit_code": 1}),
    ("crashed", {"state": "failed", "words": "task: non-zero exit (3)", "exit_code": 3, "is_out_of_memory": False}),
    ("crashed", {"state": "failed", "words": "task: non-zero exit (127)", "exit_code": 127, "log": "sh: 1: foo: not found"}),
    ("crash-loop", {"state": "failed", "words": "task: non-zero exit (4)", "exit_code": 4, "failures": 3}),
    ("ended", {"state": "complete", "words": "", "exit_code": 0}),
    ("out-of-memory", {"state": "failed", "words": "task: non-zero exit (137)", "exit_code": 137, "is_out_of_memory": True}),
    ("out-of-memory", {"state": "failed", "words": "task: non-zero exit (137)", "exit_code": 137, "is_out_of_memory": None}),
    ("killed", {"state": "failed", "words": "task: non-zero exit (137)", "exit_code": 137, "is_out_of_memory": False}),
    ("killed", {"state": "failed", "words": "task: non-zero exit (143)", "exit_code": 143}),
    ("host-refused", {"state": "failed", "words": "task: non-zero exit (128)", "exit_code": 128}),
    ("no-host-fits", {"state": "pending", "words": "no suitable node (scheduling constraints not satisfied on 1 node)"}),
    ("not-enough-resources", {"state": "pending", "words": "no suitable node (insufficient resources on 1 node)"}),
    ("volume-failed", {"state": "pending", "words": "no suitable node (missing plugin on 1 node)"}),
    ("no-host-ready", {"state": "pending", "words": "no suitable node (1 node not available for new tasks)"}),
    ("wrong-platform", {"state": "pending", "words": "no suitable node (unsupported platform on 1 node)"}),
    ("port-taken", {"state": "pending", "words": "no suitable node (host-mode port already in use on 1 node)"}),
    ("volume-failed", {"state": "failed", "words": NFS, "exit_code": 128}),
    ("volume-failed", {"state": "rejected", "words": BIND}),
    ("port-taken", {"state": "failed", "words": PORT, "exit_code": 128}),
    ("host-refused", {"state": "failed", "words": NO_USER, "exit_code": 128}),
]
# Without an init process a program's own interpreter may be what is missing: only its log says so then.
RECORDED[12][1]["log"] = "exec /x: no such file or directory"


@pytest.mark.parametrize(("code", "said"), RECORDED, ids=[f"{code} {number}" for number, (code, _) in enumerate(RECORDED)])
def test_the_engines_words_become_a_cause_with_a_sentence_and_a_remedy(code: str, said: dict[str, object]) -> None:
    found = cause_of(Told(image=IMAGE, memory_bytes=64 * 2**20, **said))  # type: ignore[arg-type]
    assert found.code == code, found
    for text in (found.why, found.remedy):
        assert re.fullmatch(r"[A-Z].*\.", text), text
        assert not re.search(r"[{}]|None|\.\.|\(\)", text), text


def test_a_scheduler_that_names_several_reasons_is_read_for_the_most_telling() -> None:
    words = "no suitable node (scheduling constraints not satisfied on 2 nodes; insufficient resources on 1 node)"
    assert cause_of(Told("pending", words, IMAGE)).code == "not-enough-resources"


def test_a_missing_version_is_named_with_the_digest_that_is_gone() -> None:
    why = cause_of(Told("rejected", NO_IMAGE, IMAGE, registry=TAG_MISSING)).why
    assert (
        "127.0.0.1:9082/simcore/services/dynamic/echo, but not in this version any more (1.0.0 with sha256:000000000000)" in why
    )


def test_memory_is_blamed_for_sure_only_when_the_host_says_so() -> None:
    words = {"state": "failed", "words": "task: non-zero exit (137)", "image": IMAGE, "exit_code": 137, "memory_bytes": 2**26}
    sure, guessed = (cause_of(Told(is_out_of_memory=known, **words)).why for known in (True, None))  # type: ignore[arg-type]
    assert sure.startswith("It needed more memory than its limit of 64 MiB")
    assert guessed.startswith("It most probably needed")


def test_every_sentence_says_what_happened_to_the_files() -> None:
    for code in causes.CODES - {"labels-refused", "not-startable"}:
        fields = {name for text in causes._SENTENCES[code] for _, name, _, _ in string.Formatter().parse(text) if name}
        why = failure(code, **dict.fromkeys(fields - {"kept"}, "x")).why
        assert "files are kept" in why or "what is on the volume was not touched" in why, code


def test_every_cause_is_explained_and_every_explained_cause_is_one() -> None:
    page = (ROOT / "docs" / "failures.md").read_text()
    assert set(re.findall(r"(?m)^\| `([a-z-]+)` \|", page)) == causes.CODES


def test_what_may_pass_is_a_cause() -> None:
    assert causes.MAY_PASS | causes.CRASHES | causes.PATIENT <= causes.CODES
