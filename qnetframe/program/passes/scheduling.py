"""Order operations so that few qubits are alive at once, and drop what nothing wants."""

from __future__ import annotations

from dataclasses import dataclass

from qnetframe.program.circuit import Circuit
from qnetframe.program.memory import remembered
from qnetframe.program.operations import (
    Coin,
    Detector,
    Expect,
    Observable,
    Operation,
    Prepare,
    Require,
    Reset,
    Save,
    condition_of,
    moved,
    qubits_of,
    recorded_bit,
)
from qnetframe.values import parities_of


def remove_dead(circuit: Circuit) -> Circuit:
    """Drop every operation that no output, condition or saved qubit depends on, and qubits without any left.

    Detectors and observables are annotations and are dropped as well.
    """
    return _only(circuit, _living(circuit))


def _only(circuit: Circuit, kept: list[int]) -> Circuit:
    """Return the circuit with some of its operations, and the qubits that these act on."""
    operations = tuple(circuit.operations[i] for i in kept)
    used = {q for operation in operations for q in qubits_of(operation)}
    return Circuit(tuple(q for q in circuit.qubits if q in used), operations, circuit.outputs)


def _living(circuit: Circuit) -> list[int]:
    """Return the indices of the operations that something wanted depends on."""
    wanted_bits = {b for o in circuit.outputs for b in o.parity.bits}
    wanted_qubits = set(circuit.saved)
    kept: list[int] = []
    for i, operation in reversed(list(enumerate(circuit.operations))):
        if isinstance(operation, (Detector, Observable)):
            continue
        qubits, bit = qubits_of(operation), recorded_bit(operation)
        alive = (
            isinstance(operation, (Save, Expect, Require))
            or bit in wanted_bits
            or any(q in wanted_qubits for q in qubits)
        )
        if not alive:
            continue
        kept.append(i)
        wanted_qubits.update(qubits)
        if isinstance(operation, (Reset, Prepare)):
            wanted_qubits.difference_update(qubits)
        needed = condition_of(operation)
        if needed is not None:
            wanted_bits.update(b for p in parities_of(needed) for b in p.bits)
    return kept[::-1]


def rename(operation: Operation, names: dict[str, str]) -> Operation:
    """Return an operation with its qubits renamed."""
    return moved(operation, [names[q] for q in qubits_of(operation)])


def split_lifetimes(circuit: Circuit) -> Circuit:
    """Give a qubit a new name at every reset or preparation, where its past ends; resets disappear."""
    names = {q: q for q in circuit.qubits}
    touched: set[str] = set()
    lives: dict[str, list[str]] = {q: [q] for q in circuit.qubits}
    operations: list[Operation] = []
    for operation in circuit.operations:
        if isinstance(operation, (Reset, Prepare)):
            for qubit in qubits_of(operation):
                if names[qubit] in touched:
                    names[qubit] = f"{qubit}#{len(lives[qubit])}"
                    lives[qubit].append(names[qubit])
            if isinstance(operation, Reset):
                continue
        renamed = rename(operation, names)
        touched.update(qubits_of(renamed))
        operations.append(renamed)
    qubits = tuple(life for q in circuit.qubits for life in lives[q] if life in touched)
    return Circuit(qubits, tuple(operations), circuit.outputs)


@dataclass(frozen=True)
class Scheduled:
    """A scheduled circuit, and for each of its operations the index of what it was before."""

    circuit: Circuit
    sources: tuple[int, ...]


def schedule(circuit: Circuit) -> Circuit:
    """Reorder operations, within their dependencies, so that few qubits are alive at once.

    An operation that needs no new qubit is done first; else the live qubit whose next operation asks for
    the fewest new qubits pulls in what that operation waits for. Saves, expects and requires keep their
    meaning; the outcome distribution does not change.
    """
    return scheduled(circuit).circuit


@remembered
def scheduled(circuit: Circuit) -> Scheduled:
    """Return the circuit of ``schedule``, which does not depend on angles, channels and other values."""
    living = _living(circuit)
    alive = _only(circuit, living)
    split = split_lifetimes(alive)
    origin = [i for i in living if not isinstance(circuit.operations[i], Reset)]
    body = [i for i, o in enumerate(split.operations) if not isinstance(o, (Save, Expect))]
    tail = [i for i, o in enumerate(split.operations) if isinstance(o, (Save, Expect))]
    order = _Ordering([split.operations[i] for i in body], set(split.saved)).run()
    order = [body[i] for i in order] + tail
    return Scheduled(split.replace(split.operations[i] for i in order), tuple(origin[i] for i in order))


class _Ordering:
    """The state of the list scheduler: what each operation waits for, and which qubits are alive."""

    def __init__(self, operations: list[Operation], saved: set[str]) -> None:
        self.operations, self.saved = operations, saved
        self.parents: list[list[int]] = []
        self.children: list[list[int]] = [[] for _ in operations]
        self.next_on: dict[str, list[int]] = {}
        maker: dict[str, int] = {}
        for i, operation in enumerate(operations):
            before = [self.next_on[q][-1] for q in qubits_of(operation) if q in self.next_on]
            needed = condition_of(operation)
            if needed is not None:
                before += [maker[b] for p in parities_of(needed) for b in p.bits]
            self.parents.append(sorted(set(before)))
            for parent in self.parents[-1]:
                self.children[parent].append(i)
            for qubit in qubits_of(operation):
                self.next_on.setdefault(qubit, []).append(i)
            bit = recorded_bit(operation)
            if bit is not None:
                maker[bit] = i
        self.waiting = [len(p) for p in self.parents]
        self.position = dict.fromkeys(self.next_on, 0)
        self.alive: dict[str, None] = {}
        self.done = [False] * len(operations)
        self.order: list[int] = []
        self.ready: list[int] = []

    def run(self) -> list[int]:
        start = 0
        self.ready = [i for i, w in enumerate(self.waiting) if not w and self._free(i)]
        while len(self.order) < len(self.operations):
            self._drain()
            best = self._cheapest()
            if best is None:
                while start < len(self.done) and self.done[start]:
                    start += 1
                if start == len(self.done):
                    break
                best = self._pending(start)
            for i in best:
                if not self.done[i]:
                    self._emit(i)
                    # Measurements on the way are nobody's ancestors, yet they end lives.
                    self._drain()
        return self.order

    def _drain(self) -> None:
        while self.ready:
            self._emit(self.ready.pop())

    def _free(self, i: int) -> bool:
        """Whether operation i needs no new qubit; a coin waits until something asks for it."""
        if isinstance(self.operations[i], Coin):
            return False
        return all(q in self.alive for q in qubits_of(self.operations[i]))

    def _emit(self, i: int) -> None:
        if self.done[i]:
            return
        self.done[i] = True
        self.order.append(i)
        for qubit in qubits_of(self.operations[i]):
            self.position[qubit] += 1
            if self.position[qubit] == len(self.next_on[qubit]):
                self.alive.pop(qubit, None)
            else:
                self.alive[qubit] = None
        touched = [
            self.next_on[q][self.position[q]] for q in qubits_of(self.operations[i]) if q in self.alive
        ]
        for child in self.children[i]:
            self.waiting[child] -= 1
        for j in dict.fromkeys(touched + self.children[i]):
            if not self.waiting[j] and not self.done[j] and self._free(j):
                self.ready.append(j)

    def _pending(self, i: int) -> list[int]:
        """The operations still to do before and with operation i, in program order."""
        found = self._pending_within(i, len(self.next_on))
        assert found is not None
        return found[1]

    def _pending_within(self, i: int, limit: int) -> tuple[int, list[int]] | None:
        """The number of new qubits and the operations that i waits for; None above ``limit`` qubits."""
        new: set[str] = set()
        found, stack = {i}, [i]
        while stack:
            j = stack.pop()
            new.update(q for q in qubits_of(self.operations[j]) if q not in self.alive)
            if len(new) > limit:
                return None
            for parent in self.parents[j]:
                if not self.done[parent] and parent not in found:
                    found.add(parent)
                    stack.append(parent)
        return len(new), sorted(found)

    def _cheapest(self) -> list[int] | None:
        """What the live qubit waits for whose next operation asks for the fewest new qubits.

        One new qubit is as good as it gets (what needs none is done already, but for coins), so that the
        search ends there and stays linear in practice.
        """
        best: list[int] | None = None
        limit = len(self.next_on)
        for target in sorted({self.next_on[q][self.position[q]] for q in self.alive}):
            found = self._pending_within(target, limit)
            if found is not None:
                limit, best = found[0] - 1, found[1]
                if limit <= 0:
                    break
        return best
