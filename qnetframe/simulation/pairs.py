"""A pair and its two halves: what is true of it, and what each end knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnetframe.simulation.pairstates import State

if TYPE_CHECKING:
    from qnetframe.simulation.memories import Slot


class Half:
    """One half of a pair in a memory slot, with what its node knows.

    ``reach`` is the position on the path at which the node believes the other half; ``born`` the time in
    picoseconds from which its cut-off counts; ``rounds`` the rounds of purification; ``frame`` the known
    Pauli correction (bit 0: X, bit 1: Z), ``heard`` the number of swaps that are in it. ``clock`` is the
    time up to which decoherence is in the state. ``promised`` once the bits of a teleportation came,
    ``busy`` while a purification is under way, ``gone`` once it was measured, used or given up; then what
    is heard of it is passed on to ``heir``, the far half of the pair that it was swapped with.
    """

    __slots__ = (
        "born", "busy", "clock", "frame", "gone", "heard", "heir", "held", "pair", "position", "promised",
        "reach", "rounds", "side", "slot", "used_at",
    )  # fmt: skip

    def __init__(self, side: int, position: int, slot: Slot, clock: int, born: int, reach: int) -> None:
        self.pair: Pair = None  # type: ignore[assignment]
        self.side, self.position, self.slot = side, position, slot
        self.clock, self.born, self.held, self.reach = clock, born, born, reach
        self.rounds = self.frame = self.heard = 0
        self.busy = self.gone = self.promised = False
        self.heir: Half | None = None
        self.used_at = -1


class Pair:
    """A pair as it is: its state while ``alive``, its halves (lower position first) and its true frame.

    ``parts`` are the lanes of links that went into it.
    """

    __slots__ = ("alive", "frame", "halves", "number", "parts", "state")

    def __init__(self, number: int, state: State, left: Half, right: Half, parts: tuple[Any, ...]) -> None:
        self.number, self.state, self.halves, self.parts = number, state, (left, right), parts
        self.alive = True
        self.frame = 0
        left.pair = right.pair = self

    def other(self, half: Half) -> Half:
        """Return the other half."""
        return self.halves[1 - half.side]
