"""The pack's own solver: matrix exponentials by scipy, for Hamiltonians that do not change in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import expm
from scipy.sparse.linalg import expm_multiply

from qnetframe.errors import UnsupportedError
from qnetframe_hardware.dynamics.liouville import liouvillian, reach
from qnetframe_hardware.dynamics.problem import ComplexArray, Problem
from qnetframe_hardware.dynamics.solution import Solution, collect

_DENSE_CLOSED = 1500  # above this dimension a full diagonalisation costs more than products
_DENSE_OPEN = 256  # above this size of the Liouvillian exp(L t) is applied, not built


@dataclass(frozen=True)
class ExponentialSolver:
    """exp(-iHt) and exp(Lt) without any step in time; the error is rounding."""

    def solve(self, problem: Problem, *, save_states: bool = False) -> Solution:
        """Return the evolution; UnsupportedError names the first term that changes in time."""
        for term in problem.moving_terms:
            raise UnsupportedError(
                f"solver expm: the coefficient of Hamiltonian {term.name} of {problem.name} changes in time; "
                "use solver qutip or dynamiqs"
            )
        states = _closed(problem) if problem.closed else _open(problem)
        return collect(problem, states, "expm", save_states)


def _closed(problem: Problem) -> Iterator[ComplexArray]:
    h = problem.static_hamiltonian
    if problem.dim <= _DENSE_CLOSED:
        energies, vectors = np.linalg.eigh(h.toarray())
        inner = problem.initial.conj() @ vectors if problem.pure else None
        rhos = None if problem.pure else vectors.conj().T @ problem.initial @ vectors
        for t in problem.times - problem.times[0]:
            phases = np.exp(-1j * energies * t)
            if inner is not None:
                yield (inner.conj() * phases) @ vectors.T
            else:
                turned = rhos * (phases[:, None] * phases.conj())
                yield vectors @ turned @ vectors.conj().T
        return
    columns = (
        problem.initial.T if problem.pure else problem.initial.transpose(1, 0, 2).reshape(problem.dim, -1)
    )
    for step in _steps(problem):
        columns = expm_multiply(-1j * h * step, columns) if step else columns
        if problem.pure:
            yield columns.T
        else:
            # exp(-iHt) from the left, then from the right: (U (U rho)^dagger)^dagger.
            m, d = len(problem.initial), problem.dim
            half = columns.reshape(d, m, d).transpose(2, 1, 0).conj().reshape(d, m * d)
            full = expm_multiply(-1j * h * step, half) if step else half
            columns = full.reshape(d, m, d).transpose(2, 1, 0).conj().reshape(d, m * d)
            yield columns.reshape(d, m, d).transpose(1, 0, 2)


def _open(problem: Problem) -> Iterator[ComplexArray]:
    d, generator = problem.dim, liouvillian(problem)
    start = reach([generator], problem.density_matrices().reshape(-1, d * d).T)
    generator, columns = start.restricted(generator), start.columns
    steps, whole = _steps(problem), None
    for i, step in enumerate(steps):
        if step and len(columns) <= _DENSE_OPEN:
            # Equal steps share one exponential.
            if whole is None or abs(step - steps[i - 1]) > 1e-12 * step:
                whole = expm((generator * step).toarray())
            columns = whole @ columns
        elif step:
            columns = expm_multiply(generator * step, columns)
        yield start.unpacked(columns).T.reshape(-1, d, d)


def _steps(problem: Problem) -> Any:
    return np.concatenate([[0.0], np.diff(problem.times)])
