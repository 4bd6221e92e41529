"""dynamiqs as a solver: all initial states in one compiled integration, in double precision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import dynamiqs as dq
import jax
import jax.numpy as jnp
import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.problem import ComplexArray, Problem
from qnetframe_hardware.dynamics.solution import Solution, collect

_METHODS = {"dopri8": dq.method.Dopri8, "tsit5": dq.method.Tsit5}
# Small or full matrices are quicker, and compile sooner, in dense form.
_DENSE_DIMENSION, _DIAGONALS = 64, 24


@dataclass(frozen=True)
class DynamiqsSolver:
    """Explicit Runge-Kutta of order 5 or 8 with pinned tolerances.

    Order 8 takes fewer steps, but its interpolation between them was off by 2e-8, that of order 5 by < 1e-8.
    """

    method: Literal["tsit5", "dopri8"] = "tsit5"
    rtol: float = 1e-10
    atol: float = 1e-12
    max_steps: int = 1_000_000

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise InvalidInputError(f"method is {self.method!r}; allowed: {', '.join(_METHODS)}")
        checks.positive(self.rtol, "rtol")
        checks.positive(self.atol, "atol")
        checks.integer(self.max_steps, "max_steps", low=1)

    def solve(self, problem: Problem, *, save_states: bool = False) -> Solution:
        """Return the evolution of every initial state."""
        # The precision is this block's, not the process's.
        with jax.enable_x64(True):
            states = self._states(problem)
        settings = {"method": self.method, "rtol": self.rtol, "atol": self.atol}
        return collect(problem, states, "dynamiqs", save_states, settings)

    def _states(self, problem: Problem) -> ComplexArray:
        """Return the states at all times, (T, m, D) or (T, m, D, D)."""
        method = _METHODS[self.method](rtol=self.rtol, atol=self.atol, max_steps=self.max_steps)
        hamiltonian = dq.constant(_array(problem.static_hamiltonian))
        for term in problem.moving_terms:
            value = partial(_at, coefficient=term.coefficient)
            hamiltonian = hamiltonian + dq.modulated(value, _array(term.operator))
            if term.plus_conjugate:
                other = partial(_conjugate_at, coefficient=term.coefficient)
                hamiltonian = hamiltonian + dq.modulated(other, _array(term.operator.conj().T.tocsr()))
        times, meter = jnp.asarray(problem.times), {"method": method, "progress_meter": False}
        if problem.closed and problem.pure:
            kets = jnp.asarray(problem.initial)[:, :, None]
            found = dq.sesolve(hamiltonian, kets, times, **meter).states.to_numpy()
            return np.moveaxis(np.asarray(found)[..., 0], 1, 0)
        jumps = [_array(c) for c in problem.collapse_matrices()]
        rhos = jnp.asarray(problem.density_matrices())
        found = dq.mesolve(hamiltonian, jumps, rhos, times, **meter).states.to_numpy()
        return np.moveaxis(np.asarray(found), 1, 0)


def _array(matrix: Any) -> Any:
    """Return a sparse matrix by its diagonals if it is large and they are few, else dense."""
    coo = matrix.tocoo()
    few = matrix.shape[0] > _DENSE_DIMENSION and len(np.unique(coo.col - coo.row)) <= _DIAGONALS
    return dq.asqarray(matrix.toarray(), layout=dq.dia if few else dq.dense)


def _at(t: Any, coefficient: Any) -> Any:
    return coefficient.at(t, jnp) + 0j


def _conjugate_at(t: Any, coefficient: Any) -> Any:
    return jnp.conj(coefficient.at(t, jnp) + 0j)
