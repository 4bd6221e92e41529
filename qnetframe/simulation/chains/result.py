"""What a chain gave: estimates, the path taken, and the distribution of the waiting time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.values import Estimate

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ChainResult:
    """The figures of one chain.

    ``mean_attempts`` is the mean time of an end-to-end pair in attempts, ``werner`` and ``mean_fidelity``
    those of the delivered pair (F = (1+3w)/4). ``method`` is the path taken: "exact" with how, or
    "Monte Carlo". ``histogram[t]`` is the probability that the pair takes ``t`` attempts (the share of the
    sampled ones where sampled), ``werner_at[t]`` the mean Werner parameter of those (NaN where none is).
    """

    mean_attempts: Estimate
    werner: Estimate
    method: str
    histogram: FloatArray
    werner_at: FloatArray

    @property
    def mean_fidelity(self) -> Estimate:
        """The mean fidelity (1 + 3w)/4."""
        return self.werner.scaled(0.75, 0.25)

    @property
    def secret_fraction(self) -> float:
        """The asymptotic secret fraction max(0, 1 - 2h((1-w)/2)) of BB84 with such Werner pairs.

        P. W. Shor and J. Preskill, Phys. Rev. Lett. 85, 441 (2000); the error rate is (1-w)/2 in both bases.
        """
        error = min(1.0, max(0.0, (1 - self.werner.value) / 2))
        if error in (0.0, 1.0):
            return 1.0
        entropy = -error * np.log2(error) - (1 - error) * np.log2(1 - error)
        return float(max(0.0, 1 - 2 * entropy))

    @property
    def secret_key_rate(self) -> float:
        """Secret bits an attempt: ``secret_fraction`` over the mean time."""
        return self.secret_fraction / self.mean_attempts.value

    def quantile(self, share: float) -> int:
        """Return the smallest time by which at least this share of the pairs is there."""
        total = np.cumsum(self.histogram)
        return int(np.searchsorted(total, share * total[-1]))

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        return {
            "method": self.method,
            "mean_attempts": [self.mean_attempts.value, self.mean_attempts.standard_error],
            "mean_fidelity": [self.mean_fidelity.value, self.mean_fidelity.standard_error],
            "werner": [self.werner.value, self.werner.standard_error],
            "quantiles": {str(s): self.quantile(s) for s in (0.05, 0.25, 0.5, 0.75, 0.95)},
        }


def sampled(times: NDArray[np.int64], werner: FloatArray) -> ChainResult:
    """Return the result of sampled times and Werner parameters."""
    count = len(times)
    # Bins of one attempt as long as that is a table one can hold.
    counts = np.bincount(times) if times.max() < 1 << 24 else np.zeros(0)
    weights = np.bincount(times, weights=werner) if len(counts) else np.zeros(0)
    with np.errstate(invalid="ignore"):
        werner_at = weights / counts
    root = count**0.5
    spread = (float(np.std(x, ddof=1)) / root if count > 1 else 0.0 for x in (times, werner))
    return ChainResult(
        Estimate(float(times.mean()), next(spread), count),
        Estimate(float(werner.mean()), next(spread), count),
        "Monte Carlo",
        counts / count,
        werner_at,
    )
