"""Samples of every Aer method against exact probabilities, seeds, and the choice of method.

Each comparison has a false-alarm rate of 1e-6 at most, and a fixed seed.
"""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from qnetframe.channels import amplitude_damping, bit_flip
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_sampled, assert_seed_decides
from qnetframe.testing.programs import (
    CLIFFORD,
    SAMPLED,
    clifford_teleportation,
    noisy_teleportation,
    there_and_back,
)
from qnetframe.testing.random_programs import random_program
from qnetframe.values import all_of
from qnetframe_aer import aer

METHODS = ("density_matrix", "statevector", "matrix_product_state")


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


@pytest.mark.parametrize(
    ("method", "make"),
    [*product(METHODS, SAMPLED.values()), *product(["stabilizer"], CLIFFORD.values())],
)
def test_written_programs_are_sampled_right(method, make):
    samples = assert_sampled(aer(method), make().circuit(), 5000, seed=11)
    assert samples.method == ("native" if method == "density_matrix" else "trajectories")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_random_programs_are_sampled_right(method, seed):
    program = random_program(seed, max_qubits=4, clifford=method == "stabilizer", saves=False, require=False)
    assert_sampled(aer(method), program.circuit(), 2000, seed)


@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_noiseless_circuits_are_sampled_right(method):
    samples = assert_sampled(aer(method), ghz(4, noise=False), 1000, seed=3)
    assert set(samples.counts()) == {(0,) * 4, (1,) * 4}


@pytest.mark.parametrize("method", [*METHODS, "stabilizer"])
def test_the_seed_decides_the_numbers(method):
    assert_seed_decides(aer(method), clifford_teleportation().circuit())


def test_shots_come_in_random_order():
    bits = aer().compile(ghz(2, noise=False)).sample(4000, seed=9).bits()[:, 0]
    # Independent fair bits change value 2000 ± 32 times; sorted ones once.
    assert abs(int((bits[1:] != bits[:-1]).sum()) - 2000) < 200


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
        (noisy_teleportation().circuit(), "density_matrix", "density_matrix"),
        (ghz(30), None, "stabilizer"),
        (there_and_back(16).circuit(), None, "statevector"),
        (there_and_back(30).circuit(), None, "matrix_product_state"),
    ],
)
def test_automatic_takes_the_first_that_fits(circuit, exact, sample):
    executable = aer().compile(circuit)
    chosen = [m and m.method for m in (executable.methods.exact, executable.methods.sample)]
    assert chosen[1] == sample
    if exact:
        assert chosen[0] == exact


def test_matrix_product_states_of_wide_circuits_are_right():
    bits = aer().compile(there_and_back(30).circuit()).sample(300, seed=2).bits()
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
        aer("statevector").compile(there_and_back(30).circuit())
    with pytest.raises(UnsupportedError, match=r"aer.*matrix_product_state takes at most 200 .* needs 201"):
        aer().compile(there_and_back(201).circuit())


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
