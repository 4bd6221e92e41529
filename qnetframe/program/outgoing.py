"""What every exchange format needs of a program: checks by name, measurements in z, single-bit conditions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import product
from typing import Literal, TypeAlias

import numpy as np

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import (
    Coin,
    Detector,
    Erase,
    Expect,
    Gate,
    Measure,
    Noise,
    Observable,
    Operation,
    Require,
    Save,
    Unitary,
    qubits_of,
    thaw,
)
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.program import Program
from qnetframe.values import AllOf, AnyOf, Condition, Parity

Outputs: TypeAlias = Literal["refuse", "drop"]
Literals: TypeAlias = tuple[tuple[str, int], ...]
MAX_CASES = 64
_BEFORE = {"z": (), "x": ("h",), "y": ("sdg", "h")}
_AFTER = {"z": (), "x": ("h",), "y": ("h", "s")}


def exportable(
    source: Program | Circuit, target: str, outputs: Outputs = "refuse", carries: Collection[str] = ()
) -> Circuit:
    """Return the circuit of a program, reduced to gates, unitaries, measurements in z, and resets.

    ``carries`` names what the target can hold besides: "noise", "readout". Preparations of pure states become
    gates and Pauli noise otherwise. What nobody but the host reads (declared outputs, save, expect,
    detectors, observables) is refused, or left out with ``outputs="drop"``. UnsupportedError names
    everything that the target cannot express.
    """
    if outputs not in ("refuse", "drop"):
        raise InvalidInputError(f"outputs is {outputs!r}; it must be 'refuse' or 'drop'")
    if not isinstance(source, (Program, Circuit)):
        raise InvalidInputError(f"{target} takes a Program or a Circuit, got {source!r:.60}")
    circuit = source.circuit() if isinstance(source, Program) else source
    refused = (Require, Coin, Erase) if "noise" in carries else (Require, Coin, Erase, Noise)
    kept: list[Operation] = []
    reasons: list[str] = []
    for operation in lower_preparations(circuit).operations:
        if isinstance(operation, Noise) and _is_rounding(operation):
            continue
        if isinstance(operation, (Save, Expect, Detector, Observable)):
            if outputs == "refuse":
                reasons.append(_say(operation))
            continue
        if isinstance(operation, refused):
            reasons.append(_say(operation))
        elif isinstance(operation, Measure) and any(operation.readout) and "readout" not in carries:
            reasons.append(f"the readout error of {operation.bit!r}")
        kept.append(operation)
    default = tuple(Output(b, Parity((b,))) for b in circuit.bits)
    if circuit.outputs != default and outputs == "refuse":
        reasons.append(f"the declared outputs ({', '.join(o.label for o in circuit.outputs) or 'none'})")
    if reasons:
        shown = "; ".join(reasons[:8]) + (f"; and {len(reasons) - 8} more" if len(reasons) > 8 else "")
        hint = ". Declared outputs and save, expect, detector, observable are left out with outputs='drop'"
        raise UnsupportedError(f"{target} cannot express {shown}{hint if outputs == 'refuse' else ''}")
    return Circuit(circuit.qubits, tuple(_in_z(kept)))


def _is_rounding(noise: Noise) -> bool:
    """Whether noise is what rounding leaves of a pure state's preparation."""
    if not noise.channel.is_pauli:
        return False
    return noise.channel.pauli_probabilities.get("I" * noise.channel.num_qubits, 0.0) > 1 - 1e-14


def _say(operation: Operation) -> str:
    if isinstance(operation, (Save, Expect)):
        return f"{operation.kind} {operation.label!r}"
    if isinstance(operation, Require):
        return f"require({operation.condition})"
    if isinstance(operation, Coin):
        return f"coin {operation.bit!r}"
    if isinstance(operation, (Detector, Observable)):
        return operation.kind
    return f"{operation.kind} on {', '.join(qubits_of(operation))}"


def _in_z(operations: list[Operation]) -> Iterable[Operation]:
    """Yield the operations with every measurement in the z basis, turned back where the qubit lives on."""
    last = {q: i for i, o in enumerate(operations) for q in qubits_of(o)}
    for i, operation in enumerate(operations):
        if not isinstance(operation, Measure) or operation.basis == "z":
            yield operation
            continue
        qubit = operation.qubit
        yield from (Gate(g, (qubit,)) for g in _BEFORE[operation.basis])
        yield Measure(qubit, operation.bit, "z", operation.readout)
        if last[qubit] > i:
            yield from (Gate(g, (qubit,)) for g in _AFTER[operation.basis])


def short_names(source: Program | Circuit) -> dict[str, str]:
    """Return a name for each qubit: without its party where that is unambiguous, else its id."""
    if isinstance(source, Circuit):
        return {q: q for q in source.qubits}
    short = {q: q[len(party) + 1 :] for q, party in source.declared.items()}
    return short if len(set(short.values())) == len(short) else {q: q for q in short}


_ELEMENT = re.compile(r"(.+)\[(0|[1-9][0-9]{0,5})\]")


def registers(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return names as registers in order: q[0], q[1], … in one piece are q, others stand alone."""
    groups: list[tuple[str, list[str]]] = []
    i = 0
    while i < len(names):
        match = _ELEMENT.fullmatch(names[i])
        if match and match[2] == "0":
            piece = [names[i]]
            while i + len(piece) < len(names) and names[i + len(piece)] == f"{match[1]}[{len(piece)}]":
                piece.append(names[i + len(piece)])
            groups.append((match[1], piece))
            i += len(piece)
        else:
            groups.append((names[i], [names[i]]))
            i += 1
    if len({base for base, _ in groups}) < len(groups):
        return [(name, [name]) for name in names]
    return groups


def single_bit_cases(condition: Condition, involution: bool) -> list[Literals]:
    """Return conjunctions of bit values: to act once for each that holds is to act under the condition.

    An involution (an operation that undoes itself) acts once for each bit of a parity; anything else acts
    once for each assignment of the bits that makes the condition true.
    """
    groups: list[tuple[Parity, ...]]
    if isinstance(condition, Parity):
        groups = [(condition,)]
    elif isinstance(condition, AllOf):
        groups = [condition.parities]
    else:
        assert isinstance(condition, AnyOf)
        parities = condition.parities
        groups = [(*(q ^ 1 for q in parities[:i]), p) for i, p in enumerate(parities)]
    cases: list[Literals] = []
    for group in groups:
        choices = [_parity_cases(p, involution) for p in group]
        if np.prod([len(c) for c in choices], dtype=float) > MAX_CASES:
            raise UnsupportedError(
                f"the condition {condition} needs more than {MAX_CASES} single-bit conditions; measure fewer "
                "bits into it"
            )
        for parts in product(*choices):
            merged = _merged(parts)
            if merged is not None:
                cases.append(merged)
    return cases


def _parity_cases(parity: Parity, involution: bool) -> list[Literals]:
    if not parity.bits:
        return [()] if parity.constant else []
    if involution:
        *others, last = parity.bits
        return [*(((b, 1),) for b in others), ((last, 1 ^ parity.constant),)]
    if len(parity.bits) > 7:
        raise UnsupportedError(
            f"the parity {parity} of {len(parity.bits)} bits conditions a gate that is not its own inverse; "
            "at most 7 are written as single-bit conditions"
        )
    wanted = 1 ^ parity.constant
    values = product((0, 1), repeat=len(parity.bits))
    return [tuple(zip(parity.bits, v, strict=True)) for v in values if sum(v) % 2 == wanted]


def _merged(parts: tuple[Literals, ...]) -> Literals | None:
    """Return the conjunction of conjunctions; None if a bit would have to be both 0 and 1."""
    known: dict[str, int] = {}
    for bit, value in (literal for part in parts for literal in part):
        if known.setdefault(bit, value) != value:
            return None
    return tuple(known.items())


def is_involution(operation: Gate | Unitary) -> bool:
    """Whether an operation undoes itself, up to a phase."""
    if isinstance(operation, Gate):
        matrix = gate_matrix(operation.name, operation.params)
    else:
        matrix = thaw(operation.matrix)
    square = matrix @ matrix
    return bool(np.abs(square - square[0, 0] * np.eye(len(square))).max() < 1e-12)
