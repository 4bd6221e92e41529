"""qulacs keeps the contract of a backend, and of one that evolves density matrices."""

import pytest

from qnetframe.plugins import discover
from qnetframe.testing import backend_tests
from qnetframe.testing.agreement import assert_sampled, assert_seed_decides
from qnetframe.testing.evolution_checks import CHECKS, OPERATIONS
from qnetframe.testing.programs import clifford_teleportation
from qnetframe.testing.random_programs import random_program

test_qulacs = backend_tests("qulacs")


def make(**options):
    return discover().make("backend", "qulacs", options)


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
    from qnetframe_qulacs.backend import evolve

    CHECKS[check](make, evolve)


@pytest.mark.parametrize("seed", range(12))
def test_trajectories_follow_the_exact_distribution(seed):
    circuit = random_program(seed, max_bits=4, saves=False, require=False, clifford=seed % 3 == 0).circuit()
    # Twelve programs share a false-alarm rate of 1e-6.
    assert_sampled(make(), circuit, 400, seed, 1e-6 / 12)


def test_the_seed_decides():
    assert_seed_decides(make(), clifford_teleportation().circuit())
