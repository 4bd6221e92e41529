"""Give a circuit the passes of one that differs in values only: what a sweep over a parameter runs again."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.program.memory import remember
from qnetframe.program.operations import Measure, Operation, moved, qubits_of
from qnetframe.program.passes.deferral import deferral
from qnetframe.program.passes.scheduling import Scheduled, scheduled

# The fields that hold values. No schedule, wire or slot depends on them.
_VALUES = {"params", "matrix", "state", "channel", "readout", "probability"}


def shape(circuit: Circuit) -> Hashable:
    """Return what circuits share that differ only in angles, matrices, states, channels and probabilities.

    Whether a measurement errs at all belongs to the shape: deferral adds a channel where it does.
    """
    return circuit.qubits, tuple(map(_shape, circuit.operations)), circuit.outputs


def _shape(operation: Operation) -> tuple[Any, ...]:
    slots = type(operation).__slots__
    errs = isinstance(operation, Measure) and any(operation.readout)
    return (operation.kind, errs, *(getattr(operation, name) for name in slots if name not in _VALUES))


def bind_passes(circuit: Circuit, like: Circuit) -> None:
    """Keep on a circuit its schedule, deferral and footprint, from those of a circuit of the same shape.

    They are what the passes would make of it. What depends on values (lowered preparations, Pauli frames)
    is left to the passes themselves.
    """
    old = scheduled(like)
    operations = tuple(
        moved(circuit.operations[source], qubits_of(operation))
        for source, operation in zip(old.sources, old.circuit.operations, strict=True)
    )
    remember(scheduled, circuit, Scheduled(old.circuit.replace(operations), old.sources))
    remember(deferral, circuit, deferral(like).rebound(operations))
    remember(footprint, circuit, footprint(like))
