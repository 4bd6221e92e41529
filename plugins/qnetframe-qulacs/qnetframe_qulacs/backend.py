"""The Qulacs backend: exact branches by its density matrices, samples by its state vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import qulacs

from qnetframe import checks
from qnetframe.program.branches import Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.kraus import kraus_of
from qnetframe.program.operations import qubits_of
from qnetframe.program.trajectories import sample_trajectories
from qnetframe.values import Branch, ComplexArray, Samples
from qnetframe_qulacs import CAPABILITIES


@dataclass(frozen=True)
class QulacsBackend:
    """Qulacs in double precision; refuses more than ``max_branches`` branches."""

    max_branches: int

    def __post_init__(self) -> None:
        checks.integer(self.max_branches, "max_branches", low=1)

    def compile(self, circuit: Circuit) -> QulacsExecutable:
        """Return the circuit ready to run."""
        return QulacsExecutable(circuit, self.max_branches)


@dataclass(frozen=True)
class QulacsExecutable:
    """A circuit and its branch limit."""

    circuit: Circuit
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, evolved as a density matrix by Qulacs."""
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return shots drawn by trajectories of state vectors."""
        return sample_trajectories(self.circuit, StateVector, shots, seed, CAPABILITIES[1].max_qubits)


def dense_gate(matrix: ComplexArray, places: Sequence[int], width: int) -> qulacs.QuantumGateBase:
    """Return a matrix, first place most significant, as a gate: Qulacs counts qubits from the least one."""
    return qulacs.gate.DenseMatrix([width - 1 - p for p in reversed(places)], matrix)


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, (2**n, 2**n)."""
    return [_evolved(segment) for segment in segments]


def _evolved(segment: Segment) -> ComplexArray:
    n = len(segment.qubits)
    if not n:
        return segment.initial()
    state = qulacs.DensityMatrix(n)
    state.load(np.ascontiguousarray(segment.initial()))
    for operation in segment.operations:
        places = [segment.qubits.index(q) for q in qubits_of(operation)]
        gates = [dense_gate(k, places, n) for k in kraus_of(operation)]
        (qulacs.gate.CPTP(gates) if len(gates) > 1 else gates[0]).update_quantum_state(state)
    return np.asarray(state.get_matrix())


class StateVector:
    """A pure state that Qulacs holds."""

    def __init__(self, width: int, state: qulacs.QuantumState | None = None) -> None:
        self.width, self.state = width, state or qulacs.QuantumState(width)

    def copy(self) -> StateVector:
        """Return a state of its own."""
        return StateVector(self.width, self.state.copy())

    def apply(self, matrix: ComplexArray, places: Sequence[int]) -> None:
        """Multiply a matrix into some qubits."""
        dense_gate(matrix, places, self.width).update_quantum_state(self.state)

    def reduced(self, places: Sequence[int]) -> ComplexArray:
        """Return the density matrix of some qubits."""
        tensor = self.state.get_vector().reshape((2,) * self.width)
        rows = np.moveaxis(tensor, places, range(len(places))).reshape(1 << len(places), -1)
        return np.asarray(rows @ rows.conj().T)
