"""dynamiqs for qnetframe-hardware: a solver of master equations on JAX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from qnetframe.hookspecs import hookimpl
from qnetframe_hardware.hookspecs import SolverSpec

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver


def dynamiqs_solver(
    method: Literal["tsit5", "dopri8"] = "tsit5",
    rtol: float = 1e-10,
    atol: float = 1e-12,
    max_steps: int = 1_000_000,
) -> Solver:
    """Return the dynamiqs solver; imports JAX. See `qnetframe_dynamiqs.solver.DynamiqsSolver`."""
    from qnetframe_dynamiqs.solver import DynamiqsSolver

    return DynamiqsSolver(method, rtol, atol, max_steps)


@hookimpl
def qnetframe_solvers() -> Iterator[SolverSpec]:
    """Yield the dynamiqs solver."""
    yield SolverSpec(
        "dynamiqs",
        dynamiqs_solver,
        "Schrödinger and master equations on JAX, double precision",
        sdks=("dynamiqs", "jax"),
    )
