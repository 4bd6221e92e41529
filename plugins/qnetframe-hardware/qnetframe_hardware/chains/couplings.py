"""Couplings of a chain: uniform, engineered for perfect transfer, or optimised under a bound."""

from __future__ import annotations

from math import pi

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from qnetframe import checks

RealArray = npt.NDArray[np.float64]


def uniform_couplings(*, sites: int, hopping: float = 1.0) -> RealArray:
    """Return equal couplings J of XX + YY whose hopping 2J is ``hopping`` (rad/s), (sites - 1,)."""
    return np.full(checks.integer(sites, "sites", low=2) - 1, checks.finite(hopping, "hopping") / 2)


def perfect_couplings(*, sites: int, rate: float = 1.0) -> RealArray:
    """Return couplings whose hopping rate*sqrt(n (N - n))/2 transfers perfectly at t = pi/rate.

    M. Christandl et al., Phys. Rev. Lett. 92, 187902 (2004); the amplitude is (-i)^(N - 1).
    """
    n = np.arange(1, checks.integer(sites, "sites", low=2))
    return checks.positive(rate, "rate") * np.sqrt(n * (sites - n)) / 4


def optimised_couplings(
    *, sites: int, duration: float, bound: float = 1.0, free: int = 2, seed: int = 0
) -> RealArray:
    """Return mirror-symmetric couplings J with the ``free`` outermost at each end chosen for the best
    |f(duration)|.

    The inner hoppings are ``bound``, the outer ones at most that: the optimal dynamics of L. Banchi et al.,
    Phys. Rev. A 82, 052321 (2010). XX chain, hopping 2J.
    """
    n = checks.integer(sites, "sites", low=3)
    t, top = checks.positive(duration, "duration (seconds)"), checks.positive(bound, "bound")
    k = min(checks.integer(free, "free", low=1), (n - 1 + 1) // 2)

    def hoppings(angles: RealArray) -> RealArray:
        values = np.full(n - 1, top)
        values[:k] = top * np.sin(angles) ** 2
        values[n - 1 - k :] = values[:k][::-1]
        return values

    def loss(angles: RealArray) -> float:
        h = np.diag(hoppings(angles), 1)
        energies, vectors = np.linalg.eigh(h + h.T)
        return 1 - abs(np.sum(vectors[0] * vectors[-1] * np.exp(-1j * energies * t)))

    starts = np.random.default_rng(checks.integer(seed, "seed", low=0)).uniform(0.3, pi / 2, (12, k))
    best = min(
        (minimize(loss, x, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}) for x in starts),
        key=lambda r: r.fun,
    )
    return hoppings(best.x) / 2
