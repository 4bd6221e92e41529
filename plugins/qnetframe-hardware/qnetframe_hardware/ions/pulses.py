"""Carrier and sideband pulses on one ion, to all orders of the Lamb-Dicke parameter."""

from __future__ import annotations

from math import pi

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import expm
from scipy.special import eval_genlaguerre, gammaln

from qnetframe import checks
from qnetframe_hardware.dynamics.operators import basis, destroy, embed, transition
from qnetframe_hardware.dynamics.problem import Problem, Term

RealArray = npt.NDArray[np.float64]


def sideband_rabi_frequency(*, carrier_hz: float, lamb_dicke: float, n: int, order: int = 0) -> float:
    """Return |Omega_{n, n+order}|/2pi in Hz; order 0 is the carrier, 1 the blue sideband, -1 the red.

    Omega e^{-eta^2/2} eta^|s| sqrt(n<!/n>!) L_{n<}^{|s|}(eta^2): D. J. Wineland et al., J. Res. NIST 103, 259
    (1998), equation 18. 0 where n + order is negative.
    """
    n, order = checks.integer(n, "n", low=0), checks.integer(order, "order")
    eta = checks.non_negative(lamb_dicke, "lamb_dicke")
    if n + order < 0:
        return 0.0
    low, high, s = min(n, n + order), max(n, n + order), abs(order)
    norm = np.exp((gammaln(low + 1) - gammaln(high + 1)) / 2)
    value = np.exp(-(eta**2) / 2) * eta**s * norm * eval_genlaguerre(low, s, eta**2)
    return float(checks.positive(carrier_hz, "carrier_hz") * abs(value))


def sideband_flop(
    *, carrier_hz: float, lamb_dicke: float, times: npt.ArrayLike, mean_phonons: float = 0.0, order: int = 0
) -> RealArray:
    """Return the population that a resonant pulse moves, at each time (s), from a thermal state of motion."""
    mean = checks.non_negative(mean_phonons, "mean_phonons")
    at = np.asarray(times, dtype=float)
    levels = 2 + int(np.ceil(np.log(1e-12) / np.log(mean / (1 + mean)))) if mean else 1
    weights = (mean / (1 + mean)) ** np.arange(levels) / (1 + mean)
    rates = np.asarray(
        [
            sideband_rabi_frequency(carrier_hz=carrier_hz, lamb_dicke=lamb_dicke, n=n, order=order)
            for n in range(levels)
        ]
    )
    return np.asarray(weights @ np.sin(pi * rates[:, None] * at) ** 2)


def sideband_problem(
    *,
    carrier_hz: float,
    lamb_dicke: float,
    duration: float,
    order: int = 0,
    levels: int = 15,
    samples: int = 41,
) -> Problem:
    """Return the dynamics problem of a resonant pulse on |0>, |n=0>, dims (2, levels), rotating terms
    dropped.
    """
    eta = checks.non_negative(lamb_dicke, "lamb_dicke")
    wide = levels + 40  # the displacement is cut after it is taken, so that the cut leaves no trace in it
    a = destroy(wide).toarray()
    full = expm(1j * eta * (a + a.T))[:levels, :levels]
    n = np.arange(levels)
    kept = np.where(n[:, None] - n[None] == order, full, 0)
    dims = (2, levels)
    drive = embed(dims, (0, transition(2, 1, 0)), (1, sp.csr_array(kept)))
    return Problem(
        dims,
        [Term(drive, pi * carrier_hz, plus_conjugate=True)],
        basis(dims, 0, max(0, -order)),
        np.linspace(0, duration, samples),
        observables={"excited": embed(dims, (0, np.diag([0.0, 1.0])))},
        truncated=(1,),
        name="sideband pulse",
    )
