"""Emission of an excited emitter into a cavity: probability and shape of the photon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import expm

from qnetframe import checks
from qnetframe_hardware.dynamics.operators import LOWERING, basis, destroy, embed, number
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term

RealArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CavityEmission:
    """``probability`` that the photon leaves through the cavity; ``flux`` (T,) in 1/s at ``times`` (s).

    ``cooperativity`` is g^2/(2 kappa gamma), ``purcell_factor`` g^2/(kappa gamma).
    """

    probability: float
    cooperativity: float
    purcell_factor: float
    times: RealArray
    flux: RealArray


def cavity_emission(*, g: float, kappa: float, gamma: float, samples: int = 201) -> CavityEmission:
    """Return the emission from |e, 0>; g, and the *field* decay rates kappa and gamma, in rad/s.

    P = kappa/(kappa + gamma) 2C/(2C + 1) with C = g^2/(2 kappa gamma) (C. K. Law and H. J. Kimble, J. Mod.
    Opt. 44, 2067 (1997)). The flux is 2 kappa |c(t)|^2 of c' = -kappa c - i g e, e' = -gamma e - i g c.
    """
    g, k, y = checks.positive(g, "g"), checks.positive(kappa, "kappa"), checks.non_negative(gamma, "gamma")
    probability = k / (k + y) * g * g / (g * g + k * y)
    generator = np.array([[-y, -1j * g], [-1j * g, -k]])
    slowest = -np.linalg.eigvals(generator).real.max()
    times = np.linspace(0, 12 / slowest, checks.integer(samples, "samples", low=2))
    step = expm(generator * (times[1] - times[0]))
    amplitudes = np.empty((len(times), 2), dtype=complex)
    amplitudes[0] = 1, 0
    for i in range(1, len(times)):
        amplitudes[i] = step @ amplitudes[i - 1]
    loss = k * y
    return CavityEmission(
        probability,
        g * g / (2 * loss) if loss else np.inf,
        g * g / loss if loss else np.inf,
        times,
        2 * k * np.abs(amplitudes[:, 1]) ** 2,
    )


def cavity_problem(*, g: float, kappa: float, gamma: float, duration: float, samples: int = 41) -> Problem:
    """Return the same as a master equation, dims (2, 2, 2): emitter, cavity, and a counter of emitted
    photons.
    """
    dims = (2, 2, 2)
    sigma = embed(dims, (0, LOWERING))
    counted = embed(dims, (1, destroy(2)), (2, LOWERING.T))
    return Problem(
        dims,
        [Term(embed(dims, (0, LOWERING.T), (1, destroy(2))), g, plus_conjugate=True)],
        basis(dims, 1, 0, 0),
        np.linspace(0, duration, samples),
        [Collapse(counted, 2 * kappa, "emission"), Collapse(sigma, 2 * gamma, "free space")],
        {"emitted": embed(dims, (2, number(2))), "cavity": embed(dims, (1, number(2)))},
        name="cavity emission",
    )
