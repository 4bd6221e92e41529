"""Evolution of segments: branches with the same operations are columns of one matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import qutip
from qutip.core.data import Dense, matmul

from qnetframe.program.branches import Segment
from qnetframe.program.operations import Operation
from qnetframe.values import ComplexArray
from qnetframe_qutip.operators import (
    Action,
    action_of,
    expanded_kraus,
    expanded_superoperator,
    superoperator_pays,
)


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, (2**n, 2**n), first qubit most significant."""
    groups: dict[tuple[tuple[str, ...], tuple[Operation, ...]], list[int]] = {}
    for i, segment in enumerate(segments):
        groups.setdefault((segment.qubits, segment.operations), []).append(i)
    results: dict[int, ComplexArray] = {}
    for (qubits, operations), members in groups.items():
        dim = 1 << len(qubits)
        columns = Dense(np.stack([segments[i].initial().ravel("F") for i in members], axis=1))
        for operation in operations:
            action, targets = action_of(operation)
            columns = _applied(action, tuple(qubits.index(q) for q in targets), len(qubits), columns)
        final = columns.to_array()
        for j, i in enumerate(members):
            results[i] = final[:, j].reshape(dim, dim, order="F")
    return [results[i] for i in range(len(segments))]


def _applied(action: Action, places: tuple[int, ...], num_qubits: int, columns: Dense) -> Dense:
    """Apply one operation to density matrices given as column-stacked columns (4**n, m)."""
    if superoperator_pays(action, len(places), num_qubits):
        return matmul(expanded_superoperator(action, places, num_qubits), columns, dtype=Dense)
    kraus = expanded_kraus(action, places, num_qubits)
    dim, dims = 1 << num_qubits, [[2] * num_qubits] * 2
    before = columns.to_array()
    after = np.empty_like(before)
    for j in range(before.shape[1]):
        state = qutip.Qobj(before[:, j].reshape(dim, dim, order="F"), dims=dims, copy=False)
        # The state is Hermitian, so K (K rho)^dagger is K rho K^dagger, with the sparse factor always left.
        terms = [k @ (k @ state).dag() for k in kraus]
        after[:, j] = sum(terms[1:], terms[0]).full().ravel("F")
    return Dense(after)
