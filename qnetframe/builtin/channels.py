"""The named channels as specs; the parameters of each are those of its function in qnetframe.channels."""

from __future__ import annotations

from qnetframe.api import ChannelSpec
from qnetframe.channels import fibres, files, more, named

CHANNELS: tuple[ChannelSpec, ...] = (
    ChannelSpec("amplitude_damping", named.amplitude_damping, "|1> decays to |0> with probability gamma"),
    ChannelSpec("bit_flip", named.bit_flip, "X with probability p"),
    ChannelSpec("bit_phase_flip", named.bit_phase_flip, "Y with probability p"),
    ChannelSpec("correlated_pauli", more.correlated_pauli, "Pauli errors on a row of qubits, with memory mu"),
    ChannelSpec("dephasing", named.dephasing, "Z with probability p"),
    ChannelSpec("depolarizing", named.depolarizing, "X, Y or Z, each with probability p/3"),
    ChannelSpec("erasure", more.erasure, "on (qubit, flag): loss to the mixed state, flagged"),
    ChannelSpec("fibre", fibres.fibre, "on (qubit, flag): flagged loss and dispersion of an optical fibre"),
    ChannelSpec("from_file", files.from_file, "the channel in a .json or .npz file"),
    ChannelSpec("fully_depolarizing", named.fully_depolarizing, "any state becomes maximally mixed"),
    ChannelSpec(
        "generalized_amplitude_damping",
        more.generalized_amplitude_damping,
        "relaxation with probability gamma to a thermal population",
    ),
    ChannelSpec("identity", named.identity, "nothing happens"),
    ChannelSpec("over_rotation", more.over_rotation, "a coherent rotation by an angle about an axis"),
    ChannelSpec("pauli", named.pauli, "X, Y and Z with probabilities px, py and pz"),
    ChannelSpec("phase_damping", more.phase_damping, "coherences shrink by sqrt(1 - lam)"),
    ChannelSpec("readout_error", named.readout_error, "classical confusion of a z readout"),
    ChannelSpec("replacement", named.replacement, "any state is replaced by a given density matrix"),
    ChannelSpec("thermal_relaxation", named.thermal_relaxation, "T1 and T2 relaxation to |0> during a time"),
    ChannelSpec(
        "two_qubit_depolarizing",
        named.two_qubit_depolarizing,
        "15 Pauli pairs, each with probability p/15",
    ),
    ChannelSpec("two_qubit_pauli", more.two_qubit_pauli, "Pauli pairs with given probabilities"),
)
