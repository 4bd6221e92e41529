"""Transversal gates: the same gate on every data qubit, and what it does to the logical ones."""

from __future__ import annotations

from collections.abc import Mapping

from qnetframe_qec.codes.binary import Span
from qnetframe_qec.codes.code import Code, anticommute, symplectic

# What conjugation by a gate makes of X and Z of a qubit, without signs.
_SINGLE = {"h": {"X": "Z", "Z": "X", "Y": "Y"}, "s": {"X": "Y", "Y": "X", "Z": "Z"}}


def transversal_gates(code: Code) -> Mapping[str, str]:
    """Return which of h, s and cx (between two blocks) are transversal, and the logical gate that each makes.

    A gate is transversal if it maps the stabilizers to themselves. The logical gate is named up to Paulis:
    "h", "s" (or its inverse) or "cx" on every logical qubit, "identity", or "other Clifford". B. Eastin and
    E. Knill, Phys. Rev. Lett. 102, 110502 (2009), for why they cannot be all.
    """
    span = Span(_row(s) for s in code.stabilizers)
    found = {}
    for name, images in _SINGLE.items():
        mapped = {
            p: "".join(images.get(c, "I") for c in p)
            for p in (*code.stabilizers, *code.logical_x, *code.logical_z)
        }
        if any(span.reduced(_row(mapped[s])) for s in code.stabilizers):
            continue
        effects = [
            (_effect(code, mapped[x], j), _effect(code, mapped[z], j))
            for j, (x, z) in enumerate(zip(code.logical_x, code.logical_z, strict=True))
        ]
        names = {("X", "Z"): "identity", ("Z", "X"): "h", ("Y", "Z"): "s"}
        found[name] = names.get(effects[0], "other Clifford") if len(set(effects)) == 1 else "other Clifford"
    if _cx_is_transversal(code):
        found["cx"] = "cx"
    return found


def _cx_is_transversal(code: Code) -> bool:
    # X spreads to the second block and Z to the first, so both parts of every stabilizer must be stabilizers.
    span = Span(_row(s) for s in code.stabilizers)
    for pauli in code.stabilizers:
        x, z = symplectic(pauli)
        if span.reduced(x) or span.reduced(z << code.n):
            return False
    logicals = [(p, letter) for ps, letter in ((code.logical_x, "X"), (code.logical_z, "Z")) for p in ps]
    return all(set(p) <= {"I", letter} for p, letter in logicals)


def _effect(code: Code, pauli: str, j: int) -> str:
    """Return the logical Pauli of an operator if it acts on logical qubit j alone, else "?"."""
    effects = [
        "IXZY"[anticommute(pauli, z) + 2 * anticommute(pauli, x)]
        for x, z in zip(code.logical_x, code.logical_z, strict=True)
    ]
    return effects[j] if all(e == "I" for i, e in enumerate(effects) if i != j) else "?"


def _row(pauli: str) -> int:
    x, z = symplectic(pauli)
    return x | z << len(pauli)
