"""A key-rate problem: what was observed, which events make key, how the key is read off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import InvalidInputError

Matrix = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Problem:
    """Minimise D(G(ρ) || Z(G(ρ))) over states with Tr(Γ_i ρ) = γ_i.

    ``observables`` Γ (k, d, d) are Hermitian and ``values`` γ (k,) what was seen; that the trace is 1 is
    added. ``kraus`` (m, d', d) are the operators of G: what is kept, and where the key is written; Z pinches
    by ``key`` (r, d', d'), projectors that add up to 1. Source: Winick, Lütkenhaus, Coles, Quantum 2, 77
    (2018).

    Raises InvalidInputError for shapes that do not fit, operators that are not Hermitian, and a G that would
    enlarge the trace.
    """

    observables: Matrix
    values: NDArray[np.float64]
    kraus: Matrix
    key: Matrix

    def __post_init__(self) -> None:
        gammas = np.asarray(self.observables, complex)
        values = np.asarray(self.values, float)
        kraus, key = np.asarray(self.kraus, complex), np.asarray(self.key, complex)
        if gammas.ndim != 3 or gammas.shape[1] != gammas.shape[2] or len(gammas) != len(values):
            raise InvalidInputError(
                f"observables have shape {gammas.shape} and values {values.shape}; they must be (k, d, d) "
                "and (k,)"
            )
        d = gammas.shape[1]
        if kraus.ndim != 3 or kraus.shape[2] != d or key.ndim != 3 or key.shape[1:] != (kraus.shape[1],) * 2:
            raise InvalidInputError(
                f"kraus has shape {kraus.shape} and key {key.shape}; they must be (m, d', {d}) "
                "and (r, d', d')"
            )
        if not np.isfinite(values).all() or np.abs(gammas - gammas.conj().transpose(0, 2, 1)).max() > 1e-9:
            raise InvalidInputError("observables must be Hermitian and values finite")
        kept = np.einsum("mij,mik->jk", kraus.conj(), kraus)
        if np.linalg.eigvalsh(np.eye(d) - kept).min() < -1e-9:
            raise InvalidInputError("kraus operators enlarge the trace; the sum of K†K must be at most 1")
        whole = key.sum(axis=0)
        if np.abs(whole - np.eye(len(whole))).max() > 1e-9 or np.abs(key @ key - key).max() > 1e-9:
            raise InvalidInputError("key must be projectors that add up to the identity")
        for name, value in (("values", values), ("kraus", kraus), ("key", key)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "observables", np.concatenate([gammas, np.eye(d)[None]]))
        object.__setattr__(self, "values", np.append(values, 1.0))

    @property
    def dimension(self) -> int:
        """d, the dimension of the state."""
        return int(self.observables.shape[1])

    def apply(self, matrices: Matrix) -> Matrix:
        """Return G of matrices (…, d, d)."""
        return np.asarray(np.einsum("mij,...jk,mlk->...il", self.kraus, matrices, self.kraus.conj()))

    def adjoint(self, matrix: Matrix) -> Matrix:
        """Return G† of a matrix (d', d')."""
        return np.asarray(np.einsum("mji,jk,mkl->il", self.kraus.conj(), matrix, self.kraus))

    def pinch(self, matrices: Matrix) -> Matrix:
        """Return Z of matrices (…, d', d')."""
        return np.asarray(sum(p @ matrices @ p for p in self.key))


def stack(matrices: Sequence[Any]) -> Matrix:
    """Return matrices of one shape as one array."""
    return np.array([np.asarray(m, complex) for m in matrices])
