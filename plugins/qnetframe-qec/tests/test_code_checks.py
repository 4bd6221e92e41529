"""Every code passes the checks of its kind, and broken codes do not."""

from dataclasses import replace

import pytest

from qnetframe.plugins import discover
from qnetframe.testing import kind_tests
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qec.code_checks import CHECKS
from qnetframe_qec.codes import Code
from qnetframe_qec.codes.small import repetition, steane
from qnetframe_qec.codes.surface import rotated_surface

GIVEN = {"stabilizers": {"stabilizers": ["XXXX", "ZZZZ"]}}
NAMES = [
    "bivariate-bicycle", "colour", "five-qubit", "four-two-two", "repetition", "rotated-surface", "shor",
    "stabilizers", "steane", "toric", "unrotated-surface",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", CHECKS)
def test_codes(name, check):
    plugins = discover()
    try:
        CHECKS[check](plugins.catalog("code")[name], lambda: plugins.make("code", name, GIVEN.get(name, {})))
    except CapabilityMiss as miss:
        pytest.skip(str(miss))


def test_every_code_is_tested_here():
    assert set(discover().catalog("code")) == set(NAMES)


test_steane_by_the_kit = kind_tests("code", "steane")
test_lookup_by_the_kit = kind_tests("decoder", "lookup")


def judged(check, code):
    CHECKS[check](None, lambda: code)


def test_a_distance_that_is_claimed_too_high_or_too_low_is_caught():
    for claimed in (2, 4):
        with pytest.raises(AssertionError, match=f"the distance is 3, and {claimed} is claimed"):
            judged("distance_is_as_claimed", replace(steane(), distance=claimed))
    judged("distance_is_as_claimed", repetition(3))  # X only: 3 against what it sees
    with pytest.raises(CapabilityMiss, match="claims no distance"):
        judged("distance_is_as_claimed", replace(steane(), distance=None))


def test_a_schedule_that_entangles_ancillas_is_caught():
    code = rotated_surface(3)
    judged("schedule_measures_the_stabilizers", code)
    # XX and ZZ on two qubits, met in opposite order: each ancilla flips the other.
    crossed = Code("pair", ("XX", "ZZ"), (), (), schedule=((0, 1), (1, 0)))
    with pytest.raises(AssertionError, match="stabilizers 0 and 1, XX and ZZ"):
        judged("schedule_measures_the_stabilizers", crossed)
    judged("schedule_measures_the_stabilizers", replace(crossed, schedule=((0, 1, None), (None, 0, 1))))
    with pytest.raises(CapabilityMiss, match="no schedule"):
        judged("schedule_measures_the_stabilizers", replace(crossed, schedule=()))


def test_a_factory_that_draws_its_code_is_caught():
    drawn = iter([steane(), rotated_surface(3)])
    with pytest.raises(AssertionError, match="different codes"):
        CHECKS["factory_is_repeatable"](None, lambda: next(drawn))
