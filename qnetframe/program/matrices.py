"""Matrices inside operations: as nested tuples, so that operations compare and hash; density matrices."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe.values import ComplexArray, complex_array

Matrix: TypeAlias = tuple[tuple[complex, ...], ...]
TOLERANCE = 1e-9


def freeze(array: Any) -> Matrix:
    """Return a 2-D array as nested tuples, so that operations compare and hash."""
    # Adding 0 turns -0.0 into 0.0, so that equal matrices have equal JSON.
    return tuple(tuple(row) for row in (np.asarray(array, dtype=complex) + 0.0).tolist())


def thaw(matrix: Matrix) -> ComplexArray:
    """Return nested tuples as an array."""
    return np.array(matrix, dtype=complex)


def check_density_matrix(array: ComplexArray, num_qubits: int, where: str) -> None:
    """Raise InvalidInputError unless ``array`` is a density matrix of ``num_qubits`` qubits within 1e-9."""
    dim = 1 << num_qubits
    if array.shape != (dim, dim):
        needed = f"{num_qubits} qubits need ({dim}, {dim})"
        raise InvalidInputError(f"{where}: state has shape {array.shape}; {needed}")
    if not np.isfinite(array).all():
        raise InvalidInputError(f"{where}: the state has a number that is not finite")
    largest = float(np.abs(array).max())
    if largest > 1 + TOLERANCE:
        raise InvalidInputError(f"{where}: the state has an entry of size {largest:.3g}; none may exceed 1")
    if abs(np.trace(array) - 1) > TOLERANCE:
        raise InvalidInputError(f"{where}: the state has trace {np.trace(array).real:.12g}; it must be 1")
    if np.abs(array - array.conj().T).max() > TOLERANCE:
        raise InvalidInputError(f"{where}: the state is not Hermitian")
    lowest = float(np.linalg.eigvalsh(array).min())
    if lowest < -TOLERANCE:
        raise InvalidInputError(f"{where}: the state has eigenvalue {lowest:.3g}; none may be negative")


def density_matrix(state: Any, num_qubits: int, where: str) -> ComplexArray:
    """Return a state vector (2**n,) or density matrix (2**n, 2**n) as a checked density matrix."""
    array = complex_array(state, f"{where}: state")
    if array.ndim == 1:
        dim = 1 << num_qubits
        if array.shape != (dim,):
            raise InvalidInputError(
                f"{where}: state vector has {array.shape[0]} amplitudes; {num_qubits} qubits need {dim}"
            )
        with np.errstate(over="ignore", invalid="ignore"):  # huge or infinite amplitudes fail the test below
            norm = float(np.vdot(array, array).real)
        if not math.isclose(norm, 1.0, abs_tol=TOLERANCE):
            raise InvalidInputError(f"{where}: state vector has norm² {norm:.12g}; it must be 1")
        array = np.outer(array, array.conj())
    check_density_matrix(array, num_qubits, where)
    return array
