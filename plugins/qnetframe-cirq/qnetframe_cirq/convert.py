"""Cirq circuits to Programs and back: ``from_cirq`` and ``to_cirq``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import cirq
import numpy as np
import sympy

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, QnetframeError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.formulas import TRUE, Classical, Formula, equal, truth
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.incoming import Across, Assembler, Parties
from qnetframe.program.operations import Gate, Measure, Noise, Operation, Reset, Unitary
from qnetframe.program.outgoing import Outputs, exportable, is_involution, short_names, single_bit_cases
from qnetframe.program.program import Program
from qnetframe_cirq.translate import ChannelGate, gate_of

MAX_MATRIX_QUBITS = 6
_PHASES: tuple[tuple[type[Any], str], ...] = (
    (cirq.Rx, "rx"), (cirq.Ry, "ry"), (cirq.Rz, "rz"),
    (cirq.ZPowGate, "p"), (cirq.XPowGate, "rx"), (cirq.YPowGate, "ry"), (cirq.CZPowGate, "cp"),
)  # fmt: skip
_CONTROLLED = {
    "rx": "crx", "ry": "cry", "rz": "crz", "h": "ch", "x": "cx", "y": "cy", "z": "cz", "swap": "cswap",
}  # fmt: skip
_FIXED = [name for name, gate in GATES.items() if not gate.num_params]


def from_cirq(
    circuit: cirq.AbstractCircuit,
    parties: Parties | None = None,
    across: Across = "refuse",
    name: str = "circuit",
    qubit_order: Sequence[cirq.Qid] | None = None,
) -> Program:
    """Return the Program of a Cirq circuit.

    ``LineQubit(3)`` is named "q[3]", every other qubit as it prints; they come in Cirq's order unless
    ``qubit_order`` lists them. The bits of a key measured on several qubits are "key[0]", "key[1]", … .
    ``parties`` gives each party its qubits; without it all belong to the party "main". A gate between
    parties is a LocalityError, or with ``across="teleport"`` a teleported gate. Unitary gates, channels,
    measurements, resets and classical controls (keys, bit masks, Boolean and comparing sympy expressions)
    are taken; anything else is an UnsupportedError that names it.
    """
    if not isinstance(circuit, cirq.AbstractCircuit):
        raise UnsupportedError(f"from_cirq takes a cirq.Circuit, got {type(circuit).__name__}")
    return _Importer(circuit, parties, across, name, qubit_order).read()


class _Importer:
    def __init__(
        self,
        circuit: cirq.AbstractCircuit,
        parties: Parties | None,
        across: Across,
        name: str,
        qubit_order: Sequence[cirq.Qid] | None,
    ) -> None:
        try:
            self.circuit = cirq.unroll_circuit_op(circuit, deep=True, tags_to_check=None)
        except ValueError as error:
            raise UnsupportedError(f"a CircuitOperation cannot be unrolled: {error}") from None
        found = sorted(self.circuit.all_qubits())
        order = list(found if qubit_order is None else qubit_order)
        if set(found) - set(order) or len(set(order)) != len(order):
            raise InvalidInputError(f"qubit_order is {order}; it must list each of {found} once")
        for qubit in order:
            if qubit.dimension != 2:
                raise UnsupportedError(f"cirq: {qubit} has {qubit.dimension} levels; qubits have 2")
        self.names = {q: _name(q) for q in order}
        if len(set(self.names.values())) != len(order):
            raise InvalidInputError(f"two qubits have the same name: {sorted(self.names.values())}")
        self.assembler = Assembler(list(self.names.values()), parties, across, name=name)
        self.records: dict[str, list[list[Formula]]] = {}

    def read(self) -> Program:
        """Write every operation and return the program."""
        number = 0
        for moment in self.circuit:
            for operation in moment:
                where = f"operation {number} ({operation!s:.60})"
                try:
                    self.operation(operation, TRUE, where)
                except QnetframeError as error:
                    text = str(error)
                    raise type(error)(text if text.startswith("operation") else f"{where}: {text}") from None
                number += 1
        outputs: dict[str, Formula] = {}
        for key, records in self.records.items():
            bits = records[-1]
            outputs |= dict(zip(_bit_names(key, len(bits)), bits, strict=True))
        return self.assembler.finish(outputs)

    def operation(self, operation: cirq.Operation, when: Formula, where: str) -> None:
        """Write one operation."""
        for condition in operation.classical_controls:
            when = when & self.condition(condition)
        operation = operation.without_classical_controls().untagged
        to, qubits = self.assembler, [self.names[q] for q in operation.qubits]
        if cirq.is_parameterized(operation):
            unbound = ", ".join(sorted(cirq.parameter_names(operation)))
            raise UnsupportedError(f"unbound parameter {unbound}; resolve it first")
        gate = operation.gate
        if isinstance(gate, cirq.MeasurementGate):
            self.measurement(gate, qubits, when, where)
        elif isinstance(gate, cirq.ResetChannel):
            to.reset(qubits[0], when, where)
        elif isinstance(gate, cirq.WaitGate):
            to.idle(qubits, gate.duration.total_picos() * 1e-12, when, where)
        elif cirq.has_unitary(operation):
            self.unitary(operation, qubits, when, where)
        elif isinstance(gate, ChannelGate):
            to.noise(gate.channel, qubits, when, where)
        elif gate is not None and cirq.has_kraus(operation) and not cirq.is_measurement(operation):
            to.noise(Channel(cirq.kraus(operation)), qubits, when, where)
        else:
            raise UnsupportedError(f"cirq's {operation!r:.80} is not supported")

    def unitary(self, operation: cirq.Operation, qubits: list[str], when: Formula, where: str) -> None:
        """Write a unitary by the standard gate that it is up to a phase, or by its matrix."""
        named = _standard(operation.gate)
        if named is not None:
            self.assembler.gate(named[0], named[1], qubits, when, where)
            return
        if len(qubits) > MAX_MATRIX_QUBITS:
            steps = cirq.decompose_once(operation, None)
            if steps is None:
                raise UnsupportedError(
                    f"a gate on {len(qubits)} qubits; at most {MAX_MATRIX_QUBITS} are taken as a matrix"
                )
            for step in steps:
                self.operation(step, when, where)
            return
        self.assembler.unitary(cirq.unitary(operation), qubits, when, where)

    def measurement(self, gate: cirq.MeasurementGate, qubits: list[str], when: Formula, where: str) -> None:
        """Write a measurement: one bit for each qubit."""
        key = str(gate.mkey)
        errors = {places: np.asarray(m) for places, m in gate.confusion_map.items()}
        if any(len(places) > 1 for places in errors):
            raise UnsupportedError("a confusion map over several qubits; give one for each qubit")
        bits = []
        invert = gate.full_invert_mask()
        for i, (qubit, bit) in enumerate(zip(qubits, _bit_names(key, len(qubits)), strict=True)):
            readout = (errors[i,][0, 1], errors[i,][1, 0]) if (i,) in errors else 0.0
            parity = self.assembler.measure(qubit, bit, when, where, readout=readout)
            bits.append(Formula.of(parity ^ int(invert[i])))
        self.records.setdefault(key, []).append(bits)

    # ---- conditions --------------------------------------------------------------------------

    def condition(self, condition: cirq.Condition) -> Formula:
        """Return a classical control as a formula."""
        if isinstance(condition, cirq.KeyCondition):
            return truth(self.value(str(condition.key), condition.index))
        if isinstance(condition, cirq.BitMaskKeyCondition):
            bits = self.value(str(condition.key), condition.index)
            if condition.bitmask is not None:
                mask, zero = condition.bitmask, Formula.of(False)
                bits = tuple(b if mask >> i & 1 else zero for i, b in enumerate(bits))
            same = equal(bits, condition.target_value)
            return same if condition.equal_target else ~same
        if isinstance(condition, cirq.SympyCondition):
            return truth(self.sympy(condition.expr))
        raise UnsupportedError(f"the classical control {condition!s:.80} is not supported")

    def value(self, key: str, index: int = -1) -> tuple[Formula, ...]:
        """Return what a key recorded as a register, lowest bit (last qubit) first."""
        try:
            return tuple(reversed(self.records[key][index]))
        except (KeyError, IndexError):
            raise InvalidInputError(f"the key {key!r} is used before it is measured") from None

    def sympy(self, node: Any) -> Classical:
        """Return the value of a sympy expression in measurement keys."""
        if isinstance(node, sympy.Symbol):
            bits = self.value(str(cirq.MeasurementKey.parse_serialized(node.name)))
            return bits[0] if len(bits) == 1 else bits
        if isinstance(node, sympy.Integer):
            return int(node)
        if node in (sympy.true, sympy.false):
            return bool(node)
        if isinstance(node, (sympy.Eq, sympy.Ne)):
            left, right = self.sympy(node.lhs), self.sympy(node.rhs)
            return equal(left, right) if isinstance(node, sympy.Eq) else ~equal(left, right)
        if isinstance(node, sympy.Mod) and node.args[1] == 2:
            return self.parity(node.args[0])
        if isinstance(node, (sympy.And, sympy.Or, sympy.Xor, sympy.Not, sympy.Mul)):
            terms = [truth(self.sympy(a)) for a in node.args]
            if isinstance(node, sympy.Not):
                return ~terms[0]
            result = terms[0]
            for term in terms[1:]:
                if isinstance(node, (sympy.And, sympy.Mul)):
                    result = result & term
                else:
                    result = result | term if isinstance(node, sympy.Or) else result ^ term
            return result
        raise UnsupportedError(
            f"the condition {node!s:.80} is not supported; keys, &, |, ^, ~, ==, != and Mod(sum, 2) are"
        )

    def parity(self, total: Any) -> Formula:
        """Return the parity of a sum of keys and whole numbers."""
        result = Formula.of(False)
        for term in sympy.Add.make_args(total):
            value = self.sympy(term)
            if isinstance(value, tuple):
                value = value[0]
            result = result ^ (Formula.of(value % 2) if isinstance(value, int) else truth(value))
        return result


def _name(qubit: cirq.Qid) -> str:
    return f"q[{qubit.x}]" if isinstance(qubit, cirq.LineQubit) and qubit.x >= 0 else str(qubit)


def _bit_names(key: str, width: int) -> list[str]:
    return [key] if width == 1 else [f"{key}[{i}]" for i in range(width)]


def _standard(gate: Any) -> tuple[str, tuple[float, ...]] | None:
    """Return the standard gate with its angles that a Cirq gate is, up to a phase; None if it is none."""
    if isinstance(gate, cirq.ControlledGate):
        inner = _standard(gate.sub_gate)
        if inner is not None and gate.num_controls() == 1 and inner[0] in _CONTROLLED:
            candidate = (_CONTROLLED[inner[0]], inner[1])
            if _same(cirq.unitary(gate), gate_matrix(*candidate)):
                return candidate
    for kind, name in _PHASES:
        if type(gate) is kind and not (name in ("p", "cp", "rx", "ry") and _fixed(gate)):
            angle = gate._rads if kind in (cirq.Rx, cirq.Ry, cirq.Rz) else math.pi * float(gate.exponent)
            return name, (float(angle),)
    name = _fixed(gate)
    return None if name is None else (name, ())


def _fixed(gate: Any) -> str | None:
    """Return the standard gate without angles that a Cirq gate is up to a phase."""
    if gate is None or not cirq.has_unitary(gate) or cirq.num_qubits(gate) > 3:
        return None
    matrix = cirq.unitary(gate)
    for name in _FIXED:
        if GATES[name].num_qubits == cirq.num_qubits(gate) and _same(matrix, gate_matrix(name)):
            return name
    return None


def _same(a: Any, b: Any) -> bool:
    overlap = np.vdot(b, a) / len(a)
    return bool(abs(overlap) > 0.5 and np.abs(a - overlap * b).max() < 1e-13)


# ---- out -------------------------------------------------------------------------------------


def to_cirq(source: Program | Circuit, outputs: Outputs = "refuse") -> cirq.Circuit:
    """Return a Program or Circuit as a Cirq circuit, with conditions as classical controls.

    A qubit "q[3]" becomes ``LineQubit(3)``, any other a NamedQubit; keys are the ids of the bits. Links are
    ideal for a Program. Channels keep their Kraus operators and readout errors become confusion maps. A
    parity becomes controls on single keys: gates that undo themselves act once for each bit, others once
    for each assignment of the bits. Declared outputs, ``save``, ``expect``, detectors and observables have
    no counterpart: they are refused, or left out with ``outputs="drop"``. Raises UnsupportedError naming
    everything that cannot be expressed.
    """
    circuit = exportable(source, "cirq", outputs, carries=("noise", "readout"))
    names = short_names(source)
    qubits = {q: _qubit(names[q]) for q in circuit.qubits}
    keys = _keys(circuit.bits)
    result = [o for operation in circuit.operations for o in _operations(operation, qubits, keys)]
    return cirq.Circuit(result, strategy=cirq.InsertStrategy.EARLIEST)


def _qubit(name: str) -> cirq.Qid:
    match = re.fullmatch(r"q\[(0|[1-9][0-9]{0,8})\]", name)
    return cirq.LineQubit(int(match[1])) if match else cirq.NamedQubit(name)


def _keys(bits: Sequence[str]) -> dict[str, cirq.MeasurementKey]:
    """Return a measurement key for each bit; ':' means something to Cirq."""
    keys: dict[str, cirq.MeasurementKey] = {}
    taken: set[str] = set()
    for bit in bits:
        name = bit.replace(":", "_")
        while name in taken:
            name += "_"
        taken.add(name)
        keys[bit] = cirq.MeasurementKey(name)
    return keys


def _operations(
    operation: Operation, qubits: Mapping[str, cirq.Qid], keys: Mapping[str, cirq.MeasurementKey]
) -> list[cirq.Operation]:
    if isinstance(operation, Measure):
        low, high = operation.readout
        errors = {(0,): np.array([[1 - low, low], [high, 1 - high]])} if low or high else None
        gate = cirq.MeasurementGate(1, keys[operation.bit], confusion_map=errors)
        return [gate(qubits[operation.qubit])]
    if isinstance(operation, Reset):
        return [cirq.ResetChannel()(qubits[operation.qubit])]
    assert isinstance(operation, (Gate, Unitary, Noise)), operation.kind
    plain = _gate(operation)(*(qubits[q] for q in operation.qubits))
    if isinstance(operation, Noise) or operation.when is None:
        return [plain]
    cases = single_bit_cases(operation.when, is_involution(operation))
    controls = [[_control(keys[bit], value) for bit, value in case] for case in cases]
    return [plain.with_classical_controls(*c) if c else plain for c in controls]


def _control(key: cirq.MeasurementKey, value: int) -> cirq.Condition:
    if value:
        return cirq.KeyCondition(key)
    return cirq.BitMaskKeyCondition(key, target_value=0, equal_target=True)


def _gate(operation: Gate | Unitary | Noise) -> cirq.Gate:
    if isinstance(operation, Gate) and operation.params:
        name, (angle, *_) = operation.name, operation.params
        if name in ("rx", "ry", "rz"):
            return {"rx": cirq.Rx, "ry": cirq.Ry, "rz": cirq.Rz}[name](rads=angle)
        if name in ("crx", "cry", "crz"):
            return cirq.ControlledGate({"crx": cirq.Rx, "cry": cirq.Ry, "crz": cirq.Rz}[name](rads=angle))
        if name in ("p", "u1"):
            return cirq.ZPowGate(exponent=angle / math.pi)
        if name == "cp":
            return cirq.CZPowGate(exponent=angle / math.pi)
    if isinstance(operation, Gate) and operation.name in ("sdg", "tdg", "sx", "ch", "cy"):
        return {
            "sdg": cirq.S**-1, "tdg": cirq.T**-1, "sx": cirq.X**0.5,
            "ch": cirq.ControlledGate(cirq.H), "cy": cirq.ControlledGate(cirq.Y),
        }[operation.name]  # fmt: skip
    return gate_of(operation)
