"""Two-qubit states of the Bell basis: vectors, Bell weights, Werner and isotropic states, swapping.

The order everywhere is Φ+, Φ-, Ψ+, Ψ-, with Φ± = (|00> ± |11>)/√2 and Ψ± = (|01> ± |10>)/√2. In binary the
place of a Bell state is (x, z): it is X^x Z^z on either half of Φ+, up to a phase. Weights are arrays of
shape (..., 4): leading axes stack pairs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.states.checking import ComplexArray, RealArray, density_matrices, real_array, simplex

BELL_NAMES = ("Φ+", "Φ-", "Ψ+", "Ψ-")

_SPELLINGS = {"phi+": 0, "phi-": 1, "psi+": 2, "psi-": 3, **{name: i for i, name in enumerate(BELL_NAMES)}}
_R = 1 / math.sqrt(2)
BELL_BASIS: npt.NDArray[np.float64] = np.array(
    [[_R, 0, 0, _R], [_R, 0, 0, -_R], [0, _R, _R, 0], [0, _R, -_R, 0]]
)
"""The four Bell vectors, one a row."""
BELL_BASIS.setflags(write=False)


def bell_state(name: str = "Φ+") -> ComplexArray:
    """Return the vector (4,) of a Bell state: "Φ+" or "phi+", and so on."""
    try:
        place = _SPELLINGS[name.lower() if name.isascii() else name]
    except (KeyError, AttributeError):
        raise UnknownNameError("Bell state", str(name), _SPELLINGS) from None
    vector: ComplexArray = BELL_BASIS[place].astype(complex)
    return vector


def werner_weights(fidelity: npt.ArrayLike) -> RealArray:
    """Return the Bell weights (..., 4) of Werner pairs of these fidelities with Φ+, each in [0, 1].

    (F, (1-F)/3, (1-F)/3, (1-F)/3): R. F. Werner, Phys. Rev. A 40, 4277 (1989), with Φ+ for the singlet.
    """
    good = real_array(fidelity, "fidelity", 0.0, 1.0)
    rest = (1.0 - good) / 3.0
    return np.stack([good, rest, rest, rest], axis=-1)


def werner(fidelity: npt.ArrayLike) -> ComplexArray:
    """Return Werner states, shape (..., 4, 4), of these fidelities with Φ+ (see `werner_weights`)."""
    return bell_diagonal(werner_weights(fidelity))


def bell_diagonal(weights: npt.ArrayLike) -> ComplexArray:
    """Return mixtures of the Bell states, shape (..., 4, 4), with weights (..., 4)."""
    mixed: RealArray = np.einsum("...k,ki,kj->...ij", check_weights(weights), BELL_BASIS, BELL_BASIS)
    return mixed.astype(complex)


def bell_weights(rho: npt.ArrayLike) -> RealArray:
    """Return the overlaps (..., 4) of two-qubit states (..., 4, 4) with the Bell states."""
    states = density_matrices(rho, dim=4)
    overlaps: ComplexArray = np.einsum("ki,...ij,kj->...k", BELL_BASIS, states, BELL_BASIS)
    return overlaps.real


def isotropic(fidelity: float, dim: int = 2) -> ComplexArray:
    """Return the isotropic state, (dim², dim²), of fidelity F with Σ|ii>/√dim.

    (1-F)/(d²-1) (1 - Φ) + F Φ: M. Horodecki and P. Horodecki, Phys. Rev. A 59, 4206 (1999).
    """
    size = checks.integer(dim, "isotropic dim", low=2)
    good = checks.probability(fidelity, "isotropic fidelity")
    vector = np.eye(size).reshape(-1) / math.sqrt(size)
    entangled = np.outer(vector, vector)
    mixed = (1 - good) / (size**2 - 1) * (np.eye(size**2) - entangled) + good * entangled
    return mixed.astype(complex)


def check_weights(weights: npt.ArrayLike, field: str = "Bell weights") -> RealArray:
    """Return Bell weights (..., 4): each at least 0, together 1, both to within 1e-9.

    Raises InvalidInputError with the deviation.
    """
    found = simplex(weights, field)
    if found.shape[-1] != 4:
        raise InvalidInputError(f"{field} have shape {found.shape}; they must have shape (..., 4)")
    return found


def twirl(weights: npt.ArrayLike) -> RealArray:
    """Return the weights of the Werner pairs of the same fidelity: the other three are made equal.

    C. H. Bennett et al., Phys. Rev. A 54, 3824 (1996), appendix A.
    """
    return werner_weights(np.clip(check_weights(weights)[..., 0], 0.0, 1.0))


def convolve(first: RealArray, second: RealArray) -> RealArray:
    """Return the weights of the product of two random Paulis (or Bell labels), each (..., 4)."""
    a, b = first, second
    return np.stack(
        [
            a[..., 0] * b[..., k]
            + a[..., 1] * b[..., k ^ 1]
            + a[..., 2] * b[..., k ^ 2]
            + a[..., 3] * b[..., k ^ 3]
            for k in range(4)
        ],
        axis=-1,
    )


def swap(
    first: npt.ArrayLike, second: npt.ArrayLike, *, two_qubit: float = 1.0, readout: float = 1.0
) -> RealArray:
    """Return the weights of the pair that a Bell measurement and its correction make of two pairs.

    The two-qubit gate of the measurement is ideal with probability ``two_qubit`` and else depolarizes both of
    its qubits completely; each of the two outcomes is right with probability ``readout``. On Werner pairs
    F = 1/4 + 3/4 p2 (4η²-1)/3 w1 w2 with w = (4F-1)/3: H.-J. Briegel, W. Dür, J. I. Cirac and P. Zoller,
    Phys. Rev. Lett. 81, 5932 (1998).
    """
    good = checks.probability(two_qubit, "two_qubit")
    right = checks.probability(readout, "readout")
    wrong = 1.0 - right
    ideal = convolve(check_weights(first, "first pair"), check_weights(second, "second pair"))
    errors = np.array([right * right, right * wrong, right * wrong, wrong * wrong])
    return good * convolve(ideal, errors) + (1.0 - good) / 4.0


def apply_pauli(weights: npt.ArrayLike, probabilities: Any) -> RealArray:
    """Return the weights (..., 4) of pairs after a Pauli channel on one half.

    ``probabilities`` are those of (I, Z, X, Y), shape (..., 4): the order of the Bell states they lead to; or
    a mapping with any of the keys "I", "X", "Y", "Z" (such as ``Channel.pauli_probabilities`` of a qubit).
    """
    if isinstance(probabilities, dict):
        unknown = set(probabilities) - set("IXYZ")
        if unknown:
            raise InvalidInputError(f"Pauli {sorted(unknown)[0]!r} is unknown; allowed are I, X, Y, Z")
        rest = 1.0 - math.fsum(v for k, v in probabilities.items() if k != "I")
        full = {"I": rest, **probabilities}
        probabilities = [full.get(letter, 0.0) for letter in "IZXY"]
    return convolve(check_weights(weights), check_weights(probabilities, "Pauli probabilities"))
