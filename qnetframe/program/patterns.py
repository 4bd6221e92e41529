"""Pieces that many programs share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qnetframe.errors import InvalidInputError
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Parity


def bell_measurement(program: Program, first: Qubit, second: Qubit) -> tuple[Bit, Bit]:
    """Measure two qubits of one party in the Bell basis; return the bits (z, x).

    (0, 0) is Φ+, (1, 0) Φ-, (0, 1) Ψ+, (1, 1) Ψ-; teleportation corrects with Z where z is 1, X where x is.
    """
    program.cx(first, second).h(first)
    return program.measure(first), program.measure(second)


def entangle_route(program: Program, route: Sequence[str]) -> tuple[Qubit, Qubit]:
    """Give the two ends of a route one pair by entanglement swapping; return their qubits.

    Every link makes a pair, every node between swaps, and the last node corrects by the parity of all the
    measured bits. Source: Żukowski et al., PRL 71, 4287 (1993).
    """
    if len(route) < 2:
        raise InvalidInputError(f"route is {list(route)!r}; it must name at least two nodes")
    right = {node: program.qubit(node, "right") for node in route[:-1]}
    left = {node: program.qubit(node, "left") for node in route[1:]}
    for here, there in pairwise(route):
        program.entangle(right[here], left[there])
    swaps = [bell_measurement(program, left[node], right[node]) for node in route[1:-1]]
    end = left[route[-1]]
    if swaps:
        z, x = (Parity(tuple(bit.id for bit in bits)) for bits in zip(*swaps, strict=True))
        program.x(end, when=x).z(end, when=z)
    return right[route[0]], end
