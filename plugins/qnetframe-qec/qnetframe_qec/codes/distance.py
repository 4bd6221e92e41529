"""The distance of a code: exact by integer programming, or a bound by random information sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import UnsupportedError
from qnetframe_qec.codes.code import Code, symplectic


@dataclass(frozen=True)
class DistanceBound:
    """An upper bound on the distance: the weight of ``operator``, a logical operator that was found."""

    value: int
    operator: str


def exact_distance(code: Code, kind: str = "any", time_limit: float = 60.0) -> int:
    """Return the least weight of a logical operator, of X only or Z only where ``kind`` says so.

    One integer program for each kind of a CSS code: minimise the weight of a Pauli string that commutes with
    every stabilizer and anticommutes with a logical operator (A. J. Landahl et al., arXiv:1108.5738, section
    3). Raises UnsupportedError where the solver does not finish in ``time_limit`` seconds.
    """
    if kind not in ("any", "X", "Z"):
        raise UnsupportedError(f"kind is {kind!r}; it must be 'any', 'X' or 'Z'")
    kinds = ("X", "Z") if kind == "any" and code.is_css else (kind,)
    return min(_least(code, k, time_limit) for k in kinds)


def _parities(code: Code, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return rows that tell the syndrome and the logical effect of an error, and the variables a qubit
    has.
    """
    n = code.n

    def row(pauli: str) -> list[int]:
        x, z = symplectic(pauli)
        # An error's X meets a Z of the operator, and the other way round.
        first, second = [z >> i & 1 for i in range(n)], [x >> i & 1 for i in range(n)]
        return first + second if kind == "any" else first if kind == "X" else second

    stabilizers = np.array([row(s) for s in code.stabilizers])
    logicals = np.array([row(p) for p in (*code.logical_x, *code.logical_z)])
    return stabilizers[stabilizers.any(axis=1)], logicals[logicals.any(axis=1)], 2 if kind == "any" else 1


def _least(code: Code, kind: str, time_limit: float) -> int:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import bmat, csr_matrix, eye

    stabilizers, logicals, width = _parities(code, kind)
    if not len(stabilizers):
        return 1  # nothing detects this kind of error
    n, rows, ways = code.n, len(stabilizers), len(logicals)
    errors = width * n
    # Variables: the error's bits, its qubits' weights, half of each syndrome sum, half of each logical sum,
    # and whether each logical operator is flipped.
    weights = n
    total = errors + weights + rows + 2 * ways
    cost = np.zeros(total)
    cost[errors : errors + weights] = 1.0
    blocks = [
        [csr_matrix(stabilizers), None, -2 * eye(rows), None, None],
        [csr_matrix(logicals), None, None, -2 * eye(ways), -eye(ways)],
        [None, None, None, None, csr_matrix(np.ones((1, ways)))],
    ]
    low, high = (
        [np.zeros(rows), np.zeros(ways), np.ones(1)],
        [np.zeros(rows), np.zeros(ways), np.full(1, ways)],
    )
    for part in range(width):
        place = np.zeros((n, errors))
        place[:, part * n : (part + 1) * n] = np.eye(n)
        blocks.append([csr_matrix(-place), eye(n), None, None, None])
        low.append(np.zeros(n))
        high.append(np.ones(n))
    matrix = bmat(blocks, format="csr")
    bounds = Bounds(
        np.zeros(total),
        np.concatenate([np.ones(errors + weights), np.full(rows + ways, errors), np.ones(ways)]),
    )
    found = milp(
        cost, constraints=LinearConstraint(matrix, np.concatenate(low), np.concatenate(high)),
        integrality=np.ones(total), bounds=bounds, options={"time_limit": time_limit},
    )  # fmt: skip
    if found.status != 0:
        raise UnsupportedError(
            f"the distance of {code.name} was not settled in {time_limit:g} s; take distance_bound, or more "
            "time"
        )
    return int(np.rint(found.fun))


def distance_bound(code: Code, tries: int = 200, seed: int = 0) -> DistanceBound:
    """Return the lightest logical operator among those of random information sets.

    Gaussian elimination in random column order makes operators that commute with every stabilizer light;
    those that act on the logical qubits bound the distance from above. L. P. Pryadko et al., J. Open Source
    Software 7, 4120 (2022).
    """
    checks.integer(tries, "tries", low=1)
    rng = np.random.default_rng(seed)
    kinds = ("X", "Z") if code.is_css else ("any",)
    best: tuple[int, NDArray[np.int64], str] | None = None
    for kind in kinds:
        stabilizers, logicals, width = _parities(code, kind)
        size = width * code.n
        for _ in range(tries):
            order = rng.permutation(size)
            candidates = _kernel(stabilizers[:, order])
            plain = np.zeros_like(candidates)
            plain[:, order] = candidates
            acts = (plain @ logicals.T % 2).any(axis=1)
            for error in plain[acts]:
                weight = int(error.reshape(width, code.n).any(axis=0).sum())
                if best is None or weight < best[0]:
                    best = (weight, error, kind)
    assert best is not None  # a code has logical operators, and the kernel spans them
    weight, error, kind = best
    zeros = np.zeros(code.n, dtype=np.int64)
    x, z = (
        (error[: code.n], error[code.n :])
        if kind == "any"
        else (error, zeros)
        if kind == "X"
        else (zeros, error)
    )
    return DistanceBound(weight, "".join("IXZY"[a + 2 * b] for a, b in zip(x, z, strict=True)))


def _kernel(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a basis, as rows, of the vectors that a matrix takes to 0 modulo 2; each has one free column."""
    rows = matrix.astype(bool).copy()
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        found = np.flatnonzero(rows[len(pivots) :, column])
        if not len(found):
            continue
        top, pivot = len(pivots), len(pivots) + int(found[0])
        rows[[top, pivot]] = rows[[pivot, top]]
        others = rows[:, column].copy()
        others[top] = False
        rows[others] ^= rows[top]
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    free = np.setdiff1d(np.arange(rows.shape[1]), pivots)
    basis = np.zeros((len(free), rows.shape[1]), dtype=np.int64)
    basis[np.arange(len(free)), free] = 1
    basis[:, pivots] = rows[: len(pivots), free].T
    return basis
