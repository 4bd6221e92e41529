"""Quantum channels: the `Channel` value, its representations, and the named channels."""

from qnetframe.channels.channel import Channel
from qnetframe.channels.named import (
    amplitude_damping,
    bit_flip,
    bit_phase_flip,
    dephasing,
    depolarizing,
    fully_depolarizing,
    identity,
    pauli,
    readout_error,
    replacement,
    thermal_relaxation,
    two_qubit_depolarizing,
)

__all__ = [
    "Channel",
    "amplitude_damping",
    "bit_flip",
    "bit_phase_flip",
    "dephasing",
    "depolarizing",
    "fully_depolarizing",
    "identity",
    "pauli",
    "readout_error",
    "replacement",
    "thermal_relaxation",
    "two_qubit_depolarizing",
]
