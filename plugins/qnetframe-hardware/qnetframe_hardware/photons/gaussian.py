"""Two-mode squeezed light: covariances, entanglement, and continuous-variable teleportation."""

from __future__ import annotations

from math import exp

import numpy as np
import numpy.typing as npt

from qnetframe import checks

RealArray = npt.NDArray[np.float64]


def lossy_squeezed_covariance(*, r: float, transmission: tuple[float, float] = (1.0, 1.0)) -> RealArray:
    """Return the covariance (4, 4) of a two-mode squeezed vacuum behind loss, order (x1, p1, x2, p2), vacuum
    1.

    ``r`` is the squeezing parameter; 10 dB are r = ln(10)/2.
    """
    s = checks.finite(r, "r")
    one, two = (checks.probability(t, "transmission") for t in transmission)
    a, b = one * np.cosh(2 * s) + 1 - one, two * np.cosh(2 * s) + 1 - two
    c = np.sqrt(one * two) * np.sinh(2 * s)
    return np.array([[a, 0, c, 0], [0, a, 0, -c], [c, 0, b, 0], [0, -c, 0, b]])


def squeezed_logarithmic_negativity(*, r: float, transmission: tuple[float, float] = (1.0, 1.0)) -> float:
    """Return E_N in ebits, max(0, -log2 of the smallest symplectic eigenvalue of the partial transpose).

    G. Vidal and R. F. Werner, Phys. Rev. A 65, 032314 (2002).
    """
    v = lossy_squeezed_covariance(r=r, transmission=transmission)
    a, b, c = v[:2, :2], v[2:, 2:], v[:2, 2:]
    delta = np.linalg.det(a) + np.linalg.det(b) - 2 * np.linalg.det(c)
    smallest = np.sqrt((delta - np.sqrt(max(delta**2 - 4 * np.linalg.det(v), 0.0))) / 2)
    return float(max(0.0, -np.log2(smallest)))


def teleportation_fidelity(*, r: float, transmission: float = 1.0) -> float:
    """Return the fidelity of teleporting a coherent state by light squeezed by ``r``, both arms with loss.

    1/(2 - T (1 - e^{-2r})), without loss 1/(1 + e^{-2r}): S. L. Braunstein and H. J. Kimble, Phys. Rev. Lett.
    80, 869 (1998). 1/2 is the classical limit.
    """
    t = checks.probability(transmission, "transmission")
    return 1 / (2 - t * (1 - exp(-2 * checks.finite(r, "r"))))
