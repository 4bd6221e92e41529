"""The OpenQASM 3 standard gates: names, sizes, matrices, native structure."""

from __future__ import annotations

import cmath
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.values import ComplexArray

_I: ComplexArray = np.eye(2).astype(np.complex128)
_X: ComplexArray = np.array([[0, 1], [1, 0]], dtype=complex)
_Y: ComplexArray = np.array([[0, -1j], [1j, 0]], dtype=complex)
_Z: ComplexArray = np.diag([1, -1]).astype(complex)
_H: ComplexArray = np.asarray(np.array([[1, 1], [1, -1]]) / math.sqrt(2), dtype=np.complex128)
_SX: ComplexArray = np.asarray(np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2, dtype=np.complex128)


def _p(a: float) -> ComplexArray:
    return np.diag([1, cmath.exp(1j * a)]).astype(complex)


def _u(theta: float, phi: float, lam: float) -> ComplexArray:
    """The stdgates.inc ``u3``: rz(phi) ry(theta) rz(lam) up to phase, with a real upper left corner."""
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return np.array(
        [[c, -cmath.exp(1j * lam) * s], [cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c]],
        dtype=complex,
    )


def _rx(a: float) -> ComplexArray:
    return math.cos(a / 2) * _I - 1j * math.sin(a / 2) * _X


def _ry(a: float) -> ComplexArray:
    return math.cos(a / 2) * _I - 1j * math.sin(a / 2) * _Y


def _rz(a: float) -> ComplexArray:
    return np.diag([cmath.exp(-0.5j * a), cmath.exp(0.5j * a)]).astype(complex)


def controlled(matrix: ComplexArray) -> ComplexArray:
    """Return the gate controlled by one more qubit, which comes first."""
    dim = matrix.shape[0]
    result: ComplexArray = np.eye(2 * dim).astype(np.complex128)
    result[dim:, dim:] = matrix
    return result


_SWAP: ComplexArray = np.eye(4)[[0, 2, 1, 3]].astype(np.complex128)


def _cu(theta: float, phi: float, lam: float, gamma: float) -> ComplexArray:
    return controlled(cmath.exp(1j * gamma) * _u(theta, phi, lam))


@dataclass(frozen=True)
class GateDefinition:
    """A standard gate: how many qubits and parameters it takes, whether it is Clifford, its matrix."""

    name: str
    num_qubits: int
    num_params: int
    clifford: bool
    make: Callable[..., ComplexArray]
    summary: str


def _define(*rows: tuple[str, int, int, bool, Callable[..., ComplexArray], str]) -> dict[str, GateDefinition]:
    return {row[0]: GateDefinition(*row) for row in rows}


GATES: dict[str, GateDefinition] = _define(
    ("id", 1, 0, True, lambda: _I, "identity"),
    ("x", 1, 0, True, lambda: _X, "Pauli X"),
    ("y", 1, 0, True, lambda: _Y, "Pauli Y"),
    ("z", 1, 0, True, lambda: _Z, "Pauli Z"),
    ("h", 1, 0, True, lambda: _H, "Hadamard"),
    ("s", 1, 0, True, lambda: _p(math.pi / 2), "square root of Z"),
    ("sdg", 1, 0, True, lambda: _p(-math.pi / 2), "inverse of S"),
    ("t", 1, 0, False, lambda: _p(math.pi / 4), "fourth root of Z"),
    ("tdg", 1, 0, False, lambda: _p(-math.pi / 4), "inverse of T"),
    ("sx", 1, 0, True, lambda: _SX, "square root of X"),
    ("p", 1, 1, False, _p, "phase exp(i angle) on |1>"),
    ("rx", 1, 1, False, _rx, "rotation exp(-i angle X/2)"),
    ("ry", 1, 1, False, _ry, "rotation exp(-i angle Y/2)"),
    ("rz", 1, 1, False, _rz, "rotation exp(-i angle Z/2)"),
    ("u1", 1, 1, False, _p, "phase exp(i angle) on |1>, the same as p"),
    ("u2", 1, 2, False, lambda a, b: _u(math.pi / 2, a, b), "u3(pi/2, phi, lam)"),
    ("u3", 1, 3, False, _u, "any one-qubit gate, rz(phi) ry(theta) rz(lam) up to a phase"),
    ("cx", 2, 0, True, lambda: controlled(_X), "controlled X"),
    ("cy", 2, 0, True, lambda: controlled(_Y), "controlled Y"),
    ("cz", 2, 0, True, lambda: controlled(_Z), "controlled Z"),
    ("ch", 2, 0, False, lambda: controlled(_H), "controlled Hadamard"),
    ("cp", 2, 1, False, lambda a: controlled(_p(a)), "controlled phase"),
    ("crx", 2, 1, False, lambda a: controlled(_rx(a)), "controlled rx"),
    ("cry", 2, 1, False, lambda a: controlled(_ry(a)), "controlled ry"),
    ("crz", 2, 1, False, lambda a: controlled(_rz(a)), "controlled rz"),
    ("cu", 2, 4, False, _cu, "controlled exp(i gamma) u3(theta, phi, lam)"),
    ("swap", 2, 0, True, lambda: _SWAP, "exchange of two qubits"),
    ("ccx", 3, 0, False, lambda: controlled(controlled(_X)), "Toffoli"),
    ("cswap", 3, 0, False, lambda: controlled(_SWAP), "Fredkin"),
)

CLIFFORD_GATES = frozenset(name for name, gate in GATES.items() if gate.clifford)
PAULI_GATES = frozenset({"id", "x", "y", "z"})


def gate_definition(name: str) -> GateDefinition:
    """Return the definition of a standard gate; UnknownNameError suggests the nearest name."""
    if not isinstance(name, str):
        raise InvalidInputError(f"gate is {name!r}; it must be the name of a standard gate, such as 'cx'")
    try:
        return GATES[name]
    except KeyError:
        raise UnknownNameError("gate", name, GATES) from None


@lru_cache(maxsize=4096)
def gate_matrix(name: str, params: tuple[float, ...] = ()) -> ComplexArray:
    """Return the (2**n, 2**n) unitary of a standard gate, first qubit most significant; read-only."""
    matrix = np.array(gate_definition(name).make(*params), dtype=complex)
    matrix.setflags(write=False)
    return matrix


_ANGLE_NAMES = ((), ("angle",), ("phi", "lam"), ("theta", "phi", "lam"), ("theta", "phi", "lam", "gamma"))
_QUBIT_NAMES = {"swap": ("a", "b"), "ccx": ("control1", "control2", "target"), "cswap": ("control", "a", "b")}


def gate_method(name: str) -> Callable[..., Any]:
    """Return the builder method of a standard gate, documented, which calls ``self.gate``."""
    definition = GATES[name]
    angles = _ANGLE_NAMES[definition.num_params]
    qubits = _QUBIT_NAMES.get(name, ("control", "target") if definition.num_qubits == 2 else ("qubit",))

    def method(self: Any, *arguments: Any, when: Any = None) -> Any:
        return self.gate(name, *arguments, when=when)

    method.__name__, method.__qualname__ = name, f"Program.{name}"
    method.__doc__ = (
        f"Append ``{name}({', '.join(angles + qubits)})``: {definition.summary}.\n\n"
        + "With ``when`` it acts only where that condition on recorded bits is true."
        + (" Angles are in radians." if angles else "")
        + ("\nRaises LocalityError unless the qubits belong to one party." if len(qubits) > 1 else "")
    )
    kinds = inspect.Parameter
    method.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [kinds(n, kinds.POSITIONAL_ONLY) for n in ("self", *angles, *qubits)]
        + [kinds("when", kinds.KEYWORD_ONLY, default=None)]
    )
    return method
