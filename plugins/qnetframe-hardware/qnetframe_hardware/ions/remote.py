"""Two ions in separate traps, entangled by the photons they emit, with what each imperfection costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp, inf, sqrt

from qnetframe import checks
from qnetframe.network import LinkModel
from qnetframe_hardware.photons.heralding import Heralded, dephased, single_click, two_photon

FIBRE_SPEED_KM_PER_S = 2e5


@dataclass(frozen=True, eq=False)
class RemoteIons:
    """A heralded pair and its ``rate`` (Hz), ``attempt_time`` (s); ``budget``: what each imperfection alone
    costs.

    ``efficiency`` is that of one photon of each ion, from excitation to detection.
    """

    heralded: Heralded
    efficiency: tuple[float, float]
    rate: float
    attempt_time: float
    light_time: float
    budget: Mapping[str, float]

    @property
    def fidelity(self) -> float:
        """The fidelity with the wanted Bell state."""
        return self.heralded.fidelity

    @property
    def probability(self) -> float:
        """The success probability of an attempt."""
        return self.heralded.probability

    def link(self) -> LinkModel:
        """Return the link: the herald travels from the middle, as long as the photon did."""
        return self.heralded.link(
            attempt_time=self.attempt_time,
            herald_delay=min(self.light_time, self.attempt_time),
            delay=self.light_time,
        )


def _efficiency(
    collection: float, fibre_coupling: float, detector: float, half_km: float, loss: float
) -> float:
    parts = [
        checks.probability(collection, "collection"),
        checks.probability(fibre_coupling, "fibre_coupling"),
        checks.probability(detector, "detector"),
    ]
    return (
        parts[0]
        * parts[1]
        * parts[2]
        * 10 ** (-checks.non_negative(loss, "attenuation_db_per_km") * half_km / 10)
    )


def _pair(value: float | tuple[float, float]) -> tuple[float, float]:
    return value if isinstance(value, tuple) else (value, value)


def _remote(
    herald: Callable[..., Heralded],
    clean: Mapping[str, float],
    given: Mapping[str, float],
    efficiency: tuple[float, float],
    attempt_rate_hz: float,
    duty_cycle: float,
    length_km: float,
    spin: tuple[float, float],
) -> RemoteIons:
    light = length_km / FIBRE_SPEED_KM_PER_S
    # An attempt lasts at least until the herald is back.
    period = max(1 / checks.positive(attempt_rate_hz, "attempt_rate_hz"), light)
    heralded = _waiting(herald(efficiency=efficiency, **{**clean, **given}), *spin)
    best = herald(efficiency=efficiency, **clean).fidelity
    budget = {
        name: best - herald(efficiency=efficiency, **{**clean, name: value}).fidelity
        for name, value in given.items()
        if value != clean[name]
    }
    if spin[0] and spin[1] < inf:
        budget["memory dephasing"] = best - _waiting(herald(efficiency=efficiency, **clean), *spin).fidelity
    if best < 1 - 1e-12:
        budget = {"protocol itself": 1 - best, **budget}
    duty = checks.probability(duty_cycle, "duty_cycle")
    return RemoteIons(heralded, efficiency, duty * heralded.probability / period, period, light, budget)


def _waiting(pair: Heralded, wait: float, t2: float) -> Heralded:
    """Return the pair after both memories dephase for ``wait`` seconds."""
    seconds = checks.non_negative(wait, "wait (seconds)")
    return dephased(pair, exp(-2 * seconds / checks.positive(t2, "t2 (seconds)", infinite=True)))


def remote_ions_two_photon(
    *,
    collection: float | tuple[float, float],
    fibre_coupling: float = 1.0,
    detector: float = 1.0,
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    emitter_fidelity: float = 1.0,
    attempt_rate_hz: float = 1e6,
    duty_cycle: float = 1.0,
    length_km: float = 0.0,
    attenuation_db_per_km: float = 0.0,
    wait: float = 0.0,
    t2: float = inf,
) -> RemoteIons:
    """Return the pair of a Bell measurement on two photons half way along ``length_km`` (`two_photon`).

    ``collection`` (see `lens_collection` and `cavity_collection`, one number or one an ion) times
    ``fibre_coupling`` times ``detector`` times the fibre's transmission is a photon's efficiency.
    ``visibility`` the squared overlap of the photons, ``dark_counts`` the probability of one a detector and
    window, ``emitter_fidelity`` that of each ion-photon pair; after the herald both ions dephase for ``wait``
    seconds with ``t2``. ``duty_cycle`` is the part of the time that is spent on attempts (the rest on
    cooling).
    """
    half = checks.non_negative(length_km, "length_km") / 2
    one, two = (
        _efficiency(c, fibre_coupling, detector, half, attenuation_db_per_km) for c in _pair(collection)
    )
    return _remote(
        two_photon,
        {"visibility": 1.0, "dark_counts": 0.0, "emitter_fidelity": 1.0},
        {"visibility": visibility, "dark_counts": dark_counts, "emitter_fidelity": emitter_fidelity},
        (one, two),
        attempt_rate_hz,
        duty_cycle,
        length_km,
        (wait, t2),
    )


def remote_ions_single_photon(
    *,
    bright: float,
    collection: float | tuple[float, float],
    fibre_coupling: float = 1.0,
    detector: float = 1.0,
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    phase_noise: float = 0.0,
    recoil_lamb_dicke: float = 0.0,
    mean_phonons: float = 0.0,
    attempt_rate_hz: float = 1e6,
    duty_cycle: float = 1.0,
    length_km: float = 0.0,
    attenuation_db_per_km: float = 0.0,
) -> RemoteIons:
    """Return the pair of one click half way along ``length_km`` (`single_click`, weak excitation ``bright``).

    The recoil of absorbing and emitting tells which ion scattered: the coherence falls by |<e^{i dk x}>| =
    e^{-eta^2 (2n + 1)/2} for each ion, with ``recoil_lamb_dicke`` = eta of the difference of the wave vectors
    and ``mean_phonons`` = n (C. Cabrillo et al., Phys. Rev. A 59, 1025 (1999)), which is a phase of variance
    2 eta^2 (2n + 1) that adds to that of ``phase_noise``. Other parameters as in `remote_ions_two_photon`.
    """
    half = checks.non_negative(length_km, "length_km") / 2
    one, two = (
        _efficiency(c, fibre_coupling, detector, half, attenuation_db_per_km) for c in _pair(collection)
    )
    eta = checks.non_negative(recoil_lamb_dicke, "recoil_lamb_dicke")
    variance = 2 * eta**2 * (2 * checks.non_negative(mean_phonons, "mean_phonons") + 1)
    noise = sqrt(checks.non_negative(phase_noise, "phase_noise (rad)") ** 2 + variance)
    return _remote(
        partial(single_click, bright=bright),
        {"visibility": 1.0, "dark_counts": 0.0, "phase_noise": 0.0},
        {"visibility": visibility, "dark_counts": dark_counts, "phase_noise": noise},
        (one, two),
        attempt_rate_hz,
        duty_cycle,
        length_km,
        (0.0, inf),
    )
