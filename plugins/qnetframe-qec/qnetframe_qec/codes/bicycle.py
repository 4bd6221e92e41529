"""Bivariate-bicycle codes. S. Bravyi et al., Nature 627, 778 (2024), table 3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.code import Code
from qnetframe_qec.codes.custom import code_from_checks

# Number of qubits: (l, m, A as powers of x and of y, B as powers of y and of x, distance).
_TABLE = {
    72: (6, 6, ((3,), (1, 2)), ((3,), (1, 2)), 6),
    90: (15, 3, ((9,), (1, 2)), ((0,), (2, 7)), 10),
    108: (9, 6, ((3,), (1, 2)), ((3,), (1, 2)), 10),
    144: (12, 6, ((3,), (1, 2)), ((3,), (1, 2)), 12),
}


def bivariate_bicycle(qubits: int = 72) -> Code:
    """Return the bivariate-bicycle code on 72, 90, 108 or 144 data qubits: [[72,12,6]] … [[144,12,12]].

    H_X = [A|B] and H_Z = [Bᵀ|Aᵀ] with sums A and B of three commuting shifts x and y each.
    """
    if qubits not in _TABLE:
        raise InvalidInputError(f"qubits is {qubits!r}; it must be one of {', '.join(map(str, _TABLE))}")
    l, m, (a_x, a_y), (b_y, b_x), distance = _TABLE[qubits]  # noqa: E741

    def shift(size: int, power: int) -> NDArray[np.int64]:
        return np.roll(np.eye(size, dtype=np.int64), power, axis=1)

    def x(power: int) -> NDArray[np.int64]:
        return np.kron(shift(l, power), np.eye(m, dtype=np.int64))

    def y(power: int) -> NDArray[np.int64]:
        return np.kron(np.eye(l, dtype=np.int64), shift(m, power))

    a = np.sum([*map(x, a_x), *map(y, a_y)], axis=0)
    b = np.sum([*map(y, b_y), *map(x, b_x)], axis=0)
    return code_from_checks(
        np.hstack([a, b]) % 2, np.hstack([b.T, a.T]) % 2, f"bivariate-bicycle-{qubits}", distance=distance
    )
