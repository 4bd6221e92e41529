"""Conditions for a code to correct errors, and the distance of small stabilizer codes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels.channel import Channel
from qnetframe.errors import InvalidInputError

Code: TypeAlias = Sequence[str] | npt.ArrayLike
Errors: TypeAlias = Channel | Sequence[str] | npt.ArrayLike

_TOLERANCE = 1e-9
_MAX_QUBITS = 12
# Paulis of one weight that are looked at: 24 qubits to weight 4.
_MOST_PAULIS = 2_000_000


@dataclass(frozen=True, eq=False)
class KnillLaflamme:
    """How far P E_a† E_b P is from α_ab P for the worst pair of errors.

    ``violation`` is the largest operator norm of the difference, for the pair ``worst`` (a, b); 0 within 1e-9
    means that all errors, and all mixtures of them, can be corrected exactly. ``gram`` is α (m, m).
    ``fidelity`` is the entanglement fidelity that the transpose recovery reaches where the errors are the
    Kraus operators of a channel, else None; no recovery has less than half of its infidelity.
    """

    violation: float
    worst: tuple[int, int]
    gram: npt.NDArray[Any]
    fidelity: float | None

    def __bool__(self) -> bool:
        return self.violation <= _TOLERANCE


def knill_laflamme(code: Code, errors: Errors) -> KnillLaflamme:
    """Return whether, and how far from it, a code corrects errors.

    ``code`` is a list of stabilizers such as ["XZZXI", …] (a minus sign is allowed) or its basis states,
    shape (k, 2^n). ``errors`` are Pauli strings, matrices (m, 2^n, 2^n), or a Channel on n qubits (its Kraus
    operators). E. Knill and R. Laflamme, Phys. Rev. A 55, 900 (1997). The fidelity is ‖tr_code
    √M‖²/k² with M_(a i),(b j) = <i|E_a† E_b|j>: G. Zheng, W. He, G. Lee and L. Jiang, Phys. Rev. Lett. 132,
    250602 (2024).

    >>> code = ["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"]
    >>> bool(knill_laflamme(code, ["IIIII", "XIIII", "IYIII", "IIIIZ"]))
    True
    """
    basis = code_basis(code)
    moved = _moved(errors, basis)
    count, size = moved.shape[:2]
    overlaps = np.einsum("aki,bli->abkl", moved.conj(), moved)
    gram = np.einsum("abkk->ab", overlaps) / size
    off = overlaps - gram[:, :, None, None] * np.eye(size)
    norms = np.linalg.norm(off, ord=2, axis=(-2, -1))
    worst = np.unravel_index(int(np.argmax(norms)), norms.shape)
    recovered = None
    if isinstance(errors, Channel):
        matrix = overlaps.transpose(0, 2, 1, 3).reshape(count * size, count * size)
        values, vectors = np.linalg.eigh(matrix)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.conj().T
        traced = np.einsum("akbk->ab", root.reshape(count, size, count, size))
        recovered = min(1.0, float((np.abs(traced) ** 2).sum()) / size**2)
    return KnillLaflamme(float(norms.max()), (int(worst[0]), int(worst[1])), gram, recovered)


def code_basis(code: Code) -> npt.NDArray[Any]:
    """Return orthonormal basis states (k, 2^n) of a code given by stabilizers or by basis states."""
    if not isinstance(code, np.ndarray) and len(code) and isinstance(code[0], str):  # type: ignore[arg-type,index]
        return _stabilized(list(code))  # type: ignore[arg-type]
    basis = np.atleast_2d(np.asarray(code, dtype=complex))
    if basis.ndim != 2 or basis.shape[1] < 2 or basis.shape[1] & (basis.shape[1] - 1):
        raise InvalidInputError(f"code has shape {basis.shape}; it must be basis states of shape (k, 2^n)")
    off = float(np.abs(basis.conj() @ basis.T - np.eye(len(basis))).max())
    if off > _TOLERANCE:
        raise InvalidInputError(f"basis states of the code are not orthonormal: they are off by {off:.6g}")
    return basis


def _stabilized(stabilizers: list[str]) -> npt.NDArray[Any]:
    signs, labels = _labels(stabilizers)
    count = len(labels[0])
    if count > _MAX_QUBITS:
        raise InvalidInputError(f"code has {count} qubits; at most {_MAX_QUBITS} as basis states")
    rows = np.array([_symplectic(label) for label in labels], dtype=np.uint8)
    size = 1 << (count - len(_reduced(rows)))
    # Projections of as many random vectors as the code has dimensions span it.
    states = np.random.default_rng(0).standard_normal((size, 1 << count)).astype(complex)
    for sign, label in zip(signs, labels, strict=True):
        states = (states + sign * _apply_pauli(label, states)) / 2
    if np.linalg.norm(states) < 1e-9:
        raise InvalidInputError(f"stabilizers {stabilizers} have no state in common: -1 is one of them")
    return np.ascontiguousarray(np.linalg.qr(states.T)[0].T)


def _apply_pauli(label: str, states: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return P on each of some vectors (..., 2^n)."""
    flips = int("".join("1" if letter in "XY" else "0" for letter in label), 2)
    signs = int("".join("1" if letter in "ZY" else "0" for letter in label), 2)
    places = np.arange(states.shape[-1])
    odd = np.bitwise_count(places & signs) & 1
    moved: npt.NDArray[Any] = (states * np.where(odd, -1, 1))[..., places ^ flips] * 1j ** label.count("Y")
    return moved


def _moved(errors: Errors, basis: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return every error on every basis state, (m, k, d)."""
    size = basis.shape[1]
    if isinstance(errors, Channel):
        operators = np.stack(errors.kraus)
    elif not isinstance(errors, np.ndarray) and len(errors) and isinstance(errors[0], str):  # type: ignore[arg-type,index]
        labels = _labels(list(errors), commuting=False)[1]  # type: ignore[arg-type]
        if 1 << len(labels[0]) != size:
            raise InvalidInputError(
                f"errors have {len(labels[0])} letters; the code has {size.bit_length() - 1} qubits"
            )
        return np.stack([_apply_pauli(label, basis) for label in labels])
    else:
        operators = np.asarray(errors, dtype=complex)
        operators = operators[None] if operators.ndim == 2 else operators
    if operators.ndim != 3 or operators.shape[1:] != (size, size) or not len(operators):
        raise InvalidInputError(
            f"errors have shape {operators.shape}; they must have shape (m, {size}, {size})"
        )
    moved: npt.NDArray[Any] = np.einsum("aij,kj->aki", operators, basis)
    return moved


def stabilizer_distance(stabilizers: Sequence[str]) -> int:
    """Return the distance of a stabilizer code: the least weight of a Pauli that acts on it unseen.

    That is one that commutes with every stabilizer and is no product of them; for a code of no qubits, the
    least weight of a stabilizer. D. Gottesman, thesis (1997). Every Pauli of each weight is
    looked at, so small codes only.

    >>> stabilizer_distance(["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"])
    3
    """
    _, labels = _labels(list(stabilizers))
    count = len(labels[0])
    rows = np.array([_symplectic(label) for label in labels], dtype=np.uint8)
    basis = _reduced(rows)
    pure = len(basis) == count
    for weight in range(1, count + 1):
        if math.comb(count, weight) * 3**weight > _MOST_PAULIS:
            raise InvalidInputError(
                f"the distance of this code on {count} qubits is at least {weight}; beyond that there are "
                "too many Paulis to look at"
            )
        for paulis in _of_weight(count, weight):
            # Symplectic product: x of one with z of the other.
            swapped = np.concatenate([rows[:, count:], rows[:, :count]], axis=1)
            unseen = paulis[~((paulis @ swapped.T) & 1).any(axis=1)]
            if len(unseen) and (pure or any(_outside(basis, row) for row in unseen)):
                return weight
    raise InvalidInputError("the code has no logical operator: its stabilizers are not independent")


def _labels(strings: list[str], commuting: bool = True) -> tuple[list[int], list[str]]:
    signs, labels = [], []
    for text in strings:
        if not isinstance(text, str):
            raise InvalidInputError(f"{text!r:.40} is no Pauli string")
        label = text.lstrip("+-").upper()
        if not label or set(label) - set("IXYZ"):
            raise InvalidInputError(f"{text!r} is no Pauli string: letters are I, X, Y, Z")
        signs.append(-1 if text.startswith("-") else 1)
        labels.append(label)
    if len({len(label) for label in labels}) != 1:
        raise InvalidInputError("Pauli strings must all have one letter for every qubit")
    if commuting:
        for a, b in combinations(range(len(labels)), 2):
            clashes = sum(p != q and "I" not in (p, q) for p, q in zip(labels[a], labels[b], strict=True))
            if clashes % 2:
                raise InvalidInputError(f"stabilizers {strings[a]!r} and {strings[b]!r} do not commute")
    return signs, labels


def _symplectic(label: str) -> list[int]:
    return [*(letter in "XY" for letter in label), *(letter in "ZY" for letter in label)]


def _reduced(rows: npt.NDArray[np.uint8]) -> list[tuple[int, npt.NDArray[np.uint8]]]:
    """Return independent rows over GF(2) with the pivot of each."""
    basis: list[tuple[int, npt.NDArray[np.uint8]]] = []
    for row in rows:
        left = _left_over(basis, row)
        if left.any():
            basis.append((int(np.argmax(left)), left))
    return basis


def _left_over(
    basis: list[tuple[int, npt.NDArray[np.uint8]]], row: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint8]:
    left = row.copy()
    for pivot, vector in basis:
        if left[pivot]:
            left ^= vector
    return left


def _outside(basis: list[tuple[int, npt.NDArray[np.uint8]]], row: npt.NDArray[np.uint8]) -> bool:
    return bool(_left_over(basis, row).any())


def _of_weight(count: int, weight: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield all Paulis of a weight in symplectic form, (3^w, 2n) for each set of qubits."""
    checks.integer(weight, "weight", low=1, high=count)
    letters = np.array(list(product((1, 2, 3), repeat=weight)), dtype=np.uint8)
    for places in combinations(range(count), weight):
        rows = np.zeros((len(letters), 2 * count), dtype=np.uint8)
        rows[:, list(places)] = letters & 1
        rows[:, [p + count for p in places]] = letters >> 1
        yield rows
