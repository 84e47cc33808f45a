"""A figure means little without the limit of the machine it was measured on, in the same run.

Machines are shared and noisy: what is measured and its limit take turns, and what is reported is
the median of several rounds.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

AT_MOST, AT_LEAST = "≤", "≥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, its goal, and the limit or peer measured beside it.

    `goal` says in which direction it is good: `≤ 0.4` or `≥ 500`; a figure without a goal is there
    to be compared. `note` names what one has to know about the way it was measured.
    """

    what: str
    unit: str
    value: float
    better: str = AT_MOST
    goal: float | None = None
    limit: float | None = None
    limit_is: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the limit it is."""
        return self.value / self.limit if self.limit else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.better == AT_MOST else self.value >= self.goal


@dataclass(frozen=True, slots=True)
class Run:
    """How to measure: in which folder, whether quickly, and whom to tell what is being done."""

    folder: Path
    quick: bool
    say: Callable[[str], None]

    def pick(self, full: int, quick: int) -> int:
        """Choose an amount of work."""
        return quick if self.quick else full

    def rounds(self, what: str, full: int, quick: int) -> Iterable[int]:
        """Count rounds, telling of each; garbage of what came before is gone first."""
        count = self.pick(full, quick)
        for number in range(1, count + 1):
            gc.collect()
            self.say(f"{what}, round {number} of {count}")
            yield number


@dataclass(slots=True)
class Rounds:
    """One median and one 99th percentile for each round of timings."""

    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    count: int = 0

    def add(self, timings: Sequence[float]) -> None:
        """Take the timings of a round."""
        self.p50s.append(percentile(timings, 50))
        self.p99s.append(percentile(timings, 99))
        self.count += len(timings)

    @property
    def p50(self) -> float:
        """Median round's median."""
        return statistics.median(self.p50s)

    @property
    def p99(self) -> float:
        """Median round's 99th percentile."""
        return statistics.median(self.p99s)


def percentile(timings: Sequence[float], percent: int) -> float:
    """Value that so many percent of the timings do not exceed."""
    ordered = sorted(timings)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def milliseconds(work: Callable[[], object]) -> float:
    """Wall-clock milliseconds that a call takes."""
    began_ns = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began_ns) / 1e6


def wall_and_cpu(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock seconds that a call takes, and CPU seconds of this process meanwhile."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu
