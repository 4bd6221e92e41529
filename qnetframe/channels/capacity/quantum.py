"""Capacities as intervals: the best bounds that are implemented, with their names."""

from __future__ import annotations

import math

import numpy as np

from qnetframe.channels.capacity import ceilings
from qnetframe.channels.capacity.degradability import is_antidegradable, is_degradable
from qnetframe.channels.capacity.ensembles import holevo_capacity, private_information
from qnetframe.channels.capacity.inputs import best_coherent, best_mutual, best_reverse
from qnetframe.channels.capacity.maps import ChannelLike, Map, as_map, qubits_of
from qnetframe.channels.capacity.superadditive import superadditive_lower_bound
from qnetframe.states.bounds import Bounds
from qnetframe.states.negativities import coherent_information_of_state

# Repetition codes that help a Pauli channel near its hashing threshold.
_CODES: tuple[int | tuple[int, ...], ...] = (3, 5, 7, (5, 5))
_POSITIVE = 1e-9


def quantum_capacity(channel: ChannelLike) -> Bounds:
    """Return bounds on the qubits a use that can be sent reliably, without any assistance.

    Degradable channels: the coherent information, which is then additive (I. Devetak and P. W. Shor, Commun.
    Math. Phys. 256, 287 (2005)). Antidegradable ones: 0. Otherwise from below the coherent information of one
    use and, for Pauli channels, of repetition codes; from above the least of the bounds of `ceilings`.

    >>> from qnetframe.channels import dephasing
    >>> print(quantum_capacity(dephasing(0.1)))
    0.531004 (degradable: coherent information)
    """
    return _without_assistance(channel, private=False)


def private_capacity(channel: ChannelLike) -> Bounds:
    """Return bounds on the secret bits a use, without assistance; at least the quantum capacity.

    Degradable channels: the coherent information (G. Smith, Phys. Rev. A 78, 022306 (2008)). Antidegradable
    ones: 0. Otherwise from below also the private information of one use; from above two-way bounds on P.
    """
    return _without_assistance(channel, private=True)


def _without_assistance(channel: ChannelLike, private: bool) -> Bounds:
    found = channel = as_map(channel)
    degradable = is_degradable(channel)
    best = best_coherent(found, concave=bool(degradable))
    if degradable:
        reason = "degradable: coherent information"
        accuracy = (best.accuracy or 0.0) + degradable.excess + 1e-12
        return Bounds(best.value, best.value, reason, reason, accuracy)
    if best.value < _POSITIVE and is_antidegradable(channel):
        return Bounds(0.0, 0.0, "antidegradable", "antidegradable")
    lower, reason = max(0.0, best.value), "coherent information of one use"
    if lower < _POSITIVE:
        lower, reason = 0.0, "never negative"
    qubit = qubits_of(channel)
    if qubit is not None and qubit.is_pauli:
        for code in _CODES:
            value = superadditive_lower_bound(qubit, code)
            if value > lower:
                lower, reason = value, f"repetition code {code} (DiVincenzo et al. 1998)"
    if private and (value := private_information(channel)) > lower + _POSITIVE:
        lower, reason = value, "private information of one use"
    above = two_way_ceilings(channel, private)
    if not private and (smith := ceilings.smith_smolin_bound(channel)) is not None:
        above["convex hull of degradable bounds (Smith and Smolin 2008)"] = smith
    name, upper = min(above.items(), key=lambda item: item[1])
    return Bounds(min(lower, upper), upper, reason, name, 1e-9)


def two_way_ceilings(channel: ChannelLike, private: bool = False) -> dict[str, float]:
    """Return upper bounds on the two-way assisted capacity (``private``: for secret bits), by name."""
    above = {
        "dimension of the input": ceilings.dimension(channel),
        "half of C_E (squashed entanglement)": ceilings.assisted_half(channel),
    }
    if not private:
        above["transposition (Holevo and Werner 2001)"] = ceilings.transposition_bound(channel)
    if (entropy := ceilings.pauli_relative_entropy(channel)) is not None:
        above["relative entropy of entanglement (Pirandola et al. 2017)"] = entropy
    if (gamma := ceilings.damping_parameter(channel)) is not None:
        above.update(ceilings.damping_two_way_bounds(gamma))
    if ceilings.is_entanglement_breaking(channel):
        above["entanglement breaking"] = 0.0
    return above


def two_way_capacity(channel: ChannelLike) -> Bounds:
    """Return bounds on the ebits a use with free two-way classical communication (Q↔ = D↔).

    From below the coherent and the reverse coherent information (R. García-Patrón et al., Phys. Rev. Lett.
    102, 210501 (2009)); where there is a flag, of what is left once it is read and told (C. H. Bennett, D. P.
    DiVincenzo and J. A. Smolin, Phys. Rev. Lett. 78, 3217 (1997), for erasure). From above the least of
    `two_way_ceilings`.
    """
    found = channel = as_map(channel)
    below = {
        "never negative": 0.0,
        "coherent information": best_coherent(found).value,
        "reverse coherent information": best_reverse(found).value,
    }
    if found.flags > 1:
        below["hashing after the flag is read"] = _hashing_by_flag(found)
    reason, lower = max(below.items(), key=lambda item: item[1])
    name, upper = min(two_way_ceilings(channel).items(), key=lambda item: item[1])
    return Bounds(min(lower, upper), upper, reason, name, 1e-8)


def _hashing_by_flag(channel: Map) -> float:
    """Return Σ p max(0, S(A) - S(AB), S(B) - S(AB)) over the values of the flag, A half of a maximal pair."""
    inputs, outputs = channel.inputs, channel.outputs // channel.flags
    shape = (inputs, outputs, channel.flags) * 2
    blocks = np.einsum("abfcdf->fabcd", channel.choi.reshape(shape)) / inputs
    total = 0.0
    for block in blocks:
        p = float(np.einsum("abab->", block).real)
        if p > 0.0:
            joint = block.reshape(inputs * outputs, inputs * outputs) / p
            bounds = coherent_information_of_state(joint, (inputs, outputs))
            total += p * max(0.0, float(bounds))
    return total


def classical_capacity(channel: ChannelLike) -> Bounds:
    """Return bounds on the bits a use: the Holevo capacity, and C_E, log2 of the dimension or better.

    The Holevo capacity is additive for unital qubit channels (C. King, J. Math. Phys. 43, 4641 (2002)), for
    entanglement-breaking ones (P. W. Shor, J. Math. Phys. 43, 4334 (2002)) and for erasure. Amplitude
    damping: at most log2(1 + √(1-γ)), X. Wang, W. Xie and R. Duan, IEEE Trans. Inf. Theory 64, 640 (2018).
    """
    found = channel = as_map(channel)
    holevo = holevo_capacity(channel)
    reason = "Holevo capacity"
    additive = {
        "unital qubit channel (King 2002)": ceilings.is_unital_qubit(channel),
        "entanglement breaking (Shor 2002)": ceilings.is_entanglement_breaking(channel),
        "erasure (Bennett et al. 1997)": ceilings.erasure_parameter(found) is not None,
    }
    for name, holds in additive.items():
        if holds:
            return Bounds(
                holevo.value, holevo.value, reason, f"{reason}, additive: {name}", holevo.accuracy + 1e-9
            )
    mutual = best_mutual(found)
    above = {
        "dimension of the input": ceilings.dimension(channel),
        "entanglement-assisted capacity": mutual.value + (mutual.accuracy or 0.0),
    }
    if (gamma := ceilings.damping_parameter(channel)) is not None:
        above["log2(1 + √(1-γ)) (Wang, Xie and Duan 2018)"] = math.log2(1 + math.sqrt(1 - gamma))
    name, upper = min(above.items(), key=lambda item: item[1])
    return Bounds(min(holevo.value, upper), upper, reason, name, holevo.accuracy + 1e-9)
