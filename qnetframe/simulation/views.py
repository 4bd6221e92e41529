"""What the program of one node of a session sees and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnetframe.simulation.pairs import Half

if TYPE_CHECKING:
    from qnetframe.simulation.session import Session


class View:
    """What the program of one node of a session sees and can do.

    ``left`` and ``right`` are the halves whose pairs go towards the first and the last node, oldest first.
    """

    __slots__ = ("_session", "_signal", "left", "name", "position", "profile", "right", "rng", "rule")

    def __init__(self, session: Session, position: int) -> None:
        self._session = session
        self.position, self.name = position, session.nodes[position]
        self.left: list[Half] = []
        self.right: list[Half] = []
        self.rule = session.rule
        self.profile = session.sim.profile(self.name)
        self.rng = session.sim.node_stream(self.name)
        self._signal: Any = None

    def change(self) -> Any:
        """Return the event that something changed here: a pair is heralded, a message came, one expired."""
        self._signal = self._session.sim.clock.signal()
        return self._signal

    def wake(self) -> None:
        """Tell the program that something changed."""
        signal = self._signal
        if signal is not None:
            self._signal = None
            self._session.sim.clock.fire(signal, None)

    def swap(self, left: Half, right: Half) -> None:
        """Swap two pairs by a Bell measurement of the halves here."""
        self._session.swap(self, left, right)

    def purify_next(self) -> bool:
        """Start purifying the next two pairs that need it, those that go to the right; False for none."""
        return self._session.purifier.next(self)

    def ready(self) -> list[Half]:
        """Return the halves here that are known to reach the other end, purified as they should be."""
        session = self._session
        other = session.links if self.position == 0 else 0
        needed = session.end_rounds
        held = self.right if self.position == 0 else self.left
        swaps = session.links - 1
        return [
            h for h in held if h.reach == other and h.heard == swaps and h.rounds >= needed and not h.busy
        ]

    def deliver(self, half: Half) -> None:
        """Hand a half to the application."""
        self._session.deliver(self, half)

    def drop(self, half: Half) -> None:
        """Give a half up and tell the other end."""
        self._session.drop(self, half)
