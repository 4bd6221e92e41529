"""Measurement-device-independent QKD with weak coherent pulses and all decoy states known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate, transmittance


@dataclass(frozen=True)
class RelayChannel:
    """Two senders, a relay with a linear-optics Bell measurement of four threshold detectors.

    ``eta_a`` and ``eta_b`` include the efficiency of the detectors, ``dark`` is the probability of a dark
    count in one detector. Source: Ma, Razavi, PRA 86, 062319 (2012), appendix B.
    """

    eta_a: float
    eta_b: float
    dark: float
    misalignment: float

    def single_photons(self) -> tuple[float, float]:
        """Return (Y11, e11 Y11): yield and errors, in the X basis, of one photon from each."""
        a, b, d = self.eta_a, self.eta_b, self.dark
        y11 = (1 - d) ** 2 * (a * b / 2 + (2 * a + 2 * b - 3 * a * b) * d + 4 * (1 - a) * (1 - b) * d**2)
        return y11, 0.5 * y11 - (0.5 - self.misalignment) * (1 - d) ** 2 * a * b / 2

    def rectilinear(self, mu_a: float, mu_b: float) -> tuple[float, float]:
        """Return (Q, E Q) of the Z basis for coherent pulses with these mean photon numbers."""
        a, b, d, e = self.eta_a * mu_a, self.eta_b * mu_b, self.dark, self.misalignment
        shared = 2 * (1 - d) ** 2 * math.exp(-(a + b) / 2)
        right = shared * (1 - (1 - d) * math.exp(-a / 2)) * (1 - (1 - d) * math.exp(-b / 2))
        wrong = shared * d * (float(np.i0(math.sqrt(a * b))) - (1 - d) * math.exp(-(a + b) / 2))
        return right + wrong, e * right + (1 - e) * wrong

    def diagonal(self, mu_a: float, mu_b: float) -> tuple[float, float]:
        """Return (Q, E Q) of the X basis for coherent pulses with these mean photon numbers."""
        a, b, e = self.eta_a * mu_a, self.eta_b * mu_b, self.misalignment
        x = math.sqrt(a * b) / 2
        y = (1 - self.dark) * math.exp(-(a + b) / 4)
        gain = 2 * y**2 * (1 + 2 * y**2 - 4 * y * float(np.i0(x)) + float(np.i0(2 * x)))
        return gain, 0.5 * gain - 2 * (0.5 - e) * y**2 * (float(np.i0(2 * x)) - 1)


def mdi(
    length_km: float,
    attenuation_db_per_km: float = 0.2,
    detector_efficiency: float = 0.145,
    dark_count_probability: float = 6.02e-6,
    misalignment: float = 0.015,
    signal_intensity: float = 0.36,
    f_ec: float = 1.16,
    relay_position: float = 0.5,
    extra_loss_db: float = 0.0,
) -> KeyRate:
    """Return the rate per pair of Z-basis pulses: P11 Y11 [1 - h(e11)] - Q_Z f h(E_Z).

    Source: Lo, Curty, Qi, PRL 108, 130503 (2012), eq. 1, with the channel of Ma and Razavi. ``length_km`` is
    that between the users, with the relay at ``relay_position`` of it, half way by default; both send with
    ``signal_intensity``.
    """
    whole = transmittance(length_km, attenuation_db_per_km, extra_loss_db)
    place = checks.probability(relay_position, "relay_position")
    efficiency = checks.probability(detector_efficiency, "detector_efficiency")
    channel = RelayChannel(
        efficiency * whole**place,
        efficiency * whole ** (1 - place),
        checks.probability(dark_count_probability, "dark_count_probability"),
        error_rate(misalignment, "misalignment"),
    )
    mu = checks.positive(signal_intensity, "signal_intensity")
    f = efficiency_of_correction(f_ec)
    y11, wrong = channel.single_photons()
    gain, errors = channel.rectilinear(mu, mu)
    if y11 <= 0 or gain <= 0:
        return KeyRate(0.0, {"gain": max(0.0, gain)}, "the relay never announces a Bell state")
    e11, qber = wrong / y11, errors / gain
    single = mu * mu * math.exp(-2 * mu) * y11
    signed = single * (1 - phase_error_entropy(e11)) - gain * f * binary_entropy(qber)
    reason = f"error correction (QBER {qber:.4g}) takes more than single photons give" if signed <= 0 else ""
    return KeyRate(
        signed,
        {
            "gain": gain, "qber": qber, "single_photon_yield": y11, "single_photon_error_rate": e11,
            "single_photon_gain": single,
        },
        reason, "bit per pair of pulses",
    )  # fmt: skip
