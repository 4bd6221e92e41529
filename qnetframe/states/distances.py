"""Distances between states (..., d, d), stacked on leading axes; logarithms are base 2."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.errors import InvalidInputError
from qnetframe.states.checking import ComplexArray, check_same_space, density_matrices
from qnetframe.states.spectra import root_sums
from qnetframe.states.stacks import of_states

_SUPPORT = 1e-10


def fidelity(rho: npt.ArrayLike, sigma: npt.ArrayLike) -> Any:
    """Return the squared Uhlmann fidelity (tr |√ρ √σ|)² of states that broadcast; <ψ|ρ|ψ> for pure σ.

    R. Jozsa, J. Mod. Opt. 41, 2315 (1994). Some libraries return its square root. It is computed as the sum
    of the singular values of K† L with K K† = ρ and L L† = σ; of many two-qubit states by a compiled kernel
    (`kernels.fidelities`).
    """
    return of_states(lambda a, b: np.minimum(root_sums(a, b)[0] ** 2, 1.0), rho, sigma, kernel="fidelities")


def trace_distance(rho: npt.ArrayLike, sigma: npt.ArrayLike) -> Any:
    """Return half the trace norm of ρ - σ, in [0, 1], of states that broadcast."""
    first, second = _two(rho, sigma)
    return (np.abs(np.linalg.eigvalsh(first - second)).sum(axis=-1) / 2)[()]


def relative_entropy(rho: npt.ArrayLike, sigma: npt.ArrayLike) -> float:
    """Return tr ρ (log2 ρ - log2 σ) of two states (d, d) in bits; infinite where σ misses a part of ρ."""
    first, second = _two(rho, sigma)
    if first.ndim != 2 or second.ndim != 2:
        raise InvalidInputError("relative_entropy takes two single states of shape (d, d)")
    own = np.linalg.eigvalsh(first)
    own = own[own > 0.0]
    values, vectors = np.linalg.eigh(second)
    weights = np.einsum("ik,ij,jk->k", vectors.conj(), first, vectors).real
    missed = values <= _SUPPORT
    if weights[missed].sum() > _SUPPORT:
        return float("inf")
    seen = ~missed
    cross = float(weights[seen] @ np.log2(values[seen]))
    return max(0.0, float(own @ np.log2(own)) - cross)


def _two(rho: npt.ArrayLike, sigma: npt.ArrayLike) -> tuple[ComplexArray, ComplexArray]:
    first, second = density_matrices(rho, field="first state"), density_matrices(sigma, field="second state")
    check_same_space((first, second))
    return first, second
