"""The one place that knows what time it is, and whether that can be believed."""

import time
from datetime import UTC, datetime, timedelta

# The wall clock may be slewed; a difference above this between two looks is a jump, or a machine that slept.
JUMP = timedelta(seconds=5)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Seconds of a clock that nobody sets; it stands still while the machine sleeps."""
    return time.monotonic()


class Watch:
    """Compares the wall clock with the steady one, each time that somebody looks."""

    def __init__(self) -> None:
        self._wall, self._steady = now(), steady()
        self._since = self._steady
        self.jumped_by: timedelta | None = None

    def look(self) -> None:
        """Note whether the wall clock has jumped since the last look, forward or back."""
        wall, seconds = now(), steady()
        by = wall - self._wall - timedelta(seconds=seconds - self._steady)
        self._wall, self._steady = wall, seconds
        if abs(by) > JUMP:
            self._since, self.jumped_by = seconds, by

    @property
    def steady_for(self) -> timedelta:
        """How long moments can be compared: since this watch began, or since the last jump."""
        return timedelta(seconds=self._steady - self._since)
