"""Every installed engine keeps the backend contract, and claims no less than it can do."""

import pytest

from qnetframe.plugins import discover
from qnetframe.testing import CapabilityMiss
from qnetframe.testing.kit import checks_of, subject
from qnetframe.testing.programs import PROGRAMS

BACKENDS = ("reference", "aer", "cirq", "qutip", "stim")
NO_NON_CLIFFORD = {"unitary_order", "table_conditions", "gates_against_matrices"}
NO_KRAUS = {"kraus_noise", "asymmetric_readout"}
NO_BRANCHES = {
    "saved_states", "mixed_preparation", "normalisation", "double_precision",
    *(f"branches_of_{name}" for name in PROGRAMS),
}  # fmt: skip
MISSES = {
    "stim": {
        *NO_NON_CLIFFORD,
        *NO_KRAUS,
        *NO_BRANCHES,
        "samples_of_noisy_teleportation",
        "samples_of_noiseless",
    },
}
EVERYTHING = {"detectors", "refusals"}  # beyond an engine that takes every circuit and knows no detectors
CHECKS = checks_of(discover().kind("backend"))


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", BACKENDS)
def test_engine_keeps_the_contract(name, check):
    spec, make = subject(discover(), "backend", name)
    skipped = False
    try:
        CHECKS[check](spec, make)
    except CapabilityMiss:
        skipped = True
    assert skipped == (check in MISSES.get(name, EVERYTHING)), f"{name} claims more or less than it should"
