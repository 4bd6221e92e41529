"""Which node of a network each qubit of a code sits at, checked against the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import Network
from qnetframe_qec.codes.code import Code
from qnetframe_qec.distributed.seams import stripes


@dataclass(frozen=True)
class Assignment:
    """The node of each data qubit and of the ancilla of each check."""

    data: tuple[str, ...]
    checks: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", tuple(self.data))
        object.__setattr__(self, "checks", tuple(self.checks))

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that hold a qubit, in order of first mention."""
        return tuple(dict.fromkeys((*self.data, *self.checks)))

    def crossings(self, code: Code) -> tuple[tuple[int, int], ...]:
        """Return the (check, data qubit) of every gate of a round between different nodes."""
        return tuple(
            (check, qubit)
            for check, pauli in enumerate(code.stabilizers)
            for qubit in code.support(pauli)
            if self.checks[check] != self.data[qubit]
        )

    def links(self, code: Code) -> Mapping[tuple[str, str], int]:
        """Return how many pairs a round takes between each two nodes."""
        found: dict[tuple[str, str], int] = {}
        for check, qubit in self.crossings(code):
            a, b = sorted((self.checks[check], self.data[qubit]))
            found[a, b] = found.get((a, b), 0) + 1
        return dict(sorted(found.items()))

    def qubits(self, pairs_at_once: int, code: Code) -> Mapping[str, int]:
        """Return the qubits that each node needs: data, ancillas, and its ends of ``pairs_at_once`` pairs
        a link.
        """
        need = {node: self.data.count(node) + self.checks.count(node) for node in self.nodes}
        for ends, number in self.links(code).items():
            for node in ends:
                need[node] += min(pairs_at_once, number)
        return need

    def check(self, code: Code, network: Network | None = None, pairs_at_once: int = 1) -> None:
        """Raise unless it covers the code and fits the network.

        InvalidInputError for a wrong number of qubits, nodes without a direct link that share a gate, and
        more qubits than a node's hardware has; UnknownNameError for a node that is not there.
        """
        for field, given, wanted in (("data", self.data, code.n), ("checks", self.checks, code.num_checks)):
            if len(given) != wanted:
                raise InvalidInputError(
                    f"assignment of {code.name!r}: {field} has {len(given)} nodes; the code has {wanted}"
                )
        if network is None:
            return
        names = [node.name for node in network.nodes]
        for node in self.nodes:
            if node not in names:
                raise UnknownNameError("node", node, names, f"It holds qubits of {code.name}.")
        for a, b in self.links(code):
            if not network.links_between(a, b):
                raise InvalidInputError(
                    f"nodes {a!r} and {b!r} share gates of {code.name!r} and no link joins them"
                )
        for node, need in self.qubits(pairs_at_once, code).items():
            memory = len(network.node(node).hardware.qubits)
            if memory and need > memory:
                raise InvalidInputError(
                    f"node {node!r} has {memory} qubits and {code.name!r} needs {need} there (data, "
                    "ancillas and "
                    f"ends of {pairs_at_once} pairs a link); assign fewer, or fewer pairs at once"
                )


def striped(code: Code, nodes: Sequence[str], across: str = "x") -> Assignment:
    """Return the assignment of stripes of equal width to nodes in order; see ``stripes``."""
    data, ancillas = stripes(code, len(nodes), across)
    return Assignment(tuple(nodes[i] for i in data), tuple(nodes[i] for i in ancillas))


def allocated(
    code: Code,
    data: Sequence[str],
    room: Mapping[str, int],
    costs: Mapping[tuple[str, str], float] | None = None,
) -> Assignment:
    """Place the ancillas where a round costs least, given the data qubits' nodes.

    The objective is the sum, over all gates of a round between an ancilla at node a and a data qubit at node
    b, of ``costs[a, b]`` (either order; 1 without costs, which counts Bell pairs; a link's ``mean_time``
    counts the seconds of pair generation). Node v takes at most ``room[v]`` ancillas. It is a transportation
    problem, whose linear program has whole solutions: the result is optimal. Raises InvalidInputError where
    there is too little room.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    nodes = list(room)
    if sum(room.values()) < code.num_checks:
        raise InvalidInputError(
            f"room for {sum(room.values())} ancillas is given; {code.name!r} has {code.num_checks}"
        )
    if len(data) != code.n:
        raise InvalidInputError(f"data has {len(data)} nodes; code {code.name!r} has {code.n} data qubits")

    def cost(a: str, b: str) -> float:
        if a == b:
            return 0.0
        if costs is None:
            return 1.0
        found = costs.get((a, b), costs.get((b, a)))
        if found is None:
            raise InvalidInputError(f"costs has no entry for nodes {a!r} and {b!r}")
        return found

    price = np.array(
        [[sum(cost(v, data[q]) for q in code.support(s)) for v in nodes] for s in code.stabilizers]
    )
    once = np.kron(np.eye(code.num_checks), np.ones(len(nodes)))
    fits = np.kron(np.ones(code.num_checks), np.eye(len(nodes)))
    found = milp(
        price.ravel(),
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(fits, 0, list(room.values()))],
        integrality=np.ones(price.size),
        bounds=Bounds(0, 1),
    )
    chosen = found.x.reshape(price.shape).argmax(axis=1)
    return Assignment(tuple(data), tuple(nodes[i] for i in chosen))
