"""Graph states: |G> = Π CZ over the edges on |+…+>, and what is done to them as rules on graphs.

M. Hein, J. Eisert and H. J. Briegel, Phys. Rev. A 69, 062311 (2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError

Basis: TypeAlias = Literal["x", "y", "z"]

_MAX_VECTOR = 16
_MAX_GROUP = 20


@dataclass(frozen=True)
class GraphState:
    """The graph state of qubits 0 … n-1 and edges between them; equal by its graph.

    ``edges`` is kept sorted. Raises InvalidInputError for loops and for qubits that are not there.
    """

    num_qubits: int
    edges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        n = checks.integer(self.num_qubits, "graph num_qubits", low=1)
        found = set()
        for edge in self.edges:
            a, b = (checks.integer(v, f"graph edge {tuple(edge)}", low=0, high=n - 1) for v in edge)
            if a == b:
                raise InvalidInputError(f"graph edge ({a}, {b}) ends where it begins")
            found.add((min(a, b), max(a, b)))
        object.__setattr__(self, "edges", tuple(sorted(found)))

    @staticmethod
    def from_networkx(graph: Any) -> GraphState:
        """Return the state of a networkx graph, its nodes numbered in their order."""
        places = {node: i for i, node in enumerate(graph.nodes)}
        return GraphState(len(places), tuple((places[u], places[v]) for u, v in graph.edges if u != v))

    @property
    def adjacency(self) -> npt.NDArray[np.uint8]:
        """The symmetric (n, n) matrix of 0 and 1."""
        matrix = np.zeros((self.num_qubits, self.num_qubits), dtype=np.uint8)
        for a, b in self.edges:
            matrix[a, b] = matrix[b, a] = 1
        return matrix

    def neighbours(self, qubit: int) -> tuple[int, ...]:
        """Return the qubits that share an edge with one, in order."""
        here = self._qubit(qubit)
        return tuple(sorted(a + b - here for a, b in self.edges if here in (a, b)))

    def stabilizers(self) -> list[str]:
        """Return the generators X_a Π Z_b over the neighbours b of a, as Pauli strings."""
        rows = self.adjacency
        return [
            "".join("X" if b == a else "Z" if rows[a, b] else "I" for b in range(self.num_qubits))
            for a in range(self.num_qubits)
        ]

    def vector(self) -> npt.NDArray[Any]:
        """Return the state vector (2^n,), qubit 0 most significant; at most 16 qubits."""
        n = self.num_qubits
        if n > _MAX_VECTOR:
            raise InvalidInputError(f"graph has {n} qubits; at most {_MAX_VECTOR} as a vector")
        bits = (np.arange(1 << n)[:, None] >> np.arange(n - 1, -1, -1)) & 1
        signs = np.zeros(1 << n, dtype=np.int64)
        for a, b in self.edges:
            signs += bits[:, a] * bits[:, b]
        vector: npt.NDArray[Any] = (1 - 2 * (signs & 1)) / np.sqrt(1 << n) + 0j
        return vector

    def local_complement(self, qubit: int) -> GraphState:
        """Return the graph with the edges among the neighbours of a qubit inverted.

        The same state up to local gates: √(-iX) on the qubit and √(iZ) on its neighbours.
        """
        around = self.neighbours(qubit)
        flipped = set(self.edges) ^ set(combinations(around, 2))
        return GraphState(self.num_qubits, tuple(flipped))

    def without(self, qubit: int) -> GraphState:
        """Return the graph without a qubit; those after it move up by one."""
        gone = self._qubit(qubit)
        if self.num_qubits == 1:
            raise InvalidInputError("graph has one qubit; nothing would be left")
        kept = ((a - (a > gone), b - (b > gone)) for a, b in self.edges if gone not in (a, b))
        return GraphState(self.num_qubits - 1, tuple(kept))

    def measure(self, qubit: int, basis: Basis, helper: int | None = None) -> GraphState:
        """Return the graph that a Pauli measurement leaves on the other qubits, up to local Clifford gates.

        z deletes the qubit; y inverts its neighbourhood first; x also moves it through ``helper``, any
        neighbour (default the first). Qubits after it move up by one.
        """
        if basis not in ("x", "y", "z"):
            raise InvalidInputError(f"basis is {basis!r}; it must be x, y or z")
        around = self.neighbours(qubit)
        if basis == "z" or not around:
            return self.without(qubit)
        if basis == "y":
            return self.local_complement(qubit).without(qubit)
        through = around[0] if helper is None else helper
        if through not in around:
            raise InvalidInputError(f"helper is {helper!r}; it must be a neighbour of {qubit}: {around}")
        moved = self.local_complement(through).local_complement(qubit).without(qubit)
        return moved.local_complement(through - (through > qubit))

    def cut_rank(self, side: Iterable[int]) -> int:
        """Return the ebits between some qubits and the rest: the rank over GF(2) of edges between them."""
        inside = sorted({self._qubit(q) for q in side})
        outside = [q for q in range(self.num_qubits) if q not in inside]
        return _rank(self.adjacency[np.ix_(inside, outside)])

    def fidelity(self, probabilities: Mapping[str, float]) -> float:
        """Return the fidelity with itself after a Pauli channel on every qubit; at most 20 qubits.

        ``probabilities`` are those of X, Y, Z (``Channel.pauli_probabilities``). The mean over the stabilizer
        group of the product of what the channel leaves of each letter: W. Dür and H.-J. Briegel, Phys. Rev.
        Lett. 92, 180403 (2004).
        """
        n = self.num_qubits
        if n > _MAX_GROUP:
            raise InvalidInputError(f"graph has {n} qubits; at most {_MAX_GROUP} for the fidelity")
        p = {k: checks.probability(probabilities.get(k, 0.0), f"probability of {k}") for k in "XYZ"}
        if sum(p.values()) > 1 + 1e-9:
            raise InvalidInputError(f"probabilities of X, Y, Z sum to {sum(p.values())}; at most 1")
        left = np.array([1.0, *(1 - 2 * (p[a] + p[b]) for a, b in ("YZ", "XY", "XZ"))])
        chosen = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)
        phases = (chosen @ self.adjacency) & 1
        # X: 1, Z: 2, Y: 3 as 2 z + x.
        return float(left[chosen + 2 * phases].prod(axis=1).mean())

    def orbit(self) -> frozenset[GraphState]:
        """Return every graph that local complementations lead to: the same entanglement, qubit by qubit."""
        found, new = {self}, [self]
        while new:
            graph = new.pop()
            for qubit in range(self.num_qubits):
                other = graph.local_complement(qubit)
                if other not in found:
                    found.add(other)
                    new.append(other)
        return frozenset(found)

    def canonical(self) -> GraphState:
        """Return the first graph among all orders of the qubits of the whole orbit: equal up to 7 qubits.

        Two graph states are equivalent by local Clifford gates and a permutation of qubits exactly if theirs
        are equal.
        """
        if self.num_qubits > 7:
            raise InvalidInputError(f"graph has {self.num_qubits} qubits; at most 7 for a canonical form")
        orders = np.array(list(permutations(range(self.num_qubits))))
        pairs = list(combinations(range(self.num_qubits), 2))
        rows, columns = (np.array([pair[i] for pair in pairs], dtype=int) for i in (0, 1))
        powers = 1 << np.arange(len(pairs))
        codes = [
            graph.adjacency[orders[:, rows], orders[:, columns]].astype(np.int64) @ powers
            for graph in self.orbit()
        ]
        first = min(int(code.min()) for code in codes)
        return GraphState(self.num_qubits, tuple(p for i, p in enumerate(pairs) if first >> i & 1))

    def _qubit(self, qubit: int) -> int:
        return checks.integer(qubit, "qubit", low=0, high=self.num_qubits - 1)


def linear_cluster(num_qubits: int) -> GraphState:
    """Return the state of a line of qubits."""
    return GraphState(num_qubits, tuple((i, i + 1) for i in range(num_qubits - 1)))


def ring_graph(num_qubits: int) -> GraphState:
    """Return the state of a ring of qubits, at least three."""
    n = checks.integer(num_qubits, "ring_graph num_qubits", low=3)
    return GraphState(n, tuple((i, (i + 1) % n) for i in range(n)))


def star_graph(num_qubits: int) -> GraphState:
    """Return the state of a star with qubit 0 in the middle: GHZ up to local gates."""
    return GraphState(num_qubits, tuple((0, i) for i in range(1, num_qubits)))


def cluster(rows: int, columns: int) -> GraphState:
    """Return the cluster state of a grid, qubits row by row.

    H. J. Briegel and R. Raussendorf, Phys. Rev. Lett. 86, 910 (2001).
    """
    r, c = checks.integer(rows, "rows", low=1), checks.integer(columns, "columns", low=1)
    across = [(i * c + j, i * c + j + 1) for i in range(r) for j in range(c - 1)]
    down = [(i * c + j, (i + 1) * c + j) for i in range(r - 1) for j in range(c)]
    return GraphState(r * c, tuple(across + down))


def _rank(matrix: npt.NDArray[np.uint8]) -> int:
    rows = matrix.copy()
    rank = 0
    for column in range(rows.shape[1]):
        candidates = np.flatnonzero(rows[rank:, column])
        if not len(candidates):
            continue
        pivot = rank + int(candidates[0])
        rows[[rank, pivot]] = rows[[pivot, rank]]
        below = np.flatnonzero(rows[:, column])
        below = below[below != rank]
        rows[below] ^= rows[rank]
        rank += 1
        if rank == len(rows):
            break
    return rank
