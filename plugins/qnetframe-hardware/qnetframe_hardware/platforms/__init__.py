"""Colour centres, neutral atoms and atomic ensembles."""

from qnetframe_hardware.platforms.atoms import DlczPair, RydbergGate, dlcz_pair, rydberg_cz, rydberg_problem
from qnetframe_hardware.platforms.nv import (
    ColourCentreLink,
    conditional_rotation,
    conditional_rotation_problem,
    remote_centres,
    swap_to_nucleus,
)

__all__ = [
    "ColourCentreLink",
    "DlczPair",
    "RydbergGate",
    "conditional_rotation",
    "conditional_rotation_problem",
    "dlcz_pair",
    "remote_centres",
    "rydberg_cz",
    "rydberg_problem",
    "swap_to_nucleus",
]
