"""Links in time: lanes that make heralded pairs between two memories, fail and are repaired."""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

from qnetframe.errors import InvalidInputError
from qnetframe.network import Link
from qnetframe.network.links import pair_for
from qnetframe.simulation.clock import ARRIVAL, START, least_tick, picoseconds
from qnetframe.simulation.memories import Slot
from qnetframe.simulation.pairs import Half, Pair
from qnetframe.simulation.streams import Attempts, stream

if TYPE_CHECKING:
    from qnetframe.simulation.session import Session
    from qnetframe.simulation.simulation import Simulation


class Lane:
    """A memory at each end of a link between which pairs are made, one at a time.

    ``epoch`` tells attempts that still count from those that were given up; ``covered`` while a pair made
    here lives on in a longer one (of a strategy that makes one pair at a time).
    """

    __slots__ = ("covered", "epoch", "hop", "index", "link", "running", "session", "slots")

    def __init__(self, link: TimedLink, index: int) -> None:
        self.link, self.index = link, index
        self.slots = (Slot(link.link.a), Slot(link.link.b))
        self.session: Session | None = None
        self.hop = 0
        self.epoch = 0
        self.running = self.covered = False

    def slot(self, node: str) -> Slot:
        """Return the memory at one end."""
        return self.slots[0] if self.slots[0].node == node else self.slots[1]


class TimedLink:
    """A link of the network with its lanes, whether it is up, and how often it was used."""

    __slots__ = (
        "_draw", "_rng", "_sim", "_ticks", "_users", "attempts", "delay", "herald_delay", "heralds", "lanes",
        "link", "up", "waiting",
    )  # fmt: skip

    def __init__(self, sim: Simulation, link: Link, lanes: int) -> None:
        model = link.model
        if model.attempt_time == 0.0:
            raise InvalidInputError(
                f"link {link.name!r}: attempt_time is 0 s; in time an attempt must take some: give the "
                "link a length_km or a model with an attempt_time"
            )
        self._sim, self.link = sim, link
        self._ticks = least_tick(model.attempt_time, f"link {link.name!r}: attempt_time")
        self.delay = picoseconds(model.delay, f"link {link.name!r}: delay")
        self.herald_delay = picoseconds(model.herald_delay, f"link {link.name!r}: herald_delay")
        self._draw = Attempts(model.success_probability)
        self._rng: random.Random = stream(sim.seed, f"link {link.name}")
        self.lanes = [Lane(self, i) for i in range(lanes)]
        self.attempts = self.heralds = 0
        self.up = True
        self._users: deque[tuple[Session, int]] = deque()
        # Requests that wait for a free lane here, in the order of the queue.
        self.waiting: list[tuple[Any, int, Any]] = []

    def kick(self, lane: Lane) -> None:
        """Start attempts on a lane if both memories are free and its session wants them."""
        first, second = lane.slots
        if lane.running or lane.covered or not self.up or first.half is not None or second.half is not None:
            return
        if not self._sim.reservations:
            self._next_user(lane)
        session = lane.session
        if session is None or session.finished:
            return
        lane.running = True
        wait = session.handshake_wait(lane)
        if self._sim.each_attempt:
            self._sim.clock.call(max(0, wait + self._ticks), ARRIVAL, self._attempt, lane, lane.epoch)
        else:
            count = self._draw.draw(self._rng)
            due = max(0, wait + count * self._ticks)
            self._sim.clock.call(due, ARRIVAL, self._herald, lane, lane.epoch, count)

    def join(self, session: Session, hop: int) -> None:
        """Let a session use the lanes that nobody reserved, in turn with others."""
        self._users.append((session, hop))

    def leave(self, session: Session) -> None:
        """End what `join` began."""
        self._users = deque(u for u in self._users if u[0] is not session)
        if not self._sim.reservations:
            for lane in self.lanes:
                self._sim.clock.call(0, START, self.kick, lane)

    def _next_user(self, lane: Lane) -> None:
        lane.session = None
        if self._users:
            lane.session, lane.hop = self._users[0]
            self._users.rotate(-1)

    def stop(self, lane: Lane) -> None:
        """Give up the attempts of a lane."""
        lane.epoch += 1
        lane.running = False

    def fail(self) -> None:
        """Break the link: attempts stop, pairs that there are stay."""
        self.up = False
        for lane in self.lanes:
            self.stop(lane)
        self._sim.note("link-down", (self.link.a, self.link.b))

    def repair(self) -> None:
        """Bring the link back."""
        self.up = True
        self._sim.note("link-up", (self.link.a, self.link.b))
        for lane in self.lanes:
            self._sim.clock.call(0, START, self.kick, lane)

    def _attempt(self, lane: Lane, epoch: int) -> None:
        if lane.epoch != epoch:
            return
        if self._rng.random() < self.link.model.success_probability:
            self._herald(lane, epoch, 1)
        else:
            self.attempts += 1
            self._sim.clock.call(self._ticks, ARRIVAL, self._attempt, lane, epoch)

    def _herald(self, lane: Lane, epoch: int, count: int) -> None:
        """Make the pair that the herald, which is at both ends now, tells of."""
        if lane.epoch != epoch:
            return
        session = lane.session
        assert session is not None
        lane.running = False
        self.attempts += count
        self.heralds += 1
        sim, now, hop = self._sim, self._sim.clock.now, lane.hop
        u, v = session.nodes[hop], session.nodes[hop + 1]
        made = now - self.herald_delay
        left = Half(0, hop, lane.slot(u), made, now, hop + 1)
        right = Half(1, hop + 1, lane.slot(v), made, now, hop)
        left.slot.take(left)
        right.slot.take(right)
        state = sim.fresh_state(self.link, u)
        pair = Pair(sim.next_number(), state, left, right, (lane,))
        if sim.trace is not None:
            sim.note("herald", (u, v), f"pair={pair.number} attempts={count}")
        lane.covered = session.strategy.sequential
        session.received(pair)


def heralded_state(sim: Simulation, link: Link, first: str) -> object:
    """Return the state of a fresh pair, the half at ``first`` first, as the simulation keeps it."""
    return sim.formalism.fresh(pair_for(link, first), f"link {link.name!r}")
