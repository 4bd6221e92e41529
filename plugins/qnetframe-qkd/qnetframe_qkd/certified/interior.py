"""A near-optimal state by Newton's method on a barrier, with multipliers that come with it.

None of this has to be right for the bound to be right: see ``bound``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import InvalidInputError
from qnetframe_qkd.certified.problem import Matrix, Problem

Reals = NDArray[np.float64]
_LN2 = float(np.log(2))


def hermitian_basis(d: int) -> Matrix:
    """Return an orthonormal basis (d², d, d) of the Hermitian matrices."""
    basis = np.zeros((d * d, d, d), complex)
    k = 0
    for i in range(d):
        basis[k, i, i] = 1
        k += 1
        for j in range(i):
            basis[k, i, j] = basis[k, j, i] = np.sqrt(0.5)
            basis[k + 1, i, j], basis[k + 1, j, i] = 1j * np.sqrt(0.5), -1j * np.sqrt(0.5)
            k += 2
    return basis


class Affine:
    """The states that fit the observations: ``offset`` + x · ``directions``."""

    def __init__(self, problem: Problem) -> None:
        d = problem.dimension
        basis = hermitian_basis(d)
        rows = np.einsum("kij,nji->kn", problem.observables, basis).real
        u, s, vt = np.linalg.svd(rows, full_matrices=True)
        rank = int((s > 1e-10 * s[0]).sum())
        offset = vt[:rank].T @ ((u.T @ problem.values)[:rank] / s[:rank])
        misfit = float(np.abs(rows @ offset - problem.values).max())
        if misfit > 1e-7:
            raise InvalidInputError(f"values contradict one another by {misfit:.3g}: no state has them")
        self.offset = np.einsum("n,nij->ij", offset, basis)
        self.directions = np.einsum("mn,nij->mij", vt[rank:], basis)
        self.rows, self.basis = rows, basis

    def interior(self) -> Matrix:
        """Return the state that fits with the largest least eigenvalue, nearly; it may be singular.

        Maximises t + barrier of ρ - t by Newton's method. Raises InvalidInputError where every matrix that
        fits has an eigenvalue below -1e-6: no quantum state gives these values.
        """
        d = len(self.offset)
        moves = np.concatenate([self.directions, -np.eye(d, dtype=complex)[None]])
        x = np.zeros(len(moves))
        x[-1] = np.linalg.eigvalsh(self.offset).min() - 1.0
        weight = 1.0
        while weight > 1e-11:
            for _ in range(30):
                rho = self.offset + np.einsum("n,nij->ij", x, moves)
                inverse = np.linalg.inv(rho)
                scaled = inverse @ moves
                gradient = -weight * np.einsum("nii->n", scaled).real
                gradient[-1] -= 1.0
                hessian = weight * np.einsum("nij,mji->nm", scaled, scaled).real
                step = -np.linalg.solve(hessian + 1e-14 * np.trace(hessian) * np.eye(len(x)), gradient)
                size = _longest(rho, np.einsum("n,nij->ij", step, moves))
                x = x + size * step
                if float(-gradient @ step) < 1e-8 * weight:
                    break
            if x[-1] > 1e-3:
                break
            weight *= 0.2
        if x[-1] < -1e-6:
            raise InvalidInputError(
                f"no quantum state gives these values: some eigenvalue is at most {x[-1]:.3g} in every one "
                f"that fits"
            )
        return np.asarray(self.offset + np.einsum("n,nij->ij", x[:-1], self.directions))


def _longest(rho: Matrix, step: Matrix) -> float:
    """Return a step length, at most 1, that keeps a matrix positive with a margin."""
    lower = np.linalg.cholesky(rho)
    scaled = np.linalg.solve(lower, np.linalg.solve(lower, step).conj().T)
    least = float(np.linalg.eigvalsh((scaled + scaled.conj().T) / 2).min())
    return 1.0 if least >= -0.9 else 0.9 / -least


def _spectral(matrix: Matrix, floor: float) -> tuple[Reals, Matrix]:
    values, vectors = np.linalg.eigh(matrix)
    return np.maximum(values, floor), vectors


def objective(problem: Problem, rho: Matrix, floor: float) -> tuple[float, Matrix]:
    """Return (f, gradient) in bits at a state; eigenvalues of G(ρ) below ``floor`` count as it."""
    image = problem.apply(rho)
    values, gradients = [], []
    for part in (image, problem.pinch(image)):
        w, v = _spectral(part, floor)
        log = (v * np.log2(w)) @ v.conj().T
        values.append(float(np.einsum("ij,ji->", part, log).real))
        gradients.append(log)
    gradient = problem.adjoint(gradients[0] - problem.pinch(gradients[1]))
    return values[0] - values[1], np.asarray((gradient + gradient.conj().T) / 2)


def _hessian(problem: Problem, rho: Matrix, images: Any, floor: float) -> Reals:
    """Return the second derivatives of f along directions whose images under G and Z∘G are given."""
    image = problem.apply(rho)
    found: Any = 0.0
    for sign, part, moved in ((1, image, images[0]), (-1, problem.pinch(image), images[1])):
        w, v = _spectral(part, floor)
        gap = w[:, None] - w[None, :]
        near = np.abs(gap) < 1e-7 * (w[:, None] + w[None, :])
        ratio = np.where(
            near, 2 / (w[:, None] + w[None, :]), np.log(w[:, None] / w[None, :]) / np.where(near, 1, gap)
        )
        turned = v.conj().T @ moved @ v
        flat = turned.reshape(len(turned), -1)
        found = found + sign * ((flat.conj() * ratio.ravel()) @ flat.T).real
    return np.asarray(found) / _LN2


def near_optimal(problem: Problem, floor: float, last: float = 1e-10) -> tuple[Matrix, Reals]:
    """Return (ρ, y): a state near the minimum and multipliers with ∇f(ρ) - Σ y Γ about barrier * ρ⁻¹."""
    affine = Affine(problem)
    d = problem.dimension
    rho = affine.interior()
    # A little noise makes it regular; the bound does not need ρ to fit the observations.
    rho = (1 - 1e-9) * rho + 1e-9 * np.eye(d) / d
    least = float(np.linalg.eigvalsh(rho).min())
    if least <= 0:
        rho = rho + (1e-10 - least) * np.eye(d)
    moves = affine.directions
    images = (problem.apply(moves), problem.pinch(problem.apply(moves)))
    barrier = 1e-2
    while len(moves):
        for _ in range(40):
            _, slope = objective(problem, rho, floor)
            inverse = np.linalg.inv(rho)
            scaled = inverse @ moves
            gradient = np.einsum("ij,nji->n", slope - barrier * inverse, moves).real
            hessian = _hessian(problem, rho, images, floor)
            hessian += barrier * np.einsum("nij,mji->nm", scaled, scaled).real
            hessian += 1e-15 * np.trace(hessian) * np.eye(len(moves))
            step = -np.linalg.solve(hessian, gradient)
            decrement = float(-gradient @ step)
            rho = rho + _longest(rho, np.einsum("n,nij->ij", step, moves)) * np.einsum(
                "n,nij->ij", step, moves
            )
            rho = (rho + rho.conj().T) / 2
            if decrement < 1e-3 * barrier:
                break
        if barrier <= last:
            break
        barrier = max(last, barrier * 0.1)
    _, slope = objective(problem, rho, floor)
    wanted = slope - barrier * np.linalg.inv(rho)
    target = np.einsum("ij,nji->n", wanted, affine.basis).real
    multipliers = np.linalg.lstsq(affine.rows.T, target, rcond=None)[0]
    return rho, multipliers
