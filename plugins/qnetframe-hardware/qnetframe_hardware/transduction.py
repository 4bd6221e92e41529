"""Microwave-optical transduction: efficiency, bandwidth and added noise, from the linear Hamiltonian."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.network import LinkModel
from qnetframe_hardware.photons.heralding import Heralded, single_click

ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Transduction:
    """``efficiency`` on resonance, ``added_noise`` photons at the output, ``bandwidth_hz`` (full width at
    half).
    """

    efficiency: float
    added_noise: float
    bandwidth_hz: float
    cooperativities: tuple[float, ...]

    def herald(
        self, *, bright: float, efficiency: float, dark_counts: float = 0.0, visibility: float = 1.0
    ) -> Heralded:
        """Return the pair of two modules whose transduced photons meet (`single_click`).

        ``efficiency`` is that of the optical path, ``added_noise`` counts as noise in each detector's window.
        """
        noise = min(1.0, dark_counts + self.added_noise * efficiency)
        return single_click(
            bright=bright, efficiency=self.efficiency * efficiency, dark_counts=noise, visibility=visibility
        )

    def link(
        self, *, bright: float, efficiency: float, attempt_time: float, dark_counts: float = 0.0
    ) -> LinkModel:
        """Return the link of `herald`."""
        return self.herald(bright=bright, efficiency=efficiency, dark_counts=dark_counts).link(
            attempt_time=attempt_time
        )


def scattering(
    *, couplings: npt.ArrayLike, decays: npt.ArrayLike, ports: npt.ArrayLike, frequency: float = 0.0
) -> ComplexArray:
    """Return the amplitude from each port to each port of coupled modes, all in one rotating frame.

    a' = -(i G + kappa/2) a - sum sqrt(kappa_p) a_in: ``couplings`` G (n, n) Hermitian, ``decays`` kappa (n,)
    total, and ``ports`` (p, n): the part of each mode's decay that goes through each port, all rad/s (C. W.
    Gardiner and M. J. Collett, Phys. Rev. A 31, 3761 (1985)).
    """
    g, k, rates = (np.asarray(x, dtype=complex) for x in (couplings, decays, ports))
    entry = np.sqrt(rates.T)  # (n, p)
    inner = np.linalg.inv(np.diag(k / 2) + 1j * g - 1j * frequency * np.eye(len(k)))
    return np.eye(len(rates)) - entry.T @ inner @ entry


def transduction(
    *,
    coupling_microwave: float,
    coupling_optical: float,
    kappa_microwave: float,
    kappa_optical: float,
    decay_mechanical: float,
    thermal_phonons: float = 0.0,
    extraction_microwave: float = 1.0,
    extraction_optical: float = 1.0,
) -> Transduction:
    """Return the conversion through a mechanical (or other) mode that both fields couple to, rates in rad/s.

    On resonance 4 C1 C2/(1 + C1 + C2)^2 times the parts ``extraction`` of the decays that are wanted, C = 4
    g^2/(kappa gamma); added noise 4 C2 n/(1 + C1 + C2)^2 for n ``thermal_phonons`` (R. W. Andrews et al.,
    Nat. Phys. 10, 321 (2014)). Both come from the scattering matrix of the three modes.
    """
    rates = [
        checks.positive(kappa_microwave, "kappa_microwave"),
        checks.positive(decay_mechanical, "decay_mechanical"),
        checks.positive(kappa_optical, "kappa_optical"),
    ]
    one, two = (
        checks.finite(coupling_microwave, "coupling_microwave"),
        checks.finite(coupling_optical, "coupling_optical"),
    )
    e1, e2 = (checks.probability(e, "extraction") for e in (extraction_microwave, extraction_optical))
    g = np.array([[0, one, 0], [one, 0, two], [0, two, 0]])
    # Ports: microwave line, its loss, the mechanical bath, the optical loss, the optical line.
    ports = np.array(
        [
            [rates[0] * e1, 0, 0],
            [rates[0] * (1 - e1), 0, 0],
            [0, rates[1], 0],
            [0, 0, rates[2] * (1 - e2)],
            [0, 0, rates[2] * e2],
        ]
    )
    return _summary(
        g,
        rates,
        ports,
        4,
        thermal_phonons,
        tuple(4 * c * c / (k * rates[1]) for c, k in ((one, rates[0]), (two, rates[2]))),
    )


def direct_transduction(
    *,
    coupling: float,
    kappa_microwave: float,
    kappa_optical: float,
    thermal_photons: float = 0.0,
    extraction_microwave: float = 1.0,
    extraction_optical: float = 1.0,
) -> Transduction:
    """Return the conversion by H = g (a^dagger b + a b^dagger) alone (electro-optics), rates in rad/s.

    On resonance 4 C/(1 + C)^2 times both extractions, C = 4 g^2/(kappa_a kappa_b): M. Tsang, Phys. Rev. A 81,
    063837 (2010). ``thermal_photons`` are those of the microwave resonator's internal loss.
    """
    a, b = (
        checks.positive(kappa_microwave, "kappa_microwave"),
        checks.positive(kappa_optical, "kappa_optical"),
    )
    e1, e2 = (checks.probability(e, "extraction") for e in (extraction_microwave, extraction_optical))
    g = checks.finite(coupling, "coupling")
    ports = np.array([[a * e1, 0], [0, 0], [a * (1 - e1), 0], [0, b * (1 - e2)], [0, b * e2]])
    return _summary(np.array([[0, g], [g, 0]]), [a, b], ports, 4, thermal_photons, (4 * g * g / (a * b),))


def _summary(
    g: npt.NDArray[np.float64],
    decays: list[float],
    ports: npt.NDArray[np.float64],
    out: int,
    thermal: float,
    cooperativities: tuple[float, ...],
) -> Transduction:
    from scipy.optimize import brentq

    def efficiency(w: float) -> float:
        return float(abs(scattering(couplings=g, decays=decays, ports=ports, frequency=w)[out, 0]) ** 2)

    on = scattering(couplings=g, decays=decays, ports=ports)
    noise = float(abs(on[out, 2]) ** 2) * checks.non_negative(thermal, "thermal quanta")
    peak, width = efficiency(0.0), 0.0
    if peak > 0:
        far = min(decays) / 2
        while efficiency(far) > peak / 2:
            far *= 2
        width = 2 * brentq(lambda w: efficiency(w) - peak / 2, 0, far) / (2 * pi)
    return Transduction(peak, noise, width, cooperativities)
