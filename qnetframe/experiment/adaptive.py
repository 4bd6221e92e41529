"""Shots in batches until an estimate is as sharp as asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.values import Estimate

FIRST_SHOTS = 1000
MOST_SHOTS = 1_000_000
_NAMES = ("standard_error", "relative_error", "max_shots", "figure")


@dataclass(frozen=True)
class Stop:
    """When to stop: at a standard error, or one relative to the value, or a number of shots at the latest.

    ``figure`` is the estimate that counts; without it, every estimate must be sharp enough. Shots are those
    of each measurement setting.

    The number of shots then depends on what was seen, which biases an estimate towards values that look
    sharp. The first batch is never judged by less than ``shots``, and each batch at most doubles the total,
    so that there are few looks: for a probability p the bias is below a tenth of the standard error asked
    for, as long as the first batch is expected to see each outcome ten times (measured in the tests). Rare
    outcomes are best sampled with a relative error, and a first batch that sees a few.
    """

    standard_error: float | None = None
    relative_error: float | None = None
    max_shots: int = MOST_SHOTS
    figure: str = ""
    shots: int = FIRST_SHOTS

    def __post_init__(self) -> None:
        if self.standard_error is None and self.relative_error is None:
            raise InvalidInputError("stop needs standard_error or relative_error")
        for name in ("standard_error", "relative_error"):
            if getattr(self, name) is not None:
                checks.positive(getattr(self, name), f"stop.{name}")
        checks.integer(self.shots, "shots", low=1)
        checks.integer(self.max_shots, "stop.max_shots", low=self.shots)

    @staticmethod
    def of(given: Mapping[str, Any], shots: int | None) -> Stop | None:
        """Return what settings "stop.…" say, named without that prefix; None where there are none."""
        for name in given:
            if name not in _NAMES:
                raise UnknownNameError("setting", f"stop.{name}", [f"stop.{n}" for n in _NAMES])
        if not given:
            return None
        first = min(FIRST_SHOTS, given.get("max_shots", MOST_SHOTS)) if shots is None else shots
        return Stop(**given, shots=first)

    def wanted(self, estimates: Mapping[str, Estimate], shots: int) -> float:
        """Return how many shots it takes, by what ``shots`` of them gave; 0 if those are enough."""
        if self.figure and self.figure not in estimates:
            raise UnknownNameError("figure", self.figure, estimates, "It was given as stop.figure.")
        judged = [estimates[self.figure]] if self.figure else list(estimates.values())
        return max((self._wanted(e, shots) for e in judged), default=0.0)

    def _wanted(self, estimate: Estimate, shots: int) -> float:
        allowed = []
        if self.standard_error is not None:
            allowed.append(self.standard_error)
        if self.relative_error is not None:
            allowed.append(self.relative_error * abs(estimate.value))
        # Either is enough. An exact estimate has error 0; an unknown one (NaN) is never enough.
        limit = max(allowed)
        if estimate.standard_error <= limit:
            return 0.0
        return shots * (estimate.standard_error / limit) ** 2 if limit > 0 else math.inf


def batches(
    stop: Stop, more: Callable[[int, int], Mapping[str, Estimate]]
) -> Iterator[tuple[int, Mapping[str, Estimate]]]:
    """Yield the shots so far and the estimates after each batch, until they are sharp enough.

    ``more(number, shots)`` runs the number-th batch (from 0) and returns the estimates of all batches
    together.
    """
    total, size, number = 0, stop.shots, 0
    while True:
        estimates = more(number, size)
        total, number = total + size, number + 1
        yield total, estimates
        wanted = stop.wanted(estimates, total)
        if wanted == 0.0 or total >= stop.max_shots:
            return
        # A little more than what it takes by this estimate, at most double.
        size = max(1, min(math.ceil(min(2.0 * total, 1.05 * wanted)) - total, stop.max_shots - total))
