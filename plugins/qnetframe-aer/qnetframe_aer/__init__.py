"""Qiskit Aer as a qnetframe backend; Aer itself is imported when a backend is made."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator
from typing import Any, Literal

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

Method = Literal["automatic", "density_matrix", "stabilizer", "statevector", "matrix_product_state"]

# In order of preference: one density matrix serves every shot; a tableau is cheap at any width; the last
# two evolve a state for each shot.
CAPABILITIES = (
    Capabilities("density_matrix", exact=True, max_qubits=11, precision=1e-9),
    Capabilities("stabilizer", gates="clifford", noise="pauli", feed_forward="pauli-parity", max_qubits=1000),
    Capabilities("statevector", max_qubits=24),
    Capabilities("matrix_product_state", max_qubits=200),
)


def aer(method: Method = "automatic", max_branches: int = 4096) -> Backend:
    """Return the Aer backend.

    ``method`` fixes one of Aer's methods (automatic: the first that can run the circuit); an exact run
    refuses more than ``max_branches`` branches.
    """
    from qnetframe import checks
    from qnetframe.errors import InvalidInputError
    from qnetframe_aer.backend import AerBackend

    allowed = typing.get_args(Method)
    if method not in allowed:
        raise InvalidInputError(f"aer: method is {method!r}; it must be one of {', '.join(allowed)}")
    checks.integer(max_branches, "aer: max_branches", low=1)
    chosen = tuple(c for c in CAPABILITIES if method in ("automatic", c.method))
    return AerBackend(chosen, max_branches, method)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the backend "aer"."""
    yield BackendSpec(
        "aer",
        aer,
        "Qiskit Aer: exact density matrices, stabilizer, statevector trajectories, matrix product states",
        capabilities=CAPABILITIES,
        sdks=("qiskit", "qiskit-aer"),
    )


# Loaded on first use, so that listing plugins imports no more than it must.
_HOME = {"hardware_from_noise_model": "noise_model"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
