"""What a Cirq noise model does to one moment: the noise after a gate, and on the qubits that wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cirq
import numpy as np
from cirq.devices.noise_utils import PHYSICAL_GATE_TAG

from qnetframe.channels import Channel
from qnetframe.errors import UnsupportedError
from qnetframe.placement.carry import embedded
from qnetframe.values import ComplexArray


@dataclass(frozen=True)
class Probe:
    """The noise of one operation alone in a moment.

    ``before`` is set for a measurement: the noise in front of it; ``after`` is the noise on its qubits, in
    its order, behind it. ``waiting`` is the noise on every other qubit.
    """

    before: Channel | None
    after: Channel
    waiting: dict[cirq.Qid, Channel]


def probe(model: cirq.NoiseModel, operation: cirq.Operation, system: Sequence[cirq.Qid], where: str) -> Probe:
    """Return what a model makes of an operation; UnsupportedError for noise that joins it to other qubits."""
    noisy = _noisy(model, operation, system)
    own = operation.qubits
    for each in noisy:
        inside = [q for q in each.qubits if q in own]
        if (inside and len(inside) < len(each.qubits)) or (not inside and len(each.qubits) > 1):
            raise UnsupportedError(f"{where}: the noise {each} acts on several qubits (crosstalk)")
    mine = [each for each in noisy if each.qubits[0] in own]
    waiting = {}
    for qubit in system:
        others = [each for each in noisy if each.qubits == (qubit,)]
        if qubit not in own and others:
            waiting[qubit] = _channel(_superoperator(others, (qubit,), where))
    if cirq.is_measurement(operation):
        at = next(i for i, each in enumerate(mine) if cirq.is_measurement(each))
        return Probe(
            _channel(_superoperator(mine[:at], own, where)),
            _channel(_superoperator(mine[at + 1 :], own, where)),
            waiting,
        )
    total = _superoperator(mine, own, where)
    if operation.gate == cirq.ResetChannel():
        # What comes before or after it, the state is that of the whole applied to any state.
        return Probe(None, _channel(total), waiting)
    gate = np.asarray(cirq.unitary(operation), dtype=complex)
    return Probe(None, _channel(total @ np.kron(gate, gate.conj()).conj().T), waiting)


def _noisy(
    model: cirq.NoiseModel, operation: cirq.Operation, system: Sequence[cirq.Qid]
) -> list[cirq.Operation]:
    """Return the noisy version of a moment of a circuit that has the qubits of ``system``."""
    if not isinstance(model, cirq.devices.NoiseModelFromNoiseProperties):
        tree = model.noisy_moments([cirq.Moment([operation])], list(system))
        return list(cirq.flatten_to_ops(tree))
    # Its own noisy_moments only sees the qubits of the moment; this is what it does, on all of them.
    tag = [] if model.is_virtual(operation) else [PHYSICAL_GATE_TAG]
    moments = [cirq.Moment([operation.with_tags(*tag)])]
    for part in model.noise_models:
        tree = part.noisy_moments(moments, list(system))
        moments = [moment for each in tree for moment in cirq.Circuit(each)]
    return [each for moment in moments for each in moment]


def _superoperator(
    operations: Iterable[cirq.Operation], qubits: tuple[cirq.Qid, ...], where: str
) -> ComplexArray:
    dim = 1 << len(qubits)
    total: ComplexArray = np.eye(dim * dim, dtype=np.complex128)
    for operation in operations:
        kraus = cirq.kraus(operation, None)
        if kraus is None:
            raise UnsupportedError(f"{where}: the noise {operation} is no channel")
        places = tuple(qubits.index(q) for q in operation.qubits)
        wide = (embedded(np.asarray(k, dtype=complex), places, len(qubits)) for k in kraus)
        total = sum(np.kron(k, k.conj()) for k in wide) @ total
    return total


def _channel(superoperator: ComplexArray) -> Channel:
    channel = Channel.from_superoperator(superoperator)
    if not channel.is_pauli:
        return channel
    # Rounding is cut off; what is left of the weights adds up to 1 again.
    weights = {label: p for label, p in channel.pauli_probabilities.items() if p > 1e-14}
    whole = sum(weights.values())
    return Channel.from_pauli({label: p / whole for label, p in weights.items()})
