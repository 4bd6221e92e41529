"""Purification between the nodes of a session, by messages.

The left end measures first and asks the right end, which measures as well, compares, and answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qnetframe.simulation.pairs import Half, Pair

if TYPE_CHECKING:
    from qnetframe.simulation.session import Session
    from qnetframe.simulation.views import View


class Purifier:
    """The rounds of purification of one session; ``wanted`` is whether its strategy has any."""

    def __init__(self, session: Session) -> None:
        self._session = session
        strategy, links = session.strategy, session.links
        if callable(strategy.purification):
            spans = [(i, j) for i in range(links) for j in range(i + 1, links + 1)]
            self.wanted = any(strategy.rounds(*span) for span in spans)
        else:
            self.wanted = any(strategy.purification)

    def next(self, view: View) -> bool:
        """Start a round of purification from the left end of two pairs that go to the same node."""
        if not self.wanted or view.position == self._session.links:
            return False
        found: dict[tuple[int, int], Half] = {}
        pumping = self._session.strategy.schedule == "pumping"
        # The best first, so that a fresh one is what is used up.
        halves = sorted(view.right, key=lambda h: -h.rounds) if pumping else view.right
        for half in halves:
            if half.busy or half.rounds >= self._session.strategy.rounds(view.position, half.reach):
                continue
            kept = found.setdefault((half.reach, 0 if pumping else half.rounds), half)
            if kept is not half and (not pumping or half.rounds == 0):
                self._start(view, kept, half)
                return True
        return False

    def _start(self, view: View, kept: Half, used: Half) -> None:
        now = self._session.sim.clock.now
        self._session.decay(kept, now)
        self._session.decay(used, now)
        kept.busy = True
        view.right.remove(used)
        used.gone = True
        self._session.release(used, 0)
        far = kept.pair.halves[1]
        self._session.send(view.position, far, 0, self.compare, used.pair, kept)

    def compare(self, far: Half, used: Pair, kept: Half) -> None:
        """At the right end: measure as well, compare, keep or lose the pair, and answer."""
        sim, view = self._session.sim, self._session.views[far.position]
        other = used.halves[1]
        success = False
        if not (far.gone or other.gone) and far.pair.alive and used.alive:
            self._session.decay(far, sim.clock.now)
            self._session.decay(other, sim.clock.now)
            chance, state = sim.formalism.purify(far.pair.state, used.state, self._session.strategy.method)
            success = view.rng.random() < chance
            if success:
                far.pair.state = state
                far.pair.parts = far.pair.parts + used.parts
                far.rounds += 1
        if not other.gone:
            self._session.forget(other)
        if success:
            used.alive = False
        else:
            self._session.kill(used, far.position)
            self._session.kill(far.pair, far.position)
            if not far.gone:
                self._session.forget(far)
        if sim.trace is not None:
            sim.note("purify" if success else "purify-failed", (view.name,), f"pair={far.pair.number}")
        self._session.send(far.position, kept, 0, self._compared, success)

    def _compared(self, kept: Half, success: bool) -> None:
        if success:
            kept.rounds += 1
            self._session.at_rest(kept)
        else:
            self._session.forget(kept)
