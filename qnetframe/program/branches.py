"""Exact branches: out of the final density matrix of a deferred circuit, or by cutting at measurements."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import (
    Coin,
    Erase,
    Expect,
    Gate,
    Measure,
    Operation,
    Require,
    Save,
    Unitary,
    qubits_of,
)
from qnetframe.program.passes.deferral import BASIS_CHANGE, BASIS_RETURN, split_terminal
from qnetframe.program.passes.liveness import LiveParities, last_uses
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.scheduling import schedule
from qnetframe.values import (
    AnyOf,
    Branch,
    ComplexArray,
    Condition,
    evaluate,
    parities_of,
)

PRUNE = 1e-15
MAX_BRANCHES = 4096


@dataclass(frozen=True)
class Segment:
    """Unconditional gates, noise and resets to apply to an (unnormalised) density matrix.

    ``state`` is (2**n, 2**n) over ``qubits``, first qubit most significant; None means |0…0>.
    """

    qubits: tuple[str, ...]
    operations: tuple[Operation, ...]
    state: ComplexArray | None

    def initial(self) -> ComplexArray:
        """Return the state to start from as an array."""
        if self.state is not None:
            return self.state
        ground = np.zeros((1 << len(self.qubits),) * 2, dtype=complex)
        ground[0, 0] = 1
        return ground


Evolve = Callable[[Sequence[Segment]], Sequence[ComplexArray]]


def branches_of_density_matrix(circuit: Circuit, state: ComplexArray) -> list[Branch]:
    """Return the branches of a deferred circuit from its density matrix before the measurements.

    ``state`` is (2**n, 2**n) over ``circuit.qubits``, first qubit most significant.
    """
    _, measures = split_terminal(circuit)
    n = len(circuit.qubits)
    index = {q: i for i, q in enumerate(circuit.qubits)}
    measured = [index[m.qubit] for m in measures]
    saved = [index[q] for q in circuit.saved]
    rest = [i for i in range(n) if i not in measured and i not in saved]
    order = measured + saved + rest
    tensor = np.asarray(state).reshape((2,) * (2 * n)).transpose([*order, *(n + i for i in order)])
    m, s, r = (1 << len(part) for part in (measured, saved, rest))
    blocks = np.einsum("msrmtr->mst", tensor.reshape(m, s, r, m, s, r))
    requires = [o.condition for o in circuit.operations if isinstance(o, Require)]
    total: dict[tuple[int, ...], ComplexArray] = {}
    for row in range(m):
        bits = {mm.bit: row >> (len(measures) - 1 - i) & 1 for i, mm in enumerate(measures)}
        if all(evaluate(c, bits) for c in requires):
            key = tuple(int(evaluate(o.parity, bits)) for o in circuit.outputs)
            total[key] = total[key] + blocks[row] if key in total else blocks[row]
    return _normalised(total, bool(saved))


def _normalised(total: dict[tuple[int, ...], ComplexArray], has_state: bool) -> list[Branch]:
    found = []
    for key in sorted(total):
        weight = float(np.trace(total[key]).real)
        if weight > PRUNE:
            found.append(Branch(key, weight, total[key] / weight if has_state else None))
    return found


def branches_by_cutting(circuit: Circuit, evolve: Evolve, max_branches: int = MAX_BRANCHES) -> list[Branch]:
    """Return the exact branches by evolving the segments between measurements.

    ``evolve`` gets, in one call, one segment for each branch. Branches that differ only in bits nobody
    wants any more are merged, those under 1e-15 pruned; more than ``max_branches`` raise UnsupportedError.
    """
    return _Cutting(schedule(circuit), evolve, max_branches).run()


class _Cutting:
    """The branches so far: for each value of the classical slots, the state of the live qubits."""

    def __init__(self, circuit: Circuit, evolve: Evolve, max_branches: int) -> None:
        self.circuit, self.evolve, self.max_branches = circuit, evolve, max_branches
        self.live = LiveParities(circuit)
        self.qubits: list[str] = []
        self.branches: dict[int, ComplexArray] = {0: np.ones((1, 1), dtype=complex)}
        self.new: list[str] = []
        self.pending: list[tuple[Operation, Condition | None]] = []

    def run(self) -> list[Branch]:
        last = last_uses(qubits_of(o) for o in self.circuit.operations)
        saved = set(self.circuit.saved)
        for i, operation in enumerate(self.circuit.operations):
            if isinstance(operation, (Save, Expect)):
                continue
            for qubit in qubits_of(operation):
                self._allocate(qubit)
            dying = {q for q in qubits_of(operation) if last[q] == i and q not in saved}
            if isinstance(operation, Measure):
                self._measure(operation, bool(dying))
                dying.clear()
            elif isinstance(operation, Coin):
                self._coin(operation)
            elif isinstance(operation, Erase):
                self._erase(operation)
            elif isinstance(operation, Require):
                self._require(operation.condition)
            else:
                condition = operation.when if isinstance(operation, (Gate, Unitary)) else None
                self.pending.append((operation, condition))
                if condition is not None:
                    self._flush()
                    self.live.use(condition)
                    self._compress()
            if dying:
                self._flush()
                for qubit in dying:
                    self._drop(qubit)
        for qubit in self.circuit.saved:
            self._allocate(qubit)
        self._flush()
        return self._finish()

    def _allocate(self, qubit: str) -> None:
        if qubit not in self.qubits and qubit not in self.new:
            self.new.append(qubit)

    def _truth(self, condition: Condition, key: int) -> bool:
        truths = [
            (sum(key >> s & 1 for s in self.live.slots_of(p)) + p.constant) & 1
            for p in parities_of(condition)
        ]
        return bool(any(truths) if isinstance(condition, AnyOf) else all(truths))

    def _flush(self) -> None:
        """Send what is pending to the engine, one segment for each branch."""
        if self.new:
            zero = np.zeros((1 << len(self.new),) * 2, dtype=complex)
            zero[0, 0] = 1
            self.branches = {k: np.asarray(np.kron(rho, zero)) for k, rho in self.branches.items()}
            self.qubits += self.new
            self.new = []
        if not self.pending:
            return
        names = tuple(self.qubits)
        bare = [_bare(o) for o, _ in self.pending]
        segments, keys = [], []
        for key, rho in self.branches.items():
            chosen = tuple(
                o for o, (_, c) in zip(bare, self.pending, strict=True) if c is None or self._truth(c, key)
            )
            if chosen:
                lowered = lower_preparations(Circuit(names, chosen, ())).operations
                segments.append(Segment(names, lowered, rho))
                keys.append(key)
        self.pending = []
        if segments:
            self.branches.update(zip(keys, self.evolve(segments), strict=True))

    def _blocks(self, rho: ComplexArray, qubit: str) -> ComplexArray:
        """Return rho as (before, 2, after, before, 2, after) around a qubit."""
        i, n = self.qubits.index(qubit), len(self.qubits)
        a, b = 1 << i, 1 << (n - 1 - i)
        return rho.reshape(a, 2, b, a, 2, b)

    def _drop(self, qubit: str) -> None:
        """Trace a qubit out of every branch."""
        for key, rho in self.branches.items():
            reduced = np.einsum("aibcid->abcd", self._blocks(rho, qubit))
            self.branches[key] = reduced.reshape(reduced.shape[0] * reduced.shape[1], -1)
        self.qubits.remove(qubit)

    def _measure(self, operation: Measure, dying: bool) -> None:
        self.pending += [(Gate(g, (operation.qubit,)), None) for g in BASIS_CHANGE[operation.basis]]
        self._flush()
        flip, back = operation.readout
        seen = ((1 - flip, back), (flip, 1 - back))
        slot = self.live.record(operation.bit)
        split: dict[int, ComplexArray] = {}
        for key, rho in self.branches.items():
            blocks = self._blocks(rho, operation.qubit)
            for recorded in (0, 1):
                after = np.zeros_like(blocks)
                for outcome in (0, 1):
                    after[:, outcome, :, :, outcome, :] = (
                        seen[recorded][outcome] * blocks[:, outcome, :, :, outcome, :]
                    )
                if dying:
                    after = np.einsum("aibcid->abcd", after)
                new = key if slot is None else key | recorded << slot
                size = math.isqrt(after.size)
                after = after.reshape(size, size)
                split[new] = split[new] + after if new in split else after
        self._keep(split)
        if dying:
            self.qubits.remove(operation.qubit)
        else:
            self.pending += [(Gate(g, (operation.qubit,)), None) for g in BASIS_RETURN[operation.basis]]
            self._flush()
        self._compress()

    def _coin(self, operation: Coin) -> None:
        slot = self.live.record(operation.bit)
        if slot is None:
            return
        self._flush()
        p = operation.probability
        split = {k: (1 - p) * rho for k, rho in self.branches.items()}
        split.update({k | 1 << slot: p * rho for k, rho in self.branches.items()})
        self._keep(split)
        self._compress()

    def _erase(self, operation: Erase) -> None:
        self._flush()
        slot = self.live.record(operation.bit)
        p = operation.probability
        split: dict[int, ComplexArray] = {}
        for key, rho in self.branches.items():
            blocks = self._blocks(rho, operation.qubit)
            mixed = np.einsum("aibcid,jk->ajbckd", blocks, np.eye(2) / 2).reshape(rho.shape)
            if slot is None:
                split[key] = (1 - p) * rho + p * mixed
            else:
                split[key], split[key | 1 << slot] = (1 - p) * rho, p * mixed
        self._keep(split)
        self._compress()

    def _require(self, condition: Condition) -> None:
        self._flush()
        self.branches = {k: rho for k, rho in self.branches.items() if self._truth(condition, k)}
        self.live.use(condition)
        self._compress()

    def _keep(self, split: dict[int, ComplexArray]) -> None:
        self.branches = {k: rho for k, rho in split.items() if np.trace(rho).real > PRUNE}
        if len(self.branches) > self.max_branches:
            raise UnsupportedError(
                f"the circuit needs more than max_branches={self.max_branches} exact branches; "
                "declare fewer outputs, raise max_branches, or sample with shots"
            )

    def _compress(self) -> None:
        xors, dropped = self.live.compress()
        if not dropped:
            return
        self._flush()
        gone = sum(1 << s for s in dropped)
        merged: dict[int, ComplexArray] = {}
        for key, rho in self.branches.items():
            for goal, source in xors:
                key ^= (key >> source & 1) << goal
            key &= ~gone
            merged[key] = merged[key] + rho if key in merged else rho
        self.branches = merged

    def _finish(self) -> list[Branch]:
        saved = self.circuit.saved
        n = len(self.qubits)
        order = [self.qubits.index(q) for q in saved]
        total: dict[tuple[int, ...], ComplexArray] = {}
        for key, rho in self.branches.items():
            outputs = tuple(int(self._truth(o.parity, key)) for o in self.circuit.outputs)
            tensor = rho.reshape((2,) * (2 * n)).transpose([*order, *(n + i for i in order)])
            state = tensor.reshape(1 << n, 1 << n)
            total[outputs] = total[outputs] + state if outputs in total else state
        return _normalised(total, bool(saved))


def _bare(operation: Operation) -> Operation:
    if isinstance(operation, Gate) and operation.when is not None:
        return Gate(operation.name, operation.qubits, operation.params)
    if isinstance(operation, Unitary) and operation.when is not None:
        return Unitary(operation.qubits, operation.matrix)
    return operation


def total_probability(branches: Iterable[Branch]) -> float:
    """Return the sum of the branches' probabilities: the probability of acceptance."""
    return math.fsum(b.probability for b in branches)
