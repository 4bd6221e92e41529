"""What placement says beside the circuit: when everything happens, and what the pairs cost."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that takes a while: its kind, a label, who and which qubits, start and end in seconds.

    Kinds: gate, measure, prepare, reset, entangle, send, idle.
    """

    kind: str
    label: str
    parties: tuple[str, ...]
    qubits: tuple[str, ...]
    start: float
    end: float


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

    @property
    def latency(self) -> float:
        """When the last event ends or the last message arrives, in seconds."""
        return max((0.0, *(e.end for e in self.events), *(m.received for m in self.messages)))

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
