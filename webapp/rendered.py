"""Large answers that many ask for, made once for each version of what they show."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, json, request


@dataclass(frozen=True)
class _Kept:
    version: str
    plain: bytes
    packed: bytes
    tag: str


def rendered(name: str, version: str, make: Callable[[], Any]) -> Response:
    """The answer of this name: what ``make`` gave when ``version`` was new. 304 for a client that has it already."""
    kept: dict[str, _Kept] = current_app.extensions.setdefault("rendered", {})
    found = kept.get(name)
    if found is None or found.version != version:
        found = kept[name] = _render(version, make())
    is_packed = bool(request.accept_encodings["gzip"])
    answer = Response(found.packed if is_packed else found.plain, mimetype="application/json")
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "private, no-cache"
    # Weak: the same list packed or not, and the gateway may pack it anew.
    answer.set_etag(found.tag, weak=True)
    answer.make_conditional(request)
    return answer


def _render(version: str, data: Any) -> _Kept:
    plain = json.dumps(data).encode()
    return _Kept(version, plain, gzip.compress(plain, 5), hashlib.sha256(plain).hexdigest()[:32])
