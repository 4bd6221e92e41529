"""Measures of 4 x 4 states one after the other, for compilation: checks, factors and roots in one pass.

The λ of concurrence and fidelity are the singular values of a matrix M made of factors K K† = ρ. Of well
conditioned states only the elementary symmetric functions of λ² are found, and from them Σ λ and the largest
λ as roots of polynomials; the negative eigenvalue of a partial transpose is such a root too. Where rounding
(1e-16) would show in a root by more than about 1e-12, and for states of less than full rank, one-sided Jacobi
rotations find the singular values themselves. What a kernel does not accept as a state it leaves as nan.

All functions are plain Python; `compiled` compiles the kernels at their first use. They share one file since
numba looks at the date of this file alone to tell whether what it has kept is still good.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from qnetframe.states.checking import NO_PIVOT, TOLERANCE, ComplexArray, RealArray

# Below this determinant the factor of a state goes by pivots, and M by rotations.
_LEAST_DETERMINANT = 1e-12
# Slopes of polynomials at a root, for roots of sum 1: they divide the rounding of coefficients.
_LEAST_SLOPE = 1e-3
# That of e1 times e3, which divides the rounding of c3 where it was found by traces.
_LEAST_PRODUCT = 1e-4
# The same for the negative eigenvalue, with coefficients of a tenth or less.
_LEAST_NEGATIVE_SLOPE = 1e-4
# What may be left of a state beyond its factor; eigenvalues differ by four times as much at most.
_REMAINDER = TOLERANCE / 8
_STEPS = 60
_SWEEPS = 30
_EPS = 2.220446049250313e-16

# The determinant, and the lower triangle by rows.
Factor = tuple[float, float, complex, float, complex, complex, float, complex, complex, complex, float]


def concurrences(states: ComplexArray, found: RealArray) -> None:
    """Write max(0, λ_1 - λ_2 - λ_3 - λ_4) of states (n, 4, 4) to ``found`` (n,)."""
    factor, work = np.empty((4, 4), np.complex128), np.empty((4, 4), np.complex128)
    matrix = np.empty((4, 4), np.complex128)
    for k in range(len(states)):
        if not plausible(states, k):
            found[k] = math.nan
            continue
        determinant, l00, l10, l11, l20, l21, l22, l30, l31, l32, l33 = cholesky(states, k)
        value = -1.0
        if determinant > _LEAST_DETERMINANT:
            # M = K^T (Y ⊗ Y) K is symmetric, and 0 below its antidiagonal: a b c d, b e f, c f, d.
            a = 2.0 * (l10 * l20 - l00 * l30)
            b = l10 * l21 + l20 * l11 - l00 * l31
            c = l10 * l22 - l00 * l32
            d = l00 * l33
            e = 2.0 * l11 * l21
            f = l11 * l22
            value = excess(*minors(a, b, c, d, e, f), determinant)
        if value < 0.0:
            rank = pivoted(states, k, factor, work)
            if rank < 0:
                found[k] = math.nan
                continue
            for i in range(rank):
                for j in range(rank):
                    matrix[i, j] = (
                        factor[1, i] * factor[2, j]
                        + factor[2, i] * factor[1, j]
                        - factor[0, i] * factor[3, j]
                        - factor[3, i] * factor[0, j]
                    )
            total, largest = rotated(matrix, rank, rank)
            value = max(0.0, 2.0 * largest - total)
        found[k] = min(value, 1.0)


def fidelities(first: ComplexArray, second: ComplexArray, found: RealArray) -> None:
    """Write (Σ λ)² of pairs of states (n, 4, 4) to ``found`` (n,)."""
    one, two = np.zeros((4, 4), np.complex128), np.zeros((4, 4), np.complex128)
    work, matrix = np.empty((4, 4), np.complex128), np.empty((4, 4), np.complex128)
    for k in range(len(first)):
        if not (plausible(first, k) and plausible(second, k)):
            found[k] = math.nan
            continue
        left, right = cholesky(first, k), cholesky(second, k)
        total = -1.0
        if min(left[0], right[0]) > _LEAST_DETERMINANT:
            lower(left, one)
            lower(right, two)
            for i in range(4):
                for j in range(4):
                    entry = 0j
                    for m in range(max(i, j), 4):
                        entry += one[m, i].conjugate() * two[m, j]
                    matrix[i, j] = entry
            c1, c2, c3 = by_traces(matrix, work)
            total, _, _ = sums(c1, c2, c3, math.sqrt(left[0] * right[0]), _LEAST_PRODUCT)
        if total < 0.0:
            ranks = pivoted(first, k, one, work), pivoted(second, k, two, work)
            if min(ranks) < 0:
                found[k] = math.nan
                continue
            for i in range(ranks[0]):
                for j in range(ranks[1]):
                    entry = 0j
                    for m in range(4):
                        entry += one[m, i].conjugate() * two[m, j]
                    matrix[i, j] = entry
            total, _ = rotated(matrix, ranks[0], ranks[1])
        found[k] = min(total * total, 1.0)


def negativities(states: ComplexArray, found: RealArray) -> None:
    """Write the negativity of states (n, 4, 4) of two qubits to ``found`` (n,).

    At most one eigenvalue of the partial transpose is negative, and exactly where the determinant is: A.
    Sanpera, R. Tarrach and G. Vidal, Phys. Rev. A 58, 826 (1998).
    """
    work, matrix = np.empty((4, 4), np.complex128), np.empty((4, 4), np.complex128)
    for k in range(len(states)):
        if not plausible(states, k) or not (
            cholesky(states, k)[0] > 0.0 or pivoted(states, k, matrix, work) >= 0
        ):
            found[k] = math.nan
            continue
        value = negative_root(*transposed_coefficients(states, k))
        if value < 0.0:
            for i in range(4):
                for j in range(4):
                    matrix[i, j] = states[k, (j & 2) | (i & 1), (i & 2) | (j & 1)]
            total, _ = rotated(matrix, 4, 4)
            trace = states[k, 0, 0].real + states[k, 1, 1].real + states[k, 2, 2].real + states[k, 3, 3].real
            value = max(0.0, (total - trace) / 2.0)
        found[k] = value


# ---- checks and factors ----------------------------------------------------------------------------


def plausible(states: ComplexArray, k: int) -> bool:
    """Say whether state k is Hermitian and of trace 1, with a margin."""
    trace = -1.0
    for i in range(4):
        trace += states[k, i, i].real
        # Written so that nan fails.
        if not abs(states[k, i, i].imag) <= TOLERANCE / 4:
            return False
        for j in range(i):
            above, below = states[k, j, i], states[k, i, j]
            if not (
                abs(above.real - below.real) <= TOLERANCE / 2
                and abs(above.imag + below.imag) <= TOLERANCE / 2
            ):
                return False
    return abs(trace) <= TOLERANCE / 2


def cholesky(states: ComplexArray, k: int) -> Factor:
    """Return the determinant of state k and its Cholesky factor; (-1, 0, …) if a pivot is rounding."""
    none = (-1.0, 0.0, 0j, 0.0, 0j, 0j, 0.0, 0j, 0j, 0j, 0.0)
    p0 = states[k, 0, 0].real
    if p0 <= NO_PIVOT:
        return none
    l00 = math.sqrt(p0)
    scale = 1.0 / l00
    l10, l20, l30 = states[k, 1, 0] * scale, states[k, 2, 0] * scale, states[k, 3, 0] * scale
    p1 = states[k, 1, 1].real - squared(l10)
    if p1 <= NO_PIVOT:
        return none
    l11 = math.sqrt(p1)
    scale = 1.0 / l11
    turned = l10.conjugate()
    l21, l31 = (states[k, 2, 1] - l20 * turned) * scale, (states[k, 3, 1] - l30 * turned) * scale
    p2 = states[k, 2, 2].real - squared(l20) - squared(l21)
    if p2 <= NO_PIVOT:
        return none
    l22 = math.sqrt(p2)
    l32 = (states[k, 3, 2] - l30 * l20.conjugate() - l31 * l21.conjugate()) * (1.0 / l22)
    p3 = states[k, 3, 3].real - squared(l30) - squared(l31) - squared(l32)
    if p3 <= NO_PIVOT:
        return none
    return p0 * p1 * p2 * p3, l00, l10, l11, l20, l21, l22, l30, l31, l32, math.sqrt(p3)


def lower(factor: Factor, matrix: ComplexArray) -> None:
    """Write a Cholesky factor to the lower triangle of a matrix."""
    _, l00, l10, l11, l20, l21, l22, l30, l31, l32, l33 = factor
    matrix[0, 0], matrix[1, 1], matrix[2, 2], matrix[3, 3] = l00, l11, l22, l33
    matrix[1, 0], matrix[2, 0], matrix[3, 0] = l10, l20, l30
    matrix[2, 1], matrix[3, 1], matrix[3, 2] = l21, l31, l32


def squared(z: complex) -> float:
    """Return |z|²."""
    return z.real * z.real + z.imag * z.imag


def pivoted(states: ComplexArray, k: int, factor: ComplexArray, work: ComplexArray) -> int:
    """Write K with K K† = state k to the first columns of ``factor``; return its rank, -1 if there is none.

    The largest pivot goes first, and those that are rounding of zero give no column, so that the square root
    of rounding does not enter: N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), ch. 10.3.
    """
    for i in range(4):
        for j in range(i + 1):
            work[i, j] = states[k, i, j]
            work[j, i] = states[k, i, j].conjugate()
    done = 0
    rank = 0
    while rank < 4:
        best = -1
        for i in range(4):
            if not done >> i & 1 and (best < 0 or work[i, i].real > work[best, best].real):
                best = i
        if work[best, best].real <= NO_PIVOT:
            break
        scale = 1.0 / math.sqrt(work[best, best].real)
        for i in range(4):
            factor[i, rank] = 0j if done >> i & 1 else work[i, best] * scale
        for i in range(4):
            for j in range(4):
                work[i, j] -= factor[i, rank] * factor[j, rank].conjugate()
        done |= 1 << best
        rank += 1
    for i in range(4):
        for j in range(4):
            if not (done >> i & 1 or done >> j & 1 or squared(work[i, j]) <= _REMAINDER * _REMAINDER):
                return -1
    return rank


def rotated(matrix: ComplexArray, rows: int, columns: int) -> tuple[float, float]:
    """Return the sum of the singular values of a matrix, which is overwritten, and the largest.

    One-sided Jacobi rotations: J. Demmel and K. Veselić, SIAM J. Matrix Anal. Appl. 13, 1204 (1992).
    """
    for _ in range(_SWEEPS):
        still = True
        for p in range(columns - 1):
            for q in range(p + 1, columns):
                alpha = beta = 0.0
                overlap = 0j
                for i in range(rows):
                    alpha += squared(matrix[i, p])
                    beta += squared(matrix[i, q])
                    overlap += matrix[i, p].conjugate() * matrix[i, q]
                size = squared(overlap)
                # A column of rounding would turn for ever, and shrink until nothing of it can be squared.
                if size <= _EPS * _EPS * alpha * beta or min(alpha, beta) <= 1e-34 * max(alpha, beta):
                    continue
                still = False
                size = math.sqrt(size)
                phase = overlap.conjugate() * (1.0 / size)
                zeta = (beta - alpha) / (2.0 * size)
                tangent = (1.0 if zeta >= 0.0 else -1.0) / (abs(zeta) + math.sqrt(1.0 + zeta * zeta))
                cosine = 1.0 / math.sqrt(1.0 + tangent * tangent)
                sine = cosine * tangent
                for i in range(rows):
                    left, right = matrix[i, p], matrix[i, q] * phase
                    matrix[i, p] = cosine * left - sine * right
                    matrix[i, q] = sine * left + cosine * right
        if still:
            break
    total = largest = 0.0
    for p in range(columns):
        norm = 0.0
        for i in range(rows):
            norm += squared(matrix[i, p])
        norm = math.sqrt(norm)
        total += norm
        largest = max(largest, norm)
    return total, largest


# ---- symmetric functions and roots -----------------------------------------------------------------


def minors(a: complex, b: complex, c: complex, d: float, e: complex, f: float) -> tuple[float, float, float]:
    """Return the sums of |minors|² of orders 1, 2, 3 of the matrix a b c d, b e f, c f, d (symmetric).

    By the Cauchy–Binet formula these are the elementary symmetric functions of λ², and sums of squares, which
    lose no digits.
    """
    aa, bb, cc, dd, ee, ff = squared(a), squared(b), squared(c), d * d, squared(e), f * f
    last = b * f - c * e
    c1 = aa + ee + 2.0 * (bb + cc + dd + ff)
    c2 = (
        squared(a * e - b * b)
        + (cc + dd) * (cc + dd)
        + ff * ff
        + 2.0 * (squared(a * f - b * c) + squared(last) + bb * dd + dd * ee + cc * ff)
        + 4.0 * dd * ff
    )
    c3 = (
        squared(c * last + f * (b * c - a * f))
        + 2.0 * dd * (squared(last) + ff * (cc + ff))
        + dd * dd * (ee + 2.0 * ff)
    )
    return c1, c2, c3


def by_traces(matrix: ComplexArray, work: ComplexArray) -> tuple[float, float, float]:
    """Return the same for any matrix M by Newton's identities from tr (M† M)^k, which lose some."""
    t1 = t2 = t3 = 0.0
    for i in range(4):
        for j in range(i + 1):
            entry = 0j
            for m in range(4):
                entry += matrix[m, i].conjugate() * matrix[m, j]
            work[i, j] = entry
            work[j, i] = entry.conjugate()
        t1 += work[i, i].real
    for i in range(4):
        for j in range(i + 1):
            entry = 0j
            for m in range(4):
                entry += work[i, m] * work[m, j]
            share = (entry * work[j, i]).real
            t3 += share if i == j else 2.0 * share
            if i == j:
                t2 += entry.real
    c2 = (t1 * t1 - t2) / 2.0
    return t1, c2, (c2 * t1 - t1 * t2 + t3) / 3.0


def sums(c1: float, c2: float, c3: float, e4: float, least: float) -> tuple[float, float, float]:
    """Return e1, e2, e3 of λ from those of λ² (c) and e4; (-1, …) where they would not be accurate.

    ``least`` is how small e3 times the slope at e1 may be, for λ of sum 1.

    c1 = e1² - 2 e2, c2 = e2² - 2 e1 e3 + 2 e4, c3 = e3² - 2 e2 e4: e1 is the largest root of what the first
    and the last leave of the second, by Newton's method.
    """
    e2 = math.sqrt(c2) if c2 > 0.0 else 0.0
    e3 = c3 + 2.0 * e2 * e4
    e3 = math.sqrt(e3) if e3 > 0.0 else 0.0
    x = math.sqrt(c1 + 2.0 * math.sqrt(max(0.0, c2 + 2.0 * (math.sqrt(c1 + 2.0 * e2) * e3 - e4))))
    for _ in range(_STEPS):
        e2 = (x * x - c1) / 2.0
        e3 = c3 + 2.0 * e2 * e4
        if e3 <= 0.0:
            break
        e3 = math.sqrt(e3)
        slope = 2.0 * (x * e2 - e3 - x * x * e4 / e3)
        cube = x * x * x
        if slope <= _LEAST_SLOPE * cube or e3 * slope <= least * cube * cube:
            break
        step = (e2 * e2 - c2 - 2.0 * (x * e3 - e4)) / slope
        x -= step
        # The error is squared by each step.
        if abs(step) < 1e-9 * x:
            e2 = (x * x - c1) / 2.0
            return x, e2, math.sqrt(c3 + 2.0 * e2 * e4)
    return -1.0, 0.0, 0.0


def excess(c1: float, c2: float, c3: float, e4: float) -> float:
    """Return max(0, 2 λ_1 - Σ λ), or -1 where it would not be accurate.

    Above 0 where the polynomial with roots λ is negative at Σ λ/2.
    """
    e1, e2, e3 = sums(c1, c2, c3, e4, 0.0)
    if e1 < 0.0:
        return -1.0
    half = e1 / 2.0
    value = (((half - e1) * half + e2) * half - e3) * half + e4
    cube = e1 * e1 * e1
    if value >= 0.0:
        slope = ((4.0 * half - 3.0 * e1) * half + 2.0 * e2) * half - e3
        return 0.0 if value > 1e-12 * cube * e1 or slope > _LEAST_SLOPE * cube else -1.0
    x, slope = outermost(math.sqrt(c1), 1.0, e1, e2, e3, e4)
    return max(0.0, 2.0 * x - e1) if slope > _LEAST_SLOPE * cube else -1.0


def outermost(x: float, side: float, e1: float, e2: float, e3: float, e4: float) -> tuple[float, float]:
    """Return the outermost root of x⁴ - e1 x³ + e2 x² - e3 x + e4, and the slope there.

    From beyond all roots, above (``side`` 1) or below (-1), the steps of Laguerre's method go to it without
    passing it, and the error is cubed by each: W. Kahan, Proc. ACM National Conference (1967), 9-1.
    """
    slope = 0.0
    for _ in range(_STEPS):
        value = (((x - e1) * x + e2) * x - e3) * x + e4
        slope = ((4.0 * x - 3.0 * e1) * x + 2.0 * e2) * x - e3
        curvature = (12.0 * x - 6.0 * e1) * x + 2.0 * e2
        root = math.sqrt(max(0.0, 9.0 * slope * slope - 12.0 * value * curvature))
        divisor = slope + side * root
        if divisor == 0.0:
            break
        step = 4.0 * value / divisor
        x -= step
        if abs(step) < 1e-6 * abs(x):
            break
    return x, slope


def transposed_coefficients(states: ComplexArray, k: int) -> tuple[float, float, float, float]:
    """Return e1 … e4 of the eigenvalues of the partial transpose of state k: sums of principal minors."""
    d0, d1, d2, d3 = states[k, 0, 0].real, states[k, 1, 1].real, states[k, 2, 2].real, states[k, 3, 3].real
    t01, t02, t03 = states[k, 0, 1], states[k, 2, 0], states[k, 2, 1]
    t12, t13, t23 = states[k, 3, 0], states[k, 3, 1], states[k, 2, 3]
    s01, s02, s03 = squared(t01), squared(t02), squared(t03)
    s12, s13, s23 = squared(t12), squared(t13), squared(t23)
    # Cycles of three, and of four.
    r012 = 2.0 * (t01 * t12 * t02.conjugate()).real
    r013 = 2.0 * (t01 * t13 * t03.conjugate()).real
    r023 = 2.0 * (t02 * t23 * t03.conjugate()).real
    r123 = 2.0 * (t12 * t23 * t13.conjugate()).real
    fours = (
        (t01 * t12) * (t23 * t03.conjugate())
        + (t01 * t13) * (t02 * t23).conjugate()
        + (t02 * t13) * (t12 * t03).conjugate()
    ).real
    e2 = (d0 + d1) * (d2 + d3) + d0 * d1 + d2 * d3 - (s01 + s02 + s03 + s12 + s13 + s23)
    e3 = (
        d0 * d1 * (d2 + d3) + d2 * d3 * (d0 + d1) + r012 + r013 + r023 + r123
        - d0 * (s12 + s13 + s23) - d1 * (s02 + s03 + s23) - d2 * (s01 + s03 + s13) - d3 * (s01 + s02 + s12)
    )  # fmt: skip
    e4 = (
        d0 * d1 * (d2 * d3 - s23) - d0 * d2 * s13 - d0 * d3 * s12 - d1 * d2 * s03 - d1 * d3 * s02
        - d2 * d3 * s01 + s01 * s23 + s02 * s13 + s03 * s12
        + d0 * r123 + d1 * r023 + d2 * r013 + d3 * r012 - 2.0 * fours
    )  # fmt: skip
    return d0 + d1 + d2 + d3, e2, e3, e4


def negative_root(e1: float, e2: float, e3: float, e4: float) -> float:
    """Return the absolute value of the one negative root, 0 if there is none, -1 where it is not accurate."""
    if e4 >= 0.0:
        return 0.0 if e4 > 1e-15 or e3 > _LEAST_NEGATIVE_SLOPE else -1.0
    # The smallest root is at least -1/2.
    x, slope = outermost(-0.5, -1.0, e1, e2, e3, e4)
    return max(0.0, -x) if slope < -_LEAST_NEGATIVE_SLOPE else -1.0


# ---- compilation -----------------------------------------------------------------------------------


_HELPERS: tuple[Callable[..., Any], ...] = (
    squared, plausible, cholesky, lower, pivoted, rotated, minors, by_traces, sums, outermost, excess,
    transposed_coefficients, negative_root,
)  # fmt: skip


@functools.cache
def compiled(kernel: Callable[..., None]) -> Callable[..., None]:
    """Return a kernel of this module compiled for one core; later processes find it in numba's cache."""
    compiler = _compiler()
    try:
        return compiler(kernel, cache=True)
    except RuntimeError:  # no folder for a cache can be written
        return compiler(kernel, cache=False)


@functools.cache
def _compiler() -> Callable[..., Callable[..., None]]:
    import numba
    from numba.extending import register_jitable

    # Contraction is to fused multiplications and additions only: nan stays what it is.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    for helper in _HELPERS:
        register_jitable(**options)(helper)
    # Arrays that may be written to are taken too.
    stack = numba.types.Array(numba.complex128, 3, "C", readonly=True)

    def compiler(kernel: Callable[..., None], *, cache: bool) -> Any:
        stacks = (stack,) * (kernel.__code__.co_argcount - 1)
        return numba.njit(numba.void(*stacks, numba.float64[::1]), cache=cache, **options)(kernel)

    return compiler
