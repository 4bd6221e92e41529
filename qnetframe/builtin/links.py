"""Link models that ship with the host."""

from __future__ import annotations

from typing import Literal

from qnetframe import checks
from qnetframe.api import LinkSpec
from qnetframe.errors import InvalidInputError
from qnetframe.network import LinkModel, werner_state


def ideal_link(fidelity: float = 1.0) -> LinkModel:
    """Return a link that gives a Werner pair at once and with certainty, and sends qubits without loss.

    ``fidelity`` is that of the pair with Φ+, in [0, 1].
    """
    return LinkModel(state=werner_state(fidelity))


def fiber_link(
    length_km: float,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    speed_km_per_s: float = 2e5,
    efficiency: float = 1.0,
    scheme: Literal["two-photon"] = "two-photon",
) -> LinkModel:
    """Return a fibre with a Bell measurement in the middle, which heralds pairs by two photons.

    Each memory emits a photon that travels half of ``length_km``; both arrive with probability
    (efficiency * 10**(-attenuation * length / 20))**2 and linear optics tells half of the Bell states: S. D.
    Barrett and P. Kok, Phys. Rev. A 71, 060310 (2005). ``efficiency`` is that of emission, coupling and
    detection of one photon. An attempt takes the photon half way and the herald back, length / speed, and the
    memories wait through it. ``fidelity`` is that of the heralded Werner pair before that wait. A qubit that
    is sent travels the whole length: transmission efficiency * 10**(-attenuation * length / 10). The default
    speed is that of light at a refractive index of 1.5, the attenuation that of telecom fibre at 1550 nm.
    """
    length = checks.non_negative(length_km, "length_km")
    loss = checks.non_negative(attenuation_db_per_km, "attenuation_db_per_km")
    speed = checks.positive(speed_km_per_s, "speed_km_per_s")
    photon = checks.probability(efficiency, "efficiency")
    if scheme != "two-photon":
        raise InvalidInputError(f"scheme is {scheme!r}; allowed: 'two-photon'")
    half = photon * 10 ** (-loss * length / 20)
    success = 0.5 * half * half
    if success == 0.0:
        raise InvalidInputError(
            f"fiber of {length:g} km at {loss:g} dB/km and efficiency {photon:g} never heralds a pair"
        )
    time = length / speed
    return LinkModel(
        success_probability=success,
        attempt_time=time,
        state=werner_state(fidelity),
        delay=time,
        herald_delay=time,
        transmission=photon * 10 ** (-loss * length / 10),
    )


LINKS: tuple[LinkSpec, ...] = (
    LinkSpec("ideal", ideal_link, "a Werner pair at once, lossless qubits"),
    LinkSpec("fiber", fiber_link, "fibre, pairs heralded by a two-photon Bell measurement half way"),
)
