"""Capacities of optical modes: pure loss and thermal loss, with and without a limit on energy.

η is the transmissivity, ``photons`` the mean number of photons a mode that may be sent, ``thermal`` that of
the environment's thermal state, which enters with weight 1 - η. g(x) = (x+1) log2(x+1) - x log2 x is the
entropy of a thermal state. Arguments may be arrays that broadcast. Qubits, ebits or bits a use of the mode.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.states.checking import real_array

_MOST = 1e18


def thermal_entropy(photons: npt.ArrayLike) -> Any:
    """Return g(x) = (x+1) log2(x+1) - x log2 x, the entropy in bits of a thermal state of x photons."""
    x = real_array(photons, "photons", 0.0, _MOST)
    safe = np.where(x > 0.0, x, 1.0)
    # Both terms grow as x log x: their difference is log1p(x) + x log1p(1/x).
    return np.where(x > 0.0, (np.log1p(safe) + safe * np.log1p(1.0 / safe)) / np.log(2.0), 0.0)[()]


def transmissivity(length_km: npt.ArrayLike, attenuation_db_per_km: float = 0.2) -> Any:
    """Return 10^(-αL/10) of fibre."""
    length = real_array(length_km, "length_km", 0.0, np.inf)
    loss = real_array(attenuation_db_per_km, "attenuation_db_per_km", 0.0, np.inf)
    return (10.0 ** (-loss * length / 10.0))[()]


def plob_bound(eta: npt.ArrayLike) -> Any:
    """Return -log2(1 - η): the two-way quantum and secret-key capacity of a pure-loss mode, any energy.

    S. Pirandola, R. Laurenza, C. Ottaviani and L. Banchi, Nat. Commun. 8, 15043 (2017).

    >>> float(plob_bound(0.5))
    1.0
    """
    t = real_array(eta, "eta", 0.0, 1.0)
    with np.errstate(divide="ignore"):
        return (np.log1p(-t) / -np.log(2.0))[()]


def repeater_plob_bound(eta: npt.ArrayLike) -> Any:
    """Return the capacity of a chain of repeaters over links of transmissivities (..., links).

    The least of the links' -log2(1 - η): S. Pirandola, Commun. Phys. 2, 51 (2019).
    """
    return np.min(plob_bound(np.atleast_1d(np.asarray(eta, dtype=float))), axis=-1)[()]


def pure_loss_quantum_capacity(eta: npt.ArrayLike, photons: npt.ArrayLike | None = None) -> Any:
    """Return the unassisted quantum (and private) capacity of a pure-loss mode, 0 for η ≤ 1/2.

    max(0, log2(η/(1-η))) without a limit on energy: M. M. Wolf, D. Pérez-García and G. Giedke, Phys. Rev.
    Lett. 98, 130501 (2007); g(ηN) - g((1-η)N) with at most N ``photons``: M. M. Wilde and H. Qi,
    IEEE Trans. Inf. Theory 64, 7802 (2018).
    """
    t = real_array(eta, "eta", 0.0, 1.0)
    if photons is None:
        with np.errstate(divide="ignore"):
            return np.maximum(0.0, np.log2(t) - np.log2(1.0 - t))[()]
    n = real_array(photons, "photons", 0.0, _MOST)
    return np.maximum(0.0, thermal_entropy(t * n) - thermal_entropy((1.0 - t) * n))[()]


def thermal_loss_classical_capacity(
    eta: npt.ArrayLike, photons: npt.ArrayLike, thermal: npt.ArrayLike = 0.0
) -> Any:
    """Return g(ηN + (1-η)n) - g((1-η)n), the bits a use with at most N photons; pure loss: g(ηN).

    V. Giovannetti, R. García-Patrón, N. J. Cerf and A. S. Holevo, Nat. Photonics 8, 796 (2014).
    """
    t, n, noise = _mode(eta, photons, thermal)
    return thermal_entropy(t * n + (1.0 - t) * noise) - thermal_entropy((1.0 - t) * noise)


def thermal_loss_assisted_capacity(
    eta: npt.ArrayLike, photons: npt.ArrayLike, thermal: npt.ArrayLike = 0.0
) -> Any:
    """Return the entanglement-assisted capacity with at most N photons: g(N) + g(N') - g(d₊) - g(d₋).

    N' = ηN + (1-η)n, d± = (D - 1 ± (N' - N))/2, D² = (N + N' + 1)² - 4ηN(N + 1): A. S. Holevo and R. F.
    Werner, Phys. Rev. A 63, 032312 (2001).
    """
    t, n, noise = _mode(eta, photons, thermal)
    out, plus, minus = _thermal_spectrum(t, n, noise)
    return (thermal_entropy(n) + thermal_entropy(out) - thermal_entropy(plus) - thermal_entropy(minus))[()]


def thermal_loss_quantum_lower(
    eta: npt.ArrayLike, thermal: npt.ArrayLike = 0.0, photons: npt.ArrayLike | None = None
) -> Any:
    """Return a lower bound on the unassisted quantum capacity: the coherent information of a thermal input.

    max(0, log2(η/(1-η)) - g(n)) without a limit on energy, else max(0, g(N') - g(d₊) - g(d₋)): A. S. Holevo
    and R. F. Werner, Phys. Rev. A 63, 032312 (2001).
    """
    if photons is None:
        loss = pure_loss_quantum_capacity(eta)
        return np.maximum(0.0, loss - thermal_entropy(thermal))[()]
    t, n, noise = _mode(eta, photons, thermal)
    out, plus, minus = _thermal_spectrum(t, n, noise)
    return np.maximum(0.0, thermal_entropy(out) - thermal_entropy(plus) - thermal_entropy(minus))[()]


def thermal_loss_quantum_upper(
    eta: npt.ArrayLike, thermal: npt.ArrayLike = 0.0, photons: npt.ArrayLike | None = None
) -> Any:
    """Return an upper bound on the unassisted quantum capacity: that of a pure loss which it contains.

    The mode is an amplifier of gain η/η' before a pure loss of η' = η - n(1-η), so that its capacity is at
    most that of the latter, at the amplified energy: M. Rosati, A. Mari and V. Giovannetti, Nat. Commun. 9,
    4339 (2018).
    """
    t = real_array(eta, "eta", 0.0, 1.0)
    noise = real_array(thermal, "thermal", 0.0, _MOST)
    inner = np.clip(t - noise * (1.0 - t), 0.0, 1.0)
    if photons is None:
        return pure_loss_quantum_capacity(inner)
    n = real_array(photons, "photons", 0.0, _MOST)
    gain = np.where(inner > 0.0, t / np.where(inner > 0.0, inner, 1.0), 1.0)
    return pure_loss_quantum_capacity(inner, gain * n + gain - 1.0)


def thermal_loss_two_way_lower(
    eta: npt.ArrayLike, thermal: npt.ArrayLike = 0.0, photons: npt.ArrayLike | None = None
) -> Any:
    """Return the reverse coherent information of a thermal input: a lower bound on the two-way capacity.

    max(0, -log2(1-η) - g(n)) without a limit on energy, else max(0, g(N) - g(d₊) - g(d₋)): S. Pirandola, R.
    García-Patrón, S. L. Braunstein and S. Lloyd, Phys. Rev. Lett. 102, 050503 (2009).
    """
    if photons is None:
        return np.maximum(0.0, plob_bound(eta) - thermal_entropy(thermal))[()]
    t, n, noise = _mode(eta, photons, thermal)
    _, plus, minus = _thermal_spectrum(t, n, noise)
    return np.maximum(0.0, thermal_entropy(n) - thermal_entropy(plus) - thermal_entropy(minus))[()]


def thermal_loss_two_way_upper(eta: npt.ArrayLike, thermal: npt.ArrayLike = 0.0) -> Any:
    """Return -log2((1-η) η^n) - g(n) where n < η/(1-η), else 0: an upper bound on the two-way capacity.

    Relative entropy of entanglement: Pirandola et al., Nat. Commun. 8, 15043 (2017).
    """
    t = real_array(eta, "eta", 0.0, 1.0)
    n = real_array(thermal, "thermal", 0.0, _MOST)
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = plob_bound(t) - np.where(n > 0.0, n * np.log2(t), 0.0) - thermal_entropy(n)
        inside = n * (1.0 - t) < t
    return np.where(inside, np.maximum(bound, 0.0), 0.0)[()]


def squashed_loss_bound(eta: npt.ArrayLike, photons: npt.ArrayLike | None = None) -> Any:
    """Return log2((1+η)/(1-η)), or g((1+η)N/2) - g((1-η)N/2) with N photons: squashed entanglement.

    M. Takeoka, S. Guha and M. M. Wilde, Nat. Commun. 5, 5235 (2014). The former is weaker
    than `plob_bound`, the latter may be stronger at low energy.
    """
    t = real_array(eta, "eta", 0.0, 1.0)
    if photons is None:
        with np.errstate(divide="ignore"):
            return (np.log2(1.0 + t) - np.log2(1.0 - t))[()]
    n = real_array(photons, "photons", 0.0, _MOST)
    return thermal_entropy((1.0 + t) * n / 2) - thermal_entropy((1.0 - t) * n / 2)


def _mode(eta: npt.ArrayLike, photons: npt.ArrayLike, thermal: npt.ArrayLike) -> tuple[Any, Any, Any]:
    return (
        real_array(eta, "eta", 0.0, 1.0),
        real_array(photons, "photons", 0.0, _MOST),
        real_array(thermal, "thermal", 0.0, _MOST),
    )


def _thermal_spectrum(t: Any, n: Any, noise: Any) -> tuple[Any, Any, Any]:
    """Return the mean photons of the output, and of the two modes that the environment's state is made of."""
    out = t * n + (1.0 - t) * noise
    root = np.sqrt(np.maximum((n + out + 1.0) ** 2 - 4.0 * t * n * (n + 1.0), 0.0))
    plus = np.maximum((root - 1.0 + out - n) / 2.0, 0.0)
    minus = np.maximum((root - 1.0 - out + n) / 2.0, 0.0)
    return out, plus, minus
