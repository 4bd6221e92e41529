"""Conversions between Kraus operators, Choi matrix and superoperator, and the checks that make a map a channel.

Conventions (first qubit most significant; d = 2^n):

- superoperator S acts on density matrices written row by row: vec(rho') = S vec(rho), S = sum_k K_k (x) conj(K_k);
- Choi matrix C = sum_ij |i><j| (x) Phi(|i><j|), of trace d, input factor first.

Source: C. J. Wood, J. D. Biamonte, D. G. Cory, "Tensor networks and graphical calculus for open quantum systems",
Quantum Inf. Comput. 15, 759 (2015), with the row-major instead of the column-major convention for S.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from qnetframe.channels.paulis import ComplexArray
from qnetframe.errors import InvalidInputError

TOLERANCE = 1e-9
"""A map further than this from complete positivity or trace preservation is refused."""

ROUNDING = 1e-12
"""Deviations up to this are floating-point rounding; between this and TOLERANCE they are corrected."""

_RANK_CUTOFF = 1e-14


def square(matrix: Any, field: str) -> ComplexArray:
    """Return ``matrix`` as a new complex array; it must be square, finite and have a power of two rows (2 or more)."""
    try:
        array = np.array(matrix, dtype=np.complex128) + 0.0  # + 0.0 turns -0.0 into 0.0: equal means equal bytes
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{field} is {matrix!r}; it must be a square matrix of numbers") from error
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise InvalidInputError(f"{field} has shape {array.shape}; it must be a square matrix")
    if array.shape[0] < 2 or array.shape[0] & (array.shape[0] - 1):
        raise InvalidInputError(
            f"{field} has {array.shape[0]} rows; the dimension must be a power of two, at least 2 (qubits)"
        )
    if not np.isfinite(array).all():
        bad = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InvalidInputError(f"{field} has the entry {array[bad]} at {bad}; all entries must be finite numbers")
    return array


def stack(kraus: Iterable[Any], field: str) -> ComplexArray:
    """Return Kraus operators as one array of shape (m, d, d), checked for shape and finite entries only."""
    try:
        operators = list(kraus)
    except TypeError as error:
        raise InvalidInputError(f"{field} is {kraus!r}; it must be a list of square matrices") from error
    if not operators:
        raise InvalidInputError(f"{field} is an empty list; a channel needs at least one Kraus operator")
    checked = [square(operator, f"{field}[{k}]") for k, operator in enumerate(operators)]
    for k, operator in enumerate(checked):
        if operator.shape != checked[0].shape:
            raise InvalidInputError(
                f"{field}[{k}] has shape {operator.shape}; it must have the shape {checked[0].shape} of {field}[0]"
            )
    return np.stack(checked)


def completeness_deviation(kraus: ComplexArray) -> float:
    """Return the operator norm of sum_k K_k^dagger K_k - 1 for Kraus operators of shape (m, d, d)."""
    return float(np.abs(np.linalg.eigvalsh(_gram(kraus) - np.eye(kraus.shape[1]))).max())


def _gram(kraus: ComplexArray) -> ComplexArray:
    total: ComplexArray = np.einsum("kai,kaj->ij", kraus.conj(), kraus)
    return total


def complete(kraus: ComplexArray, field: str) -> ComplexArray:
    """Return Kraus operators that are trace preserving, or raise InvalidInputError with the deviation.

    Operators complete to within 1e-12 come back unchanged; up to 1e-9 they are multiplied from the right by
    (sum_k K_k^dagger K_k)^(-1/2), so that errors of rounded data do not add up in long compositions.
    """
    deviation = completeness_deviation(kraus)
    if deviation > TOLERANCE:
        raise InvalidInputError(
            f"{field} is not trace preserving: sum K^dagger K differs from the identity by {deviation:.6g} "
            f"(operator norm); at most {TOLERANCE:g} is allowed"
        )
    if deviation <= ROUNDING:
        return kraus
    values, vectors = np.linalg.eigh(_gram(kraus))
    corrected: ComplexArray = kraus @ ((vectors * values**-0.5) @ vectors.conj().T)
    return corrected


def kraus_to_superoperator(kraus: ComplexArray) -> ComplexArray:
    """Return S = sum_k K_k (x) conj(K_k), shape (d^2, d^2)."""
    dim = kraus.shape[1]
    tensor: ComplexArray = np.einsum("kai,kbj->abij", kraus, kraus.conj(), optimize=True)
    return np.ascontiguousarray(tensor.reshape(dim * dim, dim * dim))


def reshuffle_to_choi(superoperator: ComplexArray) -> ComplexArray:
    """Return the Choi matrix of a superoperator: C[(i,a),(j,b)] = S[(a,b),(i,j)]."""
    return _reshuffle(superoperator, (2, 0, 3, 1))


def reshuffle_to_superoperator(choi: ComplexArray) -> ComplexArray:
    """Return the superoperator of a Choi matrix; the inverse of `reshuffle_to_choi`."""
    return _reshuffle(choi, (1, 3, 0, 2))


def _reshuffle(matrix: ComplexArray, order: tuple[int, int, int, int]) -> ComplexArray:
    size = matrix.shape[0]
    dim = 1 << ((size.bit_length() - 1) // 2)
    return np.ascontiguousarray(matrix.reshape(dim, dim, dim, dim).transpose(order).reshape(size, size))


def square_of_channel(matrix: Any, field: str) -> ComplexArray:
    """Return ``matrix`` as a new array of shape (4^n, 4^n)."""
    array = square(matrix, field)
    if (array.shape[0].bit_length() - 1) % 2:
        raise InvalidInputError(f"{field} has {array.shape[0]} rows; it must have 4^n rows for n qubits")
    return array


def choi_to_kraus(choi: ComplexArray, field: str) -> ComplexArray:
    """Return the minimal list of orthogonal Kraus operators, largest first, shape (rank, d, d).

    The phase of each is fixed by making its largest entry positive. Raises InvalidInputError with the deviation if
    the Choi matrix is not Hermitian or has an eigenvalue below -1e-9 (not completely positive).
    """
    skew = float(np.abs(choi - choi.conj().T).max())
    if skew > TOLERANCE:
        raise InvalidInputError(
            f"{field} is not completely positive: its Choi matrix differs from its adjoint by {skew:.6g} "
            f"(largest entry); at most {TOLERANCE:g} is allowed"
        )
    values, vectors = np.linalg.eigh((choi + choi.conj().T) / 2)
    if values[0] < -TOLERANCE:
        raise InvalidInputError(
            f"{field} is not completely positive: its Choi matrix has the eigenvalue {values[0]:.6g}; "
            f"at least {-TOLERANCE:g} is allowed"
        )
    dim = 1 << ((choi.shape[0].bit_length() - 1) // 2)
    keep = [k for k in range(len(values) - 1, -1, -1) if values[k] > _RANK_CUTOFF]
    columns = vectors[:, keep or [len(values) - 1]]
    # A Kraus operator's phase is free; ties for the largest entry are broken by position, robustly to rounding.
    pivots = np.argmax(np.round(np.abs(columns), 9), axis=0)
    entries = columns[pivots, np.arange(columns.shape[1])]
    scale = np.sqrt(np.clip(values[keep or [len(values) - 1]], 0.0, None)) * (entries.conj() / np.abs(entries))
    return np.ascontiguousarray((columns * scale).T.reshape(-1, dim, dim).transpose(0, 2, 1))
