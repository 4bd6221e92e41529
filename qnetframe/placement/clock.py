"""Clock: when each qubit is free, how far its relaxation is charged, and the circuit as it grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qnetframe.network import QubitProfile
from qnetframe.placement.device import Device, Exchange, Pulse, Step
from qnetframe.placement.noise import depolarizing_of_weight, flip, relaxation, remainder
from qnetframe.placement.sources import Kind, Source, Tape
from qnetframe.placement.timeline import FRESH, Event, Mark
from qnetframe.program.operations import Noise
from qnetframe.values import Condition


@dataclass
class Clock:
    """The state of a placement in progress.

    A qubit is free at ``ready``; its relaxation is in ``operations`` up to ``charged``. ``fresh`` qubits are
    |0> and not used yet: their initialisation ends just when they are first used, so that they never wait.
    """

    devices: Mapping[str, Device]
    layout: Mapping[str, Mapping[str, int]]
    node_of: dict[str, str]
    party_of: dict[str, str]
    operations: Tape = field(default_factory=Tape)
    events: list[Event] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    idle: dict[str, float] = field(default_factory=dict)
    ready: dict[str, float] = field(default_factory=dict)
    charged: dict[str, float] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ready = dict.fromkeys(self.node_of, 0.0)
        self.charged = dict(self.ready)
        self.fresh = set(self.node_of)
        self._home = {node: {i: q for q, i in placed.items()} for node, placed in self.layout.items()}

    def device(self, qubit: str) -> Device:
        """Return the device that holds a qubit now."""
        return self.devices[self.node_of[qubit]]

    def index(self, qubit: str) -> int:
        """Return the physical qubit that holds a qubit now."""
        return self.layout[self.node_of[qubit]][qubit]

    def profile(self, qubit: str) -> QubitProfile:
        """Return the physical qubit's figures."""
        return self.device(qubit).hardware.qubit(self.index(qubit))

    def holder(self, node: str, index: int) -> str | None:
        """Return the program qubit at home on a physical qubit, if it is there now."""
        qubit = self._home[node].get(index)
        return qubit if qubit is not None and self.node_of[qubit] == node else None

    def free(self, qubit: str) -> float:
        """Return when a qubit can be used: for a fresh one, after its initialisation."""
        time = self.ready[qubit]
        return max(time, self.profile(qubit).prepare_duration) if qubit in self.fresh else time

    def event(
        self,
        kind: str,
        label: str,
        qubits: tuple[str, ...],
        start: float,
        end: float,
        through: tuple[str, ...] = (),
        bits: tuple[str, ...] = (),
        when: Condition | None = None,
    ) -> None:
        """Record an event of the parties that hold the qubits."""
        parties = tuple(dict.fromkeys(self.party_of[q] for q in qubits))
        self.events.append(Event(kind, label, parties, qubits, start, end, through, bits, when))

    def pause(self, qubit: str, seconds: float) -> None:
        """Let a qubit wait because the program says so."""
        start = self.ready[qubit]
        self.ready[qubit] = end = start + seconds
        self.marks.append(Mark("pause", qubit, start, end, len(self.events)))

    def erased(self, qubit: str, time: float, bit: str) -> None:
        """Record the instant at which a qubit may be erased."""
        self.marks.append(Mark("erase", qubit, time, time, len(self.events), (bit,)))

    def begin(self, qubits: Iterable[str], not_before: float = 0.0) -> float:
        """Bring qubits to a common time, as soon as possible, with the noise of the wait; return the time."""
        many = tuple(qubits)
        start = max([not_before, *(self.free(q) for q in many)])
        for qubit in many:
            self.wait(qubit, start, self.operations)
        return start

    def anew(self, qubits: tuple[str, ...]) -> float:
        """Bring qubits whose state is about to be replaced to a common time, without noise; return it."""
        start = max(self.ready[q] for q in qubits)
        for qubit in qubits:
            self.fresh.discard(qubit)
            self.until(qubit, start)
        return start

    def until(self, qubit: str, time: float) -> None:
        """Say that a qubit is busy, and all its noise inserted, up to a time."""
        self.ready[qubit] = self.charged[qubit] = time

    def wait(self, qubit: str, time: float, operations: Tape) -> None:
        """Append the noise of a qubit that waits until a time (or is initialised just then)."""
        if qubit in self.fresh:
            self.fresh.discard(qubit)
            profile = self.profile(qubit)
            if profile.prepare_duration:
                self.event("prepare", FRESH, (qubit,), time - profile.prepare_duration, time)
            self.flip(qubit, operations)
        else:
            self.relax(qubit, time - self.charged[qubit], operations)
        self.until(qubit, time)

    def relax(self, qubit: str, time: float, operations: Tape) -> None:
        """Append the relaxation of a qubit that waited for some seconds until ``charged`` plus them."""
        # Thirteen digits: equal waits at different times differ by rounding and should be one channel.
        time = float(f"{time:.13g}")
        if time <= 0.0:
            return
        since = self.charged[qubit]
        self.idle[qubit] = self.idle.get(qubit, 0.0) + time
        self.event("idle", "", (qubit,), since, since + time)
        channel = relaxation(self.profile(qubit), time)
        if channel is not None:
            operations.append(Noise((qubit,), channel), self.source("idle", (qubit,)))

    def flip(self, qubit: str, operations: Tape) -> None:
        """Append the error of preparing |0>."""
        error = self.profile(qubit).prepare_error
        if error:
            operations.append(Noise((qubit,), flip(error)), self.source("preparation", (qubit,)))

    def source(self, kind: Kind, qubits: tuple[str, ...]) -> Source:
        """Return the source of noise on qubits of one party, which leaves nothing behind when absent."""
        return Source(kind, self.party_of[qubits[0]], qubits)

    def involved(self, node: str, qubits: tuple[str, ...], steps: tuple[Step, ...]) -> tuple[str, ...]:
        """Return a gate's qubits and those that its routing passes through."""
        indices = dict.fromkeys(i for step in steps for i in step.qubits)
        others = (self.holder(node, i) for i in indices)
        return tuple(dict.fromkeys((*qubits, *(q for q in others if q is not None))))

    def pulses(self, node: str, steps: tuple[Step, ...], start: float, kind: Kind | None = None) -> float:
        """Append the noise of native pulses from ``start`` on; return when the last one ends.

        Its source is ``kind``, by default that of a gate on as many qubits as take part.
        """
        hardware = self.devices[node].hardware
        holds = {i: self.holder(node, i) for step in steps for i in step.qubits}
        time = dict.fromkeys(holds, start)
        source = kind or ("one-qubit gates" if len(holds) == 1 else "two-qubit gates")
        for step in steps:
            if isinstance(step, Exchange):
                a, b = step.qubits
                holds[a], holds[b] = holds[b], holds[a]
                continue
            begin = max(time[i] for i in step.qubits)
            for i in step.qubits:
                self._decay(holds[i], hardware.qubit(i), begin - time[i], source)
                time[i] = begin + step.gate.duration
            if step.noise is None:
                self._pulse(node, step, tuple(holds[i] for i in step.qubits), source)
            else:
                places, channel = step.noise
                # Every one is held: only routing passes through empty qubits, and has no explicit noise.
                held = tuple(q for q in (holds[i] for i in places) if q is not None)
                self.operations.append(Noise(held, channel), self.source(source, held))
        end = max(time.values(), default=start)
        for i, qubit in holds.items():
            if qubit is not None:
                self._decay(qubit, hardware.qubit(i), end - time[i], source)
                self.until(qubit, end)
        return end

    def _pulse(self, node: str, pulse: Pulse, held: tuple[str | None, ...], source: Kind) -> None:
        hardware = self.devices[node].hardware
        profiles = tuple(hardware.qubit(i) for i in pulse.qubits)
        for qubit, profile in zip(held, profiles, strict=True):
            self._decay(qubit, profile, pulse.gate.duration, source)
        where = f"hardware {hardware.name!r}, qubits {pulse.qubits}"
        weight = remainder(pulse.gate, profiles, where)
        # An empty physical qubit takes part in a swap only; what it does not share is depolarized alone.
        data = tuple(q for q in held if q is not None)
        if weight and data:
            noise = Noise(data, depolarizing_of_weight(weight, len(data)))
            self.operations.append(noise, self.source(source, data))

    def _decay(self, qubit: str | None, profile: QubitProfile, time: float, source: Kind) -> None:
        channel = None if qubit is None else relaxation(profile, time)
        if channel is not None and qubit is not None:
            self.operations.append(Noise((qubit,), channel), self.source(source, (qubit,)))
