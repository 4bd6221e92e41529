"""quimb as a qnetframe backend; quimb itself is imported when a backend is made."""

from __future__ import annotations

from collections.abc import Iterator

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

CAPABILITIES = (
    Capabilities("density_matrix", exact=True, max_qubits=10, precision=1e-12),
    Capabilities("matrix_product_state", max_qubits=400),
)


def quimb(max_bond: int = 128, max_branches: int = 4096) -> Backend:
    """Return the quimb backend.

    A circuit that would need a bond dimension above ``max_bond`` is refused, never truncated; an exact run
    refuses more than ``max_branches`` branches.
    """
    from qnetframe_quimb.backend import QuimbBackend

    return QuimbBackend(max_bond, max_branches)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the backend "quimb"."""
    yield BackendSpec(
        "quimb",
        quimb,
        "quimb: samples from matrix product states of hundreds of qubits, exact density matrices of few",
        capabilities=CAPABILITIES,
        sdks=("quimb",),
    )
