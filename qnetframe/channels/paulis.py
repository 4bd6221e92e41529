"""Checked Pauli labels such as ``"XZ"`` (first qubit first), and the weights of Pauli channels."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe import paulis as strings
from qnetframe.errors import InvalidInputError

ComplexArray = npt.NDArray[np.complex128]
RealArray = npt.NDArray[np.float64]

LETTERS = "IXYZ"
# The (x, z) bits of each letter, so that multiplying Paulis up to phase is an exclusive or.
_BITS = {"I": 0, "X": 2, "Y": 3, "Z": 1}
_PRODUCT = {
    (a, b): next(c for c in LETTERS if _BITS[c] == _BITS[a] ^ _BITS[b]) for a in LETTERS for b in LETTERS
}

# Row k is conj(P_k) flattened: it turns the four entries of a 2 x 2 matrix K into tr(P_k K).
_TRACES = np.array([strings.pauli_matrix(letter).conj().ravel() for letter in LETTERS])


def check_label(label: object, field: str = "Pauli label") -> str:
    """Return ``label``; it must be a non-empty string of the letters I, X, Y, Z."""
    if not isinstance(label, str) or not label or set(label) - set(LETTERS):
        raise InvalidInputError(
            f"{field} is {label!r}; it must be a non-empty text of the letters I, X, Y, Z"
        )
    return label


def pauli_labels(num_qubits: int) -> tuple[str, ...]:
    """Return all 4^n labels on ``num_qubits`` qubits in alphabetical order, the identity first."""
    return strings.pauli_labels(checks.integer(num_qubits, "num_qubits", low=1))


def pauli_matrix(label: str) -> ComplexArray:
    """Return the 2^n x 2^n matrix of ``label`` (read-only), first letter most significant."""
    return strings.pauli_matrix(check_label(label))


def pauli_product(first: str, second: str) -> str:
    """Return the label of the product of two Pauli strings of equal length, without its phase."""
    a, b = check_label(first, "first Pauli label"), check_label(second, "second Pauli label")
    if len(a) != len(b):
        raise InvalidInputError(
            f"Pauli labels are {a!r} and {b!r}; they must act on the same number of qubits to be multiplied"
        )
    return "".join(_PRODUCT[pair] for pair in zip(a, b, strict=True))


def pauli_traces(matrices: ComplexArray) -> ComplexArray:
    """Return tr(P_k K) for every label k (order of `pauli_labels`): shape (m, d, d) to (m, d^2).

    Works qubit by qubit, in O(n d^2) for each matrix instead of the O(d^4) of a dense change of basis.
    """
    count, dim = matrices.shape[0], matrices.shape[1]
    n = dim.bit_length() - 1
    pairs = [axis for qubit in range(n) for axis in (1 + qubit, 1 + n + qubit)]
    tensor = matrices.reshape((count,) + (2,) * (2 * n)).transpose([0, *pairs]).reshape((count,) + (4,) * n)
    for qubit in range(n):
        tensor = np.moveaxis(np.tensordot(_TRACES, tensor, axes=(1, 1 + qubit)), 0, 1 + qubit)
    return tensor.reshape(count, dim * dim)


def check_weights(weights: Mapping[str, float], field: str) -> dict[str, float]:
    """Return the non-zero weights in alphabetical order, the identity's filled in if it is missing.

    Raises InvalidInputError unless the labels are Pauli strings of one length and the weights are
    probabilities that sum to 1 (to at most 1 without the identity) within 1e-9.
    """
    if not isinstance(weights, Mapping) or not weights:
        raise InvalidInputError(
            f"{field} is {weights!r}; it must be a non-empty mapping of Pauli labels to probabilities"
        )
    labels = [check_label(label, f"{field} label") for label in weights]
    if len({len(label) for label in labels}) > 1:
        raise InvalidInputError(f"{field} labels are {labels!r}; they must all have the same length")
    checked = {k: checks.probability(weights[k], f"{field} weight of {k!r}") for k in labels}
    identity, total = "I" * len(labels[0]), math.fsum(checked.values())
    if identity not in checked and total <= 1.0:
        checked[identity], total = 1.0 - total, 1.0
    if abs(total - 1.0) > 1e-9:
        allowed = "1" if identity in checked else "at most 1"
        raise InvalidInputError(
            f"{field} weights sum to {total!r}; they must sum to {allowed} within 1e-9 "
            f"(not trace preserving, deviation {abs(total - 1.0):.6g})"
        )
    return tidy(checked)


def tidy(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the non-zero weights in alphabetical order, rescaled if their sum is off by more than 1e-12."""
    total = math.fsum(weights.values())
    scale = total if abs(total - 1.0) > 1e-12 else 1.0
    return {label: weights[label] / scale for label in sorted(weights) if weights[label] > 0.0}


def convolve(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of one Pauli channel after another (they commute)."""
    terms: dict[str, list[float]] = {}
    for a, p in first.items():
        for b, q in second.items():
            label = "".join([_PRODUCT[pair] for pair in zip(a, b, strict=True)])
            terms.setdefault(label, []).append(p * q)
    return tidy({label: math.fsum(parts) for label, parts in terms.items()})


def product(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of two Pauli channels side by side, ``first`` on the first qubits."""
    return tidy({a + b: p * q for a, p in first.items() for b, q in second.items()})


def kraus_operators(weights: Mapping[str, float]) -> ComplexArray:
    """Return sqrt(p) P for every label of a Pauli channel, shape (m, d, d)."""
    return np.stack([math.sqrt(weight) * pauli_matrix(label) for label, weight in weights.items()])
