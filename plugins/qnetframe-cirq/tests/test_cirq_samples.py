"""Samples of both Cirq methods against exact probabilities, seeds, and the choice of method.

Each comparison is a G-test at a false-alarm rate of 1e-6, with a fixed seed.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import amplitude_damping, bit_flip, depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_program
from qnetframe.values import Samples
from qnetframe_cirq import cirq

FALSE_ALARM = 1e-6
METHODS = ("density_matrix", "trajectories")
SHOTS = {"density_matrix": 5000, "trajectories": 1500}


def assert_distributed(samples: Samples, circuit: Circuit) -> None:
    expected = {b.outputs: b.probability for b in ReferenceBackend().compile(circuit).exact()}
    counts, shots = samples.counts(), samples.shots
    assert counts.keys() <= expected.keys(), "an impossible outcome was sampled"
    # Cells that are rarely hit go together, so that the statistic is chi-square.
    cells = [(counts.get(k, 0), shots * p) for k, p in expected.items() if shots * p >= 8]
    rest = shots - sum(e for _, e in cells)
    if rest >= 8:
        cells.append((shots - sum(c for c, _ in cells), rest))
    if len(cells) > 1:
        statistic = 2 * sum(c * np.log(c / e) for c, e in cells if c)
        assert statistic < chi2.isf(FALSE_ALARM, len(cells) - 1)


def teleportation() -> Circuit:
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.6, 0.8j])
    p.entangle(a, b)
    p.noise(depolarizing(0.1), a).noise(amplitude_damping(0.2), b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi, readout=(0.02, 0.1)), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.measure(b, "y")
    return p.circuit()


def clifford_teleportation() -> Circuit:
    p = Program("clifford")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.h(psi).s(psi)
    p.entangle(a, b)
    p.noise(depolarizing(0.2), a)
    lost = p.erase(b, 0.1)
    coin = p.coin(0.3)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi, readout=0.05), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z).y(b, when=coin)
    out = p.measure(b, "y")
    p.output(out).output(m_z ^ out).output(lost)
    return p.circuit()


def there_and_back(number: int) -> Circuit:
    """A chain of gates forth and back: every measurement waits for every qubit, so none can be reused."""
    p = Program("wide")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(number)))
    p.h(qubits[0])
    for a, b in pairwise(qubits):
        p.cx(a, b).t(b).noise(bit_flip(0.01), b)
    for a, b in reversed(list(pairwise(qubits))):
        p.cx(a, b)
    for q in qubits:
        p.measure(q)
    return p.circuit()


@pytest.mark.parametrize("make", [teleportation, clifford_teleportation])
@pytest.mark.parametrize("method", METHODS)
def test_teleportation_is_sampled_right(method, make):
    circuit = make()
    samples = cirq(method).compile(circuit).sample(SHOTS[method], seed=11)
    assert samples.labels == tuple(o.label for o in circuit.outputs)
    assert samples.method == ("exact" if method == "density_matrix" else "trajectories")
    assert_distributed(samples, circuit)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", METHODS)
def test_random_programs_are_sampled_right(method, seed):
    circuit = random_program(seed, max_qubits=4, saves=False, require=False).circuit()
    assert_distributed(cirq(method).compile(circuit).sample(500, seed=seed), circuit)


@pytest.mark.parametrize("method", METHODS)
def test_noiseless_circuits_are_sampled_right(method):
    p = Program("noiseless")
    a, b = p.qubits("alice", "a", "b")
    p.ry(0.8, a).cx(a, b).ch(a, b)
    m, n = p.measure(a), p.measure(b)
    p.output(n).output(m ^ n)
    assert_distributed(cirq(method).compile(p.circuit()).sample(4000, seed=3), p.circuit())


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides_the_numbers(method):
    executable = cirq(method).compile(clifford_teleportation())
    first, second = executable.sample(300, seed=5), executable.sample(300, seed=5)
    again = cirq(method).compile(clifford_teleportation()).sample(300, seed=5)
    assert (first.bits() == second.bits()).all()
    assert (first.bits() == again.bits()).all()
    # Equal by chance with probability below 2**-100: three bits, each far from certain, 300 times.
    assert (first.bits() != executable.sample(300, seed=6).bits()).any()


@pytest.mark.parametrize("method", METHODS)
def test_outputs_without_randomness(method):
    p = Program("constant")
    q = p.qubit("alice", "q")
    m = p.measure(q)
    p.output(m ^ m ^ 1, label="one")
    assert cirq(method).compile(p.circuit()).sample(7, seed=1).counts() == {(1,): 7}


# ---- the choice of method -------------------------------------------------------------------------


def test_automatic_takes_the_table_while_it_is_small():
    assert cirq().compile(teleportation()).sample_method.method == "density_matrix"
    wide = cirq().compile(there_and_back(13))
    assert (wide.exact_method, wide.sample_method.method) == (None, "trajectories")


def test_trajectories_of_a_wide_circuit_are_right():
    bits = cirq().compile(there_and_back(13)).sample(60, seed=2).bits()
    # The way back undoes the chain, so that every bit but the first is 1 where its own flip of 0.01
    # happened: 7.2 of 720 expected, more than 25 with probability below 1e-7. The first bit is fair.
    assert bits[:, 1:].sum() <= 25
    assert 8 <= bits[:, 0].sum() <= 52


def test_too_wide_is_refused_with_the_width_and_the_limit():
    with pytest.raises(UnsupportedError, match=r"cirq.*trajectories takes at most 20 qubits .* needs 21"):
        cirq().compile(there_and_back(21))
    with pytest.raises(UnsupportedError, match=r"cirq.*density_matrix takes at most 11 .* needs 12"):
        cirq("density_matrix").compile(there_and_back(12))


def test_too_many_branches_are_not_tabulated():
    p = Program("many")
    q = p.qubit("alice", "q")
    for _ in range(13):
        p.ry(0.3, q).measure(q)
    with pytest.raises(UnsupportedError, match=r"density_matrix samples from all branches, here up to 2\^13"):
        cirq("density_matrix").compile(p.circuit()).sample(10, seed=1)
    assert cirq().compile(p.circuit()).sample_method.method == "trajectories"


def test_trajectories_refuse_exact():
    with pytest.raises(UnsupportedError, match="exactly"):
        cirq("trajectories").compile(teleportation()).exact()


def test_require_is_the_hosts_business_when_sampling():
    p = Program("require")
    q = p.qubit("alice", "q")
    p.h(q).require(p.measure(q))
    with pytest.raises(UnsupportedError, match="require"):
        cirq().compile(p.circuit()).sample(10, seed=1)


@pytest.mark.parametrize("options", [{"method": "clifford"}, {"max_branches": 0}, {"max_branches": "many"}])
def test_options_are_checked(options):
    with pytest.raises(InvalidInputError, match="cirq"):
        cirq(**options)
