"""From figures of a device to channels: relaxation, and the depolarizing remainder of a gate error."""

from __future__ import annotations

import math
from functools import lru_cache

from qnetframe.channels import Channel, bit_flip, depolarizing, thermal_relaxation, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.network import GateProfile, QubitProfile

# Differences of sums of durations below this (seconds) are rounding.
_INSTANT = 1e-18

flip = lru_cache(maxsize=1024)(bit_flip)
_relax = lru_cache(maxsize=65536)(thermal_relaxation)


def relaxation(profile: QubitProfile, time: float) -> Channel | None:
    """Return the relaxation of a qubit during ``time`` seconds; None where there is none."""
    if time <= _INSTANT or (math.isinf(profile.t1) and math.isinf(profile.t2)):
        return None
    return _relax(profile.t1, profile.t2, time)


def relaxation_infidelity(profiles: tuple[QubitProfile, ...], time: float) -> float:
    """Return the average infidelity of qubits that relax side by side during ``time`` seconds.

    Entanglement fidelities multiply; the average fidelity is (d F_e + 1)/(d + 1), M. A. Nielsen, Phys. Lett.
    A 303, 249 (2002).
    """
    kept = 1.0
    for profile in profiles:
        kept *= _entanglement_fidelity(profile.t1, profile.t2, time)
    dim = 1 << len(profiles)
    return dim * (1.0 - kept) / (dim + 1)


def _entanglement_fidelity(t1: float, t2: float, time: float) -> float:
    """Return the entanglement fidelity of relaxation: (1 + e^(-t/T1) + 2 e^(-t/T2)) / 4."""
    return 1.0 + (math.expm1(-time / t1) + 2 * math.expm1(-time / t2)) / 4


@lru_cache(maxsize=65536)
def remainder(gate: GateProfile, profiles: tuple[QubitProfile, ...], where: str) -> float:
    """Return λ, the weight of full depolarization that relaxation leaves to a gate's reported error.

    The reported error r is an average infidelity that includes relaxation. After relaxation of average
    infidelity r', depolarizing (1-λ)ρ + λ/d gives the fidelity (1-λ)(1-r') + λ/d, so
    λ = (r - r') / ((1 - r') - 1/d), floored at 0. Raises InvalidInputError where no depolarizing noise is so
    strong (all Pauli errors would need a total probability above 1); ``where`` begins the message.
    """
    dim = 1 << len(profiles)
    relaxed = relaxation_infidelity(profiles, gate.duration)
    if gate.error <= relaxed:
        return 0.0
    room = (1.0 - relaxed) - 1.0 / dim
    weight = (gate.error - relaxed) / room if room > 0.0 else math.inf
    limit = dim * dim / (dim * dim - 1)
    if weight > limit * (1 + 1e-12):
        highest = relaxed + limit * max(0.0, room)
        raise InvalidInputError(
            f"{where}: gate error is {gate.error!r}; depolarizing noise reaches at most {highest:.6g}"
        )
    return min(weight, limit)


@lru_cache(maxsize=65536)
def depolarizing_of_weight(weight: float, num_qubits: int) -> Channel:
    """Return (1-λ)ρ + λ/d for λ = ``weight``, on one or two qubits: Pauli probability λ(1 - 1/d²)."""
    if num_qubits == 1:
        return depolarizing(min(1.0, 0.75 * weight))
    return two_qubit_depolarizing(min(1.0, 0.9375 * weight))
