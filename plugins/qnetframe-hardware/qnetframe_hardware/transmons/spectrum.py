"""The transmon's levels from its Josephson and charging energies, in the charge basis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal

from qnetframe import checks
from qnetframe.errors import InvalidInputError

RealArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TransmonSpectrum:
    """Energies above the ground state, (levels,), in the unit of EJ and EC; ``charge`` (levels, levels):
    |<i|n|j>|.
    """

    energies: RealArray
    charge: RealArray

    @property
    def qubit_energy(self) -> float:
        """E01."""
        return float(self.energies[1])

    @property
    def anharmonicity(self) -> float:
        """E12 - E01."""
        return float(self.energies[2] - 2 * self.energies[1])


def transmon_spectrum(
    *, ej: float, ec: float, ng: float = 0.0, levels: int = 5, charges: int = 31
) -> TransmonSpectrum:
    """Return the lowest levels of 4 EC (n - ng)^2 - EJ cos(phi) on charges -``charges`` … ``charges``.

    J. Koch et al., Phys. Rev. A 76, 042319 (2007). Raises InvalidInputError if the highest charge states are
    not empty in the levels asked for.
    """
    e_j, e_c = checks.positive(ej, "ej"), checks.positive(ec, "ec")
    cut = checks.integer(charges, "charges", low=2)
    count = checks.integer(levels, "levels", low=3, high=2 * cut)
    n = np.arange(-cut, cut + 1.0)
    energies, vectors = eigh_tridiagonal(
        4 * e_c * (n - checks.finite(ng, "ng")) ** 2,
        np.full(2 * cut, -e_j / 2),
        select="i",
        select_range=(0, count - 1),
    )
    edge = float((vectors[[0, -1]] ** 2).max())
    if edge > 1e-9:
        raise InvalidInputError(
            f"charges is {cut}: the outermost holds {edge:.3g} of a level; keep more charges"
        )
    return TransmonSpectrum(energies - energies[0], np.abs(vectors.T @ (n[:, None] * vectors)))
