"""Measures of two-qubit entanglement; states (..., 4, 4) stack on leading axes. Logarithms are base 2.

States are refused, with the deviation, where they are not Hermitian, of trace 1 and positive within 1e-9.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.states.bell import BELL_BASIS, check_weights
from qnetframe.states.checking import ComplexArray, RealArray, density_matrices
from qnetframe.states.spectra import root_sums
from qnetframe.states.stacks import of_states
from qnetframe.states.subsystems import binary_entropy

# The Bell basis with phases that make every maximally entangled state a real vector (up to a phase): S. Hill
# and W. K. Wootters, Phys. Rev. Lett. 78, 5022 (1997).
_MAGIC: ComplexArray = BELL_BASIS * np.array([[1], [1j], [1j], [1]])
_SIGNS = np.outer([-1.0, 1.0, 1.0, -1.0], [-1.0, 1.0, 1.0, -1.0])
_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_PAIRS: ComplexArray = np.einsum("iab,jcd->ijacbd", _PAULIS, _PAULIS).reshape(3, 3, 4, 4)


def concurrence(rho: npt.ArrayLike) -> Any:
    """Return max(0, λ1 - λ2 - λ3 - λ4), in [0, 1], of two-qubit states (..., 4, 4).

    λ² are the eigenvalues of ρ (Y⊗Y) ρ* (Y⊗Y): W. K. Wootters, Phys. Rev. Lett. 80, 2245 (1998).
    They are found as singular values, or for many states by a compiled kernel (`kernels.concurrences`).
    """
    return of_states(_concurrence, rho, dim=4, kernel="concurrences")


def _concurrence(states: ComplexArray) -> RealArray:
    # (Y ⊗ Y) turns rows and columns around, with signs.
    flipped = states.conj()[:, ::-1, ::-1] * _SIGNS
    return np.minimum(root_sums(states, flipped)[1], 1.0)


def tangle(rho: npt.ArrayLike) -> Any:
    """Return the concurrence squared of two-qubit states (..., 4, 4)."""
    return concurrence(rho) ** 2


def entanglement_of_formation(rho: npt.ArrayLike) -> Any:
    """Return h((1 + √(1 - C²))/2) ebits of two-qubit states (..., 4, 4), C the concurrence.

    W. K. Wootters, Phys. Rev. Lett. 80, 2245 (1998).
    """
    return binary_entropy(0.5 + 0.5 * np.sqrt(1.0 - tangle(rho)))[()]


def fully_entangled_fraction(rho: npt.ArrayLike) -> Any:
    """Return the largest overlap of two-qubit states (..., 4, 4) with a maximally entangled state.

    It is the largest eigenvalue of the real part of ρ in the magic basis: C. H. Bennett et al., Phys. Rev. A
    54, 3824 (1996); P. Badziąg et al., Phys. Rev. A 62, 012311 (2000).
    """
    states = density_matrices(rho, dim=4)
    real = (_MAGIC.conj() @ states @ _MAGIC.T).real
    return np.linalg.eigvalsh(real)[..., -1][()]


def teleportation_fidelity(rho: npt.ArrayLike) -> Any:
    """Return the mean fidelity (2f + 1)/3 of teleporting a qubit through states (..., 4, 4).

    f is the fully entangled fraction; local unitaries of either side are free: M. Horodecki, P. Horodecki and
    R. Horodecki, Phys. Rev. A 60, 1888 (1999). Below 2/3 a classical channel does better.
    """
    return (2.0 * fully_entangled_fraction(rho) + 1.0) / 3.0


def correlations(rho: npt.ArrayLike) -> RealArray:
    """Return the matrix T_ij = tr ρ (σ_i ⊗ σ_j) over x, y, z, shape (..., 3, 3), of states (..., 4, 4)."""
    found: ComplexArray = np.einsum("...ab,ijba->...ij", density_matrices(rho, dim=4), _PAIRS)
    return found.real


def chsh_maximum(rho: npt.ArrayLike) -> Any:
    """Return the largest CHSH value over all measurements on states (..., 4, 4); above 2 no local model fits.

    2√(m1 + m2) with the two largest eigenvalues m of T^T T: R. Horodecki, P. Horodecki and M. Horodecki,
    Phys. Lett. A 200, 340 (1995).
    """
    values = np.linalg.svd(correlations(rho), compute_uv=False)
    return 2.0 * np.hypot(values[..., 0], values[..., 1])[()]


def bell_diagonal_relative_entropy(weights: npt.ArrayLike) -> Any:
    """Return the relative entropy of entanglement of Bell-diagonal pairs of weights (..., 4), in ebits.

    1 - h(F) where the largest weight F is above 1/2, else 0: V. Vedral and M. B. Plenio, Phys. Rev. A 57,
    1619 (1998).
    """
    largest = np.clip(check_weights(weights).max(axis=-1), 0.0, 1.0)
    return np.where(largest > 0.5, 1.0 - binary_entropy(largest), 0.0)[()]
