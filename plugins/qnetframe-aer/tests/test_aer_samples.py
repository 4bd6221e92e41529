"""Samples of every Aer method against exact probabilities, seeds, and the choice of method.

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
from qnetframe.values import Samples, all_of
from qnetframe_aer import aer

FALSE_ALARM = 1e-6
METHODS = ("density_matrix", "statevector", "matrix_product_state")


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


def ghz(number: int, noise: bool = True, gate: str = "s") -> Circuit:
    p = Program("ghz")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(number)))
    p.h(qubits[0])
    for a, b in pairwise(qubits):
        p.cx(a, b)
    p.gate(gate, qubits[0])
    for q in qubits:
        if noise:
            p.noise(bit_flip(0.01), q)
    for q in qubits:
        p.measure(q)
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


@pytest.mark.parametrize("method", METHODS)
def test_teleportation_is_sampled_right(method):
    circuit = teleportation()
    samples = aer(method).compile(circuit).sample(5000, seed=11)
    assert samples.labels == tuple(o.label for o in circuit.outputs)
    assert samples.method == ("native" if method == "density_matrix" else "trajectories")
    assert_distributed(samples, circuit)


@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_clifford_teleportation_is_sampled_right(method):
    circuit = clifford_teleportation()
    assert_distributed(aer(method).compile(circuit).sample(5000, seed=12), circuit)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_random_programs_are_sampled_right(method, seed):
    program = random_program(seed, max_qubits=4, clifford=method == "stabilizer", saves=False, require=False)
    circuit = program.circuit()
    assert_distributed(aer(method).compile(circuit).sample(2000, seed=seed), circuit)


@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_noiseless_circuits_are_sampled_right(method):
    circuit = ghz(4, noise=False)
    samples = aer(method).compile(circuit).sample(1000, seed=3)
    assert set(samples.counts()) == {(0,) * 4, (1,) * 4}
    assert_distributed(samples, circuit)


@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_the_seed_decides_the_numbers(method):
    executable = aer(method).compile(clifford_teleportation())
    first, second = executable.sample(300, seed=5), executable.sample(300, seed=5)
    again = aer(method).compile(clifford_teleportation()).sample(300, seed=5)
    assert (first.bits() == second.bits()).all()
    assert (first.bits() == again.bits()).all()
    # Equal by chance with probability below 2**-100: three bits, each far from certain, 300 times.
    assert (first.bits() != executable.sample(300, seed=6).bits()).any()


def test_shots_come_in_random_order():
    bits = aer().compile(ghz(2, noise=False)).sample(4000, seed=9).bits()[:, 0]
    # Independent fair bits change value 2000 ± 32 times; sorted ones once.
    assert abs(int((bits[1:] != bits[:-1]).sum()) - 2000) < 200


def test_outputs_without_randomness():
    p = Program("constant")
    q = p.qubit("alice", "q")
    m = p.measure(q)
    p.output(m ^ m ^ 1, label="one")
    samples = aer().compile(p.circuit()).sample(7, seed=1)
    assert samples.counts() == {(1,): 7}


def test_many_bits_are_sampled_with_few_qubits():
    # 40 bits of a chain of conditional Paulis: one qubit is alive at a time, and no bit is forgotten.
    p = Program("relay")
    q = p.qubit("alice", "q")
    bits = []
    for i in range(40):
        p.reset(q).ry(0.3, q).noise(amplitude_damping(0.1), q)
        bits.append(p.measure(q))
        if i:
            p.x(q, when=bits[i - 1] ^ bits[i])
    circuit = p.circuit()
    executable = aer("statevector").compile(circuit)
    assert executable._translated[1].num_qubits <= 2
    samples = executable.sample(3000, seed=4).bits()
    # P(1) = 0.9 sin²(0.15), independently: 5.5 standard errors for each of 40 columns, 1.5e-6 in all.
    p1 = 0.9 * np.sin(0.15) ** 2
    assert np.abs(samples.mean(axis=0) - p1).max() < 5.5 * np.sqrt(p1 * (1 - p1) / 3000)


# ---- the choice of method -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "circuit, exact, sample",
    [
        (teleportation(), "density_matrix", "density_matrix"),
        (ghz(30), None, "stabilizer"),
        (there_and_back(16), None, "statevector"),
        (there_and_back(30), None, "matrix_product_state"),
    ],
)
def test_automatic_takes_the_first_that_fits(circuit, exact, sample):
    executable = aer().compile(circuit)
    chosen = [m and m.method for m in (executable.exact_method, executable.sample_method)]
    assert chosen[1] == sample
    if exact:
        assert chosen[0] == exact


def test_matrix_product_states_of_wide_circuits_are_right():
    bits = aer().compile(there_and_back(30)).sample(300, seed=2).bits()
    # The way back undoes the GHZ chain, so a bit is 1 where its own flip happened and later flips reach
    # only their own bit: 0.01 each, within 5.5 standard errors. The first bit is fair.
    assert abs(bits[:, 1:].mean() - 0.01) < 5.5 * np.sqrt(0.01 / (300 * 29))
    assert abs(bits[:, 0].mean() - 0.5) < 5.5 * np.sqrt(0.25 / 300)


def test_wide_circuits_are_sampled_right():
    for circuit in (ghz(30), ghz(30, gate="t")):
        bits = aer().compile(circuit).sample(500, seed=2).bits()
        flips = (bits[:, 1:] != bits[:, :-1]).mean()
        # Neighbours differ if one of two flips of 0.01 happened: 0.0198, within 5.5 standard errors.
        assert abs(flips - 0.0198) < 5.5 * np.sqrt(0.0198 / (500 * 29) * 2)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda p, q: p.t(q), "non-Clifford gate t on alice.q"),
        (lambda p, q: p.noise(amplitude_damping(0.1), q), "amplitude"),
        (lambda p, q: p.measure(q, readout=(0.1, 0.2)), "asymmetric readout error on alice.q"),
        (lambda p, q: p.h(q, when=p.measure(q)), "conditional h on alice.q"),
        (lambda p, q: p.x(q, when=all_of(p.measure(q), p.coin(0.5))), "all_of"),
    ],
)
def test_stabilizer_refuses_by_name(change, words):
    p = Program("refused")
    q = p.qubit("alice", "q")
    p.h(q)
    change(p, q)
    p.measure(q)
    with pytest.raises(UnsupportedError, match=r"aer.*stabilizer") as error:
        aer("stabilizer").compile(p.circuit())
    assert words in str(error.value)


def test_too_wide_is_refused_with_the_width_and_the_limit():
    with pytest.raises(UnsupportedError, match=r"aer.*statevector takes at most 24 qubits .* needs 30"):
        aer("statevector").compile(there_and_back(30))
    with pytest.raises(UnsupportedError, match=r"aer.*matrix_product_state takes at most 200 .* needs 201"):
        aer().compile(there_and_back(201))


def test_wide_channels_are_refused():
    p = Program("wide")
    qubits = p.qubits("alice", *"abcdefg")
    p.prepare(qubits, np.eye(128) / 128).measure(qubits[0])
    with pytest.raises(UnsupportedError, match="a channel on 7 qubits"):
        aer().compile(p.circuit())


def test_inexact_methods_refuse_exact():
    for method in ("stabilizer", "statevector", "matrix_product_state"):
        with pytest.raises(UnsupportedError, match="exactly"):
            aer(method).compile(ghz(3)).exact()


def test_require_is_the_hosts_business_when_sampling():
    p = Program("require")
    q = p.qubit("alice", "q")
    p.h(q).require(p.measure(q))
    with pytest.raises(UnsupportedError, match="require"):
        aer().compile(p.circuit()).sample(10, seed=1)


@pytest.mark.parametrize("options", [{"method": "extended"}, {"max_branches": 0}, {"max_branches": "many"}])
def test_options_are_checked(options):
    with pytest.raises(InvalidInputError, match="aer"):
        aer(**options)
