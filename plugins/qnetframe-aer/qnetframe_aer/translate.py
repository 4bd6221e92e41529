"""Circuits without conditions as Qiskit circuits, instruction by instruction: nothing is transpiled.

The last qubit of a circuit becomes Qiskit's qubit 0, so that Aer's density matrices (qubit 0 least
significant) come out with the first qubit most significant, as everywhere in qnetframe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Instruction, library
from qiskit.circuit.library import UnitaryGate
from qiskit_aer.library import SaveDensityMatrix
from qiskit_aer.noise import pauli_error

from qnetframe.channels import Channel
from qnetframe.program.branches import Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import (
    Gate,
    Matrix,
    Measure,
    Noise,
    Operation,
    Reset,
    Unitary,
    thaw,
)
from qnetframe.values import ComplexArray

# The standard gates that every state-based method of Aer knows; the others go in as matrices.
_NATIVE: dict[str, type[Any]] = {
    "id": library.IGate, "x": library.XGate, "y": library.YGate, "z": library.ZGate, "h": library.HGate,
    "s": library.SGate, "sdg": library.SdgGate, "t": library.TGate, "tdg": library.TdgGate,
    "sx": library.SXGate, "p": library.PhaseGate, "rx": library.RXGate, "ry": library.RYGate,
    "rz": library.RZGate, "u1": library.U1Gate, "u2": library.U2Gate, "u3": library.U3Gate,
    "cx": library.CXGate, "cy": library.CYGate, "cz": library.CZGate, "cp": library.CPhaseGate,
    "swap": library.SwapGate, "ccx": library.CCXGate,
}  # fmt: skip
_RESET = Instruction("reset", 1, 0, [])
_MEASURE = library.Measure()


def segment_circuit(segment: Segment) -> QuantumCircuit:
    """Return the circuit that sets a segment's state, evolves it, and saves the density matrix."""
    n = len(segment.qubits)
    circuit = QuantumCircuit(n)
    data = []
    if segment.state is not None:
        # Not SetDensityMatrix: it demands a normalised positive matrix, which rounding denies to a branch
        # of probability 1e-14. The evolution is linear and Aer takes any matrix.
        start = Instruction("set_density_matrix", n, 0, [_own(segment.state)])
        data.append(CircuitInstruction(start, circuit.qubits))
    data += _instructions(circuit, segment.qubits, segment.operations, "density_matrix")
    data.append(CircuitInstruction(SaveDensityMatrix(n), circuit.qubits))
    circuit.data = data
    return circuit


def sampled_circuit(circuit: Circuit, method: str) -> QuantumCircuit:
    """Return the circuit for one sampling method; the i-th measurement writes classical bit i."""
    bits = sum(isinstance(o, Measure) for o in circuit.operations)
    translated = QuantumCircuit(len(circuit.qubits), bits)
    translated.data = _instructions(translated, circuit.qubits, circuit.operations, method)
    return translated


def _own(matrix: ComplexArray) -> ComplexArray:
    """Return a writable copy: Aer (0.18.2) reads a read-only array in C order as its transpose."""
    return np.array(matrix, dtype=complex, order="C")


def _instructions(
    circuit: QuantumCircuit, qubits: Sequence[str], operations: Iterable[Operation], method: str
) -> list[CircuitInstruction]:
    wires = dict(zip(qubits, reversed(circuit.qubits), strict=True))
    clbits = iter(circuit.clbits)
    data = []
    for operation in operations:
        if isinstance(operation, Reset):
            data.append(CircuitInstruction(_RESET, (wires[operation.qubit],)))
        elif isinstance(operation, Measure):
            data.append(CircuitInstruction(_MEASURE, (wires[operation.qubit],), (next(clbits),)))
        elif isinstance(operation, Gate) and operation.name in _NATIVE:
            targets = tuple(wires[q] for q in operation.qubits)
            data.append(CircuitInstruction(_gate(operation.name, operation.params), targets))
        else:
            assert isinstance(operation, (Gate, Unitary, Noise)), operation.kind
            # Qiskit's matrices have their first qubit least significant.
            targets = tuple(wires[q] for q in reversed(operation.qubits))
            data.append(CircuitInstruction(_matrix_instruction(operation, method), targets))
    return data


@lru_cache(maxsize=1024)
def _gate(name: str, params: tuple[float, ...]) -> Instruction:
    return _NATIVE[name](*params)


def _matrix_instruction(operation: Gate | Unitary | Noise, method: str) -> Instruction:
    if isinstance(operation, Noise):
        return _channel(operation.channel, method)
    if isinstance(operation, Gate):
        return UnitaryGate(_own(gate_matrix(operation.name, operation.params)), check_input=False)
    return _unitary(operation.matrix)


@lru_cache(maxsize=512)
def _unitary(matrix: Matrix) -> Instruction:
    return UnitaryGate(_own(thaw(matrix)), check_input=False)


@lru_cache(maxsize=1024)
def _channel(channel: Channel, method: str) -> Instruction:
    n = channel.num_qubits
    if method == "density_matrix":
        # Column-stacked (Aer) and row-stacked (qnetframe) superoperators are complex conjugates.
        return Instruction("superop", n, 0, [_own(channel.superoperator.conj())])
    if channel.is_pauli:
        weights = channel.pauli_probabilities
        return pauli_error([(label, p) for label, p in weights.items() if p > 0]).to_instruction()
    return Instruction("kraus", n, 0, [_own(k) for k in channel.kraus])
