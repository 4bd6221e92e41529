"""Gates between parties: one pair and two bits for each qubit that takes part from afar.

The cat-entangler copies a qubit's basis value to the other party, who uses the copy as a control; the
cat-disentangler takes the copy away again. Source: Eisert, Jacobs, Papadopoulos, Plenio, PRA 62, 052317
(2000); the names are those of Yimsiriwattana and Lomonaco, quant-ph/0402148 (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError, LocalityError
from qnetframe.program.gates import GATES, controlled, gate_definition, gate_matrix
from qnetframe.program.program import Program, Qubit, QubitLike
from qnetframe.values import Bit, ComplexArray, ConditionLike, complex_array

Spare = dict[tuple[str, str], list[tuple[str, str]]]


def cat_entangle(program: Program, control: QubitLike, pair: tuple[QubitLike, QubitLike]) -> Bit:
    """Turn a|0> + b|1> of ``control`` into a|00> + b|11> of ``control`` and ``pair[1]``.

    ``pair`` is an entangled pair (Φ+) whose first qubit is with the control; it is measured and its bit
    returned.
    """
    program.cx(control, pair[0])
    bit = program.measure(pair[0])
    program.x(pair[1], when=bit)
    return bit


def cat_disentangle(program: Program, control: QubitLike, copy: QubitLike) -> Bit:
    """Take back the copy of ``cat_entangle``: measure it in the x basis and correct the control."""
    program.h(copy)
    bit = program.measure(copy)
    program.z(control, when=bit)
    return bit


def remote_controlled(
    program: Program,
    control: QubitLike,
    target: QubitLike | Sequence[QubitLike],
    gate: str | Any,
    *angles: float,
    when: ConditionLike | None = None,
    link: str | None = None,
    spare: Spare | None = None,
) -> Program:
    """Apply a gate at one party controlled by a qubit of another: one pair, one bit each way.

    ``gate`` is the name of what is controlled ("x", "rz", …) with its ``angles``, or a matrix (2**n, 2**n)
    on the n targets. ``spare`` keeps the measured qubits of the pair for the next call; without it every
    call declares two new ones. Raises LocalityError if the targets are apart.
    """
    targets = (target,) if isinstance(target, (Qubit, str)) else tuple(target)
    if isinstance(gate, str):
        wanted = gate_definition(gate).num_params
        if len(angles) != wanted:
            raise InvalidInputError(f"remote_controlled: {gate} takes {wanted} angles, got {len(angles)}")
        matrix = gate_matrix(gate, _angles(gate, angles))
        if f"c{gate}" in GATES:
            name = f"c{gate}"
            return remote_gate(program, name, *angles, control, *targets, when=when, link=link, spare=spare)
    else:
        matrix = complex_array(gate, "remote_controlled")
        if angles or matrix.shape != (1 << len(targets),) * 2:
            raise InvalidInputError(
                f"remote_controlled: a matrix on {len(targets)} targets must have shape "
                f"{(1 << len(targets),) * 2} and no angles, got {matrix.shape} and {angles}"
            )
    return remote_unitary(program, controlled(matrix), control, *targets, when=when, link=link, spare=spare)


def remote_cx(
    program: Program, control: QubitLike, target: QubitLike, *, when: ConditionLike | None = None,
    link: str | None = None, spare: Spare | None = None,
) -> Program:  # fmt: skip
    """Apply a teleported CNOT: one pair, one bit each way."""
    return remote_gate(program, "cx", control, target, when=when, link=link, spare=spare)


def remote_cz(
    program: Program, control: QubitLike, target: QubitLike, *, when: ConditionLike | None = None,
    link: str | None = None, spare: Spare | None = None,
) -> Program:  # fmt: skip
    """Apply a teleported CZ: one pair, one bit each way.

    Over a Werner pair of fidelity F, with ideal local gates, its average gate fidelity is (4F + 1)/5.
    """
    return remote_gate(program, "cz", control, target, when=when, link=link, spare=spare)


def remote_swap(
    program: Program, first: QubitLike, second: QubitLike, *, when: ConditionLike | None = None,
    link: str | None = None, spare: Spare | None = None,
) -> Program:  # fmt: skip
    """Exchange two qubits of different parties by three teleported CNOTs, which take three pairs."""
    kept: Spare = {} if spare is None else spare
    # Only the middle one needs the condition: without it the outer two cancel.
    remote_gate(program, "cx", first, second, link=link, spare=kept)
    remote_gate(program, "cx", second, first, when=when, link=link, spare=kept)
    return remote_gate(program, "cx", first, second, link=link, spare=kept)


def remote_gate(
    program: Program, name: str, *arguments: Any, when: ConditionLike | None = None,
    link: str | None = None, spare: Spare | None = None,
) -> Program:  # fmt: skip
    """Apply a standard gate, angles first, whose qubits may belong to different parties.

    The gate is done at the party that holds most of its qubits; each of the others must only control it,
    in the z or x basis, and costs a pair and two bits. A swap is three CNOTs. Raises LocalityError for a
    gate that this cannot do.
    """
    count = gate_definition(name).num_params
    angles, qubits = _angles(name, arguments[:count]), tuple(_ident(program, q) for q in arguments[count:])
    if len(qubits) != gate_definition(name).num_qubits or len({program._owner[q] for q in qubits}) == 1:
        return program.gate(name, *angles, *qubits, when=when)
    if name == "swap":
        return remote_swap(program, *qubits, when=when, link=link, spare=spare)
    matrix = gate_matrix(name, angles)
    return _spread(program, name, matrix, qubits, (name, angles), when, link, spare)


def remote_unitary(
    program: Program, matrix: Any, *qubits: QubitLike, when: ConditionLike | None = None,
    link: str | None = None, spare: Spare | None = None,
) -> Program:  # fmt: skip
    """Apply a unitary matrix whose qubits may belong to different parties, as ``remote_gate`` does."""
    ids = tuple(_ident(program, q) for q in qubits)
    if len({program._owner[q] for q in ids}) == 1:
        return program.unitary(matrix, *ids, when=when)
    array = complex_array(matrix, "remote_unitary")
    if array.shape != (1 << len(ids),) * 2:
        raise InvalidInputError(f"remote_unitary: shape is {array.shape}; it must be {(1 << len(ids),) * 2}")
    return _spread(program, "unitary", array, ids, array, when, link, spare)


def _angles(name: str, angles: Sequence[Any]) -> tuple[float, ...]:
    for angle in angles:
        if isinstance(angle, (Qubit, str)):
            raise InvalidInputError(f"{name} takes its angles first, then its qubits; got {angle!r}")
    return tuple(checks.finite(a, f"{name} angle {i}") for i, a in enumerate(angles))


def _ident(program: Program, qubit: QubitLike) -> str:
    return program._known("remote gate", qubit)


def control_basis(matrix: ComplexArray, place: int) -> str | None:
    """Return the basis, "z" or "x", in which qubit ``place`` only controls a gate; None if in neither."""
    num = matrix.shape[0].bit_length() - 1
    before, after = 1 << place, 1 << (num - place - 1)
    blocks = matrix.reshape(before, 2, after, before, 2, after)
    a, b = blocks[:, 0, :, :, 0, :], blocks[:, 1, :, :, 1, :]
    c, d = blocks[:, 0, :, :, 1, :], blocks[:, 1, :, :, 0, :]
    if max(np.abs(c).max(), np.abs(d).max()) < 1e-12:
        return "z"
    # Hadamards on both sides turn the off-diagonal blocks into (a - b ± (d - c)) / 2.
    return "x" if max(np.abs(a - b).max(), np.abs(c - d).max()) < 1e-12 else None


def _spread(
    program: Program, what: str, matrix: ComplexArray, qubits: tuple[str, ...], gate: Any,
    when: ConditionLike | None, link: str | None, spare: Spare | None,
) -> Program:  # fmt: skip
    """Share every qubit that is not at the chosen party, apply the gate there, take the copies back."""
    owner = [program._owner[q] for q in qubits]
    basis = [control_basis(matrix, i) for i in range(len(qubits))]
    homes = [h for h in dict.fromkeys(reversed(owner))
             if all(b or o == h for b, o in zip(basis, owner, strict=True))]  # fmt: skip
    if not homes:
        raise LocalityError(
            f"{what} on {program._say(qubits)}: it cannot be done with shared controls; at no party do all "
            "the other qubits only control it. Write it with controlled gates"
        )
    home = max(homes, key=owner.count)
    kept: Spare = {} if spare is None else spare
    copies: dict[str, str] = {}
    taken: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for qubit, party, kind in zip(qubits, owner, basis, strict=True):
        if party == home:
            continue
        pair = _take_pair(program, party, home, kept)
        taken.append(((party, home), pair))
        program.entangle(*pair, link=link)
        if kind == "x":
            program.h(qubit)
        cat_entangle(program, qubit, pair)
        if kind == "x":
            program.h(pair[1])
        copies[qubit] = pair[1]
    places = [copies.get(q, q) for q in qubits]
    if isinstance(gate, tuple):
        program.gate(gate[0], *gate[1], *places, when=when)
    else:
        program.unitary(gate, *places, when=when)
    for qubit, kind in zip(qubits, basis, strict=True):
        if qubit in copies:
            if kind == "x":
                program.h(copies[qubit])
            cat_disentangle(program, qubit, copies[qubit])
            if kind == "x":
                program.h(qubit)
    for key, pair in taken:
        kept.setdefault(key, []).append(pair)
    return program


def _take_pair(program: Program, here: str, there: str, spare: Spare) -> tuple[str, str]:
    """Return two qubits for a pair, used before if any are spare."""
    if spare.get((here, there)):
        return spare[here, there].pop()
    if spare.get((there, here)):
        second, first = spare[there, here].pop()
        return first, second
    return _fresh(program, here, there), _fresh(program, there, here)


def _fresh(program: Program, party: str, peer: str) -> str:
    number = 0
    while f"{party}.{peer}_{number}" in program._declared:
        number += 1
    return program.qubit(party, f"{peer}_{number}").id
