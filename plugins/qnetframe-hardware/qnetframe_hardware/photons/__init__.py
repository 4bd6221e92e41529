"""Photons: emission, interference, heralding, sources, Gaussian states."""

from qnetframe_hardware.photons.cavity import CavityEmission, cavity_emission, cavity_problem
from qnetframe_hardware.photons.gaussian import (
    lossy_squeezed_covariance,
    squeezed_logarithmic_negativity,
    teleportation_fidelity,
)
from qnetframe_hardware.photons.heralding import (
    Heralded,
    barrett_kok,
    single_click,
    two_photon,
)
from qnetframe_hardware.photons.interference import (
    HongOuMandel,
    Wavepacket,
    exponential_visibility,
    hong_ou_mandel,
)
from qnetframe_hardware.photons.sources import PairSource, quantum_dot_visibility, spdc_source

__all__ = [
    "CavityEmission",
    "Heralded",
    "HongOuMandel",
    "PairSource",
    "Wavepacket",
    "barrett_kok",
    "cavity_emission",
    "cavity_problem",
    "exponential_visibility",
    "hong_ou_mandel",
    "lossy_squeezed_covariance",
    "quantum_dot_visibility",
    "single_click",
    "spdc_source",
    "squeezed_logarithmic_negativity",
    "teleportation_fidelity",
    "two_photon",
]
