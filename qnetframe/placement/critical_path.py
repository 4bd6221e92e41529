"""The critical path of a placed program: the chain of events and messages that its latency is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe.errors import InvalidInputError
from qnetframe.placement.dependencies import Cause, Dependencies, Item, end_of, start_of
from qnetframe.placement.placer import Placed
from qnetframe.placement.timeline import Event, Mark, Message, Timeline, seconds

# Of the latency: times this close are the same but for rounding.
_SAME = 1e-12
# What a kind of step is called in texts, where that is not its own name.
WORDS = {"entangle": "pair", "prepare": "preparation", "measure": "measurement", "send": "qubit sent"}


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a critical path: what happens from start to end (seconds), and why not earlier.

    ``kind`` is that of the event, "message", "pause" (an ``idle`` operation), or "wait" for time that the
    timeline does not account for (only one that was made by hand). ``item`` is what happens.
    """

    kind: str
    label: str
    parties: tuple[str, ...]
    qubits: tuple[str, ...]
    start: float
    end: float
    why: str
    item: Item | None = None

    @property
    def duration(self) -> float:
        """Its part of the latency, in seconds."""
        return self.end - self.start

    @property
    def where(self) -> str:
        """The qubits, or sender and receiver."""
        return " -> ".join(self.parties) if self.kind == "message" else ", ".join(self.qubits)


@dataclass(frozen=True)
class CriticalPath:
    """Steps without gap or overlap from time zero to the latency; what takes no time is left out.

    ``latency`` is that of the whole timeline or, where a party was asked for, of this party;
    ``finished`` has the latency of each party, in seconds. Prints as a table.
    """

    steps: tuple[Step, ...]
    latency: float
    finished: Mapping[str, float]

    @property
    def seconds_by_kind(self) -> dict[str, float]:
        """How much of the latency each kind of step takes, the most expensive first."""
        found: dict[str, list[float]] = {}
        for step in self.steps:
            found.setdefault(step.kind, []).append(step.duration)
        return dict(sorted(((k, math.fsum(v)) for k, v in found.items()), key=lambda item: -item[1]))

    def __str__(self) -> str:
        rows = [("start", "takes", "what", "where", "why not earlier")]
        for s in self.steps:
            what = " ".join(filter(None, (WORDS.get(s.kind, s.kind), s.label)))
            rows.append((seconds(s.start), seconds(s.duration), what, s.where, s.why))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = ["  ".join((*map(str.ljust, row[:4], widths), row[4])).rstrip() for row in rows]
        parts = [(WORDS.get(k, k), t / self.latency) for k, t in self.seconds_by_kind.items()]
        shares = [f"{name} {part:.1%}" if part >= 5e-4 else f"{name} < 0.1%" for name, part in parts]
        lines.append(f"latency {seconds(self.latency)}" + (f": {', '.join(shares)}" if shares else ""))
        if self.finished:
            lines.append("done: " + ", ".join(f"{p} {seconds(t)}" for p, t in self.finished.items()))
        return "\n".join(lines)


def critical_path(placed: Placed | Timeline, party: str | None = None) -> CriticalPath:
    """Return the chain of events and messages that determines the latency, of one party if told.

    It is followed backwards from what ends last: each step begins when the one before it ends, because it
    needs its qubit or its bit. Where several are just in time, one of them is taken. Raises
    InvalidInputError for an unknown party. Source: Kelley & Walker, critical-path planning, 1959.
    """
    timeline = placed if isinstance(placed, Timeline) else placed.timeline
    if party is not None and party not in timeline.parties:
        known = ", ".join(timeline.parties) or "none"
        raise InvalidInputError(f"party is {party!r}; parties of this timeline: {known}")
    latency = timeline.latency if party is None else timeline.latency_of(party)
    finished = {name: timeline.latency_of(name) for name in timeline.parties}
    if not latency:
        return CriticalPath((), 0.0, finished)
    graph, slack = Dependencies(timeline), _SAME * latency
    last = _last(graph, latency, slack, party)
    chain: list[tuple[Item, str]] = []
    while last is not None:
        item = graph.items[last]
        cause = _binding(graph, last, start_of(item) + slack)
        chain.append((item, _why(graph, cause)))
        last = None if cause is None else cause.number
    steps = [_step(item, why) for item, why in reversed(chain) if end_of(item) > start_of(item)]
    return CriticalPath(tuple(_gapless(steps, latency, slack)), latency, finished)


def _last(graph: Dependencies, latency: float, slack: float, party: str | None) -> int | None:
    """Return an item that ends at the latency."""
    found = [
        n
        for n, item in enumerate(graph.items)
        if abs(end_of(item) - latency) <= slack and (party is None or _concerns(item, party))
    ]
    return max(found, key=lambda n: _rank(graph.items[n]), default=None)


def _concerns(item: Item, party: str) -> bool:
    if isinstance(item, Message):
        return item.receiver == party
    return isinstance(item, Event) and (party in item.parties or item.receiver == party)


def _rank(item: Item) -> tuple[bool, float]:
    """Order items that end together: what could not have been earlier first, then the shortest."""
    return (not (isinstance(item, Event) and item.just_in_time), start_of(item))


def _binding(graph: Dependencies, number: int, time: float) -> Cause | None:
    """Return the latest of an item's causes, by the time that it starts."""
    causes = [c for c in graph.causes(number) if end_of(graph.items[c.number]) <= time]
    return max(
        causes,
        key=lambda c: (end_of(graph.items[c.number]), _rank(graph.items[c.number])),
        default=None,
    )


def _why(graph: Dependencies, cause: Cause | None) -> str:
    if cause is None:
        return "at once"
    item = graph.items[cause.number]
    if isinstance(item, Message):
        return f"needs {cause.what} from {item.sender}"
    if isinstance(item, Mark):
        return f"after the pause of {cause.what}" if item.kind == "pause" else f"needs {cause.what}"
    if cause.what in item.bits:
        return f"needs {cause.what}, {'measured on' if item.kind == 'measure' else 'of'} {item.qubits[0]}"
    if item.kind == "gate":
        return f"after {item.label} on {cause.what}"
    return f"after the {WORDS.get(item.kind, item.kind)} of {cause.what}"


def _step(item: Item, why: str) -> Step:
    if isinstance(item, Message):
        parties = (item.sender, item.receiver)
        return Step("message", " ^ ".join(item.bits), parties, (), item.sent, item.received, why, item)
    if isinstance(item, Mark):
        return Step(item.kind, "", (), (item.qubit,), item.start, item.end, why, item)
    return Step(item.kind, item.label, item.parties, item.qubits, item.start, item.end, why, item)


def _gapless(steps: list[Step], latency: float, slack: float) -> list[Step]:
    """Fill what no step accounts for with steps of kind "wait"."""
    result: list[Step] = []
    time = 0.0
    for step in steps:
        if step.start > time + slack:
            result.append(_wait(time, step.start))
        result.append(step)
        time = step.end
    return [*result, _wait(time, latency)] if latency > time + slack else result


def _wait(start: float, end: float) -> Step:
    return Step("wait", "", (), (), start, end, "the timeline does not say")
