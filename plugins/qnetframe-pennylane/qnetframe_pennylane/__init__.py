"""PennyLane as a qnetframe backend; PennyLane itself is imported when a backend is made."""

from __future__ import annotations

from collections.abc import Iterator

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

CAPABILITIES = (
    Capabilities("density_matrix", exact=True, max_qubits=10, precision=1e-12),
    Capabilities("state_vector", max_qubits=20),
)


def pennylane(max_branches: int = 4096) -> Backend:
    """Return the PennyLane backend, which refuses more than ``max_branches`` branches in an exact run."""
    from qnetframe_pennylane.backend import PennylaneBackend

    return PennylaneBackend(max_branches)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the backend "pennylane"."""
    yield BackendSpec(
        "pennylane",
        pennylane,
        "PennyLane: exact density matrices (default.mixed), samples from state vectors (lightning)",
        capabilities=CAPABILITIES,
        sdks=("pennylane", "pennylane-lightning"),
    )
