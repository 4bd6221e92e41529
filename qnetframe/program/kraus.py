"""What an unconditional operation does, as Kraus operators: all that many engines need to know of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qnetframe.channels import Channel
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import Gate, Matrix, Noise, Operation, Reset, Unitary, thaw
from qnetframe.values import ComplexArray

_RESET = (np.array([[1, 0], [0, 0]], dtype=complex), np.array([[0, 1], [0, 0]], dtype=complex))


def kraus_of(operation: Operation) -> tuple[ComplexArray, ...]:
    """Return the Kraus operators of a gate, unitary, channel or reset; one matrix where it is unitary.

    Each is (2**k, 2**k) for k qubits (``qubits_of(operation)``), the first of them most significant. A
    condition is not looked at. What they are is M. A. Nielsen and I. L. Chuang, Quantum Computation and
    Quantum Information, section 8.2.3. Raises TypeError for any other operation.
    """
    if isinstance(operation, Gate):
        return (gate_matrix(operation.name, operation.params),)
    if isinstance(operation, Unitary):
        return (_thawed(operation.matrix),)
    if isinstance(operation, Noise):
        return operation.channel.kraus
    if isinstance(operation, Reset):
        return _RESET
    raise TypeError(f"{operation.kind} is no gate, unitary, channel or reset")


@lru_cache(maxsize=512)
def _thawed(matrix: Matrix) -> ComplexArray:
    return thaw(matrix)


@lru_cache(maxsize=1024)
def unitary_mixture(channel: Channel) -> tuple[tuple[float, ...], tuple[ComplexArray, ...]] | None:
    """Return (probabilities, unitaries) of a channel that mixes unitaries in its Kraus form, or None."""
    weights, unitaries = [], []
    for k in channel.kraus:
        square = k.conj().T @ k
        p = float(square[0, 0].real)
        if np.abs(square - p * np.eye(channel.dim)).max() > 1e-12:
            return None
        if p > 0:
            weights.append(p)
            unitaries.append(k / np.sqrt(p))
    total = sum(weights)
    return tuple(w / total for w in weights), tuple(unitaries)
