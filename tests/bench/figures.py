"""How a figure is taken and shown. A figure stands beside a limit from the same run, one after the other in turn:
machines are noisy and drift, and the ratio is the part to trust."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, TypedDict


class Row(TypedDict):
    """A figure, what it is held against, and the median of the ratios round by round."""

    what: str
    limit_is: str
    median: float
    limit: float
    unit: str
    ratio: float
    rounds: int


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds that an act takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def in_turn(rounds: int, one_round: Callable[[], dict[str, float]], unit: str = "ms") -> dict[str, list[float]]:
    """What each round gave, by name; one more comes first, warms up and is not counted."""
    kept: list[dict[str, float]] = []
    for number in range(rounds + 1):
        took = one_round()
        print(
            f"  round {number} of {rounds}: " + ", ".join(f"{name} {value:.0f} {unit}" for name, value in took.items()),
            flush=True,
        )
        kept.append(took)
    return {name: [took[name] for took in kept[1:]] for name in kept[0]}


def against(what: str, values: Sequence[float], limit_is: str, limits: Sequence[float], unit: str = "ms") -> Row:
    """The row of a figure and its limit, taken in turn. Raises ``ValueError`` when their counts differ."""
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return Row(
        what=what,
        limit_is=limit_is,
        median=round(statistics.median(values), 2),
        limit=round(statistics.median(limits), 2),
        unit=unit,
        ratio=round(statistics.median(ratios), 2),
        rounds=len(ratios),
    )


def table(rows: dict[str, Row]) -> str:
    """The rows for people: a table that Markdown understands, too."""
    head = ("what", "figure", "limit", "limit is", "ratio")
    lines = [
        (row["what"], _figure(row["median"], row), _figure(row["limit"], row), row["limit_is"], f"{row['ratio']:.2f}")
        for row in rows.values()
    ]
    widths = [max(len(line[place]) for line in (head, *lines)) for place in range(len(head))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(f"| {' | '.join(map(str.ljust, line, widths))} |" for line in (head, rule, *lines))


def _figure(value: float, row: Row) -> str:
    return f"{value:.1f} {row['unit']}"
