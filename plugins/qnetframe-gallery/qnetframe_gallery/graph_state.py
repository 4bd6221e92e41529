"""Graph states. Source: Hein, Eisert, Briegel, PRA 69, 062311 (2004)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import (
    choose_parties,
    depolarize,
    memory,
    route_between,
    share_pair,
)
from qnetframe.program.program import Program
from qnetframe.program.remote_gates import cat_disentangle, cat_entangle
from qnetframe.values import ComplexArray, Estimate


def edges_of(graph: str, n: int) -> list[tuple[int, int]]:
    """Return the edges of a graph on vertices 0 … n-1."""
    line = list(pairwise(range(n)))
    ring = [*line, (0, n - 1)] if n > 2 else line
    star = [(0, i) for i in range(1, n)]
    return {"line": line, "ring": ring, "star": star, "complete": list(combinations(range(n), 2))}[graph]


def graph_vector(n: int, edges: list[tuple[int, int]]) -> ComplexArray:
    """Return the amplitudes of a graph state: 2**(-n/2) times -1 for each edge between ones."""
    bits = (np.arange(1 << n)[:, None] >> np.arange(n)[::-1]) & 1
    signs = (-1.0) ** sum(bits[:, a] * bits[:, b] for a, b in edges)
    return np.asarray(signs / 2 ** (n / 2), dtype=complex)


@dataclass(frozen=True)
class GraphState:
    """Share a graph state: every party prepares |+>, every edge is a CZ by one pair.

    Each qubit then suffers ``depolarizing``.
    """

    graph: Literal["line", "ring", "star", "complete"] = "line"
    parties: int = 4
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=2, high=6)
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity of the shared state."""
        parties = choose_parties(session, self.parties)
        edges = edges_of(self.graph, self.parties)
        p = Program(f"{self.graph} graph state")
        qubits = [p.qubit(party, "vertex") for party in parties]
        for qubit in qubits:
            p.h(qubit)
        for a, b in edges:
            near, far = memory(p, parties[a], "pair"), memory(p, parties[b], "pair")
            share_pair(p, route_between(session, parties[a], parties[b]), near, far)
            cat_entangle(p, qubits[a], (near, far))
            p.cz(far, qubits[b])
            cat_disentangle(p, qubits[a], far)
        depolarize(p, self.depolarizing, *qubits)
        p.output()
        p.save("graph", *qubits)
        return {"fidelity": session.run(p).state("graph").fidelity(graph_vector(self.parties, edges))}
