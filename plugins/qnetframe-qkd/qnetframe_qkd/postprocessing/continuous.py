"""Reconciliation of Gaussian data: what it discloses at an efficiency, and the slices that make bits of
it.
"""

from __future__ import annotations

import math
import typing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks


class GaussianReconciler(typing.Protocol):
    """How Bob's quadratures become bits that Alice finds."""

    def leakage(self, snr: float, symbols: int) -> float:
        """Return the bits disclosed for this many symbols at a signal-to-noise ratio."""
        ...


@dataclass(frozen=True)
class SliceReconciler:
    """Bob's quadrature in 2**slices intervals of equal probability, disclosed so that β I(A:B) is left.

    ``efficiency`` β stands for the codes of the slices, which are not run here. Source: Van Assche, Cardinal,
    Cerf, IEEE Trans. Inf. Theory 50, 394 (2004).
    """

    efficiency: float = 0.95
    slices: int = 5

    def __post_init__(self) -> None:
        checks.probability(self.efficiency, "efficiency")
        checks.integer(self.slices, "slices", low=1, high=12)

    def quantise(self, values: Any, deviation: float) -> NDArray[np.int64]:
        """Return the number of the interval of each value of a Gaussian with this standard deviation."""
        from scipy.special import ndtr

        scaled = ndtr(np.asarray(values, float) / checks.positive(deviation, "deviation"))
        return np.asarray(np.minimum((scaled * 2**self.slices).astype(np.int64), 2**self.slices - 1))

    def leakage(self, snr: float, symbols: int) -> float:
        """Return symbols (slices - β I), with I = log2(1 + SNR)/2 at most the slices."""
        information = min(float(self.slices), 0.5 * math.log2(1 + checks.non_negative(snr, "snr")))
        return checks.integer(symbols, "symbols", low=0) * (self.slices - self.efficiency * information)
