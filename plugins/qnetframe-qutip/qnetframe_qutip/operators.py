"""Operations as QuTiP objects: Kraus operators and superoperators, local and expanded to a register."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias, Union

import numpy as np
import qutip

from qnetframe.channels import Channel
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import Gate, Matrix, Noise, Operation, Reset, Unitary, thaw
from qnetframe.values import ComplexArray

# What an operation does, without where: a gate and its angles, a unitary matrix, a channel, or reset (None).
Action: TypeAlias = Union[tuple[str, tuple[float, ...]], Matrix, Channel, None]

_RESET = (np.array([[1, 0], [0, 0]], dtype=complex), np.array([[0, 1], [0, 0]], dtype=complex))
_SUPEROPERATOR_PLACES = 3
# Expanded superoperators with more nonzeros than this (1.3 MB) are not kept, with more than that not built.
_KEPT_NONZEROS = 1 << 16
_BUILT_NONZEROS = 1 << 20


def action_of(operation: Operation) -> tuple[Action, tuple[str, ...]]:
    """Return what an operation of a segment does, and the qubits it does it to."""
    if isinstance(operation, Gate):
        return (operation.name, operation.params), operation.qubits
    if isinstance(operation, Unitary):
        return operation.matrix, operation.qubits
    if isinstance(operation, Noise):
        return operation.channel, operation.qubits
    assert isinstance(operation, Reset), operation.kind
    return None, (operation.qubit,)


@lru_cache(maxsize=1024)
def local_kraus(action: Action) -> tuple[qutip.Qobj, ...]:
    """Return the Kraus operators on the operation's own qubits, in CSR form."""
    matrices: tuple[ComplexArray, ...]
    if action is None:
        matrices = _RESET
    elif isinstance(action, Channel):
        matrices = action.kraus
    elif isinstance(action[0], str):
        matrices = (gate_matrix(*action),)
    else:
        matrices = (thaw(action),)
    dims = [[2] * (len(matrices[0]).bit_length() - 1)] * 2
    return tuple(qutip.Qobj(m, dims=dims).to("CSR") for m in matrices)


@lru_cache(maxsize=1024)
def local_superoperator(action: Action) -> qutip.Qobj:
    """Return the superoperator as an operator on twice the operation's qubits.

    QuTiP stacks columns, so the qubits of the column index come first, then those of the row index.
    """
    kraus = local_kraus(action)
    total = qutip.kraus_to_super(list(kraus))
    return qutip.Qobj(total.data, dims=[[2] * (2 * len(kraus[0].dims[0]))] * 2).to("CSR")


def superoperator_pays(action: Action, num_places: int, num_qubits: int) -> bool:
    """Whether one expanded superoperator is quicker than operators from both sides, and small enough.

    Many Kraus operators are worth a superoperator that is too large to keep.
    """
    if num_places > _SUPEROPERATOR_PLACES:
        return False
    nonzeros = _local_nonzeros(action) << 2 * (num_qubits - num_places)
    return nonzeros <= (_BUILT_NONZEROS if len(local_kraus(action)) > 2 else _KEPT_NONZEROS)


def expanded_superoperator(action: Action, places: tuple[int, ...], num_qubits: int) -> qutip.core.data.CSR:
    """Return the superoperator on column-stacked density matrices of a register, (4**n, 4**n)."""
    nonzeros = _local_nonzeros(action) << 2 * (num_qubits - len(places))
    make = _kept_superoperator if nonzeros <= _KEPT_NONZEROS else _kept_superoperator.__wrapped__
    return make(action, places, num_qubits)


@lru_cache(maxsize=256)
def _kept_superoperator(action: Action, places: tuple[int, ...], num_qubits: int) -> qutip.core.data.CSR:
    both = [*places, *(num_qubits + p for p in places)]
    return qutip.expand_operator(local_superoperator(action), [2] * (2 * num_qubits), both, dtype="CSR").data


@lru_cache(maxsize=256)
def expanded_kraus(action: Action, places: tuple[int, ...], num_qubits: int) -> tuple[qutip.Qobj, ...]:
    """Return the Kraus operators on a register, (2**n, 2**n) each."""
    dims = [2] * num_qubits
    return tuple(qutip.expand_operator(k, dims, list(places), dtype="CSR") for k in local_kraus(action))


@lru_cache(maxsize=1024)
def _local_nonzeros(action: Action) -> int:
    return int(np.count_nonzero(local_superoperator(action).full()))
