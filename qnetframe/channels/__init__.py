"""Quantum channels: the `Channel` value, its representations, and the named channels."""

from qnetframe.channels.channel import Channel
from qnetframe.channels.fibres import Fibre, fibre
from qnetframe.channels.files import from_file, from_pauli_transfer
from qnetframe.channels.more import (
    correlated_pauli,
    erasure,
    generalized_amplitude_damping,
    over_rotation,
    phase_damping,
    two_qubit_pauli,
)
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
    "Fibre",
    "amplitude_damping",
    "bit_flip",
    "bit_phase_flip",
    "correlated_pauli",
    "dephasing",
    "depolarizing",
    "erasure",
    "fibre",
    "from_file",
    "from_pauli_transfer",
    "fully_depolarizing",
    "generalized_amplitude_damping",
    "identity",
    "over_rotation",
    "pauli",
    "phase_damping",
    "readout_error",
    "replacement",
    "thermal_relaxation",
    "two_qubit_depolarizing",
    "two_qubit_pauli",
]
