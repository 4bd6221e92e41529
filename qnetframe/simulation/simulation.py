"""``Simulation``: a network in time, its requests, and everything that belongs to one run."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, Network, Path
from qnetframe.simulation.clock import MESSAGE, PICOSECONDS, START, Clock, picoseconds
from qnetframe.simulation.failures import Breakdowns, Failures
from qnetframe.simulation.lanes import Lane, TimedLink, heralded_state
from qnetframe.simulation.messages import Classical
from qnetframe.simulation.metrics import Delivery, Report, report
from qnetframe.simulation.pairs import Pair
from qnetframe.simulation.pairstates import Kind, State, formalism
from qnetframe.simulation.profiles import NodeProfile, profile_of
from qnetframe.simulation.requests import Request, Served
from qnetframe.simulation.routing import Routing, path_fidelity, routing_by_name
from qnetframe.simulation.session import Session
from qnetframe.simulation.strategy import Strategy
from qnetframe.simulation.streams import stream
from qnetframe.simulation.trace import Trace

Queue: TypeAlias = Callable[[Served], Any]
_QUEUES: Mapping[str, Queue] = {
    "fifo": lambda served: served.request.arrival,
    "priority": lambda served: -served.request.priority,
    "deadline": lambda served: _deadline(served.request),
    "short": lambda served: (served.request.pairs or 1 << 30) * max(1, len(served.paths[0].links)),
}


class Simulation:
    """A network in time. Nothing is shared between two of them.

    ``pair_states``: "werner", "bell" or "matrix"; a heralded state or memory that the kind cannot hold is
    refused, unless ``twirl`` allows its twirled state. ``strategy`` says how pairs are made along a path.
    ``memories`` is the number of memories at each end of a link (a number, or by the link's name).
    ``profiles`` replaces what the nodes' hardware says (one for all, or by node). ``routing``: "length",
    "hops", "time", "fidelity", "widest", "fidelity-aware", "multipath", "q-cast", or a function of the
    simulation and a request. ``queue`` orders the requests that wait: "fifo", "priority", "deadline",
    "short", or a function of `Served`; ``queue_limit`` refuses more of them. With ``reservations`` a
    request has its lanes for itself until it is done; without, links serve all their requests in turn.
    ``attempts`` "drawn" draws how many attempts a pair takes, "each" makes them one by one, for checking.
    ``trace`` keeps records of what happened: all (True), or of the named kinds.

    Raises InvalidInputError; UnknownNameError for unknown nodes. The same seed gives the same trace.
    """

    def __init__(
        self,
        network: Network,
        seed: int = 0,
        *,
        pair_states: Kind = "bell",
        twirl: bool = False,
        strategy: Strategy | None = None,
        memories: int | Mapping[str, int] = 1,
        profiles: NodeProfile | Mapping[str, NodeProfile] | None = None,
        classical: Classical | None = None,
        routing: str | Routing = "length",
        queue: str | Queue = "fifo",
        queue_limit: int | None = None,
        reservations: bool = True,
        failures: Failures | None = None,
        attempts: Literal["drawn", "each"] = "drawn",
        trace: bool | Collection[str] = False,
    ) -> None:
        self.network, self.seed = network, checks.integer(seed, "seed", low=0)
        self.formalism = formalism(pair_states, twirl)
        self.strategy, self.classical = strategy or Strategy(), classical or Classical()
        self.reservations, self.failures = reservations, failures
        if self.strategy.sequential and not reservations:
            raise InvalidInputError("a sequential strategy needs reservations: its lanes are its own")
        self.routing = routing_by_name(routing)
        if not callable(queue) and queue not in _QUEUES:
            raise InvalidInputError(f"queue is {queue!r}; allowed: {', '.join(_QUEUES)}, or a function")
        self._queue = queue if callable(queue) else _QUEUES[queue]
        self._queue_limit = queue_limit
        if queue_limit is not None:
            checks.integer(queue_limit, "queue_limit", low=0)
        if attempts not in ("drawn", "each"):
            raise InvalidInputError(f"attempts is {attempts!r}; allowed: 'drawn', 'each'")
        self.each_attempt = attempts == "each"
        self.trace = Trace(None if trace is True else trace) if trace else None
        self.clock = Clock()
        self.message_stream = stream(self.seed, "messages")
        self.served: list[Served] = []
        self.deliveries: list[Delivery] = []
        self.messages = self.lost_messages = self.link_changes = self.waiting = 0
        self.down: set[str] = set()
        self._memories, self._profiles = memories, profiles
        self._number = 0
        self._links: dict[str, TimedLink] = {}
        self._known: dict[str, NodeProfile] = {}
        self._streams: dict[str, random.Random] = {}
        self._states: dict[tuple[str, str], State] = {}
        self._usage: list[tuple[int, int]] = []
        self._check_inputs()
        if failures is not None:
            Breakdowns(self, failures)

    def _check_inputs(self) -> None:
        given = self._profiles if isinstance(self._profiles, Mapping) else {}
        for name in given:
            self.network.node(name)
        named = self._memories if isinstance(self._memories, Mapping) else {"": self._memories}
        known = {link.name for link in self.network.links}
        for name, count in named.items():
            checks.integer(count, "memories" + (f" of link {name!r}" if name else ""), low=1)
            if name and name not in known:
                raise InvalidInputError(f"memories: no link is named {name!r}")

    # What the parts of a simulation ask for

    def profile(self, name: str) -> NodeProfile:
        """Return what a node's memories and swaps are like."""
        found = self._known.get(name)
        if found is None:
            given = self._profiles.get(name) if isinstance(self._profiles, Mapping) else self._profiles
            found = profile_of(self.network.node(name).hardware) if given is None else given
            self.formalism.check(found.decay, f"node {name!r}")
            self._known[name] = found
        return found

    def timed(self, link: Link) -> TimedLink:
        """Return a link as it is in time."""
        found = self._links.get(link.name)
        if found is None:
            given = self._memories
            count = given.get(link.name, 1) if isinstance(given, Mapping) else given
            found = self._links[link.name] = TimedLink(self, link, count)
        return found

    def node_stream(self, name: str) -> random.Random:
        """Return the random numbers of a node."""
        found = self._streams.get(name)
        if found is None:
            found = self._streams[name] = stream(self.seed, f"node {name}")
        return found

    def fresh_state(self, link: Link, first: str) -> State:
        """Return the state of a fresh pair of a link, the half at ``first`` first."""
        key = link.name, first
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = heralded_state(self, link, first)
        return found

    def next_number(self) -> int:
        """Return a number that no other pair of this simulation has."""
        self._number += 1
        return self._number

    def note(self, kind: str, nodes: tuple[str, ...], text: str = "") -> None:
        """Keep a record of what happened, if records are kept."""
        if self.trace is not None:
            self.trace.add(self.clock.now, kind, nodes, text)

    # Requests

    def request(self, *requests: Request) -> tuple[Served, ...]:
        """Add requests, which arrive when they say; returns what will become of them."""
        added = []
        for request in requests:
            self.network.node(request.source), self.network.node(request.target)
            served = Served(len(self.served), request)
            self.served.append(served)
            added.append(served)
            delay = max(0, picoseconds(request.arrival, "arrival") - self.clock.now)
            self.clock.call(delay, MESSAGE, self._arrive, served)
        return tuple(added)

    def open_session(
        self, path: Path, delivered: Callable[[Session, Pair], None], application: str = "pairs"
    ) -> Session:
        """Start a session on the free lanes of a path that belongs to no request, and return it.

        ``delivered`` is called with every pair. Raises InvalidInputError where a link has too few free lanes.
        """
        wanted = self.strategy.lanes_needed(len(path.links))
        lanes = []
        for link in path.links:
            timed = self.timed(link)
            free = self._free_lanes(timed)
            if len(free) < wanted:
                raise InvalidInputError(
                    f"link {link.name!r} has {len(free)} free memories; {wanted} are needed"
                )
            lanes.append(free[:wanted] if self.reservations else free)
        session = Session(self, path.nodes, lanes, self.strategy, delivered, application)
        session.start()
        return session

    def _free_lanes(self, timed: TimedLink) -> list[Lane]:
        if not self.reservations:
            return timed.lanes
        return [lane for lane in timed.lanes if lane.session is None]

    def _arrive(self, served: Served) -> None:
        request = served.request
        served.last = self.clock.now
        self.note("request", (request.source, request.target), f"request={served.number}")
        if self._queue_limit is not None and self.waiting >= self._queue_limit:
            self._reject(served, "the queue is full")
            return
        self.waiting += 1
        if request.deadline is not None:
            self.clock.call(picoseconds(request.deadline, "deadline"), START, self._late, served)
        self._route(served)

    def _route(self, served: Served) -> None:
        """Find paths for a request, and admit it or let it wait."""
        request = served.request
        strategy = request.strategy or self.strategy
        paths = tuple(self.routing(self, request))
        if not paths:
            if self.down and self.failures is not None:
                # Perhaps after a repair.
                wait = max(1, picoseconds(self.failures.mean_down, "mean_down"))
                self.clock.call(wait, START, self._again, served)
            else:
                self._reject(served, "no path")
            return
        served.paths = paths
        for path in paths:
            try:
                wanted = request.lanes * strategy.lanes_needed(len(path.links))
            except InvalidInputError as error:
                # An order of swaps is for paths of one length.
                self._reject(served, str(error))
                return
            for link in path.links:
                if len(self.timed(link).lanes) < wanted:
                    self._reject(served, f"link {link.name} has fewer than {wanted} memories")
                    return
            if request.fidelity and path_fidelity(self, request, path) < request.fidelity:
                self._reject(served, "the fidelity is out of reach on this path")
                return
        if request.rate:
            most = sum(min(request.lanes / link.model.mean_time for link in p.links) for p in paths)
            if most < request.rate:
                self._reject(served, f"the rate is out of reach: at most {most:.6g} pairs a second")
                return
        self._admit(served)

    def _again(self, served: Served) -> None:
        if served.open and not served.sessions:
            self._route(served)

    def _admit(self, served: Served) -> None:
        """Start sessions on those paths whose lanes are free; wait at the first link that has none."""
        request = served.request
        strategy = request.strategy or self.strategy
        blocked: TimedLink | None = None
        for path in served.paths:
            wanted = request.lanes * strategy.lanes_needed(len(path.links))
            lanes: list[list[Lane]] = []
            for link in path.links:
                timed = self.timed(link)
                free = self._free_lanes(timed)
                if len(free) < wanted:
                    blocked = blocked or timed
                    break
                lanes.append(free if not self.reservations else free[:wanted])
            else:
                self._serve(served, path, lanes, strategy)
        if not served.sessions:
            assert blocked is not None
            heapq.heappush(blocked.waiting, (self._queue(served), served.number, served))

    def _serve(self, served: Served, path: Path, lanes: list[list[Lane]], strategy: Strategy) -> None:
        if served.status == "waiting":
            served.status = "serving"
            served.started = self.clock.now
            self.waiting -= 1
        if self.trace is not None:
            self.note("admit", path.nodes, f"request={served.number}")

        def delivered(session: Session, pair: Pair) -> None:
            self._delivered(served, session, pair)

        session = Session(self, path.nodes, lanes, strategy, delivered, served.request.application)
        served.sessions.append(session)
        session.start()

    def _delivered(self, served: Served, session: Session, pair: Pair) -> None:
        now, request = self.clock.now, served.request
        if not served.open:
            return
        fidelity = self.formalism.fidelity(pair.state)
        if fidelity < request.fidelity:
            served.poor += 1
            return
        self.deliveries.append(
            Delivery(
                served.number, now / PICOSECONDS, (now - served.last) / PICOSECONDS, fidelity, session.links
            )
        )
        served.last = now
        served.delivered += 1
        if request.pairs is not None and served.delivered >= request.pairs:
            served.status, served.finished = "done", now
            self.note("done", (request.source, request.target), f"request={served.number}")
            self._close(served)

    def _late(self, served: Served) -> None:
        if not served.open:
            return
        if served.status == "waiting":
            self.waiting -= 1
        # What asks for as many pairs as come is served by what came.
        ended = served.request.pairs is None and served.delivered > 0
        served.status = "done" if ended else "late"
        served.finished = self.clock.now
        self.note(
            "done" if ended else "late",
            (served.request.source, served.request.target),
            f"request={served.number}",
        )
        self._close(served)

    def _reject(self, served: Served, reason: str) -> None:
        if served.status == "waiting" and self.waiting:
            self.waiting -= 1
        served.status, served.reason, served.finished = "rejected", reason, self.clock.now
        ends = served.request.source, served.request.target
        self.note("reject", ends, f"request={served.number}: {reason}")

    def _close(self, served: Served) -> None:
        """End the sessions of a request; the nodes hear of it at light speed, then its lanes are free."""
        sessions, served.sessions = served.sessions, []
        for session in sessions:
            served.broken += session.broken
            session.finished = True
            self.clock.call(session.light(0, session.links), MESSAGE, self._free, session)

    def _free(self, session: Session) -> None:
        session.finish()
        self._serve_waiting(session)

    def _serve_waiting(self, session: Session) -> None:
        for hop in session.lanes:
            timed = hop[0].link
            while timed.waiting and (not self.reservations or any(k.session is None for k in timed.lanes)):
                _, _, served = heapq.heappop(timed.waiting)
                if served.status == "waiting":
                    before = len(timed.waiting)
                    self._admit(served)
                    if not served.sessions and len(timed.waiting) > before:
                        break  # it needs more lanes than are free here

    def reroute(self, session: Session) -> None:
        """Move a session's request to another path, as the one it has is broken."""
        served = next((s for s in self.served if session in s.sessions), None)
        if served is None:
            return
        served.sessions.remove(session)
        served.broken += session.broken
        session.finish()
        if not served.sessions:
            served.status = "waiting"
            self.waiting += 1
            self._route(served)
        self._serve_waiting(session)

    # Running

    def run(
        self, until: float, *, warm_up: float = 0.0, progress: Callable[[float], None] | None = None
    ) -> Report:
        """Run up to ``until`` seconds and return the figures from ``warm_up`` seconds on.

        It may be called again with a later time. ``progress`` is called with the time, a hundred times.
        """
        end = picoseconds(until, "until (seconds)")
        start = checks.non_negative(warm_up, "warm_up (seconds)")
        if start >= until:
            raise InvalidInputError(f"warm_up is {warm_up!r} s; it must be before until ({until!r} s)")
        if end < self.clock.now:
            raise InvalidInputError(
                f"until is {until!r} s; the simulation is at {self.clock.now * 1e-12!r} s"
            )
        if progress is None:
            self.clock.run(end)
        else:
            begin = self.clock.now
            for i in range(1, 101):
                self.clock.run(begin + (end - begin) * i // 100)
                progress(self.clock.now / PICOSECONDS)
        return report(self, start, until)

    def timed_links(self) -> Iterable[TimedLink]:
        """Return the links that were used."""
        return self._links.values()


def _deadline(request: Request) -> float:
    return float("inf") if request.deadline is None else request.arrival + request.deadline
