"""Hong-Ou-Mandel interference of two photons that differ in time, colour, shape and purity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError

RealArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Wavepacket:
    """A photon's amplitude psi(t), (T,), sampled at ``times`` (s), normalised: integral |psi|^2 dt = 1.

    ``purity`` is that of the mixture it comes from: 1 without timing jitter or dephasing.
    """

    times: RealArray
    amplitude: ComplexArray
    purity: float = 1.0

    def __post_init__(self) -> None:
        times, amplitude = np.asarray(self.times, dtype=float), np.asarray(self.amplitude, dtype=complex)
        if times.ndim != 1 or times.shape != amplitude.shape or len(times) < 3 or (np.diff(times) <= 0).any():
            raise InvalidInputError(
                "a wavepacket has increasing times (T,) and amplitudes (T,), T at least 3"
            )
        checks.probability(self.purity, "purity")
        norm = np.trapezoid(np.abs(amplitude) ** 2, times)
        if not norm > 0:
            raise InvalidInputError("a wavepacket's amplitude is 0 everywhere")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "amplitude", amplitude / np.sqrt(norm))

    @classmethod
    def exponential(
        cls,
        decay: float,
        detuning: float = 0.0,
        delay: float = 0.0,
        purity: float = 1.0,
        samples: int = 20001,
    ) -> Wavepacket:
        """Return sqrt(decay) e^{-(decay/2 + i detuning)(t - delay)} after ``delay``; 1/s, rad/s, s."""
        rate = checks.positive(decay, "decay (1/s)")
        times = np.linspace(0, 40 / rate, checks.integer(samples, "samples", low=3))
        return cls(times + delay, np.exp(-(rate / 2 + 1j * detuning) * times), purity)

    def at(self, times: RealArray) -> ComplexArray:
        """Return the amplitude at other times, by linear interpolation; 0 outside."""
        return np.interp(times, self.times, self.amplitude, left=0, right=0)


@dataclass(frozen=True, eq=False)
class HongOuMandel:
    """``visibility`` 1 - P(coincidence)/P(distinguishable), and the ``overlap`` |<psi1|psi2>|^2 of the
    shapes.
    """

    visibility: float
    overlap: float
    coincidence: float


def hong_ou_mandel(
    *, first: Wavepacket, second: Wavepacket, reflectivity: float = 0.5, delay: float = 0.0
) -> HongOuMandel:
    """Return the interference of two photons on a beam splitter; ``delay`` (s) is added to the second.

    P(coincidence) = R^2 + T^2 - 2 R T M with M = |<psi1|psi2>|^2 sqrt(purity1 purity2): C. K. Hong, Z. Y. Ou
    and L. Mandel, Phys. Rev. Lett. 59, 2044 (1987). The factor for mixed photons is exact for equal mixtures,
    where M is the purity itself, and an upper bound else (Cauchy-Schwarz).
    """
    r = checks.probability(reflectivity, "reflectivity")
    # Only where both are: amplitudes may jump at their ends, which no interpolation should smear.
    times = np.union1d(first.times, second.times + delay)
    start, end = max(first.times[0], second.times[0] + delay), min(first.times[-1], second.times[-1] + delay)
    times = times[(times >= start) & (times <= end)]
    product = first.at(times).conj() * second.at(times - delay)
    overlap = float(abs(np.trapezoid(product, times)) ** 2) if len(times) > 1 else 0.0
    same = overlap * float(np.sqrt(first.purity * second.purity))
    distinct = r * r + (1 - r) ** 2
    coincidence = distinct - 2 * r * (1 - r) * same
    return HongOuMandel(1 - coincidence / distinct, overlap, coincidence)


def exponential_visibility(
    *, decay_1: float, decay_2: float, detuning: float = 0.0, delay: float = 0.0
) -> float:
    """Return 4 g1 g2/((g1 + g2)^2 + 4 D^2) e^{-g |delay|} of two decaying photons on a balanced beam
    splitter.

    g is the decay of the photon that comes first: positive ``delay`` (s) is that of the second photon. Decays
    in 1/s, detuning in rad/s (T. Legero et al., Appl. Phys. B 77, 797 (2003)).
    """
    one, two = checks.positive(decay_1, "decay_1 (1/s)"), checks.positive(decay_2, "decay_2 (1/s)")
    late = checks.finite(delay, "delay (seconds)")
    first = one if late >= 0 else two
    return (
        4
        * one
        * two
        / ((one + two) ** 2 + 4 * checks.finite(detuning, "detuning") ** 2)
        * float(np.exp(-first * abs(late)))
    )
