"""Attacks on pulses. Each knows nothing but the pulse; Eve's information is computed from what she notes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.attacks.branches import STORED, Branch, Pulse
from qnetframe_qkd.attacks.report import Reporting
from qnetframe_qkd.optics import poisson

_S = math.sqrt(0.5)
_BASES = {
    "z": ((0.0, 0.0, 1.0),),
    "x": ((1.0, 0.0, 0.0),),
    "zx": ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
    "zxy": ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "breidbart": ((_S, 0.0, _S),),
}


@dataclass(frozen=True)
class InterceptResend(Reporting):
    """Measure a share of the pulses in a basis drawn from ``basis``, and send on what was found.

    Eve's apparatus is ideal: the pulse that she sends has the light that it had. "breidbart" is the basis
    half way between Z and X: Bennett, Bessette, Brassard, Salvail, Smolin, J. Cryptology 5, 3 (1992).
    """

    strength: float = 1.0
    basis: Literal["zx", "zxy", "z", "x", "breidbart"] = "zx"

    def __post_init__(self) -> None:
        checks.probability(self.strength, "strength")
        if self.basis not in _BASES:
            raise InvalidInputError(f"basis is {self.basis!r}; allowed: {', '.join(_BASES)}")

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return the pulse untouched, and each outcome of each basis."""
        found = [Branch(1 - self.strength, "", pulse.state, pulse.light, pulse.transmittance)]
        vectors = _BASES[self.basis]
        for number, vector in enumerate(vectors):
            for bit, sign in ((0, 1.0), (1, -1.0)):
                chance = (1 + sign * float(np.dot(pulse.state, vector))) / 2 / len(vectors)
                state = (sign * vector[0], sign * vector[1], sign * vector[2])
                found.append(
                    Branch(self.strength * chance, f"{number}:{bit}", state, pulse.light, pulse.transmittance)
                )
        return found


@dataclass(frozen=True)
class PhotonNumberSplitting(Reporting):
    """Keep one photon of each pulse with several, send the others on without loss, and block single ones.

    ``blocked`` is the share of single photons that is blocked; those let through have the loss of the fibre.
    Source: Brassard, Lütkenhaus, Mor, Sanders, PRL 85, 1330 (2000).
    """

    blocked: float = 1.0
    cutoff: int = 12

    def __post_init__(self) -> None:
        checks.probability(self.blocked, "blocked")
        checks.integer(self.cutoff, "cutoff", low=2, high=60)

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return one branch for each number of photons; those above the cutoff count as the cutoff."""
        light = type(pulse.light)
        if pulse.light.photons is not None:
            shares = {pulse.light.photons: 1.0}
        else:
            assert pulse.light.mean is not None
            shares = {n: poisson(pulse.light.mean, n) for n in range(self.cutoff)}
            shares[self.cutoff] = 1 - math.fsum(shares.values())
        found = []
        for number, share in shares.items():
            if number < 2:
                found.append(
                    Branch(
                        share * (1 - self.blocked),
                        "",
                        pulse.state,
                        light(photons=number),
                        pulse.transmittance,
                    )
                )
                found.append(Branch(share * self.blocked, "", pulse.state, light(photons=0), 1.0))
            else:
                found.append(Branch(share, STORED, pulse.state, light(photons=number - 1), 1.0))
        return found


@dataclass(frozen=True)
class BeamSplitting(Reporting):
    """Take the light that the fibre would lose, put the rest through without loss.

    Eve stores her part; she knows the bit where it is not vacuum. Bob sees the channel that he expects.
    Source: Bennett et al., J. Cryptology 5, 3 (1992); Dušek, Haderka, Hendrych, Opt. Commun. 169, 103 (1999).
    """

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return Eve's part empty, or not; for coherent light it is independent of Bob's."""
        if pulse.light.mean is None:
            raise InvalidInputError("beam splitting needs coherent light; a single photon is not split")
        light = type(pulse.light)
        empty = math.exp(-pulse.light.mean * (1 - pulse.transmittance))
        rest = light(mean=pulse.light.mean * pulse.transmittance)
        return [
            Branch(empty, "", pulse.state, rest, 1.0),
            Branch(1 - empty, STORED, pulse.state, rest, 1.0),
        ]


@dataclass(frozen=True)
class TimeShift(Reporting):
    """Shift pulses to when one of Bob's detectors is ``mismatch`` times as efficient as the other.

    Nothing is measured and no error is caused; Eve knows which detector was the likelier. Source: Qi, Fung,
    Lo, Ma, Quant. Inf. Comp. 7, 73 (2007).
    """

    mismatch: float = 0.1

    def __post_init__(self) -> None:
        checks.probability(self.mismatch, "mismatch")

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return the early and the late pulse."""
        first, second = pulse.receiver.efficiencies
        early, late = (first, second * self.mismatch), (first * self.mismatch, second)
        return [
            Branch(0.5, "early", pulse.state, pulse.light, pulse.transmittance, early),
            Branch(0.5, "late", pulse.state, pulse.light, pulse.transmittance, late),
        ]


@dataclass(frozen=True)
class FakedState(Reporting):
    """Measure in z or x, send the opposite bit in the other basis when its detector is nearly blind.

    QBER = 2η/(1+3η) for a mismatch η: Makarov, Anisimov, Skaar, PRA 74, 022313 (2006), eq. 8. Eve may send
    brighter light; here it is what it was.
    """

    mismatch: float = 0.05

    def __post_init__(self) -> None:
        checks.probability(self.mismatch, "mismatch")

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return each outcome of each basis."""
        first, second = pulse.receiver.efficiencies
        found = []
        vectors = _BASES["zx"]
        for number, vector in enumerate(vectors):
            other = vectors[1 - number]
            for bit, sign in ((0, 1.0), (1, -1.0)):
                chance = (1 + sign * float(np.dot(pulse.state, vector))) / 4
                sent = (-sign * other[0], -sign * other[1], -sign * other[2])
                able = (first, second * self.mismatch) if bit == 0 else (first * self.mismatch, second)
                found.append(Branch(chance, f"{number}:{bit}", sent, pulse.light, pulse.transmittance, able))
        return found


@dataclass(frozen=True)
class UnambiguousDiscrimination(Reporting):
    """On B92: tell the two states apart for certain, with probability 1 - 1/√2, and block the rest.

    Source: Ivanovic, Phys. Lett. A 123, 257 (1987); Peres, 128, 19 (1988). Loss hides it: no error is caused.
    """

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return the state known and sent on without loss, or nothing sent."""
        light = type(pulse.light)
        known = 1 - _S
        bit = 0 if pulse.state[2] > 0.5 else 1
        return [
            Branch(known, f"known:{bit}", pulse.state, pulse.light, 1.0),
            Branch(1 - known, "", pulse.state, light(photons=0), 1.0),
        ]
