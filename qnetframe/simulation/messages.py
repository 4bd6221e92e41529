"""Classical messages: light time, loss, and repetition after a time-out."""

from __future__ import annotations

import random
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.simulation.clock import picoseconds


@dataclass(frozen=True)
class Classical:
    """The classical network: the chance that a message is lost, and what is done about it.

    A message that is not acknowledged within a round trip is sent again, up to ``retries`` times; if all are
    lost it never arrives. ``overhead`` (seconds) is added to every message at the receiver.
    """

    loss: float = 0.0
    retries: int = 3
    overhead: float = 0.0

    def __post_init__(self) -> None:
        checks.probability(self.loss, "message loss")
        checks.integer(self.retries, "retries", low=0)
        picoseconds(self.overhead, "overhead (seconds)")

    @property
    def overhead_ticks(self) -> int:
        """The overhead in picoseconds."""
        return picoseconds(self.overhead, "overhead (seconds)")

    def travel(self, light: int, rng: random.Random) -> int | None:
        """Return the picoseconds after which a message over ``light`` arrives; None if it never does."""
        if self.loss == 0.0:
            return light + self.overhead_ticks if self.overhead else light
        one_way = light + self.overhead_ticks
        for sent in range(self.retries + 1):
            if rng.random() >= self.loss:
                return one_way + sent * 2 * one_way
        return None
