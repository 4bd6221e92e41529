"""Samples of both Cirq methods against exact probabilities, seeds, and the choice of method.

Each comparison has a false-alarm rate of 1e-6 at most, and a fixed seed.
"""

from __future__ import annotations

import pytest

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_sampled, assert_seed_decides
from qnetframe.testing.programs import SAMPLED, clifford_teleportation, noisy_teleportation, there_and_back
from qnetframe.testing.random_programs import random_program
from qnetframe_cirq import cirq

METHODS = ("density_matrix", "trajectories")
SHOTS = {"density_matrix": 5000, "trajectories": 1500}


@pytest.mark.parametrize("make", SAMPLED.values(), ids=SAMPLED)
@pytest.mark.parametrize("method", METHODS)
def test_written_programs_are_sampled_right(method, make):
    samples = assert_sampled(cirq(method), make().circuit(), SHOTS[method], seed=11)
    assert samples.method == ("exact" if method == "density_matrix" else "trajectories")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", METHODS)
def test_random_programs_are_sampled_right(method, seed):
    circuit = random_program(seed, max_qubits=4, saves=False, require=False).circuit()
    assert_sampled(cirq(method), circuit, 500, seed)


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides_the_numbers(method):
    assert_seed_decides(cirq(method), clifford_teleportation().circuit())


# ---- the choice of method -------------------------------------------------------------------------


def test_automatic_takes_the_table_while_it_is_small():
    assert cirq().compile(noisy_teleportation().circuit()).methods.sample.method == "density_matrix"
    wide = cirq().compile(there_and_back(13).circuit())
    assert (wide.methods.exact, wide.methods.sample.method) == (None, "trajectories")


def test_trajectories_of_a_wide_circuit_are_right():
    bits = cirq().compile(there_and_back(13).circuit()).sample(60, seed=2).bits()
    # The way back undoes the chain, so that every bit but the first is 1 where its own flip of 0.01
    # happened: 7.2 of 720 expected, more than 25 with probability below 1e-7. The first bit is fair.
    assert bits[:, 1:].sum() <= 25
    assert 8 <= bits[:, 0].sum() <= 52


def test_too_wide_is_refused_with_the_width_and_the_limit():
    with pytest.raises(UnsupportedError, match=r"cirq.*trajectories takes at most 20 qubits .* needs 21"):
        cirq().compile(there_and_back(21).circuit())
    with pytest.raises(UnsupportedError, match=r"cirq.*density_matrix takes at most 11 .* needs 12"):
        cirq("density_matrix").compile(there_and_back(12).circuit())


def test_too_many_branches_are_not_tabulated():
    p = Program("many")
    q = p.qubit("alice", "q")
    for _ in range(13):
        p.ry(0.3, q).measure(q)
    with pytest.raises(UnsupportedError, match=r"density_matrix samples from all branches, here up to 2\^13"):
        cirq("density_matrix").compile(p.circuit()).sample(10, seed=1)
    assert cirq().compile(p.circuit()).methods.sample.method == "trajectories"


def test_trajectories_refuse_exact():
    with pytest.raises(UnsupportedError, match="exactly"):
        cirq("trajectories").compile(noisy_teleportation().circuit()).exact()


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
