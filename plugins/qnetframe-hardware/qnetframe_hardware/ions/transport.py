"""Shuttling: how many phonons it leaves to move a harmonic trap along a path."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from scipy.constants import hbar

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.coefficients import Formula
from qnetframe_hardware.dynamics.operators import basis, destroy, number
from qnetframe_hardware.dynamics.problem import Problem, Term
from qnetframe_hardware.ions.species import Species, species

Path = Callable[[Any, Any], Any]

# Velocity in units of distance/duration against (s = t/duration, array library), each of mean 1.
_VELOCITIES: Mapping[str, Path] = {
    "linear": lambda s, xp: 1 + 0 * s,
    "sine": lambda s, xp: pi / 2 * xp.sin(pi * s),
    "minimum-jerk": lambda s, xp: 30 * s**2 * (1 - s) ** 2,
}


@dataclass(frozen=True)
class Transport:
    """``mean_phonons`` of the coherent state that moving leaves behind, from the ground state."""

    path: str
    duration: float
    distance_m: float
    mean_phonons: float

    @property
    def displacement(self) -> float:
        """|alpha|."""
        return float(np.sqrt(self.mean_phonons))


def _velocity(path: str, phase: float) -> Path:
    """Return the trap's velocity; ``phase`` = w T, which only the shortcut depends on."""
    if path == "shortcut":
        # The ion follows x_c = d s^5 (126 - 420 s + 540 s^2 - 315 s^3 + 70 s^4), whose first four derivatives
        # vanish at both ends; the trap is where that takes it: x_0 = x_c + x_c''/w^2.
        ion = np.polynomial.Polynomial([0, 0, 0, 0, 0, 126, -420, 540, -315, 70]).deriv()
        trap = ion + ion.deriv(2) / phase**2
        return lambda s, xp: functools.reduce(lambda sum_, c: sum_ * s + c, trap.coef[::-1].tolist(), 0.0 * s)
    if path not in _VELOCITIES:
        raise InvalidInputError(f"path is {path!r}; allowed: {', '.join([*_VELOCITIES, 'shortcut'])}")
    return _VELOCITIES[path]


def transport(
    *,
    ion: str | Species = "Ca40",
    trap_hz: float,
    distance_m: float,
    duration: float,
    path: str = "minimum-jerk",
) -> Transport:
    """Return the phonons left in a trap of ``trap_hz`` moved by ``distance_m`` within ``duration`` seconds.

    n = m w/(2 hbar) |integral of x_0'(t) e^{i w t} dt|^2 for the trap's centre x_0 (R. Reichle et al.,
    Fortschr. Phys. 54, 666 (2006)); exact for a harmonic trap. Paths: "linear" (constant velocity, adiabatic
    only where w T is a multiple of 2 pi), "sine" (x_0' ~ sin(pi t/T)), "minimum-jerk" (10 s^3 - 15 s^4 + 6
    s^5) and "shortcut", which leaves nothing however fast (E. Torrontegui et al., Phys. Rev. A 83, 013415
    (2011)).
    """
    w = 2 * pi * checks.positive(trap_hz, "trap_hz")
    d, t = checks.positive(distance_m, "distance_m"), checks.positive(duration, "duration (seconds)")
    nodes, weights = np.polynomial.legendre.leggauss(64 + int(2 * w * t))
    s = (nodes + 1) / 2
    amplitude = d / 2 * np.sum(weights * _velocity(path, w * t)(s, np) * np.exp(1j * w * t * s))
    phonons = species(ion).mass_kg * w / (2 * hbar) * abs(amplitude) ** 2
    return Transport(path, t, d, float(phonons))


def transport_problem(
    *,
    ion: str | Species = "Ca40",
    trap_hz: float,
    distance_m: float,
    duration: float,
    path: str = "minimum-jerk",
    levels: int = 30,
) -> Problem:
    """Return the same as a dynamics problem in the frame of the moving trap, for paths that leave few
    phonons.

    There H = w n - x_0'(t) p/hbar with p = i sqrt(hbar m w/2)(a^dagger - a).
    """
    w = 2 * pi * checks.positive(trap_hz, "trap_hz")
    mass, t = species(ion).mass_kg, checks.positive(duration, "duration (seconds)")
    scale = np.sqrt(mass * w / (2 * hbar)) * checks.positive(distance_m, "distance_m") / t
    velocity = _velocity(path, w * t)
    a = destroy(levels)
    kick = Formula(lambda time, xp: scale * velocity(time / t, xp))
    return Problem(
        (levels,),
        [w * number(levels), Term(-1j * (a.conj().T - a), kick, name="motion of the trap")],
        basis((levels,), 0),
        np.linspace(0, t, 21),
        observables={"n": number(levels)},
        truncated=(0,),
        name="transport",
    )
