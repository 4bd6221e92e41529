"""Conversions between Kraus operators, Choi matrix and superoperator; the checks that make a map a channel.

Conventions (first qubit most significant; d = 2^n):

- superoperator S acts on density matrices written row by row: vec(rho') = S vec(rho) with
  S = sum_k K_k (x) conj(K_k);
- Choi matrix C = sum_ij |i><j| (x) Phi(|i><j|), of trace d, input factor first;
- Pauli transfer matrix R_ij = tr(P_i Phi(P_j)) / d, labels in the order of `paulis.pauli_labels`.

Source: C. J. Wood, J. D. Biamonte, D. G. Cory, "Tensor networks and graphical calculus for open quantum
systems", Quantum Inf. Comput. 15, 759 (2015), with S in the row-major instead of the column-major convention.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from qnetframe.channels.paulis import ComplexArray, RealArray, pauli_traces
from qnetframe.errors import InvalidInputError

TOLERANCE = 1e-9
"""A map further than this from complete positivity or trace preservation is refused."""

ROUNDING = 1e-12
"""Deviations up to this are floating-point rounding; between this and TOLERANCE they are corrected."""

RANK_CUTOFF = 1e-14
"""Eigenvalues up to this are rounding of zero and give no Kraus operator."""

_HUGE = 1e100


def square(matrix: Any, field: str) -> ComplexArray:
    """Return ``matrix`` as a new complex array; it must be square and finite, with 2, 4, 8, ... rows."""
    try:
        array = np.array(matrix, dtype=np.complex128)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{field} is {matrix!r}; it must be a square matrix of numbers") from error
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise InvalidInputError(f"{field} has shape {array.shape}; it must be a square matrix")
    if array.shape[0] < 2 or array.shape[0] & (array.shape[0] - 1):
        raise InvalidInputError(
            f"{field} has {array.shape[0]} rows; the dimension must be a power of two, at least 2 (qubits)"
        )
    # The bound also keeps products of entries from overflowing before the deviation can be stated.
    usable = (np.abs(array.real) < _HUGE) & (np.abs(array.imag) < _HUGE)
    if not usable.all():
        row, column = (int(i) for i in np.argwhere(~usable)[0])
        raise InvalidInputError(
            f"{field} has the entry {array[row, column]} in row {row}, column {column}; "
            f"all entries must be finite numbers (below {_HUGE:g})"
        )
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
                f"{field}[{k}] has shape {operator.shape}; "
                f"all must have the shape {checked[0].shape} of the first operator"
            )
    return np.stack(checked)


def completeness_deviation(kraus: ComplexArray) -> float:
    """Return the operator norm of sum_k K_k^dagger K_k - 1 for Kraus operators of shape (m, d, d)."""
    return _distance_to_one(_gram(kraus))


def complete(kraus: ComplexArray, field: str) -> ComplexArray:
    """Return trace-preserving Kraus operators (see `corrected`); InvalidInputError states the deviation."""
    _check_trace_preserving(_gram(kraus), field, "sum K^dagger K")
    return corrected(kraus)


def corrected(kraus: ComplexArray) -> ComplexArray:
    """Return nearly complete Kraus operators, multiplied by (sum_k K_k^dagger K_k)^(-1/2) from the right.

    Those complete to within 1e-12 come back unchanged; the others are corrected so that errors of rounded
    data do not add up in long compositions.
    """
    gram = _gram(kraus)
    if _distance_to_one(gram) <= ROUNDING:
        return kraus
    values, vectors = np.linalg.eigh(gram)
    result: ComplexArray = kraus @ ((vectors * values**-0.5) @ vectors.conj().T)
    return result


def _gram(kraus: ComplexArray) -> ComplexArray:
    total: ComplexArray = np.einsum("kai,kaj->ij", kraus.conj(), kraus)
    return total


def _distance_to_one(matrix: ComplexArray) -> float:
    return float(np.abs(np.linalg.eigvalsh(matrix - np.eye(matrix.shape[0]))).max())


def _check_trace_preserving(gram: ComplexArray, field: str, what: str) -> None:
    deviation = _distance_to_one(gram)
    if deviation > TOLERANCE:
        raise InvalidInputError(
            f"{field} is not trace preserving: {what} differs from the identity by {deviation:.6g} "
            f"(operator norm); at most {TOLERANCE:g} is allowed"
        )


def kraus_to_superoperator(kraus: ComplexArray) -> ComplexArray:
    """Return S = sum_k K_k (x) conj(K_k), shape (d^2, d^2)."""
    dim = kraus.shape[1]
    tensor: ComplexArray = np.einsum("kai,kbj->abij", kraus, kraus.conj(), optimize=True)
    return np.ascontiguousarray(tensor.reshape(dim * dim, dim * dim))


def reshuffle_to_choi(superoperator: ComplexArray) -> ComplexArray:
    """Return the Choi matrix of a superoperator: C[(i,a),(j,b)] = S[(a,b),(i,j)]."""
    size = superoperator.shape[0]
    dim = _root(size)
    tensor = superoperator.reshape(dim, dim, dim, dim).transpose(2, 0, 3, 1)
    return np.ascontiguousarray(tensor.reshape(size, size))


def square_of_channel(matrix: Any, field: str) -> ComplexArray:
    """Return ``matrix`` as a new array of shape (4^n, 4^n)."""
    array = square(matrix, field)
    if (array.shape[0].bit_length() - 1) % 2:
        raise InvalidInputError(f"{field} has {array.shape[0]} rows; it must have 4^n rows for n qubits")
    return array


def choi_to_kraus(choi: ComplexArray, field: str) -> ComplexArray:
    """Return the minimal list of orthogonal Kraus operators, largest first, shape (rank, d, d).

    The phase of each is fixed by making its first largest entry positive. Raises InvalidInputError with the
    deviation if the Choi matrix is not Hermitian, has an eigenvalue below -1e-9 (not completely positive), or
    its trace over the output differs from the identity by more than 1e-9 (not trace preserving).
    """
    skew = float(np.abs(choi - choi.conj().T).max())
    if skew > TOLERANCE:
        raise InvalidInputError(
            f"{field} is not completely positive: its Choi matrix differs from its adjoint "
            f"by {skew:.6g} (largest entry); at most {TOLERANCE:g} is allowed"
        )
    hermitian = choi / 2 + choi.conj().T / 2
    values, vectors = np.linalg.eigh(hermitian)
    if values[0] < -TOLERANCE:
        raise InvalidInputError(
            f"{field} is not completely positive: its Choi matrix has the eigenvalue {values[0]:.6g}; "
            f"at least {-TOLERANCE:g} is allowed"
        )
    dim = _root(choi.shape[0])
    over_output = np.einsum("iaja->ij", hermitian.reshape(dim, dim, dim, dim))
    _check_trace_preserving(over_output, field, "the Choi matrix traced over the output")
    keep = values > RANK_CUTOFF
    values, columns = values[keep][::-1], vectors[:, keep][:, ::-1]
    # Ties for the largest entry are broken by position, robustly to rounding.
    pivots = np.argmax(np.round(np.abs(columns), 9), axis=0)
    entries = columns[pivots, np.arange(len(values))]
    scaled = columns * (np.sqrt(values) * entries.conj() / np.abs(entries))
    return corrected(np.ascontiguousarray(scaled.T.reshape(-1, dim, dim).transpose(0, 2, 1)))


def compress(kraus: ComplexArray) -> ComplexArray:
    """Return Kraus operators of the same channel, shape (m, d, d) with m <= d^2 and none exactly zero."""
    kraus = kraus[np.any(kraus != 0.0, axis=(1, 2))]
    if len(kraus) <= kraus.shape[1] ** 2:
        return corrected(kraus)
    return choi_to_kraus(reshuffle_to_choi(kraus_to_superoperator(kraus)), "composition")


def pauli_transfer(superoperator: ComplexArray) -> RealArray:
    """Return R_ij = tr(P_i Phi(P_j)) / d of a superoperator, both (d^2, d^2)."""
    size = superoperator.shape[0]
    dim = _root(size)
    # (S vec(P_j))_r = sum_ab S[r, ab] (P_j)_ab is the conjugate of tr(P_j conj(S[r])), as P_j is Hermitian.
    columns = pauli_traces(superoperator.conj().reshape(size, dim, dim)).conj()
    rows = pauli_traces(np.ascontiguousarray(columns.T).reshape(size, dim, dim))
    return np.ascontiguousarray(rows.T.real) / dim


def unitary(matrix: Any, field: str) -> ComplexArray:
    """Return ``matrix`` as a new array; it must be unitary within 1e-9."""
    array = square(matrix, field)
    deviation = completeness_deviation(array[None])
    if deviation > TOLERANCE:
        raise InvalidInputError(
            f"{field} is not unitary: U^dagger U differs from the identity by {deviation:.6g} "
            f"(operator norm); at most {TOLERANCE:g} is allowed"
        )
    return array


def _root(size: int) -> int:
    # d of a matrix with d^2 = 4^n rows.
    return 1 << ((size.bit_length() - 1) // 2)
