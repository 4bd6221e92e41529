"""Pauli matrices and strings, first qubit most significant."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

_SINGLE = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.array([[1, 0], [0, -1]], dtype=complex),
}


@lru_cache(maxsize=4096)
def pauli_matrix(label: str) -> NDArray[np.complex128]:
    """Return the (2**n, 2**n) matrix of a string of I, X, Y, Z; read-only."""
    matrix = np.eye(1, dtype=complex)
    for letter in label:
        matrix = np.kron(matrix, _SINGLE[letter])
    matrix.setflags(write=False)
    return matrix


@lru_cache(maxsize=8)
def pauli_labels(num_qubits: int) -> tuple[str, ...]:
    """Return all 4**n Pauli strings in the order I, X, Y, Z, identity first."""
    return tuple("".join(letters) for letters in product("IXYZ", repeat=num_qubits))
