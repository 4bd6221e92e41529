"""Samples from any engine that holds a pure state: quantum trajectories, with the work of equal shots shared.

All shots start as one group. Where something is random (a measurement, noise, a coin) a group is split by one
multinomial draw, and each part goes on with a state of its own. So the engine works once for every history
that happens, not once for every shot. Source of the method: J. Dalibard, Y. Castin and K. Mølmer, Phys. Rev.
Lett. 68, 580 (1992).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import gate_matrix
from qnetframe.program.kraus import kraus_of, unitary_mixture
from qnetframe.program.operations import Coin, Erase, Gate, Measure, Noise, Operation, Reset, Unitary
from qnetframe.program.passes.deferral import BASIS_CHANGE, BASIS_RETURN
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.reuse import shot_form
from qnetframe.program.sampling import samples_of_bits
from qnetframe.values import BitArray, ComplexArray, Samples, evaluate

_PROJECTORS = (np.diag([1, 0]).astype(complex), np.diag([0, 1]).astype(complex))
_MIXING = Channel.from_pauli(dict.fromkeys("XYZ", 0.25))
S = TypeVar("S", bound="PureState")


class PureState(Protocol):
    """A normalised pure state of numbered qubits, as an engine holds it; starts as |0…0>."""

    def copy(self: S) -> S:
        """Return a state of its own, which later changes of this one leave alone."""
        ...

    def apply(self, matrix: ComplexArray, places: Sequence[int]) -> None:
        """Multiply a matrix, first place most significant; not unitary ones keep this state normalised."""
        ...

    def reduced(self, places: Sequence[int]) -> ComplexArray:
        """Return the density matrix of some qubits, first place most significant."""
        ...


@dataclass
class _Group:
    """Shots with one history: how many, where in the circuit, their state and the bits so far."""

    shots: int
    position: int
    state: PureState
    bits: dict[str, int]


def sample_trajectories(
    circuit: Circuit, start: Callable[[int], PureState], shots: int, seed: int, max_qubits: int
) -> Samples:
    """Return shots of the declared outputs; ``start(n)`` is the engine's |0…0> of n qubits.

    It takes every operation of a circuit without ``save``, ``expect`` and ``require``, conditions of any
    form included, and the same seed gives the same shots. A circuit of more than ``max_qubits`` goes through
    ``shot_form``, which measures early and uses qubits again. The host adds nothing to the state: all
    arithmetic on it is ``apply`` and ``reduced`` of the engine. Raises InvalidInputError for shots below 1,
    and UnsupportedError for a circuit that is too wide all the same.
    """
    checks.integer(shots, "shots", low=1)
    rng = np.random.default_rng(checks.integer(seed, "seed", low=0))
    form = lower_preparations(circuit) if len(circuit.qubits) <= max_qubits else shot_form(circuit)
    if len(form.qubits) > max_qubits:
        raise UnsupportedError(
            f"the circuit needs {len(form.qubits)} qubits at once, at most {max_qubits} are allowed"
        )
    return samples_of_bits(form, _Walk(form, rng).run(start, shots), shots, "trajectories")


class _Walk:
    """Depth first through all histories, so that few states are kept at once."""

    def __init__(self, circuit: Circuit, rng: np.random.Generator) -> None:
        self.circuit, self.rng = circuit, rng
        self.place = {q: i for i, q in enumerate(circuit.qubits)}

    def run(self, start: Callable[[int], PureState], shots: int) -> dict[str, BitArray]:
        waiting = [_Group(shots, 0, start(len(self.circuit.qubits)), {})]
        columns: dict[str, BitArray] = {b: np.empty(shots, dtype=bool) for b in self.circuit.bits}
        done = 0
        while waiting:
            group = waiting.pop()
            while group.position < len(self.circuit.operations):
                operation = self.circuit.operations[group.position]
                group.position += 1
                waiting += self.step(group, operation)
            for bit, column in columns.items():
                column[done : done + group.shots] = group.bits[bit]
            done += group.shots
        # Histories come in order of the walk; shots do not.
        order = self.rng.permutation(shots)
        return {bit: column[order] for bit, column in columns.items()}

    def step(self, group: _Group, operation: Operation) -> list[_Group]:
        """Carry a group over one operation, and return the groups that split off."""
        if isinstance(operation, (Gate, Unitary)):
            if operation.when is None or evaluate(operation.when, group.bits):
                group.state.apply(kraus_of(operation)[0], [self.place[q] for q in operation.qubits])
            return []
        if isinstance(operation, Noise):
            return self.channel(group, operation.channel, [self.place[q] for q in operation.qubits])
        if isinstance(operation, Reset):
            return self.kraus(group, kraus_of(operation), [self.place[operation.qubit]])
        if isinstance(operation, Measure):
            return self.measure(group, operation)
        if isinstance(operation, Coin):
            return self.flip(group, operation.bit, operation.probability)
        if isinstance(operation, Erase):
            parts = [group, *self.flip(group, operation.bit, operation.probability)]
            place = [self.place[operation.qubit]]
            lost = [
                split for p in parts if p.bits[operation.bit] for split in self.channel(p, _MIXING, place)
            ]
            return [*parts[1:], *lost]
        return []  # detectors and observables are read from the bits

    def measure(self, group: _Group, m: Measure) -> list[_Group]:
        """Measure; the readout error flips what is recorded."""
        place = [self.place[m.qubit]]
        for name in BASIS_CHANGE[m.basis]:
            group.state.apply(gate_matrix(name, ()), place)
        parts = [group, *self.kraus(group, _PROJECTORS, place, m.bit)]
        found = []
        for part in parts:
            for name in BASIS_RETURN[m.basis]:
                part.state.apply(gate_matrix(name, ()), place)
            wrong = m.readout[part.bits[m.bit]]
            if wrong:
                found += self.flip(part, m.bit, wrong if not part.bits[m.bit] else 1 - wrong)
        return [*parts[1:], *found]

    def flip(self, group: _Group, bit: str, probability: float) -> list[_Group]:
        """Record a bit that is 1 with a probability."""
        return self.split(group, (1 - probability, probability), lambda part, i: part.bits.update({bit: i}))

    def channel(self, group: _Group, channel: Channel, places: list[int]) -> list[_Group]:
        """Draw one unitary of a mixture, or one Kraus operator by its weight in the state."""
        mixture = unitary_mixture(channel)
        if mixture is None:
            return self.kraus(group, channel.kraus, places)
        weights, unitaries = mixture
        return self.split(group, weights, lambda part, i: part.state.apply(unitaries[i], places))

    def kraus(
        self, group: _Group, operators: Sequence[ComplexArray], places: list[int], bit: str = ""
    ) -> list[_Group]:
        """Draw one Kraus operator by its weight in the state, and record its number under ``bit``."""
        rho = group.state.reduced(places)
        weights = [max(0.0, float(np.einsum("ij,jk,ik->", k, rho, k.conj()).real)) for k in operators]

        def happen(part: _Group, i: int) -> None:
            part.state.apply(operators[i] / np.sqrt(weights[i]), places)
            if bit:
                part.bits[bit] = i

        return self.split(group, weights, happen)

    def split(
        self, group: _Group, weights: Sequence[float], happen: Callable[[_Group, int], None]
    ) -> list[_Group]:
        """Split a group by a multinomial draw; the group itself becomes the last part that has shots."""
        total = np.asarray(weights, dtype=float)
        numbers = self.rng.multinomial(group.shots, total / total.sum())
        chosen = [i for i in range(len(numbers)) if numbers[i]]
        parts = [
            _Group(int(numbers[i]), group.position, group.state.copy(), dict(group.bits)) for i in chosen[:-1]
        ]
        group.shots = int(numbers[chosen[-1]])
        for i, part in zip(chosen, [*parts, group], strict=True):
            happen(part, i)
        return parts
