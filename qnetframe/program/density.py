"""Evolution of density matrices in numpy: the reference engine's arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from qnetframe.program.branches import Segment
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import (
    Gate,
    Matrix,
    Noise,
    Operation,
    Reset,
    Unitary,
    thaw,
)
from qnetframe.values import ComplexArray

_RESET = np.zeros((4, 4), dtype=complex)
_RESET[0, 0] = _RESET[0, 3] = 1
_SUPEROPERATOR_QUBITS = 2


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment; segments with equal operations run as one stack."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, segment in enumerate(segments):
        groups.setdefault(tuple(map(id, segment.operations)), []).append(i)
    results: list[ComplexArray] = [np.zeros((0, 0), dtype=np.complex128)] * len(segments)
    for members in groups.values():
        first = segments[members[0]]
        stack = np.stack([segments[i].initial() for i in members])
        for operation in first.operations:
            stack = apply(operation, first.qubits, stack)
        for i, state in zip(members, stack, strict=True):
            results[i] = state
    return results


def apply(operation: Operation, qubits: tuple[str, ...], stack: ComplexArray) -> ComplexArray:
    """Apply one operation to a stack (m, 2**n, 2**n) of density matrices over ``qubits``."""
    n, m = len(qubits), len(stack)
    if isinstance(operation, Reset):
        targets = [qubits.index(operation.qubit)]
    else:
        assert isinstance(operation, (Gate, Unitary, Noise)), operation.kind
        targets = [qubits.index(q) for q in operation.qubits]
    tensor = stack.reshape((m, *(2,) * (2 * n)))
    rows, columns = [1 + t for t in targets], [1 + n + t for t in targets]
    if isinstance(operation, Reset):
        result = _contract(_RESET, tensor, rows + columns)
    elif isinstance(operation, Noise):
        if len(targets) <= _SUPEROPERATOR_QUBITS:
            result = _contract(operation.channel.superoperator, tensor, rows + columns)
        else:
            result = np.zeros_like(tensor)
            for k in operation.channel.kraus:
                result = result + _contract(k.conj(), _contract(k, tensor, rows), columns)
    else:
        matrix = (
            gate_matrix(operation.name, operation.params)
            if isinstance(operation, Gate)
            else _thawed(operation.matrix)
        )
        result = _contract(matrix.conj(), _contract(matrix, tensor, rows), columns)
    return np.ascontiguousarray(result).reshape(stack.shape)


@lru_cache(maxsize=512)
def _thawed(matrix: Matrix) -> ComplexArray:
    return thaw(matrix)


def _contract(matrix: ComplexArray, tensor: ComplexArray, axes: list[int]) -> ComplexArray:
    """Multiply a matrix (2**k, 2**k) into k axes of a tensor, in place of those axes."""
    k = len(axes)
    operator = matrix.reshape((2,) * (2 * k))
    moved = np.tensordot(operator, tensor, axes=(range(k, 2 * k), axes))
    return np.moveaxis(moved, range(k), axes)
