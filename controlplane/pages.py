"""Pages that are to come: each is asked again and again beside the loop, which is woken when one is there."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import NamedTuple

from controlplane.ports import Answer, Prober

_AT_ONCE = 16
# Seconds between two looks at what is to be asked, and between two questions to one page while it is young.
_TICK, _PAUSE, _YOUNG, _LONGEST_PAUSE = 0.02, 0.05, 5.0, 1.0
# Seconds that a look waits for the first answers: a quick page is there in the look that found its service.
_FIRST = 0.1
_UNASKED = Answer(False, "it was not asked")


class Page(NamedTuple):
    """Where a page is to be: its route, the service's port, and the path below the route's own address."""

    route: str
    port: int
    path: str


@dataclass
class _Watch:
    page: Page
    since: float = field(default_factory=time.monotonic)
    asked_at: float = 0.0
    question: Future[Answer] | None = None
    answer: Answer = _UNASKED

    @property
    def is_due(self) -> bool:
        """Whether it is to be asked now: it is not there, and its last question was a moment ago."""
        at = time.monotonic()
        pause = _PAUSE if at - self.since < _YOUNG else min(_LONGEST_PAUSE, (at - self.since) / 20)
        is_under_way = self.question is not None and not self.question.done()
        return not self.answer.is_there and not is_under_way and at - self.asked_at >= pause


class Pages:
    """One per loop. A page is asked from the look on that first names it, which is after its container has started: who
    knocks earlier waits a second for the second knock."""

    def __init__(self, prober: Prober, wake: Callable[[], None]):
        self._prober, self._wake = prober, wake
        self._pool = ThreadPoolExecutor(_AT_ONCE, "probe")
        self._watches: dict[str, _Watch] = {}
        self._lock = threading.Lock()
        self._news, self._closed = threading.Event(), threading.Event()
        threading.Thread(target=self._run, name="pages", daemon=True).start()

    def answers(self, pages: Iterable[Page]) -> dict[str, Answer]:
        """The newest answer of each, by route; pages that are not named any more are forgotten."""
        with self._lock:
            known = self._watches
            self._watches = {page.route: known.get(page.route) or _Watch(page) for page in pages}
            fresh = [watch for route, watch in self._watches.items() if route not in known]
        self._ask_all()
        wait([watch.question for watch in fresh if watch.question], _FIRST)
        self._news.set()
        return {route: watch.answer for route, watch in self._watches.items()}

    def _run(self) -> None:
        while not self._closed.wait(_TICK):
            if self._watches:
                self._ask_all()
            else:
                self._news.wait()
            self._news.clear()

    def _ask_all(self) -> None:
        with self._lock:
            for watch in [watch for watch in self._watches.values() if watch.is_due]:
                if not self._closed.is_set():
                    watch.asked_at = time.monotonic()
                    watch.question = self._pool.submit(self._ask, watch)

    def _ask(self, watch: _Watch) -> Answer:
        watch.answer = self._prober.answers(*watch.page)
        if watch.answer.is_there:
            self._wake()
        return watch.answer

    def close(self) -> None:
        """Ask nobody any more."""
        with self._lock:
            self._closed.set()
        self._news.set()
        self._pool.shutdown(wait=True)
