"""Range checks: what passes comes back as a plain number, what does not is named."""

import math
from fractions import Fraction

import numpy as np
import pytest

from qnetframe import InvalidInputError, checks


@pytest.mark.parametrize("value", [1, 1.5, np.float32(0.5), np.int64(3), Fraction(1, 2), 0])
def test_finite_numbers_become_floats(value):
    assert type(checks.finite(value, "x")) is float and checks.finite(value, "x") == float(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, True, "1", None, 1j, [1]])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(InvalidInputError, match=r"^x is .*; it must be a finite number$"):
        checks.finite(value, "x")


@pytest.mark.parametrize(("check", "value", "message"), [
    (checks.probability, 1.0000001, r"p is 1\.0000001; a probability must be in \[0, 1\]"),
    (checks.probability, -1e-9, r"a probability must be in \[0, 1\]"),
    (checks.non_negative, -1e-300, "must be at least 0"),
    (checks.positive, 0, "must be above 0"),
    (checks.positive, math.inf, "must be a finite number"),
    (checks.integer, 1.0, "must be a whole number"),
    (checks.integer, True, "must be a whole number"),
])  # fmt: skip
def test_each_check_names_the_field_and_the_range(check, value, message):
    with pytest.raises(InvalidInputError, match=message):
        check(value, "p")


def test_integers_have_bounds():
    assert checks.integer(np.int32(4), "n", low=4, high=4) == 4
    for kwargs, allowed in (
        ({"low": 5}, "at least 5"),
        ({"high": 3}, "at most 3"),
        ({"low": 1, "high": 3}, r"in \[1, 3\]"),
    ):
        with pytest.raises(InvalidInputError, match=f"n is 4; it must be {allowed}"):
            checks.integer(4, "n", **kwargs)


def test_relaxation_times():
    assert checks.relaxation_times(1, 2) == (1.0, 2.0)
    assert checks.relaxation_times(math.inf, math.inf) == (math.inf, math.inf)
    with pytest.raises(
        InvalidInputError, match=r"here: T2 is 2\.1 s and T1 is 1\.0 s; T2 must be at most 2\*T1 \(2\.0 s\)"
    ):
        checks.relaxation_times(1, 2.1, "here")
    with pytest.raises(InvalidInputError, match=r"T1 \(seconds\) is 0"):
        checks.relaxation_times(0, 0)
