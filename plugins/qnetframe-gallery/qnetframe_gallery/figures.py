"""Arithmetic that several protocols of the gallery share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from qnetframe.api import Result
from qnetframe.values import Bit, Estimate


def chance(result: Result, bits: Sequence[Bit], holds: Callable[[tuple[int, ...]], bool]) -> Estimate:
    """Return the probability that a predicate of the values of some declared bits holds."""
    cells = result.distribution(*bits)
    value = math.fsum(e.value for values, e in cells.items() if holds(values))
    shots = next(iter(cells.values())).shots
    if shots is None:
        return Estimate(value)
    smooth = (value * shots + 0.5) / (shots + 1)
    return Estimate(value, math.sqrt(smooth * (1 - smooth) / shots), shots)


def information(rows: list[Mapping[tuple[int, ...], Estimate]]) -> Estimate:
    """Return the mutual information in bits of equally likely inputs and their outputs."""
    overall: dict[tuple[int, ...], float] = {}
    for row in rows:
        for key, e in row.items():
            overall[key] = overall.get(key, 0.0) + e.value / len(rows)
    value = variance = 0.0
    shots = 0
    for row in rows:
        gains = [(e.value, math.log2(e.value / overall[k])) for k, e in row.items() if e.value > 0]
        mean = math.fsum(weight * gain for weight, gain in gains)
        value += mean / len(rows)
        number = next(iter(row.values())).shots
        if number is not None:
            spread = math.fsum(weight * (gain - mean) ** 2 for weight, gain in gains)
            variance += spread / number / len(rows) ** 2
            shots += number
    return Estimate(value, math.sqrt(variance), shots or None)
