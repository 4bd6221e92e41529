"""A transmon and its readout resonator: dispersive shift, Purcell decay, assignment errors."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.special import erfc

from qnetframe import checks
from qnetframe_hardware.dynamics.operators import basis, destroy, embed, number
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term


@dataclass(frozen=True)
class DispersiveShift:
    """Half the resonator's shift between |0> and |1>: ``exact``, and ``perturbative`` to second order."""

    exact: float
    perturbative: float


def dispersive_shift(
    *, coupling: float, detuning: float, anharmonicity: float, levels: int = 8
) -> DispersiveShift:
    """Return chi = [(E11 - E10) - (E01 - E00)]/2 of a Duffing transmon and a resonator that exchange photons.

    ``detuning`` is that of the qubit from the resonator; all in one unit. Perturbative: g^2 alpha/(Delta
    (Delta + alpha)), J. Koch et al., Phys. Rev. A 76, 042319 (2007), equation 3.10.
    """
    g, delta = checks.finite(coupling, "coupling"), checks.finite(detuning, "detuning")
    alpha, n = checks.finite(anharmonicity, "anharmonicity"), checks.integer(levels, "levels", low=3)
    dims = (n, n)
    b, a = embed(dims, (0, destroy(n))), embed(dims, (1, destroy(n)))
    h = delta * b.T @ b + alpha / 2 * b.T @ b.T @ b @ b + g * (b.T @ a + a.T @ b)
    energies, vectors = np.linalg.eigh(h.toarray().real)

    def dressed(qubit: int, photons: int) -> float:
        return float(energies[np.argmax(np.abs(vectors[qubit * n + photons]))])

    exact = ((dressed(1, 1) - dressed(1, 0)) - (dressed(0, 1) - dressed(0, 0))) / 2
    return DispersiveShift(exact, g * g * alpha / (delta * (delta + alpha)))


@dataclass(frozen=True)
class Readout:
    """``separation`` d of the pointer states at the end; errors P(1|0), P(0|1); mean photons in the
    resonator.
    """

    separation: float
    p1_given_0: float
    p0_given_1: float
    photons: float
    duration: float

    @property
    def assignment_fidelity(self) -> float:
        """1 - (P(1|0) + P(0|1))/2."""
        return 1 - (self.p1_given_0 + self.p0_given_1) / 2


def dispersive_readout(
    *,
    chi: float,
    kappa: float,
    drive: float,
    duration: float,
    efficiency: float = 1.0,
    t1: float = inf,
    samples: int = 2001,
) -> Readout:
    """Return the readout by homodyne detection of a resonator driven midway between its two frequencies.

    alpha_s' = -(kappa/2 +- i chi) alpha_s - i drive; the emitted fields differ by d^2 = eta kappa integral
    |alpha_0 - alpha_1|^2 dt, and the best threshold errs with erfc(d/sqrt2)/2 (J. Gambetta et al., Phys. Rev.
    A 76, 012325 (2007)). A qubit that decays on the way is read wrongly half the time: duration/(2 T1), to
    first order. Rates in rad/s.
    """
    x, k = checks.finite(chi, "chi"), checks.positive(kappa, "kappa")
    e, t = checks.non_negative(drive, "drive"), checks.positive(duration, "duration (seconds)")
    times = np.linspace(0, t, checks.integer(samples, "samples", low=3))
    rates = [k / 2 + 1j * x, k / 2 - 1j * x]
    fields = [-1j * e / r * (1 - np.exp(-r * times)) for r in rates]
    gap = np.abs(fields[0] - fields[1]) ** 2
    d = float(np.sqrt(checks.probability(efficiency, "efficiency") * k * np.trapezoid(gap, times)))
    threshold = float(erfc(d / np.sqrt(2)) / 2)
    decay = t / (2 * checks.positive(t1, "t1 (seconds)", infinite=True))
    return Readout(d, threshold, min(1.0, threshold + decay), float(np.abs(fields[0][-1]) ** 2), t)


def purcell_rate(*, coupling: float, detuning: float, kappa: float) -> float:
    """Return the decay (1/s) of the qubit through its resonator: exactly, from the complex eigenvalue.

    To lowest order kappa (g/Delta)^2 (A. A. Houck et al., Phys. Rev. Lett. 101, 080502 (2008)). All in rad/s.
    """
    g, delta = checks.finite(coupling, "coupling"), checks.finite(detuning, "detuning")
    k = checks.positive(kappa, "kappa")
    values, vectors = np.linalg.eig(np.array([[delta, g], [g, -0.5j * k]]))
    return float(-2 * values[np.argmax(np.abs(vectors[0]))].imag)


def purcell_problem(*, coupling: float, detuning: float, kappa: float, duration: float) -> Problem:
    """Return the same as a master equation, dims (2, 2), from an excited qubit."""
    dims = (2, 2)
    b, a = embed(dims, (0, destroy(2))), embed(dims, (1, destroy(2)))
    return Problem(
        dims,
        [detuning * b.T @ b, Term(b.T @ a, coupling, plus_conjugate=True)],
        basis(dims, 1, 0),
        np.linspace(0, duration, 41),
        [Collapse(a, kappa, "resonator")],
        {"excited": embed(dims, (0, number(2)))},
        name="Purcell decay",
    )
