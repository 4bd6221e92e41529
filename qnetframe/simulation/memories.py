"""Memory slots: each holds one half at a time, which is asserted, and counts how long it was held."""

from __future__ import annotations

from qnetframe.simulation.pairs import Half


class Slot:
    """One memory of a node, at one end of a lane of a link. Times in picoseconds."""

    __slots__ = ("busy_time", "free_since", "half", "node")

    def __init__(self, node: str) -> None:
        self.node = node
        self.half: Half | None = None
        self.free_since = 0
        self.busy_time = 0

    def take(self, half: Half) -> None:
        """Put a half into the slot, which must be empty."""
        assert self.half is None, f"a memory of {self.node} is held twice"
        self.half = half

    def release(self, half: Half, now: int) -> None:
        """Take a half out of the slot that holds it."""
        assert self.half is half, f"a memory of {self.node} is given back by who does not hold it"
        self.half = None
        self.free_since = now
        self.busy_time += now - half.held

    def held_time(self, now: int) -> int:
        """Return for how long the slot has held halves until now."""
        return self.busy_time + (0 if self.half is None else now - self.half.held)
