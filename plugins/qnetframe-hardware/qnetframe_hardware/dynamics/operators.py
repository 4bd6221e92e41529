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

_DENSE = 128  # up to this dimension dense products are quicker than sparse ones


def destroy(levels: int) -> sp.csr_array:
    """Return the annihilation operator of an oscillator cut at ``levels``."""
    checks.integer(levels, "levels", low=1)
    return sp.csr_array(sp.diags_array(np.sqrt(np.arange(1, levels)), offsets=1, shape=(levels, levels)))


def number(levels: int) -> sp.csr_array:
    """Return the number operator of an oscillator cut at ``levels``."""
    return sp.csr_array(sp.diags_array(np.arange(levels, dtype=float)))


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
            matrix = local.get(factor)
            dense = np.kron(
                dense, np.eye(dim) if matrix is None else matrix.toarray() if sp.issparse(matrix) else matrix
            )
        return sp.csr_array(dense)
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
