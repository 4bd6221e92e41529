"""Light in one of two detectors: coherent or with a fixed number of photons, and what the receiver makes of
it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.detection.experiment import Floats
from qnetframe_qkd.optics import error_rate


@dataclass(frozen=True)
class Light:
    """A pulse: phase-randomised with mean ``mean`` photons, or exactly ``photons`` of them."""

    mean: float | None = None
    photons: int | None = None

    def __post_init__(self) -> None:
        if (self.mean is None) == (self.photons is None):
            raise InvalidInputError("light has either a mean number of photons or an exact one")

    def vacuum(self, share: float) -> float:
        """Return the probability that none of the photons is in a part with this share of the light."""
        if self.photons is not None:
            return float((1 - share) ** self.photons)
        assert self.mean is not None
        return math.exp(-self.mean * share)


@dataclass(frozen=True)
class Receiver:
    """Two threshold detectors behind a polarising beam splitter.

    ``efficiencies`` are theirs, ``dark_count_probability`` that of one detector in one gate,
    ``misalignment`` the probability that a photon takes the wrong way.
    """

    efficiencies: tuple[float, float] = (1.0, 1.0)
    dark_count_probability: float = 0.0
    misalignment: float = 0.0

    def __post_init__(self) -> None:
        for i, efficiency in enumerate(self.efficiencies):
            checks.probability(efficiency, f"efficiency of detector {i}")
        checks.probability(self.dark_count_probability, "dark_count_probability")
        error_rate(self.misalignment, "misalignment")

    def clicks(self, light: Light, transmittance: float, zero: float) -> Floats:
        """Return the probabilities of (no click, only 0, only 1, both).

        ``zero`` is the probability that a photon belongs to detector 0 before misalignment.
        """
        right = self.misalignment + (1 - 2 * self.misalignment) * zero
        first = transmittance * self.efficiencies[0] * right
        second = transmittance * self.efficiencies[1] * (1 - right)
        return pattern_probabilities(
            lambda zero_silent, one_silent: light.vacuum(first * zero_silent + second * one_silent),
            self.dark_count_probability,
        )


def pattern_probabilities(vacuum: Callable[[int, int], float], dark: float) -> Floats:
    """Return the probabilities of the four click patterns of two detectors with dark counts.

    ``vacuum(i, j)`` is the probability that no photon is detected by detector 0 (if i) and 1 (if j).
    """
    none = (1 - dark) ** 2 * vacuum(1, 1)
    no_zero, no_one = (1 - dark) * vacuum(1, 0), (1 - dark) * vacuum(0, 1)
    return np.array([none, no_one - none, no_zero - none, 1 - no_zero - no_one + none])
