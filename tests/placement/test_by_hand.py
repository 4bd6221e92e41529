"""One teleportation with every kind of noise at once, against Kraus sums written out here with numpy alone.

Sources: relaxation, Nielsen & Chuang, section 8.3.5 to 8.3.6; average fidelity from entanglement fidelity,
Nielsen, Phys. Lett. A 303, 249 (2002); Werner pairs, Werner, Phys. Rev. A 40, 4277 (1989).
"""

from functools import reduce
from itertools import product
from math import exp, sqrt

import numpy as np
import pytest

from qnetframe import Link, Network, Node, Program
from qnetframe.builtin.links import fiber_link
from qnetframe.network import GateProfile, Hardware, QubitProfile
from qnetframe.placement import place
from tests.placement.programs import state

T1, T2 = 1.2e-3, 0.9e-3
R1, D1 = 3e-3, 50e-9
R2, D2 = 1.5e-2, 400e-9
TM, TP, PE = 900e-9, 1e-6, 0.004
P10, P01 = 0.02, 0.05
KM, F = 15.0, 0.93
T = KM / 2e5

ONE, X, Y, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
H = (X + Z) / sqrt(2)
CX = np.kron(np.diag([1, 0]), ONE) + np.kron(np.diag([0, 1]), X)


def apply(kraus, rho, place_, qubits=3):
    """Apply Kraus operators to the qubits from ``place_`` on."""
    width = int(np.log2(len(kraus[0])))
    left, right = np.eye(1 << place_), np.eye(1 << (qubits - place_ - width))
    full = [np.kron(np.kron(left, k), right) for k in kraus]
    return sum(k @ rho @ k.conj().T for k in full)


def relaxed(seconds):
    gamma = 1 - exp(-seconds / T1)
    flip = (1 - exp(-seconds / T2) / sqrt(1 - gamma)) / 2
    damping = [np.diag([1, sqrt(1 - gamma)]), np.array([[0, sqrt(gamma)], [0, 0]])]
    return [a @ b for a in (sqrt(1 - flip) * ONE, sqrt(flip) * Z) for b in damping]


def depolarized(error, duration, qubits):
    """What an average infidelity leaves for depolarizing noise after the relaxation of a gate's duration."""
    dim = 2**qubits
    entanglement = ((1 + exp(-duration / T1) + 2 * exp(-duration / T2)) / 4) ** qubits
    before = (dim * entanglement + 1) / (dim + 1)
    weight = (before - (1 - error)) / (before - 1 / dim)
    strings = [reduce(np.kron, s) for s in product((ONE, X, Y, Z), repeat=qubits)]
    return [sqrt(1 - weight + weight / dim**2) * strings[0], *(sqrt(weight) / dim * s for s in strings[1:])]


def one_gate(matrix, rho, at, qubits=3):
    rho = apply([matrix], rho, at, qubits)
    return apply(depolarized(R1, D1, 1), apply(relaxed(D1), rho, at, qubits), at, qubits)


def by_hand():
    phi = np.array([1, 0, 0, 1]) / sqrt(2)
    pair = (4 * F - 1) / 3 * np.outer(phi, phi) + (1 - F) / 3 * np.eye(4)
    rho = np.kron(np.diag([1 - PE, PE]), pair)
    rho = one_gate(H, rho, 0)  # after its preparation, before the herald
    for memory, seconds in ((0, T - TP - D1), (1, T), (2, T)):
        rho = apply(relaxed(seconds), rho, memory)
    rho = apply([CX], rho, 0)
    rho = apply(relaxed(D2), apply(relaxed(D2), rho, 0), 1)
    rho = one_gate(H, apply(depolarized(R2, D2, 2), rho, 0), 0)
    # The X correction has its bit a measurement and a flight later; that of Z comes just as X ends.
    wait = D2 + TM + T
    confusion = np.array([[1 - P10, P01], [P10, 1 - P01]])
    result = np.zeros((2, 2), dtype=complex)
    for z, x, told_z, told_x in product((0, 1), repeat=4):
        bob = rho.reshape(2, 2, 2, 2, 2, 2)[z, x, :, z, x, :] * confusion[told_z, z] * confusion[told_x, x]
        bob = apply(relaxed(wait), bob, 0, 1)
        bob = one_gate(X if told_x else ONE, bob, 0, 1)
        result += one_gate(Z if told_z else ONE, bob, 0, 1)
    return result


def test_every_kind_of_noise_is_where_and_when_it_belongs():
    qubit = QubitProfile(
        t1=T1, t2=T2, prepare_error=PE, prepare_duration=TP, readout=(P10, P01), measure_duration=TM
    )
    gates = {(g, ()): GateProfile(R1, D1) for g in "hxz"} | {("cx", ()): GateProfile(R2, D2)}
    hardware = Hardware("toy", qubits=(qubit,) * 3, gates=gates)
    network = Network(
        [Node("alice", hardware), Node("bob", hardware)],
        [Link("alice", "bob", fiber_link(KM, fidelity=F), length_km=KM)],
    )
    p = Program("teleportation of |+>")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.h(psi).entangle(a, b).cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z).output().save("out", b)
    placed = place(p, network)
    hand = by_hand()
    assert np.abs(state(placed.circuit) - hand).max() < 1e-14
    assert 0.6 < hand[0, 1].real + 0.5 < 0.999  # noisy, and not lost in noise
    assert placed.timeline.latency == pytest.approx(T + D2 + TM + T + 2 * D1, abs=1e-15)
