"""Continuous variables: Gaussian coherent states, homodyne or heterodyne, reverse reconciliation.

Source: Lodewyck et al., PRA 76, 042305 (2007) for homodyne; Fossier et al., J. Phys. B 42, 114014 (2009) for
heterodyne. Shot noise is 1, excess noise is at the input of the channel.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import thermal_entropy
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import transmittance

Detection: TypeAlias = Literal["homodyne", "heterodyne"]


def gg02(
    length_km: float,
    attenuation_db_per_km: float = 0.2,
    modulation_variance: float = 4.0,
    excess_noise: float = 0.01,
    reconciliation_efficiency: float = 0.95,
    detector_efficiency: float = 0.6,
    electronic_noise: float = 0.01,
    detection: Detection = "homodyne",
    trusted_detector: bool = True,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the rate per pulse, β I(A:B) - χ(B:E), against collective attacks.

    Variances are in shot-noise units. With a trusted detector its inefficiency and electronic noise are out
    of Eve's reach; else they belong to the channel.
    """
    return gg02_transmittance(
        transmittance(length_km, attenuation_db_per_km, extra_loss_db), modulation_variance, excess_noise,
        reconciliation_efficiency, detector_efficiency, electronic_noise, detection, trusted_detector,
    )  # fmt: skip


def gg02_transmittance(
    channel_transmittance: float,
    modulation_variance: float = 4.0,
    excess_noise: float = 0.01,
    reconciliation_efficiency: float = 0.95,
    detector_efficiency: float = 0.6,
    electronic_noise: float = 0.01,
    detection: Detection = "homodyne",
    trusted_detector: bool = True,
) -> KeyRate:
    """Return the rate of ``gg02`` for a given transmittance of the channel."""
    t = checks.probability(channel_transmittance, "channel_transmittance")
    v_a = checks.positive(modulation_variance, "modulation_variance")
    xi = checks.non_negative(excess_noise, "excess_noise")
    beta = checks.probability(reconciliation_efficiency, "reconciliation_efficiency")
    eta = checks.probability(detector_efficiency, "detector_efficiency")
    noise = checks.non_negative(electronic_noise, "electronic_noise")
    if detection not in ("homodyne", "heterodyne"):
        raise InvalidInputError(f"detection is {detection!r}; allowed: 'homodyne', 'heterodyne'")
    if t * eta == 0.0:
        return KeyRate(0.0, {}, "no light arrives")
    if not trusted_detector:
        t, xi, eta, noise = t * eta, xi + noise / (t * eta) * _noise_share(detection), 1.0, 0.0
    heterodyne = detection == "heterodyne"
    v = v_a + 1
    line = 1 / t - 1 + xi
    detector = (1 + (1 - eta) + 2 * noise) / eta if heterodyne else (1 - eta + noise) / eta
    total = line + detector / t
    mutual = math.log2((v + total) / (1 + total)) * (1.0 if heterodyne else 0.5)
    holevo = _holevo(v, t, line, detector, total, heterodyne)
    signed = beta * mutual - holevo
    reason = "Eve knows more of Bob's data than the reconciled share of Alice's" if signed <= 0 else ""
    return KeyRate(
        signed,
        {"transmittance": t, "mutual_information": mutual, "holevo": holevo, "total_noise": total},
        reason, "bit per pulse",
    )  # fmt: skip


def _noise_share(detection: str) -> float:
    return 2.0 if detection == "heterodyne" else 1.0


def _holevo(v: float, t: float, line: float, detector: float, total: float, heterodyne: bool) -> float:
    a = v**2 * (1 - 2 * t) + 2 * t + t**2 * (v + line) ** 2
    root_b = t * (v * line + 1)
    scale = t * (v + total)
    if heterodyne:
        c = (
            a * detector**2 + root_b**2 + 1
            + 2 * detector * (v * root_b + t * (v + line)) + 2 * t * (v**2 - 1)
        ) / scale**2  # fmt: skip
        root_d = (v + root_b * detector) / scale
    else:
        c = (a * detector + v * root_b + t * (v + line)) / scale
        root_d = math.sqrt(root_b * (v + root_b * detector) / scale)
    before, after = _symplectic(a, root_b), _symplectic(c, root_d)
    return sum(thermal_entropy((x - 1) / 2) for x in before) - sum(
        thermal_entropy((x - 1) / 2) for x in after
    )


def _symplectic(sum_of_squares: float, product: float) -> tuple[float, float]:
    """Return the two eigenvalues with this sum of squares and product, without cancellation."""
    spread = math.sqrt(max(0.0, (sum_of_squares - 2 * product) * (sum_of_squares + 2 * product)))
    high = math.sqrt((sum_of_squares + spread) / 2)
    return high, product / high
