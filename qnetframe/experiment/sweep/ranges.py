"""Values of an axis: a list, or a range that is written down as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError

_NAMES = ("from", "to", "step", "steps", "scale")


def values_of(given: Any, where: str) -> list[Any]:
    """Return the values of a list or of a range; both ends of a range belong to it.

    ``{"from": 0, "to": 50, "step": 10}``, ``{"from": 0, "to": 50, "steps": 6}``, or in equal ratios with
    ``"scale": "log"``. Decimal numbers come out as written: a step of 0.1 gives 0.3, not 0.30000000000000004.

    >>> values_of({"from": 0, "to": 0.4, "step": 0.1}, "p")
    [0.0, 0.1, 0.2, 0.3, 0.4]
    >>> values_of({"from": 0.001, "to": 0.1, "steps": 3, "scale": "log"}, "p")
    [0.001, 0.01, 0.1]
    """
    if isinstance(given, Mapping):
        return _range(given, where)
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise InvalidInputError(
            f"{where} is {given!r:.60}; it must be a list of values, or a range {{from, to, step or steps}}"
        )
    return list(given)


def _range(given: Mapping[str, Any], where: str) -> list[Any]:
    for name in given:
        if name not in _NAMES:
            raise UnknownNameError("entry of a range", str(name), _NAMES, f"It was given to {where}.")
    for name in ("from", "to"):
        if name not in given:
            raise InvalidInputError(
                f"{where} is a range without {name!r}; it needs from, to, and step or steps"
            )
    low, high = (checks.finite(given[name], f"{where}: {name}") for name in ("from", "to"))
    scale = given.get("scale", "linear")
    if scale not in ("linear", "log"):
        raise InvalidInputError(f"{where}: scale is {scale!r}; it must be 'linear' or 'log'")
    if ("step" in given) == ("steps" in given):
        raise InvalidInputError(f"{where}: a range needs either step or steps")
    if "steps" in given:
        steps = checks.integer(given["steps"], f"{where}: steps", low=2)
        if scale == "log":
            if min(low, high) <= 0:
                raise InvalidInputError(
                    f"{where}: from is {low:g} and to is {high:g}; both ends of a log scale must be above 0"
                )
            ratio = math.log(high / low)
            inner = [_tidy(low * math.exp(ratio * i / (steps - 1))) for i in range(1, steps - 1)]
            return [low, *inner, high]
        start, width = _exact(low), _exact(high) - _exact(low)
        return [float(start + width * i / (steps - 1)) for i in range(steps)]
    if scale == "log":
        raise InvalidInputError(f"{where}: a log scale needs steps, not step")
    step = checks.finite(given["step"], f"{where}: step")
    if step == 0 or (high - low) * step < 0:
        raise InvalidInputError(f"{where}: step is {step:g}; it must lead from {low:g} to {high:g}")
    count = (_exact(high) - _exact(low)) / _exact(step)
    return [float(_exact(low) + i * _exact(step)) for i in range(int(count) + 1)]


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _tidy(number: float) -> float:
    """Return the number with the 15 digits that it has for certain."""
    return float(f"{number:.15g}")
