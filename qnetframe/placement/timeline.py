"""What placement says beside the circuit: when everything happens, and what the pairs cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from qnetframe.values import Condition

# The label of a qubit's initialisation before its first use.
FRESH = "|0>"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that takes a while: its kind, a label, who and which qubits, start and end in seconds.

    Kinds: gate, measure, prepare, reset, entangle, send, idle. Beside them, what others wait for: the
    qubits that its routing passes through, the bits that it records, and the condition that it needs.
    """

    kind: str
    label: str
    parties: tuple[str, ...]
    qubits: tuple[str, ...]
    start: float
    end: float
    through: tuple[str, ...] = field(default=(), compare=False)
    bits: tuple[str, ...] = field(default=(), compare=False)
    when: Condition | None = field(default=None, compare=False)

    @property
    def receiver(self) -> str | None:
        """The party that gets the qubit, where it is sent."""
        return self.label.removeprefix(f"{self.parties[0]} -> ") if self.kind == "send" else None

    @property
    def just_in_time(self) -> bool:
        """Whether this initialises a fresh qubit and could have been earlier: it ends at the first use."""
        return self.kind == "prepare" and self.label == FRESH and self.start > 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What a program asks of a qubit that is no event: a pause (its ``idle``), or an instant of erasure.

    ``position`` is the number of events before it in the order of the program; times in seconds.
    """

    kind: Literal["pause", "erase"]
    qubit: str
    start: float
    end: float
    position: int
    bits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One classical bit, the parity of ``bits``, from party to party; times in seconds."""

    sender: str
    receiver: str
    bits: tuple[str, ...]
    sent: float
    received: float


@dataclass(frozen=True)
class Timeline:
    """Events and messages in the order of the program, and how long each qubit waited (seconds)."""

    events: tuple[Event, ...] = ()
    messages: tuple[Message, ...] = ()
    idle: tuple[tuple[str, float], ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def latency(self) -> float:
        """When the last event ends or the last message arrives, in seconds."""
        return max((0.0, *(e.end for e in self.events), *(m.received for m in self.messages)))

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties, in order of first mention."""
        told = [p for e in self.events for p in (*e.parties, e.receiver) if p is not None]
        return tuple(dict.fromkeys(told + [p for m in self.messages for p in (m.sender, m.receiver)]))

    def latency_of(self, party: str) -> float:
        """When a party's last operation ends or its last message arrives, in seconds (0 without any).

        That a qubit is merely kept, or initialised, for what others do does not count.
        """
        busy = (e for e in self.events if e.kind != "idle" and not e.just_in_time)
        ends = (e.end for e in busy if party in e.parties or party == e.receiver)
        return max((0.0, *ends, *(m.received for m in self.messages if m.receiver == party)))

    def idle_time(self, qubit: str) -> float:
        """Return the seconds that a qubit waited while it held a state (0 for one that never did)."""
        return dict(self.idle).get(qubit, 0.0)

    def __str__(self) -> str:
        rows = [(e.start, e.end, e.kind, e.label, ", ".join(e.qubits or e.parties)) for e in self.events]
        rows += [
            (m.sent, m.received, "message", " ^ ".join(m.bits), f"{m.sender} -> {m.receiver}")
            for m in self.messages
        ]
        texts = [("start", "end", "what", "", "where")]
        texts += [(seconds(a), seconds(b), kind, label, where) for a, b, kind, label, where in sorted(rows)]
        widths = [max(len(row[i]) for row in texts) for i in range(4)]
        lines = [
            "  ".join((*(cell.ljust(w) for cell, w in zip(row[:4], widths, strict=True)), row[4])).rstrip()
            for row in texts
        ]
        return "\n".join((*lines, f"latency {seconds(self.latency)}"))


def seconds(time: float) -> str:
    """Return a time with a unit that reads well: 1.5e-06 -> '1.5 µs'."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if time >= size:
            return f"{time / size:.6g} {unit}"
    return f"{time / 1e-9:.6g} ns" if time else "0"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One pair: its link and qubits, and the probability and time (seconds) of one attempt at it."""

    link: str
    qubits: tuple[str, str]
    probability: float
    attempt_time: float

    @property
    def mean_time(self) -> float:
        """The mean time until the herald, in seconds: attempts are geometric."""
        return self.attempt_time / self.probability


@dataclass(frozen=True)
class Success:
    """What the pairs cost: the circuit is conditional on every one of them having been heralded."""

    pairs: tuple[Attempt, ...] = ()

    @property
    def probability(self) -> float:
        """The probability that one attempt at each pair heralds all of them."""
        return math.prod(a.probability for a in self.pairs)

    @property
    def mean_time_one_by_one(self) -> float:
        """The mean time in seconds until all pairs are there, tried one after the other, each kept."""
        return math.fsum(a.mean_time for a in self.pairs)

    @property
    def mean_time_all_at_once(self) -> float:
        """The mean time in seconds until one common attempt heralds all pairs (nothing is kept)."""
        return max((a.attempt_time for a in self.pairs), default=0.0) / self.probability

    @property
    def slowest_mean_time(self) -> float:
        """The mean time in seconds of the slowest pair: a lower bound where pairs are tried in parallel."""
        return max((a.mean_time for a in self.pairs), default=0.0)
