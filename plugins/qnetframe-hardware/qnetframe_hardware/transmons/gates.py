"""Gates between and on transmons, from pulses on Duffing oscillators: DRAG, cross-resonance, parametric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, pi
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import erf

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.coefficients import Formula, Harmonics, derivative_pulse, gaussian_pulse
from qnetframe_hardware.dynamics.operators import PAULI_X, PAULI_Z, basis, destroy, embed, number
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term
from qnetframe_hardware.dynamics.process import Process, encoded_process
from qnetframe_hardware.transmons.coherence import pure_dephasing_time

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

ComplexArray = npt.NDArray[np.complex128]

ISWAP: ComplexArray = np.array([[1, 0, 0, 0], [0, 0, -1j, 0], [0, -1j, 0, 0], [0, 0, 0, 1]])
_RZX: ComplexArray = (np.eye(4) - 1j * np.kron(PAULI_Z, PAULI_X)) / np.sqrt(2)


@dataclass(frozen=True)
class TransmonGate:
    """``channel`` on the qubits, free local turns undone; ``infidelity`` on average; ``leakage`` to higher
    levels.
    """

    channel: Channel
    infidelity: float
    leakage: float
    duration: float


def relaxation(dims: tuple[int, ...], t1: float, t2: float) -> list[Collapse]:
    """Return the collapse operators of oscillators that relax with T1 and dephase to T2, on every factor."""
    checks.relaxation_times(t1, t2)
    phi = pure_dephasing_time(t1=t1, t2=t2)
    found = []
    for factor, levels in enumerate(dims):
        found.append(
            Collapse(embed(dims, (factor, destroy(levels))), 0.0 if t1 == inf else 1 / t1, "relaxation")
        )
        # sqrt(2/T_phi) n takes the coherence of |0> and |1> down by e^{-t/T_phi}.
        found.append(
            Collapse(embed(dims, (factor, number(levels))), 0.0 if phi == inf else 2 / phi, "dephasing")
        )
    return found


def drag_pulse(
    *,
    anharmonicity_hz: float,
    duration: float,
    drag: float = 1.0,
    angle: float = pi,
    t1: float = inf,
    t2: float = inf,
    levels: int = 4,
    solver: str | Solver = "qutip",
) -> TransmonGate:
    """Return the rotation about X by ``angle`` that a Gaussian pulse of sigma = duration/6 makes.

    ``drag`` times the derivative over -alpha is played on the other quadrature: F. Motzoi et al., Phys. Rev.
    Lett. 103, 110501 (2009); 0 is none, 1 their first order, in which the drive is detuned by (lambda^2 - 4)
    E^2/(4 alpha).. left out here; the angle about Z that remains is undone, as software does.
    """
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
    problem = Problem((n,), terms, basis((n,), 0), (0, t), relaxation((n,), t1, t2), name="DRAG pulse")
    found = encoded_process(problem, (0,), solver=solver, leakage="mixed")
    ideal = np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * PAULI_X
    return _best(found, ideal, t, [PAULI_Z], [PAULI_Z])


def _best(
    found: Process,
    ideal: ComplexArray,
    duration: float,
    before: Sequence[ComplexArray],
    after: Sequence[ComplexArray],
) -> TransmonGate:
    """Return the gate with the best turns exp(-i angle P/2) about these Paulis around it undone."""

    def turn(angles: npt.NDArray[np.float64], paulis: Sequence[ComplexArray]) -> ComplexArray:
        total = np.eye(len(ideal), dtype=complex)
        for angle, pauli in zip(angles, paulis, strict=True):
            total = (np.cos(angle / 2) * np.eye(len(ideal)) - 1j * np.sin(angle / 2) * pauli) @ total
        return total

    n, channel = len(before), found.channel

    def infidelity(angles: npt.NDArray[np.float64]) -> float:
        return 1 - channel.average_fidelity(turn(angles[n:], after) @ ideal @ turn(angles[:n], before))

    count = n + len(after)
    starts = [np.zeros(count), *np.random.default_rng(0).uniform(-pi, pi, (7, count))]
    best = min(
        (minimize(infidelity, x, method="BFGS", options={"gtol": 1e-9}) for x in starts), key=lambda r: r.fun
    ).x
    first, last = (Channel.from_unitary(u.conj().T) for u in (turn(best[:n], before), turn(best[n:], after)))
    undone = first.then(channel).then(last)
    return TransmonGate(undone, 1 - undone.average_fidelity(ideal), found.leakage, duration)


def cross_resonance_rate(*, coupling: float, drive: float, detuning: float, anharmonicity: float) -> float:
    """Return the ZX rate -(J Omega/Delta) alpha_1/(Delta + alpha_1) to first order in the drive, in one unit.

    H = (rate/2) ZX; ``detuning`` is that of the control from the target, ``anharmonicity`` of the control: E.
    Magesan and J. M. Gambetta, Phys. Rev. A 101, 052308 (2020).
    """
    j, w = checks.finite(coupling, "coupling"), checks.finite(drive, "drive")
    delta, alpha = checks.finite(detuning, "detuning"), checks.finite(anharmonicity, "anharmonicity")
    return -j * w / delta * alpha / (delta + alpha)


def _dressed(
    coupling: float, detuning: float, anharmonicity: float, target: float, levels: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return energies (n,), the drive b + b^dagger (n, n) of the control, and the dressed states as columns
    (n, n).

    All in the frame of a drive at the target's frequency with the control in |0>, n = levels^2, control
    first.
    """
    dims = (levels, levels)
    b, c = (embed(dims, (i, destroy(levels))).toarray().real for i in (0, 1))
    bare = detuning * b.T @ b + anharmonicity / 2 * b.T @ b.T @ b @ b + target / 2 * c.T @ c.T @ c @ c
    energies, vectors = np.linalg.eigh(bare + coupling * (b.T @ c + c.T @ b))
    order = np.empty(len(energies), dtype=int)
    free = np.ones(len(energies), dtype=bool)
    for bare_state in np.argsort(-np.abs(vectors).max(axis=1)):
        order[bare_state] = np.argmax(np.abs(vectors[bare_state]) * free)
        free[order[bare_state]] = False
    dressed = vectors[:, order] * np.sign(np.diagonal(vectors[:, order]))
    level = energies[order]
    quanta = np.add.outer(np.arange(levels), np.arange(levels)).ravel()
    return level - level[0] - (level[1] - level[0]) * quanta, dressed.T @ (b + b.T) @ dressed, dressed


def cross_resonance(
    *,
    coupling: float,
    drive: float,
    detuning: float,
    anharmonicity: float,
    target_anharmonicity: float | None = None,
    levels: int = 5,
) -> float:
    """Return the ZX rate by block diagonalisation, to all orders in the drive, in the unit of its arguments.

    The driven Hamiltonian is brought to the closest form that keeps the control's state (L. S. Cederbaum et
    al., J. Phys. A 22, 2427 (1989)); ZX = half the difference of the target's X terms.
    """
    target = anharmonicity if target_anharmonicity is None else target_anharmonicity
    level, lever, _ = _dressed(
        coupling, detuning, anharmonicity, target, checks.integer(levels, "levels", low=3)
    )
    energies, vectors = np.linalg.eigh(np.diag(level) + drive / 2 * lever)
    # Each eigenvector belongs to the control's state that it has most weight in.
    block = np.arange(levels * levels) // levels
    owner = np.array([(vectors[block == k] ** 2).sum(axis=0) for k in range(levels)]).argmax(axis=0)
    u, _, v = np.linalg.svd(np.where(block[:, None] == owner[None], vectors, 0.0))
    effective = (u @ v) @ np.diag(energies) @ (u @ v).T
    x = [2 * effective[k * levels, k * levels + 1] for k in (0, 1)]
    return float(x[0] - x[1]) / 2


def cross_resonance_problem(
    *,
    coupling_hz: float,
    drive_hz: float,
    detuning_hz: float,
    anharmonicity_hz: float,
    target_anharmonicity_hz: float | None = None,
    rise: float = 20e-9,
    t1: float = inf,
    t2: float = inf,
    levels: int = 3,
) -> Problem:
    """Return the pulse that makes exp(-i pi/4 ZX), dims (levels, levels) in the dressed basis, control first.

    The drive rises and falls as sin^2 within ``rise`` seconds; between, it lasts as long as the rate of
    `cross_resonance` asks for.
    """
    target = anharmonicity_hz if target_anharmonicity_hz is None else target_anharmonicity_hz
    energies, drive, dressed = _dressed(coupling_hz, detuning_hz, anharmonicity_hz, target, levels)
    rate = cross_resonance(
        coupling=coupling_hz,
        drive=drive_hz,
        detuning=detuning_hz,
        anharmonicity=anharmonicity_hz,
        target_anharmonicity=target,
    )
    edge = checks.positive(rise, "rise (seconds)")
    total = 1 / (4 * abs(rate)) + edge  # both edges count half
    if total < 2 * edge:
        raise InvalidInputError(f"rise is {rise:g} s, but the pulse would only last {total:g} s; shorten it")
    shape = Formula(lambda t, xp: xp.sin(pi / 2 * xp.clip(xp.minimum(t, total - t) / edge, 0.0, 1.0)) ** 2)
    dims = (levels, levels)
    collapse = [replace(c, operator=dressed.T @ c.operator @ dressed) for c in relaxation(dims, t1, t2)]
    return Problem(
        dims,
        [np.diag(2 * pi * energies), Term(pi * drive_hz * drive, shape, name="drive")],
        basis(dims, 0, 0),
        np.linspace(0, total, 11),
        collapse,
        {"target excited": embed(dims, (1, number(levels)))},
        name="cross-resonance",
    )


def parametric_iswap(
    *,
    coupling_hz: float,
    detuning_hz: float,
    anharmonicity_hz: float,
    t1: float = inf,
    t2: float = inf,
    levels: int = 3,
    solver: str | Solver = "qutip",
) -> TransmonGate:
    """Return the iSWAP that a coupler modulated at the qubits' difference frequency makes in t = 1/(2 g).

    H = g cos(D t)(b^dagger c e^{i D t} + h.c.) in the qubits' frames: half of it is resonant, the other half
    turns at 2D (D. C. McKay et al., Phys. Rev. Applied 6, 064007 (2016)). ``coupling_hz`` is g/2pi,
    ``detuning_hz`` D/2pi.
    """
    g, delta = (
        2 * pi * checks.positive(coupling_hz, "coupling_hz"),
        2 * pi * checks.finite(detuning_hz, "detuning_hz"),
    )
    alpha, n = (
        2 * pi * checks.finite(anharmonicity_hz, "anharmonicity_hz"),
        checks.integer(levels, "levels", low=2),
    )
    dims = (n, n)
    b, c = embed(dims, (0, destroy(n))), embed(dims, (1, destroy(n)))
    kerr = alpha / 2 * (b.T @ b.T @ b @ b + c.T @ c.T @ c @ c)
    drive = Harmonics((g / 2, g / 2), (0.0, 2 * delta))
    t = pi / g
    problem = Problem(
        dims,
        [kerr, Term(b.T @ c, drive, plus_conjugate=True, name="coupler")],
        basis(dims, 0, 0),
        (0, t),
        relaxation(dims, t1, t2),
        name="parametric iSWAP",
    )
    found = encoded_process(problem, (0, 1), solver=solver, leakage="mixed")
    return _best(found, ISWAP, t, [], [np.kron(PAULI_Z, np.eye(2)), np.kron(np.eye(2), PAULI_Z)])


def cross_resonance_gate(
    *, levels: int = 3, solver: str | Solver = "qutip", **settings: float
) -> TransmonGate:
    """Return exp(-i pi/4 ZX) by one pulse, settings of `cross_resonance_problem`.

    The drive also turns the target alone (IX) and the control about Z; the best such turns are undone, and
    where the ZX term is negative the target is turned by pi about Z before and after.
    """
    problem = cross_resonance_problem(levels=levels, **settings)  # type: ignore[arg-type]
    found = encoded_process(problem, (0, 1), solver=solver, leakage="mixed")
    turns = [np.kron(PAULI_Z, np.eye(2)), np.kron(np.eye(2), PAULI_X), np.kron(np.eye(2), PAULI_Z)]
    flip = Channel.from_unitary(np.kron(np.eye(2), PAULI_Z))
    flipped = replace(found, channel=flip.then(found.channel).then(flip))
    tried = [_best(one, _RZX, float(problem.times[-1]), [], turns) for one in (found, flipped)]
    return min(tried, key=lambda gate: gate.infidelity)
