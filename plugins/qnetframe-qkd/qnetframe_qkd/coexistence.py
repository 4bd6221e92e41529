"""Quantum and classical light in one fibre: Raman noise and leakage of filters, as counts without signal.

Source: Eraerds, Walenta, Legré, Gisin, Zbinden, New J. Phys. 12, 063027 (2010), eq. 1 to 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError

_PLANCK, _LIGHT = 6.62607015e-34, 299792458.0


@dataclass(frozen=True)
class ClassicalChannel:
    """A classical channel beside the quantum one.

    ``launch_dbm`` is its power into the fibre, ``direction`` that of its light against the quantum signal's,
    ``raman_per_km_nm`` the share of its power that is scattered into 1 nm at the quantum wavelength by 1 km
    of fibre (measured: of the order of 1e-9 within the C band, far less from C to O).
    """

    wavelength_nm: float
    launch_dbm: float
    raman_per_km_nm: float
    direction: Literal["forward", "backward"] = "forward"

    def __post_init__(self) -> None:
        checks.positive(self.wavelength_nm, "wavelength_nm")
        checks.finite(self.launch_dbm, "launch_dbm")
        checks.non_negative(self.raman_per_km_nm, "raman_per_km_nm")
        if self.direction not in ("forward", "backward"):
            raise InvalidInputError(f"direction is {self.direction!r}; allowed: 'forward', 'backward'")

    def raman_power(self, length_km: float, attenuation_db_per_km: float, filter_nm: float) -> float:
        """Return the scattered power in watts that arrives with the quantum signal, within its filter.

        Forward: P L ρ Δλ exp(-αL). Backward: P ρ Δλ (1 - exp(-2αL)) / (2α), which is the paper's
        P_out sinh(αL)/α.
        """
        launch = 1e-3 * 10 ** (self.launch_dbm / 10)
        alpha = attenuation_db_per_km * math.log(10) / 10
        scattered = launch * self.raman_per_km_nm * filter_nm
        if self.direction == "forward":
            return scattered * length_km * math.exp(-alpha * length_km)
        if alpha == 0.0:
            return scattered * length_km
        return scattered * -math.expm1(-2 * alpha * length_km) / (2 * alpha)


@dataclass(frozen=True)
class WavelengthPlan:
    """The quantum channel, its filter and gate, and the classical channels around it.

    ``filter_nm`` is the width of Bob's filter, ``isolation_db`` how much it weakens the classical channels,
    ``gate_s`` how long a detector is open. Raises InvalidInputError where a classical channel is inside the
    filter.
    """

    channels: tuple[ClassicalChannel, ...]
    quantum_nm: float = 1550.0
    filter_nm: float = 0.2
    gate_s: float = 1e-9
    isolation_db: float = 100.0
    receiver_loss_db: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        checks.positive(self.quantum_nm, "quantum_nm")
        checks.positive(self.filter_nm, "filter_nm")
        checks.positive(self.gate_s, "gate_s")
        checks.non_negative(self.isolation_db, "isolation_db")
        checks.non_negative(self.receiver_loss_db, "receiver_loss_db")
        for channel in self.channels:
            if abs(channel.wavelength_nm - self.quantum_nm) <= self.filter_nm / 2:
                raise InvalidInputError(
                    f"a classical channel at {channel.wavelength_nm:g} nm is inside the filter of "
                    f"{self.filter_nm:g} nm at {self.quantum_nm:g} nm"
                )

    def photons_per_gate(self, length_km: float, attenuation_db_per_km: float = 0.2) -> float:
        """Return the mean number of noise photons that reach the detectors in one gate."""
        length = checks.non_negative(length_km, "length_km")
        loss = checks.non_negative(attenuation_db_per_km, "attenuation_db_per_km")
        power = math.fsum(c.raman_power(length, loss, self.filter_nm) for c in self.channels)
        for c in self.channels:
            if c.direction == "forward":
                power += 1e-3 * 10 ** ((c.launch_dbm - loss * length - self.isolation_db) / 10)
        energy = _PLANCK * _LIGHT / (self.quantum_nm * 1e-9)
        return power * 10 ** (-self.receiver_loss_db / 10) * self.gate_s / energy

    def noise_yield(
        self, length_km: float, attenuation_db_per_km: float = 0.2, detector_efficiency: float = 1.0
    ) -> float:
        """Return the probability of a click by noise in one gate, of all detectors together."""
        efficiency = checks.probability(detector_efficiency, "detector_efficiency")
        return -math.expm1(-efficiency * self.photons_per_gate(length_km, attenuation_db_per_km))


def channels_on_grid(
    wavelengths_nm: Sequence[float], launch_dbm: float, raman_per_km_nm: float,
    direction: Literal["forward", "backward"] = "forward",
) -> tuple[ClassicalChannel, ...]:  # fmt: skip
    """Return equal classical channels at several wavelengths."""
    return tuple(ClassicalChannel(w, launch_dbm, raman_per_km_nm, direction) for w in wavelengths_nm)
