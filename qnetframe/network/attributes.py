"""Attributes: plain facts about a node or a link that a file carries along, such as its country."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError

Scalar: TypeAlias = str | int | float | bool
# Files keep these fields of nodes and links under names that an attribute must therefore not have.
NODE_FIELDS = ("name", "x_km", "y_km", "z_km", "hardware_json")
LINK_FIELDS = ("name", "length_km", "model_json")


def frozen_attributes(given: Any, where: str, reserved: tuple[str, ...]) -> Mapping[str, Scalar]:
    """Return attributes as a read-only mapping from names to text, finite numbers, true or false.

    Raises InvalidInputError for anything else, such as a nested value, for a name in ``reserved``, and for a
    ``longitude_deg`` or ``latitude_deg`` that is none.
    """
    if not isinstance(given, Mapping):
        raise InvalidInputError(f"{where}: attributes are {given!r:.60}; they must be a mapping")
    for name, value in given.items():
        if not isinstance(name, str) or not name:
            raise InvalidInputError(f"{where}: attribute name is {name!r:.60}; it must be a non-empty string")
        if name in reserved:
            raise InvalidInputError(f"{where}: attribute {name!r} has the name of a field; set the field")
        if not isinstance(value, (str, int, float)):
            raise InvalidInputError(
                f"{where}: attribute {name!r} is {value!r:.60}; it must be text, a number, true or false"
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidInputError(f"{where}: attribute {name!r} is {value!r}; it must be finite")
    for name, most in (("longitude_deg", 180.0), ("latitude_deg", 90.0)):
        if name in given and abs(checks.finite(given[name], f"{where}: {name}")) > most:
            allowed = f"[-{most:g}, {most:g}]"
            raise InvalidInputError(f"{where}: {name} is {given[name]!r}; it must be in {allowed}")
    return MappingProxyType(dict(given))
