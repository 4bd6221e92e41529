"""Exact branches of Cirq against closed forms and against the reference backend, to 1e-9."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pytest

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import (
    Channel,
    amplitude_damping,
    depolarizing,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.errors import UnsupportedError
from qnetframe.program.branches import Segment, branches_by_cutting
from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import Gate, Noise, Reset, Unitary, freeze
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import (
    random_channel,
    random_density_matrix,
    random_program,
    random_unitary,
)
from qnetframe.values import Branch, all_of, any_of
from qnetframe_cirq import cirq
from qnetframe_cirq.translate import ChannelGate, evolve

TOLERANCE = 1e-9
ANGLES = (0.7, -1.3, 0.4, 2.1)


def assert_same(ours: list[Branch], theirs: list[Branch]) -> None:
    first = {b.outputs: b for b in ours if b.probability > 1e-10}
    second = {b.outputs: b for b in theirs if b.probability > 1e-10}
    assert first.keys() == second.keys()
    for key, branch in first.items():
        other = second[key]
        assert branch.probability == pytest.approx(other.probability, abs=TOLERANCE)
        assert (branch.state is None) == (other.state is None)
        if branch.state is not None:
            assert np.abs(branch.probability * (branch.state - other.state)).max() < TOLERANCE


def assert_agrees(circuit: Circuit) -> list[Branch]:
    branches = cirq().compile(circuit).exact()
    assert_same(branches, ReferenceBackend().compile(circuit).exact())
    return branches


def teleportation() -> Program:
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.6, 0.8j])
    p.entangle(a, b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.save("out", b)
    return p


def every_gate() -> Program:
    p = Program("gates")
    qubits = p.qubits("alice", "a", "b", "c")
    p.prepare(qubits, random_unitary(np.random.default_rng(1), 8)[0])
    for name, definition in GATES.items():
        p.gate(name, *ANGLES[: definition.num_params], *qubits[: definition.num_qubits])
        qubits = qubits[1:] + qubits[:1]
    p.measure(qubits[0])
    p.save("rest", *qubits[1:])
    return p


def conditions() -> Program:
    rng = np.random.default_rng(2)
    p = Program("conditions")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).ry(1.1, b).h(c)
    m, n = p.measure(a), p.measure(b, "x", readout=(0.03, 0.08))
    coin = p.coin(0.3)
    p.ry(0.4, a, when=m ^ n ^ 1)
    p.cx(a, c, when=all_of(m, coin)).unitary(random_unitary(rng, 4), b, c, when=any_of(n, coin ^ m))
    p.cu(*ANGLES, b, c, when=coin)
    p.save("s", a, b, c)
    return p


def measurements() -> Program:
    p = Program("measurements")
    a, b = p.qubits("alice", "a", "b")
    p.ry(0.9, a).cx(a, b).s(b)
    first = p.measure(a, "y", readout=(0.02, 0.1))
    second = p.measure(a, "x")
    p.h(a).reset(b).rx(0.3, b)
    third, lost = p.measure(b, "z", readout=0.05), p.erase(a, 0.2)
    p.output(first ^ third, label="parity").output(second).output(lost)
    p.save("a", a)
    return p


def noises() -> Program:
    rng = np.random.default_rng(3)
    p = Program("noise")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.prepare((a, b), random_density_matrix(rng, 2)).h(c)
    for channel in (amplitude_damping(0.2), thermal_relaxation(1.0, 1.4, 0.3), random_channel(rng, 1, 3)):
        p.noise(channel, a).cx(a, b)
    p.noise(two_qubit_depolarizing(0.1), c, a).noise(random_channel(rng, 2, 3), b, c)
    p.noise(Channel.from_pauli({"XYZ": 0.1, "ZIX": 0.2}), c, a, b)
    p.measure(a)
    p.save("bc", c, b)
    return p


def postselected() -> Program:
    p = Program("require")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.ry(0.8, a).cx(a, b).ry(0.5, b).cx(b, c).noise(depolarizing(0.1), c)
    m, n = p.measure(a), p.measure(b)
    p.require(any_of(m, n)).ry(0.2, c)
    k = p.measure(c)
    p.require(m ^ k ^ 1)
    p.save("c", c)
    return p


def chain(links: int) -> Program:
    p = Program("chain")
    left = {i: p.qubit(f"n{i}", "l") for i in range(1, links + 1)}
    right = {i: p.qubit(f"n{i}", "r") for i in range(links)}
    for i in range(links):
        p.entangle(right[i], left[i + 1])
        p.noise(depolarizing(0.01), right[i]).noise(amplitude_damping(0.01), left[i + 1])
    zs, xs = [], []
    for i in range(1, links):
        p.cx(left[i], right[i]).h(left[i])
        zs.append(p.measure(left[i], readout=(0.01, 0.02)))
        xs.append(p.measure(right[i]))
    p.x(left[links], when=reduce(lambda a, b: a ^ b, xs)).z(left[links], when=reduce(lambda a, b: a ^ b, zs))
    p.output()
    p.save("pair", right[0], left[links])
    return p


def six_by_six() -> Program:
    """Six qubits that stay alive and six bits that stay wanted: too wide to defer."""
    p = Program("six")
    qubits = p.qubits("alice", *"abcdef")
    for i, q in enumerate(qubits):
        p.ry(0.3 + 0.2 * i, q).noise(amplitude_damping(0.05), q)
    bits = []
    for i, q in enumerate(qubits):
        p.cx(q, qubits[(i + 1) % 6])
        bits.append(p.measure(q, readout=(0.01, 0.02)))
        p.ry(0.4, qubits[(i + 2) % 6], when=bits[-1])
    p.save("all", *qubits)
    return p


PROGRAMS = (teleportation, every_gate, conditions, measurements, noises, postselected)


@pytest.mark.parametrize("make", PROGRAMS)
def test_branches_equal_the_reference(make):
    assert_agrees(make().circuit())


def test_teleportation_gives_the_state_in_every_branch():
    branches = cirq().compile(teleportation().circuit()).exact()
    assert [b.outputs for b in branches] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for branch in branches:
        assert branch.probability == pytest.approx(0.25, abs=1e-12)
        assert np.abs(branch.state - [[0.36, -0.48j], [0.48j, 0.64]]).max() < 1e-12


@pytest.mark.parametrize("links", [2, 12])
def test_chain_equals_the_reference(links):
    assert_agrees(chain(links).circuit())


def test_a_circuit_too_wide_to_defer_is_cut():
    circuit = six_by_six().circuit()
    assert not footprint(circuit).defers
    assert len(assert_agrees(circuit)) == 64


@pytest.mark.parametrize("make", PROGRAMS)
def test_cutting_equals_the_reference(make):
    circuit = make().circuit()
    assert_same(branches_by_cutting(circuit, evolve), ReferenceBackend().compile(circuit).exact())


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_equal_the_reference(seed):
    circuit = random_program(seed, clifford=seed % 4 == 0).circuit()
    reference = assert_agrees(circuit)
    if seed < 10:
        assert_same(branches_by_cutting(circuit, evolve), reference)


@pytest.mark.parametrize("name", GATES)
def test_each_gate_acts_on_its_qubits_in_order(name):
    definition = GATES[name]
    params, targets = ANGLES[: definition.num_params], ("c", "a", "b")[: definition.num_qubits]
    rho = random_density_matrix(np.random.default_rng(5), 3)
    order = [*targets, *(q for q in "abc" if q not in targets)]
    axes = ["abc".index(q) for q in order]
    permuted = rho.reshape((2,) * 6).transpose([*axes, *(3 + i for i in axes)]).reshape(8, 8)
    full = np.kron(gate_matrix(name, params), np.eye(1 << (3 - definition.num_qubits)))
    back = np.argsort(axes)
    expected = (full @ permuted @ full.conj().T).reshape((2,) * 6).transpose([*back, *(3 + i for i in back)])
    (found,) = evolve([Segment(("a", "b", "c"), (Gate(name, targets, params),), rho)])
    assert np.abs(found - expected.reshape(8, 8)).max() < 1e-12


@pytest.mark.parametrize("scale", [1.0, 1e-14, 1e-200])
def test_evolution_is_linear_down_to_tiny_branches(scale):
    # Rounding leaves a branch of tiny probability neither positive nor of the right trace.
    rho = np.array([[1.1, 0.3j], [-0.3j, -0.1]]) * scale
    h = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    damping = amplitude_damping(0.3)
    body = (Gate("h", ("a",)), Noise(("a",), damping), Unitary(("a",), freeze(h)))
    found = evolve([Segment(("a",), body, rho), Segment(("a",), (Reset("a"),), rho), Segment((), (), None)])
    assert np.abs(found[0] - h @ damping.apply(h @ rho @ h) @ h).max() < 1e-12 * scale
    assert np.abs(found[1] - [[scale, 0], [0, 0]]).max() < 1e-12 * scale
    assert found[2].tolist() == [[1]]


def test_a_long_chain_keeps_its_trace():
    # Cirq's own simulate() multiplies rounding errors at every reset and overflows here.
    (branch,) = cirq().compile(chain(60).circuit()).exact()
    assert branch.probability == pytest.approx(1, abs=1e-12)


def test_numbers_are_double_precision():
    p = Program("double")
    q = p.qubit("alice", "q")
    p.prepare(q, [math.cos(1e-5), math.sin(1e-5)]).measure(q)
    small = cirq().compile(p.circuit()).exact()[1].probability
    assert small == pytest.approx(math.sin(1e-5) ** 2, rel=1e-9)


def test_channels_are_gates_that_compare_and_hash():
    first, second = ChannelGate(amplitude_damping(0.2)), ChannelGate(amplitude_damping(0.2))
    assert first == second and hash(first) == hash(second) and first != ChannelGate(amplitude_damping(0.3))
    assert first != "channel"


def test_too_many_branches_are_refused():
    with pytest.raises(UnsupportedError, match="max_branches=63"):
        cirq(max_branches=63).compile(six_by_six().circuit()).exact()
    assert len(cirq(max_branches=64).compile(six_by_six().circuit()).exact()) == 64
