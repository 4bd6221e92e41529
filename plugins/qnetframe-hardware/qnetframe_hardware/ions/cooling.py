"""Sympathetic cooling: a coolant ion cools the modes in which it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.operators import destroy, number, thermal
from qnetframe_hardware.dynamics.problem import Collapse, Problem
from qnetframe_hardware.ions.crystal import Crystal

RealArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cooling:
    """For each axial mode: cooling rate (1/s), heating rate (quanta/s), final mean number; all (N,)."""

    rates: RealArray
    heating: RealArray
    mean_phonons: RealArray

    def after(self, seconds: float, initial: npt.ArrayLike) -> RealArray:
        """Return the mean numbers after cooling for ``seconds`` from ``initial``, (N,)."""
        decay = np.exp(-self.rates * checks.non_negative(seconds, "seconds"))
        return self.mean_phonons + (np.asarray(initial, dtype=float) - self.mean_phonons) * decay


def sympathetic_cooling(
    *,
    crystal: Crystal,
    coolants: Sequence[int],
    single_ion_rate: float,
    minimum_phonons: float,
    heating_rate: float = 0.0,
) -> Cooling:
    """Return how laser cooling of some ions cools the axial modes of all.

    In the Lamb-Dicke regime the rate of mode p is that of a single ion times the squares of the coolants'
    mass-weighted amplitudes in it: D. Kielpinski et al., Phys. Rev. A 61, 032310 (2000). ``minimum_phonons``
    is the limit of the cooling of one ion, ``heating_rate`` (quanta/s) of a mode alone.

    n' = -W (n - n_min) + h: n = n_min + h/W. Raises InvalidInputError for a mode that no coolant moves in.
    """
    chosen = [checks.integer(i, "coolant", low=0, high=len(crystal.ions) - 1) for i in coolants]
    rate = checks.positive(single_ion_rate, "single_ion_rate (1/s)")
    floor = checks.non_negative(minimum_phonons, "minimum_phonons")
    heating = np.full(len(crystal.ions), checks.non_negative(heating_rate, "heating_rate (quanta/s)"))
    rates = rate * (crystal.axial_modes[:, chosen] ** 2).sum(axis=1)
    if rates.min() < 1e-9 * rate:
        mode = int(rates.argmin())
        raise InvalidInputError(f"coolants {chosen} do not move in axial mode {mode}; add another coolant")
    return Cooling(rates, heating, floor + heating / rates)


def cooling_problem(
    *,
    rate: float,
    minimum_phonons: float,
    heating_rate: float,
    initial_phonons: float,
    duration: float,
    levels: int = 40,
) -> Problem:
    """Return one mode's cooling as a dynamics problem: A- = W (n_min + 1) + h down, A+ = W n_min + h up."""
    a = destroy(levels)
    down = rate * (minimum_phonons + 1) + heating_rate
    up = rate * minimum_phonons + heating_rate
    return Problem(
        (levels,),
        [],
        thermal(levels, initial_phonons)[None],
        np.linspace(0, duration, 11),
        [Collapse(a, down, "cooling"), Collapse(a.conj().T, up, "heating")],
        {"n": number(levels)},
        truncated=(0,),
        edge_tolerance=1e-6,
        name="cooling",
    )
