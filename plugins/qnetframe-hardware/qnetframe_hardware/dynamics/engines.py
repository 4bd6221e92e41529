"""Solvers by name, and two of them on one problem."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.problem import Problem
from qnetframe_hardware.dynamics.solution import Solution

if TYPE_CHECKING:
    from qnetframe.plugins import Plugins
    from qnetframe_hardware.hookspecs import Solver


def make_solver(
    solver: str | Solver, options: Mapping[str, Any] | None = None, plugins: Plugins | None = None
) -> Solver:
    """Return a solver by name ("expm", "qutip", "dynamiqs", …), or the given one; "auto" picks by problem."""
    if not isinstance(solver, str):
        return solver
    if solver == "auto":
        return _Auto(plugins)
    if options or plugins is not None:
        return _made(solver, options or {}, plugins)
    return _installed(solver)


@functools.cache
def _installed(solver: str) -> Solver:
    """Return a solver without options, made once in a process: it is an immutable value."""
    return _made(solver, {}, None)


def _made(solver: str, options: Mapping[str, Any], plugins: Plugins | None) -> Solver:
    from qnetframe.plugins import discover

    return cast("Solver", (plugins or discover()).make("solver", solver, options))


@dataclass(frozen=True)
class _Auto:
    """Matrix exponentials where the Hamiltonian does not change in time, QuTiP otherwise."""

    plugins: Plugins | None = None

    def solve(self, problem: Problem, *, save_states: bool = False) -> Solution:
        """Return the evolution by the engine that fits."""
        name = "expm" if problem.constant else "qutip"
        return make_solver(name, plugins=self.plugins).solve(problem, save_states=save_states)


@dataclass(frozen=True)
class CrossCheck:
    """Two engines on one problem: the largest difference of an expectation, and of a final state."""

    problem: str
    solvers: tuple[str, str]
    expectations: float
    states: float

    @property
    def worst(self) -> float:
        """The larger of the two."""
        return max(self.expectations, self.states)


def cross_check(
    problem: Problem,
    solvers: Sequence[str] = ("qutip", "dynamiqs"),
    tolerance: float = 1e-6,
    plugins: Plugins | None = None,
) -> CrossCheck:
    """Return how far two engines differ; InvalidInputError if by more than ``tolerance``."""
    if len(solvers) != 2:
        raise InvalidInputError(f"cross_check compares two solvers, not {len(solvers)}")
    first, second = (make_solver(s, plugins=plugins).solve(problem) for s in solvers)
    seen = max(
        (float(np.abs(first.expectations[k] - second.expectations[k]).max()) for k in problem.observables),
        default=0.0,
    )
    states = float(np.abs(first.final_density - second.final_density).max())
    found = CrossCheck(problem.name, (first.engine, second.engine), seen, states)
    if not found.worst <= tolerance:
        raise InvalidInputError(
            f"{problem.name}: {first.engine} and {second.engine} differ by {found.worst:.3g}, "
            f"more than {tolerance:g}"
        )
    return found
