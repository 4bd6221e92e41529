"""What every drawing of a timeline shows: lanes, who holds a qubit when, the way of the critical path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qnetframe.figures import HUES
from qnetframe.placement.critical_path import CriticalPath, Step
from qnetframe.placement.dependencies import Dependencies
from qnetframe.placement.timeline import Event, Mark, Message, Timeline
from qnetframe.program.drawing_labels import plain

MAX_LANES = 64
_GAP = 0.3
# What each colour of a drawn timeline means; sent qubits look like pairs, resets like preparations.
LEGEND = {
    "gate": "gate",
    "prepare": "preparation",
    "measure": "measurement",
    "entangle": "pair or qubit on its way",
    "idle": "waiting",
    "message": "message",
    "critical": "critical path",
}
_SAME = {"send": "entangle", "reset": "prepare"}


@dataclass(frozen=True, slots=True)
class Band:
    """The lanes of one party, from top to bottom."""

    party: str
    top: float
    bottom: float
    colour: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a critical path on the lane of a qubit, from start to end (seconds) at a level.

    ``arrives``: it is where a message arrives.
    """

    start: float
    end: float
    qubit: str | None
    level: float
    arrives: bool = False


@dataclass(frozen=True)
class Lanes:
    """The height of each qubit's lane, names, the parties' bands, and who holds a qubit from when to when.

    ``holders`` has for each qubit pieces of start and end (seconds) with the colour of the party, ``busy``
    its events that are no waits.
    """

    timeline: Timeline
    level: dict[str, float]
    names: list[str]
    bands: list[Band]
    holders: dict[str, list[tuple[float, float, str]]]
    height: float
    hidden: int
    busy: dict[str, list[Event]]

    def of(self, qubit: str | None, party: str) -> float | None:
        """Return the height of a qubit's lane or, without one, of the first lane of a party, if drawn."""
        if qubit is not None:
            return self.level.get(qubit)
        return next((b.top + 0.5 for b in self.bands if b.party == party), None)

    def start_of_wait(self, event: Event, qubit: str) -> float:
        """Return when a wait is first seen: not while a pair is made, whose herald it waits for."""
        return max([event.start, *(e.end for e in self.busy.get(qubit, ()) if e.start <= event.start)])

    def route(self, path: CriticalPath) -> Iterator[Piece]:
        """Yield the pieces of a critical path on drawn lanes.

        A message is two pieces without length, where it is sent and where it arrives.
        """
        known = dict(zip(self.timeline.messages, Dependencies(self.timeline).ends_of_messages(), strict=True))
        steps = path.steps
        for i, step in enumerate(steps):
            if isinstance(step.item, Message):
                source, target = known[step.item]
                start, end = self.of(source, step.item.sender), self.of(target, step.item.receiver)
                if start is not None and end is not None:
                    yield Piece(step.start, step.start, source, start)
                    yield Piece(step.end, step.end, target, end, arrives=True)
                continue
            before = _shared(steps[i - 1], step) if i else None
            after = _shared(step, steps[i + 1]) if i + 1 < len(steps) else None
            own = next(iter(step.qubits), None)
            come, go = before or after or own, after or before or own
            if come in self.level and go in self.level:
                middle = (step.start + step.end) / 2
                yield Piece(step.start, middle, come, self.level[come])
                yield Piece(middle, step.end, go, self.level[go])


def look_of(event: Event) -> str:
    """Return which entry of the legend an event looks like."""
    return _SAME.get(event.kind, event.kind)


def legend_of(timeline: Timeline, critical: bool) -> dict[str, str]:
    """Return the entries of the legend that a timeline needs."""
    seen = {look_of(event) for event in timeline.events}
    seen |= ({"message"} if timeline.messages else set()) | ({"critical"} if critical else set())
    return {look: text for look, text in LEGEND.items() if look in seen}


def _shared(first: Step, second: Step) -> str | None:
    """Return a qubit by which one step leads to the next; None where a bit does."""
    if isinstance(first.item, Message) or isinstance(second.item, Message):
        return None
    return next((q for q in _held(second.item) if q in _held(first.item)), None)


def _held(item: Event | Mark | None) -> tuple[str, ...]:
    if item is None:
        return ()
    return (item.qubit,) if isinstance(item, Mark) else (*item.qubits, *item.through)


def lanes_of(timeline: Timeline) -> Lanes:
    """Return the lanes of the qubits that do something, grouped by the party that holds them first."""
    owner: dict[str, str] = {}
    for event in timeline.events:
        for i, qubit in enumerate(event.qubits):
            owner.setdefault(qubit, event.parties[i if len(event.parties) == len(event.qubits) else 0])
    parties = list(dict.fromkeys([*owner.values(), *timeline.parties]))
    colour = {party: HUES[i % len(HUES)] for i, party in enumerate(parties)}
    level: dict[str, float] = {}
    names: list[str] = []
    bands: list[Band] = []
    height = 0.0
    for party in parties:
        top = height
        for qubit in [q for q in owner if owner[q] == party][: MAX_LANES - len(level)]:
            level[qubit] = height + 0.5
            names.append(plain(qubit.removeprefix(f"{party}.") or qubit, 16))
            height += 1.0
        if height > top:
            bands.append(Band(party, top - 0.02, height + 0.02, colour[party]))
            height += _GAP
    holders = {q: [(0.0, timeline.latency, colour[owner[q]])] for q in level}
    for event in timeline.events:
        if event.receiver is not None and event.qubits[0] in holders:
            pieces = holders[event.qubits[0]]
            start, end, before = pieces.pop()
            pieces += [(start, event.end, before), (event.end, end, colour[event.receiver])]
    busy: dict[str, list[Event]] = {}
    for event in timeline.events:
        for qubit in event.qubits if event.kind != "idle" else ():
            busy.setdefault(qubit, []).append(event)
    total, hidden = max(0.0, height - _GAP + 0.1), len(owner) - len(level)
    return Lanes(timeline, level, names, bands, holders, total, hidden, busy)
