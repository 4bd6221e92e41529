"""Random programs that use every operation: the raw material of property tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from qnetframe.channels import Channel
from qnetframe.channels.named import (
    amplitude_damping,
    dephasing,
    depolarizing,
    pauli,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.program.gates import CLIFFORD_GATES, GATES, PAULI_GATES
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, ComplexArray, ConditionLike, Parity, all_of, any_of

_PAULIS: tuple[Literal["X", "Y", "Z"], ...] = ("X", "Y", "Z")


def random_unitary(rng: np.random.Generator, dim: int) -> ComplexArray:
    """Return a Haar-random unitary of shape (dim, dim)."""
    q, r = np.linalg.qr(rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim)))
    return np.asarray(q * (np.diag(r) / np.abs(np.diag(r))))


def random_channel(rng: np.random.Generator, num_qubits: int, rank: int = 2) -> Channel:
    """Return a random channel with a number of Kraus operators (a random isometry)."""
    dim = 1 << num_qubits
    isometry = random_unitary(rng, dim * rank)[:, :dim]
    return Channel([isometry[i * dim : (i + 1) * dim] for i in range(rank)])


def random_density_matrix(rng: np.random.Generator, num_qubits: int) -> ComplexArray:
    """Return a random full-rank density matrix."""
    dim = 1 << num_qubits
    a = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    rho = a @ a.conj().T
    return np.asarray(rho / np.trace(rho).real)


class _Builder:
    """One random program in the making."""

    def __init__(self, seed: int, max_qubits: int, max_bits: int, clifford: bool, require: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.clifford, self.max_bits, self.require = clifford, max_bits, require
        self.program = Program(f"random-{seed}")
        self.bits: list[Bit] = []
        number = int(self.rng.integers(2, max_qubits + 1))
        split = int(self.rng.integers(1, number + 1))
        self.by_party: dict[str, list[Qubit]] = {}
        for i in range(number):
            party = "alice" if i < split else "bob"
            self.by_party.setdefault(party, []).append(self.program.qubit(party, f"q{i}"))

    def party(self) -> list[Qubit]:
        names = sorted(self.by_party)
        return self.by_party[names[int(self.rng.integers(len(names)))]]

    def some(self, number: int) -> list[Qubit] | None:
        pool = self.party()
        if len(pool) < number:
            return None
        return [pool[int(i)] for i in self.rng.permutation(len(pool))[:number]]

    def parity(self) -> Parity:
        number = int(self.rng.integers(1, min(3, len(self.bits)) + 1))
        chosen = self.rng.permutation(len(self.bits))[:number]
        value = Parity((), int(self.rng.integers(2)))
        for i in chosen:
            value = value ^ self.bits[int(i)]
        return value

    def condition(self, linear: bool) -> ConditionLike | None:
        if not self.bits or self.rng.random() < 0.5:
            return None
        if linear or self.rng.random() < 0.6:
            return self.parity()
        kind = all_of if self.rng.random() < 0.5 else any_of
        return kind(self.parity(), self.parity())

    # ---- operations --------------------------------------------------------------------------

    def gate(self) -> None:
        names = sorted(CLIFFORD_GATES if self.clifford else GATES)
        name = names[int(self.rng.integers(len(names)))]
        definition = GATES[name]
        qubits = self.some(definition.num_qubits)
        if qubits is None:
            return
        angles = [float(a) for a in self.rng.uniform(-math.pi, math.pi, definition.num_params)]
        when = None
        if not self.clifford or name in PAULI_GATES:
            when = self.condition(self.clifford)
        self.program.gate(name, *angles, *qubits, when=when)

    def correction(self) -> None:
        """A Pauli gate on a parity: the feed-forward that every engine with any can do."""
        if self.bits:
            self.program.gate("xyz"[int(self.rng.integers(3))], self.party()[0], when=self.parity())

    def entangling(self) -> None:
        qubits = self.some(2)
        if qubits is not None:
            self.program.h(qubits[0]).cx(*qubits)

    def unitary(self) -> None:
        qubits = self.some(int(self.rng.integers(1, 3)))
        if qubits is None or self.clifford:
            return
        matrix = random_unitary(self.rng, 1 << len(qubits))
        self.program.unitary(matrix, *qubits, when=self.condition(False))

    def noise(self) -> None:
        qubits = self.some(int(self.rng.integers(1, 3)))
        if qubits is None:
            return
        p = float(self.rng.uniform(0, 0.3))
        choices: list[Channel]
        if len(qubits) == 2:
            choices = [two_qubit_depolarizing(p), Channel.from_pauli({"XX": p, "ZI": p, "YZ": p})]
            general = [random_channel(self.rng, 2)]
        else:
            choices = [depolarizing(p), dephasing(p), pauli(p, p / 2, p / 3)]
            general = [amplitude_damping(p), thermal_relaxation(1.0, 1.3, p), random_channel(self.rng, 1)]
        if not self.clifford:
            choices += general
        self.program.noise(choices[int(self.rng.integers(len(choices)))], *qubits)

    def prepare(self) -> None:
        qubits = self.some(1 if self.clifford else int(self.rng.integers(1, 3)))
        if qubits is None:
            return
        if self.clifford:
            r = 1 / math.sqrt(2)
            states = [[1, 0], [0, 1], [r, r], [r, -r], [r, 1j * r], [r, -1j * r]]
            self.program.prepare(qubits, states[int(self.rng.integers(6))])
        elif self.rng.random() < 0.5:
            self.program.prepare(qubits, random_unitary(self.rng, 1 << len(qubits))[0])
        else:
            self.program.prepare(qubits, random_density_matrix(self.rng, len(qubits)))

    def measure(self) -> None:
        qubits = self.some(1)
        if qubits is None or len(self.bits) >= self.max_bits:
            return
        basis = "zxy"[int(self.rng.integers(3))]
        readout: tuple[float, float] = (0.0, 0.0)
        if self.rng.random() < 0.4:
            first, second = (float(x) for x in self.rng.uniform(0, 0.2, 2))
            readout = (first, first) if self.clifford else (first, second)
        self.bits.append(self.program.measure(qubits[0], basis, readout=readout))

    def reset(self) -> None:
        qubits = self.some(1)
        if qubits is not None:
            self.program.reset(qubits[0])

    def coin(self) -> None:
        if len(self.bits) < self.max_bits:
            self.bits.append(self.program.coin(float(self.rng.uniform(0, 1))))

    def erase(self) -> None:
        qubits = self.some(1)
        if qubits is not None and len(self.bits) < self.max_bits:
            self.bits.append(self.program.erase(qubits[0], float(self.rng.uniform(0, 0.5))))

    def entangle(self) -> None:
        alice, bob = self.by_party.get("alice"), self.by_party.get("bob")
        if alice and bob:
            self.program.entangle(
                alice[int(self.rng.integers(len(alice)))], bob[int(self.rng.integers(len(bob)))]
            )

    def postselect(self) -> None:
        if self.bits and self.require and self.rng.random() < 0.5:
            self.require = False
            value = self.parity() if self.rng.random() < 0.5 else any_of(self.parity(), self.parity())
            self.program.require(value)

    def finish(self, saves: bool) -> None:
        if self.bits and self.rng.random() < 0.4:
            self.program.output()
            for i in range(int(self.rng.integers(1, 4))):
                self.program.output(self.parity(), label=f"out{i}")
        if saves:
            everything = [q for pool in self.by_party.values() for q in pool]
            number = int(self.rng.integers(1, min(3, len(everything)) + 1))
            order = [int(i) for i in self.rng.permutation(len(everything))[:number]]
            self.program.save("state", *(everything[i] for i in order))
            if self.rng.random() < 0.4:
                chosen = [everything[int(i)] for i in self.rng.permutation(len(everything))[:2]]
                self.program.expect("product", {q: _PAULIS[int(self.rng.integers(3))] for q in chosen})


def random_program(
    seed: int,
    *,
    max_qubits: int = 6,
    max_bits: int = 6,
    operations: int = 18,
    clifford: bool = False,
    saves: bool = True,
    require: bool = True,
) -> Program:
    """Return a random program of up to ``max_qubits`` qubits and ``max_bits`` recorded bits.

    It draws from every operation: gates with conditions, unitaries, preparations, pairs, noise, readout
    errors, resets, coins, erasures, post-selection, declared outputs, saves and expectations. ``clifford``
    keeps it to Clifford gates, Pauli noise and Pauli gates on parities.
    """
    builder = _Builder(seed, max_qubits, max_bits, clifford, require)
    steps: list[tuple[float, Callable[[], None]]] = [
        (4, builder.gate), (2, builder.correction), (3, builder.entangling), (1, builder.unitary),
        (2, builder.noise), (1, builder.prepare), (3.5, builder.measure), (0.7, builder.reset),
        (0.7, builder.coin), (0.7, builder.erase), (0.7, builder.entangle), (0.7, builder.postselect),
    ]  # fmt: skip
    weights = np.array([w for w, _ in steps])
    for _ in range(operations):
        steps[int(builder.rng.choice(len(steps), p=weights / weights.sum()))][1]()
    builder.finish(saves)
    return builder.program
