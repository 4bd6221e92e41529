"""Ion crystals: equilibrium positions, normal modes, Lamb-Dicke parameters; several species."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi

import numpy as np
import numpy.typing as npt
from scipy.constants import e, epsilon_0, hbar
from scipy.optimize import root

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.ions.species import Species, species

RealArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Crystal:
    """A linear crystal of N ions along the trap's axis.

    ``positions`` (N,) in units of the length scale ``length_m`` = (e^2/(4 pi eps0 m w_z^2))^(1/3) of the
    first ion; mode frequencies in Hz, ascending; ``axial_modes[p, n]`` is the mass-weighted orthonormal
    amplitude of ion n in mode p. Radial modes (one transverse direction) are None where no radial frequency
    was given.
    """

    ions: tuple[Species, ...]
    axial_hz: float
    length_m: float
    positions: RealArray
    axial_frequencies_hz: RealArray
    axial_modes: RealArray
    radial_frequencies_hz: RealArray | None = None
    radial_modes: RealArray | None = None

    @property
    def positions_m(self) -> RealArray:
        """The equilibrium positions in metres, (N,)."""
        return self.positions * self.length_m

    @property
    def axial_eigenvalues(self) -> RealArray:
        """The squares of the axial frequencies in units of the first ion's own, (N,)."""
        return (self.axial_frequencies_hz / self.axial_hz) ** 2


def ion_crystal(*, ions: Sequence[str | Species], axial_hz: float, radial_hz: float | None = None) -> Crystal:
    """Return the crystal of ions in their order, in a trap where the first alone oscillates at ``axial_hz``.

    All ions have one charge, so that positions do not depend on masses. The axial potential is static, the
    radial one that of an rf pseudopotential (proportional to 1/mass) less half the static one: D. F. V.
    James, Appl. Phys. B 66, 181 (1998); mixed species: D. Kielpinski et al., Phys. Rev. A 61, 032310 (2000).

    Raises InvalidInputError where the line is not stable: a radial mode has a negative square (zig-zag).
    """
    chain = tuple(species(ion) for ion in ions)
    if not chain:
        raise InvalidInputError("ions is empty; a crystal has at least one")
    axial = 2 * pi * checks.positive(axial_hz, "axial_hz")
    masses = np.asarray([ion.mass_kg for ion in chain])
    u = equilibrium_positions(len(chain))
    # Second derivatives of the energy in units of m w_z^2 of the first ion.
    gaps = np.abs(u[:, None] - u[None])
    np.fill_diagonal(gaps, np.inf)
    coupling = 1 / gaps**3
    axial_stiffness = np.diag(1 + 2 * coupling.sum(axis=1)) - 2 * coupling
    squares, modes = _modes(axial_stiffness, masses)
    length = (e**2 / (4 * pi * epsilon_0 * masses[0] * axial**2)) ** (1 / 3)
    found = Crystal(chain, axial / (2 * pi), length, u, axial * np.sqrt(squares) / (2 * pi), modes)
    if radial_hz is None:
        return found
    ratio = (2 * pi * checks.positive(radial_hz, "radial_hz") / axial) ** 2
    pseudo = (ratio + 0.5) * masses[0] / masses  # m w_p^2 of each ion
    radial_stiffness = np.diag(pseudo - 0.5 - coupling.sum(axis=1)) + coupling
    squares, modes = _modes(radial_stiffness, masses)
    if squares[0] <= 0:
        raise InvalidInputError(
            f"radial_hz is {radial_hz:g} at axial_hz {axial_hz:g}: a line of {len(chain)} ions is "
            f"unstable and buckles (zig-zag; lowest squared radial frequency {squares[0]:.3g} of the axial "
            "one); raise radial_hz"
        )
    return Crystal(
        chain,
        axial / (2 * pi),
        length,
        u,
        found.axial_frequencies_hz,
        found.axial_modes,
        axial * np.sqrt(squares) / (2 * pi),
        modes,
    )


def equilibrium_positions(count: int) -> RealArray:
    """Return the N dimensionless positions where u_n = sum_m sign(u_n - u_m)/(u_n - u_m)^2 (James 1998)."""
    checks.integer(count, "number of ions", low=1, high=200)
    if count == 1:
        return np.zeros(1)
    # The smallest spacing of N ions is about 2.018/N^0.559 (James 1998); a uniform chain is a fair start.
    start = (np.arange(count) - (count - 1) / 2) * 2.5 / count**0.559

    def forces(u: RealArray) -> RealArray:
        gaps = u[:, None] - u[None]
        np.fill_diagonal(gaps, np.inf)
        return u - (np.sign(gaps) / gaps**2).sum(axis=1)

    def slopes(u: RealArray) -> RealArray:
        gaps = np.abs(u[:, None] - u[None])
        np.fill_diagonal(gaps, np.inf)
        return np.diag(1 + 2 * (1 / gaps**3).sum(axis=1)) - 2 / gaps**3

    found = root(forces, start, jac=slopes, tol=1e-13)
    u = np.sort(found.x)
    if not np.abs(forces(u)).max() < 1e-8:
        raise InvalidInputError(f"no equilibrium found for {count} ions")
    return (u - u[::-1]) / 2


def _modes(stiffness: RealArray, masses: RealArray) -> tuple[RealArray, RealArray]:
    """Return squared frequencies in units of the first ion's axial one, ascending, and the modes as rows."""
    weights = np.sqrt(masses / masses[0])
    squares, vectors = np.linalg.eigh(stiffness / np.outer(weights, weights))
    modes = vectors.T
    # The sign of a mode is free: its largest amplitude is positive, the last of equals.
    largest = len(masses) - 1 - np.argmax(np.round(np.abs(modes[:, ::-1]), 9), axis=1)
    return squares, modes * np.sign(modes[np.arange(len(modes)), largest])[:, None]


def lamb_dicke_parameters(
    *, crystal: Crystal, wavelength_m: float, angle: float = 0.0, modes: str = "axial"
) -> RealArray:
    """Return eta[p, n] = k cos(angle) sqrt(hbar/(2 m_n w_p)) b[p, n] for light at ``angle`` (rad) to the
    modes.

    Shape (modes, ions); ``modes`` is "axial" or "radial".
    """
    k = 2 * pi / checks.positive(wavelength_m, "wavelength_m") * cos(checks.finite(angle, "angle"))
    if modes not in ("axial", "radial"):
        raise InvalidInputError(f"modes is {modes!r}; it must be 'axial' or 'radial'")
    frequencies = crystal.axial_frequencies_hz if modes == "axial" else crystal.radial_frequencies_hz
    vectors = crystal.axial_modes if modes == "axial" else crystal.radial_modes
    if frequencies is None or vectors is None:
        raise InvalidInputError("the crystal has no radial modes; give ion_crystal a radial_hz")
    masses = np.asarray([ion.mass_kg for ion in crystal.ions])
    return k * np.sqrt(hbar / (2 * np.outer(2 * pi * frequencies, masses))) * vectors
