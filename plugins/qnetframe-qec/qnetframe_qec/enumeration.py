"""Exact logical error of small codes under independent noise of their qubits, by counting every Pauli
error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_qec.codes.code import Code, anticommute

# 4**10 errors take 25 MB; the next codes of interest have 13 and 15 qubits.
MAX_QUBITS = 10


@dataclass(frozen=True)
class Coset:
    """What is corrected for a syndrome: the error that is undone, and the class of logical effects it has."""

    correction: str
    effect: int


@dataclass(frozen=True)
class ErrorTable:
    """Every Pauli error of a code of at most 10 qubits: its syndrome, logical effect and weight.

    Error number e has on qubit i the Pauli "IXYZ"[digit i of e in base 4]. An effect is a number of 2 k bits:
    bit 2j where logical Z_j is flipped (an X), bit 2j + 1 where logical X_j is.
    """

    code: Code

    def __post_init__(self) -> None:
        if self.code.n > MAX_QUBITS:
            raise UnsupportedError(
                f"code {self.code.name!r} has {self.code.n} qubits; all errors of at most {MAX_QUBITS} are "
                "counted. "
                "Sample it, or take a decoder"
            )

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        code, n = self.code, self.code.n
        effects = [p for pair in zip(code.logical_z, code.logical_x, strict=True) for p in pair]
        syndrome, effect, weight = (np.zeros(1, dtype=np.int64) for _ in range(3))
        for i in range(n):
            place = ["I" * i + letter + "I" * (n - i - 1) for letter in "XYZ"]
            s = [0, *(_flips(p, code.stabilizers) for p in place)]
            e = [0, *(_flips(p, effects) for p in place)]
            syndrome = np.concatenate([syndrome ^ v for v in s])
            effect = np.concatenate([effect ^ v for v in e])
            weight = np.concatenate([weight + (v > 0) for v in range(4)])
        return syndrome, effect, weight

    def joint(self, probabilities: Mapping[str, float]) -> NDArray[np.float64]:
        """Return P(syndrome, effect), shape (2**checks, 4**k), where each qubit suffers X, Y, Z so often."""
        syndrome, effect, _ = self._arrays
        each = np.array([1 - sum(probabilities.values()), *(probabilities.get(p, 0.0) for p in "XYZ")])
        weights = np.ones(1)
        for _ in range(self.code.n):
            weights = np.concatenate([weights * p for p in each])
        classes = 4**self.code.k
        flat = np.bincount(syndrome * classes + effect, weights, minlength=classes << self.code.num_checks)
        return np.asarray(flat, dtype=np.float64).reshape(-1, classes)

    @cached_property
    def corrections(self) -> Mapping[int, Coset]:
        """The error of least weight of each syndrome that occurs, Y counting as one; the first among equals.

        Among errors of equal weight, fewer Y come first and then the order of their numbers.
        """
        syndrome, effect, weight = self._arrays
        digits = np.arange(len(syndrome))
        ys = np.zeros(len(syndrome), dtype=np.int64)
        for i in range(self.code.n):
            ys += digits >> (2 * i) & 3 == 2
        order = np.lexsort((digits, ys, weight))
        _, first = np.unique(syndrome[order], return_index=True)
        return {int(syndrome[e]): Coset(self.letters(int(e)), int(effect[e])) for e in order[first]}

    def letters(self, error: int) -> str:
        """Return the Pauli string of an error."""
        return "".join("IXYZ"[error >> (2 * i) & 3] for i in range(self.code.n))


def logical_error(
    code: Code, probabilities: Mapping[str, float], decoder: str = "minimum-weight", counted: str = "any"
) -> float:
    """Return the exact probability of a logical error after one perfect correction.

    Each data qubit suffers "X", "Y", "Z" with the given probabilities. ``decoder`` is "minimum-weight" (a
    table of the lightest error of each syndrome) or "maximum-likelihood". ``counted`` says which residual
    logical effects are errors: "any", or those that flip a logical "Z" (what a memory in basis z sees) or
    "X".
    """
    for letter, p in probabilities.items():
        if letter not in ("X", "Y", "Z"):
            raise InvalidInputError(f"probabilities name {letter!r}; they must be of 'X', 'Y' and 'Z'")
        checks.probability(p, f"probability of {letter}")
    checks.probability(sum(probabilities.values()), "sum of the probabilities")
    if decoder not in ("minimum-weight", "maximum-likelihood") or counted not in ("any", "Z", "X"):
        raise InvalidInputError(
            f"decoder is {decoder!r} and counted {counted!r}; allowed are minimum-weight, maximum-likelihood "
            "and any, Z, X"
        )
    table = ErrorTable(code)
    joint = table.joint(probabilities)
    if counted != "any":
        bits = sum(1 << (2 * j + (counted == "X")) for j in range(code.k))
        index = np.arange(joint.shape[1])
        joint = np.stack([joint[:, (index & bits) == v].sum(axis=1) for v in np.unique(index & bits)], axis=1)
    if decoder == "maximum-likelihood":
        return float((joint.sum(axis=1) - joint.max(axis=1)).sum())
    wrong = 0.0
    for syndrome, coset in table.corrections.items():
        effect = coset.effect if counted == "any" else _project(coset.effect & bits, code.k, counted)
        wrong += joint[syndrome].sum() - joint[syndrome, effect]
    return float(wrong)


def _project(effect: int, k: int, counted: str) -> int:
    return sum((effect >> (2 * j + (counted == "X")) & 1) << j for j in range(k))


def _flips(pauli: str, operators: tuple[str, ...] | list[str]) -> int:
    return sum(anticommute(pauli, operator) << i for i, operator in enumerate(operators))
