"""Finite keys of MDI-QKD. Source: Curty, Xu, Cui, Lim, Tamaki, Lo, Nat. Commun. 5, 3732 (2014)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.finite.tails import chernoff_interval, sampling_without_replacement
from qnetframe_qkd.finite.yields import Array, lower_bound
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import (
    efficiency_of_correction,
    error_rate,
    ordered_intensities,
    poisson,
    transmittance,
)
from qnetframe_qkd.rates.mdi import RelayChannel

_CUTOFF = 8
# Intervals: 9 gains in Z, 9 in X, 9 error counts, both sides; then two counts, sampling, smoothing, hashing.
_STATEMENTS = 60


def mdi(
    length_km: float,
    pulses: float = 1e13,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-15,
    attenuation_db_per_km: float = 0.2,
    detector_efficiency: float = 0.145,
    dark_count_probability: float = 6.02e-6,
    misalignment: float = 0.015,
    f_ec: float = 1.16,
    signal_intensity: float = 0.36,
    weak_intensity: float = 0.05,
    weakest_intensity: float = 0.0,
    signal_probability: float = 0.6,
    weak_probability: float = 0.3,
    basis_probability: float = 0.7,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the key per pair of pulses, from the counts expected when ``pulses`` pairs are sent.

    l = n_11 [1 - h(e_11)] - leak - log2(8/ε_cor) - 2 log2(2/ε') - 2 log2(1/(2ε')), eq. 1 of the paper without
    its vacuum term. Key is made of signal pulses in Z. Counts become intervals of expectations by Chernoff's
    bound, and the single-photon yields and errors are bounded by linear programs over all yields up to 7
    photons on either side, whose duals are evaluated exactly. Each statement has an equal share of ε_sec.
    """
    check_epsilons(epsilon_sec, epsilon_cor)
    total = checks.positive(pulses, "pulses")
    f = efficiency_of_correction(f_ec)
    half = math.sqrt(transmittance(length_km, attenuation_db_per_km, extra_loss_db))
    eta = half * checks.probability(detector_efficiency, "detector_efficiency")
    dark = checks.probability(dark_count_probability, "dark_count_probability")
    channel = RelayChannel(eta, eta, dark, error_rate(misalignment, "misalignment"))
    intensities = ordered_intensities(signal_intensity, weak_intensity, weakest_intensity)
    first = checks.probability(signal_probability, "signal_probability")
    second = checks.probability(weak_probability, "weak_probability")
    basis = checks.probability(basis_probability, "basis_probability")
    shares = (first, second, 1 - first - second)
    if min(shares) <= 0 or not 0 < basis < 1:
        raise InvalidInputError(
            f"probabilities are {first}, {second} and {basis} for the key basis; every intensity and both "
            "bases must be used"
        )
    eps = epsilon_sec / _STATEMENTS
    pairs = [(i, j) for i in range(3) for j in range(3)]
    z = [total * basis**2 * shares[i] * shares[j] for i, j in pairs]
    x = [total * (1 - basis) ** 2 * shares[i] * shares[j] for i, j in pairs]
    gain_z = [channel.rectilinear(intensities[i], intensities[j]) for i, j in pairs]
    gain_x = [channel.diagonal(intensities[i], intensities[j]) for i, j in pairs]
    rows = _rows(intensities, pairs)
    y11_z = _single(1.0, rows, [q * n for (q, _), n in zip(gain_z, z, strict=True)], z, eps)
    y11_x = _single(1.0, rows, [q * n for (q, _), n in zip(gain_x, x, strict=True)], x, eps)
    wrong = -_single(-1.0, rows, [e * n for (_, e), n in zip(gain_x, x, strict=True)], x, eps)
    mu = signal_intensity
    single = poisson(mu, 1) ** 2
    n_z = gain_z[0][0] * z[0]
    expected = z[0] * single * y11_z
    n11 = max(0.0, expected - math.sqrt(2 * expected * math.log(1 / eps))) if expected > 0 else 0.0
    qber = min(0.5, gain_z[0][1] / gain_z[0][0])
    leak = f * binary_entropy(qber) * n_z
    found = {"gain": gain_z[0][0], "qber": qber, "n_11": n11, "leakage": leak, "single_photon_yield": y11_z}
    if n11 <= 0 or y11_x <= 0:
        return KeyRate(-leak / total, {"length": 0, **found},
                       f"{total:.3g} pairs of pulses do not bound the single-photon yields")  # fmt: skip
    tested = sum(n * poisson(intensities[i], 1) * poisson(intensities[j], 1)
                 for n, (i, j) in zip(x, pairs, strict=True)) * y11_x  # fmt: skip
    ratio = max(0.0, wrong) / y11_x
    phase = 0.5
    if ratio < 0.5 and tested > 1:
        phase = min(0.5, ratio + sampling_without_replacement(eps, ratio, tested, n11))
    found["phase_error_rate"] = phase
    length = n11 * (1 - phase_error_entropy(phase)) - leak
    length -= math.log2(8 / epsilon_cor) + 2 * math.log2(2 / eps) + 2 * math.log2(1 / (2 * eps))
    reason = f"phase errors of up to {phase:.3g} leave nothing of {n_z:.3g} detections" if length < 1 else ""
    found["length"] = max(0, math.floor(length))
    return KeyRate(length / total if length >= 1 else min(length, 0.0) / total, found, reason,
                   "bit per pair of pulses")  # fmt: skip


def _rows(intensities: Sequence[float], pairs: Sequence[tuple[int, int]]) -> Array:
    weights = np.array([[poisson(k, n) for n in range(_CUTOFF)] for k in intensities])
    return np.array([np.outer(weights[i], weights[j]).ravel() for i, j in pairs])


def _single(sign: float, rows: Array, counts: Sequence[float], sent: Sequence[float], eps: float) -> float:
    """Return a lower bound on ``sign`` times the quantity of one photon from each side."""
    intervals = np.array([chernoff_interval(c, eps) for c in counts]) / np.array(sent)[:, None]
    beyond = 1 - rows.sum(axis=1)
    objective = np.zeros(rows.shape[1])
    objective[_CUTOFF + 1] = sign
    return lower_bound(
        objective, rows, np.maximum(intervals[:, 0] - beyond, 0.0), np.minimum(intervals[:, 1], 1.0)
    )
