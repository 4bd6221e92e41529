"""QuTiP backend for qnetframe: exact branches from sparse operators and superoperators."""

from __future__ import annotations

from collections.abc import Iterator

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.branches import MAX_BRANCHES
from qnetframe.program.capabilities import Capabilities

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
