"""Stim backend for qnetframe: Clifford circuits with Pauli noise on the frame simulator."""

from __future__ import annotations

from collections.abc import Iterator

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

CAPABILITIES = Capabilities(
    "frame",
    gates="clifford",
    noise="pauli",
    feed_forward="pauli-parity",
    detectors=True,
    max_qubits=1_000_000,
)


def stim_backend() -> Backend:
    """Return the Stim backend; imports Stim."""
    from qnetframe_stim.backend import StimBackend

    return StimBackend(CAPABILITIES)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the Stim backend."""
    yield BackendSpec(
        "stim",
        stim_backend,
        "Clifford circuits with Pauli noise of any width, sampled by Stim's frame simulator",
        capabilities=(CAPABILITIES,),
        sdks=("stim",),
    )
