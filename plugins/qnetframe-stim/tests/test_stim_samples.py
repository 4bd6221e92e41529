"""Stim's samples against the reference's exact distribution.

Every cell of every distribution, and every output by itself, is tested with exact binomial tails. The level
is 1e-6 for all tests of a run of this file together (Bonferroni), and the seeds are fixed.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from qnetframe.channels import Channel, bit_flip, dephasing, depolarizing, pauli, two_qubit_depolarizing
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import CLIFFORD_GATES, GATES
from qnetframe.program.operations import Gate, Measure, Operation, recorded_bit
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_sampled
from qnetframe.testing.random_programs import random_program
from qnetframe.values import Parity
from qnetframe_stim import stim_backend

SHOTS = 40_000
FALSE_ALARMS = 1e-6
RANDOM_PROGRAMS = 60
# An upper bound of how many circuits this file compares (checked below), for the Bonferroni correction.
MOST_CIRCUITS = 200


def assert_agrees(circuit: Circuit, seed: int = 11) -> None:
    assert_sampled(stim_backend(), circuit, SHOTS, seed, FALSE_ALARMS / MOST_CIRCUITS)


def teleportation(state: list[complex]) -> Program:
    p = Program("teleportation")
    psi, a, b = p.qubits("alice", "psi", "a", "b")
    phi = np.array([1, 0, 0, 1]) / math.sqrt(2)
    p.prepare(psi, state).prepare((a, b), 0.8 * np.outer(phi, phi) + 0.2 * np.eye(4) / 4)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi, readout=(0.02, 0.02)), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    for basis in "zxy":
        p.measure(b, basis)
    return p


def gates() -> Program:
    p = Program("gates")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b).s(c)
    for name in sorted(CLIFFORD_GATES) * 2:
        p.gate(name, *(c, a, b)[: GATES[name].num_qubits]).noise(pauli(0.02, 0.01, 0.03), b)
    p.s(b).sx(a).h(c)
    for q, basis in ((a, "y"), (b, "x"), (c, "z")):
        p.measure(q, basis)
    return p


def one_gate(name: str, basis: str) -> Program:
    """Put half of two entangled pairs through a gate, which makes the outcome tell its whole action."""
    number = GATES[name].num_qubits
    p = Program(name)
    system = p.qubits("alice", *(f"s{i}" for i in range(number)))
    partner = p.qubits("alice", *(f"r{i}" for i in range(number)))
    for s, r in zip(system, partner, strict=True):
        p.h(s).cx(s, r)
    p.gate(name, *system)
    for i, q in enumerate((*system, *partner)):
        p.measure(q, "zxy"[("zxy".index(basis) + i) % 3])
    return p


def conditions() -> Program:
    p = Program("conditions")
    a, b, c = p.qubits("alice", "a", "b", "c")
    toss, other = p.coin(0.3), p.coin(0.85)
    p.h(a)
    m = p.measure(a)
    p.x(b, when=toss ^ m ^ 1).h(c).z(c, when=m).y(c, when=toss ^ other).id(c, when=m)
    p.y(c, when=m ^ m ^ 1).h(c).x(b, when=m ^ m)
    first, second = p.measure(b), p.measure(c)
    p.output(toss, label="toss").output(other ^ toss, label="both").output(m ^ first ^ 1, label="flip")
    p.output(second, label="second").output(first ^ second ^ m ^ toss, label="many")
    return p


def noises() -> Program:
    p = Program("noises")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b).h(c).noise(bit_flip(0.1), a).noise(dephasing(0.2), c).noise(pauli(0.0, 0.07, 0.0), b)
    p.noise(two_qubit_depolarizing(0.2), b, c).noise(Channel.from_pauli({"XZ": 0.1, "IY": 0.05}), c, a)
    p.noise(depolarizing(0.15), a).noise(
        Channel([np.eye(2) * math.sqrt(0.8), np.diag([1, -1]) * math.sqrt(0.2)]), a
    )
    p.cx(a, b).h(a).h(c)
    for q in (a, b, c):
        p.measure(q)
    return p


def wide_noise(weights: dict[str, float]) -> Program:
    p = Program("wide-noise")
    qubits = p.qubits("alice", "a", "b", "c", "d")
    for q in qubits[:2]:
        p.h(q)
    p.noise(Channel.from_pauli(weights), *(qubits[i] for i in (2, 0, 3, 1)))
    for q in qubits[:2]:
        p.h(q)
    for q in qubits:
        p.measure(q)
    return p


def losses() -> Program:
    p = Program("losses")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    lost = p.erase(a, 0.3)
    p.x(b, when=lost)
    p.measure(a, "x"), p.measure(b, "x")
    p.reset(a).x(a)
    p.erase(a, 0.6)
    p.measure(a, readout=(0.1, 0.1))
    p.measure(a, "y", readout=(0.05, 0.05))
    p.measure(a, "y")
    p.reset(a)
    p.measure(a)
    return p


def preparations() -> Program:
    p = Program("preparations")
    qubits = p.qubits("alice", *"abcdef")
    r = 1 / math.sqrt(2)
    for q, state in zip(qubits, ([1, 0], [0, 1], [r, r], [r, -r], [r, 1j * r], [r, -1j * r]), strict=True):
        p.h(q).prepare(q, state)
    for q, basis in zip(qubits, "zzxxyy", strict=True):
        p.measure(q, basis)
    p.prepare(qubits[0], [[0.7, 0], [0, 0.3]]).prepare(qubits[1], [[0.5, -0.4j], [0.4j, 0.5]])
    p.measure(qubits[0]), p.measure(qubits[1], "y")
    bell = np.array([0, r, -r, 0])
    p.prepare(qubits[2:4], np.outer(bell, bell))
    p.measure(qubits[2], "x"), p.measure(qubits[3], "x")
    return p


WRITTEN = [
    *(teleportation(s) for s in ([1, 0], [0.5**0.5, 0.5**0.5], [0.5**0.5, -1j * 0.5**0.5])),
    *(one_gate(name, basis) for name in sorted(CLIFFORD_GATES) for basis in "zxy"),
    gates(),
    conditions(),
    noises(),
    wide_noise({"XYZX": 0.3, "IZIX": 0.2, "ZZZZ": 0.1, "YIII": 0.15}),
    wide_noise({"XXXX": 0.5, "ZXIY": 0.25, "YYII": 0.25}),
    losses(),
    preparations(),
]


@pytest.mark.parametrize("program", WRITTEN, ids=lambda p: p.name)
def test_written_programs(program):
    assert_agrees(program.circuit())


def random_circuit(seed: int) -> Circuit:
    """Return a random program with Pauli feed-forward all through it and every qubit measured at the end."""
    circuit = random_program(
        seed, max_qubits=4, max_bits=4, operations=24, clifford=True, saves=False, require=False
    ).circuit()
    rng = np.random.default_rng(seed)
    operations: list[Operation] = []
    bits: list[str] = []
    for operation in circuit.operations:
        operations.append(operation)
        bits += [b for b in [recorded_bit(operation)] if b is not None]
        if bits and rng.random() < 0.4:
            chosen = tuple(b for b in bits if rng.random() < 0.5)
            qubit = circuit.qubits[int(rng.integers(len(circuit.qubits)))]
            gate = "xyz"[int(rng.integers(3))]
            operations.append(Gate(gate, (qubit,), when=Parity(chosen, int(rng.integers(2)))))
    operations += [Measure(q, f"end:{q}", "zxy"[int(rng.integers(3))]) for q in circuit.qubits]
    return Circuit(circuit.qubits, tuple(operations))


@pytest.mark.parametrize("seed", range(RANDOM_PROGRAMS))
def test_random_programs(seed):
    assert_agrees(random_circuit(seed), seed)


def test_the_number_of_circuits_is_within_the_correction():
    assert len(WRITTEN) + RANDOM_PROGRAMS <= MOST_CIRCUITS
