"""Questions that take a moment, asked beside the loop: it comes back for the answer, and never waits."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
_AT_ONCE = 8


class Inquiries(Generic[Answer]):
    """Each question has a key and is asked once; what takes longer than ``patience`` seconds counts as not known."""

    def __init__(self, name: str, patience: float = 3.0):
        self._patience = patience
        self._pool = ThreadPoolExecutor(_AT_ONCE, name)
        self._asked: dict[str, tuple[float, Future[Answer]]] = {}

    def ask(self, key: str, question: Callable[[], Answer]) -> tuple[bool, Answer | None]:
        """Whether the waiting is over, and the answer when there is one. Never blocks, never raises."""
        if key not in self._asked:
            self._asked[key] = (time.monotonic(), self._pool.submit(question))
        since, answer = self._asked[key]
        if answer.done():
            return True, None if answer.exception() else answer.result()
        return time.monotonic() - since > self._patience, None

    def forget_all_but(self, keys: Iterable[str]) -> None:
        """Answers that nobody asks for any more."""
        self._asked = {key: self._asked[key] for key in set(keys) & set(self._asked)}

    def forget(self, key: str) -> None:
        """The answer was used."""
        self._asked.pop(key, None)
