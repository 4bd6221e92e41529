"""Cirq as a qnetframe backend; Cirq itself is imported when a backend is made."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator
from typing import Any, Literal

from qnetframe.api import Backend, BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities

Method = Literal["automatic", "density_matrix", "trajectories"]

CAPABILITIES = (
    Capabilities("density_matrix", exact=True, max_qubits=11, precision=1e-9),
    Capabilities("trajectories", max_qubits=20),
)


def cirq(method: Method = "automatic", max_branches: int = 4096) -> Backend:
    """Return the Cirq backend, in complex128.

    ``method`` fixes density matrices or state-vector trajectories (automatic: the first that can run the
    circuit); an exact run refuses more than ``max_branches`` branches.
    """
    from qnetframe import checks
    from qnetframe.errors import InvalidInputError
    from qnetframe_cirq.backend import CirqBackend

    allowed = typing.get_args(Method)
    if method not in allowed:
        raise InvalidInputError(f"cirq: method is {method!r}; it must be one of {', '.join(allowed)}")
    checks.integer(max_branches, "cirq: max_branches", low=1)
    chosen = tuple(c for c in CAPABILITIES if method in ("automatic", c.method))
    return CirqBackend(chosen, max_branches, method)


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    """Yield the backend "cirq"."""
    yield BackendSpec(
        "cirq",
        cirq,
        "Cirq: exact density matrices and state-vector trajectories, in complex128",
        capabilities=CAPABILITIES,
        sdks=("cirq-core",),
    )


# Loaded on first use, so that listing plugins imports no more than it must.
_HOME = {"hardware_from_noise_model": "noise_model"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
