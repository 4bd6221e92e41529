"""Program to Circuit with ideal links."""

from __future__ import annotations

from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import (
    Coin,
    Entangle,
    Idle,
    Operation,
    Prepare,
    Send,
    condition_of,
    freeze,
)
from qnetframe.program.program import Program
from qnetframe.values import parities_of

PHI_PLUS = freeze([[0.5, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0.5, 0, 0, 0.5]])


def used_bits(program: Program) -> set[str]:
    """Return the bits that a condition or a declared output of the program mentions."""
    used = {b for o in program.outputs or () for b in o.parity.bits}
    for operation in program.operations:
        needed = condition_of(operation)
        if needed is not None:
            used.update(b for p in parities_of(needed) for b in p.bits)
    return used


def ideal_circuit(program: Program) -> Circuit:
    """Return the circuit with Φ+ pairs, lossless sends and no idle noise.

    The loss flag of a send is a coin that is never 1, and is left out where nothing mentions it.
    """
    used = used_bits(program)
    operations: list[Operation] = []
    for operation in program.operations:
        if isinstance(operation, Entangle):
            operations.append(Prepare(operation.qubits, PHI_PLUS))
        elif isinstance(operation, Send):
            if operation.bit in used:
                operations.append(Coin(0.0, operation.bit))
        elif isinstance(operation, Coin):
            operations.append(Coin(operation.probability, operation.bit))
        elif not isinstance(operation, Idle):
            operations.append(operation)
    return Circuit(tuple(program.declared), tuple(operations), program.outputs)  # type: ignore[arg-type]
