"""Exact branches of QuTiP against closed forms and against the reference backend."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import Channel, amplitude_damping, depolarizing, thermal_relaxation
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.branches import branches_by_cutting
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES
from qnetframe.program.operations import Gate, Save
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import (
    random_channel,
    random_density_matrix,
    random_program,
    random_unitary,
)
from qnetframe.values import Branch, all_of, any_of
from qnetframe_qutip import qutip_backend
from qnetframe_qutip.evolution import evolve

TOLERANCE = 1e-9
PHI_PLUS = np.array([1, 0, 0, 1]) / math.sqrt(2)


def exact(circuit: Circuit) -> list[Branch]:
    return qutip_backend().compile(circuit).exact()


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


def assert_agrees(program: Program) -> None:
    circuit = program.circuit()
    reference = ReferenceBackend().compile(circuit).exact()
    assert_same(exact(circuit), reference)
    assert_same(branches_by_cutting(circuit, evolve), reference)


def werner(fidelity: float) -> np.ndarray:
    return (4 * fidelity - 1) / 3 * np.outer(PHI_PLUS, PHI_PLUS) + (1 - fidelity) / 3 * np.eye(4)


def teleportation(pair: np.ndarray) -> Program:
    p = Program("teleportation")
    psi, a, b = p.qubits("alice", "psi", "a", "b")
    p.prepare(psi, [0.8, 0.6j]).prepare((a, b), pair)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.save("out", b)
    return p


def all_gates() -> Program:
    p = Program("gates")
    qubits = p.qubits("alice", "a", "b", "c")
    flag = p.coin(0.3)
    for i, (name, gate) in enumerate(sorted(GATES.items())):
        order = [qubits[(i + j) % 3] for j in range(3)][: gate.num_qubits]
        angles = [0.2 + 0.3 * i + j for j in range(gate.num_params)]
        p.gate(name, *angles, *order)
        p.gate(name, *angles, *reversed(order), when=flag ^ 1)
    p.save("all", *qubits)
    return p


def measurements() -> Program:
    p = Program("measurements")
    a, b = p.qubits("alice", "a", "b")
    bits = []
    for i, basis in enumerate("zxyxz"):
        p.ry(0.4 + i, a).cx(a, b)
        bits.append(p.measure(a, basis, readout=(0.02 * (i + 1), 0.13)))
        p.u3(0.1, 0.2 * i, 0.3, a)
    p.reset(b).h(b)
    bits.append(p.measure(b, "x", readout=(0.1, 0.0)))
    p.output(bits[0] ^ bits[2], label="u").output(bits[1] ^ bits[3] ^ bits[4] ^ 1, label="v")
    p.output(bits[5], label="w")
    p.save("after", a)
    return p


def losses() -> Program:
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
    rng = np.random.default_rng(2)
    p = Program("noises")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.prepare((c, a), random_density_matrix(rng, 2)).prepare(b, random_unitary(rng, 2)[0])
    p.noise(amplitude_damping(0.2), a).noise(thermal_relaxation(1.0, 1.5, 0.3), c)
    p.noise(random_channel(rng, 2, rank=4), c, b).noise(depolarizing(0.1), b)
    m = p.measure(a, "y", readout=(0.1, 0.2))
    p.noise(Channel.from_pauli({"XYZ": 0.2, "ZZI": 0.3}), b, c, a)
    p.prepare((a, b), random_unitary(rng, 4)[0]).ch(a, c, when=m)
    p.save("rest", c, a)
    return p


def post_selected() -> Program:
    p = Program("purification")
    qubits = p.qubits("alice", "a1", "a2", "b1", "b2")
    a1, a2, b1, b2 = qubits
    p.prepare((a1, b1), werner(0.8)).prepare((a2, b2), werner(0.8))
    p.cx(a1, a2).cx(b1, b2)
    x, y = p.measure(a2), p.measure(b2)
    p.require(x ^ y ^ 1).save("pair", a1, b1)
    return p


@pytest.mark.parametrize(
    "make", [lambda: teleportation(werner(0.9)), all_gates, measurements, losses, noises, post_selected]
)
def test_branches_equal_the_reference(make):
    assert_agrees(make())


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_equal_the_reference(seed):
    assert_agrees(random_program(seed, max_qubits=5, max_bits=5, operations=16))


def test_the_paths_of_the_host_are_both_taken():
    from qnetframe.program.footprint import footprint

    sizes = [
        footprint(random_program(s, max_qubits=5, max_bits=5, operations=16).circuit()) for s in range(40)
    ]
    assert any(s.defers for s in sizes) and any(not s.defers for s in sizes)


def test_teleportation_through_a_werner_pair():
    target = np.array([0.8, 0.6j])
    branches = exact(teleportation(werner(0.9)).circuit())
    assert [b.outputs for b in branches] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for branch in branches:
        assert branch.probability == pytest.approx(0.25, abs=TOLERANCE)
        # (2 F + 1) / 3 for every input: a Werner pair is a depolarizing channel.
        assert (target.conj() @ branch.state @ target).real == pytest.approx(2.8 / 3, abs=TOLERANCE)


def test_purification_of_two_werner_pairs():
    # Bennett et al., Phys. Rev. Lett. 76, 722 (1996), equation 7: F = .8, bilateral CNOT and equal outcomes.
    f, g = 0.8, 0.2 / 3
    success = f**2 + 2 * f * g + 5 * g**2
    branches = exact(post_selected().circuit())
    assert math.fsum(b.probability for b in branches) == pytest.approx(success, abs=TOLERANCE)
    weighted = sum(b.probability * (PHI_PLUS @ b.state @ PHI_PLUS).real for b in branches)
    assert weighted / success == pytest.approx((f**2 + g**2) / success, abs=TOLERANCE)


def test_readout_and_order_of_outputs():
    p = Program("order")
    a, b = p.qubits("alice", "a", "b")
    p.x(b)
    p.measure(a, readout=(0.1, 0.4))
    p.measure(b, readout=(0.1, 0.4))
    p.save("kept", b, a)
    found = {branch.outputs: branch for branch in exact(p.circuit())}
    wanted = {(0, 0): 0.9 * 0.4, (0, 1): 0.9 * 0.6, (1, 0): 0.1 * 0.4, (1, 1): 0.1 * 0.6}
    assert {k: v.probability for k, v in found.items()} == pytest.approx(wanted, abs=TOLERANCE)
    assert found[(0, 1)].state[1, 1].real == pytest.approx(1, abs=TOLERANCE)  # |a b> = |01>


def test_a_long_chain_is_exact_and_its_fidelity_is_known():
    links, pair = 12, werner(0.98)
    p = Program("chain")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(2 * links)))
    for i in range(links):
        p.prepare(qubits[2 * i : 2 * i + 2], pair)
    x, z = [], []
    for i in range(1, 2 * links - 1, 2):
        p.cx(qubits[i], qubits[i + 1]).h(qubits[i])
        z.append(p.measure(qubits[i]))
        x.append(p.measure(qubits[i + 1]))
    for bits, correct in ((x, p.x), (z, p.z)):
        total = bits[0] ^ 0
        for bit in bits[1:]:
            total = total ^ bit
        correct(qubits[-1], when=total)
    p.output(x[0], label="x0").save("pair", qubits[0], qubits[-1])
    branches = exact(p.circuit())
    fidelity = sum(b.probability * (PHI_PLUS @ b.state @ PHI_PLUS).real for b in branches)
    # Swapping multiplies Werner parameters w = (4 F - 1) / 3.
    assert fidelity == pytest.approx((3 * ((4 * 0.98 - 1) / 3) ** links + 1) / 4, abs=TOLERANCE)


def test_samples_follow_the_branches_and_the_seed():
    executable = qutip_backend().compile(measurements().circuit().replace(outputs=None))
    bare = Circuit(
        executable.circuit.qubits,
        tuple(o for o in executable.circuit.operations if not isinstance(o, Save)),
        executable.circuit.outputs,
    )
    executable = qutip_backend().compile(bare)
    first, second = executable.sample(20_000, seed=5), executable.sample(20_000, seed=5)
    assert first.labels == tuple(o.label for o in bare.outputs)
    assert np.array_equal(first.bits(), second.bits())
    assert not np.array_equal(first.bits(), executable.sample(20_000, seed=6).bits())
    counts = first.counts()
    for branch in executable.exact():
        p = branch.probability
        # Six standard deviations: a false alarm in fewer than 2e-9 of the cells (normal tail).
        allowed = 6 * math.sqrt(20_000 * p * (1 - p)) + 6
        assert abs(counts.get(branch.outputs, 0) - 20_000 * p) < allowed


def test_refusals():
    qubits = tuple(f"q{i}" for i in range(10))
    wide = Circuit(
        qubits,
        (Gate("h", qubits[:1]), *(Gate("cx", qubits[i : i + 2]) for i in range(9)), Save("all", qubits)),
    )
    with pytest.raises(UnsupportedError, match="10 qubits alive at once and qutip takes 9"):
        qutip_backend().compile(wide)
    with pytest.raises(InvalidInputError, match="max_branches is 0"):
        qutip_backend(max_branches=0)
    p = Program("branches")
    for q in p.qubits("alice", *(f"q{i}" for i in range(12))):
        p.h(q)
        p.measure(q)
    with pytest.raises(UnsupportedError, match="max_branches=100"):
        qutip_backend(max_branches=100).compile(p.circuit()).exact()
    executable = qutip_backend().compile(teleportation(werner(1)).circuit())
    for shots, seed in ((0, 1), (-3, 1), (10, -1)):
        with pytest.raises(InvalidInputError, match=r"it must be at least"):
            executable.sample(shots, seed)
