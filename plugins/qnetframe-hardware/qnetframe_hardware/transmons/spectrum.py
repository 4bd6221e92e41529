"""The transmon's levels from its Josephson and charging energies, in the charge basis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal
from scipy.linalg.lapack import dstevd

from qnetframe import checks
from qnetframe.errors import InvalidInputError

RealArray = npt.NDArray[np.float64]
_EMPTY = 1e-20  # of a level at the outermost charges that are chosen here: its energy errs by less
_MOST = 1000  # levels
_MOST_CHARGES = 50_000  # on either side
_WHOLE = 100  # up to this size all levels together are quicker than a few by bisection


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
    *, ej: float, ec: float, ng: float = 0.0, levels: int = 5, charges: int | None = None
) -> TransmonSpectrum:
    """Return the lowest levels of 4 EC (n - ng)^2 - EJ cos(phi) on charges -``charges`` … ``charges``.

    By default as many charges around ``ng`` as the levels reach. J. Koch et al., Phys. Rev. A 76, 042319
    (2007). Raises InvalidInputError if the outermost of the given charges hold part of the levels asked for.
    """
    e_j, e_c = checks.positive(ej, "ej"), checks.positive(ec, "ec")
    offset = checks.finite(ng, "ng")
    if charges is None:
        count = checks.integer(levels, "levels", low=3, high=_MOST)
        # What levels up to EJ / EC = 10^4 were found to take; where it is too few, twice as many.
        cut = int((4 + count / 10) * (e_j / e_c) ** 0.25 + count / 2 + 2)
        while cut <= _MOST_CHARGES:
            n = np.arange(-cut, cut + 1.0) + round(offset)
            energies, vectors = _lowest(e_j, 4 * e_c * (n - offset) ** 2, count)
            if _edge(vectors) < _EMPTY:
                break
            cut *= 2
        else:
            raise InvalidInputError(
                f"ej / ec is {e_j / e_c:.3g}: its levels take more than {_MOST_CHARGES} charges"
            )
    else:
        cut = checks.integer(charges, "charges", low=2)
        count = checks.integer(levels, "levels", low=3, high=2 * cut)
        n = np.arange(-cut, cut + 1.0)
        energies, vectors = _lowest(e_j, 4 * e_c * (n - offset) ** 2, count)
        if _edge(vectors) > 1e-9:
            raise InvalidInputError(
                f"charges is {cut}: the outermost holds {_edge(vectors):.3g} of a level; keep more charges"
            )
    return TransmonSpectrum(energies - energies[0], np.abs(vectors.T @ (n[:, None] * vectors)))


def _lowest(e_j: float, charging: RealArray, count: int) -> tuple[RealArray, RealArray]:
    """Return the ``count`` lowest energies, and their vectors as columns."""
    hops = np.full(len(charging) - 1, -e_j / 2)
    if len(charging) <= _WHOLE:
        energies, vectors, failed = dstevd(charging, hops)
        if not failed:
            return energies[:count], vectors[:, :count]
    return eigh_tridiagonal(charging, hops, select="i", select_range=(0, count - 1))


def _edge(vectors: RealArray) -> float:
    """Return the largest population of the outermost charges."""
    return max(float(np.abs(vectors[end]).max()) for end in (0, -1)) ** 2
