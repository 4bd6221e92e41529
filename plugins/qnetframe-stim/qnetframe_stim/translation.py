"""Circuit to stim.Circuit, operation by operation: no deferral, no change of order."""

from __future__ import annotations

from dataclasses import dataclass, field

import stim

from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import (
    Coin,
    Detector,
    Erase,
    Gate,
    Measure,
    Noise,
    Observable,
    Operation,
    Reset,
)
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.values import Parity
from qnetframe_stim.noise import append_pauli_channel

GATES = {
    "x": "X", "y": "Y", "z": "Z", "h": "H", "s": "S", "sdg": "S_DAG", "sx": "SQRT_X",
    "cx": "CX", "cy": "CY", "cz": "CZ", "swap": "SWAP",
}  # fmt: skip
_MEASURE = {"z": "M", "x": "MX", "y": "MY"}


@dataclass
class _Target:
    """The Stim circuit under construction, where each qubit is, and when each bit was recorded."""

    qubits: dict[str, int]
    circuit: stim.Circuit = field(default_factory=stim.Circuit)
    records: dict[str, int] = field(default_factory=dict)

    def record(self, bit: str) -> None:
        self.records[bit] = len(self.records)

    def lookback(self, parity: Parity) -> list[stim.GateTarget]:
        return [stim.target_rec(self.records[b] - len(self.records)) for b in parity.bits]


def with_outputs(circuit: Circuit) -> stim.Circuit:
    """Return the Stim circuit with one detector for each declared output, in their order.

    The constant of an output's parity is left to the caller. The circuit's own detectors and observables
    are left out.
    """
    target = _translated(circuit, annotate=False)
    for output in circuit.outputs:
        target.circuit.append("DETECTOR", target.lookback(output.parity))
    return target.circuit


def with_detectors(circuit: Circuit) -> stim.Circuit:
    """Return the Stim circuit with the circuit's own detectors and observables, without their constants."""
    return _translated(circuit, annotate=True).circuit


def _translated(circuit: Circuit, annotate: bool) -> _Target:
    target = _Target({q: i for i, q in enumerate(circuit.qubits)})
    for operation in lower_preparations(circuit).operations:
        if annotate or not isinstance(operation, (Detector, Observable)):
            _append(target, operation)
    return target


def _append(target: _Target, operation: Operation) -> None:
    circuit, qubits = target.circuit, target.qubits
    if isinstance(operation, Gate):
        _append_gate(target, operation)
    elif isinstance(operation, Noise):
        append_pauli_channel(circuit, operation.channel, [qubits[q] for q in operation.qubits])
    elif isinstance(operation, Measure):
        flip = operation.readout[0]
        circuit.append(_MEASURE[operation.basis], [qubits[operation.qubit]], [flip] if flip else [])
        target.record(operation.bit)
    elif isinstance(operation, Reset):
        circuit.append("R", [qubits[operation.qubit]])
    elif isinstance(operation, Erase):
        circuit.append("HERALDED_ERASE", [qubits[operation.qubit]], operation.probability)
        target.record(operation.bit)
    elif isinstance(operation, Coin):
        circuit.append("MPAD", [0], operation.probability)
        target.record(operation.bit)
    elif isinstance(operation, Detector):
        circuit.append("DETECTOR", target.lookback(operation.parity), operation.coordinates)
    elif isinstance(operation, Observable):
        circuit.append("OBSERVABLE_INCLUDE", target.lookback(operation.parity), operation.index)
    else:
        raise UnsupportedError(f"stim cannot do {operation.kind}")


def _append_gate(target: _Target, gate: Gate) -> None:
    if gate.name == "id":
        return
    name, places = GATES[gate.name], [target.qubits[q] for q in gate.qubits]
    if gate.when is None:
        target.circuit.append(name, places)
        return
    assert isinstance(gate.when, Parity), gate.when
    for record in target.lookback(gate.when):
        target.circuit.append(f"C{name}", [record, *places])
    if gate.when.constant:
        target.circuit.append(name, places)
