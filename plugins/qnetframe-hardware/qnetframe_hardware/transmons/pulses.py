"""Pulses on transmons: DRAG on one, a modulated coupler between two."""

from __future__ import annotations

from math import inf, pi
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

from qnetframe import checks
from qnetframe_hardware.dynamics.coefficients import Harmonics, derivative_pulse, gaussian_pulse
from qnetframe_hardware.dynamics.operators import PAULI_X, PAULI_Z, basis, destroy, embed
from qnetframe_hardware.dynamics.problem import Problem, Term
from qnetframe_hardware.dynamics.process import encoded_process
from qnetframe_hardware.transmons.fits import ComplexArray, TransmonGate, best_turns, relaxation

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

ISWAP: ComplexArray = np.array([[1, 0, 0, 0], [0, 0, -1j, 0], [0, -1j, 0, 0], [0, 0, 0, 1]])


def drag_problem(
    *,
    anharmonicity_hz: float,
    duration: float,
    drag: float = 1.0,
    angle: float = pi,
    t1: float = inf,
    t2: float = inf,
    levels: int = 4,
) -> Problem:
    """Return the problem of `drag_pulse` in the qubit's frame, dims (levels,)."""
    alpha = 2 * pi * checks.finite(anharmonicity_hz, "anharmonicity_hz")
    t, n = checks.positive(duration, "duration (seconds)"), checks.integer(levels, "levels", low=3)
    sigma = t / 6
    amplitude = checks.finite(angle, "angle") / (np.sqrt(2 * pi) * sigma * erf(3 / np.sqrt(2)))
    b = destroy(n)
    shape = {"centre": t / 2, "sigma": sigma}
    terms = [
        alpha / 2 * b.T @ b.T @ b @ b,
        Term((b + b.T) / 2, gaussian_pulse(amplitude=amplitude, **shape), name="drive"),
    ]
    if drag:
        quadrature = derivative_pulse(amplitude=-checks.finite(drag, "drag") * amplitude / alpha, **shape)
        terms.append(Term(1j * (b.T - b) / 2, quadrature, name="DRAG"))
    return Problem((n,), terms, basis((n,), 0), (0, t), relaxation((n,), t1, t2), name="DRAG pulse")


def drag_pulse(*, angle: float = pi, solver: str | Solver = "qutip", **settings: float) -> TransmonGate:
    """Return the rotation about X by ``angle`` that a Gaussian pulse of sigma = duration/6 makes.

    Settings are those of `drag_problem`. ``drag`` times the derivative over -alpha is played on the other
    quadrature: F. Motzoi et al., Phys. Rev. Lett. 103, 110501 (2009); 0 is none, 1 cancels leakage to first
    order, 1/2 the phase error. The turns about Z before and after that fit best are undone, as software does.
    """
    problem = drag_problem(angle=angle, **settings)  # type: ignore[arg-type]
    found = encoded_process(problem, (0,), solver=solver, leakage="mixed")
    ideal = np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * PAULI_X
    return best_turns(found, ideal, float(problem.times[-1]), [PAULI_Z], [PAULI_Z])


def parametric_problem(
    *,
    coupling_hz: float,
    detuning_hz: float,
    anharmonicity_hz: float,
    t1: float = inf,
    t2: float = inf,
    levels: int = 3,
) -> Problem:
    """Return the problem of `parametric_iswap` in the qubits' frames, dims (levels, levels)."""
    g = 2 * pi * checks.positive(coupling_hz, "coupling_hz")
    delta = 2 * pi * checks.finite(detuning_hz, "detuning_hz")
    alpha = 2 * pi * checks.finite(anharmonicity_hz, "anharmonicity_hz")
    n = checks.integer(levels, "levels", low=2)
    dims = (n, n)
    b, c = embed(dims, (0, destroy(n))), embed(dims, (1, destroy(n)))
    kerr = alpha / 2 * (b.T @ b.T @ b @ b + c.T @ c.T @ c @ c)
    drive = Harmonics((g / 2, g / 2), (0.0, 2 * delta))
    coupler = Term(b.T @ c, drive, plus_conjugate=True, name="coupler")
    return Problem(
        dims,
        [kerr, coupler],
        basis(dims, 0, 1),
        (0, pi / g),
        relaxation(dims, t1, t2),
        name="parametric iSWAP",
    )


def parametric_iswap(*, solver: str | Solver = "qutip", **settings: float) -> TransmonGate:
    """Return the iSWAP that a coupler modulated at the qubits' difference frequency makes in t = 1/(2 g).

    H = g cos(D t)(b^dagger c e^{i D t} + h.c.) in the qubits' frames: half of it is resonant, the other half
    turns at 2D (D. C. McKay et al., Phys. Rev. Applied 6, 064007 (2016)). Settings are those of
    `parametric_problem`: ``coupling_hz`` is g/2pi, ``detuning_hz`` D/2pi.
    """
    problem = parametric_problem(**settings)  # type: ignore[arg-type]
    found = encoded_process(problem, (0, 1), solver=solver, leakage="mixed")
    turns = [np.kron(PAULI_Z, np.eye(2)), np.kron(np.eye(2), PAULI_Z)]
    return best_turns(found, ISWAP, float(problem.times[-1]), [], turns)
