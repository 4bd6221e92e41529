"""Pauli twirling: an explicit approximation that lets Clifford engines run a noisy circuit."""

from __future__ import annotations

import dataclasses

from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Measure, Noise, Operation


def pauli_twirl(circuit: Circuit) -> Circuit:
    """Return the circuit with every channel replaced by its Pauli twirl and every readout symmetrised.

    The twirled channel keeps the average fidelity of each channel; the mean of the two readout errors keeps
    the error averaged over both outcomes. It changes the physics, so nothing calls it unasked. Source:
    Emerson et al., Science 317, 1893 (2007).
    """
    operations: list[Operation] = []
    for operation in circuit.operations:
        if isinstance(operation, Noise) and not operation.channel.is_pauli:
            operations.append(Noise(operation.qubits, operation.channel.pauli_twirl()))
        elif isinstance(operation, Measure) and operation.readout[0] != operation.readout[1]:
            mean = sum(operation.readout) / 2
            operations.append(dataclasses.replace(operation, readout=(mean, mean)))
        else:
            operations.append(operation)
    return circuit.replace(operations)
