"""Two-qubit states that links herald: Werner and Bell-diagonal, as nested tuples that compare and hash."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError

PairState: TypeAlias = tuple[tuple[complex, ...], ...]
_TOLERANCE = 1e-9


def bell_diagonal_state(
    phi_plus: float, phi_minus: float = 0.0, psi_plus: float = 0.0, psi_minus: float = 0.0
) -> PairState:
    """Return the mixture of the four Bell states with these weights, a 4x4 density matrix.

    Φ± = (|00> ± |11>)/√2, Ψ± = (|01> ± |10>)/√2. Raises InvalidInputError unless the weights are
    probabilities that sum to 1 within 1e-9.
    """
    names = ("phi_plus", "phi_minus", "psi_plus", "psi_minus")
    given = (phi_plus, phi_minus, psi_plus, psi_minus)
    a, b, c, d = (checks.probability(w, f"Bell weight {n}") for n, w in zip(names, given, strict=True))
    if abs(a + b + c + d - 1.0) > _TOLERANCE:
        raise InvalidInputError(f"Bell weights {given} sum to {a + b + c + d:.12g}; they must sum to 1")
    outer, across = complex((a + b) / 2), complex((a - b) / 2)
    inner, flip = complex((c + d) / 2), complex((c - d) / 2)
    zero = 0j
    return (
        (outer, zero, zero, across),
        (zero, inner, flip, zero),
        (zero, flip, inner, zero),
        (across, zero, zero, outer),
    )


def werner_state(fidelity: float) -> PairState:
    """Return the Werner state: Φ+ with weight ``fidelity``, the other Bell states equally likely.

    R. F. Werner, Phys. Rev. A 40, 4277 (1989), in the form of C. H. Bennett et al., Phys. Rev. Lett. 76,
    722 (1996), with Φ+ for the singlet.
    """
    good = checks.probability(fidelity, "fidelity")
    rest = (1.0 - good) / 3
    return bell_diagonal_state(good, rest, rest, rest)


PHI_PLUS = werner_state(1.0)


def pair_state(state: Any, where: str) -> PairState:
    """Return a state vector (4,) or density matrix (4, 4) as nested tuples; it must be a quantum state."""
    try:
        # Links share few states, of which each is checked once.
        return _checked_state(state, where) if isinstance(state, tuple) else _check_state(state, where)
    except TypeError:  # what cannot be hashed
        return _check_state(state, where)


def _check_state(state: Any, where: str) -> PairState:
    try:
        array = np.asarray(state, dtype=complex)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{where} is {state!r:.60}; it must have shape (4,) or (4, 4)") from None
    if array.shape == (4,):
        array = np.outer(array, array.conj())
    if array.shape != (4, 4):
        raise InvalidInputError(f"{where} has shape {array.shape}; a pair needs (4,) or (4, 4)")
    if not np.isfinite(array).all():
        raise InvalidInputError(f"{where} has a number that is not finite")
    if abs(np.trace(array) - 1) > _TOLERANCE:
        raise InvalidInputError(f"{where} has trace {np.trace(array).real:.12g}; it must be 1")
    if np.abs(array - array.conj().T).max() > _TOLERANCE:
        raise InvalidInputError(f"{where} is not Hermitian")
    lowest = float(np.linalg.eigvalsh(array).min())
    if lowest < -_TOLERANCE:
        raise InvalidInputError(f"{where} has eigenvalue {lowest:.3g}; none may be negative")
    return tuple(tuple(complex(x) for x in row) for row in array)


_checked_state = functools.lru_cache(maxsize=1024)(_check_state)
