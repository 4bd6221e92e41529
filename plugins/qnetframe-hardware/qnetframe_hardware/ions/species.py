"""Ion species: masses and the lines that qubits and photons use, each number with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.constants import physical_constants

from qnetframe.errors import InvalidInputError, UnknownNameError

_U = physical_constants["atomic mass constant"][0]


@dataclass(frozen=True)
class Species:
    """A singly charged ion: mass in kg; wavelengths in m, None where this library uses no such line.

    ``qubit_wavelength_m`` is that of the optical qubit, ``photon_wavelength_m`` of the photon that is sent,
    ``branching`` the part of the decays of its upper level that go there.
    """

    name: str
    mass_kg: float
    qubit_wavelength_m: float | None = None
    photon_wavelength_m: float | None = None
    branching: float | None = None


# The species by name. Masses: Wang et al., Chinese Phys. C 45, 030003 (2021), in u; the missing electron
# (5e-4 u) is left out. Ca+ 4P1/2 -> 4S1/2: 0.93565, Ramm et al., Phys. Rev. Lett. 111, 023004 (2013). Sr+
# 5P1/2 -> 5S1/2: 0.9449 +- 0.001, Zhang et al., Phys. Rev. A 94, 042501 (2016) (0.9453) and Likforman et al.,
# Phys. Rev. A 93, 052507 (2016) (0.9449).
SPECIES: Mapping[str, Species] = {
    s.name: s
    for s in (
        Species("Be9", 9.0121831 * _U),
        Species("Mg25", 24.98583696 * _U),
        Species("Ca40", 39.962590851 * _U, 729.147e-9, 396.959e-9, 0.93565),
        Species("Ca43", 42.958766381 * _U),
        Species("Sr88", 87.905612253 * _U, 674.025e-9, 421.671e-9, 0.9449),
        Species("Ba138", 137.905247 * _U),
        Species("Yb171", 170.936331515 * _U),
    )
}


def species(ion: str | Species) -> Species:
    """Return a species by name, such as "Ca40"; UnknownNameError lists what there is."""
    if isinstance(ion, Species):
        return ion
    if not isinstance(ion, str):
        raise InvalidInputError(f"species is {ion!r}; it must be a name or a Species")
    if ion not in SPECIES:
        raise UnknownNameError("ion species", ion, SPECIES)
    return SPECIES[ion]
