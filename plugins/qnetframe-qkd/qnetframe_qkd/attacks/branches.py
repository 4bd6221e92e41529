"""What an attack does to one pulse: a list of branches, each with what Eve notes."""

from __future__ import annotations

import typing
from dataclasses import dataclass

if typing.TYPE_CHECKING:
    from qnetframe_qkd.detection.light import Light, Receiver

# Eve keeps a photon (or enough light) and learns the bit when bases are announced.
STORED = "stored"


@dataclass(frozen=True)
class Pulse:
    """A pulse as it leaves Alice: its state as a Bloch vector, its light, and the way to Bob."""

    state: tuple[float, float, float]
    basis: str
    light: Light
    transmittance: float
    receiver: Receiver


@dataclass(frozen=True)
class Branch:
    """With ``probability`` Eve notes ``symbol`` and this light goes on to Bob.

    ``efficiencies`` are those of Bob's detectors where Eve can set them.
    """

    probability: float
    symbol: str
    state: tuple[float, float, float]
    light: Light
    transmittance: float
    efficiencies: tuple[float, float] | None = None


class Attack(typing.Protocol):
    """An attack on single pulses, independent from one to the next."""

    def branches(self, pulse: Pulse) -> list[Branch]:
        """Return what may happen to a pulse; the probabilities add up to 1."""
        ...
