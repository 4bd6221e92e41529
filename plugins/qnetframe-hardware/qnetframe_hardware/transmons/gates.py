"""The cross-resonance gate of two transmons: its rate, its pulse, and the channel that comes out."""

from __future__ import annotations

from dataclasses import replace
from math import inf, pi
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.coefficients import Formula
from qnetframe_hardware.dynamics.operators import PAULI_X, PAULI_Z, basis, destroy, embed, number
from qnetframe_hardware.dynamics.problem import Problem, Term
from qnetframe_hardware.dynamics.process import encoded_process
from qnetframe_hardware.transmons.fits import ComplexArray, TransmonGate, best_turns, relaxation

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

RZX: ComplexArray = (np.eye(4) - 1j * np.kron(PAULI_Z, PAULI_X)) / np.sqrt(2)


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
    tried = [best_turns(one, RZX, float(problem.times[-1]), [], turns) for one in (found, flipped)]
    return min(tried, key=lambda gate: gate.infidelity)
