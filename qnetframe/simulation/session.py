"""A session: the nodes of one path that make end-to-end pairs for one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qnetframe.network import Link
from qnetframe.simulation import programs
from qnetframe.simulation.clock import EXPIRY, MESSAGE, START
from qnetframe.simulation.lanes import Lane
from qnetframe.simulation.pairs import Half, Pair
from qnetframe.simulation.purifier import Purifier
from qnetframe.simulation.strategy import Strategy, level_of
from qnetframe.simulation.views import View

if TYPE_CHECKING:
    from qnetframe.simulation.simulation import Simulation


class Group(Protocol):
    """What several sessions that start at one node deliver together."""

    def offer(self, session: Session, view: View, half: Half) -> None:
        """Take note of a half at the sender that may be used."""
        ...


class Session:
    """A path, its lanes, the halves at its nodes, and the messages between them."""

    def __init__(
        self,
        sim: Simulation,
        nodes: Sequence[str],
        lanes: Sequence[Sequence[Lane]],
        strategy: Strategy,
        delivered: Callable[[Session, Pair], None],
        application: str = "pairs",
    ) -> None:
        self.sim, self.nodes, self.lanes, self.strategy = sim, tuple(nodes), lanes, strategy
        self.links = len(nodes) - 1
        self.delivered, self.application = delivered, application
        self.finished = False
        # Holds the halves at the sender until those of other sessions are there.
        self.group: Group | None = None
        self.broken = 0
        self.spans = strategy.spans(self.links)
        self.rule = strategy.rule(self.links)
        self.end_rounds = strategy.rounds(0, self.links)
        self.purifier = Purifier(self)
        self._at = [0]
        for hop in lanes:
            self._at.append(self._at[-1] + hop[0].link.delay)
        self._patience = self._find_patience()
        self._cutoffs = strategy.cutoff is not None
        self.views = [View(self, i) for i in range(self.links + 1)]

    def start(self) -> None:
        """Start the programs and the lanes."""
        inner = self.strategy.interior or programs.interior
        outer = self.strategy.endpoint or programs.endpoint
        for view in self.views:
            end = view.position in (0, self.links)
            self.sim.clock.process((outer if end else inner)(view))
        for hop, lanes in enumerate(self.lanes):
            lanes[0].link.join(self, hop)
            for lane in lanes:
                if self.sim.reservations:
                    lane.session, lane.hop, lane.covered = self, hop, False
                self.sim.clock.call(0, START, lane.link.kick, lane)

    def finish(self) -> None:
        """End the session: give up what is under way, give back memories and lanes."""
        self.finished = True
        for view in self.views:
            for half in (*view.left, *view.right):
                half.gone = True
                half.pair.alive = False
                half.slot.release(half, self.sim.clock.now)
            view.left.clear()
            view.right.clear()
        for hop in self.lanes:
            hop[0].link.leave(self)
            for lane in hop:
                # A half that a swap is still measuring gives its memory back by itself.
                if lane.session is self:
                    lane.link.stop(lane)
                    lane.session = None

    def link_at(self, hop: int) -> Link:
        """Return the link of a hop."""
        return self.lanes[hop][0].link.link

    def light(self, a: int, b: int) -> int:
        """Return the light time between two positions in picoseconds."""
        return abs(self._at[a] - self._at[b])

    def handshake_wait(self, lane: Lane) -> int:
        """Return how long the ends of a lane take to agree that both are free.

        The left end asks every round trip; the right end agrees to the first question that finds it free. The
        attempt time counts from that question, which may be on its way already (a negative wait).
        """
        if not self.strategy.handshake:
            return 0
        left, right = lane.slot(self.nodes[lane.hop]), lane.slot(self.nodes[lane.hop + 1])
        one_way = lane.link.delay
        late = right.free_since - left.free_since - one_way
        asked = -(-late // (2 * one_way)) if late > 0 and one_way else 0
        return left.free_since + asked * 2 * one_way - self.sim.clock.now

    def received(self, pair: Pair) -> None:
        """Take a fresh pair, of which both ends have heard."""
        left, right = pair.halves
        self.views[left.position].right.append(left)
        self.views[right.position].left.append(right)
        for half in (left, right):
            self._watch(half)
            self.views[half.position].wake()

    def swap(self, view: View, left: Half, right: Half) -> None:
        """Swap at a node; where a handshake is wanted, after asking both partners."""
        assert left in view.left and right in view.right, "a pair is used twice"
        if self.strategy.handshake and not left.busy:
            ask = 2 * max(self.light(view.position, h.reach) for h in (left, right))
            left.busy = right.busy = True
            self.sim.clock.call(ask, MESSAGE, self._swap_agreed, view, left, right)
        else:
            self._swap(view, left, right)

    def _swap_agreed(self, view: View, left: Half, right: Half) -> None:
        if self.finished:
            return
        if left.gone or right.gone:
            for half in (left, right):
                if not half.gone:
                    self.at_rest(half)
            view.wake()
        else:
            self._swap(view, left, right)

    def _swap(self, view: View, left: Half, right: Half) -> None:
        sim, profile = self.sim, view.profile
        a, b = left.pair, right.pair
        far_left, far_right = a.halves[0], b.halves[1]
        view.left.remove(left)
        view.right.remove(right)
        duration = profile.swap_ticks
        for half in (left, right):
            half.gone = True
            self.release(half, duration)
        left.heir, right.heir = far_right, far_left
        good = profile.swap_success >= 1.0 or view.rng.random() < profile.swap_success
        outcome = view.rng.getrandbits(2)
        number = sim.next_number()
        state = None
        alive = a.alive and b.alive and good
        if alive:
            done = sim.clock.now + duration
            self.decay(left, done)
            self.decay(right, done)
            state = sim.formalism.swap(a.state, b.state, profile.swap.factors)
        else:
            self.kill(a, view.position)
            self.kill(b, view.position)
        a.alive = b.alive = False
        pair = Pair(number, state, far_left, far_right, a.parts + b.parts)
        pair.alive = alive
        pair.frame = a.frame ^ b.frame ^ outcome
        if sim.trace is not None:
            sim.note("swap" if good else "swap-failed", (view.name,), f"{a.number}+{b.number}->{number}")
        for far, beyond in ((far_left, right), (far_right, left)):
            if good:
                born = min(left.born, right.born)
                news = (beyond.reach, born, beyond.frame ^ outcome, beyond.heard + 1)
                self.send(view.position, far, duration, self._joined, *news)
            else:
                self.send(view.position, far, duration, self._lost)

    def send(self, origin: int, half: Half, after: int, handle: Callable[..., None], *news: Any) -> None:
        """Send news of a half to its node; where the half is gone they are passed on to its heir."""
        sim = self.sim
        travel = sim.classical.travel(self.light(origin, half.position), sim.message_stream)
        names = (self.nodes[origin], self.nodes[half.position])
        if travel is None:
            sim.lost_messages += 1
            sim.note("lost", names)
            return
        if sim.trace is not None:
            sim.note(
                "message", names, f"arrives={sim.clock.now + after + travel} {handle.__name__.strip('_')}"
            )
        sim.messages += 1
        sim.clock.call(after + travel, MESSAGE, self._arrive, half, handle, news)

    def _arrive(self, half: Half, handle: Callable[..., None], news: tuple[Any, ...]) -> None:
        if self.finished:
            return
        if not half.gone or handle == self.purifier.compare:
            handle(half, *news)
            self.views[half.position].wake()
        elif half.heir is not None:
            self.send(half.position, half.heir, 0, handle, *news)

    def _joined(self, half: Half, reach: int, born: int, frame: int, swaps: int) -> None:
        """Learn that the pair now reaches further, by so many swaps and with this further correction."""
        further = reach > half.reach if half.side == 0 else reach < half.reach
        if further:
            half.reach = reach
            half.rounds = 0
        half.frame ^= frame
        half.heard += swaps
        made = self.strategy.cutoff_scope == "siblings"
        half.born = self.sim.clock.now if made else min(half.born, born)
        if self._cutoffs:
            self._watch_cutoff(half)

    def _lost(self, half: Half) -> None:
        """Learn that the pair is no more."""
        self.forget(half)

    def drop(self, view: View, half: Half) -> None:
        """Give up a half that waits at a node, and tell the other end."""
        self.forget(half)
        self.kill(half.pair, view.position)
        other = half.pair.other(half)
        self.send(view.position, other, 0, self._lost)

    def forget(self, half: Half) -> None:
        """Give a half up at its node, without telling the other end."""
        view = self.views[half.position]
        (view.right if half.side == 0 else view.left).remove(half)
        half.gone = True
        self.release(half, 0)
        view.wake()

    def release(self, half: Half, after: int) -> None:
        """Give back the memory of a half after some picoseconds, and let its lane start anew."""
        if after:
            self.sim.clock.call(after, START, self._release_now, half)
        else:
            self._release_now(half)

    def _release_now(self, half: Half) -> None:
        slot = half.slot
        if slot.half is not half:
            return
        slot.release(half, self.sim.clock.now)
        lane = self._lane_of(half)
        self.sim.clock.call(0, START, lane.link.kick, lane)

    def _lane_of(self, half: Half) -> Lane:
        hop = half.position if half.side == 0 else half.position - 1
        for lane in self.lanes[hop]:
            if half.slot in lane.slots:
                return lane
        raise AssertionError("a memory belongs to no lane of its hop")

    def kill(self, pair: Pair, position: int) -> None:
        """Let a pair be no more; lanes that wait for its end hear of it at light speed."""
        if not pair.alive:
            return
        pair.alive = False
        if self.strategy.sequential:
            self._uncover(pair.parts, position)

    def _uncover(self, lanes: Sequence[Lane], position: int) -> None:
        for lane in lanes:
            far = max(self.light(position, lane.hop), self.light(position, lane.hop + 1))
            self.sim.clock.call(far, START, self._restart, lane, lane.epoch)

    def _restart(self, lane: Lane, epoch: int) -> None:
        if lane.epoch == epoch and not self.finished:
            lane.covered = False
            lane.link.kick(lane)

    def decay(self, half: Half, until: int) -> None:
        """Put the decoherence of one half up to a time into the state of its pair."""
        pair = half.pair
        if until > half.clock and pair.alive:
            decay = self.views[half.position].profile.decay
            seconds = (until - half.clock) * 1e-12
            pair.state = self.sim.formalism.decay(pair.state, half.side, decay, seconds)
        half.clock = until

    # Cut-offs and patience

    def _find_patience(self) -> int | None:
        given = self.strategy.patience
        if given is not None:
            return max(1, round(given * 1e12))
        if self.sim.classical.loss == 0.0 and self.sim.reservations and not self.purifier.wanted:
            return None
        # Long enough that a path that works is hardly ever given up.
        slowest = max(lanes[0].link.link.model.mean_time for lanes in self.lanes)
        return round(1e12 * 30 * slowest * (1 + self.links)) + 20 * self._at[-1]

    def _watch(self, half: Half) -> None:
        if self._cutoffs:
            self._watch_cutoff(half)
        if self._patience is not None:
            self.sim.clock.call(self._patience, EXPIRY, self._expire, half)

    def _watch_cutoff(self, half: Half) -> None:
        due = self._due(half)
        if due is not None:
            self.sim.clock.call(max(0, due - self.sim.clock.now), EXPIRY, self._cut, half)

    def at_rest(self, half: Half) -> None:
        """Take a half as waiting again, after nodes agreed on it."""
        half.busy = False
        if self._cutoffs:
            self._watch_cutoff(half)

    def _due(self, half: Half) -> int | None:
        span = abs(half.reach - half.position)
        wait = self.strategy.cutoff_ticks(level_of(span))
        if wait is None or (span == self.links and self.strategy.cutoff_scope == "siblings"):
            return None
        return half.born + wait

    def _cut(self, half: Half) -> None:
        due = self._due(half)
        # Not while nodes agree on it: they look at the cut-off when they are done.
        if half.gone or half.busy or self.finished or due is None or due > self.sim.clock.now:
            return
        if self.strategy.cutoff_scope == "segment":
            self._expire(half)
            return
        low, high = sorted((half.position, half.reach))
        a, b = self._parent_of(low, high)
        if self.sim.trace is not None:
            self.sim.note("expire", (self.nodes[low], self.nodes[high]), f"span={a}-{b}")
        self.sim.clock.call(self.light(a, b), EXPIRY, self._abort, a, b)

    def _parent_of(self, low: int, high: int) -> tuple[int, int]:
        spans = self.spans or {}
        around = [s for s in spans.values() if s[0] <= low and high <= s[1] and s != (low, high)]
        return min(around, key=lambda s: s[1] - s[0])

    def _expire(self, half: Half) -> None:
        if half.gone or self.finished:
            return
        self.sim.note("expire", (self.nodes[half.position],), f"pair={half.pair.number}")
        self.drop(self.views[half.position], half)

    def _abort(self, low: int, high: int) -> None:
        """Give up everything within a span, attempts included, and start it anew."""
        if self.finished:
            return
        for position in range(low, high + 1):
            view = self.views[position]
            inside = [h for h in view.right if position < high] + [h for h in view.left if position > low]
            for half in inside:
                half.pair.alive = False
                half.heir = None
                self.forget(half)
        for hop in range(low, high):
            for lane in self.lanes[hop]:
                lane.link.stop(lane)
                lane.covered = False
                self.sim.clock.call(0, START, lane.link.kick, lane)

    # Delivery

    def deliver(self, view: View, half: Half) -> None:
        """Use a half at an end; the pair is delivered once both are used."""
        if self.application == "pairs":
            self._use(view, half)
        elif view.position == self.links:
            # Waits for the bits of the sender.
            if half.promised:
                self._use(view, half)
        elif self.group is not None:
            self.group.offer(self, view, half)
        else:
            self.use_and_correct(view, half)

    def use_and_correct(self, view: View, half: Half) -> None:
        """Use a half at the sender, and send the bits that correct the other one."""
        self._use(view, half)
        self.send(view.position, half.pair.other(half), 0, self._corrected)

    def _corrected(self, half: Half) -> None:
        half.promised = True

    def _use(self, view: View, half: Half) -> None:
        now, pair = self.sim.clock.now, half.pair
        self.decay(half, now)
        half.used_at = now
        (view.right if half.side == 0 else view.left).remove(half)
        half.gone = True
        self.release(half, 0)
        other = pair.other(half)
        if other.used_at < 0:
            if not pair.alive:
                self.broken += 1
            return
        if not pair.alive:
            return
        assert pair.frame == half.frame == other.frame, "a correction was not heard of"
        pair.alive = False
        if self.sim.trace is not None:
            fidelity = self.sim.formalism.fidelity(pair.state)
            names = (self.nodes[0], self.nodes[-1])
            self.sim.note("deliver", names, f"pair={pair.number} F={fidelity:.9f}")
        if self.strategy.sequential:
            self._uncover([lane for hop in self.lanes for lane in hop], view.position)
        self.delivered(self, pair)
