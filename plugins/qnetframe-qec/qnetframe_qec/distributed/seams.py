"""A patch cut into stripes: which node each qubit sits at, and the noise of gates across a seam."""

from __future__ import annotations

from collections.abc import Sequence

from qnetframe import checks
from qnetframe.channels.named import two_qubit_depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.code import Code
from qnetframe_qec.programs.extraction import GateNoise


def stripes(code: Code, nodes: int, across: str = "x") -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the node of each data qubit and of each check, for stripes of equal width.

    Seams are lines of constant ``across`` ("x" or "y"), halfway between columns of data qubits where the
    width allows; a check on a seam goes with the qubits on its lower side. J. Ramette et al., npj Quantum
    Inf. 10, 58 (2024).
    """
    checks.integer(nodes, "nodes", low=1)
    if across not in ("x", "y"):
        raise InvalidInputError(f"seam is {across!r}; it must be 'x' or 'y'")
    if not code.positions or not code.check_positions:
        raise InvalidInputError(f"code {code.name!r} has no layout; give the node of each qubit yourself")
    axis = "xy".index(across)
    levels = sorted({place[axis] for place in code.positions})
    if nodes > len(levels):
        raise InvalidInputError(
            f"nodes is {nodes}; code {code.name!r} has {len(levels)} columns of data qubits"
        )
    cuts = [
        (levels[i - 1] + levels[i]) / 2 for i in (round(len(levels) * k / nodes) for k in range(1, nodes))
    ]

    def stripe(places: Sequence[tuple[float, float]]) -> tuple[int, ...]:
        return tuple(sum(place[axis] > cut for cut in cuts) for place in places)

    return stripe(code.positions), stripe(code.check_positions)


def seam_gate_noise(code: Code, nodes: int, p_link: float, across: str = "x") -> GateNoise:
    """Return the noise of gates across the seams: two-qubit depolarizing with probability ``p_link``."""
    data, ancillas = stripes(code, nodes, across)
    channel = two_qubit_depolarizing(p_link)
    return lambda check, qubit: channel if ancillas[check] != data[qubit] else None
