"""Sources: pairs from parametric down-conversion, and photons from quantum dots."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import LinkModel

ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class PairSource:
    """Polarisation pairs: ``state`` (4, 4) given one click on each side, with ``probability`` a pulse.

    ``mean_pairs`` a pulse, ``fidelity`` with Phi+, ``herald_rate`` in Hz.
    """

    probability: float
    state: ComplexArray
    fidelity: float
    mean_pairs: float
    herald_rate: float
    pulse_rate_hz: float

    def link(self, *, delay: float = 0.0) -> LinkModel:
        """Return the link that this source in its middle makes; ``delay`` (s) is the light time from end to
        end.

        The photons are measured as they arrive, so that attempts follow each other at the pulse rate.
        """
        return LinkModel(
            success_probability=self.probability,
            attempt_time=1 / self.pulse_rate_hz,
            state=self.state,
            delay=delay,
        )


def spdc_source(
    *,
    mean_pairs: float,
    efficiency: float | tuple[float, float],
    pulse_rate_hz: float = 1e8,
    dark_counts: float = 0.0,
) -> PairSource:
    """Return the pairs of a polarisation-entangled down-conversion source with threshold detectors.

    ``mean_pairs`` is 2 sinh^2 chi, n pairs having the probability (n + 1) tanh^2n chi/cosh^4 chi; the gain
    and the error rate are exact sums over n: X. Ma, C.-H. F. Fung and H.-K. Lo, Phys. Rev. A 76, 012307
    (2007), equations 9 and 10, the double clicks given a random value. ``state`` is the Werner state of that
    error rate, in which all bases err alike, as they do here. ``dark_counts`` is the yield of no photon at a
    party.
    """
    mean = checks.positive(mean_pairs, "mean_pairs")
    pair = efficiency if isinstance(efficiency, tuple) else (efficiency, efficiency)
    a, b = (checks.probability(e, "efficiency") for e in pair)
    y = checks.probability(dark_counts, "dark_counts")
    lam = mean / 2
    gain = 1 - (1 - y) / (1 + a * lam) ** 2 - (1 - y) / (1 + b * lam) ** 2
    gain += (1 - y) ** 2 / (1 + a * lam + b * lam - a * b * lam) ** 2
    if not gain > 0:
        raise InvalidInputError(f"mean_pairs {mean_pairs:g} at efficiency {efficiency} never gives a pair")
    below = (1 + a * lam) * (1 + b * lam) * (1 + a * lam + b * lam - a * b * lam)
    fidelity = 1 - 1.5 * (0.5 - (1 - y) * a * b * lam * (1 + lam) / below / gain)
    state = np.full(4, (1 - fidelity) / 3)
    state[0] = fidelity
    return PairSource(
        gain,
        _bell_mixture(state),
        fidelity,
        mean,
        gain * pulse_rate_hz,
        checks.positive(pulse_rate_hz, "pulse_rate_hz"),
    )


def _bell_mixture(weights: npt.NDArray[np.float64]) -> ComplexArray:
    kets = np.array([[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]]) / sqrt(2)
    return np.einsum("k,ki,kj->ij", weights, kets, kets).astype(complex)


def quantum_dot_visibility(*, t1: float, t2: float, g2: float = 0.0) -> float:
    """Return the interference visibility of two photons of one quantum dot, T2/(2 T1) less that of g2.

    M = T2/(2 T1): J. Bylander, I. Robert-Philip and I. Abram, Eur. Phys. J. D 22, 295 (2003). If the photons
    that make g2(0) are distinguishable noise, V = M - g2 (1 + M): H. Ollivier et al., Phys. Rev. Lett. 126,
    063602 (2021). Raises InvalidInputError for T2 > 2 T1.
    """
    one, two = checks.relaxation_times(t1, t2)
    noise = checks.probability(g2, "g2")
    pure = 1.0 if two == inf else two / (2 * one)
    return max(0.0, pure - noise * (1 + pure))
