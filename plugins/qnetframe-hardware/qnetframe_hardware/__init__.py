"""Hardware dynamics for qnetframe: from a Hamiltonian to a channel, a gate, a photon, a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qnetframe.hookspecs import hookimpl
from qnetframe_hardware import hookspecs
from qnetframe_hardware.hookspecs import Solver, SolverSpec


@hookimpl
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare the hook of solvers and their catalog."""
    declare(hookspecs)


def exponential_solver() -> Solver:
    """Return the solver by matrix exponentials; imports scipy."""
    from qnetframe_hardware.dynamics.matrix_exponential import ExponentialSolver

    return ExponentialSolver()


@hookimpl
def qnetframe_solvers() -> Iterator[SolverSpec]:
    """Yield the pack's own solver."""
    yield SolverSpec(
        "expm",
        exponential_solver,
        "Matrix exponentials, for Hamiltonians that do not change in time",
        sdks=("scipy",),
    )
