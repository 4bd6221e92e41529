"""Finite keys of decoy BB84. Source: Lim, Curty, Walenta, Xu, Zbinden, PRA 89, 022307 (2014)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.finite.tails import hoeffding, sampling_without_replacement
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import (
    efficiency_of_correction,
    error_rate,
    ordered_intensities,
    poisson,
    transmittance,
)


@dataclass(frozen=True)
class Counts:
    """Detections and errors of each intensity in the key basis X and the test basis Z, after sifting."""

    n_x: tuple[float, ...]
    m_x: tuple[float, ...]
    n_z: tuple[float, ...]
    m_z: tuple[float, ...]


@dataclass(frozen=True)
class Detectors:
    """The channel of the paper: section IV. ``eta`` is the overall transmittance."""

    eta: float
    dark_count_probability: float
    afterpulse_probability: float
    misalignment: float

    def gain(self, intensity: float) -> float:
        """Return the probability of a detection, afterpulses included."""
        return self._first(intensity) * (1 + self.afterpulse_probability)

    def errors(self, intensity: float) -> float:
        """Return the probability of a detection with the wrong bit."""
        light = -math.expm1(-self.eta * intensity)
        return (
            self.dark_count_probability + self.misalignment * light
            + self.afterpulse_probability * self._first(intensity) / 2
        )  # fmt: skip

    def _first(self, intensity: float) -> float:
        return 1 - (1 - 2 * self.dark_count_probability) * math.exp(-self.eta * intensity)


def key_length(
    counts: Counts,
    intensities: Sequence[float],
    probabilities: Sequence[float],
    epsilon_sec: float,
    epsilon_cor: float,
    leakage: float,
) -> tuple[float, dict[str, float], str]:
    """Return (length before rounding, quantities, reason) for observed counts of three intensities.

    Eq. 1 to 5 of the paper; ``leakage`` is what error correction disclosed, in bits.
    """
    check_epsilons(epsilon_sec, epsilon_cor)
    mu1, mu2, mu3 = ordered_intensities(*intensities)
    if not mu1 > mu2 + mu3:
        raise InvalidInputError(
            f"intensities are {tuple(intensities)}; the first must exceed the sum of the others"
        )
    tau = [sum(p * poisson(k, n) for k, p in zip(intensities, probabilities, strict=True)) for n in (0, 1)]
    eps = epsilon_sec / 21

    def bounds(observed: Sequence[float], total: float) -> tuple[list[float], list[float]]:
        delta = hoeffding(total, eps) if total else 0.0
        scale = [math.exp(k) / p for k, p in zip(intensities, probabilities, strict=True)]
        return (
            [s * (n - delta) for s, n in zip(scale, observed, strict=True)],
            [s * (n + delta) for s, n in zip(scale, observed, strict=True)],
        )

    def vacuum_and_single(observed: Sequence[float]) -> tuple[float, float]:
        low, high = bounds(observed, sum(observed))
        s0 = max(0.0, tau[0] * (mu2 * low[2] - mu3 * high[1]) / (mu2 - mu3))
        s1 = tau[1] * mu1 / (mu1 * (mu2 - mu3) - mu2**2 + mu3**2)
        s1 *= low[1] - high[2] - (mu2**2 - mu3**2) / mu1**2 * (high[0] - s0 / tau[0])
        return s0, s1

    n_x = sum(counts.n_x)
    s_x0, s_x1 = vacuum_and_single(counts.n_x)
    s_z0, s_z1 = vacuum_and_single(counts.n_z)
    wrong_low, wrong_high = bounds(counts.m_z, sum(counts.m_z))
    v_z1 = max(0.0, tau[1] * (wrong_high[1] - wrong_low[2]) / (mu2 - mu3))
    found = {"s_x0": s_x0, "s_x1": s_x1, "s_z0": s_z0, "s_z1": s_z1, "v_z1": v_z1, "leakage": leakage}
    if s_x1 <= 0 or s_z1 <= 0:
        reason = f"no single photon is certain among {n_x:.4g} detections in X: the block is too small"
        return -leakage, found, reason
    ratio = v_z1 / s_z1
    phase = 0.5
    if ratio < 0.5:
        phase = min(0.5, ratio + sampling_without_replacement(eps, ratio, s_z1, s_x1))
    found["phase_error_rate"] = phase
    length = (
        s_x0 + s_x1 * (1 - phase_error_entropy(phase)) - leakage
        - 6 * math.log2(21 / epsilon_sec) - math.log2(2 / epsilon_cor)
    )  # fmt: skip
    reason = ""
    if length < 1:
        reason = (
            f"phase errors of up to {phase:.3g} and a leakage of {leakage:.4g} bits leave nothing of "
            f"{n_x:.4g} detections"
        )
    return length, found, reason


def decoy_bb84(
    length_km: float,
    block_size: float = 1e7,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-15,
    attenuation_db_per_km: float = 0.2,
    detector_efficiency: float = 0.1,
    dark_count_probability: float = 6e-7,
    afterpulse_probability: float = 0.04,
    misalignment: float = 0.005,
    f_ec: float = 1.16,
    basis_probability: float = 0.65,
    signal_intensity: float = 0.47,
    weak_intensity: float = 0.16,
    weakest_intensity: float = 2e-4,
    signal_probability: float = 0.1,
    weak_probability: float = 0.56,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the key per pulse from ``block_size`` detections in the key basis, expected on this channel.

    Quantities: the counts of vacuum and single-photon events ``s_x0``, ``s_x1``, ``s_z1``, the phase error
    rate, ``length`` in bits, and ``pulses``, how many have to be sent. Defaults are those of the paper.
    """
    channel = Detectors(
        transmittance(length_km, attenuation_db_per_km, extra_loss_db)
        * checks.probability(detector_efficiency, "detector_efficiency"),
        checks.probability(dark_count_probability, "dark_count_probability"),
        checks.probability(afterpulse_probability, "afterpulse_probability"),
        error_rate(misalignment, "misalignment"),
    )
    f = efficiency_of_correction(f_ec)
    n_x = checks.positive(block_size, "block_size")
    q_x = checks.probability(basis_probability, "basis_probability")
    first = checks.probability(signal_probability, "signal_probability")
    second = checks.probability(weak_probability, "weak_probability")
    if not (first > 0 and second > 0 and first + second < 1 and 0 < q_x < 1):
        raise InvalidInputError(
            f"probabilities are {first}, {second} and {q_x} for the key basis; all intensities and bases "
            "must be used"
        )
    intensities = ordered_intensities(signal_intensity, weak_intensity, weakest_intensity)
    shares = (first, second, 1 - first - second)
    gains = [p * channel.gain(k) for k, p in zip(intensities, shares, strict=True)]
    errors = [p * channel.errors(k) for k, p in zip(intensities, shares, strict=True)]
    if sum(gains) <= 0.0:
        return KeyRate(0.0, {}, "no pulse is ever detected")
    pulses = n_x / (q_x**2 * sum(gains))
    x, z = pulses * q_x**2, pulses * (1 - q_x) ** 2
    counts = Counts(
        tuple(x * g for g in gains), tuple(x * e for e in errors),
        tuple(z * g for g in gains), tuple(z * e for e in errors),
    )  # fmt: skip
    qber = min(0.5, sum(errors) / sum(gains))
    leakage = f * binary_entropy(qber) * n_x
    length, found, reason = key_length(counts, intensities, shares, epsilon_sec, epsilon_cor, leakage)
    bits = max(0, math.floor(length))
    return KeyRate(
        length / pulses if length >= 1 else min(length, 0.0) / pulses,
        {"length": bits, "pulses": pulses, "qber": qber, **found},
        reason, "bit per pulse",
    )  # fmt: skip


def optimised_decoy_bb84(
    length_km: float, block_size: float = 1e7, epsilon_per_bit: float = 1e-15, **parameters: Any
) -> tuple[KeyRate, dict[str, float]]:
    """Return the best rate over the bias of the basis, two intensities and their probabilities, and these.

    ε_sec is ``epsilon_per_bit`` times the length of the key, as in the paper's figures, unless
    ``epsilon_sec`` is given. Nelder-Mead from several starts, the same every time.
    """
    import numpy as np
    from scipy.optimize import minimize

    fixed = "epsilon_sec" in parameters
    names = (
        "basis_probability",
        "signal_probability",
        "weak_probability",
        "signal_intensity",
        "weak_intensity",
    )

    def settings(x: Any) -> dict[str, float]:
        basis, share, first, mu, weak = 1 / (1 + np.exp(-np.asarray(x)))
        low = float(parameters.get("weakest_intensity", 2e-4))
        signal = 2 * low + 1.2 * float(mu)
        # Shares of what is left, so that every point is allowed.
        used = 0.02 + 0.97 * float(share)
        values = (
            0.01 + 0.98 * basis,
            used * first,
            used * (1 - first),
            signal,
            low + (signal - 2 * low) * weak * 0.98,
        )
        return dict(zip(names, map(float, values), strict=True))

    def rate(x: Any) -> KeyRate:
        chosen = {**parameters, **settings(x)}
        if fixed:
            return decoy_bb84(length_km, block_size, **chosen)
        epsilon, result = epsilon_per_bit * block_size / 10, None
        for _ in range(4):
            result = decoy_bb84(length_km, block_size, epsilon_sec=min(epsilon, 0.1), **chosen)
            bits = result.quantities.get("length", 0)
            if bits < 1 or abs(epsilon_per_bit * bits / epsilon - 1) < 1e-4:
                break
            epsilon = epsilon_per_bit * bits
        assert result is not None
        return result

    best = None
    for start in ((1.0, 0.5, -1.5, -0.6, -0.7), (2.5, 2.0, 0.5, -0.2, -1.3), (4.0, 3.0, 2.0, -0.2, -1.6)):
        found = minimize(
            lambda x: -rate(x).signed_rate * 1e6,
            start,
            method="Nelder-Mead",
            options={"fatol": 1e-12, "maxiter": 900, "xatol": 1e-4, "adaptive": True},
        )
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    return rate(best.x), settings(best.x)
