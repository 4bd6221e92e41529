"""Every code passes the kit, and codes that claim or schedule wrongly do not; the kit by command."""

from dataclasses import replace

import pytest

from qnetframe.cli import main
from qnetframe.plugins import discover
from qnetframe.testing import kind_tests
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qec.code_checks import CHECKS
from qnetframe_qec.codes.small import five_qubit, steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.hooks import CodeSpec

test_steane = kind_tests("code", "steane")
test_repetition = kind_tests("code", "repetition", checks=CHECKS)
test_five_qubit = kind_tests("code", "five-qubit", checks=CHECKS)
test_shor = kind_tests("code", "shor", checks=CHECKS)
test_four_two_two = kind_tests("code", "four-two-two", checks=CHECKS)
test_rotated_surface = kind_tests("code", "rotated-surface", checks=CHECKS, params={"distance": 5})
test_unrotated_surface = kind_tests("code", "unrotated-surface", checks=CHECKS)
test_toric = kind_tests("code", "toric", checks=CHECKS)
test_colour = kind_tests("code", "colour", checks=CHECKS, params={"distance": 5})
test_bivariate_bicycle = kind_tests("code", "bivariate-bicycle", checks=CHECKS)
test_stabilizers = kind_tests(
    "code", "stabilizers", checks=CHECKS, params={"stabilizers": "XZZXI,IXZZX,XIXZZ,ZXIXZ"}
)


def test_every_code_is_tested_here():
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(discover().catalog("code")) <= tested


def hasty():
    """A surface code whose X checks meet all of their qubits in the opposite order: Z checks are disturbed."""
    code = rotated_surface(3)
    steps = [tuple(reversed(s)) if i in code.x_checks else s for i, s in enumerate(code.schedule)]
    return replace(code, schedule=tuple(steps))


@pytest.mark.parametrize(
    "make, check, message",
    [
        (lambda: replace(steane(), distance=4), "claimed_distance", "its distance is 3, and 4 is claimed"),
        (lambda: replace(steane(), distance=2), "claimed_distance", "its distance is 3, and 2 is claimed"),
        (lambda: replace(rotated_surface(7), distance=8), "claimed_distance", "is logical and of weight 7"),
        (hasty, "quiet_rounds", "detectors fire without noise"),
        (hasty, "encoded_states", "detectors fire without noise"),
    ],
)
def test_broken_codes_are_caught(make, check, message):
    spec = CodeSpec("broken", make, "a broken code")
    with pytest.raises(AssertionError, match=message):
        CHECKS[check](spec, make)


def test_what_a_code_does_not_claim_is_skipped():
    spec = CodeSpec("five", five_qubit, "five")
    with pytest.raises(CapabilityMiss, match="not CSS"):
        CHECKS["quiet_rounds"](spec, five_qubit)
    with pytest.raises(CapabilityMiss, match="no distance"):
        CHECKS["claimed_distance"](spec, lambda: replace(five_qubit(), distance=None))


@pytest.mark.parametrize(
    "words, lines",
    [
        (["lookup", "--kind", "decoder"], ["near_optimal", "hyperedges", "0 failed"]),
        (["five-qubit"], ["claimed_distance", "skipped code quiet_rounds", "0 failed"]),
    ],
)
def test_by_command(capsys, words, lines):
    with pytest.raises(SystemExit) as left:
        main(["check", *words])
    out = capsys.readouterr().out
    assert not left.value.code and all(line in out for line in lines), out
