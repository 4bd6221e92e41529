"""Gates of OpenQASM: the standard libraries, definitions, and the modifiers inv, pow, ctrl and negctrl.

A gate is a list of Steps on numbered qubits. Phases are kept, because a control makes them matter: ``U`` and
the library gates have the phases of stdgates.inc (Cross et al., ACM TQC 3, 12 (2022), and its file
``stdgates.inc``), in which ``U(theta, phi, lambda)`` has a real upper left corner.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.program.gates import GATES, controlled, gate_matrix
from qnetframe.values import ComplexArray

MAX_MATRIX_QUBITS = 6
MAX_REPEATS = 10_000


@dataclass(frozen=True)
class Step:
    """A standard gate by name, or a matrix (name ""), on numbered qubits; "gphase" is a phase on none."""

    name: str
    params: tuple[float, ...]
    qubits: tuple[int, ...]
    matrix: ComplexArray | None = None

    def on(self, places: Sequence[int]) -> Step:
        """Return the step with its qubits renumbered."""
        return replace(self, qubits=tuple(places[q] for q in self.qubits))

    def array(self) -> ComplexArray:
        """Return the matrix of the step."""
        if self.matrix is not None:
            return self.matrix
        if self.name == "gphase":
            return np.array([[cmath.exp(1j * self.params[0])]])
        return gate_matrix(self.name, self.params)


@dataclass(frozen=True)
class Library:
    """A gate that a library defines: its sizes and its steps for given angles."""

    num_qubits: int
    num_params: int
    steps: Callable[..., list[Step]]


def _named(name: str) -> Library:
    definition = GATES[name]
    places = tuple(range(definition.num_qubits))
    return Library(len(places), definition.num_params, lambda *angles: [Step(name, angles, places)])


def _phased(name: str, phase: Callable[..., float]) -> Library:
    plain = _named(name)
    return replace(
        plain, steps=lambda *angles: [Step("gphase", (phase(*angles),), ()), *plain.steps(*angles)]
    )


def _matrix(num_qubits: int, num_params: int, make: Callable[..., ComplexArray]) -> Library:
    places = tuple(range(num_qubits))
    return Library(num_qubits, num_params, lambda *angles: [Step("", (), places, make(*angles))])


def _rotation(pauli: Any, angle: float) -> ComplexArray:
    return np.asarray(math.cos(angle / 2) * np.eye(len(pauli)) - 1j * math.sin(angle / 2) * pauli)


_X, _Y, _Z = gate_matrix("x"), gate_matrix("y"), gate_matrix("z")
_SXDG = gate_matrix("sx").conj().T
U = _named("u3")
CX = _named("cx")

STDGATES: dict[str, Library] = {
    **{name: _named(name) for name in GATES if name not in ("u2", "u3")},
    "u2": _phased("u2", lambda phi, lam: -(phi + lam) / 2),
    "u3": _phased("u3", lambda theta, phi, lam: -(phi + lam) / 2),
    "CX": CX,
    "phase": _named("p"),
    "cphase": _named("cp"),
}
# What qelib1.inc has beyond, as in Qiskit's copy of it, where most OpenQASM 2 files come from.
QELIB1: dict[str, Library] = {
    **STDGATES,
    "u": U,
    "u0": Library(1, 1, lambda _: [Step("id", (), (0,))]),
    "cu1": _named("cp"),
    "cu3": Library(2, 3, lambda *angles: [Step("cu", (*angles, 0.0), (0, 1))]),
    "sxdg": _matrix(1, 0, lambda: _SXDG),
    "csx": _matrix(2, 0, lambda: controlled(gate_matrix("sx"))),
    "rxx": _matrix(2, 1, lambda a: _rotation(np.kron(_X, _X), a)),
    "ryy": _matrix(2, 1, lambda a: _rotation(np.kron(_Y, _Y), a)),
    "rzz": _matrix(2, 1, lambda a: _rotation(np.kron(_Z, _Z), a)),
    "c3x": _matrix(4, 0, lambda: controlled(gate_matrix("ccx"))),
    "c3sqrtx": _matrix(4, 0, lambda: controlled(controlled(controlled(gate_matrix("sx"))))),
    "c4x": _matrix(5, 0, lambda: controlled(controlled(gate_matrix("ccx")))),
}

_INVERSE = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
_SAME = {"id", "x", "y", "z", "h", "cx", "cy", "cz", "ch", "swap", "ccx", "cswap"}
_ADDITIVE = {"p", "rx", "ry", "rz", "u1", "cp", "crx", "cry", "crz", "gphase"}
_CONTROLLED = {
    "x": "cx", "y": "cy", "z": "cz", "h": "ch", "p": "cp", "u1": "cp", "rx": "crx", "ry": "cry", "rz": "crz",
    "cx": "ccx", "swap": "cswap", "id": "id", "gphase": "p",
}  # fmt: skip


def inverse(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that undo steps."""
    return [_inverse(s) for s in reversed(steps)]


def _inverse(step: Step) -> Step:
    if step.name in _SAME:
        return step
    if step.name in _INVERSE:
        return replace(step, name=_INVERSE[step.name])
    if step.name in _ADDITIVE:
        return replace(step, params=(-step.params[0],))
    if step.name == "u3":
        theta, phi, lam = step.params
        return replace(step, params=(-theta, -lam, -phi))
    if step.name == "cu":
        theta, phi, lam, gamma = step.params
        return replace(step, params=(-theta, -lam, -phi, -gamma))
    return Step("", (), step.qubits, step.array().conj().T)


def control(steps: Sequence[Step], on: int = 1) -> list[Step]:
    """Return the steps controlled by one more qubit, number 0; ``on`` is the value at which they act."""
    result = [_controlled(s) for s in steps]
    flip = [] if on else [Step("x", (), (0,))]
    return [*flip, *result, *flip]


def _controlled(step: Step) -> Step:
    qubits = (0, *(q + 1 for q in step.qubits))
    if step.name == "id":
        return Step("id", (), qubits[1:])
    if step.name in _CONTROLLED:
        return Step(_CONTROLLED[step.name], step.params, qubits)
    if step.name in ("u2", "u3"):
        angles = (math.pi / 2, *step.params) if step.name == "u2" else step.params
        return Step("cu", (*angles, 0.0), qubits)
    _check_size(len(qubits))
    return Step("", (), qubits, controlled(step.array()))


def power(steps: Sequence[Step], exponent: float, num_qubits: int) -> list[Step]:
    """Return the steps to a power: repeated where it is whole, else the principal power of their matrix."""
    if len(steps) == 1 and steps[0].name in _ADDITIVE:
        return [replace(steps[0], params=(steps[0].params[0] * exponent,))]
    if float(exponent).is_integer():
        times = int(exponent)
        if abs(times) * len(steps) > MAX_REPEATS:
            raise UnsupportedError(
                f"pow({exponent!r:.40}) repeats {len(steps)} gates; at most {MAX_REPEATS} are written"
            )
        return list(steps if times >= 0 else inverse(steps)) * abs(times)
    from scipy.linalg import schur

    triangle, basis = schur(matrix_of(steps, num_qubits), output="complex")
    # The Schur form of a normal matrix is diagonal, and its basis is unitary even where values coincide.
    angles = np.angle(np.diag(triangle))
    root = (basis * np.exp(1j * exponent * angles)) @ basis.conj().T
    return [Step("", (), tuple(range(num_qubits)), root)]


def matrix_of(steps: Sequence[Step], num_qubits: int) -> ComplexArray:
    """Return the matrix (2**n, 2**n) of steps on n qubits, phase included."""
    _check_size(num_qubits)
    total: ComplexArray = np.eye(1 << num_qubits, dtype=complex).reshape((2,) * num_qubits + (-1,))
    for step in steps:
        k = len(step.qubits)
        if not k:
            total = total * step.array()[0, 0]
            continue
        gate = step.array().reshape((2,) * (2 * k))
        total = np.tensordot(gate, total, axes=(range(k, 2 * k), step.qubits))
        total = np.moveaxis(total, range(k), step.qubits)
    return np.asarray(total.reshape(1 << num_qubits, -1))


def _check_size(num_qubits: int) -> None:
    if num_qubits > MAX_MATRIX_QUBITS:
        raise UnsupportedError(
            f"a modified gate on {num_qubits} qubits has no standard name and would be a matrix; at most "
            f"{MAX_MATRIX_QUBITS} qubits are taken. Write it with ccx"
        )


def recognised(matrix: ComplexArray) -> str | None:
    """Return the standard gate without angles whose matrix this is up to a phase; None if none is."""
    for name, definition in GATES.items():
        if definition.num_params or 1 << definition.num_qubits != len(matrix):
            continue
        overlap = np.vdot(gate_matrix(name), matrix) / len(matrix)
        if abs(overlap) > 0.5 and np.abs(matrix - overlap * gate_matrix(name)).max() < 1e-13:
            return name
    return None
