"""Traps joined by junctions: moving ions between zones takes time, a junction lets one pass at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import exp, inf

from qnetframe import checks
from qnetframe.channels import dephasing, depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.network import Hardware, Link, LinkModel, Network, Node


@dataclass(frozen=True)
class Move:
    """One step of an ion: it leaves ``start`` at ``departure`` and is in ``end`` at ``arrival`` (seconds)."""

    ion: str
    start: str
    end: str
    departure: float
    arrival: float


def trap_network(
    *,
    segments: Mapping[tuple[str, str], float],
    speed_m_per_s: float = 10.0,
    junctions: Sequence[str] = (),
    junction_time: float = 0.0,
    t2: float = 1.0,
    pair_error: float = 0.0,
    gate_time: float = 0.0,
    hardware: Hardware | None = None,
) -> Network:
    """Return zones and junctions as nodes and the segments between them, of given lengths in metres, as
    links.

    To send a qubit is to shuttle its ion: ``delay`` is length/speed, plus ``junction_time`` at each end that
    is in ``junctions``, and the qubit dephases meanwhile (``t2`` seconds). A pair takes a local gate of
    ``gate_time`` first and has the depolarizing error probability ``pair_error`` on top.
    """
    speed = checks.positive(speed_m_per_s, "speed_m_per_s")
    crossing = checks.non_negative(junction_time, "junction_time (seconds)")
    coherence = checks.positive(t2, "t2 (seconds)", infinite=True)
    names = {name for pair in segments for name in pair}
    for name in junctions:
        if name not in names:
            raise InvalidInputError(
                f"junction {name!r} is at the end of no segment; known: {', '.join(sorted(names))}"
            )
    links = []
    for (a, b), length in segments.items():
        time = checks.positive(length, f"length of segment {a}-{b} (m)") / speed
        time += crossing * sum(end in junctions for end in (a, b))
        decay = dephasing((1 - exp(-time / coherence)) / 2)
        noise = decay.tensor(depolarizing(0.0)).then(
            depolarizing(checks.probability(pair_error, "pair_error")).tensor(depolarizing(0.0))
        )
        phi = [[0.5, 0, 0, 0.5], [0] * 4, [0] * 4, [0.5, 0, 0, 0.5]]
        state = noise.apply(phi)
        total = time + checks.non_negative(gate_time, "gate_time (seconds)")
        links.append(
            Link(
                a,
                b,
                LinkModel(attempt_time=total, state=state, delay=time, send_channel=decay),
                length_km=length / 1e3,
            )
        )
    device = hardware or Hardware()
    return Network(tuple(Node(name, device) for name in sorted(names)), tuple(links))


def route_ions(network: Network, moves: Mapping[str, tuple[str, str]]) -> tuple[Move, ...]:
    """Return a schedule that takes each ion from its zone to another: as soon as possible, in the given
    order.

    An ion takes its fastest free way; a segment or node holds one ion at a time (an ion that has not left
    yet, or has arrived, blocks its zone). Raises InvalidInputError where an ion cannot get through.
    """
    busy: dict[str, list[tuple[float, float]]] = {}
    for ion, (start, end) in moves.items():
        for name in (start, end):
            network.node(name)
        if start == end:
            raise InvalidInputError(f"ion {ion!r} is in {start!r} already")
    for name, count in Counter(end for _, end in moves.values()).items():
        if count > 1:
            raise InvalidInputError(f"{count} ions are sent to {name!r}; a zone holds one")
    homes = {ion: start for ion, (start, _) in moves.items()}
    done: list[Move] = []
    for ion, (start, end) in moves.items():
        del homes[ion]
        blocked = set(homes.values())
        best: dict[str, float] = {start: 0.0}
        came: dict[str, Move] = {}
        queue = [(0.0, start)]
        while queue:
            time, here = heappop(queue)
            if here == end:
                break
            if time > best.get(here, inf):
                continue
            for there in network.neighbours(here):
                link = network.links_between(here, there)[0]
                if there in blocked:
                    continue
                leave = _free_from(busy, (link.name, there), time, link.model.delay)
                arrive = leave + link.model.delay
                if arrive < best.get(there, inf):
                    best[there], came[there] = arrive, Move(ion, here, there, leave, arrive)
                    heappush(queue, (arrive, there))
        if end not in came:
            raise InvalidInputError(
                f"ion {ion!r} cannot get from {start!r} to {end!r}: other ions are in the way"
            )
        path: list[Move] = []
        at = end
        while at != start:
            path.append(came[at])
            at = came[at].start
        for step in reversed(path):
            link = network.links_between(step.start, step.end)[0]
            for place in (link.name, step.end):
                busy.setdefault(place, []).append((step.departure, step.arrival if step.end != end else inf))
            busy[link.name][-1] = (step.departure, step.arrival)
            done.append(step)
    return tuple(done)


def _free_from(
    busy: Mapping[str, list[tuple[float, float]]], places: Sequence[str], time: float, duration: float
) -> float:
    """Return the earliest time from ``time`` on at which every place is free for ``duration``."""
    taken = sorted(span for place in places for span in busy.get(place, ()))
    for start, end in taken:
        if time + duration > start + 1e-15 and time < end - 1e-15:
            time = end
    return time
