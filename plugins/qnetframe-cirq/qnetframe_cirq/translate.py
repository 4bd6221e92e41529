"""Operations without conditions as Cirq gates, and their action on Cirq's simulation states.

Gates act on the states directly, which spares a ``cirq.Circuit`` and its moments. It also avoids
``DensityMatrixSimulator.simulate``, whose splitting of untangled qubits multiplies rounding errors of the
trace until a long circuit with resets overflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import cirq
import numpy as np

from qnetframe.channels import Channel
from qnetframe.program.branches import Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import (
    Expect,
    Gate,
    Matrix,
    Measure,
    Noise,
    Operation,
    Require,
    Reset,
    Save,
    Unitary,
    qubits_of,
    thaw,
)
from qnetframe.values import BitArray, ComplexArray

_NATIVE: dict[str, cirq.Gate] = {
    "id": cirq.I, "x": cirq.X, "y": cirq.Y, "z": cirq.Z, "h": cirq.H, "s": cirq.S, "t": cirq.T,
    "cx": cirq.CX, "cz": cirq.CZ, "swap": cirq.SWAP, "ccx": cirq.CCX, "cswap": cirq.CSWAP,
}  # fmt: skip
_RESET = cirq.ResetChannel()

Step = tuple[cirq.Gate, tuple[cirq.Qid, ...]]


class ChannelGate(cirq.Gate):
    """A channel by its Kraus operators: hashable, unlike ``cirq.KrausChannel``."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def _num_qubits_(self) -> int:
        return self.channel.num_qubits

    def _kraus_(self) -> tuple[ComplexArray, ...]:
        return self.channel.kraus

    def _has_unitary_(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return self.channel == other.channel if isinstance(other, ChannelGate) else NotImplemented

    def __hash__(self) -> int:
        return hash((ChannelGate, self.channel))


class MixtureGate(ChannelGate):
    """A channel that mixes unitaries, so that a trajectory draws one before it multiplies."""

    def _mixture_(self) -> tuple[tuple[float, ComplexArray], ...]:
        return _mixture(self.channel)


@lru_cache(maxsize=1024)
def _mixture(channel: Channel) -> tuple[tuple[float, ComplexArray], ...]:
    """Return the pairs (p, U) of a channel whose Kraus operators are sqrt(p) U."""
    pairs = [(float(np.linalg.norm(k) ** 2) / channel.dim, k) for k in channel.kraus]
    total = sum(p for p, _ in pairs)
    return tuple((p / total, k / np.sqrt(p)) for p, k in pairs if p > 0)


def steps(qubits: Sequence[str], operations: Iterable[Operation]) -> list[Step]:
    """Return the Cirq gate of each operation and the qubits it acts on; ``qubits`` are on a line in order."""
    line = dict(zip(qubits, cirq.LineQubit.range(len(qubits)), strict=True))
    return [(gate_of(o), tuple(line[q] for q in qubits_of(o))) for o in operations]


def gate_of(operation: Operation) -> cirq.Gate:
    """Return a gate, unitary, channel, reset or measurement as a Cirq gate."""
    if isinstance(operation, Reset):
        return _RESET
    if isinstance(operation, Noise):
        return _channel(operation.channel)
    if isinstance(operation, Measure):
        return cirq.MeasurementGate(1, operation.bit)
    if isinstance(operation, Gate):
        return _gate(operation.name, operation.params)
    assert isinstance(operation, Unitary), operation.kind
    return _unitary(operation.matrix)


@lru_cache(maxsize=1024)
def _gate(name: str, params: tuple[float, ...]) -> cirq.Gate:
    return _NATIVE[name] if name in _NATIVE else cirq.MatrixGate(gate_matrix(name, params))


@lru_cache(maxsize=512)
def _unitary(matrix: Matrix) -> cirq.Gate:
    return cirq.MatrixGate(thaw(matrix))


@lru_cache(maxsize=1024)
def _channel(channel: Channel) -> cirq.Gate:
    squares = [k.conj().T @ k for k in channel.kraus]
    unitary = all(np.abs(s - s[0, 0] * np.eye(channel.dim)).max() <= 1e-12 for s in squares)
    return MixtureGate(channel) if unitary else ChannelGate(channel)


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, evolved by Cirq in complex128."""
    return [_evolved(segment) for segment in segments]


def _evolved(segment: Segment) -> ComplexArray:
    if not segment.qubits:
        return segment.initial()
    n = len(segment.qubits)
    line = cirq.LineQubit.range(n)
    state = cirq.DensityMatrixSimulationState(qubits=line, initial_state=0, dtype=np.complex128)
    if segment.state is not None:
        # Written in place: as an argument it would have to be normalised and positive to within 1e-7, which
        # rounding denies to a branch of probability 1e-14. The evolution is linear.
        state.target_tensor[...] = segment.state.reshape((2,) * (2 * n))
    for gate, qubits in steps(segment.qubits, segment.operations):
        cirq.act_on(gate, state, qubits)
    return np.array(state.target_tensor).reshape(1 << n, 1 << n)


def trajectory_bits(circuit: Circuit, shots: int, seed: int) -> dict[str, BitArray]:
    """Return ``shots`` values of each bit of a circuit without conditions, from state vectors.

    All shots share the part of the circuit before its first random operation.
    """
    body = [o for o in circuit.operations if not isinstance(o, (Save, Expect, Require))]
    bits = [o.bit for o in body if isinstance(o, Measure)]
    program = steps(circuit.qubits, body)
    random = np.random.RandomState(seed)
    line = cirq.LineQubit.range(len(circuit.qubits))
    start = cirq.StateVectorSimulationState(qubits=line, initial_state=0, dtype=np.complex128, prng=random)
    fixed = next((i for i, (gate, _) in enumerate(program) if not cirq.has_unitary(gate)), len(program))
    for gate, qubits in program[:fixed]:
        cirq.act_on(gate, start, qubits)
    if all(isinstance(o, Measure) for o in body[fixed:]):
        measured = [q for _, qubits in program[fixed:] for q in qubits]
        table = start.sample(measured, shots, seed=random)
        return dict(zip(bits, np.asarray(table, dtype=bool).T, strict=True))
    recorded = np.empty((len(bits), shots), dtype=bool)
    for shot in range(shots):
        state = start.copy(deep_copy_buffers=False)
        for gate, qubits in program[fixed:]:
            cirq.act_on(gate, state, qubits)
        data = state.log_of_measurement_results
        recorded[:, shot] = [data[bit][0] for bit in bits]
    return dict(zip(bits, recorded, strict=True))
