"""How many slots there should be of each service: a matter of numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# Opens within this time count: a class that begins now is followed by those who come late.
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Demand:
    """A service that allows slots: its memory in bytes, how often it was opened within the window, and the most slots
    that its image allows."""

    key: str
    memory_bytes: int
    opens: int = 0
    most: int = 1000

    @property
    def wish(self) -> int:
        """How many it would have with memory for all: as many as were opened, and one for whoever comes next."""
        return min(self.most, max(1, self.opens))


def shares(demands: Sequence[Demand], budget_bytes: int) -> dict[str, int]:
    """How many slots each service gets, by key; together they never take more than the budget.

    Each gets its first before any gets a second, those first that were opened most; what is left goes by proportion, one
    at a time (D'Hondt), so that a small change of the numbers changes little.
    """
    given = dict.fromkeys((demand.key for demand in demands), 0)
    left = budget_bytes
    while fitting := [each for each in demands if given[each.key] < each.wish and 0 < each.memory_bytes <= left]:
        best = max(fitting, key=lambda each: (given[each.key] == 0, each.wish / (given[each.key] + 1), each.opens, each.key))
        given[best.key] += 1
        left -= best.memory_bytes
    return given


def room(budget_bytes: int, taken: Sequence[int], memory_bytes: int) -> int:
    """How many more slots of this size fit beside what is there, whether it is still wanted or not."""
    return max(0, budget_bytes - sum(taken)) // memory_bytes if memory_bytes > 0 else 0
