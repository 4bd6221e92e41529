"""The channel that a dynamics problem performs on the qubits encoded in some of its factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.engines import make_solver
from qnetframe_hardware.dynamics.operators import partial_trace
from qnetframe_hardware.dynamics.problem import ComplexArray, Problem

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

# Integration errors of the tolerances that solvers pin; a larger deviation from complete positivity is a bug.
_INTEGRATION = 1e-6


@dataclass(frozen=True)
class Process:
    """``channel`` on the encoded qubits; ``leakage``: the mean population that left their levels.

    ``edge`` is the largest population of the highest level of a truncated factor, ``engine`` the solver.
    """

    channel: Channel
    leakage: float
    edge: float
    engine: str


def process(problem: Problem, subsystem: Sequence[int], **options: Any) -> Channel:
    """Return the Channel that the problem performs on the qubits of ``subsystem``; see `encoded_process`."""
    return encoded_process(problem, subsystem, **options).channel


def encoded_process(
    problem: Problem,
    subsystem: Sequence[int],
    *,
    output: Sequence[int] | None = None,
    environment: Mapping[int, npt.ArrayLike] | None = None,
    levels: Mapping[int, tuple[int, int]] | None = None,
    solver: str | Solver = "auto",
    leakage: str = "refuse",
    after: npt.ArrayLike | None = None,
    name: str = "",
) -> Process:
    """Return the map that a problem performs on qubits, one in each factor of ``subsystem``.

    The first qubit is the most significant. ``levels`` says which two levels of a factor are |0> and |1>
    (default 0 and 1), ``environment`` the initial density matrix of each other factor (default: level 0),
    ``output`` the factors that the qubits come out of (default: those that they went into). The
    problem's own initial states are not used: 4^n density matrices that span the operators of n qubits evolve
    in one call of the solver. ``after`` is a unitary (2^n, 2^n) that follows, such as the inverse of the
    ideal gate or a change of frame.

    What leaves the encoded levels is refused above 1e-6 on average (``leakage="refuse"``); with
    ``leakage="mixed"`` it counts as a maximally mixed state, and ``Process.leakage`` says how much it was.

    Raises InvalidInputError for factors that do not exist, and for leakage that is refused.
    """
    chosen = tuple(
        checks.integer(f, "subsystem factor", low=0, high=len(problem.dims) - 1) for f in subsystem
    )
    if not chosen or len(set(chosen)) != len(chosen):
        raise InvalidInputError(f"subsystem is {tuple(subsystem)}; it must be one or more different factors")
    if leakage not in ("refuse", "mixed"):
        raise InvalidInputError(f"leakage is {leakage!r}; it must be 'refuse' or 'mixed'")
    isometry = _isometry(problem, chosen, levels or {})
    inputs, weights = _spanning_states(1 << len(chosen))
    rest = {
        f: _state(problem, f, (environment or {}).get(f)) for f in range(len(problem.dims)) if f not in chosen
    }
    states = _joined(problem, chosen, isometry @ inputs @ isometry.conj().T, rest)
    solution = make_solver(solver).solve(problem.with_initial(states))
    ends = chosen if output is None else tuple(output)
    if len(ends) != len(chosen):
        raise InvalidInputError(f"output is {ends}; it must name {len(chosen)} factors, as subsystem does")
    exit_isometry = isometry if ends == chosen else _isometry(problem, ends, levels or {})
    reduced = partial_trace(solution.final_density, problem.dims, ends)
    outputs = exit_isometry.conj().T @ reduced @ exit_isometry
    superoperator = np.einsum("abs,sij->ijab", weights, outputs)
    d = 1 << len(chosen)
    return _finished(
        superoperator.reshape(d * d, d * d), d, leakage, after, name, solution.edge, solution.engine
    )


def _finished(
    superoperator: ComplexArray, d: int, leakage: str, after: Any, name: str, edge: float, engine: str
) -> Process:
    # Row-major: entry [(i, j), (a, b)] takes |a><b| to |i><j|. The survival operator is sum_i of [(i, i), …].
    survival = superoperator.reshape(d, d, d, d)
    kept = np.einsum("iiab->ba", survival)
    lost = np.eye(d) - (kept + kept.conj().T) / 2
    mean = float(np.trace(lost).real) / d
    if leakage == "refuse" and mean > _INTEGRATION:
        raise InvalidInputError(
            f"{name or 'process'}: {mean:.3g} of the population leaves the encoded levels; give "
            "leakage='mixed' to count it as a maximally mixed state, or encode it"
        )
    # What is lost comes back as 1/d: trace preserving again.
    superoperator = superoperator + np.einsum("ij,ba->ijab", np.eye(d) / d, lost).reshape(d * d, d * d)
    if after is not None:
        unitary = np.asarray(after, dtype=complex)
        superoperator = np.kron(unitary, unitary.conj()) @ superoperator
    return Process(
        Channel.from_superoperator(_completely_positive(superoperator, d), name), max(0.0, mean), edge, engine
    )


def _completely_positive(superoperator: ComplexArray, d: int) -> ComplexArray:
    """Return the map without the negative eigenvalues of its Choi matrix that integration errors make."""
    choi = superoperator.reshape(d, d, d, d).transpose(2, 0, 3, 1).reshape(d * d, d * d)
    choi = (choi + choi.conj().T) / 2
    values, vectors = np.linalg.eigh(choi)
    if values[0] < -_INTEGRATION:
        raise InvalidInputError(
            f"the process is not completely positive, by {-values[0]:.3g}: tighten the solver"
        )
    choi = (vectors * values.clip(0)) @ vectors.conj().T
    gram = np.einsum("iaja->ij", choi.reshape(d, d, d, d))
    root_values, root_vectors = np.linalg.eigh(gram)
    root = (root_vectors / np.sqrt(root_values)) @ root_vectors.conj().T
    scale = np.kron(root, np.eye(d))
    fixed = scale @ choi @ scale
    return fixed.reshape(d, d, d, d).transpose(1, 3, 0, 2).reshape(d * d, d * d)


def _isometry(problem: Problem, chosen: Sequence[int], levels: Mapping[int, tuple[int, int]]) -> ComplexArray:
    """Return the (prod dims, 2^n) matrix that puts n qubits into their levels."""
    total = np.ones((1, 1), dtype=complex)
    for factor in chosen:
        pair = levels.get(factor, (0, 1))
        local = np.zeros((problem.dims[factor], 2), dtype=complex)
        for column, level in enumerate(pair):
            checks.integer(level, f"level of factor {factor}", low=0, high=problem.dims[factor] - 1)
            local[level, column] = 1.0
        if pair[0] == pair[1]:
            raise InvalidInputError(f"levels of factor {factor} are {pair}; they must differ")
        total = np.kron(total, local)
    return total


def _spanning_states(d: int) -> tuple[ComplexArray, ComplexArray]:
    """Return d^2 states (d^2, d, d) and weights (d, d, d^2): |a><b| = sum_s weights[a, b, s] states[s].

    |a><b| = P_+ + i P_+i - (1 + i)/2 (P_a + P_b), with P_+ and P_+i the projectors on (|a> + |b>)/sqrt2 and
    (|a> + i|b>)/sqrt2.
    """
    one = np.eye(d, dtype=complex)
    kets = [*one]
    weights = np.zeros((d, d, d * d), dtype=complex)
    for a in range(d):
        weights[a, a, a] = 1.0
    for a, b in combinations(range(d), 2):
        plus, turned = len(kets), len(kets) + 1
        kets += [(one[a] + one[b]) / np.sqrt(2), (one[a] + 1j * one[b]) / np.sqrt(2)]
        weights[a, b, [plus, turned, a, b]] = 1.0, 1j, -(1 + 1j) / 2, -(1 + 1j) / 2
        weights[b, a] = weights[a, b].conj()
    vectors = np.asarray(kets)
    return np.einsum("si,sj->sij", vectors, vectors.conj()), weights


def _state(problem: Problem, factor: int, given: Any) -> ComplexArray:
    dim = problem.dims[factor]
    if given is None:
        given = np.zeros((dim, dim))
        given[0, 0] = 1.0
    rho = np.asarray(given, dtype=complex)
    if rho.shape != (dim, dim):
        raise InvalidInputError(
            f"environment of factor {factor} has shape {rho.shape}; it must be ({dim}, {dim})"
        )
    return rho


def _joined(
    problem: Problem, chosen: Sequence[int], inputs: ComplexArray, rest: Mapping[int, ComplexArray]
) -> ComplexArray:
    """Return the product states of the encoded inputs and the environment, factors in the problem's order."""
    order = [*chosen, *rest]
    sizes = [problem.dims[f] for f in order]
    total = inputs
    for rho in rest.values():
        total = np.einsum("sij,kl->sikjl", total, rho).reshape(len(total), total.shape[1] * len(rho), -1)
    n = len(order)
    place = [order.index(f) for f in range(n)]
    tensor = total.reshape(len(total), *sizes, *sizes)
    tensor = tensor.transpose(0, *(1 + p for p in place), *(1 + n + p for p in place))
    d = prod(problem.dims)
    return np.ascontiguousarray(tensor.reshape(-1, d, d))
