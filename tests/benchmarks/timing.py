"""Times of several ways to do one thing, taken in turns so that a busy machine slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One way: ``run(number)`` does it once; ``times`` is how often it runs in each round."""

    run: Callable[[int], object]
    times: int = 1


@dataclass(frozen=True)
class Timing:
    """Median, quartiles and number of times, in seconds."""

    median: float
    low: float
    high: float
    repeats: int


def interleaved(
    ways: Mapping[str, Way], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Timing]:
    """Time every way in turn, ``rounds`` times over; ``run`` gets a new number, from 1, every time.

    Times are by the wall, or with `time.process_time` of the processor.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    number = 0
    for _ in range(rounds):
        for name, way in ways.items():
            for _ in range(way.times):
                number += 1
                start = clock()
                way.run(number)
                seconds[name].append(clock() - start)
    return {name: summary(values) for name, values in seconds.items()}


def summary(values: list[float]) -> Timing:
    """Return the median and the quartiles (the extremes of fewer than four values)."""
    if len(values) < 4:
        return Timing(statistics.median(values), min(values), max(values), len(values))
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Timing(median, low, high, len(values))
