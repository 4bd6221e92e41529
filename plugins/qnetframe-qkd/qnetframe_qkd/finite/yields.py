"""Bounds on a linear function of photon-number yields from the gains of decoy intensities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def lower_bound(objective: Array, rows: Array, low: Array, high: Array) -> float:
    """Return a lower bound on ``objective @ y`` over low <= rows @ y <= high, 0 <= y <= 1.

    The solver (HiGHS) only proposes multipliers. The bound is that of the dual function at these multipliers,
    evaluated here, so it holds whatever the solver returned; where it failed, it is the trivial bound.
    """
    from scipy.optimize import linprog

    # Rows differ by many orders of magnitude; each is divided by what it is about.
    scale = np.maximum(high, 1e-300)
    a, lo, hi = rows / scale[:, None], low / scale, high / scale
    unit = float(np.median(scale))
    size = np.abs(objective).max()
    if size == 0.0:
        return 0.0
    found = linprog(
        objective / size, A_ub=np.vstack([-a, a]) * unit, b_ub=np.concatenate([-lo, hi]), bounds=(0, 1 / unit)
    )
    if found.ineqlin is None or found.ineqlin.marginals is None:
        return float(np.minimum(objective, 0.0).sum())
    prices = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0) * (size * unit)
    below, above = prices[: len(lo)], prices[len(lo) :]
    reduced = objective - (below - above) @ a
    return float(below @ lo - above @ hi + np.minimum(reduced, 0.0).sum())
