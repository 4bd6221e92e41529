"""How links herald pairs: single click, two photons, a source half way, direct transmission; dark counts.

Each function gives a LinkModel, whose pair is in the frame of Φ+ (the known flip between Ψ+ and Φ+ is
made). The default speed is that of light at a refractive index of 1.5, the attenuation that of telecom
fibre at 1550 nm.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import LinkModel, werner_state


@dataclass(frozen=True)
class Detector:
    """A detector that clicks or not: ``efficiency``, dark counts (hertz) and the time window (seconds)."""

    efficiency: float = 1.0
    dark_counts: float = 0.0
    window: float = 1e-9

    def __post_init__(self) -> None:
        checks.probability(self.efficiency, "detector efficiency")
        checks.non_negative(self.dark_counts, "dark_counts (hertz)")
        checks.non_negative(self.window, "detector window (seconds)")

    @property
    def dark(self) -> float:
        """The probability of a dark click in the window, 1 - e^{-rate·window}."""
        return -math.expm1(-self.dark_counts * self.window)


@dataclass(frozen=True)
class Fibre:
    """The fibre of a link: its length, attenuation and the speed of light in it."""

    length_km: float
    attenuation_db_per_km: float = 0.2
    speed_km_per_s: float = 2e5

    def __post_init__(self) -> None:
        checks.positive(self.length_km, "length_km")
        checks.non_negative(self.attenuation_db_per_km, "attenuation_db_per_km")
        checks.positive(self.speed_km_per_s, "speed_km_per_s")

    @property
    def delay(self) -> float:
        """The light time in seconds."""
        return self.length_km / self.speed_km_per_s

    def transmission(self, share: float = 1.0) -> float:
        """Return the transmission of a share of the length."""
        return math.pow(10.0, -self.attenuation_db_per_km * self.length_km * share / 10)


@dataclass(frozen=True)
class Source:
    """A memory that emits a photon entangled with it; ``frequency`` (hertz) bounds its attempts."""

    efficiency: float = 1.0
    frequency: float = math.inf
    visibility: float = 1.0

    def __post_init__(self) -> None:
        checks.probability(self.efficiency, "source efficiency")
        checks.positive(self.frequency, "source frequency (hertz)", infinite=True)
        checks.probability(self.visibility, "visibility")


# |00>, |01>, |10>, |11> after the flip of the second qubit, and the Bell states Φ±.
_AFTER_FLIP = {"00": 1, "01": 0, "10": 3, "11": 2}


def _state(bell: float, flipped: float, classical: dict[str, float]) -> tuple[float, Any]:
    """Return the total weight and the normalised matrix of Φ+, Φ- and emission patterns before the flip."""
    rho = np.zeros((4, 4))
    rho[0, 0] = rho[3, 3] = (bell + flipped) / 2
    rho[0, 3] = rho[3, 0] = (bell - flipped) / 2
    for pattern, weight in classical.items():
        place = _AFTER_FLIP[pattern]
        rho[place, place] += weight
    total = float(np.trace(rho))
    return total, rho / total if total else rho


def single_click(
    fibre: Fibre, bright: float, source: Source | None = None, detector: Detector | None = None
) -> LinkModel:
    """Return a link on which one click half way heralds a pair of memories, each bright with ``bright``.

    With η the chance that an emitted photon clicks and no dark counts: p = 2αη(1-αη/2), F = (1-α)/(1-αη/2)
    for detectors that do not count. A dark click (probability d a detector) may herald any emission: C.
    Cabrillo et al., Phys. Rev. A 59, 1025 (1999); P. C. Humphreys et al., Nature 558, 268 (2018), Methods.
    The phase between the arms is stable up to the ``visibility`` of the source, which dephases the pair.
    """
    emitter, click = source or Source(), detector or Detector()
    a = checks.probability(bright, "bright")
    eta, d = emitter.efficiency * click.efficiency * fibre.transmission(0.5), click.dark
    only_dark = 2 * d * (1 - d)
    one = 2 * a * (1 - a)
    good = one * eta * (1 - d)
    lost = one * (1 - eta) * only_dark
    both = a * a * ((2 * eta - eta * eta) * (1 - d) + (1 - eta) ** 2 * only_dark)
    none = (1 - a) ** 2 * only_dark
    flip = (1 - emitter.visibility) / 2
    patterns = {"01": lost / 2, "10": lost / 2, "11": both, "00": none}
    total, state = _state(good * (1 - flip), good * flip, patterns)
    return _model(total, state, fibre, emitter, fibre.delay, "single_click")


def two_photon(fibre: Fibre, source: Source | None = None, detector: Detector | None = None) -> LinkModel:
    """Return a link on which one click in each of two rounds half way heralds a pair.

    Without dark counts P = η²/2 and F = (1+V)/2, V the visibility of the photons' interference: S. D. Barrett
    and P. Kok, Phys. Rev. A 71, 060310 (2005). In each round exactly one of two detectors must click; the
    photons of memories in equal states come in one round, and need a dark click in the other.
    """
    emitter, click = source or Source(), detector or Detector()
    eta, d = emitter.efficiency * click.efficiency * fibre.transmission(0.5), click.dark
    only_dark = 2 * d * (1 - d)
    one = eta * (1 - d) + (1 - eta) * only_dark
    two = (2 * eta - eta * eta) * (1 - d) + (1 - eta) ** 2 * only_dark
    true = (eta * (1 - d)) ** 2 / 2
    chance = (one * one - (eta * (1 - d)) ** 2) / 2
    wrong = two * only_dark / 2
    flip = (1 - emitter.visibility) / 2
    patterns = {"01": chance / 2, "10": chance / 2, "00": wrong / 2, "11": wrong / 2}
    total, state = _state(true * (1 - flip), true * flip, patterns)
    return _model(total, state, fibre, emitter, fibre.delay, "two_photon")


def midpoint_source(
    fibre: Fibre, source: Source | None = None, absorption: float = 1.0, fidelity: float = 1.0
) -> LinkModel:
    """Return a link with a pair source half way, whose photons heralded memories at both ends absorb.

    P = efficiency of the source · transmission · absorption², each end telling the other: an attempt takes
    half the light time out and a whole one for the news. C. Jones et al., New J. Phys. 18, 083015 (2016).
    """
    emitter = source or Source()
    chance = emitter.efficiency * fibre.transmission() * checks.probability(absorption, "absorption") ** 2
    return _model(
        chance, werner_state(fidelity), fibre, emitter, 1.5 * fibre.delay, "midpoint_source", fibre.delay
    )


def direct_transmission(
    fibre: Fibre, source: Source | None = None, absorption: float = 1.0, fidelity: float = 1.0
) -> LinkModel:
    """Return a link on which one end sends its photon all the way to a heralded memory at the other.

    P = efficiency · transmission · absorption; the news travels back, so that an attempt takes two light
    times.
    """
    emitter = source or Source()
    chance = emitter.efficiency * fibre.transmission() * checks.probability(absorption, "absorption")
    return _model(chance, werner_state(fidelity), fibre, emitter, 2 * fibre.delay, "direct_transmission")


def multiplexed(model: LinkModel, modes: int) -> LinkModel:
    """Return a link that tries ``modes`` times, frequencies or paths in one attempt: 1 - (1-p)^modes.

    One memory takes the first success. O. A. Collins et al., Phys. Rev. Lett. 98, 060502 (2007).
    """
    count = checks.integer(modes, "modes", low=1)
    chance = (
        -math.expm1(count * math.log1p(-model.success_probability)) if model.success_probability < 1 else 1.0
    )
    return dataclasses.replace(model, success_probability=chance)


def _model(
    chance: float,
    state: Any,
    fibre: Fibre,
    source: Source,
    time: float,
    name: str,
    herald: float | None = None,
) -> LinkModel:
    if chance <= 0.0:
        raise InvalidInputError(
            f"{name}: a pair is never heralded with these efficiencies, brightness and length"
        )
    attempt = max(time, 1 / source.frequency)
    return LinkModel(
        success_probability=min(1.0, chance), attempt_time=attempt, state=state, delay=fibre.delay,
        herald_delay=time if herald is None else herald, transmission=fibre.transmission(),
    )  # fmt: skip
