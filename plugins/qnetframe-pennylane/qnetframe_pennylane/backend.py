"""The PennyLane backend: exact branches by default.mixed, samples by state vectors of lightning.qubit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.devices.qubit_mixed import apply_operation

from qnetframe import checks
from qnetframe.program.branches import Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.kraus import kraus_of
from qnetframe.program.operations import Operation, qubits_of
from qnetframe.program.trajectories import sample_trajectories
from qnetframe.values import Branch, ComplexArray, Samples
from qnetframe_pennylane import CAPABILITIES


@dataclass(frozen=True)
class PennylaneBackend:
    """PennyLane in double precision; refuses more than ``max_branches`` branches."""

    max_branches: int

    def __post_init__(self) -> None:
        checks.integer(self.max_branches, "max_branches", low=1)

    def compile(self, circuit: Circuit) -> PennylaneExecutable:
        """Return the circuit ready to run."""
        return PennylaneExecutable(circuit, self.max_branches)


@dataclass(frozen=True)
class PennylaneExecutable:
    """A circuit and its branch limit."""

    circuit: Circuit
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, evolved as a density matrix by the kernels of default.mixed."""
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return shots drawn by trajectories of state vectors on lightning.qubit."""
        return sample_trajectories(self.circuit, StateVector, shots, seed, CAPABILITIES[1].max_qubits)


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, (2**n, 2**n).

    The device itself would take normalised, positive states only; its kernels are linear.
    """
    results = []
    for segment in segments:
        n = len(segment.qubits)
        state: Any = segment.initial().astype(complex).reshape((2,) * (2 * n))
        for operation in segment.operations:
            state = apply_operation(_mixed(operation, segment.qubits), state)
        results.append(np.asarray(state).reshape(1 << n, 1 << n))
    return results


def _mixed(operation: Operation, qubits: tuple[str, ...]) -> Any:
    wires = [qubits.index(q) for q in qubits_of(operation)]
    kraus = kraus_of(operation)
    return qml.QubitUnitary(kraus[0], wires) if len(kraus) == 1 else qml.QubitChannel(kraus, wires)


@lru_cache(maxsize=32)
def _device(width: int) -> Any:
    return qml.device("lightning.qubit", wires=width)


class StateVector:
    """A pure state, which lightning.qubit carries over what has gathered when it is asked for."""

    def __init__(self, width: int, vector: ComplexArray | None = None, waiting: Sequence[Any] = ()) -> None:
        self.width, self.vector, self.waiting = width, vector, list(waiting)

    def copy(self) -> StateVector:
        """Return a state of its own."""
        return StateVector(self.width, self.vector, self.waiting)

    def apply(self, matrix: ComplexArray, places: Sequence[int]) -> None:
        """Multiply a matrix into some qubits."""
        self.waiting.append(qml.QubitUnitary(matrix, list(places)))

    def reduced(self, places: Sequence[int]) -> ComplexArray:
        """Return the density matrix of some qubits."""
        if self.waiting or self.vector is None:
            start = [] if self.vector is None else [qml.StatePrep(self.vector, range(self.width))]
            tape = qml.tape.QuantumScript([*start, *self.waiting], [qml.state()])
            self.vector, self.waiting = np.asarray(_device(self.width).execute(tape)), []
        rows = np.moveaxis(self.vector.reshape((2,) * self.width), places, range(len(places)))
        rows = rows.reshape(1 << len(places), -1)
        return np.asarray(rows @ rows.conj().T)
