"""Superconducting circuits: transmons, readout, gates, pulses, microwave links between cryostats."""

from qnetframe_hardware.transmons.coherence import coherence_limit, pure_dephasing_time
from qnetframe_hardware.transmons.dispersive import (
    DispersiveShift,
    Readout,
    dispersive_readout,
    dispersive_shift,
    purcell_problem,
    purcell_rate,
)
from qnetframe_hardware.transmons.fits import TransmonGate
from qnetframe_hardware.transmons.gates import (
    cross_resonance,
    cross_resonance_gate,
    cross_resonance_problem,
    cross_resonance_rate,
)
from qnetframe_hardware.transmons.links import MicrowaveLink, microwave_link, module_network
from qnetframe_hardware.transmons.multiplexing import assignment_matrix, read_out
from qnetframe_hardware.transmons.pulses import drag_problem, drag_pulse, parametric_iswap, parametric_problem
from qnetframe_hardware.transmons.spectrum import TransmonSpectrum, transmon_spectrum

__all__ = [
    "DispersiveShift",
    "MicrowaveLink",
    "Readout",
    "TransmonGate",
    "TransmonSpectrum",
    "assignment_matrix",
    "coherence_limit",
    "cross_resonance",
    "cross_resonance_gate",
    "cross_resonance_problem",
    "cross_resonance_rate",
    "dispersive_readout",
    "dispersive_shift",
    "drag_problem",
    "drag_pulse",
    "microwave_link",
    "module_network",
    "parametric_iswap",
    "parametric_problem",
    "purcell_problem",
    "purcell_rate",
    "pure_dephasing_time",
    "read_out",
    "transmon_spectrum",
]
