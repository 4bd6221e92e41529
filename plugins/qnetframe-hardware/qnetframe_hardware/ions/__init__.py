"""Trapped ions: crystals, gates, transport, cooling, photons, and traps joined by junctions."""

from qnetframe_hardware.ions.collection import cavity_collection, lens_collection
from qnetframe_hardware.ions.cooling import Cooling, sympathetic_cooling
from qnetframe_hardware.ions.crystal import Crystal, ion_crystal, lamb_dicke_parameters
from qnetframe_hardware.ions.gates import MolmerSorensen, molmer_sorensen, molmer_sorensen_problem
from qnetframe_hardware.ions.pulses import sideband_flop, sideband_problem, sideband_rabi_frequency
from qnetframe_hardware.ions.remote import RemoteIons, remote_ions_single_photon, remote_ions_two_photon
from qnetframe_hardware.ions.species import SPECIES, Species, species
from qnetframe_hardware.ions.transport import Transport, transport, transport_problem
from qnetframe_hardware.ions.traps import Move, route_ions, trap_network

__all__ = [
    "SPECIES",
    "Cooling",
    "Crystal",
    "MolmerSorensen",
    "Move",
    "RemoteIons",
    "Species",
    "Transport",
    "cavity_collection",
    "ion_crystal",
    "lamb_dicke_parameters",
    "lens_collection",
    "molmer_sorensen",
    "molmer_sorensen_problem",
    "remote_ions_single_photon",
    "remote_ions_two_photon",
    "route_ions",
    "sideband_flop",
    "sideband_problem",
    "sideband_rabi_frequency",
    "species",
    "sympathetic_cooling",
    "transport",
    "transport_problem",
    "trap_network",
]
