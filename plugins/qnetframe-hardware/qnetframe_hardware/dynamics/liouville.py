"""The master equation as one sparse matrix on row-major vectors, and the part of it that states can reach.

Row-major: A rho B is (A (x) B^T) vec(rho).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from qnetframe_hardware.dynamics.operators import dense_or_sparse
from qnetframe_hardware.dynamics.problem import ComplexArray, Problem

_RANK = 1e-13  # relative: smaller singular values are rounding
_WORTH = 0.7  # rows are left out if at most this part of them is reached
_SMALL = 16  # below this size integration costs less than the search for its parts


def liouvillian(problem: Problem) -> sp.csr_array:
    """Return the generator of the constant part, sparse (D^2, D^2)."""
    jumps = problem.collapse_matrices()
    drift = -1j * dense_or_sparse(problem.static_hamiltonian)
    for c in map(dense_or_sparse, jumps):
        drift = drift - (c.conj().T @ c) / 2
    left, one = _Entries.of(drift), _Entries.one(problem.dim)
    pairs = [(left, one), (one, left.conj())]
    pairs += [(c, c.conj()) for c in map(_Entries.of, jumps)]
    return _sum_of_products(problem.dim, pairs)


def commutator(operator: sp.csr_array) -> sp.csr_array:
    """Return rho -> A rho - rho A, sparse (D^2, D^2)."""
    dim = operator.shape[0]
    a, one = _Entries.of(operator), _Entries.one(dim)
    return _sum_of_products(dim, [(a, one), (one, _Entries(a.columns, a.rows, -a.values))])


class _Entries(NamedTuple):
    """The entries of a matrix: scipy's sparse classes cost more than the arithmetic on small ones."""

    rows: npt.NDArray[Any]
    columns: npt.NDArray[Any]
    values: ComplexArray

    @classmethod
    def of(cls, matrix: Any) -> _Entries:
        """Return those of a dense or CSR matrix."""
        if sp.issparse(matrix):
            matrix = matrix.tocsr()
            rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
            return cls(rows, matrix.indices, matrix.data)
        rows, columns = np.nonzero(matrix)
        return cls(rows, columns, matrix[rows, columns])

    @classmethod
    def one(cls, dim: int) -> _Entries:
        """Return those of the identity."""
        at = np.arange(dim)
        return cls(at, at, np.ones(dim, dtype=complex))

    def conj(self) -> _Entries:
        return self._replace(values=self.values.conj())


def _sum_of_products(dim: int, pairs: Iterable[tuple[_Entries, _Entries]]) -> sp.csr_array:
    """Return the sum of Kronecker products, in one conversion in place of one for each."""
    rows, columns, values = [], [], []
    for a, b in pairs:
        rows.append(np.add.outer(a.rows * dim, b.rows).ravel())
        columns.append(np.add.outer(a.columns * dim, b.columns).ravel())
        values.append(np.multiply.outer(a.values, b.values).ravel())
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sp.csr_array(entries, shape=(dim * dim, dim * dim))


@dataclass(frozen=True, eq=False)
class Reach:
    """The rows of D^2 that some columns ever fill, and as few columns as carry all of them.

    A generator whose graph falls apart never mixes its parts. So columns are evolved part by part: within
    each part only as many as are linearly independent there, the parts' columns side by side in the same
    ones. ``rows`` (r,), None for all; ``columns`` (r, k) to evolve; ``mixing`` (r, k, m), None if they are
    the columns that were given.
    """

    size: int
    rows: npt.NDArray[np.intp] | None
    columns: ComplexArray
    mixing: ComplexArray | None

    def restricted(self, generator: sp.csr_array) -> sp.csr_array:
        """Return the generator on ``rows``."""
        return generator if self.rows is None else generator[self.rows][:, self.rows]

    def unpacked(self, evolved: ComplexArray) -> ComplexArray:
        """Return the (D^2, m) columns that ``evolved`` (r, k) stands for."""
        mixed = evolved if self.mixing is None else np.einsum("rk,rkm->rm", evolved, self.mixing)
        if self.rows is None:
            return mixed
        whole = np.zeros((self.size, mixed.shape[1]), dtype=complex)
        whole[self.rows] = mixed
        return whole


def reach(generators: list[sp.csr_array], columns: ComplexArray) -> Reach:
    """Return what ``columns`` (D^2, m) reach under any combination of ``generators``."""
    size, count = columns.shape
    if size < _SMALL:
        return Reach(size, None, columns, None)
    entries = [_Entries.of(g) for g in generators]
    at = tuple(np.concatenate([getattr(e, side) for e in entries]) for side in ("rows", "columns"))
    pattern = sp.csr_array((np.ones(len(at[0])), at), shape=(size, size))
    parts, label = connected_components(pattern, directed=False)
    filled = np.zeros(parts, dtype=bool)
    filled[label[np.abs(columns).any(axis=1)]] = True
    rows = np.flatnonzero(filled[label])
    kept = rows if len(rows) <= _WORTH * size else None
    inside = columns if kept is None else columns[rows]
    if count == 1 or parts == 1:
        return Reach(size, kept, inside, None)
    return Reach(size, kept, *_packed(inside, label if kept is None else label[rows]))


def _packed(columns: ComplexArray, label: npt.NDArray[Any]) -> tuple[ComplexArray, ComplexArray | None]:
    """Return fewer columns and what they are mixed by, part by part; or the same columns and None."""
    count = columns.shape[1]
    factors = []
    for group in np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1]):
        if columns[group].any():
            left, weights, right = np.linalg.svd(columns[group], full_matrices=False)
            rank = int(np.count_nonzero(weights > _RANK * weights[0]))
            factors.append((group, left[:, :rank] * weights[:rank], right[:rank]))
    width = max(len(right) for _, _, right in factors)
    if width == count:
        return columns, None
    packed = np.zeros((len(columns), width), dtype=complex)
    mixing = np.zeros((len(columns), width, count), dtype=complex)
    for group, left, right in factors:
        packed[group, : len(right)] = left
        mixing[group, : len(right)] = right
    return packed, mixing
