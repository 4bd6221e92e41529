"""BBM92 with a down-conversion source between two receivers. Source: Ma, Fung, Lo, PRA 76, 012307 (2007)."""

from __future__ import annotations

from typing import Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate, transmittance


def bbm92(
    length_km: float,
    attenuation_db_per_km: float = 0.21,
    detector_efficiency: float = 0.145,
    background_yield: float = 6.02e-6,
    misalignment: float = 0.015,
    pairs_per_pulse: float = 0.05,
    source: Literal["middle", "alice"] = "middle",
    f_ec: float = 1.22,
    sifting: float = 0.5,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the rate per pump pulse: q Q [1 - f h(E) - h(E)], with the gain and QBER of a multi-pair source.

    ``pairs_per_pulse`` is μ = 2λ, the mean number of pairs; the source is half way or at Alice;
    ``background_yield`` is that of each side. Eq. 9, 10 and 14 of the paper; defaults of its table I.
    """
    loss = transmittance(length_km, attenuation_db_per_km, extra_loss_db)
    efficiency = checks.probability(detector_efficiency, "detector_efficiency")
    if source not in ("middle", "alice"):
        raise InvalidInputError(f"source is {source!r}; allowed: 'middle', 'alice'")
    eta_a, eta_b = (loss**0.5, loss**0.5) if source == "middle" else (1.0, loss)
    return bbm92_losses(
        eta_a * efficiency, eta_b * efficiency, background_yield, background_yield, misalignment,
        pairs_per_pulse, f_ec, sifting,
    )  # fmt: skip


def bbm92_losses(
    eta_a: float,
    eta_b: float,
    background_a: float,
    background_b: float,
    misalignment: float,
    pairs_per_pulse: float,
    f_ec: float = 1.22,
    sifting: float = 0.5,
) -> KeyRate:
    """Return the rate of ``bbm92`` for given transmittances and background yields of both sides."""
    a, b = checks.probability(eta_a, "eta_a"), checks.probability(eta_b, "eta_b")
    y_a = checks.probability(background_a, "background_yield")
    y_b = checks.probability(background_b, "background_yield")
    e_d = error_rate(misalignment, "misalignment")
    lam = checks.positive(pairs_per_pulse, "pairs_per_pulse") / 2
    f = efficiency_of_correction(f_ec)
    share = checks.probability(sifting, "sifting")
    either = 1 + (a + b - a * b) * lam
    gain = 1 - (1 - y_a) / (1 + a * lam) ** 2 - (1 - y_b) / (1 + b * lam) ** 2
    gain += (1 - y_a) * (1 - y_b) / either**2
    if gain <= 0:
        return KeyRate(0.0, {"gain": 0.0}, "no pair is ever detected")
    wrong = 0.5 * gain - 2 * (0.5 - e_d) * a * b * lam * (1 + lam) / ((1 + a * lam) * (1 + b * lam) * either)
    qber = min(0.5, max(0.0, wrong / gain))
    signed = share * gain * (1 - f * binary_entropy(qber) - phase_error_entropy(qber))
    reason = f"QBER {qber:.4g} is too high" if signed <= 0 else ""
    return KeyRate(signed, {"gain": gain, "qber": qber}, reason, "bit per pump pulse")
