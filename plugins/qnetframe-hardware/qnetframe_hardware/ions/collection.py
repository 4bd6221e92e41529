"""How much of an ion's light a lens or a cavity collects."""

from __future__ import annotations

from math import sqrt
from typing import Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.photons.cavity import cavity_emission


def lens_collection(
    *,
    numerical_aperture: float,
    pattern: Literal["isotropic", "sigma", "pi"] = "sigma",
    branching: float = 1.0,
) -> float:
    """Return the part of an emitter's light that enters a lens of this numerical aperture.

    The dipole's axis is the lens's axis: "sigma" light goes as 3/(16 pi)(1 + cos^2), "pi" as 3/(8 pi) sin^2
    (J. D. Jackson, Classical Electrodynamics, section 9.2), "isotropic" is the part of the solid angle, (1 -
    cos)/2. ``branching`` is the part of the decays that are on the wanted line.
    """
    na = checks.finite(numerical_aperture, "numerical_aperture")
    if not 0 < na <= 1:
        raise InvalidInputError(f"numerical_aperture is {na!r}; in vacuum it must be in (0, 1]")
    c = sqrt(1 - na * na)
    parts = {
        "isotropic": (1 - c) / 2,
        "sigma": 3 / 8 * ((1 - c) + (1 - c**3) / 3),
        "pi": 3 / 4 * ((1 - c) - (1 - c**3) / 3),
    }
    if pattern not in parts:
        raise InvalidInputError(f"pattern is {pattern!r}; allowed: {', '.join(parts)}")
    return parts[pattern] * checks.probability(branching, "branching")


def cavity_collection(*, g: float, kappa: float, gamma: float, outcoupling: float = 1.0) -> float:
    """Return the probability that an excited ion's photon leaves its cavity through the wanted mirror.

    Rates in rad/s, ``kappa`` and ``gamma`` of the fields; ``outcoupling`` the wanted mirror's share of kappa.
    The Purcell factor 2C = g^2/(kappa gamma) is in `cavity_emission`.
    """
    share = checks.probability(outcoupling, "outcoupling")
    return share * cavity_emission(g=g, kappa=kappa, gamma=gamma).probability
