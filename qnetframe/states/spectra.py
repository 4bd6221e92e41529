"""What measures need of the spectra of many 4 x 4 matrices at once, without finding every eigenvalue.

The sum of the roots of eigenvalues of a product of states is a smooth function of the coefficients of its
characteristic polynomial, which two matrix products give; so are the largest root where it outweighs the
others, and the one negative eigenvalue that the partial transpose of two qubits may have. Where a coefficient
is so small that its own rounding (1e-16) would be seen in the result, LAPACK takes over, state by state.
"""

from __future__ import annotations

import numpy as np

from qnetframe.states.checking import ComplexArray, RealArray

# Fewer states are quicker by LAPACK one after the other.
_MANY = 64
# Coefficients and determinants below these would show rounding above about 1e-11 in the result.
_LEAST = (1e-5, 1e-8)
_LEAST_DETERMINANT = 1e-12
_LEAST_SLOPE = 1e-4
# Pivots of a factor below this, of trace 1, are rounding of zero.
_NO_PIVOT = 1e-15
_STEPS = 60


def root_sums(first: ComplexArray, second: ComplexArray) -> tuple[RealArray, RealArray]:
    """Return (Σ λ, max(0, 2 λ_1 - Σ λ)) of stacks of states, λ² the eigenvalues of first @ second.

    These are the root of the Uhlmann fidelity, and for ``second`` the spin-flipped ``first`` the concurrence.
    Both are (n, d, d) and checked; each λ is a singular value of K† L with K K† and L L† the two states.
    """
    if len(first) < _MANY or first.shape[-1] != 4:
        return _by_lapack(first, second)
    return _by_coefficients(first, second)


def _by_lapack(first: ComplexArray, second: ComplexArray) -> tuple[RealArray, RealArray]:
    products = factors(first).conj().swapaxes(-1, -2) @ factors(second)
    values = np.linalg.svd(products, compute_uv=False)
    total = values.sum(axis=-1)
    return total, np.maximum(0.0, 2.0 * values[..., 0] - total)


def _by_coefficients(first: ComplexArray, second: ComplexArray) -> tuple[RealArray, RealArray]:
    product = first @ second
    square = product @ product
    traces = (
        np.trace(product, axis1=-2, axis2=-1).real,
        np.trace(square, axis1=-2, axis2=-1).real,
        np.einsum("nij,nji->n", square, product).real,
    )
    c1, c2, c3 = _elementary(*traces)
    # The determinant has full relative accuracy this way, which c4 by traces would not have.
    determinants = _determinants(first), _determinants(second)
    e4 = np.sqrt(np.maximum(0.0, determinants[0] * determinants[1]))
    poor = (c2 < _LEAST[0]) | (c3 < _LEAST[1]) | (np.minimum(*determinants) < _LEAST_DETERMINANT)
    with np.errstate(invalid="ignore"):
        e1, e2, e3 = _elementary_of_roots(c1, c2, c3, e4)
        excess = _largest_excess(e1, e2, e3, e4)
    if poor.any():
        e1[poor], excess[poor] = _by_lapack(first[poor], second[poor])
    return e1, excess


def _determinants(states: ComplexArray) -> RealArray:
    try:
        diagonal = np.diagonal(np.linalg.cholesky(states), axis1=-2, axis2=-1).real
        found: RealArray = diagonal.prod(axis=-1) ** 2
    except np.linalg.LinAlgError:
        found = np.linalg.det(states).real
    return found


def _elementary(t1: RealArray, t2: RealArray, t3: RealArray) -> tuple[RealArray, RealArray, RealArray]:
    """Return the elementary symmetric functions of numbers from their power sums: Newton's identities."""
    e2 = (t1 * t1 - t2) / 2.0
    return t1, e2, (e2 * t1 - t1 * t2 + t3) / 3.0


def _elementary_of_roots(
    c1: RealArray, c2: RealArray, c3: RealArray, e4: RealArray
) -> tuple[RealArray, RealArray, RealArray]:
    """Return e1, e2, e3 of λ from those of λ² (c) and e4: c1 = e1² - 2 e2, c2 = e2² - 2 e1 e3 + 2 e4, ….

    A fixed point: each step leaves a fifth of the error or less.
    """
    e2, e3 = np.sqrt(np.maximum(c2, 0.0)), np.sqrt(np.maximum(c3, 0.0))
    e1 = np.sqrt(c1 + 2.0 * e2)
    for _ in range(_STEPS):
        before = e1
        e3 = np.sqrt(np.maximum(c3 + 2.0 * e2 * e4, 0.0))
        e2 = np.sqrt(np.maximum(c2 + 2.0 * (e1 * e3 - e4), 0.0))
        e1 = np.sqrt(c1 + 2.0 * e2)
        if not np.nanmax(np.abs(e1 - before)) > 1e-15:
            break
    return e1, e2, e3


def _largest_excess(e1: RealArray, e2: RealArray, e3: RealArray, e4: RealArray) -> RealArray:
    """Return max(0, 2 λ_1 - e1): above 0 where the polynomial with roots λ is negative at e1/2."""
    half = e1 / 2.0
    above = np.flatnonzero((((half - e1) * half + e2) * half - e3) * half + e4 < 0.0)
    excess = np.zeros_like(e1)
    a1, a2, a3, a4 = (e[above] for e in (e1, e2, e3, e4))
    # From above the largest root.
    x, _ = _outermost(a1.copy(), 1.0, a1, a2, a3, a4)
    excess[above] = np.maximum(0.0, 2.0 * x - a1)
    return excess


def _outermost(
    x: RealArray, side: float, e1: RealArray, e2: RealArray, e3: RealArray, e4: RealArray
) -> tuple[RealArray, RealArray]:
    """Return the outermost root of x⁴ - e1 x³ + e2 x² - e3 x + e4, and the slope there.

    From beyond all roots, above (``side`` 1) or below (-1), the steps of Laguerre's method go to it without
    passing it, and the error is cubed by each: W. Kahan, Proc. ACM National Conference (1967), 9-1.
    """
    slope = x
    for _ in range(_STEPS):
        value = (((x - e1) * x + e2) * x - e3) * x + e4
        slope = ((4.0 * x - 3.0 * e1) * x + 2.0 * e2) * x - e3
        curvature = (12.0 * x - 6.0 * e1) * x + 2.0 * e2
        root = np.sqrt(np.maximum(9.0 * slope * slope - 12.0 * value * curvature, 0.0))
        step = 4.0 * value / (slope + side * root + side * 1e-300)
        x = x - step
        if not step.size or float(np.abs(step).max()) < 1e-14:
            break
    return x, slope


def negative_part(matrices: ComplexArray) -> RealArray:
    """Return the sum of absolute negative eigenvalues of partial transposes (n, 4, 4) of two-qubit states.

    At most one is negative, and exactly where the determinant is: A. Sanpera, R. Tarrach and G. Vidal, Phys.
    Rev. A 58, 826 (1998).
    """
    if len(matrices) < _MANY:
        return negative_sum(matrices)
    return _negative_root(matrices)


def negative_sum(matrices: ComplexArray) -> RealArray:
    """Return the sum of absolute negative eigenvalues of Hermitian matrices (..., d, d)."""
    total: RealArray = -np.minimum(np.linalg.eigvalsh(matrices), 0.0).sum(axis=-1)
    return total


def _negative_root(matrices: ComplexArray) -> RealArray:
    square = np.ascontiguousarray(matrices @ matrices)
    plain, squared = (np.ascontiguousarray(m).view(float).reshape(len(m), -1) for m in (matrices, square))
    t1 = np.trace(matrices, axis1=-2, axis2=-1).real
    pairs = ((plain, plain), (plain, squared), (squared, squared))
    t2, t3, t4 = (np.einsum("ni,ni->n", a, b) for a, b in pairs)
    e1, e2, e3 = _elementary(t1, t2, t3)
    e4 = (e3 * t1 - e2 * t2 + e1 * t3 - t4) / 4.0
    # From the left of the smallest root, which is at least -1/2.
    x, slope = _outermost(np.full(len(matrices), -0.5), -1.0, e1, e2, e3, e4)
    found: RealArray = np.maximum(0.0, -x)
    poor = ~(np.abs(slope) > _LEAST_SLOPE) & (x < 1e-2)
    if poor.any():
        found[poor] = negative_sum(matrices[poor])
    return found


def factors(states: ComplexArray) -> ComplexArray:
    """Return matrices L (..., d, d) with L L† = states (..., d, d), checked ones.

    Cholesky factors where all are well conditioned; otherwise from eigenvectors, where eigenvalues that are
    rounding of zero give no column, so that the square root of rounding does not enter.
    """
    try:
        lower = np.linalg.cholesky(states)
        diagonal = np.diagonal(lower, axis1=-2, axis2=-1).real
        poor = (diagonal**2 <= _NO_PIVOT).any(axis=-1)
    except np.linalg.LinAlgError:
        lower, poor = np.zeros_like(states), np.ones(states.shape[:-2], dtype=bool)
    if poor.any():
        values, vectors = np.linalg.eigh(states[poor])
        lower[poor] = vectors * np.sqrt(np.where(values > _NO_PIVOT, values, 0.0))[..., None, :]
    return lower
