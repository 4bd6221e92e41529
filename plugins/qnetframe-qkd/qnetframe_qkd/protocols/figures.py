"""From tables or counts to estimates with standard errors, the same for both forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qnetframe.values import Estimate
from qnetframe_qkd.detection.experiment import Floats
from qnetframe_qkd.key_rate import KeyRate


@dataclass(frozen=True, eq=False)
class Group:
    """Outcomes of one kind of signal: their probabilities (or frequencies), and the shots behind them.

    ``weight`` is the share of these signals among all. ``keep`` and ``wrong`` are, for each outcome, the
    probability that it is kept and that its bit is wrong if so.
    """

    weight: float
    probabilities: Floats
    keep: Floats
    wrong: Floats
    shots: int | None


def sifted_and_qber(groups: Sequence[Group]) -> tuple[Estimate, Estimate]:
    """Return the share of kept signals and their error rate, errors by the delta method.

    Where no error was seen, the standard error is that of half an error.
    """
    kept = math.fsum(g.weight * float(g.probabilities @ g.keep) for g in groups)
    errors = math.fsum(g.weight * float(g.probabilities @ (g.keep * g.wrong)) for g in groups)
    shots = None if any(g.shots is None for g in groups) else sum(g.shots or 0 for g in groups)
    if kept <= 0:
        return Estimate(0.0, 0.0 if shots is None else 1 / shots, shots), Estimate(
            0.5, 0.0 if shots is None else 0.5, shots
        )
    qber = errors / kept
    if shots is None:
        return Estimate(kept), Estimate(qber)
    spread_kept = spread_qber = 0.0
    for g in groups:
        assert g.shots is not None
        spread_kept += g.weight**2 * _variance(g.probabilities, g.keep) / g.shots
        spread_qber += g.weight**2 * _variance(g.probabilities, g.keep * (g.wrong - qber)) / g.shots
    number = max(1.0, kept * shots / math.fsum(g.weight for g in groups))
    least = math.sqrt(0.5 * max(0.5, number - 0.5)) / number**1.5
    return Estimate(kept, math.sqrt(spread_kept), shots), Estimate(
        qber, max(math.sqrt(spread_qber) / kept, least), shots
    )


def _variance(probabilities: Floats, values: Floats) -> float:
    mean = float(probabilities @ values)
    return max(0.0, float(probabilities @ values**2) - mean**2)


def rate_estimate(rate: Callable[[float], KeyRate], at: Estimate) -> Estimate:
    """Return a rate at an estimate, with the spread that its standard error causes."""
    value = rate(at.value).rate
    if at.shots is None:
        return Estimate(value)
    step = max(at.standard_error, 1e-9)
    low, high = rate(max(0.0, at.value - step)).rate, rate(min(0.5, at.value + step)).rate
    return Estimate(value, abs(high - low) / 2 * at.standard_error / step, at.shots)
