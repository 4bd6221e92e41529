"""Units in the names of attributes: a length that does not say km is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qnetframe.errors import InvalidInputError

NODE_QUANTITIES = {"x": "x_km", "y": "y_km", "z": "z_km"}
LINK_QUANTITIES = {
    "length": "length_km",
    "distance": "length_km",
    "dist": "length_km",
    "attenuation": "attenuation_db_per_km",
    "fidelity": "fidelity",
    "efficiency": "efficiency",
}
_UNITS = frozenset(
    ("m", "metre", "metres", "meter", "meters", "km", "kilometre", "kilometres", "kilometer", "kilometers",
     "mi", "mile", "miles", "ft", "feet", "foot", "cm", "mm", "um", "nm", "nmi", "deg", "degree", "degrees",
     "rad", "radian", "radians", "s", "ms", "us", "ns", "second", "seconds", "db", "per", "percent", "pct",
     "ppm")
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def check_units(names: Iterable[str], quantities: dict[str, str], where: str) -> None:
    """Refuse a name that means one of the quantities in another unit or in none, and suggest the right one.

    >>> check_units(["length_m"], LINK_QUANTITIES, "link a")
    Traceback (most recent call last):
    qnetframe.errors.InvalidInputError: link a: attribute 'length_m' must be length_km
    """
    for name in names:
        words = [word.lower() for word in _WORDS.findall(name)]
        right = quantities.get(words[0]) if words else None
        if right is not None and name != right and all(word in _UNITS for word in words[1:]):
            raise InvalidInputError(f"{where}: attribute {name!r} must be {right}")
