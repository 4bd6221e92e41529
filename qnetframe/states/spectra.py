"""Singular and negative eigenvalues of stacks of states by LAPACK."""

from __future__ import annotations

import numpy as np

from qnetframe.states.checking import NO_PIVOT, ComplexArray, RealArray


def root_sums(first: ComplexArray, second: ComplexArray) -> tuple[RealArray, RealArray]:
    """Return (Σ λ, max(0, 2 λ_1 - Σ λ)) of stacks of states, λ² the eigenvalues of first @ second.

    These are the root of the Uhlmann fidelity, and for ``second`` the spin-flipped ``first`` the concurrence.
    Both are (n, d, d) and checked. Each λ is found as a singular value of K† L, K K† and L L† the states:
    square roots of eigenvalues would lose half of the digits.
    """
    products = factors(first).conj().swapaxes(-1, -2) @ factors(second)
    values = np.linalg.svd(products, compute_uv=False)
    total = values.sum(axis=-1)
    return total, np.maximum(0.0, 2.0 * values[..., 0] - total)


def negative_sum(matrices: ComplexArray) -> RealArray:
    """Return the sum of absolute negative eigenvalues of Hermitian matrices (..., d, d)."""
    total: RealArray = -np.minimum(np.linalg.eigvalsh(matrices), 0.0).sum(axis=-1)
    return total


def factors(states: ComplexArray) -> ComplexArray:
    """Return matrices L (..., d, d) with L L† = states (..., d, d), checked ones.

    Cholesky factors where all are well conditioned; otherwise from eigenvectors, where eigenvalues that are
    rounding of zero give no column, so that the square root of rounding does not enter.
    """
    try:
        lower = np.linalg.cholesky(states)
        diagonal = np.diagonal(lower, axis1=-2, axis2=-1).real
        poor = (diagonal**2 <= NO_PIVOT).any(axis=-1)
    except np.linalg.LinAlgError:
        lower, poor = np.zeros_like(states), np.ones(states.shape[:-2], dtype=bool)
    if poor.any():
        values, vectors = np.linalg.eigh(states[poor])
        lower[poor] = vectors * np.sqrt(np.where(values > NO_PIVOT, values, 0.0))[..., None, :]
    return lower
