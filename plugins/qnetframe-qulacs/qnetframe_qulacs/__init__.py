"""Qulacs as a qnetframe backend; Qulacs itself is imported when a backend is made."""

from __future__ import annotations

from collections.abc import Iterator

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

CAPABILITIES = (
    Capabilities("density_matrix", exact=True, max_qubits=12, precision=1e-12),
    Capabilities("state_vector", max_qubits=22),
)


def qulacs(max_branches: int = 4096) -> Backend:
    """Return the Qulacs backend, which refuses more than ``max_branches`` branches in an exact run."""
    from qnetframe_qulacs.backend import QulacsBackend

    return QulacsBackend(max_branches)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the backend "qulacs"."""
    yield BackendSpec(
        "qulacs",
        qulacs,
        "Qulacs: exact density matrices, and samples from state vectors",
        capabilities=CAPABILITIES,
        sdks=("qulacs",),
    )
