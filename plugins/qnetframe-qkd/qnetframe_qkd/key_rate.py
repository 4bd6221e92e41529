"""KeyRate: what every formula for a rate gives back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class KeyRate:
    """A secret-key rate in bits for each signal (or as ``unit`` says), and what went into it.

    ``rate`` is never negative; where the bound gives no key it is 0, ``reason`` says why, and
    ``signed_rate`` is what the bound gave. ``quantities`` are the intermediate figures by name, which are
    attributes as well: ``result.qber`` is ``result.quantities["qber"]``.
    """

    signed_rate: float
    quantities: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    unit: str = "bit per signal"

    @property
    def rate(self) -> float:
        """The secret-key rate, at least 0."""
        return max(0.0, self.signed_rate)

    def __post_init__(self) -> None:
        if self.signed_rate <= 0.0 and not self.reason:
            object.__setattr__(self, "reason", "the bound on the secret-key rate is not above 0")

    def __getattr__(self, name: str) -> Any:
        quantities = self.__dict__.get("quantities", {})
        if name in quantities:
            return quantities[name]
        raise AttributeError(f"a key rate has no {name!r}; it has: rate, {', '.join(quantities)}")

    def __float__(self) -> float:
        return self.rate

    def to_dict(self) -> dict[str, Any]:
        """Return the rate as plain JSON values."""
        return {
            "rate": self.rate,
            "unit": self.unit,
            "reason": self.reason,
            "quantities": dict(self.quantities),
        }


def threshold(rate: Callable[[float], KeyRate], low: float, high: float, tolerance: float = 1e-10) -> float:
    """Return where a rate that falls from ``low`` to ``high`` (a QBER, a length) first is 0, by bisection.

    It is ``high`` where the rate is still above 0 there, and ``low`` where it is 0 from the start.
    """
    if rate(high).signed_rate > 0:
        return high
    if rate(low).signed_rate <= 0:
        return low
    while high - low > tolerance * max(1.0, abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if rate(middle).signed_rate > 0 else (low, middle)
    return (low + high) / 2


def best_argument(
    rate: Callable[[float], KeyRate], low: float, high: float, tolerance: float = 1e-8
) -> tuple[float, KeyRate]:
    """Return the argument (an intensity) from ``low`` to ``high`` of the highest rate, and that rate.

    The search is bounded and logarithmic: good intensities differ by orders of magnitude.
    """
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda x: -rate(math.exp(x)).signed_rate, bounds=(math.log(low), math.log(high)), method="bounded",
        options={"xatol": tolerance},
    )  # fmt: skip
    best = math.exp(float(found.x))
    return best, rate(best)
