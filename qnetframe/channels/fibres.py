"""An optical fibre as loss and noise on a photonic qubit: attenuation and the two kinds of dispersion.

Lengths in km, wavelengths and bandwidths in nm, times in ps: the units of data sheets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from qnetframe import checks
from qnetframe.channels.channel import Channel
from qnetframe.channels.more import erasure
from qnetframe.errors import InvalidInputError

Encoding: TypeAlias = Literal["polarisation", "time-bin"]

# Speed of light in nm/ps.
_C_NM_PER_PS = 299_792.458
# FWHM of a Gaussian in units of its standard deviation.
_FWHM = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True, kw_only=True)
class Fibre:
    """A fibre and the light in it; the defaults are typical of standard single-mode fibre (ITU-T G.652).

    ``attenuation_db_per_km``, ``pmd_ps_per_sqrt_km`` (D_PMD), ``dispersion_ps_per_nm_km`` (D) and
    ``wavelength_nm`` describe the fibre; ``bandwidth_nm`` is the full width at half maximum of the photon's
    Gaussian spectrum (intensity), whose pulse is as short as that allows. ``bin_separation_ps`` is the time
    between the early and the late bin. Raises InvalidInputError for a value out of range.
    """

    length_km: float
    encoding: Encoding = "polarisation"
    attenuation_db_per_km: float = 0.2
    pmd_ps_per_sqrt_km: float = 0.1
    dispersion_ps_per_nm_km: float = 17.0
    wavelength_nm: float = 1550.0
    bandwidth_nm: float = 0.1
    bin_separation_ps: float = 1000.0

    def __post_init__(self) -> None:
        checks.non_negative(self.length_km, "fibre length_km")
        checks.non_negative(self.attenuation_db_per_km, "fibre attenuation_db_per_km")
        checks.non_negative(self.pmd_ps_per_sqrt_km, "fibre pmd_ps_per_sqrt_km")
        checks.finite(self.dispersion_ps_per_nm_km, "fibre dispersion_ps_per_nm_km")
        checks.positive(self.wavelength_nm, "fibre wavelength_nm")
        checks.positive(self.bandwidth_nm, "fibre bandwidth_nm")
        checks.positive(self.bin_separation_ps, "fibre bin_separation_ps")
        if self.encoding not in get_args(Encoding):
            allowed = " or ".join(map(repr, get_args(Encoding)))
            raise InvalidInputError(f"fibre encoding is {self.encoding!r}; it must be {allowed}")

    @property
    def transmission(self) -> float:
        """The probability that a photon arrives: 10^(-attenuation * length / 10)."""
        return float(10.0 ** (-self.attenuation_db_per_km * self.length_km / 10.0))

    @property
    def loss(self) -> float:
        """The probability of erasure, 1 - transmission."""
        return -math.expm1(-self.attenuation_db_per_km * self.length_km / 10.0 * math.log(10.0))

    @property
    def differential_delay_ps(self) -> float:
        """The mean delay between the two principal polarisations, D_PMD * sqrt(length).

        J. P. Gordon and H. Kogelnik, Proc. Natl. Acad. Sci. 97, 4541 (2000).
        """
        return self.pmd_ps_per_sqrt_km * math.sqrt(self.length_km)

    @property
    def angular_bandwidth(self) -> float:
        """The standard deviation of the spectrum in rad/ps: 2 pi c FWHM / wavelength^2 / 2.3548."""
        return 2.0 * math.pi * _C_NM_PER_PS * self.bandwidth_nm / self.wavelength_nm**2 / _FWHM

    @property
    def polarisation_visibility(self) -> float:
        """The coherence that is left between the principal polarisations, exp(-(sigma tau)^2 / 2).

        First order in polarisation-mode dispersion and for the mean delay tau: the two polarisations of
        frequency omega come apart by the phase omega tau, whose average over a Gaussian spectrum of standard
        deviation sigma is this (the Fourier transform of the spectrum). First-order treatment: C. Antonelli,
        M. Shtaif and M. Brodsky, Phys. Rev. Lett. 106, 080404 (2011).
        """
        return math.exp(-0.5 * (self.angular_bandwidth * self.differential_delay_ps) ** 2)

    @property
    def pulse_ps(self) -> float:
        """The full width at half maximum of the pulse before the fibre: 2 ln 2 / (pi * frequency width)."""
        return 2.0 * math.log(2.0) / math.pi / (_C_NM_PER_PS * self.bandwidth_nm / self.wavelength_nm**2)

    @property
    def broadening_ps(self) -> float:
        """The spread of arrival times by chromatic dispersion, |D| * length * bandwidth.

        G. P. Agrawal, Fiber-Optic Communication Systems, section 2.3.
        """
        return abs(self.dispersion_ps_per_nm_km) * self.length_km * self.bandwidth_nm

    @property
    def broadened_pulse_ps(self) -> float:
        """The full width at half maximum after the fibre, sqrt(pulse^2 + broadening^2).

        Exact for a Gaussian pulse as short as its bandwidth allows: the law sqrt(1 + (z/L_D)^2) of G. P.
        Agrawal, Nonlinear Fiber Optics, section 3.2, with L_D in terms of the bandwidth.
        """
        return math.hypot(self.pulse_ps, self.broadening_ps)

    @property
    def bin_leakage(self) -> float:
        """The probability of arriving past the middle between the bins: erfc(T / (2 sqrt(2) s)) / 2.

        T is the separation, s the standard deviation of the broadened Gaussian pulse.
        """
        return 0.5 * math.erfc(self.bin_separation_ps * _FWHM / self.broadened_pulse_ps / math.sqrt(8.0))

    @property
    def indistinguishability(self) -> float:
        """The Hong-Ou-Mandel visibility of this photon with one that did not pass the fibre.

        The overlap |<f|U f>|^2 of a Gaussian pulse with its dispersed self,
        1/sqrt(1 + (broadening/pulse)^2/4); it is what a Bell measurement of two photons
        loses to unequal lengths of fibre.
        """
        return 1.0 / math.sqrt(1.0 + (self.broadening_ps / self.pulse_ps) ** 2 / 4.0)

    @property
    def channel(self) -> Channel:
        """The noise on a photon that arrives, on one qubit.

        Polarisation: dephasing between the principal polarisations (taken as |0> and |1>), by which
        off-diagonal elements are multiplied with `polarisation_visibility`. Time bins: a photon that leaked
        into the other bin counts for it and has lost its phase: X or Y, each with probability
        `bin_leakage` / 2. Both are Pauli channels.
        """
        if self.encoding == "polarisation":
            flip = -0.5 * math.expm1(-0.5 * (self.angular_bandwidth * self.differential_delay_ps) ** 2)
            return Channel.from_pauli({"I": 1.0 - flip, "Z": flip}, "fibre")
        leak = self.bin_leakage
        return Channel.from_pauli({"I": 1.0 - leak, "X": leak / 2, "Y": leak / 2}, "fibre")

    def transmit(self, program: Any, qubit: Any) -> Any:
        """Write the fibre into a program, on a qubit of it; return the bit that flags the loss."""
        flag = program.erase(qubit, self.loss)
        program.noise(self.channel, qubit)
        return flag


def fibre(
    length_km: float,
    encoding: Encoding = "polarisation",
    attenuation_db_per_km: float = 0.2,
    pmd_ps_per_sqrt_km: float = 0.1,
    dispersion_ps_per_nm_km: float = 17.0,
    wavelength_nm: float = 1550.0,
    bandwidth_nm: float = 0.1,
    bin_separation_ps: float = 1000.0,
) -> Channel:
    """Return a fibre as a channel on (qubit, flag): dispersion on the qubit, loss as flagged erasure.

    See `Fibre` for the parameters and equations, and `erasure` for the flag. In a program
    ``Fibre(...).transmit(p, qubit)`` does the same with a classical flag.
    """
    model = Fibre(
        length_km=length_km,
        encoding=encoding,
        attenuation_db_per_km=attenuation_db_per_km,
        pmd_ps_per_sqrt_km=pmd_ps_per_sqrt_km,
        dispersion_ps_per_nm_km=dispersion_ps_per_nm_km,
        wavelength_nm=wavelength_nm,
        bandwidth_nm=bandwidth_nm,
        bin_separation_ps=bin_separation_ps,
    )
    weights = erasure(model.loss).then(model.channel.tensor(Channel.from_pauli({"I": 1.0})))
    return Channel.from_pauli(weights.pauli_probabilities, "fibre")
