"""What a program consumes: pairs, messages in both directions, rounds, gates and depth by party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from qnetframe.program.operations import (
    Coin,
    Detector,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Noise,
    Observable,
    ProgramOperation,
    Require,
    Save,
    Send,
    Unitary,
    condition_of,
    qubits_of,
    recorded_bit,
)
from qnetframe.program.program import Program
from qnetframe.values import Parity, parities_of

Direction: TypeAlias = tuple[str, str]

# Nobody performs these: nature does, or the evaluation afterwards.
_NOT_PERFORMED = (Noise, Idle, Erase, Coin, Require, Detector, Observable, Save, Expect)


@dataclass(frozen=True)
class Resources:
    """Counts of what a program needs, without placing it on a network.

    ``pairs_between`` and ``pairs_by_link`` split ``pairs`` by the two parties (in the program's order) and
    by link name ('' where none is named). ``qubits_sent`` and ``classical_bits`` count by (sender,
    receiver). ``rounds`` is the longest chain of messages (sent qubits included) of which each can only
    leave after the one before has arrived. ``gates``, ``two_qubit_gates`` (those on two or more qubits),
    ``measurements`` and ``depth`` are by party; ``depth`` is the longest chain of gates, preparations,
    resets, pairs and measurements of one party, linked by its qubits and its own bits.
    """

    pairs: int
    pairs_between: Mapping[Direction, int]
    pairs_by_link: Mapping[str, int]
    qubits_sent: Mapping[Direction, int]
    classical_bits: Mapping[Direction, int]
    rounds: int
    gates: Mapping[str, int]
    two_qubit_gates: Mapping[str, int]
    depth: Mapping[str, int]
    measurements: Mapping[str, int]

    def __str__(self) -> str:
        """Return a table: one row a resource, then one row a party."""
        links = {name or "unnamed": n for name, n in self.pairs_by_link.items()}
        between = {f"{a}–{b}": n for (a, b), n in self.pairs_between.items()}
        rows = [
            ["pairs", str(self.pairs), _listed(between)],
            ["qubits sent", str(sum(self.qubits_sent.values())), _listed(_arrows(self.qubits_sent))],
            ["classical bits", str(sum(self.classical_bits.values())), _listed(_arrows(self.classical_bits))],
            ["rounds", str(self.rounds), ""],
        ]
        if set(links) != {"unnamed"} and links:
            rows.insert(1, ["  by link", "", _listed(links)])
        parties = [["party", "gates", "two-qubit", "measurements", "depth"]]
        columns = (self.gates, self.two_qubit_gates, self.measurements, self.depth)
        parties += [[name, *(str(column[name]) for column in columns)] for name in self.gates]
        return "\n".join([*_table(rows), "", *_table(parties)])


def _arrows(counts: Mapping[Direction, int]) -> dict[str, int]:
    return {f"{sender}→{receiver}": n for (sender, receiver), n in counts.items()}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())


def _table(rows: list[list[str]]) -> list[str]:
    """Return lines with the first and last column flush left and those between flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    signs = ["<", *">" * (len(widths) - 2), "<"]
    layout = "  ".join(f"{{:{sign}{width}}}" for sign, width in zip(signs, widths, strict=True))
    return [layout.format(*row).rstrip() for row in rows]


@dataclass
class _Received:
    """The parities that one party has from another, as an echelon basis over GF(2).

    Each basis vector (a set of bit numbers) is keyed by its latest bit and goes with the round in which it
    had arrived.
    """

    basis: dict[int, tuple[frozenset[int], int]] = field(default_factory=dict)

    def reduce(self, vector: frozenset[int]) -> tuple[frozenset[int], int]:
        """Return what is new in a parity (nothing if all is known), and the round of what was used."""
        arrived = 0
        while vector and max(vector) in self.basis:
            known, round_number = self.basis[max(vector)]
            vector ^= known
            arrived = max(arrived, round_number)
        return vector, arrived


class _Counter:
    """The state of one pass over the operations."""

    def __init__(self, program: Program) -> None:
        self.owner = dict(program.declared)
        self.knows = {bit: frozenset(parties) for bit, parties in program.bit_owners.items()}
        self.number = {bit: i for i, bit in enumerate(program.bit_owners)}
        self.order = {party: i for i, party in enumerate(program.parties)}
        self.received: dict[Direction, _Received] = {}
        self.qubit_round: dict[str, int] = {}
        self.bit_round: dict[str, int] = {}
        self.qubit_level: dict[Direction, int] = {}
        self.bit_level: dict[Direction, int] = {}
        self.rounds = 0
        self.between: dict[Direction, int] = {}
        self.by_link: dict[str, int] = {}
        self.sent: dict[Direction, int] = {}
        self.bits: dict[Direction, int] = {}
        self.gates, self.wide, self.depth, self.measured = ({p: 0 for p in self.order} for _ in range(4))

    def run(self, operations: Iterable[ProgramOperation]) -> Resources:
        for operation in operations:
            self._step(operation)
        return Resources(
            sum(self.between.values()), self.between, self.by_link, self.sent, self.bits, self.rounds,
            self.gates, self.wide, self.depth, self.measured,
        )  # fmt: skip

    def _step(self, operation: ProgramOperation) -> None:
        qubits = qubits_of(operation)
        arrival = max((self.qubit_round.get(q, 0) for q in qubits), default=0)
        conditional = isinstance(operation, (Gate, Unitary)) and operation.when is not None
        if conditional:
            arrival = max(arrival, self._deliver(operation, self.owner[qubits[0]]))
        if isinstance(operation, Send):
            direction = (self.owner[operation.qubit], operation.to)
            self.sent[direction] = self.sent.get(direction, 0) + 1
            self.owner[operation.qubit] = operation.to
            arrival += 1
        self.rounds = max(self.rounds, arrival)
        for qubit in qubits:
            self.qubit_round[qubit] = arrival
        bit = recorded_bit(operation)
        if bit is not None:
            self.bit_round[bit] = arrival
        if not isinstance(operation, (Send, *_NOT_PERFORMED)):
            self._count(operation, qubits)

    def _count(self, operation: ProgramOperation, qubits: tuple[str, ...]) -> None:
        parties = {self.owner[q] for q in qubits}
        for party in parties:
            chain = [self.qubit_level.get((party, q), 0) for q in qubits]
            needed = condition_of(operation)
            if needed is not None:
                chain += [self.bit_level.get((party, b), 0) for p in parities_of(needed) for b in p.bits]
            level = 1 + max(chain)
            self.depth[party] = max(self.depth[party], level)
            for qubit in qubits:
                if self.owner[qubit] == party:
                    self.qubit_level[party, qubit] = level
            if isinstance(operation, Measure):
                self.measured[party] += 1
                self.bit_level[party, operation.bit] = level
            if isinstance(operation, (Gate, Unitary)):
                self.gates[party] += 1
                self.wide[party] += len(qubits) > 1
        if isinstance(operation, Entangle):
            a, b = sorted(parties, key=self.order.__getitem__)
            self.between[a, b] = self.between.get((a, b), 0) + 1
            self.by_link[operation.link or ""] = self.by_link.get(operation.link or "", 0) + 1

    def _deliver(self, operation: ProgramOperation, receiver: str) -> int:
        """Count the bits that must come for a condition, and return the round when all have arrived."""
        condition = condition_of(operation)
        assert condition is not None
        return max(self._deliver_parity(p, receiver) for p in parities_of(condition))

    def _deliver_parity(self, parity: Parity, receiver: str) -> int:
        arrival = max((self.bit_round[b] for b in parity.bits if receiver in self.knows[b]), default=0)
        for sender, bits in self._senders(parity, receiver).items():
            direction = (sender, receiver)
            known = self.received.setdefault(direction, _Received())
            new, arrived = known.reduce(frozenset(self.number[b] for b in bits))
            if new:
                arrived = max(arrived, 1 + max(self.bit_round[b] for b in bits))
                known.basis[max(new)] = (new, arrived)
                self.bits[direction] = self.bits.get(direction, 0) + 1
            arrival = max(arrival, arrived)
        return arrival

    def _senders(self, parity: Parity, receiver: str) -> dict[str, list[str]]:
        """Return who sends which bits' parity; a shared bit rides with one that must come anyway."""
        remote = [b for b in parity.bits if receiver not in self.knows[b]]
        senders: dict[str, list[str]] = {}
        for bit in sorted(remote, key=lambda b: len(self.knows[b])):
            knowing = sorted(self.knows[bit], key=self.order.__getitem__)
            sender = next((p for p in knowing if p in senders), knowing[0])
            senders.setdefault(sender, []).append(bit)
        return senders


def count_resources(program: Program) -> Resources:
    """Return the resources of a program, in one pass over its operations.

    A gate conditional on bits of other parties makes each of them send one bit, the parity of its part of
    the condition, unless the receiver can already compute it from what that party sent before. Every parity
    of ``all_of`` and ``any_of`` is sent. ``require``, detectors, observables and outputs are evaluated when
    everything is over and cost nothing.
    """
    return _Counter(program).run(program.operations)
