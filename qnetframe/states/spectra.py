"""Singular values of many small matrices at once, and the factors that states are measured by."""

from __future__ import annotations

import numpy as np

from qnetframe.states.checking import ComplexArray, RealArray

# Matrices of one block: their entries stay in the cache.
_BLOCK = 2048
_SWEEPS = 30
# What one sweep leaves is the square of the relative overlap it found: below 1e-8 nothing is left.
_OVERLAP_SQUARED = 1e-17
# Fewer matrices, or larger ones, are quicker by LAPACK one after the other.
_MANY, _SMALL = 256, 6
# Pivots of a factor below this, of trace 1, are rounding of zero.
_NO_PIVOT = 1e-15


def singular_values(matrices: ComplexArray) -> RealArray:
    """Return the singular values (..., d), largest first, of matrices (..., d, d).

    Many small ones go through one-sided Jacobi rotations of all at once, which are also relatively accurate:
    J. Demmel and K. Veselić, SIAM J. Matrix Anal. Appl. 13, 1204 (1992).
    """
    size = matrices.shape[-1]
    flat = matrices.reshape(-1, size, size)
    if len(flat) < _MANY or size > _SMALL:
        return np.linalg.svd(matrices, compute_uv=False)
    found = np.empty((len(flat), size))
    for start in range(0, len(flat), _BLOCK):
        block = flat[start : start + _BLOCK].transpose(2, 1, 0)
        found[start : start + _BLOCK] = _jacobi(
            np.ascontiguousarray(block.real), np.ascontiguousarray(block.imag)
        ).T
    return np.sort(found, axis=-1)[:, ::-1].reshape(matrices.shape[:-1])


def _jacobi(re: RealArray, im: RealArray) -> RealArray:
    """Return the norms (d, n) of columns (d, d, n), given by real and imaginary parts, made orthogonal."""
    size = len(re)
    pairs = [(p, q) for p in range(size) for q in range(p + 1, size)]
    for sweep in range(_SWEEPS):
        left = 0.0
        norms = (re * re + im * im).sum(axis=1)
        for p, q in pairs:
            pr, pi, qr, qi = re[p], im[p], re[q], im[q]
            dot_re, dot_im = (pr * qr + pi * qi).sum(axis=0), (pr * qi - pi * qr).sum(axis=0)
            overlap = dot_re * dot_re + dot_im * dot_im
            if sweep > 1:
                left = max(left, float((overlap - _OVERLAP_SQUARED * norms[p] * norms[q]).max()))
            half = 0.5 * (norms[q] - norms[p])
            root = np.sqrt(half * half + overlap)
            # tan φ/|dot| of the rotation that makes the two columns orthogonal; 0 where they are.
            scaled = 1.0 / (half + np.copysign(root + 1e-300, half))
            scaled[overlap == 0.0] = 0.0
            shift = scaled * overlap
            cosine = 1.0 / np.sqrt(1.0 + scaled * shift)
            fr, fi = (sine := cosine * scaled) * dot_re, sine * dot_im
            re[p], im[p], re[q], im[q] = (
                cosine * pr - fr * qr - fi * qi,
                cosine * pi - fr * qi + fi * qr,
                cosine * qr + fr * pr - fi * pi,
                cosine * qi + fr * pi + fi * pr,
            )
            norms[p] -= shift
            norms[q] += shift
        if sweep > 1 and left <= 0.0:
            break
    found: RealArray = np.sqrt((re * re + im * im).sum(axis=1))
    return found


def factors(states: ComplexArray) -> ComplexArray:
    """Return matrices L (..., d, d) with L L† = states (..., d, d), checked ones.

    Cholesky factors where all are well conditioned; otherwise from eigenvectors, where eigenvalues that are
    rounding of zero give no column, so that the square root of rounding does not enter.
    """
    try:
        lower = np.linalg.cholesky(states)
        diagonal = np.diagonal(lower, axis1=-2, axis2=-1).real
        if diagonal.size and float(diagonal.min()) ** 2 > _NO_PIVOT:
            return lower
        poor = (diagonal**2 <= _NO_PIVOT).any(axis=-1)
    except np.linalg.LinAlgError:
        lower, poor = np.zeros_like(states), np.ones(states.shape[:-2], dtype=bool)
    values, vectors = np.linalg.eigh(states[poor])
    lower[poor] = vectors * np.sqrt(np.where(values > _NO_PIVOT, values, 0.0))[..., None, :]
    return lower
