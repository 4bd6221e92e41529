"""Every attack passes the checks of its kind, and broken reports do not."""

from dataclasses import replace

import pytest

from qnetframe.plugins import discover
from qnetframe.testing import kind_tests
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qkd.attacks import EntanglingCloner, InterceptResend
from qnetframe_qkd.attacks.conformance import CHECKS

test_intercept_resend = kind_tests("attack", "intercept-resend")
test_photon_number_splitting = kind_tests("attack", "photon-number-splitting")
test_beam_splitting = kind_tests("attack", "beam-splitting")
test_entangling_cloner = kind_tests("attack", "entangling-cloner")
test_faked_state = kind_tests("attack", "faked-state")
test_time_shift = kind_tests("attack", "time-shift")
test_unambiguous_discrimination = kind_tests("attack", "unambiguous-discrimination")


def test_every_attack_is_tested_here():
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(discover().catalog("attack")) <= tested


class Misreported:
    """Intercept-resend with a fault in its report."""

    def __init__(self, fault):
        self.fault = fault

    def report(self, protocol="bb84", intensity=None, transmittance=1.0):
        known = "bb84" if self.fault == "any protocol" and protocol.startswith("no-") else protocol
        found = InterceptResend().report(known, intensity, transmittance)
        if self.fault == "a guess worse than chance":
            return replace(found, guess=0.3)
        if self.fault == "too much information":
            return replace(found, information=min(1.0, found.information + 0.4), guess=0.8)
        if self.fault == "no errors":
            return replace(found, qber=0.0)
        if self.fault == "drawn":
            import random

            return replace(found, qber=random.SystemRandom().uniform(0.2, 0.3))
        return found


@pytest.mark.parametrize(
    "fault, check",
    [
        ("a guess worse than chance", "figures_are_in_range"),
        ("too much information", "information_fits_the_guess"),
        ("no errors", "information_costs_errors"),
        ("drawn", "reports_are_repeatable"),
        ("any protocol", "unknown_protocols_are_refused"),
    ],
)
def test_broken_reports_are_caught(fault, check):
    CHECKS[check](None, lambda: Misreported(""))
    with pytest.raises(AssertionError):
        CHECKS[check](None, lambda: Misreported(fault))


def test_an_attack_on_something_else_is_not_judged_on_pulses():
    with pytest.raises(CapabilityMiss, match="takes no protocol"):
        CHECKS["figures_are_in_range"](None, EntanglingCloner)
