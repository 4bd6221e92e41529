"""Sparse operators of spins and oscillators, and their place in a product space."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qnetframe import checks
from qnetframe.errors import InvalidInputError

ComplexArray = npt.NDArray[np.complex128]

PAULI_X = np.array([[0, 1], [1, 0]], dtype=complex)
PAULI_Y = np.array([[0, -1j], [1j, 0]])
PAULI_Z = np.array([[1, 0], [0, -1]], dtype=complex)
# |0><1|: from level 1 to level 0.
LOWERING = np.array([[0, 1], [0, 0]], dtype=complex)

_DENSE = 128  # up to this dimension dense arithmetic is quicker than sparse


def dense_or_sparse(matrix: sp.csr_array) -> Any:
    """Return a matrix in the form that is quicker to calculate with at its size."""
    return matrix.toarray() if matrix.shape[0] <= _DENSE else matrix


def compressed(dense: ComplexArray) -> sp.csr_array:
    """Return a dense matrix as CSR, without scipy's way through coordinates (five times as long)."""
    rows, columns = np.nonzero(dense)
    starts = np.zeros(len(dense) + 1, dtype=np.int32)
    np.cumsum(np.count_nonzero(dense, axis=1), out=starts[1:])
    return sp.csr_array((dense[rows, columns], columns.astype(np.int32), starts), shape=dense.shape)


def destroy(levels: int) -> sp.csr_array:
    """Return the annihilation operator of an oscillator cut at ``levels``."""
    checks.integer(levels, "levels", low=1)
    n = np.arange(levels, dtype=np.int32)
    starts = np.append(n, levels - 1).astype(np.int32)
    return sp.csr_array((np.sqrt(n[1:]), n[1:], starts), shape=(levels, levels))


def number(levels: int) -> sp.csr_array:
    """Return the number operator of an oscillator cut at ``levels``."""
    return diagonal(np.arange(levels, dtype=float))


def diagonal(values: npt.ArrayLike) -> sp.csr_array:
    """Return a diagonal matrix."""
    entries = np.asarray(values)
    at = np.arange(len(entries) + 1, dtype=np.int32)
    return sp.csr_array((entries, at[:-1], at), shape=(len(entries),) * 2)


def transition(levels: int, to: int, start: int) -> sp.csr_array:
    """Return |to><start| of a system with ``levels`` levels."""
    return sp.csr_array(([1.0 + 0j], ([to], [start])), shape=(levels, levels))


def embed(dims: Sequence[int], *placed: tuple[int, Any]) -> sp.csr_array:
    """Return the product of operators, each given as (factor, matrix), on the space of ``dims``."""
    local = dict(placed)
    if len(local) != len(placed):
        raise InvalidInputError("embed: a factor is given twice")
    if prod(dims) <= _DENSE:
        dense = np.ones((1, 1), dtype=complex)
        for factor, dim in enumerate(dims):
            given = local.get(factor, np.eye(dim))
            matrix = given.toarray() if sp.issparse(given) else np.asarray(given)
            size = len(dense) * len(matrix)
            dense = (dense[:, None, :, None] * matrix[:, None]).reshape(size, size)
        return compressed(dense)
    total: Any = sp.csr_array(np.ones((1, 1), dtype=complex))
    for factor, dim in enumerate(dims):
        total = sp.kron(total, local.get(factor, sp.eye_array(dim)), format="csr")
    return sp.csr_array(total)


def basis(dims: Sequence[int], *levels: int) -> ComplexArray:
    """Return the ket |levels> of shape (D,)."""
    ket = np.zeros(prod(dims), dtype=complex)
    ket[np.ravel_multi_index(levels, tuple(dims))] = 1.0
    return ket


def coherent(levels: int, alpha: complex) -> ComplexArray:
    """Return the coherent state |alpha> cut at ``levels`` and normalised."""
    from scipy.special import gammaln

    n = np.arange(levels)
    ket = np.exp(-gammaln(n + 1) / 2) * np.power(complex(alpha), n)
    return ket / np.linalg.norm(ket)


def thermal(levels: int, mean_number: float) -> ComplexArray:
    """Return the thermal density matrix with this mean number before the cut at ``levels``, normalised."""
    mean = checks.non_negative(mean_number, "mean number")
    weights = (mean / (1 + mean)) ** np.arange(levels)
    return np.diag(weights / weights.sum()).astype(complex)


def partial_trace(rho: ComplexArray, dims: Sequence[int], keep: Sequence[int]) -> ComplexArray:
    """Return the state of the factors ``keep``, in that order, of density matrices (…, D, D)."""
    n, lead = len(dims), rho.shape[:-2]
    tensor = rho.reshape(-1, *dims, *dims)
    rows = list(range(1, n + 1))
    columns = [r if i not in keep else r + n for i, r in enumerate(rows)]
    out = [rows[k] for k in keep] + [columns[k] for k in keep]
    d = prod(dims[k] for k in keep)
    return np.einsum(tensor, [0, *rows, *columns], [0, *out]).reshape(*lead, d, d)
