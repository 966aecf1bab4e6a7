"""The table of a measurement: times of requests, rates, and ratios of two servers."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.table import Table

FEW = 3  # values that have no percentile


@dataclass(slots=True, kw_only=True)
class Timing:
    """How long each of some requests took, and all of them together; grows while measuring."""

    each: list[float] = field(default_factory=list)
    """Seconds."""
    whole: float = 0.0
    """Seconds on the clock; less than the sum where several clients ask at once."""

    def take(self, other: "Timing") -> None:
        """Add what another run took."""
        self.each += other.each
        self.whole += other.whole


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


def add(table: Table, name: str, seconds: Sequence[float], whole: float = 0.0, aim: str = "") -> None:
    """A row of times; `whole` seconds on the clock give the rate."""
    rate = f"{len(seconds) / whole:.0f}" if whole else ""
    table.add_row(
        name,
        str(len(seconds)),
        shown(min(seconds)),
        shown(statistics.median(seconds)),
        shown(percentile(seconds, 99)) if len(seconds) > FEW else "",
        rate,
        aim,
    )


def add_ratio(table: Table, name: str, answers: Timing, floors: Timing, aim: str = "") -> None:
    """A row of how much slower, and of which share of the rate."""
    median, worst = (
        of(answers.each) / of(floors.each) for of in (statistics.median, lambda each: percentile(each, 99))
    )
    rate = floors.whole / answers.whole
    table.add_row(name, "", "", f"{median:.1f}:1", f"{worst:.1f}:1", f"{rate:.2f}:1", aim)


def shown(seconds: float) -> str:
    """A time as the tables show it."""
    return f"{seconds:.2f} s" if seconds >= 0.5 else f"{1000 * seconds:.2f} ms"
