"""GG02 as data: Gaussian modulation, a lossy noisy channel, homodyne or heterodyne; estimates of T and ξ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.values import Estimate

_CHUNK = 1 << 20


@dataclass(frozen=True)
class GaussianChannel:
    """Quadratures in shot-noise units: Bob's is sqrt(η T) x plus noise of variance 1 + v_el + η T ξ.

    Heterodyne measures both with half the light each.
    """

    transmittance: float
    modulation_variance: float = 4.0
    excess_noise: float = 0.01
    detector_efficiency: float = 0.6
    electronic_noise: float = 0.01
    heterodyne: bool = False

    def __post_init__(self) -> None:
        checks.probability(self.transmittance, "transmittance")
        checks.positive(self.modulation_variance, "modulation_variance")
        checks.non_negative(self.excess_noise, "excess_noise")
        checks.probability(self.detector_efficiency, "detector_efficiency")
        checks.non_negative(self.electronic_noise, "electronic_noise")

    @property
    def gain(self) -> float:
        """What Alice's quadrature is multiplied by."""
        return math.sqrt(self.detector_efficiency * self.transmittance * (0.5 if self.heterodyne else 1.0))

    @property
    def noise(self) -> float:
        """The variance of Bob's noise."""
        return 1 + self.electronic_noise + self.gain**2 * self.excess_noise

    def sample(
        self, pulses: int, rng: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Yield Alice's and Bob's quadratures, chunk by chunk; two for each pulse with heterodyne."""
        left = checks.integer(pulses, "pulses", low=1) * (2 if self.heterodyne else 1)
        while left:
            size = min(left, _CHUNK)
            alice = rng.normal(0.0, math.sqrt(self.modulation_variance), size)
            yield alice, self.gain * alice + rng.normal(0.0, math.sqrt(self.noise), size)
            left -= size

    def estimate(self, pulses: int, rng: np.random.Generator) -> tuple[Estimate, Estimate]:
        """Return the maximum-likelihood estimates of T and ξ from sampled data, with standard errors.

        Source: Leverrier, Grosshans, Grangier, PRA 81, 062343 (2010), eq. 12 to 16; detector known.
        """
        xx = xy = yy = 0.0
        number = 0
        for x, y in self.sample(pulses, rng):
            xx, xy, yy, number = xx + float(x @ x), xy + float(x @ y), yy + float(y @ y), number + len(x)
        if xx == 0.0 or self.detector_efficiency == 0.0:
            raise InvalidInputError("no light arrives; nothing can be estimated")
        t = xy / xx
        variance = (yy - 2 * t * xy + t * t * xx) / number
        scale = self.detector_efficiency * (0.5 if self.heterodyne else 1.0)
        t_error = math.sqrt(variance / xx)
        excess = (variance - 1 - self.electronic_noise) / t**2
        excess_error = math.hypot(variance * math.sqrt(2 / number) / t**2, 2 * excess * t_error / t)
        return (
            Estimate(t * t / scale, 2 * abs(t) * t_error / scale, pulses),
            Estimate(excess, excess_error, pulses),
        )
