"""The quimb backend: samples by matrix product states, exact branches by contraction of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import quimb.tensor as qtn

from qnetframe import checks
from qnetframe.errors import UnsupportedError
from qnetframe.program.branches import Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.kraus import kraus_of
from qnetframe.program.operations import qubits_of
from qnetframe.program.trajectories import sample_trajectories
from qnetframe.values import Branch, ComplexArray, Samples
from qnetframe_quimb import CAPABILITIES

# Singular values below this share of the largest are rounding; nothing else is ever cut off.
CUTOFF = 1e-14


@dataclass(frozen=True)
class QuimbBackend:
    """Tensor networks in double precision, within a bond dimension and a number of branches."""

    max_bond: int
    max_branches: int

    def __post_init__(self) -> None:
        checks.integer(self.max_bond, "max_bond", low=2)
        checks.integer(self.max_branches, "max_branches", low=1)

    def compile(self, circuit: Circuit) -> QuimbExecutable:
        """Return the circuit ready to run."""
        return QuimbExecutable(circuit, self.max_bond, self.max_branches)


@dataclass(frozen=True)
class QuimbExecutable:
    """A circuit and its limits."""

    circuit: Circuit
    max_bond: int
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, by contraction of the density matrix with the Kraus operators."""
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return shots drawn by trajectories; UnsupportedError where the bonds grow beyond ``max_bond``."""
        start = partial(MatrixProductState, max_bond=self.max_bond)
        return sample_trajectories(_in_line(self.circuit), start, shots, seed, CAPABILITIES[1].max_qubits)


def _in_line(circuit: Circuit) -> Circuit:
    """Return the circuit with its qubits in the order of first use, so that most gates are on neighbours."""
    used = dict.fromkeys(q for o in circuit.operations for q in qubits_of(o))
    return Circuit(
        (*used, *(q for q in circuit.qubits if q not in used)), circuit.operations, circuit.outputs
    )


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, (2**n, 2**n)."""
    results = []
    for segment in segments:
        n = len(segment.qubits)
        indices = [*(f"k{q}" for q in segment.qubits), *(f"b{q}" for q in segment.qubits)]
        state = qtn.Tensor(segment.initial().reshape((2,) * (2 * n)), indices)
        for operation in segment.operations:
            state = _contracted(state, kraus_of(operation), qubits_of(operation))
        results.append(np.asarray(state.transpose(*indices).data).reshape(1 << n, 1 << n))
    return results


def _contracted(state: Any, kraus: Sequence[ComplexArray], qubits: Sequence[str]) -> Any:
    k = len(qubits)
    stack = np.stack(kraus).reshape((len(kraus), *(2,) * (2 * k)))
    rows, columns = [f"k{q}" for q in qubits], [f"b{q}" for q in qubits]
    left = qtn.Tensor(stack, ["m", *(f"{i}'" for i in rows), *rows])
    right = qtn.Tensor(stack.conj(), ["m", *(f"{i}'" for i in columns), *columns])
    outer = [f"{i}'" if i in (*rows, *columns) else i for i in state.inds]
    result = qtn.tensor_contract(left, state, right, output_inds=outer)
    return result.reindex({i: i.removesuffix("'") for i in outer})


class MatrixProductState:
    """A pure state as a matrix product state, exact up to rounding.

    ``info`` is where quimb keeps the centre of orthogonality, so that a look at one qubit after another on
    the chain costs steps between them, not the length of the chain.
    """

    def __init__(self, width: int, max_bond: int, state: Any = None, info: Any = None) -> None:
        self.width, self.max_bond = width, max_bond
        self.state = qtn.MPS_computational_state("0" * width) if state is None else state
        self.info: dict[str, Any] = {"cur_orthog": (0, 0)} if info is None else info

    def copy(self) -> MatrixProductState:
        """Return a state of its own."""
        return MatrixProductState(self.width, self.max_bond, self.state.copy(), dict(self.info))

    def apply(self, matrix: ComplexArray, places: Sequence[int]) -> None:
        """Multiply a matrix into some qubits; UnsupportedError where a bond would exceed ``max_bond``."""
        if len(places) == 1:
            self.state.gate_(matrix, places[0], contract=True)
            return
        how = {"max_bond": None, "cutoff": CUTOFF, "info": self.info}
        if len(places) == 2:
            self.state.gate_with_auto_swap_(matrix, tuple(places), **how)
        else:
            self.state.gate_nonlocal_(matrix, tuple(places), **how)
        if self.state.max_bond() > self.max_bond:
            raise UnsupportedError(
                f"quimb would need a bond dimension of {self.state.max_bond()}, max_bond is {self.max_bond}; "
                "allow more (backend.max_bond) or use a backend of density matrices or stabilizers"
            )

    def reduced(self, places: Sequence[int]) -> ComplexArray:
        """Return the density matrix of some qubits."""
        if len(places) == 1:
            self.state.canonicalize_(places[0], info=self.info)
            centre = self.state[places[0]]
            (index,) = [i for i in centre.inds if i == self.state.site_ind(places[0])]
            array = np.moveaxis(np.asarray(centre.data), centre.inds.index(index), 0).reshape(2, -1)
            return np.asarray(array @ array.conj().T)
        order = np.argsort(places)
        rho = self.state.partial_trace_to_dense_canonical(
            tuple(places[i] for i in order), normalized=True, info=self.info
        )
        k = len(places)
        back = list(np.argsort(order))
        tensor = np.asarray(rho).reshape((2,) * (2 * k)).transpose([*back, *(k + i for i in back)])
        return tensor.reshape(1 << k, 1 << k)
