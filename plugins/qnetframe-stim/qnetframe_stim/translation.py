"""Circuit to stim.Circuit, operation by operation: no deferral, no change of order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
# Each of these is one thing, not one for each target.
_SEPARATE = ("DETECTOR", "OBSERVABLE_INCLUDE", "E", "CORRELATED_ERROR", "ELSE_CORRELATED_ERROR")
_MEASURE = {"z": "M", "x": "MX", "y": "MY"}


@dataclass
class _Target:
    """The Stim circuit under construction, where each qubit is, and when each bit was recorded."""

    qubits: dict[str, int]
    records: dict[str, int] = field(default_factory=dict)
    # Stim reads a text twenty times as fast as it takes instructions one by one.
    _text: list[str] = field(default_factory=list)
    _last: str = ""

    def append(self, name: str, targets: Iterable[int | str], arguments: Sequence[float] = ()) -> None:
        """Append an instruction, or its targets to an equal one before it."""
        head = f"{name}({', '.join(repr(float(a)) for a in arguments)})" if arguments else name
        if head != self._last or name in _SEPARATE:
            self._text.append(f"\n{head}")
            self._last = head
        self._text += [f" {t}" for t in targets]

    def circuit(self) -> stim.Circuit:
        """Return what was appended as a Stim circuit."""
        return stim.Circuit("".join(self._text))

    def record(self, bit: str) -> None:
        self.records[bit] = len(self.records)

    def lookback(self, parity: Parity) -> list[str]:
        return [f"rec[{self.records[b] - len(self.records)}]" for b in parity.bits]


def with_outputs(circuit: Circuit) -> stim.Circuit:
    """Return the Stim circuit with one detector for each declared output, in their order.

    The constant of an output's parity is left to the caller. The circuit's own detectors and observables
    are left out.
    """
    target = _translated(circuit, annotate=False)
    for output in circuit.outputs:
        target.append("DETECTOR", target.lookback(output.parity))
    return target.circuit()


def with_detectors(circuit: Circuit) -> stim.Circuit:
    """Return the Stim circuit with the circuit's own detectors and observables, without their constants."""
    return _translated(circuit, annotate=True).circuit()


def _translated(circuit: Circuit, annotate: bool) -> _Target:
    target = _Target({q: i for i, q in enumerate(circuit.qubits)})
    for operation in lower_preparations(circuit).operations:
        if annotate or not isinstance(operation, (Detector, Observable)):
            _append(target, operation)
    return target


def _append(target: _Target, operation: Operation) -> None:
    qubits = target.qubits
    if isinstance(operation, Gate):
        _append_gate(target, operation)
    elif isinstance(operation, Noise):
        append_pauli_channel(target.append, operation.channel, [qubits[q] for q in operation.qubits])
    elif isinstance(operation, Measure):
        flip = operation.readout[0]
        target.append(_MEASURE[operation.basis], [qubits[operation.qubit]], [flip] if flip else [])
        target.record(operation.bit)
    elif isinstance(operation, Reset):
        target.append("R", [qubits[operation.qubit]])
    elif isinstance(operation, Erase):
        target.append("HERALDED_ERASE", [qubits[operation.qubit]], [operation.probability])
        target.record(operation.bit)
    elif isinstance(operation, Coin):
        target.append("MPAD", [0], [operation.probability])
        target.record(operation.bit)
    elif isinstance(operation, Detector):
        target.append("DETECTOR", target.lookback(operation.parity), operation.coordinates)
    elif isinstance(operation, Observable):
        target.append("OBSERVABLE_INCLUDE", target.lookback(operation.parity), [operation.index])
    else:
        raise UnsupportedError(f"stim cannot do {operation.kind}")


def _append_gate(target: _Target, gate: Gate) -> None:
    if gate.name == "id":
        return
    name, places = GATES[gate.name], [target.qubits[q] for q in gate.qubits]
    if gate.when is None:
        target.append(name, places)
        return
    assert isinstance(gate.when, Parity), gate.when
    for record in target.lookback(gate.when):
        target.append(f"C{name}", [record, *places])
    if gate.when.constant:
        target.append(name, places)
