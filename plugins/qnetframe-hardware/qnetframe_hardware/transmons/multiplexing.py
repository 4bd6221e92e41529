"""Readout of several qubits at once: assignment matrices with cross-talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError

RealArray = npt.NDArray[np.float64]


def assignment_matrix(
    *, errors: Sequence[tuple[float, float]], crosstalk: Mapping[tuple[int, int], float] | None = None
) -> RealArray:
    """Return A[read, true], (2^n, 2^n) with columns that sum to 1, the first qubit most significant.

    ``errors`` are (P(1|0), P(0|1)) of each qubit alone; ``crosstalk[i, j]`` is added to both error
    probabilities of qubit i when qubit j is in |1>, whose resonator then answers at another frequency.
    """
    alone = [tuple(checks.probability(p, "readout error") for p in pair) for pair in errors]
    n = len(alone)
    extra = dict(crosstalk or {})
    for pair, value in extra.items():
        for i in pair:
            checks.integer(i, "crosstalk qubit", low=0, high=n - 1)
        if pair[0] == pair[1]:
            raise InvalidInputError(f"crosstalk {pair} is of a qubit with itself")
        checks.finite(value, "crosstalk")
    matrix = np.empty((2**n, 2**n))
    for column, true in enumerate(product((0, 1), repeat=n)):
        single = []
        for i in range(n):
            flip = alone[i][true[i]] + sum(v for (to, of), v in extra.items() if to == i and true[of])
            checks.probability(flip, f"readout error of qubit {i} when the true bits are {true}")
            single.append(np.array([1 - flip, flip]) if true[i] == 0 else np.array([flip, 1 - flip]))
        total = np.ones(1)
        for one in single:
            total = np.kron(total, one)
        matrix[:, column] = total
    return matrix


def read_out(*, probabilities: npt.ArrayLike, matrix: npt.ArrayLike) -> RealArray:
    """Return the distribution that is read, (2^n,), of true probabilities (2^n,)."""
    p, a = np.asarray(probabilities, dtype=float), np.asarray(matrix, dtype=float)
    if p.ndim != 1 or a.shape != (len(p), len(p)):
        raise InvalidInputError(f"probabilities have shape {p.shape} and the matrix {a.shape}")
    if (p < -1e-12).any() or abs(p.sum() - 1) > 1e-9:
        raise InvalidInputError(f"probabilities sum to {p.sum():.12g}; they must be a distribution")
    return np.asarray(a @ p)
