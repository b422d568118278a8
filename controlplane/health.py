"""How the reaper is: when it last passed, and what keeps it from deciding. Read by the director's `/healthz`."""

from datetime import datetime, timedelta
from typing import Any

from controlplane.clock import now, steady

QUIET = timedelta(seconds=60)


class Health:
    """Written by the reaper's thread, read by others; each field is replaced, never changed."""

    def __init__(self) -> None:
        self._passed = steady()
        self._passed_at: datetime | None = None
        self._error: str | None = None
        self._vetoes: dict[str, tuple[datetime, str]] = {}

    def passed(self, vetoes: dict[str, str]) -> None:
        """A pass has ended; ``vetoes`` says what it did not decide, by kind."""
        at = now()
        known = self._vetoes
        self._passed, self._passed_at, self._error = steady(), at, None
        self._vetoes = {kind: (known[kind][0] if kind in known else at, why) for kind, why in vetoes.items()}

    def fail(self, why: str) -> None:
        """A pass failed."""
        self._error = why

    def wrong(self) -> str | None:
        """A sentence when no pass has ended for a minute."""
        if steady() - self._passed <= QUIET.total_seconds():
            return None
        why = f" {self._error}" if self._error else ""
        return f"The reaper has not passed for more than {QUIET.seconds} s; nodes that nobody needs keep running.{why}"

    def body(self) -> dict[str, Any]:
        """For people who look: the last pass, and since when what is not decided, and why."""
        vetoes = [{"since": since.isoformat(), "why": why} for since, why in self._vetoes.values()]
        return {"passed_at": self._passed_at and self._passed_at.isoformat(), "error": self._error, "vetoes": vetoes}
