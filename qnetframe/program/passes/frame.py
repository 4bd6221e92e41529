"""Pauli-frame tracking: conditional Pauli gates become XORs of recorded bits."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np

from qnetframe.paulis import pauli_labels, pauli_matrix
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.gates import CLIFFORD_GATES, gate_definition, gate_matrix
from qnetframe.program.operations import (
    Coin,
    Detector,
    Erase,
    Expect,
    Gate,
    Measure,
    Noise,
    Observable,
    Operation,
    Prepare,
    Require,
    Reset,
    Save,
    Unitary,
    qubits_of,
)
from qnetframe.values import AllOf, AnyOf, Condition, Parity

_ZERO = Parity()


def track_pauli_frame(circuit: Circuit) -> Circuit:
    """Return an equivalent circuit in which conditional Paulis are put off as long as possible.

    A Pauli gate on a parity moves through Clifford gates, Pauli noise and measurements, where it flips the
    recorded bit; that bit is then read as a parity. It is applied, as a conditional X and Z, only before an
    operation that it cannot pass (a non-Clifford gate, a non-Pauli channel, an asymmetric readout, a save).
    """
    return _Frame(circuit).run()


@lru_cache(maxsize=64)
def clifford_action(name: str) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Return what a Clifford gate makes of X and Z on each of its qubits, up to sign.

    Entry 2*i is the image of X_i, 2*i+1 that of Z_i, each as (x bits, z bits) over the gate's qubits.
    """
    matrix = gate_matrix(name)
    num = gate_definition(name).num_qubits
    images = []
    for i in range(num):
        for letter in "XZ":
            before = pauli_matrix("I" * i + letter + "I" * (num - 1 - i))
            after = matrix @ before @ matrix.conj().T
            for label in pauli_labels(num):
                if abs(abs(np.trace(after @ pauli_matrix(label))) / (1 << num) - 1) < 1e-9:
                    images.append(
                        (tuple(int(c in "XY") for c in label), tuple(int(c in "YZ") for c in label))
                    )
                    break
            else:  # pragma: no cover - only Clifford gates are asked for
                raise ValueError(f"{name} is not Clifford")
    return tuple(images)


class _Frame:
    """The frame so far: for each qubit the parities that its X and Z parts hang on."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.x: dict[str, Parity] = {}
        self.z: dict[str, Parity] = {}
        self.bits: dict[str, Parity] = {}
        self.operations: list[Operation] = []

    def run(self) -> Circuit:
        for operation in self.circuit.operations:
            self._step(operation)
        outputs = [Output(o.label, self._parity(o.parity)) for o in self.circuit.outputs]
        return Circuit(self.circuit.qubits, tuple(self.operations), tuple(outputs))

    def _parity(self, parity: Parity) -> Parity:
        if not any(b in self.bits for b in parity.bits):
            return parity
        bits: list[str] = []
        constant = parity.constant
        for bit in parity.bits:
            term = self.bits.get(bit)
            bits += (bit,) if term is None else term.bits
            constant ^= 0 if term is None else term.constant
        return Parity(tuple(bits), constant)

    def _condition(self, value: Condition) -> Condition:
        if isinstance(value, Parity):
            return self._parity(value)
        parities = tuple(self._parity(p) for p in value.parities)
        return AllOf(parities) if isinstance(value, AllOf) else AnyOf(parities)

    def _apply(self, qubits: tuple[str, ...]) -> None:
        """Apply and forget the frame of some qubits."""
        for qubit in qubits:
            for name, frame in (("x", self.x), ("z", self.z)):
                parity = frame.pop(qubit, _ZERO)
                if parity.bits:
                    self.operations.append(Gate(name, (qubit,), (), parity))
                elif parity.constant:
                    self.operations.append(Gate(name, (qubit,)))

    def _step(self, operation: Operation) -> None:
        if isinstance(operation, (Gate, Unitary)):
            self._gate(operation)
        elif isinstance(operation, Measure):
            self._measure(operation)
        elif isinstance(operation, (Reset, Prepare)):
            for qubit in qubits_of(operation):
                self.x.pop(qubit, None)
                self.z.pop(qubit, None)
            self.operations.append(operation)
        elif isinstance(operation, Require):
            self.operations.append(Require(self._condition(operation.condition)))
        elif isinstance(operation, (Detector, Observable)):
            self.operations.append(dataclasses.replace(operation, parity=self._parity(operation.parity)))
        elif isinstance(operation, (Save, Expect)):
            self._apply(operation.qubits)
            self.operations.append(operation)
        else:
            assert isinstance(operation, (Noise, Coin, Erase))
            if isinstance(operation, Noise) and not operation.channel.is_pauli:
                self._apply(operation.qubits)
            self.operations.append(operation)

    def _gate(self, operation: Gate | Unitary) -> None:
        when = None if operation.when is None else self._condition(operation.when)
        if (
            isinstance(operation, Gate)
            and operation.name in ("id", "x", "y", "z")
            and isinstance(when, Parity)
        ):
            (qubit,) = operation.qubits
            if operation.name in ("x", "y"):
                self.x[qubit] = self.x.get(qubit, _ZERO) ^ when
            if operation.name in ("y", "z"):
                self.z[qubit] = self.z.get(qubit, _ZERO) ^ when
            return
        passes = isinstance(operation, Gate) and when is None and operation.name in CLIFFORD_GATES
        if passes and isinstance(operation, Gate):
            self._conjugate(operation)
            self.operations.append(operation)
            return
        self._apply(operation.qubits)
        self.operations.append(dataclasses.replace(operation, when=when))

    def _conjugate(self, operation: Gate) -> None:
        qubits = operation.qubits
        if not any(q in self.x or q in self.z for q in qubits):
            return
        old = [p for q in qubits for p in (self.x.pop(q, _ZERO), self.z.pop(q, _ZERO))]
        for parity, (xs, zs) in zip(old, clifford_action(operation.name), strict=True):
            if parity == _ZERO:
                continue
            for qubit, has_x, has_z in zip(qubits, xs, zs, strict=True):
                if has_x:
                    self.x[qubit] = self.x.get(qubit, _ZERO) ^ parity
                if has_z:
                    self.z[qubit] = self.z.get(qubit, _ZERO) ^ parity

    def _measure(self, operation: Measure) -> None:
        qubit = operation.qubit
        if operation.readout[0] != operation.readout[1]:
            self._apply((qubit,))
        flip = _ZERO
        if operation.basis in ("z", "y"):
            flip = flip ^ self.x.get(qubit, _ZERO)
        if operation.basis in ("x", "y"):
            flip = flip ^ self.z.get(qubit, _ZERO)
        if flip != _ZERO:
            self.bits[operation.bit] = Parity((operation.bit,)) ^ flip
        self.operations.append(operation)
