"""The certified bound: right whatever the solver returned.

For every state ρ and all multipliers y the minimum of the convex f over the states that fit is at least
f(ρ) - Tr(ρ ∇f) + Σ y γ + λ_min(∇f - Σ y Γ): f lies above its tangent, and the least eigenvalue makes the
multipliers feasible. Theorem 1 of Winick, Lütkenhaus, Coles, Quantum 2, 77 (2018). What is subtracted at the
end: the floor that keeps logarithms finite, by Fannes-Audenaert continuity (their lemma 9, with the
constant of Audenaert, J. Phys. A 40, 8127 (2007)), and the rounding of eigenvalues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_qkd.certified.interior import Reals, near_optimal
from qnetframe_qkd.certified.problem import Matrix, Problem

PERTURBATION = 1e-13
Solver = Literal["own", "clarabel"]


@dataclass(frozen=True)
class CertifiedBound:
    """``bound`` is a true lower bound on the entropy of the key given Eve, in bits a signal.

    ``value`` is f at the state that was found, which fits what was seen up to about 1e-9; ``slack`` the least
    eigenvalue that the repair added, ``correction`` what continuity and rounding took off.
    """

    bound: float
    value: float
    slack: float
    correction: float

    @property
    def gap(self) -> float:
        """How far the bound may be below the minimum."""
        return self.value - self.bound


def certified_entropy(problem: Problem, solver: Solver = "own") -> CertifiedBound:
    """Return a certified lower bound on the minimum of a problem.

    The point is found by a barrier method, the multipliers by it ("own") or by the semidefinite program of
    the dual (cvxpy and "clarabel", an extra); both are only proposals.
    """
    rho, multipliers = near_optimal(problem, floor=PERTURBATION / 10)
    if solver == "clarabel":
        multipliers = _dual_program(problem, rho)
    elif solver != "own":
        raise InvalidInputError(f"solver is {solver!r}; allowed: 'own', 'clarabel'")
    return repaired(problem, rho, multipliers)


def repaired(problem: Problem, rho: Matrix, multipliers: Reals) -> CertifiedBound:
    """Return the bound that a state and multipliers prove, whatever they are.

    ``rho`` (d, d) is made positive and normalised first; ``multipliers`` (k,) belong to the observables of
    the problem, the trace last.
    """
    rho = np.asarray((rho + rho.conj().T) / 2)
    values, vectors = np.linalg.eigh(rho if np.isfinite(rho).all() else np.eye(problem.dimension))
    values = np.maximum(values, 1e-15)
    rho = np.asarray((vectors * (values / values.sum())) @ vectors.conj().T)
    multipliers = np.nan_to_num(np.asarray(multipliers, float), posinf=0.0, neginf=0.0)
    f, gradient = _perturbed(problem, rho)
    slack_matrix = gradient - np.einsum("k,kij->ij", multipliers, problem.observables)
    slack = float(np.linalg.eigvalsh((slack_matrix + slack_matrix.conj().T) / 2).min())
    tangent = f - float(np.einsum("ij,ji->", rho, gradient).real)
    d = problem.dimension
    size = (
        float(np.abs(multipliers) @ np.abs(problem.values))
        + float(np.linalg.norm(slack_matrix))
        + abs(tangent)
    )
    rounding = 64 * d * np.finfo(float).eps * (1.0 + size)
    dimension = problem.kraus.shape[1]
    correction = _continuity(dimension) + rounding
    bound = tangent + float(multipliers @ problem.values) + slack - correction
    return CertifiedBound(float(bound), f, slack, correction)


def _perturbed(problem: Problem, rho: Matrix) -> tuple[float, Matrix]:
    """Return (f, gradient) of f with G followed by a depolarising channel of probability PERTURBATION."""
    size = problem.kraus.shape[1]
    kept = np.einsum("mij,mik->jk", problem.kraus.conj(), problem.kraus)
    weight = float(np.einsum("ij,ji->", kept, rho).real)
    image = (1 - PERTURBATION) * problem.apply(rho) + PERTURBATION * weight * np.eye(size) / size
    parts = []
    for part in (image, problem.pinch(image)):
        w, v = np.linalg.eigh((part + part.conj().T) / 2)
        log = (v * np.log2(np.maximum(w, 1e-300))) @ v.conj().T
        parts.append((float(np.einsum("ij,ji->", part, log).real), log))
    inner = parts[0][1] - problem.pinch(parts[1][1])
    gradient = (1 - PERTURBATION) * problem.adjoint(inner)
    gradient = gradient + PERTURBATION * float(np.trace(inner).real) / size * kept
    return parts[0][0] - parts[1][0], np.asarray((gradient + gradient.conj().T) / 2)


def _continuity(dimension: int) -> float:
    """Return 2 [ε log2(d - 1) + h(ε)]: how far the perturbation may move both entropies."""
    e = PERTURBATION
    entropy = -e * math.log2(e) - (1 - e) * math.log1p(-e) / math.log(2)
    return 2 * (e * math.log2(max(2, dimension - 1)) + entropy)


def _dual_program(problem: Problem, rho: Matrix) -> Any:
    """Return multipliers of max Σ y γ with Σ y Γ <= ∇f, by cvxpy and Clarabel."""
    try:
        import cvxpy as cp
    except ImportError:
        raise QnetframeError(
            "solver 'clarabel' needs cvxpy and clarabel: pip install 'qnetframe-qkd[sdp]'"
        ) from None
    _, gradient = _perturbed(problem, rho)
    y = cp.Variable(len(problem.values))
    total = sum(y[k] * g for k, g in enumerate(problem.observables))
    program = cp.Problem(cp.Maximize(problem.values @ y), [gradient - total >> 0])
    program.solve(solver=cp.CLARABEL)  # type: ignore[no-untyped-call]
    return np.zeros(len(problem.values)) if y.value is None else y.value
