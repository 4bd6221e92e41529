"""Twin-field QKD: coherent key states, phase-randomised test states, all decoy intensities known.

Source: Curty, Azuma, Lo, npj Quantum Inf. 5, 64 (2019). The yields below are derived, for two reasons: the
formula is short this way, and it is exact for every photon number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from qnetframe import checks
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.key_rate import KeyRate, best_argument
from qnetframe_qkd.optics import efficiency_of_correction, error_rate, poisson, transmittance


@dataclass(frozen=True)
class MiddleChannel:
    """Two senders and a beam splitter half way with two threshold detectors, c and d.

    ``arm`` is the transmittance from a sender through a detector, ``dark`` the probability of a dark count
    in one detector, ``misalignment`` the share of the light that leaves the beam splitter the wrong way.
    """

    arm: float
    dark: float
    misalignment: float

    @property
    def visibility(self) -> float:
        """1 - 2 misalignment: the overlap of the two senders' modes at the beam splitter."""
        return 1 - 2 * self.misalignment

    def key_states(self, amplitude: float) -> tuple[float, float]:
        """Return (P, e): probability of a click in c alone, and the error rate, for states of +-amplitude.

        The light in c has mean arm * amplitude² * (1 +- visibility), that in d the rest.
        """
        g, dark = self.arm * amplitude**2, 1 - self.dark
        both = dark * math.exp(-2 * g)
        right = dark * (math.exp(-g * (1 - self.visibility)) - both)
        wrong = dark * (math.exp(-g * (1 + self.visibility)) - both)
        return (right + wrong) / 2, wrong / (right + wrong) if right + wrong else 0.5

    def photon_yield(self, n: int, m: int) -> float:
        """Return the probability of a click in c alone for n photons from one sender and m from the other.

        The vacuum of d has <:exp(-d†d):>; for phase-randomised coherent light of means x and y it is
        exp(-arm (x+y)/2) I0(visibility arm sqrt(x y)), and the coefficients of its expansion in x and y, with
        the Poisson weights taken off, are its values for n and m photons.
        """
        s, v = self.arm, self.visibility
        no_d = sum(
            math.comb(n, k) * math.comb(m, k) * (1 - s / 2) ** (n + m - 2 * k) * (s * v / 2) ** (2 * k)
            for k in range(min(n, m) + 1)
        )
        return (1 - self.dark) * (no_d - (1 - self.dark) * (1 - s) ** (n + m))


@lru_cache(maxsize=64)
def _table(channel: MiddleChannel, cutoff: int) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(math.sqrt(max(0.0, channel.photon_yield(n, m))) for m in range(cutoff)) for n in range(cutoff)
    )


def _phase_error(channel: MiddleChannel, amplitude: float, probability: float, cutoff: int) -> float:
    """Return the bound of the paper, eq. 10: (even ± even amplitudes)² + (odd ± odd)², over P.

    Yields above ``cutoff`` photons are taken as 1, the worst there is.
    """
    mean = amplitude**2
    weights = [math.sqrt(poisson(mean, n)) for n in range(cutoff + 40)]
    table = _table(channel, cutoff)
    total = 0.0
    for parity in (0, 1):
        known = range(parity, cutoff, 2)
        amplitude_sum = math.fsum(weights[n] * weights[m] * table[n][m] for n in known for m in known)
        inside = math.fsum(weights[n] for n in known)
        all_of = math.fsum(weights[parity::2])
        amplitude_sum += all_of**2 - inside**2
        total += amplitude_sum**2
    return min(1.0, total / probability)


def twin_field(
    length_km: float,
    attenuation_db_per_km: float = 0.2,
    detector_efficiency: float = 1.0,
    dark_count_probability: float = 1e-8,
    misalignment: float = 0.0,
    signal_intensity: float | None = None,
    f_ec: float = 1.15,
    extra_loss_db: float = 0.0,
    cutoff: int = 16,
) -> KeyRate:
    """Return the rate per pair of key pulses: 2 P [1 - f h(e) - h(e_phase)], the sum over both detectors.

    ``length_km`` is that between the users, with the relay half way; ``signal_intensity`` is the mean photon
    number of a key state, the best one without it. ``misalignment`` is the share of the light that leaves
    the beam splitter the wrong way. Source: Curty, Azuma, Lo (2019), eq. 2, 3 and 10.
    """
    whole = transmittance(length_km, attenuation_db_per_km, extra_loss_db)
    channel = MiddleChannel(
        math.sqrt(whole) * checks.probability(detector_efficiency, "detector_efficiency"),
        checks.probability(dark_count_probability, "dark_count_probability"),
        error_rate(misalignment, "misalignment"),
    )
    f = efficiency_of_correction(f_ec)
    size = checks.integer(cutoff, "cutoff", low=2, high=60)

    def at(mean: float) -> KeyRate:
        probability, qber = channel.key_states(math.sqrt(mean))
        if probability <= 0:
            return KeyRate(0.0, {"gain": 0.0}, "the relay never announces a click")
        phase = _phase_error(channel, math.sqrt(mean), probability, size)
        signed = 2 * probability * (1 - f * binary_entropy(qber) - phase_error_entropy(phase))
        return KeyRate(
            signed,
            {"gain": 2 * probability, "qber": qber, "phase_error_rate": phase, "signal_intensity": mean},
            f"phase error rate {phase:.4g} and QBER {qber:.4g} are too high" if signed <= 0 else "",
            "bit per pair of pulses",
        )

    if signal_intensity is not None:
        return at(checks.positive(signal_intensity, "signal_intensity"))
    return best_argument(at, 1e-4, 1.0, 1e-7)[1]
