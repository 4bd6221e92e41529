"""Programs written by hand that between them use every operation, to compare an engine with the reference.

``PROGRAMS`` are for exact runs, ``SAMPLED`` have no saves or post-selection, so that every method of sampling
takes them; of those, ``CLIFFORD`` have Clifford gates, Pauli noise and Pauli gates on parities alone. Each
value makes a fresh program. The other functions make programs of a size.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from operator import xor

import numpy as np

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    bit_flip,
    depolarizing,
    pauli,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.program.gates import GATES
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_channel, random_density_matrix, random_unitary
from qnetframe.values import ComplexArray, all_of, any_of

ANGLES = (0.7, -1.3, 0.4, 2.1)
PHI_PLUS: ComplexArray = np.array([math.sqrt(0.5), 0, 0, math.sqrt(0.5)], dtype=complex)


def werner_noise(fidelity: float) -> Channel:
    """Return the channel that makes of Φ+ the Werner state of a fidelity (Werner, PRA 40, 4277)."""
    return pauli(*((1 - fidelity) / 3,) * 3)


def teleportation(fidelity: float = 1.0) -> Program:
    """Teleport 0.6|0⟩ + 0.8i|1⟩ through a Werner pair; four branches of probability 1/4."""
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.6, 0.8j]).entangle(a, b).noise(werner_noise(fidelity), b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.save("out", b)
    return p


def every_gate() -> Program:
    """Every gate, bare and then conditional in the other order of qubits, on a state without symmetry."""
    p = Program("gates")
    qubits = p.qubits("alice", "a", "b", "c")
    p.prepare(qubits, random_unitary(np.random.default_rng(1), 8)[0])
    flag = p.coin(0.3)
    for name, gate in GATES.items():
        p.gate(name, *ANGLES[: gate.num_params], *qubits[: gate.num_qubits])
        p.gate(name, *ANGLES[: gate.num_params], *qubits[: gate.num_qubits][::-1], when=flag ^ 1)
        qubits = qubits[1:] + qubits[:1]
    p.measure(qubits[0])
    p.save("rest", *qubits[1:])
    return p


def conditions() -> Program:
    """Gates and unitaries on parities, all_of and any_of, of outcomes and coins."""
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
    """Measure in every basis again and again, with readout errors, resets, parities and a bit unused."""
    p = Program("measurements")
    a, b = p.qubits("alice", "a", "b")
    p.ry(0.9, a).cx(a, b).s(b)
    bits = [p.measure(a, "y", readout=(0.02, 0.1)), p.measure(a, "x")]
    p.h(a).reset(b).rx(0.3, b)
    for i, basis in enumerate("zxy"):
        p.u3(0.1, 0.2 * i, 0.3, a).cx(a, b)
        bits.append(p.measure(b, basis, readout=(0.02 * i, 0.13)))
    lost = p.erase(a, 0.2)
    p.output(bits[0] ^ bits[2], label="parity").output(bits[1]).output(lost)
    p.output(bits[2] ^ bits[3] ^ 1, label="odd")
    p.save("a", a)
    return p


def losses() -> Program:
    """Erasures whose heralds steer later gates, one that nobody asks about, and post-selection."""
    p = Program("losses")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    lost, toss = p.erase(a, 0.3), p.coin(0.2)
    p.ry(0.7, b, when=all_of(lost, toss ^ 1)).rx(0.5, a, when=any_of(lost ^ toss, toss))
    p.unitary(random_unitary(np.random.default_rng(1), 4), b, a, when=any_of(lost, toss))
    p.erase(b, 0.4)
    m = p.measure(b, "y")
    p.require(any_of(m, lost ^ 1)).save("a", a)
    return p


def noises() -> Program:
    """Every kind of channel on one to three qubits in any order, and preparations, late ones included."""
    rng = np.random.default_rng(3)
    p = Program("noise")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.prepare((c, a), random_density_matrix(rng, 2)).prepare(b, random_unitary(rng, 2)[0])
    for channel in (amplitude_damping(0.2), thermal_relaxation(1.0, 1.4, 0.3), random_channel(rng, 1, 3)):
        p.noise(channel, a).cx(a, b)
    p.noise(two_qubit_depolarizing(0.1), c, a).noise(random_channel(rng, 2, 3), b, c)
    m = p.measure(a, "y", readout=(0.1, 0.2))
    p.noise(Channel.from_pauli({"XYZ": 0.1, "ZIX": 0.2}), c, a, b)
    p.prepare((a, b), random_unitary(rng, 4)[0]).ch(a, c, when=m)
    p.save("ca", c, a)
    return p


def postselected() -> Program:
    """Two requirements, the second on a parity, on noisy correlated qubits."""
    p = Program("require")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.ry(0.8, a).cx(a, b).ry(0.5, b).cx(b, c).noise(depolarizing(0.1), c)
    m, n = p.measure(a), p.measure(b)
    p.require(any_of(m, n)).ry(0.2, c)
    k = p.measure(c)
    p.require(m ^ k ^ 1)
    p.save("c", c)
    return p


def purification(fidelity: float = 0.8) -> Program:
    """Bilateral CNOT of two Werner pairs, kept where the outcomes are equal (Bennett et al., PRL 76, 722)."""
    p = Program("purification")
    a1, a2 = p.qubits("alice", "a1", "a2")
    b1, b2 = p.qubits("bob", "b1", "b2")
    for a, b in ((a1, b1), (a2, b2)):
        p.entangle(a, b).noise(werner_noise(fidelity), b)
    p.cx(a1, a2).cx(b1, b2)
    x, y = p.measure(a2), p.measure(b2)
    p.require(x ^ y ^ 1).save("pair", a1, b1)
    return p


def repeater_chain(
    links: int, ends: tuple[Channel, Channel] | None = None, readout: tuple[float, float] = (0.01, 0.02)
) -> Program:
    """Swap ``links`` Φ+ pairs into one, each with a channel on its first and on its second end."""
    first, second = ends or (depolarizing(0.01), amplitude_damping(0.01))
    p = Program("chain")
    left = {i: p.qubit(f"n{i}", "l") for i in range(1, links + 1)}
    right = {i: p.qubit(f"n{i}", "r") for i in range(links)}
    for i in range(links):
        p.entangle(right[i], left[i + 1]).noise(first, right[i]).noise(second, left[i + 1])
    zs, xs = [], []
    for i in range(1, links):
        p.cx(left[i], right[i]).h(left[i])
        zs.append(p.measure(left[i], readout=readout))
        xs.append(p.measure(right[i]))
    p.x(left[links], when=reduce(xor, xs)).z(left[links], when=reduce(xor, zs))
    p.output()
    p.save("pair", right[0], left[links])
    return p


def six_by_six() -> Program:
    """Six qubits that stay alive and six bits that stay wanted: 64 branches, too wide to defer."""
    p = Program("six")
    qubits = p.qubits("alice", *"abcdef")
    for i, q in enumerate(qubits):
        p.ry(0.3 + 0.2 * i, q).noise(amplitude_damping(0.05), q)
    for i, q in enumerate(qubits):
        p.cx(q, qubits[(i + 1) % 6])
        p.ry(0.4, qubits[(i + 2) % 6], when=p.measure(q, readout=(0.01, 0.02)))
    p.save("all", *qubits)
    return p


def noisy_teleportation() -> Program:
    """Teleport with Kraus noise and asymmetric readout errors, and measure what arrives in y."""
    p = Program("noisy teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.6, 0.8j]).entangle(a, b)
    p.noise(depolarizing(0.1), a).noise(amplitude_damping(0.2), b).cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi, readout=(0.02, 0.1)), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.measure(b, "y")
    return p


def clifford_teleportation() -> Program:
    """Teleport |+i⟩ with Pauli noise, an erasure and a coin; three outputs, none of them certain."""
    p = Program("clifford teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.h(psi).s(psi).entangle(a, b).noise(depolarizing(0.2), a)
    lost, coin = p.erase(b, 0.1), p.coin(0.3)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi, readout=0.05), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z).y(b, when=coin)
    out = p.measure(b, "y")
    p.output(out).output(m_z ^ out).output(lost)
    return p


def noiseless() -> Program:
    """Correlated outcomes without noise, some of them impossible."""
    p = Program("noiseless")
    a, b = p.qubits("alice", "a", "b")
    p.ry(0.8, a).cx(a, b).ch(a, b)
    m, n = p.measure(a), p.measure(b)
    p.output(n).output(m ^ n).output(m)
    return p


def constant() -> Program:
    """One output that is 1 whatever is measured."""
    p = Program("constant")
    m = p.measure(p.qubit("alice", "q"))
    p.output(m ^ m ^ 1, label="one")
    return p


def there_and_back(number: int) -> Program:
    """Gates along a chain, forth and back: every measurement waits for every qubit, so none can be reused.

    The way back undoes the chain: the first bit is fair, and each other is 1 with probability 0.01.
    """
    p = Program("wide")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(number)))
    p.h(qubits[0])
    for a, b in pairwise(qubits):
        p.cx(a, b).t(b).noise(bit_flip(0.01), b)
    for a, b in reversed(list(pairwise(qubits))):
        p.cx(a, b)
    for q in qubits:
        p.measure(q)
    return p


Makers = dict[str, Callable[[], Program]]

PROGRAMS: Makers = {
    make.__name__: make
    for make in (
        teleportation, every_gate, conditions, measurements, losses, noises, postselected, purification,
    )
}  # fmt: skip
CLIFFORD: Makers = {make.__name__: make for make in (clifford_teleportation, constant)}
SAMPLED: Makers = {**CLIFFORD, "noisy_teleportation": noisy_teleportation, "noiseless": noiseless}
