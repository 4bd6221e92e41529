"""Random vectors, unitaries and density matrices. ``seed`` is a number or a numpy Generator."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.states.checking import ComplexArray

Seed: TypeAlias = int | np.random.Generator


def haar_vectors(dim: int, count: int | tuple[int, ...] = (), *, seed: Seed) -> ComplexArray:
    """Return unit vectors (*count, dim), uniform over the sphere."""
    vectors = _normal((*_shape(count), _dim(dim)), seed)
    unit: ComplexArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def haar_unitaries(dim: int, count: int | tuple[int, ...] = (), *, seed: Seed) -> ComplexArray:
    """Return unitaries (*count, dim, dim), uniform by Haar's measure.

    QR of Gaussian matrices with the phases of R's diagonal moved to Q: F. Mezzadri, Notices AMS 54, 592
    (2007).
    """
    q, r = np.linalg.qr(_normal((*_shape(count), _dim(dim), dim), seed))
    phases = np.diagonal(r, axis1=-2, axis2=-1)
    unitaries: ComplexArray = q * (phases / np.abs(phases))[..., None, :]
    return unitaries


def hilbert_schmidt(
    dim: int, count: int | tuple[int, ...] = (), *, seed: Seed, rank: int | None = None
) -> ComplexArray:
    """Return density matrices (*count, dim, dim), uniform by the Hilbert-Schmidt distance.

    Partial traces of uniform vectors over an environment of dimension ``rank`` (default dim; other ranks give
    the induced measures): K. Życzkowski and H.-J. Sommers, J. Phys. A 34, 7111 (2001).
    """
    size = _dim(dim)
    width = size if rank is None else checks.integer(rank, "rank", low=1)
    return _normalised(_normal((*_shape(count), size, width), seed))


def bures(dim: int, count: int | tuple[int, ...] = (), *, seed: Seed) -> ComplexArray:
    """Return density matrices (*count, dim, dim), uniform by the Bures distance.

    (1 + U) G G† (1 + U†) with U by Haar and G Gaussian: V. Al Osipov, H.-J. Sommers and K. Życzkowski, J.
    Phys. A 43, 055302 (2010).
    """
    rng = np.random.default_rng(seed)
    unitary = haar_unitaries(dim, count, seed=rng)
    return _normalised((np.eye(dim) + unitary) @ _normal((*_shape(count), dim, dim), rng))


def _normal(shape: tuple[int, ...], seed: Seed) -> ComplexArray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def _normalised(factor: ComplexArray) -> ComplexArray:
    matrices = factor @ factor.conj().swapaxes(-1, -2)
    traces = np.trace(matrices, axis1=-2, axis2=-1).real
    states: ComplexArray = matrices / traces[..., None, None]
    return states


def _shape(count: int | tuple[int, ...]) -> tuple[int, ...]:
    return (count,) if isinstance(count, int) else tuple(count)


def _dim(dim: int) -> int:
    return checks.integer(dim, "dim", low=1)
