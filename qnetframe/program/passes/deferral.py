"""Deferred measurement: feed-forward becomes controlled gates, bits become reused ancilla wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from qnetframe.channels import Channel
from qnetframe.channels.named import bit_flip, readout_error
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.gates import gate_matrix
from qnetframe.program.memory import remembered
from qnetframe.program.operations import (
    Coin,
    Erase,
    Expect,
    Gate,
    Measure,
    Noise,
    Operation,
    Require,
    Reset,
    Save,
    Unitary,
    freeze,
    moved,
    qubits_of,
    thaw,
)
from qnetframe.program.passes.liveness import LiveParities, last_uses
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.scheduling import rename, scheduled
from qnetframe.values import AllOf, ComplexArray, Condition, Parity, parities_of

BASIS_CHANGE = {"z": (), "x": ("h",), "y": ("sdg", "h")}
BASIS_RETURN = {"z": (), "x": ("h",), "y": ("h", "s")}
_CONTROLLED = {
    "x": "cx", "y": "cy", "z": "cz", "h": "ch", "p": "cp", "u1": "cp", "rx": "crx", "ry": "cry", "rz": "crz",
    "cx": "ccx", "swap": "cswap",
}  # fmt: skip
_DEPHASE = Channel.from_pauli({"Z": 0.5})


Recipe = Callable[[Any], Operation]


@dataclass(frozen=True)
class Deferral:
    """A deferred circuit before its preparations are lowered, and where its values come from.

    ``recipes`` holds, for an operation by its index, the index of an operation of the scheduled circuit and
    what was made of it. The other operations hold no value of the circuit.
    """

    circuit: Circuit
    recipes: dict[int, tuple[int, Recipe]] = field(repr=False)

    def rebound(self, operations: tuple[Operation, ...]) -> Deferral:
        """Return the deferral of a scheduled circuit of the same shape, given its operations."""
        found = list(self.circuit.operations)
        for i, (source, recipe) in self.recipes.items():
            found[i] = recipe(operations[source])
        return Deferral(self.circuit.replace(found), self.recipes)


@remembered
def deferred(circuit: Circuit) -> Circuit:
    """Return an equivalent circuit on reused wires with every measurement at the end.

    What it holds, in this order: gates, unitaries, noise and resets without conditions; one measurement
    for each bit of classical memory that the outputs need; at most one ``require``; the saves. Branches
    have the same outputs, probabilities and states as those of ``circuit``.
    """
    return lower_preparations(deferral(circuit).circuit)


@remembered
def deferral(circuit: Circuit) -> Deferral:
    """Return the deferred circuit, and how its operations follow from those of the scheduled one."""
    translation = _Deferral(scheduled(circuit).circuit)
    return Deferral(translation.run(), translation.recipes)


def split_terminal(circuit: Circuit) -> tuple[tuple[Operation, ...], tuple[Measure, ...]]:
    """Return the operations before the measurements, and the measurements, of a deferred circuit."""
    body = tuple(o for o in circuit.operations if not isinstance(o, (Measure, Require, Save, Expect)))
    return body, tuple(o for o in circuit.operations if isinstance(o, Measure))


class _Deferral:
    """The translation state: which wire holds which qubit or classical slot.

    The state must never depend on a value (angle, matrix, channel, probability): values go through ``_add``.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.live = LiveParities(circuit)
        self.wires: dict[str, str] = {}
        self.slots: dict[int, str] = {}
        self.accept: str | None = None
        self.free: list[str] = []
        self.count = 0
        self.operations: list[Operation] = []
        self.recipes: dict[int, tuple[int, Recipe]] = {}
        self.step = 0

    def run(self) -> Circuit:
        last = last_uses(qubits_of(o) for o in self.circuit.operations)
        saved = set(self.circuit.saved)
        for i, operation in enumerate(self.circuit.operations):
            if isinstance(operation, (Save, Expect)):
                continue
            for qubit in qubits_of(operation):
                if qubit not in self.wires:
                    self.wires[qubit] = self._wire()
            self.step = i
            dying = [q for q in qubits_of(operation) if last[q] == i and q not in saved]
            self._translate(operation, bool(dying))
            for qubit in dying:
                wire = self.wires.pop(qubit)
                if wire not in self.slots.values():
                    self._release(wire)
        return self._finish()

    # ---- wires -------------------------------------------------------------------------------

    def _wire(self) -> str:
        if self.free:
            return self.free.pop()
        self.count += 1
        return f"w{self.count - 1}"

    def _release(self, wire: str) -> None:
        self.operations.append(Reset(wire))
        self.free.append(wire)

    def _gates(self, names: Iterable[str], *wires: str) -> None:
        self.operations += [Gate(name, wires) for name in names]

    def _add(self, operation: Operation, recipe: Recipe) -> None:
        """Append what a recipe makes of the operation at hand; the recipe must not hold on to the state."""
        self.recipes[len(self.operations)] = self.step, recipe
        self.operations.append(recipe(operation))

    # ---- operations --------------------------------------------------------------------------

    def _translate(self, operation: Operation, dying: bool) -> None:
        if isinstance(operation, Measure):
            self._measure(operation, dying)
        elif isinstance(operation, Coin):
            self._coin(operation)
        elif isinstance(operation, Erase):
            self._erase(operation)
        elif isinstance(operation, Require):
            self._require(operation.condition)
        elif isinstance(operation, (Gate, Unitary)) and operation.when is not None:
            self._conditional(operation, operation.when)
        else:
            wires = [self.wires[q] for q in qubits_of(operation)]
            self._add(operation, lambda o: moved(o, wires))

    def _measure(self, operation: Measure, dying: bool) -> None:
        wire = self.wires[operation.qubit]
        self._gates(BASIS_CHANGE[operation.basis], wire)
        slot = self.live.record(operation.bit)
        if slot is None:
            if not dying:
                self.operations.append(Noise((wire,), _DEPHASE))
        else:
            memory = wire
            if not dying:
                memory = self._wire()
                self._gates(("cx",), wire, memory)
            if any(operation.readout):
                self._add(operation, lambda o: Noise((memory,), _confusion(*o.readout)))
            self.slots[slot] = memory
        if not dying:
            self._gates(BASIS_RETURN[operation.basis], wire)
        self._compress()

    def _coin(self, operation: Coin) -> None:
        slot = self.live.record(operation.bit)
        if slot is None:
            return
        wire = self.slots[slot] = self._wire()
        self._add(operation, lambda o: Noise((wire,), _confusion(o.probability, o.probability)))
        self._compress()

    def _erase(self, operation: Erase) -> None:
        wire = self.wires[operation.qubit]
        if not self.live.wanted(operation.bit):
            self._add(operation, lambda o: Noise((wire,), _mixing("", o.probability)))
            return
        slot = self.live.record(operation.bit)
        assert slot is not None
        memory = self.slots[slot] = self._wire()
        # The memory starts in |0>, so flag and mixing are one Pauli channel, which any engine can take.
        self._add(operation, lambda o: Noise((memory, wire), _mixing("X", o.probability)))
        self._compress()

    def _require(self, condition: Condition) -> None:
        """Fold a condition into one wire that says whether everything required so far holds.

        A permutation flips a fresh wire where all holds; the old wire is reset. (A channel on the memory
        would need a number of Kraus operators that doubles with every slot.)
        """
        slots, table = self._truth_table(condition)
        before = () if self.accept is None else (self.accept,)
        accept = self._wire()
        # With the old flag first, its value 0 is the upper half of the table, where nothing holds.
        holding = [False] * (len(table) * len(before)) + table
        matrix = np.eye(2 * len(holding))
        for row, holds in enumerate(holding):
            if holds:
                matrix[2 * row : 2 * row + 2, 2 * row : 2 * row + 2] = [[0, 1], [1, 0]]
        wires = (*before, *(self.slots[s] for s in slots), accept)
        self.operations.append(Unitary(wires, freeze(matrix)))
        if self.accept is not None:
            self._release(self.accept)
        self.accept = accept
        self.live.use(condition)
        self._compress()

    def _truth_table(self, condition: Condition) -> tuple[list[int], list[bool]]:
        """Return the slots that a condition depends on, and its truth for each of their values."""
        parities = parities_of(condition)
        groups = [(self.live.slots_of(p), p.constant) for p in parities]
        slots = sorted({s for group, _ in groups for s in group})
        table = []
        for row in range(1 << len(slots)):
            value = {s: row >> (len(slots) - 1 - i) & 1 for i, s in enumerate(slots)}
            truths = [bool((sum(value[s] for s in group) + constant) & 1) for group, constant in groups]
            table.append(any(truths) if not isinstance(condition, (AllOf, Parity)) else all(truths))
        return slots, table

    def _conditional(self, operation: Gate | Unitary, condition: Condition) -> None:
        target = tuple(self.wires[q] for q in operation.qubits)
        if isinstance(condition, Parity):
            self._controlled_by_parity(operation, condition, target)
        else:
            self._controlled_by_table(operation, condition, target)
        self.live.use(condition)
        self._compress()

    def _controlled_by_parity(
        self, operation: Gate | Unitary, parity: Parity, target: tuple[str, ...]
    ) -> None:
        memory = [self.slots[s] for s in self.live.slots_of(parity)]
        if isinstance(operation, Gate) and operation.name in ("x", "y", "z"):
            for wire in memory:
                self._gates((f"c{operation.name}",), wire, *target)
            if parity.constant:
                self._gates((operation.name,), *target)
            return
        if isinstance(operation, Gate) and operation.name == "id":
            return
        if not memory:
            if parity.constant:
                self._add(operation, lambda o: moved(_bare(o), target))
            return
        control, others = memory[0], memory[1:]
        around: list[Operation] = [Gate("cx", (wire, control)) for wire in others]
        if parity.constant:
            around.append(Gate("x", (control,)))
        self.operations += around
        self._add(operation, lambda o: _controlled(o, control, target))
        self.operations += reversed(around)

    def _controlled_by_table(
        self, operation: Gate | Unitary, condition: Condition, target: tuple[str, ...]
    ) -> None:
        slots, table = self._truth_table(condition)
        wires = (*(self.slots[s] for s in slots), *target)
        self._add(operation, lambda o: _multiplexed(o, table, wires))

    def _compress(self) -> None:
        xors, dropped = self.live.compress()
        for goal, source in xors:
            self._gates(("cx",), self.slots[source], self.slots[goal])
        for slot in dropped:
            wire = self.slots.pop(slot)
            if wire not in self.wires.values():
                self._release(wire)

    # ---- the end -----------------------------------------------------------------------------

    def _finish(self) -> Circuit:
        keep = self.circuit.saved
        for qubit in keep:
            if qubit not in self.wires:
                self.wires[qubit] = self._wire()
        ends: list[Operation] = [Measure(self.slots[s], f"k{s}") for s in self.live.slots]
        if self.accept is not None:
            ends += [Measure(self.accept, "accept"), Require(Parity(("accept",)))]
        ends += [rename(o, self.wires) for o in self.circuit.operations if isinstance(o, (Save, Expect))]
        outputs = tuple(
            Output(o.label, Parity(tuple(f"k{s}" for s in self.live.slots_of(o.parity)), o.parity.constant))
            for o in self.circuit.outputs
        )
        first = [self.wires[q] for q in keep]
        rest = [w for w in (f"w{i}" for i in range(self.count)) if w not in first]
        return Circuit((*first, *rest), (*self.operations, *ends), outputs)


@lru_cache(maxsize=1024)
def _confusion(flip: float, back: float) -> Channel:
    return bit_flip(flip) if flip == back else readout_error(flip, back)


def _mixing(flag: str, probability: float) -> Channel:
    """Return the full mixing of a qubit with some probability, flagged by a Pauli on a qubit before it."""
    return Channel.from_pauli({flag + e: probability / 4 for e in ("IXYZ" if flag else "XYZ")})


def _bare(operation: Gate | Unitary) -> Gate | Unitary:
    if isinstance(operation, Gate):
        return Gate(operation.name, operation.qubits, operation.params)
    return Unitary(operation.qubits, operation.matrix)


def _matrix(operation: Gate | Unitary) -> ComplexArray:
    return (
        gate_matrix(operation.name, operation.params)
        if isinstance(operation, Gate)
        else thaw(operation.matrix)
    )


def _controlled(operation: Gate | Unitary, control: str, target: tuple[str, ...]) -> Operation:
    if isinstance(operation, Gate) and operation.name in _CONTROLLED:
        return Gate(_CONTROLLED[operation.name], (control, *target), operation.params)
    block = _matrix(operation)
    matrix = np.eye(2 * len(block), dtype=complex)
    matrix[len(block) :, len(block) :] = block
    return Unitary((control, *target), freeze(matrix))


def _multiplexed(operation: Gate | Unitary, table: list[bool], wires: tuple[str, ...]) -> Operation:
    """Return an operation on the last wires where the table of the values of those before it says so."""
    block = _matrix(operation)
    size = len(block)
    matrix = np.eye(len(table) * size, dtype=complex)
    for row, holds in enumerate(table):
        if holds:
            matrix[row * size : (row + 1) * size, row * size : (row + 1) * size] = block
    return Unitary(wires, freeze(matrix))
