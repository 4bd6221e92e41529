"""Exact branches from any engine that evolves density matrices: the host's part of ``Executable.exact``."""

from __future__ import annotations

from qnetframe.program.branches import (
    MAX_BRANCHES,
    Evolve,
    Segment,
    branches_by_cutting,
    branches_of_density_matrix,
)
from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.program.passes.deferral import deferred, split_terminal
from qnetframe.values import Branch


def exact_branches(circuit: Circuit, evolve: Evolve, max_branches: int = MAX_BRANCHES) -> list[Branch]:
    """Return the branches of a circuit, with ``evolve`` doing all the physics.

    ``evolve`` takes a list of Segments (gates, unitaries, channels and resets without conditions) and
    returns their final density matrices, each (2**n, 2**n) and not normalised where the start is not. A
    narrow circuit is one segment of its deferred form, from |0…0>; a wider one is cut at its measurements.
    Raises UnsupportedError above ``max_branches``.
    """
    if not footprint(circuit).defers:
        return branches_by_cutting(circuit, evolve, max_branches)
    flat = deferred(circuit)
    body, _ = split_terminal(flat)
    (state,) = evolve([Segment(flat.qubits, body, None)])
    return branches_of_density_matrix(flat, state)
