"""Range checks on what users type: each returns the value or raises InvalidInputError naming the field."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from qnetframe.errors import InvalidInputError


def finite(value: Any, field: str) -> float:
    """Return ``value`` as a float; it must be a finite real number."""
    if not isinstance(value, bool) and isinstance(value, Real):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise InvalidInputError(f"{field} is {value!r:.60}; it must be a finite number")


def probability(value: Any, field: str) -> float:
    """Return ``value`` as a float in [0, 1]."""
    number = finite(value, field)
    if not 0.0 <= number <= 1.0:
        raise InvalidInputError(f"{field} is {value!r}; a probability must be in [0, 1]")
    return number


def non_negative(value: Any, field: str) -> float:
    """Return ``value`` as a finite float of at least 0."""
    number = finite(value, field)
    if number < 0.0:
        raise InvalidInputError(f"{field} is {value!r}; it must be at least 0")
    return number


def positive(value: Any, field: str, *, infinite: bool = False) -> float:
    """Return ``value`` as a float above 0 (infinity allowed if ``infinite``)."""
    if infinite and isinstance(value, Real) and float(value) == math.inf:
        return math.inf
    number = finite(value, field)
    if number <= 0.0:
        raise InvalidInputError(f"{field} is {value!r}; it must be above 0")
    return number


def integer(value: Any, field: str, *, low: int | None = None, high: int | None = None) -> int:
    """Return ``value`` as an int in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InvalidInputError(f"{field} is {value!r}; it must be a whole number")
    number = int(value)
    if (low is not None and number < low) or (high is not None and number > high):
        allowed = (
            f"at least {low}"
            if high is None
            else f"in [{low}, {high}]"
            if low is not None
            else f"at most {high}"
        )
        raise InvalidInputError(f"{field} is {value!r}; it must be {allowed}")
    return number


def relaxation_times(t1: Any, t2: Any, where: str = "") -> tuple[float, float]:
    """Return (T1, T2) in seconds, both above 0 (infinity allowed) with T2 <= 2 T1."""
    prefix = f"{where}: " if where else ""
    first = positive(t1, f"{prefix}T1 (seconds)", infinite=True)
    second = positive(t2, f"{prefix}T2 (seconds)", infinite=True)
    if second > 2 * first * (1 + 1e-12):
        raise InvalidInputError(
            f"{prefix}T2 is {second!r} s and T1 is {first!r} s; T2 must be at most 2*T1 ({2 * first!r} s)"
        )
    return first, second
