"""Stim circuits to Programs and back: ``from_stim`` and ``to_stim``."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Any

import stim

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, QnetframeError, UnsupportedError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.formulas import TRUE, Formula
from qnetframe.program.incoming import Across, Assembler, Parties
from qnetframe.program.operations import Expect, Require, Save
from qnetframe.program.outgoing import Outputs
from qnetframe.program.program import Program
from qnetframe.values import Parity
from qnetframe_stim import CAPABILITIES
from qnetframe_stim.translation import GATES, with_detectors

MAX_INSTRUCTIONS = 200_000
_NAMES = {**{stim_name: name for name, stim_name in GATES.items()}, "I": "id"}
_FEEDBACK = {"CX": "x", "CY": "y", "CZ": "z", "XCZ": "x", "YCZ": "y"}
_MEASURE = {"M": "z", "MX": "x", "MY": "y", "MR": "z", "MRX": "x", "MRY": "y"}
_RESET = {"R": "z", "RX": "x", "RY": "y", "MR": "z", "MRX": "x", "MRY": "y"}
_AFTER_RESET = {"z": (), "x": ("h",), "y": ("h", "s")}
_IGNORED = ("TICK", "QUBIT_COORDS", "SHIFT_COORDS", "I_ERROR", "II_ERROR")
_LETTERS = ["".join(p) for p in product("IXYZ", repeat=2)]


def from_stim(
    circuit: stim.Circuit, parties: Parties | None = None, across: Across = "refuse", name: str = "circuit"
) -> Program:
    """Return the Program of a Stim circuit, with its noise, detectors and observables.

    Qubit 3 is named "q[3]", and all below the highest exist; measurement results are the bits in order.
    ``parties`` gives each party its qubits ("q" is all of them); without it all belong to the party "main".
    A gate between parties is a LocalityError, or with ``across="teleport"`` a teleported gate. REPEAT is
    unrolled. Products of Paulis (MPP, MXX, SPP), heralded Pauli channels, sweep bits and observables of
    qubits are an UnsupportedError that names them.
    """
    if not isinstance(circuit, stim.Circuit):
        raise UnsupportedError(f"from_stim takes a stim.Circuit, got {type(circuit).__name__}")
    size = _unrolled(circuit)
    if size > MAX_INSTRUCTIONS:
        raise UnsupportedError(f"the circuit has {size} instructions; at most {MAX_INSTRUCTIONS} are read")
    return _Importer(circuit, parties, across, name).read()


def _unrolled(circuit: stim.Circuit) -> int:
    return sum(
        i.repeat_count * _unrolled(i.body_copy()) if isinstance(i, stim.CircuitRepeatBlock) else 1
        for i in circuit
    )


class _Importer:
    def __init__(self, circuit: stim.Circuit, parties: Parties | None, across: Across, name: str) -> None:
        self.circuit = circuit
        qubits = [f"q[{i}]" for i in range(circuit.num_qubits)]
        self.assembler = Assembler(qubits, parties, across, {"q": qubits}, name)
        self.records: list[Parity] = []
        self.observables: dict[int, Parity] = {}
        # A chain of CORRELATED_ERROR and ELSE_CORRELATED_ERROR: exclusive products and their probabilities.
        self.chain: list[tuple[dict[int, str], float]] = []
        self.left = 1.0

    def read(self) -> Program:
        """Write every instruction and return the program."""
        for number, item in enumerate(self.circuit.flattened()):
            where = f"instruction {number} ({item!s:.60})"
            try:
                self.instruction(item, where)
            except QnetframeError as error:
                text = str(error)
                raise type(error)(text if text.startswith("instruction") else f"{where}: {text}") from None
        self.end_chain()
        for index, parity in sorted(self.observables.items()):
            self.assembler.program.observable(index, parity)
        return self.assembler.finish({p.bits[0]: Formula.of(p) for p in self.records})

    def instruction(self, item: stim.CircuitInstruction, where: str) -> None:
        """Write one instruction."""
        name, arguments = item.name, item.gate_args_copy()
        if name != "ELSE_CORRELATED_ERROR":
            self.end_chain()
        if name in _IGNORED:
            return
        if name in ("E", "ELSE_CORRELATED_ERROR"):
            product_of = {t.value: t.pauli_type for t in item.targets_copy()}
            self.chain.append((product_of, self.left * arguments[0]))
            self.left *= 1 - arguments[0]
        elif name in _MEASURE or name in _RESET:
            for (target,) in item.target_groups():
                self.measure_or_reset(name, target, arguments, where)
        elif name == "DETECTOR":
            self.assembler.program.detector(self.parity(item.targets_copy()), arguments)
        elif name == "OBSERVABLE_INCLUDE":
            index = int(arguments[0])
            found = self.parity(item.targets_copy())
            self.observables[index] = self.observables.get(index, Parity()) ^ found
        elif name == "MPAD":
            for target in item.targets_copy():
                flip = arguments[0] if arguments else 0.0
                bit = self.assembler.program.coin(1 - flip if target.value else flip)
                self.records.append(Parity.of(bit))
        elif name == "HERALDED_ERASE":
            for (target,) in item.target_groups():
                self.records.append(self.assembler.erase(_qubit(target), arguments[0], where))
        elif name in _NOISE:
            for group in item.target_groups():
                channel = _channel(name, tuple(arguments), len(group))
                self.assembler.noise(channel, [_qubit(t) for t in group], TRUE, where)
        elif stim.gate_data(name).is_unitary and not name.startswith("SPP"):
            for group in item.target_groups():
                self.gate(name, group, where)
        else:
            raise UnsupportedError(f"stim's {name} is not supported")

    def gate(self, name: str, group: list[stim.GateTarget], where: str) -> None:
        """Write a Clifford gate on one group of targets, or a Pauli that a measurement controls."""
        bits = [t for t in group if t.is_measurement_record_target]
        if bits:
            target = next((t for t in group if t.is_qubit_target), None)
            if name not in _FEEDBACK or target is None or (name in ("XCZ", "YCZ") and group[0] in bits):
                raise UnsupportedError(f"stim's {name} with a measurement record is not supported")
            condition = Formula.of(self.parity(bits))
            self.assembler.gate(_FEEDBACK[name], (), [_qubit(target)], condition, where)
            return
        for step, places in _steps(name):
            self.assembler.gate(step, (), [_qubit(group[i]) for i in places], TRUE, where)

    def measure_or_reset(
        self, name: str, target: stim.GateTarget, arguments: list[float], where: str
    ) -> None:
        """Write a measurement, a reset, or a measurement followed by a reset."""
        qubit, to = _qubit(target), self.assembler
        if name in _MEASURE:
            flip = arguments[0] if arguments else 0.0
            bit = f"m{len(self.records)}"
            parity = to.measure(qubit, bit, TRUE, where, _MEASURE[name], flip)
            self.records.append(parity ^ int(target.is_inverted_result_target))
        if name in _RESET:
            to.reset(qubit, TRUE, where)
            for gate in _AFTER_RESET[_RESET[name]]:
                to.gate(gate, (), [qubit], TRUE, where)

    def parity(self, targets: list[stim.GateTarget]) -> Parity:
        """Return the parity of measurement records."""
        result = Parity()
        for target in targets:
            if not target.is_measurement_record_target:
                raise UnsupportedError(f"the target {target!s} is not supported; measurement records are")
            if -target.value > len(self.records):
                raise InvalidInputError(f"{target!s} is before the first of {len(self.records)} measurements")
            result = result ^ self.records[target.value]
        return result

    def end_chain(self) -> None:
        """Write the exclusive errors that are waiting as one Pauli channel."""
        chain, self.chain, left, self.left = self.chain, [], self.left, 1.0
        if not chain:
            return
        qubits = sorted({q for paulis, _ in chain for q in paulis})
        weights = {"I" * len(qubits): left}
        for paulis, probability in chain:
            label = "".join(paulis.get(q, "I") for q in qubits)
            weights[label] = weights.get(label, 0.0) + probability
        names = [f"q[{q}]" for q in qubits]
        self.assembler.noise(Channel.from_pauli(weights), names, TRUE, "a correlated error")


def _qubit(target: stim.GateTarget) -> str:
    if not target.is_qubit_target:
        raise UnsupportedError(f"the target {target!s} is not supported; qubits are")
    return f"q[{target.value}]"


@lru_cache(maxsize=128)
def _steps(name: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return a Clifford gate as standard gates on numbered qubits, up to a phase."""
    if name in _NAMES:
        width = 2 if stim.gate_data(name).is_two_qubit_gate else 1
        return ((_NAMES[name], tuple(range(width))),)
    if name == "II":
        return (("id", (0,)), ("id", (1,)))
    steps = []
    for item in stim.Tableau.from_named_gate(name).to_circuit():
        for group in item.target_groups():
            steps.append((_NAMES[item.name], tuple(t.value for t in group)))
    return tuple(steps)


def _uniform(labels: list[str], p: float) -> dict[str, float]:
    return dict.fromkeys(labels, p / len(labels))


_NOISE: dict[str, Callable[..., dict[str, float]]] = {
    "X_ERROR": lambda p: {"X": p},
    "Y_ERROR": lambda p: {"Y": p},
    "Z_ERROR": lambda p: {"Z": p},
    "DEPOLARIZE1": lambda p: _uniform(["X", "Y", "Z"], p),
    "DEPOLARIZE2": lambda p: _uniform(_LETTERS[1:], p),
    "PAULI_CHANNEL_1": lambda *p: dict(zip("XYZ", p, strict=True)),
    "PAULI_CHANNEL_2": lambda *p: dict(zip(_LETTERS[1:], p, strict=True)),
}


@lru_cache(maxsize=256)
def _channel(name: str, arguments: tuple[float, ...], width: int) -> Channel:
    weights = _NOISE[name](*arguments)
    return Channel.from_pauli({"I" * width: 1 - sum(weights.values()), **weights})


def to_stim(source: Program | Circuit, outputs: Outputs = "refuse") -> stim.Circuit:
    """Return a Program or Circuit as a Stim circuit, with its noise, detectors and observables.

    Qubits are numbered in order; every recorded bit is one measurement result. Links are ideal for a
    Program. Detectors of inverted parities lose the inversion, which Stim has no place for. Declared
    outputs, ``save`` and ``expect`` are refused, or left out with ``outputs="drop"``. Raises
    UnsupportedError naming everything else that Stim cannot express.
    """
    if outputs not in ("refuse", "drop"):
        raise InvalidInputError(f"outputs is {outputs!r}; it must be 'refuse' or 'drop'")
    if not isinstance(source, (Program, Circuit)):
        raise InvalidInputError(f"stim takes a Program or a Circuit, got {source!r:.60}")
    circuit = source.circuit() if isinstance(source, Program) else source
    reasons: list[Any] = list(CAPABILITIES.misses(circuit))
    for operation in circuit.operations:
        if isinstance(operation, Require):
            reasons.append(f"require({operation.condition})")
        elif isinstance(operation, (Save, Expect)) and outputs == "refuse":
            reasons.append(f"{operation.kind} {operation.label!r}")
    default = tuple(Output(b, Parity((b,))) for b in circuit.bits)
    if circuit.outputs != default and outputs == "refuse":
        reasons.append(f"the declared outputs ({', '.join(o.label for o in circuit.outputs) or 'none'})")
    if reasons:
        raise UnsupportedError(f"stim cannot express {'; '.join(map(str, reasons))}")
    kept = [o for o in circuit.operations if not isinstance(o, (Save, Expect))]
    return _with_depolarizing(with_detectors(Circuit(circuit.qubits, tuple(kept))))


def _with_depolarizing(circuit: stim.Circuit) -> stim.Circuit:
    """Write uniform Pauli channels as DEPOLARIZE, which detector error models take without approximation."""
    result = stim.Circuit()
    for item in circuit:
        arguments = item.gate_args_copy()
        if item.name.startswith("PAULI_CHANNEL") and max(arguments) - min(arguments) < 1e-12:
            total = min(sum(arguments), 1.0)
            result.append(f"DEPOLARIZE{item.name[-1]}", item.targets_copy(), total)
        else:
            result.append(item)
    return result
