"""Weak coherent BB84 over fibre: the rate without decoy states, with some, and with all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.key_rate import KeyRate, best_argument
from qnetframe_qkd.optics import (
    efficiency_of_correction,
    error_rate,
    ordered_intensities,
    poisson,
    transmittance,
)

Decoys: TypeAlias = Literal["infinite", "vacuum+weak", "two", "none"]
DECOYS: tuple[str, ...] = ("infinite", "vacuum+weak", "two", "none")
_RANDOM = 0.5


@dataclass(frozen=True)
class CoherentChannel:
    """Phase-randomised laser pulses into threshold detectors.

    ``eta`` is the overall transmittance, ``background_yield`` the probability of a click without light (of
    both detectors together), ``misalignment`` the probability that a photon hits the wrong detector. Source:
    Ma, Qi, Zhao, Lo, PRA 72, 012326 (2005), eq. 7-11.
    """

    eta: float
    background_yield: float
    misalignment: float

    def gain(self, intensity: float) -> float:
        """Return Q: the probability that a pulse of this mean photon number is detected."""
        return self.background_yield - math.expm1(-self.eta * intensity)

    def errors(self, intensity: float) -> float:
        """Return E Q: the probability that a pulse is detected with the wrong bit."""
        signal = -math.expm1(-self.eta * intensity)
        return _RANDOM * self.background_yield + self.misalignment * signal

    def photon_yield(self, number: int) -> float:
        """Return Y_n: the probability that a pulse of n photons is detected."""
        return self.background_yield + 1 - (1 - self.eta) ** number

    def photon_errors(self, number: int) -> float:
        """Return e_n Y_n: the probability that a pulse of n photons is detected with the wrong bit."""
        return _RANDOM * self.background_yield + self.misalignment * (1 - (1 - self.eta) ** number)


def decoy_bb84(
    length_km: float,
    attenuation_db_per_km: float = 0.21,
    detector_efficiency: float = 0.045,
    background_yield: float = 1.7e-6,
    misalignment: float = 0.033,
    signal_intensity: float = 0.48,
    weak_intensity: float = 0.05,
    weakest_intensity: float = 0.0,
    decoys: Decoys = "infinite",
    f_ec: float = 1.22,
    sifting: float = 0.5,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the rate per pulse of BB84 with weak coherent pulses.

    R = q {-Q f h(E) + Q_1 [1 - h(e_1)]}: Gottesman, Lo, Lütkenhaus, Preskill, Quant. Inf. Comp. 4, 325
    (2004). Y_1 and e_1 are exact with "infinite" decoys; bounded with "vacuum+weak" (Ma et al. 2005, eq. 34
    and 37) and "two" decoys ``weak_intensity`` > ``weakest_intensity`` (eq. 18, 21, 25); with "none" all
    pulses of several photons are taken as detected and known. Defaults are those of Gobby, Yuan, Shields,
    APL 84, 3762 (2004). ``sifting`` is the share of pulses whose bases match.
    """
    channel = CoherentChannel(
        transmittance(length_km, attenuation_db_per_km, extra_loss_db)
        * checks.probability(detector_efficiency, "detector_efficiency"),
        checks.probability(background_yield, "background_yield"),
        error_rate(misalignment, "misalignment"),
    )
    if decoys not in DECOYS:
        raise InvalidInputError(f"decoys is {decoys!r}; allowed: {', '.join(DECOYS)}")
    f = efficiency_of_correction(f_ec)
    share = checks.probability(sifting, "sifting")
    mu = checks.positive(signal_intensity, "signal_intensity")
    gain, errors = channel.gain(mu), channel.errors(mu)
    if gain <= 0.0:
        return KeyRate(0.0, {"gain": 0.0}, "no pulse is ever detected")
    if decoys == "infinite":
        y1 = channel.photon_yield(1)
        e1 = channel.photon_errors(1) / y1 if y1 else _RANDOM
    elif decoys == "none":
        y1, e1 = _without_decoys(gain, errors, mu)
    else:
        lowest = 0.0 if decoys == "vacuum+weak" else weakest_intensity
        three = ordered_intensities(mu, weak_intensity, lowest)
        y1, e1 = single_photon_bounds(three, [*map(channel.gain, three)], [*map(channel.errors, three)])
    q1 = y1 * mu * math.exp(-mu)
    qber = errors / gain
    signed = share * (q1 * (1 - phase_error_entropy(e1)) - gain * f * binary_entropy(qber))
    reason = ""
    if signed <= 0:
        if y1 <= 0:
            reason = f"at {length_km:g} km every detection may come from a pulse of several photons"
        else:
            reason = (
                f"at {length_km:g} km error correction (QBER {qber:.4g}) takes more than single photons give"
            )
    return KeyRate(
        signed,
        {
            "transmittance": channel.eta, "gain": gain, "qber": qber, "single_photon_yield": y1,
            "single_photon_gain": q1, "single_photon_error_rate": e1,
        },
        reason, "bit per pulse",
    )  # fmt: skip


def weak_pulses(gain: float, qber: float, intensity: float, f_ec: float = 1.22) -> KeyRate:
    """Return the rate per detected signal of weak pulses without decoys, from what was observed.

    (1 - Δ) [1 - h(E/(1-Δ))] - f h(E), where Δ is the largest share of detections that may be of several
    photons: Gottesman, Lo, Lütkenhaus, Preskill, Quant. Inf. Comp. 4, 325 (2004), eq. 10 and 18.
    """
    q, e = checks.probability(gain, "gain"), error_rate(qber, "qber")
    mu = checks.positive(intensity, "intensity")
    leak = efficiency_of_correction(f_ec) * binary_entropy(e)
    if q == 0.0:
        return KeyRate(0.0, {"gain": 0.0}, "no pulse is ever detected", "bit per detected signal")
    y1, e1 = _without_decoys(q, e * q, mu)
    share = y1 * poisson(mu, 1) / q
    reason = "" if y1 > 0 else "every detection may come from a pulse of several photons"
    return KeyRate(
        share * (1 - phase_error_entropy(e1)) - leak,
        {"gain": q, "qber": e, "single_photon_share": share, "single_photon_error_rate": e1, "leakage": leak},
        reason, "bit per detected signal",
    )  # fmt: skip


def _without_decoys(gain: float, errors: float, mu: float) -> tuple[float, float]:
    single = gain - (1 - poisson(mu, 0) - poisson(mu, 1))
    if single <= 0:
        return 0.0, _RANDOM
    return single / poisson(mu, 1), min(_RANDOM, errors / single)


def single_photon_bounds(
    intensities: Sequence[float], gains: Sequence[float], errors: Sequence[float]
) -> tuple[float, float]:
    """Return (Y1 at least, e1 at most) from gains Q and errors E Q of the signal and two decoys.

    Ma, Qi, Zhao, Lo, PRA 72, 012326 (2005), eq. 18, 21 and 25; (0, 1/2) where nothing is certain. Raises
    InvalidInputError unless the decoys together stay below the signal.
    """
    mu, nu, low = intensities
    if not mu > nu + low:
        raise InvalidInputError(
            f"intensities are {mu}, {nu}, {low}; the decoys together must stay below the signal"
        )
    q = [g * math.exp(k) for g, k in zip(gains, intensities, strict=True)]
    e = [w * math.exp(k) for w, k in zip(errors, intensities, strict=True)]
    y0 = max(0.0, (nu * q[2] - low * q[1]) / (nu - low))
    y1 = mu / (mu * (nu - low) - nu**2 + low**2)
    y1 *= q[1] - q[2] - (nu**2 - low**2) / mu**2 * (q[0] - y0)
    if y1 <= 0:
        return 0.0, _RANDOM
    return y1, min(_RANDOM, max(0.0, (e[1] - e[2]) / ((nu - low) * y1)))


def optimal_intensity(length_km: float, **parameters: Any) -> tuple[float, KeyRate]:
    """Return the signal intensity of the highest ``decoy_bb84`` rate, and that rate."""
    low = 1e-4
    if parameters.get("decoys", "infinite") in ("vacuum+weak", "two"):
        low = float(parameters.get("weak_intensity", 0.05)) * 1.01
    return best_argument(lambda mu: decoy_bb84(length_km, signal_intensity=mu, **parameters), low, 1.5)
