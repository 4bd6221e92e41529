"""T1, T2 and what they cost."""

from __future__ import annotations

from math import exp, inf

from qnetframe import checks


def pure_dephasing_time(*, t1: float, t2: float) -> float:
    """Return T_phi of 1/T2 = 1/(2 T1) + 1/T_phi in seconds; InvalidInputError for T2 > 2 T1."""
    one, two = checks.relaxation_times(t1, t2)
    rate = 1 / two - 1 / (2 * one)
    return 1 / rate if rate > 0 else inf


def coherence_limit(*, t1: float, t2: float, duration: float) -> float:
    """Return the average infidelity of idling: 1/2 - e^{-t/T2}/3 - e^{-t/T1}/6 (the limit of any gate)."""
    one, two = checks.relaxation_times(t1, t2)
    t = checks.non_negative(duration, "duration (seconds)")
    return 0.5 - exp(-t / two) / 3 - exp(-t / one) / 6
