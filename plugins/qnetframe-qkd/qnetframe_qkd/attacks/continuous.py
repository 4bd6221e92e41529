"""The entangling cloner, Eve's best attack on Gaussian states."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import thermal_entropy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ClonerReport:
    """What the parties see and what Eve holds: variances in shot-noise units, information in bits a pulse."""

    information: float
    noise_variance: float
    excess_noise: float
    transmittance: float


@dataclass(frozen=True)
class EntanglingCloner:
    """Replace the channel by a beam splitter whose other input is half of an entangled pair.

    The pair's variance N = 1 + Tξ/(1-T) makes the expected excess noise ``excess_noise`` ξ (at the input).
    Source: Grosshans, Cerf, Wenger, Tualle-Brouri, Grangier, Quant. Inf. Comp. 3, 535 (2003).
    """

    excess_noise: float = 0.01

    def __post_init__(self) -> None:
        checks.non_negative(self.excess_noise, "excess_noise")

    def report(
        self, transmittance: float = 0.5, modulation_variance: float = 4.0, detection: str = "homodyne"
    ) -> ClonerReport:
        """Return Eve's Holevo information on Bob's data, from the covariance matrix of her two modes."""
        t = checks.probability(transmittance, "transmittance")
        if not 0 < t < 1:
            raise InvalidInputError(f"transmittance is {transmittance!r}; it must be above 0 and below 1")
        v = checks.positive(modulation_variance, "modulation_variance") + 1
        n = 1 + t * self.excess_noise / (1 - t)
        z = math.sqrt(max(0.0, n * n - 1))
        eye, flip = np.eye(2), np.diag([1.0, -1.0])
        lost = (1 - t) * v + t * n
        eve = np.block([[n * eye, math.sqrt(t) * z * flip], [math.sqrt(t) * z * flip, lost * eye]])
        bob = t * v + (1 - t) * n
        shared = np.vstack([math.sqrt(1 - t) * z * flip, math.sqrt(t * (1 - t)) * (n - v) * eye])
        if detection == "homodyne":
            after = eve - np.outer(shared[:, 0], shared[:, 0]) / bob
        elif detection == "heterodyne":
            after = eve - shared @ shared.T / (bob + 1)
        else:
            raise InvalidInputError(f"detection is {detection!r}; allowed: 'homodyne', 'heterodyne'")
        return ClonerReport(_entropy(eve) - _entropy(after), n, self.excess_noise, t)


def _entropy(covariance: Array) -> float:
    """Return the von Neumann entropy of a two-mode Gaussian state, from its symplectic eigenvalues."""
    omega = np.kron(np.eye(2), [[0.0, 1.0], [-1.0, 0.0]])
    values = np.abs(np.linalg.eigvals(1j * omega @ covariance))
    return sum(thermal_entropy((x - 1) / 2) for x in np.sort(values)[::2])
