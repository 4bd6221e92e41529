"""Replace preparations by reset, gates and Pauli noise, so that engines need none of their own."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from qnetframe.channels import Channel
from qnetframe.program.circuit import Circuit
from qnetframe.program.memory import remembered
from qnetframe.program.operations import (
    Gate,
    Matrix,
    Noise,
    Operation,
    Prepare,
    Reset,
    Unitary,
    freeze,
    qubits_of,
    thaw,
)
from qnetframe.values import ComplexArray

_R = 1 / math.sqrt(2)
_CARDINAL: tuple[tuple[tuple[complex, complex], tuple[str, ...]], ...] = (
    ((1, 0), ()),
    ((0, 1), ("x",)),
    ((_R, _R), ("h",)),
    ((_R, -_R), ("x", "h")),
    ((_R, 1j * _R), ("h", "s")),
    ((_R, -1j * _R), ("h", "sdg")),
)
_BELL = {
    "I": np.array([_R, 0, 0, _R]),
    "X": np.array([0, _R, _R, 0]),
    "Y": np.array([0, _R, -_R, 0]),
    "Z": np.array([_R, 0, 0, -_R]),
}


@remembered
def lower_preparations(circuit: Circuit) -> Circuit:
    """Replace every ``prepare`` by reset (where needed), gates or a unitary, and Pauli noise.

    Cardinal states and Bell-diagonal pairs become Clifford gates and Pauli noise, exactly; any other
    density matrix becomes a mixture of basis states (Pauli X noise) turned into its eigenbasis.
    """
    if not any(isinstance(o, Prepare) for o in circuit.operations):
        return circuit
    fresh = set(circuit.qubits)
    operations: list[Operation] = []
    for operation in circuit.operations:
        if isinstance(operation, Prepare):
            operations += [Reset(q) for q in operation.qubits if q not in fresh]
            for template in _recipe(operation.state):
                names = tuple(operation.qubits[i] for i in template[1])
                operations.append(_bind(template[0], names))
        else:
            operations.append(operation)
        fresh.difference_update(qubits_of(operation))
        if isinstance(operation, Reset):
            fresh.add(operation.qubit)
    return circuit.replace(operations)


def _bind(step: str | Channel | Matrix, qubits: tuple[str, ...]) -> Operation:
    if isinstance(step, str):
        return Gate(step, qubits)
    return Noise(qubits, step) if isinstance(step, Channel) else Unitary(qubits, step)


_Step = tuple[str | Channel | Matrix, tuple[int, ...]]


@lru_cache(maxsize=1024)
def _recipe(state: Matrix) -> tuple[_Step, ...]:
    """Return the steps, on numbered qubits in |0…0>, that prepare a density matrix."""
    rho = thaw(state)
    if rho.shape == (4, 4):
        weights = {k: float((v @ rho @ v).real) for k, v in _BELL.items()}
        rest = rho - sum(w * np.outer(_BELL[k], _BELL[k]) for k, w in weights.items())
        if np.abs(rest).max() < 1e-14:
            noise = {k: max(0.0, w) for k, w in weights.items() if w > 1e-16}
            pair: list[_Step] = [("h", (0,)), ("cx", (0, 1))]
            if set(noise) == {"I"}:
                return tuple(pair)
            if len(noise) == 1:
                return (*pair, (next(iter(noise)).lower(), (1,)))
            total = math.fsum(noise.values())
            return (*pair, (Channel.from_pauli({k: w / total for k, w in noise.items()}), (1,)))
    values, vectors = np.linalg.eigh(rho)
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    num = rho.shape[0].bit_length() - 1
    everything = tuple(range(num))
    steps: list[_Step] = []
    if num == 1:
        for amplitudes, gates in _CARDINAL:
            vector = np.array(amplitudes)
            weight = float((vector.conj() @ rho @ vector).real)
            other = np.array([-vector[1].conj(), vector[0].conj()])
            rest = (
                rho - weight * np.outer(vector, vector.conj()) - (1 - weight) * np.outer(other, other.conj())
            )
            if weight >= 0.5 and np.abs(rest).max() < 1e-14:
                if weight < 1:
                    steps.append((Channel.from_pauli({"X": 1 - weight}), (0,)))
                return (*steps, *((g, (0,)) for g in gates))
    if values[0] < 1 - 1e-14:
        total = float(values.sum())
        mixture = {
            format(i, f"0{num}b").replace("0", "I").replace("1", "X"): float(v) / total
            for i, v in enumerate(values)
            if v > 1e-17
        }
        steps.append((Channel.from_pauli(mixture), everything))
        steps.append((freeze(vectors), everything))
    else:
        steps.append((freeze(_unitary_from(vectors[:, 0])), everything))
    return tuple(steps)


def _unitary_from(vector: ComplexArray) -> ComplexArray:
    """Return a unitary whose first column is the given unit vector."""
    columns = np.eye(len(vector), dtype=complex)
    columns[:, 0] = vector
    pivot = int(np.argmax(np.abs(vector)))
    if pivot:
        columns[:, pivot] = 0
        columns[0, pivot] = 1
    q, r = np.linalg.qr(columns)
    return np.asarray(q * (r[0, 0] / abs(r[0, 0])) if abs(r[0, 0]) else q)
