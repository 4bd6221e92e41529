"""Finite keys of GG02, collective attacks: Leverrier, Grosshans, Grangier, PRA 81, 062343 (2010)."""

from __future__ import annotations

import math

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import transmittance
from qnetframe_qkd.rates.gg02 import Detection, gg02_transmittance


def gg02(
    length_km: float,
    block_size: float = 1e9,
    test_share: float = 0.5,
    epsilon_sec: float = 1e-10,
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
    """Return the key per pulse of a block: (n/N) [β I - χ(worst T and ξ) - Δ(n)].

    ``test_share`` of the block is disclosed to estimate the channel. Each of three failures (estimation,
    smoothing, hashing) has a third of ``epsilon_sec``. Δ(n) = 7 sqrt(log2(2/ε)/n) + (2/n) log2(1/ε): eq. 7 of
    the paper, binary alphabet; the estimates are those of its eq. 14-16. The mutual information is the
    expected one: it is what the reconciled data show.
    """
    total = checks.positive(block_size, "block_size")
    share = checks.probability(test_share, "test_share")
    if not 0 < share < 1:
        raise InvalidInputError(f"test_share is {test_share!r}; it must be above 0 and below 1")
    check_epsilons(epsilon_sec, epsilon_sec)
    t = transmittance(length_km, attenuation_db_per_km, extra_loss_db)
    noise = electronic_noise
    expected = gg02_transmittance(
        t, modulation_variance, excess_noise, reconciliation_efficiency, detector_efficiency, noise,
        detection, trusted_detector,
    )  # fmt: skip
    if not expected.quantities:
        return expected
    tested, kept = share * total, (1 - share) * total
    third = epsilon_sec / 3
    worst_t, worst_xi = worst_channel(
        t, excess_noise, detector_efficiency, noise, modulation_variance, tested, third, detection
    )
    if worst_t <= 0:
        return KeyRate(
            -1.0, {"worst_transmittance": 0.0}, "the block is too small to bound the transmittance"
        )
    pessimist = gg02_transmittance(
        worst_t, modulation_variance, worst_xi, reconciliation_efficiency, detector_efficiency, noise,
        detection, trusted_detector,
    )  # fmt: skip
    delta = 7 * math.sqrt(math.log2(2 / third) / kept) + 2 / kept * math.log2(1 / third)
    per_kept = reconciliation_efficiency * expected.mutual_information - pessimist.holevo - delta
    reason = "" if per_kept > 0 else f"no key from a block of {total:.3g} pulses (Δ = {delta:.3g})"
    return KeyRate(
        (1 - share) * per_kept,
        {
            "length": max(0, math.floor(kept * per_kept)), "mutual_information": expected.mutual_information,
            "holevo": pessimist.holevo, "delta": delta, "worst_transmittance": worst_t,
            "worst_excess_noise": worst_xi,
        },
        reason, "bit per pulse",
    )  # fmt: skip


def worst_channel(
    t: float,
    xi: float,
    eta: float,
    noise: float,
    v_a: float,
    tested: float,
    epsilon: float,
    detection: Detection,
) -> tuple[float, float]:
    """Return the lowest transmittance and the highest excess noise compatible with an expected estimate."""
    from scipy.special import erfcinv

    z = math.sqrt(2) * float(erfcinv(epsilon))
    # Heterodyne splits the light: two quadratures, each with half of it.
    quadratures, split = (2, 0.5) if detection == "heterodyne" else (1, 1.0)
    variance = 1 + noise + eta * t * xi * split
    gain = math.sqrt(eta * t * split)
    lowest = gain - z * math.sqrt(variance / (quadratures * tested * v_a))
    highest = variance * (1 + z * math.sqrt(2 / (quadratures * tested)))
    if lowest <= 0:
        return 0.0, math.inf
    worst_t = lowest**2 / (eta * split)
    return worst_t, max(0.0, (highest - 1 - noise) / lowest**2)
