"""A user's own code: from stabilizer strings, or from parity-check matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.binary import Span, inverse, kernel, overlap
from qnetframe_qec.codes.code import Code, pauli_string, symplectic

_PLACEHOLDER = ("?",)


def code_from_stabilizers(stabilizers: Sequence[str], name: str = "custom", **more: Any) -> Code:
    """Return the code of some stabilizer strings, with logical operators found for it.

    CSS codes get logical X of X only and logical Z of Z only. ``more`` are further fields of ``Code``
    (distance, positions, check_positions, schedule). Raises InvalidInputError as ``Code`` does, and where
    the stabilizers leave no logical qubit.
    """
    if isinstance(stabilizers, str) or not stabilizers:
        raise InvalidInputError(
            f"stabilizers are {stabilizers!r:.60}; they must be a sequence of Pauli strings"
        )
    n = len(stabilizers[0]) if isinstance(stabilizers[0], str) else 0
    for i, pauli in enumerate(stabilizers):
        if not isinstance(pauli, str) or len(pauli) != n or set(pauli) - set("IXYZ") or not pauli.strip("I"):
            raise InvalidInputError(
                f"stabilizers[{i}] is {pauli!r:.60}; it must be a string of {n} letters I, X, Y and Z, not "
                "all I"
            )
    rows = [symplectic(s) for s in stabilizers]
    for i, (x, z) in enumerate(rows):
        for j, (a, c) in enumerate(rows[:i]):
            if overlap(x, c) ^ overlap(z, a):
                raise InvalidInputError(
                    f"stabilizers {j} ({stabilizers[j]:.40}) and {i} ({stabilizers[i]:.40}) anticommute"
                )
    if all(not x or not z for x, z in rows):
        logical_x, logical_z = _css_logicals([x for x, _ in rows if x], [z for _, z in rows if z], n)
    else:
        logical_x, logical_z = _logicals(stabilizers, n)
    if not logical_x:
        raise InvalidInputError(f"the {len(stabilizers)} stabilizers on {n} qubits leave no logical qubit")
    return Code(name, tuple(stabilizers), tuple(logical_x), tuple(logical_z), **more)


def code_from_checks(hx: Any, hz: Any, name: str = "custom", **more: Any) -> Code:
    """Return the CSS code of two parity-check matrices of 0 and 1, shapes (mx, n) and (mz, n).

    Raises InvalidInputError for wrong shapes, other entries, or hx @ hz.T that is not 0 modulo 2.
    """
    matrices = []
    for field, given in (("hx", hx), ("hz", hz)):
        array = np.asarray(given)
        if array.ndim != 2 or not array.size:
            raise InvalidInputError(
                f"{field} has shape {array.shape}; it must be (checks, qubits), both above 0"
            )
        if not ((array == 0) | (array == 1)).all():
            raise InvalidInputError(f"{field} has an entry that is neither 0 nor 1")
        matrices.append(array.astype(np.int64))
    first, second = matrices
    if first.shape[1] != second.shape[1]:
        raise InvalidInputError(
            f"hx has {first.shape[1]} columns and hz {second.shape[1]}; both need one a qubit"
        )
    wrong = np.argwhere(first @ second.T % 2)
    if wrong.size:
        raise InvalidInputError(f"row {wrong[0][0]} of hx and row {wrong[0][1]} of hz anticommute")
    stabilizers = ["".join("X" if b else "I" for b in row) for row in first]
    stabilizers += ["".join("Z" if b else "I" for b in row) for row in second]
    return code_from_stabilizers(stabilizers, name, **more)


def _css_logicals(hx: list[int], hz: list[int], n: int) -> tuple[list[str], list[str]]:
    """Return X-type and Z-type logical operators, paired."""

    def outside(span: Span, candidates: list[int]) -> list[int]:
        return [row for row in candidates if span.add(row)]

    xs = outside(Span(hx), kernel(hz, n))
    zs = outside(Span(hz), kernel(hx, n))
    # Row i of the inverse says which zs to multiply, so that the i-th anticommutes with xs[i] alone.
    gram = [sum(overlap(z, x) << j for j, x in enumerate(xs)) for z in zs]
    paired = []
    for row in inverse(gram) if gram else []:
        total = 0
        for j, z in enumerate(zs):
            if row >> j & 1:
                total ^= z
        paired.append(total)
    return [pauli_string(x, 0, n) for x in xs], [pauli_string(0, z, n) for z in paired]


def _logicals(stabilizers: Sequence[str], n: int) -> tuple[list[str], list[str]]:
    import stim

    tableau = stim.Tableau.from_stabilizers(
        [stim.PauliString(s) for s in stabilizers], allow_redundant=True, allow_underconstrained=True
    )
    rank = len(Span(x | z << n for x, z in map(symplectic, stabilizers)))
    free = range(rank, n)

    def text(pauli: stim.PauliString) -> str:
        return str(pauli)[1:].replace("_", "I")

    return [text(tableau.x_output(i)) for i in free], [text(tableau.z_output(i)) for i in free]
