"""What counts tell: logical error per round, its suppression with distance, the threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.values import Estimate


@dataclass(frozen=True)
class Point:
    """A logical error probability at a distance and a physical error probability."""

    distance: int
    p: float
    error: Estimate


@dataclass(frozen=True)
class Threshold:
    """A finite-size scaling fit: the threshold with its 95 % interval, the exponent ν, and how well it fits.

    ``coefficients`` are those of 1, x, x² in x = (p - threshold) d^(1/ν).
    """

    value: float
    low: float
    high: float
    nu: float
    coefficients: tuple[float, ...]
    chi_squared: float
    degrees: int

    def error(self, distance: int, p: float) -> float:
        """Return the fitted logical error probability."""
        return float(
            _scaling((np.array([distance]), np.array([p])), self.value, 1 / self.nu, *self.coefficients)[0]
        )


def error_per_round(error: Estimate, rounds: int) -> Estimate:
    """Return the error of one round whose independent repetition gives ``error``: (1 - (1 - 2P)^(1/r))/2.

    Google Quantum AI, Nature 614, 676 (2023), methods. Of 1/2 and more nothing is known: it is 1/2.
    """
    checks.integer(rounds, "rounds", low=1)
    left = 1 - 2 * error.value
    if left <= 0:
        return Estimate(0.5, math.inf, error.shots)
    value = (1 - left ** (1 / rounds)) / 2
    slope = left ** (1 / rounds - 1) / rounds
    return Estimate(value, slope * error.standard_error, error.shots)


def suppression(points: Iterable[tuple[int, Estimate]]) -> Estimate:
    """Return Λ, the factor by which the error per round falls when the distance grows by 2.

    ``points`` are distances and errors per round. A weighted line through the logarithms: Google Quantum AI,
    Nature 638, 920 (2025). Raises InvalidInputError for fewer than two distances or an error of 0.
    """
    given = sorted(points)
    if len({d for d, _ in given}) < 2:
        raise InvalidInputError("Λ needs the error at two distances at least")
    for d, e in given:
        if e.value <= 0:
            raise InvalidInputError(f"the error at distance {d} is 0; take more shots")
    x = np.array([d / 2 for d, _ in given])
    y = np.log([e.value for _, e in given])
    weights = np.array([(e.value / e.standard_error) ** 2 for _, e in given])
    mean = np.average(x, weights=weights)
    spread = float(weights @ (x - mean) ** 2)
    slope = float(weights @ ((x - mean) * y)) / spread
    factor = math.exp(-slope)
    return Estimate(factor, factor / math.sqrt(spread))


def crossing(points: Sequence[Point], small: int, large: int) -> Estimate:
    """Return where the curves of two distances cross, between the neighbouring p at which their order
    changes.

    Linear interpolation of the difference of logarithms; the error bar is that of the four points. Raises
    InvalidInputError where they do not cross, or more than once.
    """
    curves = [{q.p: q.error for q in points if q.distance == d} for d in (small, large)]
    ps = sorted(curves[0].keys() & curves[1].keys())
    gaps = []
    for p in ps:
        a, b = (c[p] for c in curves)
        if a.value <= 0 or b.value <= 0:
            raise InvalidInputError(f"no error was seen at p = {p:g}; take more shots")
        variance = (a.standard_error / a.value) ** 2 + (b.standard_error / b.value) ** 2
        gaps.append((p, math.log(b.value / a.value), variance))
    found = [(a, b) for a, b in pairwise(gaps) if a[1] < 0 <= b[1]]
    if len(found) != 1:
        raise InvalidInputError(
            f"the curves of distances {small} and {large} cross {len(found)} times within {ps}; choose p "
            "around the "
            "threshold"
        )
    (p, g, v), (q, h, w) = found[0]
    slope = (h - g) / (q - p)
    value = p - g / slope
    share = (value - p) / (q - p)
    return Estimate(value, math.sqrt((1 - share) ** 2 * v + share**2 * w) / slope)


def threshold(points: Sequence[Point], resamples: int = 200, seed: int = 0) -> Threshold:
    """Return the threshold by fitting P = A + B x + C x², x = (p - p_c) d^(1/ν), to all points.

    C. Wang, J. Harrington, J. Preskill, Ann. Phys. 303, 31 (2003), section 4.3. The interval holds 95 % of
    the fits to points that are drawn anew within their error bars. Raises InvalidInputError for fewer than
    six points, two distances or three p, and where the fit leaves the range of p.
    """
    from scipy.optimize import curve_fit

    ds = np.array([q.distance for q in points], dtype=float)
    ps = np.array([q.p for q in points])
    if len(points) < 6 or len(set(ds)) < 2 or len(set(ps)) < 3:
        raise InvalidInputError(
            f"{len(points)} points of {len(set(ds))} distances and {len(set(ps))} p are too few for a "
            "threshold: it "
            "takes 6, 2 and 3"
        )
    ys = np.array([q.error.value for q in points])
    sigmas = np.array([q.error.standard_error for q in points])
    guess = [float(np.median(ps)), 1 / 1.5, float(np.median(ys)), 1.0, 0.0]
    bounds = ([ps.min(), 0.1, 0, -np.inf, -np.inf], [ps.max(), 2.0, 1, np.inf, np.inf])

    width = float(np.ptp(ps))

    def fit(values: np.ndarray, start: Any) -> np.ndarray:
        found, _ = curve_fit(
            _scaling, (ds, ps), values, p0=start, sigma=sigmas, absolute_sigma=True, bounds=bounds,
            max_nfev=20_000, x_scale=[ps.max(), 1, ys.max(), 1 / width, 1 / width**2],
        )  # fmt: skip
        return np.asarray(found)

    best = fit(ys, guess)
    step = 1e-3 * width
    if not ps.min() + step < best[0] < ps.max() - step:
        raise InvalidInputError(
            f"no threshold within p = {ps.min():g} to {ps.max():g}: the curves do not cross there; choose "
            "other p"
        )
    rng = np.random.default_rng(seed)
    drawn = [
        fit(rng.normal(ys, sigmas), best)[0] for _ in range(checks.integer(resamples, "resamples", low=2))
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    residual = (ys - _scaling((ds, ps), *best)) / sigmas
    return Threshold(
        float(best[0]), float(low), float(high), float(1 / best[1]), tuple(map(float, best[2:])),
        float(residual @ residual), len(points) - 5,
    )  # fmt: skip


def _scaling(
    x: tuple[np.ndarray, np.ndarray], critical: float, exponent: float, a: float, b: float, c: float
) -> np.ndarray:
    distance, p = x
    scaled = (p - critical) * distance**exponent
    return np.asarray(a + b * scaled + c * scaled**2)
