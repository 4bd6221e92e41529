"""QuTiP for qnetframe: exact branches of circuits, and a solver of master equations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.branches import MAX_BRANCHES
from qnetframe.program.capabilities import Capabilities

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver, SolverSpec

CAPABILITIES = Capabilities("density_matrix", exact=True, max_qubits=9, precision=1e-11)


def qutip_backend(max_branches: int = MAX_BRANCHES) -> Backend:
    """Return the QuTiP backend, which refuses more than ``max_branches`` branches; imports QuTiP."""
    from qnetframe_qutip.backend import QutipBackend

    return QutipBackend(CAPABILITIES, max_branches)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the QuTiP backend."""
    yield BackendSpec(
        "qutip",
        qutip_backend,
        "Exact branches of any circuit, from QuTiP's sparse operators and superoperators",
        capabilities=(CAPABILITIES,),
        sdks=("qutip",),
    )


def qutip_solver(
    method: Literal["ode", "mc", "floquet"] = "ode",
    integrator: str = "auto",
    rtol: float = 1e-10,
    atol: float = 1e-12,
    trajectories: int = 500,
    seed: int = 0,
    period: float | None = None,
) -> Solver:
    """Return the QuTiP solver; imports QuTiP. See `qnetframe_qutip.solver.QutipSolver`."""
    from qnetframe_qutip.solver import QutipSolver

    return QutipSolver(method, integrator, rtol, atol, trajectories, seed, period)


@hookimpl(optionalhook=True)
def qnetframe_solvers() -> Iterator[SolverSpec]:
    """Yield the QuTiP solver, where qnetframe-hardware, which declares this hook, is installed."""
    from qnetframe_hardware.hookspecs import SolverSpec

    yield SolverSpec(
        "qutip",
        qutip_solver,
        "Schrödinger and master equations, trajectories and Floquet modes",
        sdks=("qutip",),
    )
