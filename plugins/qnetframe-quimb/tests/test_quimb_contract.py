"""quimb keeps the contract of a backend, and of one that evolves density matrices."""

from itertools import pairwise

import pytest

from qnetframe.channels import bit_flip
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.plugins import discover
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Gate
from qnetframe.program.program import Program
from qnetframe.testing import backend_tests
from qnetframe.testing.agreement import assert_sampled, assert_seed_decides
from qnetframe.testing.evolution_checks import CHECKS, OPERATIONS
from qnetframe.testing.programs import clifford_teleportation
from qnetframe.testing.random_programs import random_program

test_quimb = backend_tests("quimb")


def make(**options):
    return discover().make("backend", "quimb", options)


# The kit runs the programs; here are single operations, and what is left of branches that nearly vanish.
@pytest.mark.parametrize(
    "check",
    [
        *OPERATIONS,
        "linear at 1.0",
        "linear at 1e-14",
        "linear at 1e-200",
        "purification",
        "too wide to defer",
    ],
)
def test_evolution(check):
    from qnetframe_quimb.backend import evolve

    CHECKS[check](make, evolve)


@pytest.mark.parametrize("seed", range(12))
def test_trajectories_follow_the_exact_distribution(seed):
    circuit = random_program(seed, max_bits=4, saves=False, require=False, clifford=seed % 3 == 0).circuit()
    # Twelve programs share a false-alarm rate of 1e-6.
    assert_sampled(make(), circuit, 400, seed, 1e-6 / 12)


def test_the_seed_decides():
    assert_seed_decides(make(), clifford_teleportation().circuit())


def ghz(number, error):
    p = Program("ghz")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(number)))
    p.h(qubits[0])
    for a, b in pairwise(qubits):
        p.cx(a, b).noise(bit_flip(error), b)
    for qubit in qubits:
        p.measure(qubit)
    return p.circuit()


def test_a_chain_of_a_hundred_qubits_is_sampled():
    bits = make().compile(ghz(100, 0.0)).sample(500, 3).bits()
    assert bits.shape == (500, 100) and (bits == bits[:, :1]).all()
    # A fair coin 500 times: 6 standard deviations, exceeded with probability 2e-9.
    assert abs(bits[:, 0].mean() - 0.5) < 6 * 0.5 / 500**0.5
    noisy = make().compile(ghz(60, 0.002)).sample(200, 3).bits()
    # Each of 59 steps flips all that follow: 0.118 changes a shot are expected, 6 standard deviations are 0.15.
    changes = (noisy[:, 1:] != noisy[:, :-1]).sum(axis=1).mean()
    assert 0 < changes < 0.27


def test_bonds_that_would_grow_too_large_are_refused():
    p = Program("volume")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(8)))
    for a, b in ((0, 7), (1, 6), (2, 5), (3, 4)):  # four pairs across the middle need a bond of 16
        p.h(qubits[a]).cx(qubits[a], qubits[b])
    for qubit in qubits:
        p.measure(qubit)
    order = [qubits[i] for i in range(8)]
    circuit = Circuit(tuple(q.id for q in order), p.circuit().operations)
    first = [Gate("id", (q,)) for q in circuit.qubits]  # in the order of first use
    wide = circuit.replace([*first, *circuit.operations])
    assert make(max_bond=16).compile(wide).sample(10, 1).shots == 10
    with pytest.raises(UnsupportedError, match="bond dimension of 16, max_bond is 15"):
        make(max_bond=15).compile(wide).sample(10, 1)
    with pytest.raises(InvalidInputError, match="max_bond is 1"):
        make(max_bond=1)
