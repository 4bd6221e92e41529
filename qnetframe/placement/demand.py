"""Demand: which qubits a program brings to a node, and what it does with them there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from qnetframe.program.operations import Gate, Measure, Prepare, Reset, Send, Unitary, qubits_of
from qnetframe.program.program import Program


@dataclass
class Demand:
    """The qubits that are ever at a node, in order of arrival, and counts of what happens to them."""

    qubits: dict[str, None] = field(default_factory=dict)
    gates: Counter[str] = field(default_factory=Counter)
    readouts: Counter[str] = field(default_factory=Counter)
    preparations: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)


def demands(program: Program, sites: Mapping[str, str]) -> dict[str, Demand]:
    """Return the demand at every node; ``sites`` maps party to node."""
    owner = dict(program.declared)
    found: dict[str, Demand] = {node: Demand() for node in dict.fromkeys(sites.values())}
    for qubit, party in owner.items():
        demand = found[sites[party]]
        demand.qubits[qubit] = None
        demand.preparations[qubit] += 1
    for operation in program.operations:
        qubits = qubits_of(operation)
        if isinstance(operation, Send):
            owner[operation.qubit] = operation.to
            found[sites[operation.to]].qubits[operation.qubit] = None
        elif isinstance(operation, (Gate, Unitary, Prepare)):
            demand = found[sites[owner[qubits[0]]]]
            demand.gates.update(qubits)
            for i, a in enumerate(qubits):
                for b in qubits[i + 1 :]:
                    demand.pairs[(min(a, b), max(a, b))] += 1
            if isinstance(operation, Prepare):
                demand.preparations.update(qubits)
        elif isinstance(operation, Measure):
            found[sites[owner[operation.qubit]]].readouts[operation.qubit] += 1
        elif isinstance(operation, Reset):
            found[sites[owner[operation.qubit]]].preparations[operation.qubit] += 1
    return found
