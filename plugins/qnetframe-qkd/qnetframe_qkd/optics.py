"""What fibre and detectors do to light: transmittances, and the checks that the formulas share."""

from __future__ import annotations

import itertools
import math
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError


def transmittance(length_km: Any, attenuation_db_per_km: Any, extra_loss_db: Any = 0.0) -> float:
    """Return 10**(-loss/10) of a fibre, with a loss that does not grow with its length."""
    length = checks.non_negative(length_km, "length_km")
    loss = checks.non_negative(attenuation_db_per_km, "attenuation_db_per_km")
    return float(10 ** (-(loss * length + checks.non_negative(extra_loss_db, "extra_loss_db")) / 10))


def error_rate(value: Any, field: str) -> float:
    """Return an error rate as a float in [0, 0.5]."""
    number = checks.finite(value, field)
    if not 0.0 <= number <= 0.5:
        raise InvalidInputError(f"{field} is {value!r}; an error rate must be in [0, 0.5]")
    return number


def efficiency_of_correction(value: Any, field: str = "f_ec") -> float:
    """Return the efficiency of error correction: disclosed bits over the Shannon limit, at least 1."""
    number = checks.finite(value, field)
    if number < 1.0:
        raise InvalidInputError(
            f"{field} is {value!r}; error correction discloses at least the Shannon limit, f_ec >= 1"
        )
    return number


def ordered_intensities(signal: Any, *decoys: Any) -> tuple[float, ...]:
    """Return mean photon numbers that fall strictly, the last one at least 0."""
    values = (
        checks.positive(signal, "signal_intensity"),
        *(checks.non_negative(d, f"decoy intensity {i}") for i, d in enumerate(decoys, 1)),
    )
    for higher, lower in itertools.pairwise(values):
        if not higher > lower:
            raise InvalidInputError(
                f"intensities are {values}; they must fall strictly from the signal to the last decoy"
            )
    return values


def poisson(mean: float, number: int) -> float:
    """Return the probability of ``number`` photons in a pulse of phase-randomised laser light."""
    if mean == 0.0:
        return float(number == 0)
    return math.exp(-mean + number * math.log(mean) - math.lgamma(number + 1))
